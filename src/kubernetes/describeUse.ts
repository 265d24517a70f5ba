import type { Cluster, KubeObject } from './cluster.ts';
import {
  type Amounts,
  amountText,
  boundsOfNode,
  boundsOfPod,
  percentOf,
  pressureOf,
  resources,
  type Sample,
  sum,
  useFacts,
  useLine,
} from './metrics.ts';
import { readUsages } from './metricsApi.ts';

/**
 * What a pod or node uses, as rows of a description: beside what it asked for and may have, container by container; of a node also what its pods ask for. Empty for other kinds,
 * and where nothing is measured.
 */
export async function useRows(
  cluster: Cluster,
  object: KubeObject,
  samples: readonly Sample[],
): Promise<readonly (readonly string[])[]> {
  const { kind, apiVersion, metadata } = object;
  if (apiVersion !== 'v1' || (kind !== 'Pod' && kind !== 'Node')) return [];
  const { name, namespace = '' } = metadata;
  const answer = await readUsages(cluster, kind === 'Pod' ? { of: 'pods', namespace } : { of: 'nodes' }, { name });
  const usage = answer?.ok ? answer.value[0] : undefined;
  if (!usage) return [];
  const bounds = kind === 'Pod' ? boundsOfPod(object) : boundsOfNode(object);
  const parts = [...usage.containers].map(([part, used]) => {
    const own = bounds.containers.get(part);
    return [part, ...resources.map((resource) => useLine(used, own, resource))];
  });
  return [
    ...useFacts(usage, bounds, samples),
    ...(kind === 'Node' ? await promisedRows(cluster, name, bounds.most) : []),
    ['attention', pressureOf(usage, bounds) ?? 'none needed'],
    ...(parts.length > 1 ? parts : []),
  ];
}

/** What the pods of a node ask for and may use at most, of what is allocatable. The pods that `kubectl describe node` counts: those that have not ended. */
export async function promisedRows(
  cluster: Cluster,
  node: string,
  allocatable: Partial<Amounts>,
  signal?: AbortSignal,
): Promise<readonly (readonly [title: string, text: string])[]> {
  const fieldSelector = `spec.nodeName=${node},status.phase!=Succeeded,status.phase!=Failed`;
  const pods = await cluster.list('v1', 'Pod', { fieldSelector }, signal);
  if (!pods.ok) return [];
  const bounds = pods.value.items.map(boundsOfPod);
  const line = (amounts: Partial<Amounts>) =>
    resources.map((resource) => {
      const amount = amounts[resource] ?? 0;
      return `${amountText(resource, amount)} (${percentOf(amount / (allocatable[resource] || Number.POSITIVE_INFINITY))})`;
    });
  const count = bounds.length === 1 ? '1 pod' : `${bounds.length} pods`;
  return [
    ['requested', `${line(sum(bounds.map(({ requests }) => requests))).join(' · ')} by ${count}`],
    ['limits', `${line(sum(bounds.map(({ limits }) => limits))).join(' · ')} together`],
  ];
}
