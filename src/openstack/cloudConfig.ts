import { failed, type Result, success } from '../base/failure.ts';
import { asSettings, type ConfigFiles, type Place, type Settings } from './configFiles.ts';
import { type ConfiguredNetwork, configuredNetworks } from './configuredNetworks.ts';
import { vendorProfiles } from './vendorProfiles.ts';

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
  /** Hints which network leads outside; empty without any. */
  readonly networks: readonly ConfiguredNetwork[];
  /** The address of a provider's own profile that is not there yet: it is fetched when the cloud is opened, never before. */
  readonly awaits: string | undefined;
  /** All other settings, keys with `_`: `compute_endpoint_override`, `block_storage_interface`. */
  readonly settings: Settings;
  readonly place: Place | undefined;
  /** Service type → the interface that was said yes to, where the entry's has no endpoint. Kept for this window only. */
  readonly chosen?: ReadonlyMap<string, string>;
}

/** Options of the auth plugins that may stand beside `auth` instead of in it. Source: keystoneauth's plugin options. */
export const authOptions: readonly string[] = (
  'auth_url username user_id password passcode token project_id project_name user_domain_id user_domain_name project_domain_id project_domain_name ' +
  'domain_id domain_name system_scope trust_id default_domain_id default_domain_name application_credential_id application_credential_name application_credential_secret ' +
  'identity_provider protocol client_id client_secret discovery_endpoint access_token access_token_endpoint access_token_type openid_scope endpoint auth_methods ' +
  'authorization_endpoint device_authorization_endpoint code_challenge_method code redirect_uri redirect_host redirect_port redirect_path login_timeout idp_otp_key'
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
  code: ['authorization_code', 'code'],
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

/** Profiles that were fetched, by the address that an entry or a bundled profile names. */
export type RemoteProfiles = ReadonlyMap<string, Settings>;

/** What an entry is merged with. */
export type ProfileSources = Pick<ConfigFiles, 'publicClouds'> & { readonly remote?: RemoteProfiles };

/** The names of an entry's regions; empty when it names none. */
function regionsOf(settings: Settings): readonly string[] {
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
  sources: ProfileSources,
  region?: string,
): Result<CloudConfig> {
  const wrong = (what: string) =>
    failed('invalid', `Cloud ${name} ${what}${place ? ` (${place.file}:${place.line})` : ''}.`, place ? { at: place } : {});
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return wrong('is not a mapping');
  const own = normalized(entry as Settings);
  const profile = profileOf(own, sources);
  if (!profile.ok) return wrong(profile.failure.message);
  const { settings: vendor, awaits } = profile.value;
  // The entry's own word on regions replaces the profile's whole list.
  const source = own['regions'] !== undefined || own['region_name'] !== undefined ? own : vendor;
  const regions = regionsOf(source);
  const chosen = region ?? regions[0];
  if (region !== undefined && regions.length > 0 && !regions.includes(region))
    return wrong(`has no region ${region}; it lists ${regions.join(', ')}`);
  const values = regionValues(source['regions'], chosen);
  if (!values.ok) return wrong(values.failure.message);
  const base = layered({ auth_type: 'password', interface: 'public' }, vendor, own);
  const withRegion = layered(base, values.value, chosen === undefined ? {} : { region_name: chosen });
  const networks = configuredNetworks(withRegion);
  if (!networks.ok) return wrong(networks.failure.message);
  const expanded = expand(renameOld(withRegion));
  if (!expanded.ok) return wrong(expanded.failure.message);
  return success({ ...configOf(name, expanded.value, regions, place), networks: networks.value, awaits });
}

/** The profile that an entry names: of clouds-public.yaml, bundled, or fetched from the address it names; a bundled one may name an address itself. */
function profileOf(
  own: Settings,
  { publicClouds, remote }: ProfileSources,
): Result<{ settings: Settings; awaits: string | undefined }> {
  const name = own['profile'] ?? own['cloud'];
  const nothing = { settings: {}, awaits: undefined };
  if (typeof name !== 'string' || name === '') return success(nothing);
  if (publicClouds[name] !== undefined)
    return success({ settings: normalized(asSettings(publicClouds[name])), awaits: undefined });
  const bundled = vendorProfiles[name];
  const nested = bundled?.['profile'];
  const address = bundled ? nested : name;
  if (bundled && nested === undefined) return success({ settings: normalized(bundled), awaits: undefined });
  if (typeof address !== 'string' || !/^https?:\/\/./.test(address)) return success(nothing);
  const fetched = remote?.get(address);
  if (!fetched) return success({ settings: {}, awaits: address });
  const { status, message, ...settings } = normalized(fetched);
  if (status === 'shutdown')
    return failed('invalid', `names the profile ${name}, of a cloud that no longer exists: ${String(message)}`);
  return success({ settings, awaits: undefined });
}

function configOf(
  name: string,
  settings: Settings,
  regions: readonly string[],
  place: Place | undefined,
): Omit<CloudConfig, 'networks' | 'awaits'> {
  const region = textOf(settings['region_name']);
  return {
    name,
    region,
    regions: regions.length === 0 && region !== undefined ? [region] : regions,
    authType: authTypeOf(settings['auth_type']),
    auth: settings['auth'] as Readonly<Record<string, string>>,
    interfaces: [settings['interface']].flat().map((one) => String(one).replace(/URL$/, '')),
    verify: verifyOf(settings),
    cert: textOf(settings['cert']),
    key: textOf(settings['key']),
    settings,
    place,
  };
}

/** Without a word there is no login; `token_endpoint` is what people call `admin_token`. Source: openstacksdk, `_get_auth_loader`. */
function authTypeOf(given: unknown): string {
  const type = textOf(given) ?? 'none';
  return type === 'None' ? 'none' : type === 'token_endpoint' ? 'admin_token' : type;
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
  // Whether IPv6 is preferred is the system's resolver's business here.
  const { auth: given, auth_plugin: plugin, regions: _regions, prefer_ipv6: _prefer, force_ipv4: _force, ...rest } = settings;
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
