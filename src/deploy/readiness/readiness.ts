import type { KubeObject } from '../../kubernetes/cluster.ts';
import { groupOf } from '../key.ts';
import {
  apiServiceStatus,
  claimStatus,
  definitionStatus,
  genericStatus,
  ingressStatus,
  namespaceStatus,
  orcStatus,
  serviceStatus,
} from './generic.ts';
import { podStatus } from './pods.ts';
import { condition, isObserved, progressing, ready, type Status, type Surroundings } from './status.ts';
import { daemonSetStatus, deploymentStatus, jobStatus, replicaSetStatus, statefulSetStatus } from './workloads.ts';

/** How one kind tells that it works. `around` names what of its namespace must be watched beside it. */
interface Rule {
  readonly status: (object: KubeObject, around: Surroundings) => Status;
  readonly around?: readonly Neighbour[];
}

/** Kinds watched beside the objects of a plan, because they tell why. */
export type Neighbour = 'Pod' | 'ReplicaSet' | 'Event' | 'PersistentVolumeClaim';

const always: Rule = { status: () => ready() };
const PODS: readonly Neighbour[] = ['Pod', 'Event'];

/** By `group/Kind`. The order of questions before these rules is kstatus' own (cli-utils, pkg/kstatus/status); where a rule differs, its function says why. */
const RULES: Readonly<Record<string, Rule>> = {
  'apps/Deployment': { status: deploymentStatus, around: [...PODS, 'ReplicaSet'] },
  'apps/ReplicaSet': { status: replicaSetStatus, around: PODS },
  '/ReplicationController': { status: replicaSetStatus, around: PODS },
  'apps/StatefulSet': { status: statefulSetStatus, around: PODS },
  'apps/DaemonSet': { status: daemonSetStatus, around: PODS },
  'batch/Job': { status: jobStatus, around: PODS },
  '/Pod': { status: (pod, around) => podStatus(pod, around), around: ['Event'] },
  '/Service': { status: serviceStatus, around: ['Event'] },
  '/PersistentVolumeClaim': { status: claimStatus, around: ['Event'] },
  '/Namespace': { status: namespaceStatus },
  'apiextensions.k8s.io/CustomResourceDefinition': { status: definitionStatus },
  'apiregistration.k8s.io/APIService': { status: apiServiceStatus },
  'networking.k8s.io/Ingress': { status: ingressStatus },
};

/** Kinds that work as soon as they exist: no watch is spent on them. */
const ALWAYS = new Set([
  ...['ConfigMap', 'Secret', 'ServiceAccount', 'Endpoints', 'LimitRange', 'ResourceQuota', 'PersistentVolume', 'PodTemplate'].map(
    (kind) => `/${kind}`,
  ),
  ...['Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding'].map((kind) => `rbac.authorization.k8s.io/${kind}`),
  ...['StorageClass', 'CSIDriver', 'VolumeAttributesClass'].map((kind) => `storage.k8s.io/${kind}`),
  ...['NetworkPolicy', 'IngressClass'].map((kind) => `networking.k8s.io/${kind}`),
  ...[
    'ValidatingAdmissionPolicy',
    'ValidatingAdmissionPolicyBinding',
    'ValidatingWebhookConfiguration',
    'MutatingWebhookConfiguration',
  ].map((kind) => `admissionregistration.k8s.io/${kind}`),
  'scheduling.k8s.io/PriorityClass',
  'node.k8s.io/RuntimeClass',
  'batch/CronJob',
  'policy/PodDisruptionBudget',
  'autoscaling/HorizontalPodAutoscaler',
  'coordination.k8s.io/Lease',
  'discovery.k8s.io/EndpointSlice',
]);

function ruleOf({ apiVersion, kind }: Pick<KubeObject, 'apiVersion' | 'kind'>): Rule {
  const group = groupOf(apiVersion);
  if (group === 'openstack.k-orc.cloud') return { status: orcStatus };
  const known = RULES[`${group}/${kind}`];
  if (known) return known;
  return ALWAYS.has(`${group}/${kind}`) ? always : { status: genericStatus };
}

/** Whether objects of this kind work as soon as they exist. A Service does unless it wants a load balancer. */
export function worksAtOnce(object: KubeObject): boolean {
  if (object.apiVersion === 'v1' && object.kind === 'Service') return serviceWorksAtOnce(object);
  return ruleOf(object) === always;
}

function serviceWorksAtOnce(service: KubeObject): boolean {
  const spec = service['spec'];
  return !(typeof spec === 'object' && spec !== null && 'type' in spec && spec.type === 'LoadBalancer');
}

/** What must be watched beside an object of this kind to tell why it does not work. */
export function neighboursOf(object: KubeObject): readonly Neighbour[] {
  return ruleOf(object).around ?? [];
}

/** Whether an object works, in kstatus' order of questions with our corrections. Pure: all it knows is what it is given. */
export function statusOf(object: KubeObject, around: Surroundings): Status {
  if (object.metadata.deletionTimestamp !== undefined) return progressing('being deleted');
  if (!isObserved(object)) return progressing('waiting for its controller');
  const stalled = condition(object, 'Stalled');
  if (stalled?.['status'] === 'True') return genericStatus(object);
  return ruleOf(object).status(object, around);
}
