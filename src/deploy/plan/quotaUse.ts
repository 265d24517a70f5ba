import { type Result, success } from '../../base/failure.ts';
import type { KindId } from '../../openstack/kinds/kinds.ts';
import type { Project } from '../../openstack/project.ts';
import type { Quota } from '../../openstack/quota.ts';

/** Services that tell limits only: whose resources are the use, by the name of the limit. Source: Octavia API reference v2, "Show Project Quota". */
const COUNTED: Readonly<Record<string, Readonly<Record<string, KindId>>>> = {
  'load-balancer': { 'load balancers': 'load-balancer.loadbalancer' },
};

/** The part of a project that tells quotas. */
export type QuotaProject = Pick<Project, 'quota'> & Partial<Pick<Project, 'list'>>;

/** What a project may use of a service and what it uses, counted where the service does not tell; a list that cannot be had whole leaves it open. Undefined where nobody tells quotas; fails as the service does. */
export async function quotaUse(
  project: QuotaProject,
  service: string,
  signal?: AbortSignal,
): Promise<Result<readonly Quota[]> | undefined> {
  const quotas = await project.quota?.(service, signal);
  const counted = COUNTED[service];
  if (!quotas?.ok || !counted) return quotas;
  const used = async (quota: Quota): Promise<Quota> => {
    const kind = counted[quota.name];
    if (kind === undefined || quota.used !== undefined || quota.limit === undefined) return quota;
    const list = await project.list?.(kind, { freshness: 'fresh', ...(signal ? { signal } : {}) });
    return list?.ok && list.value.complete ? { ...quota, used: list.value.items.length } : quota;
  };
  return success(await Promise.all(quotas.value.map(used)));
}
