import type { Changes, Resource } from './kind.ts';
import { type KindId, serviceOf } from './kinds/kinds.ts';

/** How a list goes on: by links in the body, by `marker` = last identity, by `marker` = last name until a page is empty (Swift), or by `offset`. */
export type Paging = 'links' | 'marker' | 'names' | 'offset';

/** Everything in which one service differs from the next, as data. Sources: each service's API reference and its configuration defaults. */
export interface Service {
  /** Catalogue types that mean it, best first: the official type, then its aliases (service-types authority). */
  readonly types: readonly string[];
  /** Appended to an endpoint that names no version; `{project}` is the project of the token. */
  readonly version: string;
  /** Headers that ask for a microversion, the highest one our rows know, and the lowest one they need. */
  readonly microversion?: {
    readonly headers: readonly (readonly [name: string, prefix: string])[];
    readonly wanted: string;
  };
  readonly paging: Paging;
  /** Page size asked for. Absent: none is sent, since the service lists whole or refuses the parameter. */
  readonly limit?: number;
  /** True where any top-level field works as an equality filter. */
  readonly filters?: true;
  /** The query that keeps an administrator's list to one project, for kinds that are not shared. */
  readonly projectQuery?: string;
  /** How its lists tell what has changed, for kinds whose row says nothing else. */
  readonly changes?: Changes;
  /** Roles of which one is usually enough to read and to change, where they are others than `reader` or `member`. Source: the service's default policies. */
  readonly roles?: { readonly reads: readonly string[]; readonly writes: readonly string[] };
  /** What asks for the resources of all projects, where an administrator's list does not hold them by itself. */
  readonly allProjects?: {
    readonly query?: Readonly<Record<string, string>>;
    readonly headers?: Readonly<Record<string, string>>;
  };
  /** For shared kinds: whether an administrator would see this one as a member of the project, too. */
  readonly usable?: (resource: Resource, project: string) => boolean;
}

const openStackVersion = (word: string) => ['OpenStack-API-Version', `${word} `] as const;

/** One row per service, keyed by official service type. */
export const services: Readonly<Record<string, Service>> = {
  compute: {
    types: ['compute'],
    version: '/v2.1',
    microversion: { headers: [openStackVersion('compute'), ['X-OpenStack-Nova-API-Version', '']], wanted: '2.96' },
    paging: 'links',
    limit: 1000,
    allProjects: { query: { all_tenants: '1' } },
  },
  network: {
    types: ['network'],
    version: '/v2.0',
    paging: 'links',
    limit: 1000,
    filters: true,
    projectQuery: 'project_id',
    // Not `changed_since`: Neutron's own check of filters, on by default, refuses it as an unknown one.
    changes: { by: 'digest', fields: ['revision_number', 'updated_at', 'status'] },
    usable: (resource, project) =>
      !('router:external' in resource) ||
      resource['project_id'] === project ||
      resource['shared'] === true ||
      resource['router:external'] === true,
  },
  'load-balancer': {
    types: ['load-balancer'],
    version: '/v2',
    paging: 'links',
    limit: 1000,
    projectQuery: 'project_id',
    roles: {
      reads: ['load-balancer_observer', 'load-balancer_member', 'reader', 'member'],
      writes: ['load-balancer_member', 'member'],
    },
    changes: { by: 'digest', fields: ['updated_at', 'provisioning_status', 'operating_status'] },
  },
  image: {
    types: ['image'],
    version: '/v2',
    paging: 'links',
    limit: 1000,
    usable: (resource, project) => resource['owner'] === project || resource['visibility'] !== 'private',
  },
  'block-storage': {
    types: ['block-storage', 'volumev3', 'volumev2', 'volume', 'block-store'],
    version: '/v3/{project}',
    microversion: { headers: [openStackVersion('volume')], wanted: '3.70' },
    paging: 'links',
    limit: 1000,
    allProjects: { query: { all_tenants: '1' } },
  },
  identity: { types: ['identity'], version: '/v3', paging: 'links' },
  orchestration: {
    types: ['orchestration'],
    version: '/v1/{project}',
    paging: 'marker',
    limit: 500,
    roles: { reads: ['reader', 'member', 'heat_stack_owner'], writes: ['member', 'heat_stack_owner'] },
    allProjects: { query: { global_tenant: 'true' } },
  },
  dns: {
    types: ['dns'],
    version: '/v2',
    paging: 'links',
    limit: 500,
    allProjects: { headers: { 'x-auth-all-projects': 'true' } },
  },
  'container-infrastructure-management': {
    types: ['container-infrastructure-management', 'container-infrastructure', 'container-infra'],
    version: '/v1',
    microversion: { headers: [openStackVersion('container-infra')], wanted: '1.11' },
    paging: 'links',
    limit: 1000,
  },
  'key-manager': {
    types: ['key-manager'],
    version: '/v1',
    paging: 'links',
    limit: 100,
    roles: { reads: ['observer', 'creator', 'reader', 'member'], writes: ['creator', 'member'] },
  },
  'shared-file-system': {
    types: ['shared-file-system', 'sharev2', 'share'],
    version: '/v2',
    microversion: { headers: [['X-OpenStack-Manila-API-Version', '']], wanted: '2.70' },
    paging: 'offset',
    limit: 1000,
    allProjects: { query: { all_tenants: '1' } },
  },
  baremetal: {
    types: ['baremetal', 'bare-metal'],
    version: '/v1',
    microversion: { headers: [['X-OpenStack-Ironic-API-Version', '']], wanted: '1.80' },
    paging: 'links',
    limit: 1000,
  },
  placement: {
    types: ['placement'],
    version: '',
    microversion: { headers: [openStackVersion('placement')], wanted: '1.36' },
    paging: 'links',
  },
  'object-store': {
    types: ['object-store'],
    version: '/v1/AUTH_{project}',
    paging: 'names',
    limit: 10_000,
    roles: { reads: ['member', 'swiftoperator'], writes: ['member', 'swiftoperator'] },
  },
};

/** The row of a kind's service. */
export function serviceRow(kind: KindId): Service {
  const row = services[serviceOf(kind)];
  if (!row) throw new Error(`no service row for ${kind}`);
  return row;
}
