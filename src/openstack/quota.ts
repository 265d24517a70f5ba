import { failed, type Result, success } from '../base/failure.ts';
import { asSettings } from './configFiles.ts';

/** One limit of a project. `limit` is undefined when there is none. */
export interface Quota {
  /** `cores`, `floating IPs`. */
  readonly name: string;
  /** Undefined where the service tells limits only. */
  readonly used: number | undefined;
  readonly limit: number | undefined;
}

interface QuotaCall {
  /** Below the versioned endpoint; `{project}` is the id of the project. */
  readonly path: string;
  /** From the body to the mapping that holds the values. */
  readonly within: string;
  /** Name → fields of the limit and of the use; with one field, that field holds `{limit, used}`, or the limit and nothing tells the use. */
  readonly values: Readonly<Record<string, readonly [limit: string, used: string] | readonly [limitOrBoth: string]>>;
}

/** Where a member may read quota and use in one call, best known first. Sources: the services' API references. */
const calls: Readonly<Record<string, QuotaCall>> = {
  compute: {
    path: '/limits',
    within: 'limits.absolute',
    values: {
      servers: ['maxTotalInstances', 'totalInstancesUsed'],
      cores: ['maxTotalCores', 'totalCoresUsed'],
      'MiB of RAM': ['maxTotalRAMSize', 'totalRAMUsed'],
    },
  },
  network: {
    path: '/quotas/{project}/details.json',
    within: 'quota',
    values: {
      'floating IPs': ['floatingip'],
      networks: ['network'],
      subnets: ['subnet'],
      ports: ['port'],
      routers: ['router'],
      'security groups': ['security_group'],
      'security group rules': ['security_group_rule'],
    },
  },
  'block-storage': {
    path: '/limits',
    within: 'limits.absolute',
    values: {
      volumes: ['maxTotalVolumes', 'totalVolumesUsed'],
      GiB: ['maxTotalVolumeGigabytes', 'totalGigabytesUsed'],
      snapshots: ['maxTotalSnapshots', 'totalSnapshotsUsed'],
    },
  },
  'shared-file-system': {
    path: '/limits',
    within: 'limits.absolute',
    values: {
      shares: ['maxTotalShares', 'totalSharesUsed'],
      GiB: ['maxTotalShareGigabytes', 'totalShareGigabytesUsed'],
      snapshots: ['maxTotalShareSnapshots', 'totalShareSnapshotsUsed'],
    },
  },
  'load-balancer': { path: '/quotas/{project}', within: 'quota', values: { 'load balancers': ['load_balancer'] } },
  dns: { path: '/quotas', within: '', values: { zones: ['zones'] } },
  'container-infrastructure-management': {
    path: '/quotas/{project}/Cluster',
    within: '',
    values: { clusters: ['hard_limit'] },
  },
  'key-manager': { path: '/quotas', within: 'quotas', values: { secrets: ['secrets'] } },
};

/** Asks one service; `ask` gives the decoded body of a path below its endpoint. Values the cloud leaves out are left out here. */
export async function quotaOf(
  service: string,
  project: string,
  ask: (path: string) => Promise<Result<unknown>>,
): Promise<Result<readonly Quota[]>> {
  const call = calls[service];
  if (!call) return failed('unsupported', `The ${service} service tells no quota.`);
  const body = await ask(call.path.replace('{project}', encodeURIComponent(project)));
  if (!body.ok) return body;
  const steps = call.within === '' ? [] : call.within.split('.');
  const values = steps.reduce((value, key) => asSettings(value[key]), asSettings(body.value));
  return success(Object.entries(call.values).flatMap(([name, fields]) => read(name, fields, values)));
}

function read(
  name: string,
  [first, second]: readonly [string, string?],
  values: Readonly<Record<string, unknown>>,
): readonly Quota[] {
  const value = values[first];
  const both = typeof value === 'object' && value !== null ? asSettings(value) : undefined;
  const tellsUse = both !== undefined || second !== undefined;
  const limit = numberIn(both ? both['limit'] : value);
  const used = numberIn(both ? both['used'] : values[second ?? '']);
  if (limit === undefined || (tellsUse && used === undefined)) return [];
  return [{ name, used, limit: limit < 0 ? undefined : limit }];
}

const numberIn = (value: unknown) => (value === undefined || Number.isNaN(Number(value)) ? undefined : Number(value));
