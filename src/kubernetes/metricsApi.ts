import { failed, type Result, success } from '../base/failure.ts';
import type { ApiKind, Cluster } from './cluster.ts';
import { pathOf } from './discovery.ts';
import { type Usage, usagesOf } from './metrics.ts';

/** Whose use is asked for. Without a namespace: the pods of all of them. */
export type Measured = { readonly of: 'nodes' } | { readonly of: 'pods'; readonly namespace?: string };

const metricsGroup = 'metrics.k8s.io';

/** A metrics server answers from memory: one that takes longer is not well. */
const patienceMs = 10_000;

/** Whether a metrics API is among what a server serves. */
export const isMeasured = (kinds: readonly ApiKind[]): boolean => kinds.some(({ group }) => group === metricsGroup);

/** The kind behind which the use of pods or nodes is served; undefined where it is not. Asks for nothing that the tree did not ask for. */
export async function metricsKind(cluster: Cluster, of: Measured['of']): Promise<ApiKind | undefined> {
  const kinds = await cluster.kinds();
  if (!kinds.ok) return undefined;
  return kinds.value.find(({ group, resource, verbs }) => group === metricsGroup && resource === of && verbs.includes('list'));
}

/** One request for the use of all that is meant, or of the one that is named; undefined where the API is not served. */
export async function readUsages(
  cluster: Cluster,
  measured: Measured,
  { name, signal }: { readonly name?: string; readonly signal?: AbortSignal } = {},
): Promise<Result<readonly Usage[]> | undefined> {
  const kind = await metricsKind(cluster, measured.of);
  if (!kind) return undefined;
  const path = pathOf(kind, measured.of === 'pods' ? measured.namespace : undefined, name);
  if (!path.ok) return path;
  const patience = AbortSignal.timeout(patienceMs);
  const answer = await cluster.raw(path.value, { signal: signal ? AbortSignal.any([signal, patience]) : patience });
  if (!answer.ok) {
    const late = patience.aborted && !signal?.aborted;
    return late ? failed('unavailable', `The metrics API of ${cluster.context.name} does not answer.`) : answer;
  }
  try {
    return success(usagesOf(JSON.parse(answer.value)));
  } catch {
    return failed('malformed', `The metrics API of ${cluster.context.name} sent an unreadable answer.`);
  }
}
