import { parse } from 'yaml';
import { failed, type Result, success } from '../../base/failure.ts';
import { fieldsAt, isFields } from '../../base/fields.ts';
import type { CredentialsReference } from '../../manifest/credentials.ts';
import { readIni } from '../../manifest/ini.ts';
import type { ManifestObject } from '../../manifest/manifest.ts';
import { placeholders } from '../../manifest/placeholders.ts';
import { entryOf, entryOfVariables } from '../../openstack/cloudEntry.ts';
import type { Settings } from '../../openstack/configFiles.ts';

/** An entry of clouds.yaml that holds credentials, or the name of one that does. */
export type CredentialEntry = Settings | string;

/**
 * The credentials that a Secret (or a ConfigMap with a cloud.conf) keeps, in whichever form its reader wants them, as an entry of clouds.yaml. Secrets: they go to the cloud they are for, and into no text.
 * Fails with `invalid` and what the Secret lacks, `notFound` for an entry that it has not; the sentences hold names only.
 */
export function credentialEntry(object: ManifestObject, reference: Pick<CredentialsReference, 'cloud'>): Result<CredentialEntry> {
  const entry = kept(object, reference);
  // Clouds lock accounts: what is no password yet is not tried as one.
  return entry.ok && hasPlaceholder(entry.value) ? failed('invalid', 'is still to be filled in') : entry;
}

function hasPlaceholder(value: unknown): boolean {
  if (typeof value === 'string') return placeholders.test(value);
  return typeof value === 'object' && value !== null && Object.values(value).some(hasPlaceholder);
}

function kept(object: ManifestObject, { cloud }: Pick<CredentialsReference, 'cloud'>): Result<CredentialEntry> {
  const texts = textsOf(object);
  const clouds = texts.get('clouds.yaml');
  if (clouds !== undefined) return fromClouds(clouds, cloud);
  for (const [key, text] of texts)
    if (/^(?:cloud\.conf|cloud-config|cloudprovider\.conf|config)$/.test(key) && /^\s*\[global\b/im.test(text))
      return fromCloudConf(text);
  const form = forms.find(({ is }) => texts.has(is));
  if (form) return success(form.read(texts));
  return failed('invalid', 'has no clouds.yaml and nothing else that signs in to a cloud');
}

function textsOf(object: ManifestObject): ReadonlyMap<string, string> {
  const plain = object.kind === 'Secret' ? fieldsAt(object, 'stringData') : fieldsAt(object, 'data');
  const encoded = object.kind === 'Secret' ? fieldsAt(object, 'data') : {};
  const texts = (fields: Readonly<Record<string, unknown>>, read: (text: string) => string) =>
    Object.entries(fields).flatMap(([key, value]) => (typeof value === 'string' ? [[key, read(value)] as const] : []));
  return new Map([...texts(encoded, (text) => Buffer.from(text, 'base64').toString()), ...texts(plain, (text) => text)]);
}

function fromClouds(text: string, name: string | undefined): Result<Settings> {
  // A broken one would be quoted in the parser's words, secrets and all.
  let content: unknown;
  try {
    content = parse(text, { version: '1.1', logLevel: 'error' });
  } catch {
    return failed('invalid', 'holds a clouds.yaml that is not valid YAML');
  }
  const clouds = fieldsAt(content, 'clouds');
  const names = Object.keys(clouds);
  const wanted = name ?? (names.length === 1 ? names[0] : 'openstack');
  const entry = wanted === undefined ? undefined : clouds[wanted];
  return isFields(entry) ? success(entry) : failed('notFound', `has no cloud "${wanted}" in its clouds.yaml`);
}

/** `[Global]`: keys as Keystone's options, but for `tenant-` and `domain-`. Source: cloud-provider-openstack, `pkg/client/client.go`, AuthOpts. */
function fromCloudConf(text: string): Result<CredentialEntry> {
  const entries = readIni(text)
    .filter(({ name }) => name.toLowerCase() === 'global')
    .flatMap(({ entries: all }) => all.map(({ name, value }) => [name.toLowerCase(), value ?? 'true'] as const));
  const options = new Map(entries);
  if (/^(?:1|t|true|yes|on)$/i.test(options.get('use-clouds') ?? '')) return success(options.get('cloud') ?? 'openstack');
  if (!options.has('auth-url')) return failed('invalid', 'holds a cloud.conf without auth-url');
  return success(optionsToEntry(options, (key) => key.replaceAll('-', '_')));
}

/** A Secret whose keys are the options themselves: known by one key, and how the others are spelt. */
const forms: readonly { readonly is: string; readonly read: (texts: ReadonlyMap<string, string>) => Settings }[] = [
  // Manila CSI: cloud-provider-openstack, `docs/manila-csi-plugin/using-manila-csi-plugin.md`, Secrets, authentication.
  { is: 'os-authURL', read: (texts) => optionsToEntry(texts, (key) => snakeCase(key.replace(/^os-/, ''))) },
  // Gardener, for DNS: gardener-extension-provider-openstack, `docs/usage/dns-providers`.
  { is: 'OS_AUTH_URL', read: entryOfVariables },
  // Gardener: gardener-extension-provider-openstack, `docs/usage/usage.md`; where it signs in stands in the CloudProfile.
  {
    is: 'tenantName',
    read: (texts) => {
      const domain = texts.get('domainName') ?? '';
      const scope = [['user_domain_name', domain] as const, ['project_domain_name', domain] as const];
      const own = [...texts].filter(([key]) => key !== 'domainName' && key !== 'caCert');
      return optionsToEntry(new Map([...own, ...scope]), snakeCase);
    },
  },
];

/** `applicationCredentialID` → `application_credential_id`, `authURL` → `auth_url`. */
function snakeCase(key: string): string {
  return key.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();
}

/** An application credential has its scope in itself. */
function optionsToEntry(texts: ReadonlyMap<string, string>, spelt: (key: string) => string): Settings {
  const options = [...texts].map(([key, value]) => [spelt(key).replace(/^tenant_/, 'project_'), value.trim()] as const);
  const { region, user_name: username, ...rest } = Object.fromEntries(options.filter(([, value]) => value !== ''));
  const isApplication = rest['application_credential_secret'] !== undefined;
  const kept = Object.entries(rest).filter(([key]) => !isApplication || !/^(?:project|domain|trust)_|^password$/.test(key));
  return entryOf({
    ...Object.fromEntries(kept),
    ...(region ? { region_name: region } : {}),
    ...(username ? { username } : {}),
  });
}
