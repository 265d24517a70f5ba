import type { Result } from '../../base/failure.ts';
import type { Resource } from '../../openstack/kind.ts';
import type { Project } from '../../openstack/project.ts';
import { isLoadBalancerOf } from '../run/loadBalancers.ts';
import { type CheckRow, type CheckSpecs, readName } from './check.ts';

/**
 * All members of the Octavia load balancer of a Service work: provisioned (`ACTIVE`) and healthy (`ONLINE`). One without a health monitor says `NO_MONITOR`, since nobody looks; that counts (Octavia API reference, operating status codes).
 */
export const members: CheckRow<CheckSpecs['members']> = {
  keys: [],
  withinMs: 2 * 60_000,
  read: async (value) => {
    const { namespace, name } = readName(value);
    return { namespace, service: name };
  },
  title: ({ namespace, service }) => `${namespace === undefined ? '' : `${namespace}/`}${service}`,
  look: async ({ namespace, service }, { cluster, project, namespace: own, signal }) => {
    if (!project) return { is: 'failed', said: 'no cloud is bound that could be asked' };
    const read = await cluster.get({ apiVersion: 'v1', kind: 'Service', namespace: namespace ?? own, name: service }, signal);
    if (!read.ok) return { is: 'notYet', said: read.failure.message };
    const balancers = await project.list('load-balancer.loadbalancer', { freshness: 'fresh', signal });
    if (!balancers.ok) return { is: 'notYet', said: balancers.failure.message };
    const balancer = balancers.value.items.find((one) => isLoadBalancerOf(one, read.value));
    if (!balancer) return { is: 'notYet', said: `Service ${service} has no load balancer in ${project.name}` };
    const found = await membersOf(project, balancer, signal);
    if (!found.ok) return { is: 'notYet', said: found.failure.message };
    const all = found.value;
    const bad = all.filter((one) => !works(one));
    if (all.length === 0) return { is: 'notYet', said: `load balancer ${nameOf(balancer)} has no members` };
    const [first] = bad;
    if (!first) return { is: 'passed', said: `${all.length} of ${all.length} members work` };
    const states = `${String(first['provisioning_status'])}, ${String(first['operating_status'])}`;
    return { is: 'notYet', said: `${all.length - bad.length} of ${all.length} members work; ${nameOf(first)} is ${states}` };
  },
};

const nameOf = ({ id, ...more }: Resource) => String(more['name'] || more['address'] || id);

const works = (member: Resource) =>
  member['provisioning_status'] === 'ACTIVE' && ['ONLINE', 'NO_MONITOR'].includes(String(member['operating_status']));

async function membersOf(project: Project, balancer: Resource, signal: AbortSignal): Promise<Result<readonly Resource[]>> {
  const pools = await project.list('load-balancer.pool', { freshness: 'fresh', signal });
  if (!pools.ok) return pools;
  const isOurs = (pool: Resource) => {
    const above = pool['loadbalancers'];
    return Array.isArray(above) && above.some((one: unknown) => (one as Resource | null)?.id === balancer.id);
  };
  const found: Resource[] = [];
  for (const parent of pools.value.items.filter(isOurs)) {
    const listed = await project.list('load-balancer.member', { parent, freshness: 'fresh', signal });
    if (!listed.ok) return listed;
    found.push(...listed.value.items);
  }
  return { ok: true, value: found };
}
