import { createHash } from 'node:crypto';
import { isFields } from './fields.ts';
import { withoutCopies } from './objectCopy.ts';

const secretHeaders = new Set([
  'authorization',
  'proxy-authorization',
  'x-auth-token',
  'x-subject-token',
  'x-service-token',
  'x-storage-token',
  'x-auth-key',
  'openstack-auth-receipt',
  'set-cookie',
  'cookie',
]);

/** Keys of bodies whose whole value is secret, in lower case without `_` and `-`. Sources: keystoneauth's and oslo.utils' masks, Kubernetes' Secret, kubeconfig. */
const secretKeys = new Set(
  (
    'password adminpass secret passcode userdata personality privatekey payload accesskey secretkey connectioninfo authpassword authkey ' +
    'receipt trust caprivatekey clientsecret refreshtoken idtoken accesstoken token authtoken devicecode codeverifier bindpassword sslcakey ' +
    'stringdata clientkeydata clientcertificatedata bearertoken applicationcredentialsecret kubeconfig cloudinit cloudsyaml ' +
    'lastappliedconfiguration kubectl.kubernetes.io/lastappliedconfiguration originalpassword totp signature tempurlkey'
  ).split(' '),
);

const secretQueries = /([?&](?:temp_url_sig|signature|token|code|password|secret)=)[^&#\s"']*/gi;
const credentialsInUrl = /(\b[a-z][a-z0-9+.-]*:\/\/)[^/\s:@"']+:[^/\s@"']+@/gi;

/** Headers fit for a log: secret ones become a digest by which two lines can be compared, as keystoneauth does. */
export function redactHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      secretHeaders.has(name.toLowerCase()) ? digest(value) : redactText(value),
    ]),
  );
}

/**
 * A decoded body fit for a log or for {@link Failure.detail}: walks the structure, replaces the values of secret keys with `***`, and the service catalogue
 * of a token with its length. A Kubernetes Secret loses its `data`. Cycles and depths over 100 are cut.
 */
export function redact(value: unknown): unknown {
  return walk(value, 0);
}

/** A text fit for a log: secrets in query strings and credentials in URLs are replaced. Bodies go through {@link redact} instead. */
export function redactText(text: string): string {
  return text.replace(secretQueries, '$1***').replace(credentialsInUrl, '$1***@');
}

function walk(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > 100) return '…';
  if (Array.isArray(value)) return value.map((item) => walk(item, depth + 1));
  const isSecret = 'kind' in value && (value.kind === 'Secret' || value.kind === 'SecretList');
  const entries = Object.entries(value).map(([key, member]) => [
    key,
    member === null ? null : redactMember(key, member, isSecret, depth),
  ]);
  return Object.fromEntries(entries);
}

function redactMember(key: string, member: unknown, isSecret: boolean, depth: number): unknown {
  // Fields of Nova's extensions carry its name in front: `OS-EXT-SRV-ATTR:user_data`.
  const plain = key
    .toLowerCase()
    .replace(/^[\w-]+:/, '')
    .replace(/[_-]/g, '');
  if (plain === 'catalog' && Array.isArray(member)) return `${member.length} services`;
  if (plain === 'token' && typeof member === 'object') return walk(withoutId(member), depth + 1);
  if (secretKeys.has(plain) && !isReference(plain, member)) return '***';
  if (isSecret && plain === 'data') return '***';
  if (isSecret && plain === 'items') return '***';
  if (isSecret && plain === 'metadata' && isFields(member)) return walk(bareOfCopies(member), depth + 1);
  return walk(member, depth + 1);
}

/** Of a Secret: what tools keep of it in its annotations holds its values, too. */
function bareOfCopies({ annotations, ...metadata }: Readonly<Record<string, unknown>>): unknown {
  return isFields(annotations) ? { ...metadata, annotations: withoutCopies(annotations as Record<string, string>) } : metadata;
}

/** `secret: {name}` in a manifest points at a Secret and is none; `secret: {id: …}` of an application credential holds text. */
function isReference(key: string, member: unknown): boolean {
  return (key === 'secret' || key === 'trust') && typeof member === 'object' && !Array.isArray(member);
}

/** A token object in a body: its id is the secret, the rest (expiry, roles) is worth reading. */
function withoutId(token: object | null): unknown {
  return token && 'id' in token ? { ...token, id: '***' } : token;
}

function digest(value: string): string {
  return `{SHA256}${createHash('sha256').update(value).digest('hex').slice(0, 16)}`;
}
