import { failed, type Reason, type Result, success } from '../base/failure.ts';
import { jsonOf } from '../base/jsonBody.ts';
import { plainText } from '../base/plainText.ts';
import type { CloudConfig } from './cloudConfig.ts';
import { asSettings, type Settings } from './configFiles.ts';
import { type Grant, isToken, type SignInAttempt, type Way } from './signInAttempt.ts';

/** Where an identity provider is asked: option of the entry → member of its discovery document. Source: keystoneauth's options, RFC 8414, RFC 8628. */
const endpoints = {
  access_token_endpoint: 'token_endpoint',
  authorization_endpoint: 'authorization_endpoint',
  device_authorization_endpoint: 'device_authorization_endpoint',
} as const;

type Endpoint = keyof typeof endpoints;

/** The endpoints that were asked for, and the issuer if the discovery document names it. */
export type Provider<E extends Endpoint = Endpoint> = Readonly<Record<E, string>> & { readonly issuer: string | undefined };

const maxBytes = 1024 * 1024;

/** The endpoints of an entry: its own, the missing ones from its discovery document. Fails with `invalid`, `malformed`, or the transport's reasons. */
export async function providerOf<E extends Endpoint>(
  { config, send, signal }: SignInAttempt,
  wanted: readonly E[],
): Promise<Result<Provider<E>>> {
  const { auth, name } = config;
  const address = auth['discovery_endpoint'];
  let document: Settings = {};
  if (address !== undefined && wanted.some((endpoint) => !auth[endpoint])) {
    const answer = await send({ method: 'GET', url: address, signal, maxBytes });
    if (!answer.ok) return answer;
    const host = hostOf(address);
    if (answer.value.status !== 200)
      return failed(
        'malformed',
        `${host} has no discovery document (status ${answer.value.status}). Check discovery_endpoint of cloud ${name}.`,
      );
    const json = jsonOf(answer.value, host);
    if (!json.ok) return json;
    document = asSettings(json.value);
  }
  const found: Record<string, string> = {};
  for (const endpoint of wanted) {
    const url = auth[endpoint] || document[endpoints[endpoint]];
    if (typeof url !== 'string')
      return failed('invalid', `Cloud ${name} has no ${endpoint}, and its discovery document names none.`);
    // Who reads the document over TLS is not to be sent elsewhere without it.
    const secure = /^https:/i.test(url) || (/^http:/i.test(url) && (!!auth[endpoint] || !/^https:/i.test(address ?? '')));
    if (!secure || !URL.canParse(url)) return failed('invalid', `Cloud ${name} has an ${endpoint} that is not an https address.`);
    found[endpoint] = url;
  }
  const { issuer } = document;
  return success({ ...(found as Record<E, string>), issuer: typeof issuer === 'string' ? issuer : undefined });
}

/** What an authorization server says instead of a token. Source: RFC 6749, section 5.2. */
export interface OAuthError {
  readonly error: string;
  /** Its own words; empty where they would repeat a secret. */
  readonly description: string;
  readonly status: number;
}

/** Posts a form as the client of the entry; `client_id` always stands in it, since some want it beside a secret. Source: RFC 6749, section 2.3.1. */
export function postAsClient({ config, send, signal }: SignInAttempt, url: string, form: Readonly<Record<string, string>>) {
  const { client_id: id = '', client_secret: secret } = config.auth;
  const basic = Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret ?? '')}`).toString('base64');
  return send({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...(secret && { authorization: `Basic ${basic}` }) },
    body: new URLSearchParams({ ...form, client_id: id }).toString(),
    signal,
    maxBytes,
  });
}

/** Asks the token endpoint with any grant. An answer in OAuth's words is a value; the rest fails with `malformed`, `unavailable`, or the transport's reasons. */
export async function askToken(
  attempt: SignInAttempt,
  url: string,
  form: Readonly<Record<string, string>>,
): Promise<Result<Grant | OAuthError>> {
  const answer = await postAsClient(attempt, url, form);
  const said = await oauthAnswer(attempt, url, answer, Object.values(form));
  if (!said.ok || isError(said.value)) return said as Result<OAuthError>;
  const { auth, authType } = attempt.config;
  // The device flow knows access tokens only. Source: RFC 8628, section 3.5.
  const type = authType === 'v3oidcdeviceauthz' ? 'access_token' : auth['access_token_type'] || 'access_token';
  const bearer = said.value[type];
  if (typeof bearer !== 'string' || !isToken(bearer))
    return failed(
      'malformed',
      `${hostOf(url)} sent no ${type} for cloud ${attempt.config.name}. Check access_token_type and openid_scope.`,
    );
  const refresh = said.value['refresh_token'];
  return success({ bearer, refresh: typeof refresh === 'string' ? refresh : undefined });
}

/** Reads an answer of an authorization server: its object, or its error in OAuth's words. */
export async function oauthAnswer(
  { config }: SignInAttempt,
  url: string,
  answer: Awaited<ReturnType<typeof postAsClient>>,
  secrets: readonly string[],
): Promise<Result<Settings | OAuthError>> {
  if (!answer.ok) return answer;
  const { status } = answer.value;
  const host = hostOf(url);
  if (status >= 500)
    return failed('unavailable', `The identity provider ${host} of cloud ${config.name} failed (status ${status}). Try again.`, {
      status,
    });
  const json = jsonOf(answer.value, host);
  if (!json.ok) return json;
  const body = asSettings(json.value);
  if (status === 200 && body['error'] === undefined) return success(body);
  const description = String(body['error_description'] ?? '');
  const own = [...secrets, config.auth['client_secret'] ?? ''].filter((secret) => secret.length > 3);
  return success({
    error: plainText(String(body['error'] ?? `status ${status}`), 60),
    description: own.some((secret) => description.includes(secret)) ? '' : plainText(description),
    status,
  });
}

export function isError<T>(answer: T | OAuthError): answer is OAuthError {
  return typeof answer === 'object' && answer !== null && 'error' in answer && 'description' in answer;
}

/** OAuth's word → reason, and the rest of the sentence that begins with the provider. Sources: RFC 6749 sections 4.1.2.1 and 5.2, RFC 8628 section 3.5. */
const refusals: Readonly<Record<string, readonly [Reason, (config: CloudConfig) => string]>> = {
  invalid_client: [
    'signedOut',
    ({ auth }) => `does not know client_id ${auth['client_id']}, or its client_secret is wrong. Check the entry.`,
  ],
  invalid_grant: [
    'signedOut',
    ({ authType }) =>
      `did not accept ${authType === 'v3oidcpassword' ? 'user name and password' : 'the sign-in'}. Sign in again.`,
  ],
  unauthorized_client: [
    'unsupported',
    ({ auth, authType }) => `does not let client_id ${auth['client_id']} sign in by ${authType}. Its operator can allow it.`,
  ],
  unsupported_grant_type: ['unsupported', ({ authType }) => `does not offer ${authType}. Its operator can allow it.`],
  invalid_scope: ['invalid', ({ auth }) => `does not know openid_scope ${scopesOf(auth)}. Check the entry.`],
  access_denied: ['forbidden', () => 'was told to deny the sign-in. Sign in again, and allow it.'],
  expired_token: ['signedOut', () => 'waited too long: the code has expired. Sign in again.'],
};

/** The error as a failure. Only credentials that were refused carry the status: those are not sent again at once. */
export function refused({ config }: SignInAttempt, url: string, { error, description, status }: OAuthError): Result<never> {
  const provider = `The identity provider ${hostOf(url)} of cloud ${config.name}`;
  const row = refusals[error];
  const words = description === '' ? '' : ` It says: ${description}`;
  if (!row) return failed('invalid', `${provider} refused the sign-in (${error}).${words}`, { status });
  const credentials = error === 'invalid_client' || error === 'invalid_grant';
  return failed(row[0], `${provider} ${row[1](config)}${words}`, credentials ? { status } : {});
}

/** A grant, or the refusal as a failure. */
export async function requestGrant(
  attempt: SignInAttempt,
  url: string,
  form: Readonly<Record<string, string>>,
): Promise<Result<Grant>> {
  const answer = await askToken(attempt, url, form);
  if (!answer.ok) return answer;
  return isError(answer.value) ? refused(attempt, url, answer.value) : success(answer.value);
}

/** Source: keystoneauth's default of `openid_scope`. */
export function scopesOf(auth: CloudConfig['auth']): string {
  return auth['openid_scope'] || 'openid profile';
}

/** User name and password at the identity provider, with a passcode where `idp_otp_key` names its field. Source: RFC 6749, section 4.3. */
export const byPassword: Way = async (attempt) => {
  const { config, askSecret } = attempt;
  const { username = '', idp_otp_key: otp } = config.auth;
  const provider = await providerOf(attempt, ['access_token_endpoint']);
  if (!provider.ok) return provider;
  const password = config.auth['password'] ?? (await askSecret?.(config.name, username, 'password'));
  if (password === undefined) return failed('signedOut', `Cloud ${config.name} has no password in its configuration. Sign in.`);
  const passcode = otp ? await askSecret?.(config.name, username, 'passcode') : undefined;
  if (otp && passcode === undefined) return failed('signedOut', `Cloud ${config.name} wants a passcode. Sign in.`);
  const form = {
    grant_type: 'password',
    username,
    password,
    scope: scopesOf(config.auth),
    ...(otp && passcode && { [otp]: passcode }),
  };
  return requestGrant(attempt, provider.value.access_token_endpoint, form);
};

/** The client itself signs in. Source: RFC 6749, section 4.4. */
export const byClientCredentials: Way = async (attempt) => {
  const provider = await providerOf(attempt, ['access_token_endpoint']);
  if (!provider.ok) return provider;
  const form = { grant_type: 'client_credentials', scope: scopesOf(attempt.config.auth) };
  return requestGrant(attempt, provider.value.access_token_endpoint, form);
};

/** An access token that somebody else fetched. */
export const byAccessToken: Way = async ({ config }) => {
  const bearer = (config.auth['access_token'] ?? '').trim();
  if (isToken(bearer)) return success({ bearer, refresh: undefined });
  return failed('invalid', `Cloud ${config.name} has an access_token that is not one. Check the entry.`);
};

export function hostOf(url: string): string {
  return URL.parse(url)?.host || 'the configured address';
}
