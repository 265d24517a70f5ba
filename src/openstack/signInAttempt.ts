import type { Clock } from '../base/clock.ts';
import { failed, type Result } from '../base/failure.ts';
import type { HttpRequest, HttpResponse } from '../base/http.ts';
import type { CloudConfig } from './cloudConfig.ts';
import type { AskSecret, SignInPages } from './interaction.ts';

/** Sends a request by the cloud's own TLS settings, which hold for its identity provider as well, as in keystoneauth. */
export type Send = (request: HttpRequest) => Promise<Result<HttpResponse>>;

/** What one try to sign in at an identity provider works with. */
export interface SignInAttempt {
  readonly config: CloudConfig;
  readonly clock: Clock;
  readonly send: Send;
  readonly signal: AbortSignal;
  readonly askSecret: AskSecret | undefined;
  readonly pages: SignInPages | undefined;
  /** The authorization code of the entry, the first time only: it is good once. */
  takeCode(): string | undefined;
}

/** What a sign-in ends with, all of it secret: what the identity provider vouches with, and how to have it renewed; or a token that Keystone made itself. */
export type Grant = { readonly bearer: string; readonly refresh: string | undefined } | { readonly token: string };

/** One way to sign in. Fails with `signedOut`, `cancelled`, `forbidden`, `unsupported`, `invalid`, `malformed`, or the transport's reasons. */
export type Way = (attempt: SignInAttempt) => Promise<Result<Grant>>;

/** Why nothing was opened: nobody has just asked to sign in. */
export function unattended({ name, authType }: CloudConfig): Result<never> {
  return failed(
    'signedOut',
    `Cloud ${name} wants a person at a browser to sign in (auth_type ${authType}). Sign in; where nobody is present, use an application credential.`,
  );
}

/** Whether a text can be sent as a token: one word of visible characters. */
export function isToken(text: string): boolean {
  return /^[!-~]{1,65536}$/.test(text);
}
