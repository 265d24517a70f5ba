import { plainText } from '../base/plainText.ts';
import { asSettings } from './configFiles.ts';

/** An endpoint of the service catalogue. */
export interface Endpoint {
  readonly interface: string;
  readonly region: string | undefined;
  readonly url: string;
}

/** The service catalogue of a token: official or vendor service type → endpoints. Type order as sent. */
export type ServiceCatalogue = readonly { readonly type: string; readonly endpoints: readonly Endpoint[] }[];

/** A token and what its scope allows. The value is a secret: it goes into a header and nowhere else. */
export interface Token {
  readonly value: string;
  /** Ms since the epoch by this machine's clock, whatever the server's says. */
  readonly expiresAt: number;
  readonly user: { readonly id: string; readonly name: string };
  readonly project: { readonly id: string; readonly name: string; readonly domain: string | undefined } | undefined;
  /** Set for a token of a domain. */
  readonly domain?: { readonly id: string; readonly name: string };
  /** Set for a token of the whole cloud. */
  readonly system?: true;
  readonly roles: readonly string[];
  /** It is an application credential's that has access rules: services refuse what no rule names. */
  readonly ruled?: boolean;
  readonly catalogue: ServiceCatalogue;
}

/** A token with less left than this, in ms, is renewed before use, as keystoneauth does. */
export const marginMs = 120_000;

/**
 * Reads the body of `POST /v3/auth/tokens`; undefined when it is no token. `skewMs` is the server's clock minus ours.
 * Source: identity API reference v3.
 */
export function parseToken(value: string, body: unknown, skewMs: number): Token | undefined {
  const token = asSettings(asSettings(body)['token']);
  const user = asSettings(token['user']);
  const expires = Date.parse(String(token['expires_at']));
  if (typeof user['id'] !== 'string' || Number.isNaN(expires)) return undefined;
  const project = asSettings(token['project']);
  const ownDomain = asSettings(token['domain']);
  const domain = asSettings(project['domain'])['name'];
  const scoped = {
    id: String(project['id']),
    name: String(project['name'] ?? ''),
    domain: typeof domain === 'string' ? domain : undefined,
  };
  return {
    value,
    expiresAt: expires - skewMs,
    user: { id: user['id'], name: plainText(String(user['name'] ?? user['id'])) },
    project: 'id' in project ? scoped : undefined,
    ...(ownDomain['id'] !== undefined && { domain: { id: String(ownDomain['id']), name: String(ownDomain['name'] ?? '') } }),
    ...(asSettings(token['system'])['all'] === true && { system: true as const }),
    roles: listOf(token['roles']).map((role) => String(asSettings(role)['name'])),
    ruled: Array.isArray(asSettings(token['application_credential'])['access_rules']),
    catalogue: listOf(token['catalog']).map(serviceOf),
  };
}

/** The token of a cloud that is not signed in to: as configured, or none at all. It is for one nameless project, has no catalogue and does not expire. */
export function fixedToken(value: string, cloud: string): Token {
  return {
    value,
    expiresAt: Number.POSITIVE_INFINITY,
    user: { id: '', name: value === '' ? 'nobody' : 'the bearer of the token' },
    project: { id: '', name: cloud, domain: undefined },
    roles: [],
    catalogue: [],
  };
}

function serviceOf(entry: unknown) {
  const service = asSettings(entry);
  return { type: String(service['type']), endpoints: listOf(service['endpoints']).map(endpointOf) };
}

/** Some clouds still write `publicURL`. */
function endpointOf(entry: unknown): Endpoint {
  const endpoint = asSettings(entry);
  const region = endpoint['region_id'] ?? endpoint['region'];
  return {
    interface: String(endpoint['interface'] ?? '').replace(/URL$/, ''),
    region: typeof region === 'string' ? region : undefined,
    url: String(endpoint['url'] ?? ''),
  };
}

/** The endpoint of the first type that has one, by interface in order of preference, in the region when one is named. */
export function findEndpoint(
  catalogue: ServiceCatalogue,
  types: readonly string[],
  interfaces: readonly string[],
  region: string | undefined,
): string | undefined {
  for (const type of types) {
    const endpoints = catalogue.filter((service) => service.type === type).flatMap((service) => service.endpoints);
    const here = endpoints.filter(
      (endpoint) => region === undefined || endpoint.region === undefined || endpoint.region === region,
    );
    for (const wanted of interfaces) {
      const match = here.find((endpoint) => endpoint.interface === wanted && endpoint.url !== '');
      if (match) return match.url;
    }
  }
  return undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
