import { failed, type Result, success } from '../base/failure.ts';
import { asSettings, type ConfigFiles, type Place, type Settings } from './configFiles.ts';

/** One cloud and region ready to be used: vendor profile, entry, secure.yaml, region values and environment merged, old spellings mapped. Holds secrets. */
export interface CloudConfig {
  readonly name: string;
  readonly region: string | undefined;
  readonly regions: readonly string[];
  readonly authType: string;
  readonly auth: Readonly<Record<string, string>>;
  /** Endpoint interfaces in order of preference, without `URL`. */
  readonly interfaces: readonly string[];
  /** `true`, `false`, or the path of a CA file. */
  readonly verify: boolean | string;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  /** All other settings, keys with `_`: `compute_endpoint_override`, `block_storage_interface`. */
  readonly settings: Settings;
  readonly place: Place | undefined;
}

/** Options of the auth plugins that may stand beside `auth` instead of in it. Source: keystoneauth's plugin options. */
const authOptions = (
  'auth_url username user_id password passcode token project_id project_name user_domain_id user_domain_name project_domain_id project_domain_name ' +
  'domain_id domain_name system_scope trust_id default_domain_id default_domain_name application_credential_id application_credential_name application_credential_secret ' +
  'identity_provider protocol client_id client_secret discovery_endpoint access_token access_token_endpoint openid_scope endpoint'
).split(' ');

/** Old spelling → new one, the later ones winning. Source: openstacksdk, `_fix_backwards_project`. */
const renamed: Readonly<Record<string, readonly string[]>> = {
  domain_id: ['domain_id'],
  domain_name: ['domain_name'],
  user_domain_id: ['user_domain_id'],
  user_domain_name: ['user_domain_name'],
  project_domain_id: ['project_domain_id'],
  project_domain_name: ['project_domain_name'],
  token: ['auth_token', 'token'],
  project_id: ['tenant_id', 'project_id'],
  project_name: ['tenant_name', 'project_name'],
};

/** Names of the environment's variables that choose among clouds and make none. */
const selectors = new Set(['OS_CLOUD', 'OS_REGION_NAME', 'OS_CLIENT_CONFIG_FILE', 'OS_CLIENT_SECURE_FILE', 'OS_CLOUD_NAME']);

/** The cloud that the environment's `OS_*` variables describe, if they do: its name and settings. */
export function environmentCloud(
  env: Readonly<Record<string, string | undefined>>,
): { readonly name: string; readonly settings: Settings } | undefined {
  const names = Object.keys(env).filter((name) => name.startsWith('OS_') && !/^OS_(TEST|STD|LOG)/.test(name));
  if (names.every((name) => selectors.has(name))) return undefined;
  const settings = Object.fromEntries(names.map((name) => [name.slice(3).toLowerCase(), env[name]]));
  delete settings['cloud'];
  return { name: env['OS_CLOUD_NAME'] ?? 'envvars', settings };
}

/** The names of an entry's regions; empty when it names none. */
export function regionsOf(settings: Settings): readonly string[] {
  const { regions, region_name: region } = settings;
  if (Array.isArray(regions))
    return regions.map((one) => String(typeof one === 'object' && one !== null ? asSettings(one)['name'] : one));
  if (Array.isArray(region)) return region.map(String);
  return typeof region === 'string' && region !== '' ? region.split(',') : [];
}

/**
 * Merges one entry for one region as openstacksdk does. Fails with `invalid`, naming the file and line, for an entry that is no mapping, a region that it does not
 * list, or a placeholder that names no setting.
 */
export function cloudConfig(
  name: string,
  entry: unknown,
  place: Place | undefined,
  files: Pick<ConfigFiles, 'publicClouds'>,
  region?: string,
): Result<CloudConfig> {
  const wrong = (what: string) =>
    failed('invalid', `Cloud ${name} ${what}${place ? ` (${place.file}:${place.line})` : ''}.`, place ? { at: place } : {});
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return wrong('is not a mapping');
  const own = normalized(entry as Settings);
  const profile = own['profile'] ?? own['cloud'];
  const vendor = typeof profile === 'string' ? normalized(asSettings(files.publicClouds[profile])) : {};
  const base = layered({ auth_type: 'password', interface: 'public' }, vendor, own);
  const regions = regionsOf(base);
  const chosen = region ?? regions[0];
  if (region !== undefined && regions.length > 0 && !regions.includes(region))
    return wrong(`has no region ${region}; it lists ${regions.join(', ')}`);
  const values = regionValues(base['regions'], chosen);
  if (!values.ok) return wrong(values.failure.message);
  const withRegion = layered(base, values.value, chosen === undefined ? {} : { region_name: chosen });
  const expanded = expand(renameOld(withRegion));
  if (!expanded.ok) return wrong(expanded.failure.message);
  return success(configOf(name, expanded.value, regions, place));
}

function configOf(name: string, settings: Settings, regions: readonly string[], place: Place | undefined): CloudConfig {
  const region = textOf(settings['region_name']);
  return {
    name,
    region,
    regions: regions.length === 0 && region !== undefined ? [region] : regions,
    authType: textOf(settings['auth_type']) ?? 'password',
    auth: settings['auth'] as Readonly<Record<string, string>>,
    interfaces: [settings['interface']].flat().map((one) => String(one).replace(/URL$/, '')),
    verify: verifyOf(settings),
    cert: textOf(settings['cert']),
    key: textOf(settings['key']),
    settings,
    place,
  };
}

/** `insecure` wins; `cacert` counts only while verification is on; a text in `verify` is a path. */
function verifyOf({ insecure, verify, cacert }: Settings): boolean | string {
  if (insecure === true || String(insecure).toLowerCase() === 'true') return false;
  if (verify === false || verify === 0 || verify === null || verify === '') return false;
  return textOf(cacert) ?? (typeof verify === 'string' ? verify : true);
}

/** Later layers win; `auth` merges key by key; a null value does not count in a region's values but is kept here as unset. */
function layered(...layers: readonly Settings[]): Settings {
  const result: Record<string, unknown> = { auth: {} };
  for (const layer of layers) {
    for (const [key, value] of Object.entries(layer)) {
      result[key] = key === 'auth' ? { ...asSettings(result['auth']), ...asSettings(value) } : value;
    }
  }
  return result;
}

function regionValues(regions: unknown, chosen: string | undefined): Result<Settings> {
  for (const region of Array.isArray(regions) ? regions : []) {
    if (typeof region !== 'object' || region === null) continue;
    const keys = Object.keys(region);
    if (!keys.includes('name') || keys.some((key) => key !== 'name' && key !== 'values')) {
      return failed('invalid', 'has a region that needs a name and may have values, nothing else');
    }
    if (String(asSettings(region)['name']) === chosen) return success(normalized(asSettings(asSettings(region)['values'])));
  }
  return success({});
}

function renameOld(settings: Settings): Settings {
  const { auth: given, auth_plugin: plugin, regions: _regions, ...rest } = settings;
  const top: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(rest))
    top[key.endsWith('endpoint_type') ? key.replace('endpoint_type', 'interface') : key] = value;
  if (top['auth_type'] === 'password' && plugin !== undefined) top['auth_type'] = plugin;
  const auth: Record<string, unknown> = { ...asSettings(given) };
  for (const [target, spellings] of Object.entries(renamed)) {
    let value: unknown;
    for (const key of spellings) {
      value = auth[key] ?? top[key] ?? value;
      delete top[key];
      delete auth[key];
    }
    if (value !== undefined && value !== null && value !== '') auth[target] = String(value);
  }
  for (const key of authOptions) {
    if (auth[key] === undefined && top[key] !== undefined) auth[key] = top[key];
    if (key in top && key !== 'endpoint') delete top[key];
  }
  return { ...top, auth: fanOutDomain(textsOf(auth)) };
}

/** One domain for user and project, where the scope is a project. */
function fanOutDomain(auth: Record<string, string>): Record<string, string> {
  if (auth['project_id'] === undefined && auth['project_name'] === undefined) return auth;
  const { domain_id: id, domain_name: name, ...rest } = auth;
  const filled = { ...rest };
  for (const side of ['user', 'project']) {
    if (id !== undefined) filled[`${side}_domain_id`] ??= id;
    if (name !== undefined) filled[`${side}_domain_name`] ??= name;
  }
  return filled;
}

/** Fills `{name}` in texts from the other settings, as Python's format does; never in a password. */
function expand(settings: Settings): Result<Settings> {
  const result: Record<string, unknown> = { ...settings };
  const auth = { ...asSettings(settings['auth']) };
  const url = format(auth['auth_url'], settings);
  if (!url.ok) return url;
  if (url.value !== undefined) auth['auth_url'] = url.value;
  for (const [key, value] of Object.entries(settings)) {
    if (typeof value !== 'string' || key === 'password') continue;
    const text = format(value, settings);
    if (!text.ok) return text;
    result[key] = text.value;
  }
  return success({ ...result, auth });
}

function format(text: unknown, settings: Settings): Result<unknown> {
  if (typeof text !== 'string' || !/[{}]/.test(text)) return success(text);
  let missing: string | undefined;
  const filled = text.replace(/\{\{|\}\}|\{([^{}]*)\}/g, (whole, name: string | undefined) => {
    if (name === undefined) return whole[0] ?? '';
    const value = settings[name];
    if (value === undefined || typeof value === 'object') missing ??= name;
    return String(value);
  });
  return missing === undefined ? success(filled) : failed('invalid', `has the placeholder {${missing}}, which names no setting`);
}

/** Keys with `_`, numbers as texts, all the way down. */
function normalized(settings: Settings): Settings {
  const entries = Object.entries(settings).map(([key, value]) => {
    const name = key.replaceAll('-', '_');
    if (typeof value === 'number' && name !== 'api_timeout' && name !== 'verbose_level') return [name, String(value)];
    const isMapping = typeof value === 'object' && value !== null && !Array.isArray(value);
    return [name, isMapping ? normalized(value as Settings) : value];
  });
  return Object.fromEntries(entries);
}

function textsOf(settings: Settings): Record<string, string> {
  const entries = Object.entries(settings).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(entries.map(([key, value]) => [key, String(value)]));
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
