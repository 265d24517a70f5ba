import { field } from '../base/fields.ts';
import type { ApiKind, KubeObject } from './cluster.ts';

type GroupKind = Pick<ApiKind, 'group' | 'kind'>;

/** Whether a kind is one of Cluster API or of one of its providers (their groups are its own and those below it). */
export const isClusterApi = ({ group }: GroupKind): boolean =>
  group === 'cluster.x-k8s.io' || group.endsWith('.cluster.x-k8s.io');

/** Whether a kind is one of Flux. */
export const isFlux = ({ group }: GroupKind): boolean => group.endsWith('.toolkit.fluxcd.io');

/** Stops the reconciliation of any object of Cluster API; a Cluster has `spec.paused` for all that belongs to it, too (Cluster API, "Labels and annotations"). */
export const pausedAnnotation = 'cluster.x-k8s.io/paused';

/** Whether Cluster API leaves the object alone: it is paused itself. */
export function isPaused({ metadata, spec }: KubeObject): boolean {
  return metadata.annotations?.[pausedAnnotation] !== undefined || field(spec, 'paused') === true;
}

/** How many machines the cluster autoscaler keeps at least and at most; undefined where it does not look after the object (cluster-autoscaler, provider `clusterapi`). */
export function autoscalerBounds({ metadata: { annotations = {} } }: Pick<KubeObject, 'metadata'>): string | undefined {
  const [min, max] = ['min', 'max'].map((end) => annotations[`cluster.x-k8s.io/cluster-api-autoscaler-node-group-${end}-size`]);
  return min === undefined && max === undefined ? undefined : `${min ?? '?'}–${max ?? '?'}`;
}

/** Whether Argo CD syncs an Application by itself: a policy without the word is on (Argo CD, "Automated Sync Policy"). */
export function syncsByItself({ spec }: KubeObject): boolean {
  const automated = field(spec, 'syncPolicy', 'automated');
  return automated !== undefined && automated !== null && field(automated, 'enabled') !== false;
}
