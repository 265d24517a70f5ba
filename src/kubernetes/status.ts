import { type Failure, failed, type Reason, type Result } from '../base/failure.ts';
import type { HttpResponse } from '../base/http.ts';
import { jsonOf } from '../base/jsonBody.ts';
import { plainText } from '../base/plainText.ts';
import { retryAfterMs } from '../base/retry.ts';

/** One cause of a refusal: the field as the server names it (`spec.replicas`), a reason word, its sentence. */
export interface StatusCause {
  readonly field?: string;
  readonly reason?: string;
  readonly message?: string;
}

/** The `Status` object with which the API server says no (API conventions, "Response Status Kind"). Kept in a failure's `detail`. */
export interface Status {
  readonly kind: 'Status';
  readonly status?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly code?: number;
  readonly details?: {
    readonly name?: string;
    readonly group?: string;
    readonly kind?: string;
    readonly causes?: readonly StatusCause[];
    readonly retryAfterSeconds?: number;
  };
}

/** HTTP status → our reason word; the server's own reason decides where both exist. */
const reasons: Readonly<Record<number, Reason>> = {
  400: 'invalid',
  401: 'signedOut',
  403: 'forbidden',
  404: 'notFound',
  405: 'unsupported',
  406: 'unsupported',
  409: 'conflict',
  410: 'expired',
  413: 'invalid',
  415: 'unsupported',
  422: 'invalid',
  429: 'throttled',
};

/** etcd's own words (rpctypes `ErrRequestTooLarge`, and gRPC's before it) for an object of more than 1.5 to 2 MB: a 500, but no repetition makes it smaller. */
const tooLarge = /request is too large|message larger than max/;

/** Whether a decoded body is a `Status` that says no; some proxies send it with 200. */
export function isRefusal(body: unknown): body is Status {
  return typeof body === 'object' && body !== null && (body as Status).kind === 'Status' && (body as Status).status !== 'Success';
}

/**
 * Whether a 500 tells of trouble that passes by itself: the store was too slow or changed its leader.
 * Sources: apimachinery `StatusReasonServerTimeout`; etcd `rpctypes`, whose words the API server hands on.
 */
export function passesByItself(response: HttpResponse): boolean {
  return (
    response.status === 500 &&
    /"reason":\s*"ServerTimeout"|etcdserver: (?:leader changed|request timed out|no leader)/.test(response.text())
  );
}

/** The failure behind an answer that says no. `context` and `user` are who asked, as the sentence names them. */
export function refusalOf(response: HttpResponse, context: string, now: number): Result<never> {
  const decoded = jsonOf(response, `The API server of ${context}`);
  if (decoded.ok && isRefusal(decoded.value))
    return statusFailed(decoded.value, context, retryAfterMs(response.headers, now), response.status);
  const reason = reasons[response.status] ?? (response.status >= 500 ? 'unavailable' : 'malformed');
  if (!decoded.ok && reason === 'malformed') return decoded;
  const waits = retryAfterMs(response.headers, now);
  return failed(reason, sentenceFor(reason, context, `it answered with status ${response.status}`), {
    status: response.status,
    ...(waits === undefined ? {} : { retryAfterMs: waits }),
  });
}

/** The failure behind a `Status` object (also those that a watch sends). */
export function statusFailed(status: Status, context: string, waits?: number, http?: number): Result<never> {
  const code = status.code ?? http ?? 500;
  const seconds = status.details?.retryAfterSeconds;
  const retry = waits ?? (seconds === undefined ? undefined : seconds * 1000);
  const reason = reasonOf(status, code);
  return failed(
    reason,
    sentenceFor(reason, context, plainText(withoutObject(status.message) ?? `it answered with status ${code}`, 600)),
    {
      status: code,
      detail: status,
      ...(retry === undefined ? {} : { retryAfterMs: retry }),
    },
  );
}

/** A patch with a field that nobody knows is refused with the whole patched object before the reason (apiserver, `fieldValidation=Strict`): it may be a Secret, and says nothing. */
function withoutObject(message: string | undefined): string | undefined {
  const at = message?.lastIndexOf('strict decoding error: ') ?? -1;
  return at > 0 ? message?.slice(at) : message;
}

/** The causes of a refusal, if its failure came from a `Status`. */
export function causesOf({ detail }: Failure): readonly StatusCause[] {
  return isRefusal(detail) ? (detail.details?.causes ?? []) : [];
}

/** What to do about a right that is missing. */
export const askForRole = 'Ask who administers it for a role that allows this.';
/** The words of an authoriser; admission refuses in others (apiserver, `responsewriters.Forbidden`). */
const noRole = /^[^:]* is forbidden: User ".*" cannot /;

function reasonOf({ reason, message = '' }: Status, code: number): Reason {
  // A field that the schema does not know is answered with 500 and no reason (structured-merge-diff, seen in 1.36).
  if (message.startsWith('failed to create typed patch object')) return 'invalid';
  if (tooLarge.test(message)) return 'invalid';
  if (reason === 'Expired' || reason === 'Gone') return 'expired';
  if (reason === 'Timeout' || reason === 'ServerTimeout') return 'unavailable';
  return reasons[code] ?? (code >= 500 ? 'unavailable' : 'malformed');
}

function sentenceFor(reason: Reason, context: string, said: string): string {
  const sentence = said.replace(/\.?$/, '.');
  if (tooLarge.test(said)) return `${context} cannot store so large an object: ${sentence}`;
  switch (reason) {
    case 'signedOut':
      return `${context} does not accept the credentials of its kubeconfig entry. Sign in again.`;
    case 'forbidden':
      return `${context} forbids it: ${sentence}${noRole.test(said) ? ` ${askForRole}` : ''}`;
    case 'unavailable':
      return `The API server of ${context} could not do it: ${sentence}`;
    case 'throttled':
      return `The API server of ${context} asks for patience: ${sentence}`;
    default:
      return `${context}: ${sentence}`;
  }
}
