import { failed, type Result, success } from '../base/failure.ts';
import type { HttpResponse } from '../base/http.ts';
import { jsonOf } from '../base/jsonBody.ts';
import { plainText } from '../base/plainText.ts';
import { isApplicationCredential, methodsOf, tokensUrl } from './authRequest.ts';
import type { CloudConfig } from './cloudConfig.ts';
import { asSettings } from './configFiles.ts';
import { parseToken, type Token } from './token.ts';

/** What a token was asked for with: auth methods of Keystone, or words for what an identity provider vouched with. */
export type Credential = readonly string[] | string;

/**
 * Reads an answer of Keystone that holds a token; what it refuses becomes a sentence that names the credential. `now` is in ms since the epoch; `value` is the token
 * itself where it was known before the question.
 */
export function tokenOf(
  config: CloudConfig,
  answer: Result<HttpResponse>,
  now: number,
  { credential = methodsOf(config), value }: { readonly credential?: Credential; readonly value?: string } = {},
): Result<Token> {
  if (!answer.ok) return answer;
  const host = hostOf(config);
  const { status, headers } = answer.value;
  if (status !== 201 && status !== 200) return refusalOf(config, answer.value, credential);
  const json = jsonOf(answer.value, host);
  if (!json.ok) return json;
  const token = parseToken(value ?? headers['x-subject-token'] ?? '', json.value, skewOf(headers, now));
  if (token?.value) return success(token);
  return failed('malformed', `${host} did not answer as an identity service. Check auth_url of cloud ${config.name}.`);
}

/** Why Keystone did not do what was asked, as a failure with its status. */
export function refusalOf(
  config: CloudConfig,
  response: HttpResponse,
  credential: Credential = methodsOf(config),
): Result<never> {
  const { status } = response;
  const requestId = response.headers['x-openstack-request-id'];
  const more = { status, ...(requestId !== undefined && { requestId }) };
  if (status === 401 || isGoneCredential(config, response)) {
    // Nobody can type another one: what was revoked or has expired must be made anew.
    const refused = `Cloud ${config.name} did not accept ${wordsOf(config, credential)}.`;
    if (!isApplicationCredential(config)) return failed('signedOut', `${refused} Sign in again.`, more);
    const next = 'It is wrong, expired or revoked: make a new one and write it into the entry.';
    return failed('signedOut', `${refused} ${next}`, { ...more, ...(config.place && { at: config.place }) });
  }
  if (status === 403)
    return failed('forbidden', `Cloud ${config.name} does not let ${userOf(config)} do this: ${messageOf(response)}`, more);
  if (status === 429)
    return failed('throttled', `Cloud ${config.name} asks for patience: too many sign-ins. Try again later.`, more);
  if (status >= 500)
    return failed('unavailable', `The identity service of cloud ${config.name} failed (status ${status}). Try again.`, more);
  if (status === 400) return failed('invalid', `Cloud ${config.name} cannot read its credentials: ${messageOf(response)}`, more);
  const sentence = `${hostOf(config)} is not an identity service of version 3 (status ${status}). Check auth_url of cloud ${config.name}.`;
  return failed('malformed', sentence, more);
}

function hostOf(config: CloudConfig): string {
  return URL.parse(tokensUrl(config))?.host ?? tokensUrl(config);
}

/** The server's clock minus ours, by its Date header; 0 when it sends none. */
function skewOf(headers: Readonly<Record<string, string>>, now: number): number {
  const date = Date.parse(headers['date'] ?? '');
  return Number.isNaN(date) ? 0 : date - now;
}

function userOf({ auth }: CloudConfig): string {
  return auth['username'] ?? auth['user_id'] ?? 'you';
}

function wordsOf(config: CloudConfig, credential: Credential): string {
  if (typeof credential === 'string') return credential;
  if (isApplicationCredential(config)) return 'its application credential';
  if (credential.includes('token')) return 'its token';
  const factors = credential.map((method) => (method === 'totp' ? 'passcode' : method)).join(' and ');
  return `${userOf(config) === 'you' ? 'the' : `${userOf(config)}'s`} ${factors}`;
}

/** Keystone does not find an application credential that was revoked: it answers 404 instead of 401. Seen at the sandbox's Keystone. */
function isGoneCredential(config: CloudConfig, response: HttpResponse): boolean {
  return response.status === 404 && isApplicationCredential(config) && /application credential/i.test(messageOf(response));
}

function messageOf(response: HttpResponse): string {
  const json = jsonOf(response, '');
  const error = json.ok ? asSettings(asSettings(json.value)['error']) : {};
  return plainText(String(error['message'] ?? `status ${response.status}`));
}
