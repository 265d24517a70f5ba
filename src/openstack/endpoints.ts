import { failed, type Result, success } from '../base/failure.ts';
import type { HttpResponse } from '../base/http.ts';
import { jsonOf } from '../base/jsonBody.ts';
import type { CloudConfig } from './cloudConfig.ts';
import { asSettings } from './configFiles.ts';
import type { Service } from './services.ts';
import { findEndpoint, type Token } from './token.ts';

/** The address of a service for a token, without a trailing slash, as the configuration or the catalogue gives it. Undefined when the cloud does not offer it. */
export function catalogueUrl(config: CloudConfig, type: string, service: Service, token: Token): string | undefined {
  const override = overrideOf(config, type, service);
  if (override !== undefined) return withProject(override, token).replace(/\/+$/, '');
  const setting = (suffix: string) => settingOf(config, type, service, suffix);
  const own = setting('interface');
  const interfaces = own === undefined ? config.interfaces : [own].flat().map((one) => String(one).replace(/URL$/, ''));
  const region = setting('region_name') ?? config.region;
  return findEndpoint(token.catalogue, service.types, interfaces, typeof region === 'string' ? region : undefined)?.replace(
    /\/+$/,
    '',
  );
}

/**
 * The same with a version: the service's usual one is appended unless the address names one. Needs no request.
 * Fails with `unsupported` when the cloud has no such service, and with `untrusted` when the catalogue of an https cloud names an http address.
 */
export function endpointOf(config: CloudConfig, type: string, service: Service, token: Token): Result<string> {
  const url = catalogueUrl(config, type, service, token);
  const where = config.region === undefined ? '' : ` in ${config.region}`;
  if (url === undefined) return failed('unsupported', `Cloud ${config.name} has no ${type} service${where}.`);
  const parsed = URL.parse(url);
  if (!parsed)
    return failed('malformed', `The catalogue of cloud ${config.name} names an address for ${type} that is not a URL.`);
  // An address that the user wrote down is the user's decision.
  const own = overrideOf(config, type, service) !== undefined;
  if (!own && parsed.protocol === 'http:' && config.auth['auth_url']?.startsWith('https:')) {
    return failed(
      'untrusted',
      `The catalogue of cloud ${config.name} names an unencrypted address for ${type} (${parsed.host}), which is not used.`,
    );
  }
  return success(hasVersion(parsed) ? url : `${url}${withProject(service.version, token)}`);
}

/** The root of an endpoint, where a service tells its versions. */
export function rootOf(url: string): string {
  return url.replace(/\/v\d+(\.\d+)?(\/.*)?$/, '');
}

/**
 * Picks from a version document the path for the wanted major version: 200 or 300 with `versions: [...]`, `{values: [...]}` or one `version`. Keeps our host: the links' can be
 * internal ones. Undefined when the document has none.
 */
export function discovered(response: HttpResponse, root: string, service: Service, token: Token): string | undefined {
  const json = jsonOf(response, root);
  if (!json.ok) return undefined;
  const { versions, version } = asSettings(json.value);
  const list = Array.isArray(versions) ? versions : (asSettings(versions)['values'] ?? (version ? [version] : []));
  const major = /\/v(\d+)/.exec(service.version)?.[1];
  for (const entry of Array.isArray(list) ? list.map(asSettings) : []) {
    if (!String(entry['id']).startsWith(`v${major}`)) continue;
    const links = Array.isArray(entry['links']) ? entry['links'].map(asSettings) : [];
    const path = URL.parse(String(links.find(({ rel }) => rel === 'self')?.['href']), `${root}/`)?.pathname;
    const tail = service.version.includes('{project}')
      ? withProject(service.version.slice(service.version.indexOf('/{')), token)
      : '';
    if (path) return `${new URL(root).origin}${path.replace(/\/+$/, '')}${tail}`;
  }
  return undefined;
}

function overrideOf(config: CloudConfig, type: string, service: Service): string | undefined {
  const override = settingOf(config, type, service, 'endpoint_override');
  return typeof override === 'string' ? override : undefined;
}

/** A setting of one service: `block_storage_interface`, else under an alias, `volume_interface`. */
function settingOf({ settings }: CloudConfig, type: string, { types }: Service, suffix: string): unknown {
  const names = [type, ...types].map((name) => `${name.replaceAll('-', '_')}_${suffix}`);
  return names.map((name) => settings[name]).find((value) => value !== undefined);
}

function hasVersion(url: URL): boolean {
  return /\/v\d+(\.\d+)?(\/|$)/.test(url.pathname);
}

/** Placeholders of overrides and versions; both spellings of the project's. */
function withProject(text: string, token: Token): string {
  return text.replace(/\{project\}|[%$]\((?:project|tenant)_id\)s/g, token.project?.id ?? '');
}
