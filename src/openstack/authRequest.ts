import { failed, type Result, success } from '../base/failure.ts';
import type { CloudConfig } from './cloudConfig.ts';

/** What a token is for. `configured` is the scope of the cloud's own entry. */
export type Scope =
  | { readonly kind: 'configured' }
  | { readonly kind: 'unscoped' }
  | { readonly kind: 'project'; readonly id: string };

type Auth = Readonly<Record<string, string>>;
type IdentityOf = (auth: Auth) => Readonly<Record<string, unknown>> | string;

/** Auth type → the `identity` part of the request, or what is missing. Another type of login is another row. Source: identity API reference v3. */
const identities: Readonly<Record<string, IdentityOf>> = {
  password: passwordIdentity,
  v3password: passwordIdentity,
  token: tokenIdentity,
  v3token: tokenIdentity,
  v3applicationcredential: applicationCredentialIdentity,
};

/** The auth types that work, for sentences. */
export const supportedAuthTypes = Object.keys(identities);

/** Application credentials belong to one project: no scope may be sent and none can be chosen. */
export function hasFixedScope(config: CloudConfig): boolean {
  return config.authType === 'v3applicationcredential';
}

/** Why the entry cannot sign in at all, found without asking anybody; undefined when nothing is wrong. A missing password is not wrong: it can be asked for. */
export function problemOf(config: CloudConfig): string | undefined {
  const { profile } = config.settings;
  if (!config.auth['auth_url'] && typeof profile === 'string')
    return `has no auth_url, and clouds-public.yaml no profile ${profile}`;
  if (!config.auth['auth_url']) return 'has no auth_url';
  if (!URL.canParse(config.auth['auth_url'])) return 'has an auth_url that is not a URL';
  if (identities[config.authType]) return undefined;
  return `wants auth_type ${config.authType}, which is not supported; supported are ${supportedAuthTypes.join(', ')}`;
}

/** The body of `POST /v3/auth/tokens` for a scope. Fails with `signedOut` when a credential is missing and `unsupported` for another auth type. */
export function authRequest(config: CloudConfig, scope: Scope): Result<unknown> {
  const identityOf = identities[config.authType];
  if (!identityOf) return failed('unsupported', `Cloud ${config.name} ${problemOf(config) ?? 'cannot sign in'}.`);
  const identity = identityOf(config.auth);
  if (typeof identity === 'string')
    return failed('signedOut', `Cloud ${config.name} has no ${identity} in its configuration. Sign in.`);
  const wanted = hasFixedScope(config) ? undefined : scopeOf(config.auth, scope);
  return success({ auth: { identity, ...(wanted !== undefined && { scope: wanted }) } });
}

/** The body that turns one token into another of the same user. */
export function rescopeRequest(token: string, scope: Scope): unknown {
  return { auth: { identity: { methods: ['token'], token: { id: token } }, scope: scopeOf({}, scope) } };
}

/** Where tokens are asked for: `/v3` is appended unless a version stands there. */
export function tokensUrl(config: CloudConfig): string {
  const base = (config.auth['auth_url'] ?? '').replace(/\/+$/, '').replace(/\/v2\.0$/, '/v3');
  return `${/\/v3$/.test(base) ? base : `${base}/v3`}/auth/tokens`;
}

function passwordIdentity(auth: Auth) {
  if (!auth['username'] && !auth['user_id']) return 'username';
  if (auth['password'] === undefined) return 'password';
  return { methods: ['password'], password: { user: { ...userOf(auth), password: auth['password'] } } };
}

function tokenIdentity(auth: Auth) {
  return auth['token'] ? { methods: ['token'], token: { id: auth['token'] } } : 'token';
}

function applicationCredentialIdentity(auth: Auth) {
  const { application_credential_id: id, application_credential_name: name, application_credential_secret: secret } = auth;
  if (!id && !name) return 'application_credential_id';
  if (!secret) return 'application_credential_secret';
  const credential = id ? { id, secret } : { name, secret, user: userOf(auth) };
  return { methods: ['application_credential'], application_credential: credential };
}

function userOf(auth: Auth) {
  return auth['user_id'] ? { id: auth['user_id'] } : { name: auth['username'], domain: domainOf(auth, 'user') };
}

/** Without any domain the default one is meant, as keystoneauth does for `default_domain_id`. */
function domainOf(auth: Auth, side: 'user' | 'project') {
  const name = auth[`${side}_domain_name`] ?? auth['default_domain_name'];
  const id = auth[`${side}_domain_id`] ?? (name === undefined ? (auth['default_domain_id'] ?? 'default') : undefined);
  return id === undefined ? { name } : { id };
}

function scopeOf(auth: Auth, scope: Scope): unknown {
  if (scope.kind === 'project') return { project: { id: scope.id } };
  // The literal word is needed: a user with a default project would get a token for it otherwise.
  if (scope.kind === 'unscoped') return 'unscoped';
  if (auth['project_id']) return { project: { id: auth['project_id'] } };
  if (auth['project_name']) return { project: { name: auth['project_name'], domain: domainOf(auth, 'project') } };
  if (auth['domain_id'] || auth['domain_name'])
    return { domain: auth['domain_id'] ? { id: auth['domain_id'] } : { name: auth['domain_name'] } };
  if (auth['system_scope']) return { system: { all: true } };
  return auth['trust_id'] ? { 'OS-TRUST:trust': { id: auth['trust_id'] } } : undefined;
}
