import { numberAt } from '../base/fields.ts';
import type { ApiKind, KubeObject } from './cluster.ts';

/** Kinds (`group/Kind`) that make a pod anew when one goes, and where each says how many it wants. Sources: the concept pages of Kubernetes on each workload. */
const WANTED: Readonly<Record<string, (workload: KubeObject) => number>> = {
  'apps/Deployment': (workload) => numberAt(workload, 'spec', 'replicas') ?? 1,
  'apps/StatefulSet': (workload) => numberAt(workload, 'spec', 'replicas') ?? 1,
  'apps/ReplicaSet': (workload) => numberAt(workload, 'spec', 'replicas') ?? 1,
  'apps/DaemonSet': (workload) => numberAt(workload, 'status', 'desiredNumberScheduled') ?? 0,
};

/** Whether the pods of a kind come again by themselves. */
export function makesPodsAnew({ group, kind }: Pick<ApiKind, 'group' | 'kind'>): boolean {
  return `${group}/${kind}` in WANTED;
}

/** How many pods a workload wants; undefined for what does not make them anew. */
export function wantedPods(workload: KubeObject): number | undefined {
  const group = workload.apiVersion.includes('/') ? workload.apiVersion.slice(0, workload.apiVersion.indexOf('/')) : '';
  return WANTED[`${group}/${workload.kind}`]?.(workload);
}
