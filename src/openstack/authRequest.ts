import { failed, type Result, success } from '../base/failure.ts';
import type { CloudConfig } from './cloudConfig.ts';
import type { AskedSecret } from './interaction.ts';

/** What a token is for. `configured` is the scope of the cloud's own entry. */
export type Scope =
  | { readonly kind: 'configured' }
  | { readonly kind: 'unscoped' }
  | { readonly kind: 'project'; readonly id: string }
  | { readonly kind: 'domain'; readonly id: string }
  | { readonly kind: 'system' };

type Auth = Readonly<Record<string, string>>;
type MethodData = (auth: Auth) => Readonly<Record<string, unknown>> | string;

/** Auth method → its part of the request, or what is missing. Source: identity API reference v3. */
const methodData: Readonly<Record<string, MethodData>> = {
  password: (auth) => userSecret(auth, 'password'),
  totp: (auth) => userSecret(auth, 'passcode'),
  token: (auth) => (auth['token'] ? { id: auth['token'] } : 'token'),
  application_credential: applicationCredential,
};

/** How an auth type signs in: by methods sent to Keystone, at an identity provider that Keystone trusts, or not at all. */
interface AuthType {
  readonly login: 'keystone' | 'federated' | 'fixed';
  readonly methods?: readonly string[];
  /** Options without which it cannot work, `or` between those of which one does. Secrets that can be asked for are not among them. */
  readonly needs?: readonly string[];
}

/** The auth types by which an identity provider vouches for the user. Sources: `v3oidc…` of keystoneauth 5.14, keystoneauth-websso. */
export type FederatedType =
  | 'v3websso'
  | 'v3oidcauthcode'
  | 'v3oidcdeviceauthz'
  | 'v3oidcpassword'
  | 'v3oidcclientcredentials'
  | 'v3oidcaccesstoken';

const vouched = ['identity_provider', 'protocol'];
const client = [...vouched, 'client_id', 'discovery_endpoint or access_token_endpoint'];
const federated: Readonly<Record<FederatedType, readonly string[]>> = {
  v3websso: ['protocol'],
  v3oidcauthcode: [...client, 'discovery_endpoint or authorization_endpoint or code'],
  v3oidcdeviceauthz: [...client, 'discovery_endpoint or device_authorization_endpoint'],
  v3oidcpassword: [...client, 'username'],
  v3oidcclientcredentials: client,
  v3oidcaccesstoken: [...vouched, 'access_token'],
};

/** Another way to sign in is another row. Source: the plugins of keystoneauth 5.14. */
const authTypes: Readonly<Record<string, AuthType>> = {
  password: { login: 'keystone', methods: ['password'] },
  v3password: { login: 'keystone', methods: ['password'] },
  token: { login: 'keystone', methods: ['token'] },
  v3token: { login: 'keystone', methods: ['token'] },
  v3applicationcredential: { login: 'keystone', methods: ['application_credential'] },
  v3totp: { login: 'keystone', methods: ['totp'] },
  v3multifactor: { login: 'keystone', needs: ['auth_methods'] },
  ...Object.fromEntries(Object.entries(federated).map(([type, needs]) => [type, { login: 'federated' as const, needs }])),
  admin_token: { login: 'fixed', needs: ['endpoint', 'token'] },
  none: { login: 'fixed' },
};

/** The auth types that work, for sentences. */
export const supportedAuthTypes = Object.keys(authTypes);

/** How the entry signs in; undefined for an auth type that is not supported. */
export function loginOf({ authType }: CloudConfig): AuthType['login'] | undefined {
  return authTypes[authType]?.login;
}

/** The auth methods that the entry's type sends together; names that are no method's stay as they are. */
export function methodsOf({ authType, auth }: CloudConfig): readonly string[] {
  const several = (auth['auth_methods'] ?? '').split(',').filter(Boolean);
  return authTypes[authType]?.methods ?? several.flatMap((type) => authTypes[type]?.methods ?? [type]);
}

/** Which secrets these methods want that the entry does not have. They can be asked for. */
export function askableSecrets(auth: Auth, methods: readonly string[]): readonly AskedSecret[] {
  const wanted = [
    methods.includes('password') && 'password',
    methods.includes('totp') && 'passcode',
    methods.includes('application_credential') && 'application_credential_secret',
  ] as const;
  return wanted.filter((secret) => secret !== false).filter((secret) => auth[secret] === undefined);
}

/** Whether all of these methods can be sent, now or after asking. */
export function canSend(methods: readonly string[]): boolean {
  return methods.every((method) => methodData[method] !== undefined);
}

/** Application credentials and trusts belong to one project: none can be chosen. A fixed token is what it is. */
export function hasFixedScope(config: CloudConfig): boolean {
  return isApplicationCredential(config) || config.auth['trust_id'] !== undefined || loginOf(config) === 'fixed';
}

/** Keystone takes no scope beside an application credential: it has its own. */
export function isApplicationCredential({ authType }: CloudConfig): boolean {
  return authType === 'v3applicationcredential';
}

/** Why the entry cannot sign in at all, found without asking anybody; undefined when nothing is wrong. A missing password is not wrong: it can be asked for. */
export function problemOf(config: CloudConfig): string | undefined {
  const { auth, authType } = config;
  const { profile } = config.settings;
  const type = authTypes[authType];
  // What is missing may stand in the profile.
  if (config.awaits !== undefined) return undefined;
  if (type?.login !== 'fixed') {
    if (!auth['auth_url'] && typeof profile === 'string') return `has no auth_url, and there is no profile ${profile}`;
    if (!auth['auth_url']) return 'has no auth_url';
    if (!URL.canParse(auth['auth_url'])) return 'has an auth_url that is not a URL';
  }
  if (!type) return `wants auth_type ${authType}, which is not supported; supported are ${supportedAuthTypes.join(', ')}`;
  const missing = type.needs?.find((names) => !names.split(' or ').some((name) => auth[name]));
  if (missing) return `has no ${missing}, which auth_type ${authType} needs`;
  const unknown = type.login === 'keystone' ? methodsOf(config).find((method) => !canSend([method])) : undefined;
  if (unknown !== undefined) return `names the auth method ${unknown}, which is not supported`;
  return scopeProblem(auth);
}

/** The body of `POST /v3/auth/tokens` for a scope. Fails with `signedOut` when a credential is missing and `unsupported` for an auth type without auth methods. */
export function authRequest(config: CloudConfig, scope: Scope, methods = methodsOf(config)): Result<unknown> {
  const identity: Record<string, unknown> = { methods };
  for (const method of methods) {
    const data = methodData[method]?.(config.auth);
    if (typeof data === 'string')
      return failed('signedOut', `Cloud ${config.name} has no ${data} in its configuration. Sign in.`);
    identity[method] = data;
  }
  if (methods.length === 0 || !canSend(methods))
    return failed('unsupported', `Cloud ${config.name} ${problemOf(config) ?? 'cannot sign in'}.`);
  const wanted = isApplicationCredential(config)
    ? undefined
    : scopeOf(config.auth, hasFixedScope(config) ? { kind: 'configured' } : scope);
  return success({ auth: { identity, ...(wanted !== undefined && { scope: wanted }) } });
}

/** The body that turns one token into another of the same user. */
export function rescopeRequest(token: string, scope: Scope, auth: Auth = {}): unknown {
  return { auth: { identity: { methods: ['token'], token: { id: token } }, scope: scopeOf(auth, scope) } };
}

/** Whether the entry itself names what its token is for. */
export function namesScope({ auth }: CloudConfig): boolean {
  return scopeOf(auth, { kind: 'configured' }) !== undefined;
}

/** Where tokens are asked for: `/v3` is appended unless a version stands there. */
export function tokensUrl(config: CloudConfig): string {
  return `${identityUrl(config)}/auth/tokens`;
}

/** The identity service's version 3, without a slash at the end. */
export function identityUrl({ auth }: CloudConfig): string {
  const base = (auth['auth_url'] ?? '').replace(/\/+$/, '').replace(/\/v2\.0$/, '/v3');
  return /\/v3$/.test(base) ? base : `${base}/v3`;
}

function userSecret(auth: Auth, secret: 'password' | 'passcode') {
  if (!auth['username'] && !auth['user_id']) return 'username';
  return auth[secret] === undefined ? secret : { user: { ...userOf(auth), [secret]: auth[secret] } };
}

function applicationCredential(auth: Auth) {
  const { application_credential_id: id, application_credential_name: name, application_credential_secret: secret } = auth;
  if (!id && !name) return 'application_credential_id';
  if (!secret) return 'application_credential_secret';
  return id ? { id, secret } : { name, secret, user: userOf(auth) };
}

/** Keystone takes one scope. */
function scopeProblem(auth: Auth): string | undefined {
  const scopes = [['project_id', 'project_name'], ['domain_id', 'domain_name'], ['system_scope'], ['trust_id']];
  const given = scopes.flatMap((names) => names.find((name) => auth[name]) ?? []);
  return auth['trust_id'] && given.length > 1
    ? `names both ${given[0]} and trust_id; a trust has its own scope, keep one`
    : undefined;
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
  if (scope.kind === 'domain') return { domain: { id: scope.id } };
  if (scope.kind === 'system') return { system: { all: true } };
  // The literal word is needed: a user with a default project would get a token for it otherwise.
  if (scope.kind === 'unscoped') return 'unscoped';
  if (auth['project_id']) return { project: { id: auth['project_id'] } };
  if (auth['project_name']) return { project: { name: auth['project_name'], domain: domainOf(auth, 'project') } };
  if (auth['domain_id'] || auth['domain_name'])
    return { domain: auth['domain_id'] ? { id: auth['domain_id'] } : { name: auth['domain_name'] } };
  if (auth['system_scope']) return { system: { all: true } };
  return auth['trust_id'] ? { 'OS-TRUST:trust': { id: auth['trust_id'] } } : undefined;
}
