import { failed, type Result, success } from '../base/failure.ts';
import type { HttpResponse } from '../base/http.ts';
import { jsonOf } from '../base/jsonBody.ts';
import { loginOf } from './authRequest.ts';
import type { CloudConfig } from './cloudConfig.ts';
import { asSettings } from './configFiles.ts';
import { OtherInterface } from './otherInterface.ts';
import type { Service } from './services.ts';
import { findEndpoint, type Token } from './token.ts';

/** The address of a service for a token, without a trailing slash, as the configuration or the catalogue gives it. Undefined when the cloud does not offer it. */
export function catalogueUrl(config: CloudConfig, type: string, service: Service, token: Token): string | undefined {
  const override = overrideOf(config, type, service);
  if (override !== undefined) return withProject(override, token).replace(/\/+$/, '');
  // Without a catalogue the entry's one address is every service's, unless services have their own.
  if (loginOf(config) === 'fixed')
    return hasOverrides(config) ? undefined : withProject(config.auth['endpoint'] ?? '', token).replace(/\/+$/, '') || undefined;
  const { interfaces, region } = whereabouts(config, type, service);
  return (
    withProject(findEndpoint(token.catalogue, service.types, interfaces, region) ?? '', token).replace(/\/+$/, '') || undefined
  );
}

/** Whether the cloud has the service here at all, be it behind an interface that the entry does not name. */
export function isOffered(config: CloudConfig, type: string, service: Service, token: Token): boolean {
  if (catalogueUrl(config, type, service, token) !== undefined) return true;
  return elsewhere(token, service, whereabouts(config, type, service).region).interfaces.length > 0;
}

/**
 * The same with a version: the service's usual one is appended unless the address names one. Needs no request.
 * Fails with `unsupported` when the cloud has no such service, and with `untrusted` when the catalogue of an https cloud names an http address.
 */
export function endpointOf(config: CloudConfig, type: string, service: Service, token: Token): Result<string> {
  const url = catalogueUrl(config, type, service, token);
  const at = config.place ? { at: config.place } : {};
  if (url === undefined)
    return failed('unsupported', absence(config, type, service, token), { ...at, ...wayOut(config, type, service, token) });
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

function wayOut(config: CloudConfig, type: string, service: Service, token: Token): { readonly detail?: OtherInterface } {
  const { region } = whereabouts(config, type, service);
  const [first] = elsewhere(token, service, region).interfaces;
  const url = first === undefined ? undefined : findEndpoint(token.catalogue, service.types, [first], region);
  const host = URL.parse(url ?? '')?.host;
  return first === undefined || host === undefined ? {} : { detail: new OtherInterface(type, first, host) };
}

/** The root of an endpoint, where a service tells its versions. */
export function rootOf(url: string): string {
  return url.replace(/\/v\d+(\.\d+)?(\/.*)?$/, '');
}

/**
 * Picks from a version document the path for the wanted major version: 200 or 300 with `versions: [...]`, `{values: [...]}` or one `version`. Keeps our host: the links' can be
 * internal ones, without the path that a proxy in between put before. Undefined when the document has none.
 */
export function discovered(response: HttpResponse, root: string, service: Service, token: Token): string | undefined {
  const json = jsonOf(response, root);
  if (!json.ok) return undefined;
  const { versions, version } = asSettings(json.value);
  const list = Array.isArray(versions) ? versions : (asSettings(versions)['values'] ?? (version ? [version] : []));
  const [, wanted = '', major] = /\/(v(\d+)[\d.]*)/.exec(service.version) ?? [];
  const entries = Array.isArray(list) ? list.map(asSettings) : [];
  // Nova's v2.0 stands before its v2.1, and knows no microversions.
  const exact = entries.filter(({ id }) => id === wanted);
  for (const entry of exact.length > 0 ? exact : entries) {
    if (!String(entry['id']).startsWith(`v${major}`)) continue;
    const links = Array.isArray(entry['links']) ? entry['links'].map(asSettings) : [];
    const path = URL.parse(String(links.find(({ rel }) => rel === 'self')?.['href']), `${root}/`)?.pathname;
    const tail = service.version.includes('{project}')
      ? withProject(service.version.slice(service.version.indexOf('/{')), token)
      : '';
    const below = path && belowRoot(path, new URL(root).pathname.replace(/\/+$/, ''));
    if (below) return `${new URL(root).origin}${below.replace(/\/+$/, '')}${tail}`;
  }
  return undefined;
}

/** The path of a link as seen through a proxy: behind the prefix by which we came, where the service itself does not know of it. */
function belowRoot(path: string, prefix: string): string {
  return path.startsWith(`${prefix}/`) ? path : `${prefix}${/\/v\d.*$/.exec(path)?.[0] ?? path}`;
}

/** Which endpoints of a service the entry means. */
function whereabouts(config: CloudConfig, type: string, service: Service) {
  const own = settingOf(config, type, service, 'interface');
  const named = own === undefined ? config.interfaces : [own].flat().map((one) => String(one).replace(/URL$/, ''));
  const chosen = config.chosen?.get(type);
  const interfaces = chosen === undefined ? named : [...named, chosen];
  const region = settingOf(config, type, service, 'region_name') ?? config.region;
  return { interfaces, region: typeof region === 'string' ? region : undefined };
}

/** Behind which interfaces a service is in a region, and in which regions it is. */
function elsewhere({ catalogue }: Token, { types }: Service, region: string | undefined) {
  const endpoints = catalogue.filter(({ type }) => types.includes(type)).flatMap((service) => service.endpoints);
  const here = endpoints.filter((one) => region === undefined || one.region === undefined || one.region === region);
  const names = (all: readonly (string | undefined)[]) => [...new Set(all)].filter((name) => name !== undefined && name !== '');
  return { interfaces: names(here.map((one) => one.interface)), regions: names(endpoints.map((one) => one.region)) };
}

/** Never another interface or region than the entry's without being told: it may lead to another network, or to what only administrators may use. */
function absence(config: CloudConfig, type: string, service: Service, token: Token): string {
  const { interfaces, region } = whereabouts(config, type, service);
  const other = elsewhere(token, service, region);
  const [first] = other.interfaces;
  const where = region === undefined ? '' : ` in ${region}`;
  if (first !== undefined)
    return `Cloud ${config.name} has its ${type} service${where} only behind the interface ${other.interfaces.join(', ')}, not ${interfaces.join(', ')}. If you can reach that, use it in this window, or set "interface: ${first}" in its entry.`;
  const regions = other.regions.length > 0 ? ` It is in ${other.regions.join(', ')}: see region_name of its entry.` : '';
  return `Cloud ${config.name} has no ${type} service${where}.${regions}`;
}

function overrideOf(config: CloudConfig, type: string, service: Service): string | undefined {
  const override = settingOf(config, type, service, 'endpoint_override');
  return typeof override === 'string' ? override : undefined;
}

function hasOverrides({ settings }: CloudConfig): boolean {
  return Object.keys(settings).some((name) => name.endsWith('_endpoint_override'));
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
