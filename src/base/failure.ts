/**
 * Why something expected went wrong. One word each; a caller may branch on it, a user never reads it.
 *
 * - `signedOut`   no or rejected credentials; the way out is to sign in
 * - `forbidden`   credentials are fine, the right is missing
 * - `offline`     no answer: refused, unresolved, timed out, connection lost
 * - `untrusted`   TLS: the certificate is not trusted, expired, or for another host
 * - `notFound`    the thing asked for does not exist
 * - `conflict`    somebody else changed or owns it
 * - `invalid`     the input is wrong: a configuration file, a manifest, an admission refusal
 * - `throttled`   the server asks for patience (429, 503 with Retry-After)
 * - `expired`     a continue token or resource version is too old (410): list again
 * - `unsupported` the server has no such service, kind or version
 * - `malformed`   the server answered something that is not its API (an HTML page, torn JSON)
 * - `unavailable` the server failed (5xx)
 * - `cancelled`   the user or a newer request ended it
 */
export type Reason =
  | 'signedOut'
  | 'forbidden'
  | 'offline'
  | 'untrusted'
  | 'notFound'
  | 'conflict'
  | 'invalid'
  | 'throttled'
  | 'expired'
  | 'unsupported'
  | 'malformed'
  | 'unavailable'
  | 'cancelled';

/** Expected trouble, as a value. Carries no secret: `message` may be shown and logged as it stands. */
export interface Failure {
  readonly reason: Reason;
  /** One sentence for the user: what happened, to whom, what to do. */
  readonly message: string;
  /** HTTP status, when a server answered. */
  readonly status?: number;
  /** The server's request id, for support; shown in the log only. */
  readonly requestId?: string;
  /** Milliseconds the server asks to wait (Retry-After). */
  readonly retryAfterMs?: number;
  /** Where in a file of the user the cause lies; line and column count from 1. */
  readonly at?: { readonly file: string; readonly line?: number; readonly column?: number };
  /** The server's own decoded answer (a Kubernetes Status, an OpenStack fault), secrets removed. */
  readonly detail?: unknown;
}

/** An outcome: the value, or expected trouble. Exceptions are bugs and nothing else. */
export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };

/** Wraps a value as a good outcome. */
export function success<T>(value: T): Result<T> {
  return { ok: true, value };
}

/** Wraps trouble as an outcome; `more` fills the optional members of {@link Failure}. */
export function failed(reason: Reason, message: string, more: Partial<Omit<Failure, 'reason' | 'message'>> = {}): Result<never> {
  return { ok: false, failure: { reason, message, ...more } };
}
