import { authOptions } from './cloudConfig.ts';
import type { Settings } from './configFiles.ts';

/** Options that a file should not hold unless its owner says so. Source: keystoneauth's plugin options marked `secret`. */
const secretOptions: readonly string[] = [
  'password',
  'application_credential_secret',
  'token',
  'client_secret',
  'access_token',
  'code',
];
/** Good once: never written, whatever is said. */
const passing: readonly string[] = ['passcode'];

/** Old spelling → the one of today. */
const spelling = (name: string) => name.replace(/^tenant_/, 'project_').replace(/^(.*_)?endpoint_type$/, '$1interface');

/**
 * The `OS_…` variables of an openrc file as an entry of clouds.yaml: `OS_AUTH_URL` → `auth.auth_url`, `OS_REGION_NAME` → `region_name`, `OS_INSECURE` → `verify: false`.
 * Selectors (`OS_CLOUD`, `OS_CLIENT_CONFIG_FILE`) and empty texts are left out.
 */
export function entryOfVariables(variables: ReadonlyMap<string, string>): Settings {
  const flat = [...variables].flatMap(([name, value]) => {
    const option = spelling(name.replace(/^OS_/, '').toLowerCase());
    return name.startsWith('OS_') && !/^(?:cloud|cloud_name|client_.*_file)$/.test(option) ? [[option, value] as const] : [];
  });
  return entryOf(Object.fromEntries(flat));
}

/** Options side by side as an entry of clouds.yaml, in the order one reads them: what signs in under `auth`, the rest beside it. */
export function entryOf(options: Readonly<Record<string, string>>): Settings {
  const { auth_type: type, insecure, interface: given, ...others } = options;
  const isSet = ([, value]: readonly [string, string | undefined]) => value !== undefined && value !== '';
  const auth = authOptions.filter((name) => name in others).map((name) => [name, others[name]] as const);
  const beside = Object.entries(others).filter(([name]) => !authOptions.includes(name));
  const typeOf =
    type || (others['application_credential_secret'] || others['application_credential_id'] ? 'v3applicationcredential' : '');
  const rest = [['interface', given?.replace(/URL$/, '')] as const, ...beside];
  return {
    ...(typeOf && { auth_type: typeOf }),
    auth: Object.fromEntries(auth.filter(isSet)),
    ...Object.fromEntries(rest.filter(isSet)),
    ...(/^(?:1|true|yes)$/i.test(insecure ?? '') && { verify: false }),
  };
}

/** The names of the secrets that an entry holds. */
export function secretsIn(entry: Settings): readonly string[] {
  return Object.keys(authOf(entry)).filter((name) => secretOptions.includes(name));
}

/** The entry as it may be written: without what is good once, and without its secrets unless they are wanted in the file. */
export function writable(entry: Settings, withSecrets: boolean): Settings {
  const kept = Object.entries(authOf(entry)).filter(
    ([name]) => !passing.includes(name) && (withSecrets || !secretOptions.includes(name)),
  );
  return { ...entry, auth: Object.fromEntries(kept) };
}

/** The entry as it may be shown: with a mark in place of each secret. */
export function masked(entry: Settings): Settings {
  const hidden = Object.entries(authOf(entry)).map(([name, value]) => [name, secretOptions.includes(name) ? '********' : value]);
  return { ...entry, auth: Object.fromEntries(hidden) };
}

/** A name for the entry: the project, else the first word of the server's name that says something (`keystone.lab.example` → `lab`). */
export function suggestedName(entry: Settings, taken: readonly string[]): string {
  const { auth_url: url = '', project_name: project, username } = authOf(entry);
  const host = URL.parse(url)?.hostname ?? '';
  const telling = /^[\d.:[\]]+$/.test(host)
    ? undefined
    : host.split('.').find((part) => !/^(?:www|api|keystone|identity|auth|iam|openstack|cloud|public)$/.test(part));
  const base = (telling ?? project ?? username ?? 'cloud').replaceAll(/[^\w.-]+/g, '-');
  let name = base;
  for (let number = 2; taken.includes(name); number += 1) name = `${base}-${number}`;
  return name;
}

function authOf({ auth }: Settings): Readonly<Record<string, string>> {
  return typeof auth === 'object' && auth !== null ? (auth as Readonly<Record<string, string>>) : {};
}
