import { type Result, success } from '../base/failure.ts';
import { field } from '../base/fields.ts';
import type { ApiKind, Cluster, KubeObject, ObjectRef, Selection } from './cluster.ts';
import { isClusterApi } from './controllerKinds.ts';
import { type LabelSelector, selectorText } from './labelSelector.ts';

/** Which pods are meant: those that the selection finds and, where that is not enough, that fit. */
export interface PodSelection {
  readonly namespace: string;
  readonly selection: Selection;
  /** Whether the pod belongs to it; may ask the cluster. */
  readonly fits?: (pod: KubeObject) => Promise<boolean>;
}

/** Kinds that have pods and no scale subresource by which to tell. */
const withPods: readonly string[] = ['/Pod', '/Service', 'apps/DaemonSet', 'batch/Job', 'batch/CronJob'];

/** Whether objects of a kind have pods whose logs can be read: it is known for it, or it scales; what Cluster API scales are machines. */
export function hasPods({ group, kind, subresources }: Pick<ApiKind, 'group' | 'kind' | 'subresources'>): boolean {
  if (isClusterApi({ group, kind })) return false;
  return withPods.includes(`${group}/${kind}`) || (subresources.includes('scale') && kind !== 'CustomResourceDefinition');
}

/** The pods of an object: itself, those that its selector finds, those of the jobs of a CronJob. Fails when the object cannot be read; undefined when it has no selector. */
export async function podsOf(cluster: Cluster, ref: ObjectRef, signal?: AbortSignal): Promise<Result<PodSelection | undefined>> {
  const namespace = ref.namespace ?? cluster.context.namespace ?? 'default';
  if (ref.kind === 'Pod' && ref.apiVersion === 'v1')
    return success({ namespace, selection: { namespace, fieldSelector: `metadata.name=${ref.name}` } });
  const object = await cluster.get(ref, signal);
  if (!object.ok) return object;
  if (ref.kind === 'CronJob') return success(podsOfCronJob(cluster, namespace, object.value));
  const labelSelector = podSelectorOf(object.value);
  return success(labelSelector === undefined ? undefined : { namespace, selection: { namespace, labelSelector } });
}

/**
 * The label selector by which an object finds its pods, as the API takes it: `app=web,tier in (a,b)`. It stands in `spec.selector` (whole, or labels alone as in a
 * Service) or, in words, where a scale subresource points to. Undefined for an object without one; a Service without selector has no pods of its own.
 */
export function podSelectorOf({ spec, status }: KubeObject): string | undefined {
  const selector = field(spec, 'selector');
  if (field(selector, 'matchLabels') !== undefined || Array.isArray(field(selector, 'matchExpressions')))
    return selectorText(selector as LabelSelector) || undefined;
  const plain = selectorText({ matchLabels: selector });
  const told = field(status, 'selector') ?? field(status, 'labelSelector');
  return plain || (typeof told === 'string' && told !== '' ? told : undefined);
}

/** The jobs of a CronJob are its own by uid; pods name their job in a label. Source: Kubernetes, "Jobs", label `batch.kubernetes.io/job-name`. */
function podsOfCronJob(cluster: Cluster, namespace: string, { metadata: { uid } }: KubeObject): PodSelection {
  const label = 'batch.kubernetes.io/job-name';
  const isOurs = ({ metadata }: KubeObject) => metadata.ownerReferences?.some((owner) => owner.uid === uid) ?? false;
  /** By name: a job never changes its owner. */
  const listed = cluster
    .list('batch/v1', 'Job', { namespace })
    .then((jobs) => new Map(jobs.ok ? jobs.value.items.map((job) => [job.metadata.name, isOurs(job)] as const) : []));
  return {
    namespace,
    selection: { namespace, labelSelector: label },
    fits: async ({ metadata: { labels } }) => {
      const name = labels?.[label] ?? '';
      const jobs = await listed;
      const known = jobs.get(name);
      if (known !== undefined) return known;
      const job = await cluster.get({ apiVersion: 'batch/v1', kind: 'Job', namespace, name });
      const ours = job.ok && isOurs(job.value);
      jobs.set(name, ours);
      return ours;
    },
  };
}

/**
 * By which labels what an object owns can be found; the uid decides in any case. Slices of a Service carry its name, and whatever belongs to a cluster of Cluster API that cluster's,
 * some of it without being owned.
 */
export function ownedSelectorOf(owner: KubeObject): string | undefined {
  if (owner.apiVersion.startsWith('cluster.x-k8s.io/') && owner.kind === 'Cluster')
    return `cluster.x-k8s.io/cluster-name=${owner.metadata.name}`;
  return owner.kind === 'Service' ? `kubernetes.io/service-name=${owner.metadata.name}` : podSelectorOf(owner);
}
