import { field, fieldsAt } from '../base/fields.ts';
import type { KubeObject, Selection } from '../kubernetes/cluster.ts';
import { type LabelSelector, selects } from '../kubernetes/labelSelector.ts';
import { groupKind } from '../kubernetes/objectKey.ts';
import { type ObjectReference, referencesOf } from '../kubernetes/objectReferences.ts';
import { podTemplateLabels } from '../kubernetes/podTemplate.ts';

/** One way in which objects of a cluster hang together, read in both directions. Kinds are `group/Kind`. */
export interface ObjectRelation {
  /** Who holds it: it names the others, or selects them by their labels. */
  readonly from: readonly string[];
  readonly to: readonly string[];
  /** How it reads: `Ingress web` *routes to* `Service web`, which *is reached by* the Ingress. */
  readonly says: readonly [forth: string, back: string];
  /** The labels by which it selects; absent: it names them, as the table of references has it. */
  readonly selector?: (from: KubeObject) => LabelSelector | undefined;
  /** The way back is not looked for: the other side holds a relation of its own, or too much would have to be read. */
  readonly forthOnly?: true;
  /** Those that name an object may live in other namespaces than it. */
  readonly anywhere?: true;
  /** How the server narrows the list of those that name an object. */
  readonly narrowed?: (name: string) => Selection;
}

/** Workloads before what they make. */
const workloads = [
  'apps/Deployment',
  'apps/StatefulSet',
  'apps/DaemonSet',
  'batch/CronJob',
  'apps/ReplicaSet',
  '/ReplicationController',
  'batch/Job',
];
const withPods = [...workloads, '/Pod'];
const gateway = (kind: string) => `gateway.networking.k8s.io/${kind}`;
const routes = ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute', 'UDPRoute'].map(gateway);
const rbac = (kind: string) => `rbac.authorization.k8s.io/${kind}`;

/** A selector of labels alone (Service): without one, it selects nothing. */
const plainSelector = ({ spec }: KubeObject) => {
  const labels = fieldsAt(spec, 'selector');
  return Object.keys(labels).length === 0 ? undefined : { matchLabels: labels };
};
/** An empty selector selects all pods of the namespace (policy/v1, networking.k8s.io/v1). */
const selectorIn = (name: string) => (from: KubeObject) => field(from.spec, name) as LabelSelector | undefined;

/** Every relation within a cluster, one row each, in the order in which they are shown; owners stand in the objects themselves. */
export const objectRelations: readonly ObjectRelation[] = [
  { from: ['networking.k8s.io/Ingress'], to: ['/Service'], says: ['routes to', 'is reached by'] },
  { from: routes, to: [gateway('Gateway')], says: ['enters by', 'lets in'], anywhere: true },
  { from: routes, to: ['/Service'], says: ['routes to', 'is reached by'] },
  { from: ['/Service'], to: withPods, says: ['sends to', 'is reached by'], selector: plainSelector },
  { from: ['discovery.k8s.io/EndpointSlice'], to: ['/Pod'], says: ['lists', 'is listed by'], forthOnly: true },
  { from: ['apps/StatefulSet'], to: ['/Service'], says: ['is governed by', 'governs'] },
  { from: ['autoscaling/HorizontalPodAutoscaler'], to: workloads, says: ['scales', 'is scaled by'] },
  { from: ['policy/PodDisruptionBudget'], to: withPods, says: ['guards', 'is guarded by'], selector: selectorIn('selector') },
  {
    from: ['networking.k8s.io/NetworkPolicy'],
    to: withPods,
    says: ['filters the traffic of', 'is filtered by'],
    selector: selectorIn('podSelector'),
  },
  {
    from: withPods,
    to: ['/ConfigMap', '/Secret', '/PersistentVolumeClaim', '/ServiceAccount'],
    says: ['uses', 'is used by'],
  },
  { from: ['networking.k8s.io/Ingress', gateway('Gateway')], to: ['/Secret'], says: ['shows the certificate', 'is shown by'] },
  { from: ['/ServiceAccount'], to: ['/Secret'], says: ['names', 'is named by'] },
  { from: [rbac('RoleBinding'), rbac('ClusterRoleBinding')], to: ['/ServiceAccount'], says: ['grants to', 'is granted by'] },
  {
    from: [rbac('RoleBinding'), rbac('ClusterRoleBinding')],
    to: [rbac('Role'), rbac('ClusterRole')],
    says: ['grants', 'is granted by'],
  },
  { from: ['/PersistentVolumeClaim'], to: ['/PersistentVolume'], says: ['is bound to', 'is bound by'], forthOnly: true },
  { from: ['/PersistentVolume'], to: ['/PersistentVolumeClaim'], says: ['is bound by', 'is bound to'], forthOnly: true },
  {
    from: ['/PersistentVolumeClaim', '/PersistentVolume'],
    to: ['storage.k8s.io/StorageClass'],
    says: ['is of class', 'is the class of'],
  },
  {
    from: ['networking.k8s.io/Ingress'],
    to: ['networking.k8s.io/IngressClass'],
    says: ['is of class', 'is the class of'],
  },
  { from: [gateway('Gateway')], to: [gateway('GatewayClass')], says: ['is of class', 'is the class of'] },
  {
    from: ['/Pod'],
    to: ['/Node'],
    says: ['runs on', 'runs'],
    narrowed: (name) => ({ fieldSelector: `spec.nodeName=${name}` }),
  },
];

/** Names one object, whether it exists or not. */
export interface Named {
  /** `group/Kind`. */
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
}

/** Whether a relation knows the kind, from either side; asks nobody. */
export function hasObjectRelations(kind: string): boolean {
  return objectRelations.some(({ from, to, forthOnly }) => from.includes(kind) || (to.includes(kind) && !forthOnly));
}

/** What an object names by a relation, each once. */
export function namedBy(
  { from, to, selector }: ObjectRelation,
  object: KubeObject,
  references = referencesOf(object),
): readonly Named[] {
  if (selector || !from.includes(groupKind(object))) return [];
  const named = references.filter((one) => to.includes(one.to)).map(toNamed);
  return [...new Map(named.map((one) => [`${one.kind} ${one.namespace} ${one.name}`, one])).values()];
}

const toNamed = ({ to, namespace, name }: ObjectReference): Named => ({ kind: to, namespace, name });

/** The owners of an object: in its own namespace, or in none (Kubernetes, "Owners and Dependents"). */
export function ownersNamed({ metadata }: KubeObject): readonly Named[] {
  return (metadata.ownerReferences ?? []).map((owner) => ({
    kind: groupKind(owner),
    namespace: metadata.namespace,
    name: owner.name,
  }));
}

/** Whether an object holds a relation to the other one. Of a workload, the labels that its pods get count. */
export function leadsTo(relation: ObjectRelation, object: KubeObject, other: KubeObject): boolean {
  const selector = relation.selector?.(object);
  if (relation.selector)
    return (
      selector !== undefined && object.metadata.namespace === other.metadata.namespace && selects(selector, podLabels(other))
    );
  const kind = groupKind(other);
  return namedBy(relation, object).some(
    (one) =>
      one.kind === kind &&
      one.name === other.metadata.name &&
      (other.metadata.namespace === undefined || one.namespace === other.metadata.namespace),
  );
}

/** The labels that selectors of pods meet: a pod's own, or those that a workload gives its pods. */
function podLabels(object: KubeObject): Readonly<Record<string, string>> | undefined {
  return groupKind(object) === '/Pod' ? object.metadata.labels : podTemplateLabels(object);
}
