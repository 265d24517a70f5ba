import { type Result, success } from '../base/failure.ts';
import { field } from '../base/fields.ts';
import type { ApiKind, Cluster, KubeObject, ObjectRef } from './cluster.ts';

/** A revision of a workload. */
export interface Revision {
  readonly number: number;
  /** Since when, as the server wrote it. */
  readonly created: string;
  /** What was said about it when it was made (annotation `kubernetes.io/change-cause`). */
  readonly cause: string;
  readonly images: readonly string[];
  /** Its pod template, as it stands in the workload's spec. */
  readonly template: unknown;
}

/** Whether workloads of a kind keep revisions. */
export function keepsRevisions({ group, kind }: Pick<ApiKind, 'group' | 'kind'>): boolean {
  return group === 'apps' && ['Deployment', 'StatefulSet', 'DaemonSet'].includes(kind);
}

/**
 * The revisions of a workload that are kept, newest first: the ReplicaSets of a Deployment (annotation `deployment.kubernetes.io/revision`), the ControllerRevisions of the others,
 * whose data is a patch with `$patch: replace` (kubectl, pkg/polymorphichelpers/history.go). Fails as the lists fail.
 */
export async function revisionsOf(cluster: Cluster, ref: ObjectRef, workload: KubeObject): Promise<Result<readonly Revision[]>> {
  const isDeployment = ref.kind === 'Deployment';
  const selection = ref.namespace === undefined ? {} : { namespace: ref.namespace };
  const listed = await cluster.list('apps/v1', isDeployment ? 'ReplicaSet' : 'ControllerRevision', selection);
  if (!listed.ok) return listed;
  const own = listed.value.items.filter(({ metadata }) =>
    metadata.ownerReferences?.some(({ uid }) => uid === workload.metadata.uid),
  );
  const revisions = own.map((one) => (isDeployment ? ofReplicaSet(one) : ofControllerRevision(one)));
  return success(revisions.sort((one, other) => other.number - one.number));
}

function ofReplicaSet(set: KubeObject): Revision {
  const template = field(set['spec'], 'template');
  const { 'pod-template-hash': _, ...labels } = (field(template, 'metadata', 'labels') ?? {}) as Record<string, unknown>;
  const own = { ...(template as object), metadata: { ...(field(template, 'metadata') as object), labels } };
  return revision(set, Number(set.metadata.annotations?.['deployment.kubernetes.io/revision'] ?? 0), own);
}

function ofControllerRevision(one: KubeObject): Revision {
  const { $patch: _, ...template } = (field(one['data'], 'spec', 'template') ?? {}) as Record<string, unknown>;
  return revision(one, Number(one['revision'] ?? 0), template);
}

function revision({ metadata }: KubeObject, number: number, template: unknown): Revision {
  const containers = field(template, 'spec', 'containers');
  return {
    number,
    created: metadata.creationTimestamp ?? '',
    cause: metadata.annotations?.['kubernetes.io/change-cause'] ?? '',
    images: Array.isArray(containers) ? containers.map((one) => String(field(one, 'image'))) : [],
    template,
  };
}
