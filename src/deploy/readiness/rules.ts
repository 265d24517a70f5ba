import { field, numberAt } from '../../base/fields.ts';
import type { KubeObject } from '../../kubernetes/cluster.ts';
import { groupOf } from '../../kubernetes/objectKey.ts';
import {
  applicationSetStatus,
  applicationStatus,
  bareMetalHostStatus,
  certificateStatus,
  clusterApiStatus,
  fluxStatus,
  orcStatus,
  rolloutStatus,
  shootStatus,
} from './controllers.ts';
import { claimStatus, definitionStatus, genericStatus, namespaceStatus, serviceStatus } from './generic.ts';
import {
  apiServiceStatus,
  autoscalerStatus,
  gatewayClassStatus,
  gatewayStatus,
  ingressStatus,
  routeStatus,
  webhookServices,
  webhookStatus,
} from './network.ts';
import { patience } from './patience.ts';
import { ready, type Status, type Surroundings } from './status.ts';
import { daemonSetStatus, deploymentStatus, jobStatus, lonePodStatus, replicaSetStatus, statefulSetStatus } from './workloads.ts';

/** Kinds watched beside the objects of a plan, because they tell why. */
export type Neighbour = 'Pod' | 'ReplicaSet' | 'Event' | 'PersistentVolumeClaim' | 'EndpointSlice';

/** How one kind tells that it works. */
export interface Rule {
  /** `group/Kind`; `group/*` and `*.group/*` for all the rest of a group, or of those below it. First row that fits counts. */
  readonly kind: string;
  /** What decides, in a few words: for the table that people read. */
  readonly when: string;
  readonly status: (object: KubeObject, around: Surroundings) => Status;
  /** What of its namespace is watched beside it. */
  readonly around?: readonly Neighbour[];
  /** How long it may take without progress, in ms, where that is more than usual. */
  readonly limit?: number | ((object: KubeObject) => number);
  /** True where it works as soon as it exists: no watch is spent on it. */
  readonly atOnce?: true | ((object: KubeObject) => boolean);
}

const PODS: readonly Neighbour[] = ['Pod', 'Event', 'PersistentVolumeClaim'];

const exists = (...kinds: readonly string[]): Rule[] =>
  kinds.map((kind) => ({ kind, when: 'it exists', status: () => ready(), atOnce: true }));

const below = (group: string, kinds: readonly string[], rest: Omit<Rule, 'kind'>): Rule[] =>
  kinds.map((kind) => ({ kind: `${group}/${kind}`, ...rest }));

const clusterApi = (kind: string, limit: NonNullable<Rule['limit']>): Rule => ({
  kind,
  when: 'Available, else Ready; as many machines as asked, up to date',
  status: clusterApiStatus,
  limit,
});

const isPlainService = (service: KubeObject) => field(service, 'spec', 'type') !== 'LoadBalancer';
const hasNoServices = (configuration: KubeObject) => webhookServices(configuration).length === 0;
const jobLimit = (job: KubeObject) =>
  Math.max(patience.job, (numberAt(job, 'spec', 'activeDeadlineSeconds') ?? 0) * 1_000 + patience.definition);
/** Machines of real iron say so in the kind of their infrastructure. */
const machineLimit = (object: KubeObject) =>
  JSON.stringify(field(object, 'spec') ?? {}).includes('"Metal3') ? patience.bareMetal : patience.machine;
const ADMISSION = 'admissionregistration.k8s.io';
const GATEWAY = 'gateway.networking.k8s.io';
const ORC = 'openstack.k-orc.cloud';
const CAPI = 'cluster.x-k8s.io';

/**
 * The one table of readiness: kind → what decides. The order of questions before these rules is kstatus' own (cli-utils, pkg/kstatus/status); where a rule differs, its function says
 * why. One more kind is one more row; what a user sets for a kind comes before all of them.
 */
export const RULES: readonly Rule[] = [
  {
    kind: 'apps/Deployment',
    when: 'rolled out and Available; pods of the new revision tell why not',
    status: deploymentStatus,
    around: [...PODS, 'ReplicaSet'],
  },
  { kind: 'apps/ReplicaSet', when: 'as many available as asked', status: replicaSetStatus, around: PODS },
  { kind: '/ReplicationController', when: 'as many available as asked', status: replicaSetStatus, around: PODS },
  { kind: 'apps/StatefulSet', when: 'rolled out, as far as its partition says', status: statefulSetStatus, around: PODS },
  { kind: 'apps/DaemonSet', when: 'updated and ready on every node that it wants', status: daemonSetStatus, around: PODS },
  { kind: 'batch/Job', when: 'Complete, or suspended', status: jobStatus, around: PODS, limit: jobLimit },
  {
    kind: '/Pod',
    when: 'Ready, or Succeeded',
    status: lonePodStatus,
    around: ['Event', 'PersistentVolumeClaim'],
  },
  {
    kind: '/Service',
    when: 'of type LoadBalancer: at an address',
    status: serviceStatus,
    around: ['Event'],
    limit: patience.loadBalancer,
    atOnce: isPlainService,
  },
  {
    kind: '/PersistentVolumeClaim',
    when: 'Bound and large enough, or waiting for its first consumer',
    status: claimStatus,
    around: ['Event'],
  },
  { kind: '/Namespace', when: 'Active', status: namespaceStatus },
  {
    kind: 'apiextensions.k8s.io/CustomResourceDefinition',
    when: 'Established and served',
    status: definitionStatus,
    limit: patience.definition,
  },
  { kind: 'apiregistration.k8s.io/APIService', when: 'Available', status: apiServiceStatus },
  { kind: 'networking.k8s.io/Ingress', when: 'at an address', status: ingressStatus, limit: patience.loadBalancer },
  { kind: 'autoscaling/HorizontalPodAutoscaler', when: 'AbleToScale', status: autoscalerStatus },
  ...below(ADMISSION, ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'], {
    when: 'its Services have ready endpoints, its CA bundle is in',
    status: webhookStatus,
    around: ['EndpointSlice'],
    atOnce: hasNoServices,
  }),
  { kind: `${GATEWAY}/GatewayClass`, when: 'Accepted', status: gatewayClassStatus },
  { kind: `${GATEWAY}/Gateway`, when: 'Programmed', status: gatewayStatus, limit: patience.loadBalancer },
  ...below(GATEWAY, ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute', 'UDPRoute'], {
    when: 'Accepted and ResolvedRefs at every parent',
    status: routeStatus,
  }),
  ...exists(`${GATEWAY}/ReferenceGrant`),
  { kind: `${ORC}/Image`, when: 'Available', status: orcStatus, limit: patience.image },
  { kind: `${ORC}/Server`, when: 'Available', status: orcStatus, limit: patience.machine },
  { kind: `${ORC}/*`, when: 'Available', status: orcStatus, limit: patience.loadBalancer },
  ...exists(
    'cluster.x-k8s.io/*Template',
    '*.cluster.x-k8s.io/*Template',
    '*.cluster.x-k8s.io/*Identity',
    `addons.${CAPI}/ClusterResourceSet`,
  ),
  clusterApi(`${CAPI}/Cluster`, (cluster) => Math.max(patience.cluster, machineLimit(cluster))),
  clusterApi(`${CAPI}/*`, machineLimit),
  clusterApi(`infrastructure.${CAPI}/Metal3Machine`, patience.bareMetal),
  clusterApi(`controlplane.${CAPI}/*`, (plane) => Math.max(patience.cluster, machineLimit(plane))),
  clusterApi(`*.${CAPI}/*`, machineLimit),
  { kind: 'metal3.io/BareMetalHost', when: 'provisioned, or available', status: bareMetalHostStatus, limit: patience.bareMetal },
  { kind: 'core.gardener.cloud/Shoot', when: 'its last operation Succeeded', status: shootStatus, limit: patience.cluster },
  ...exists('notification.toolkit.fluxcd.io/Alert', 'notification.toolkit.fluxcd.io/Provider'),
  {
    kind: '*.toolkit.fluxcd.io/*',
    when: 'Ready and not Reconciling, or suspended',
    status: fluxStatus,
    limit: patience.deployment,
  },
  { kind: 'argoproj.io/Application', when: 'Synced and Healthy', status: applicationStatus, limit: patience.deployment },
  { kind: 'argoproj.io/ApplicationSet', when: 'ResourcesUpToDate', status: applicationSetStatus },
  { kind: 'argoproj.io/Rollout', when: 'phase Healthy', status: rolloutStatus, around: PODS },
  ...exists('argoproj.io/AppProject'),
  { kind: 'cert-manager.io/*', when: 'Ready', status: certificateStatus, limit: patience.certificate },
  ...exists(
    ...[
      'ConfigMap',
      'Secret',
      'ServiceAccount',
      'Endpoints',
      'LimitRange',
      'ResourceQuota',
      'PersistentVolume',
      'PodTemplate',
    ].map((kind) => `/${kind}`),
    'rbac.authorization.k8s.io/*',
    ...['StorageClass', 'CSIDriver', 'VolumeAttributesClass'].map((kind) => `storage.k8s.io/${kind}`),
    ...['NetworkPolicy', 'IngressClass'].map((kind) => `networking.k8s.io/${kind}`),
    `${ADMISSION}/ValidatingAdmissionPolicy`,
    `${ADMISSION}/ValidatingAdmissionPolicyBinding`,
    'scheduling.k8s.io/PriorityClass',
    'node.k8s.io/RuntimeClass',
    'batch/CronJob',
    'policy/PodDisruptionBudget',
    'coordination.k8s.io/Lease',
    'discovery.k8s.io/EndpointSlice',
  ),
  {
    kind: '*/*',
    when: 'Ready, Available, Succeeded, Healthy, Synced or Reconciled; without any of them it exists',
    status: genericStatus,
  },
];

const found = new Map<string, Rule>();
const PATTERNS = RULES.map((rule) => ({ rule, pattern: patternOf(rule.kind) }));

function patternOf(kind: string): RegExp {
  const words = kind.split('*').map((word) => word.replace(/[.]/g, '\\.'));
  return new RegExp(`^${words.join('[^/]*')}$`);
}

/** The row of a kind. */
export function ruleOf({ apiVersion, kind }: Pick<KubeObject, 'apiVersion' | 'kind'>): Rule {
  const name = `${groupOf(apiVersion)}/${kind}`;
  const known = found.get(name);
  if (known) return known;
  const rule = PATTERNS.find(({ pattern }) => pattern.test(name))?.rule;
  if (rule === undefined) throw new Error(`no row of readiness fits ${name}`);
  found.set(name, rule);
  return rule;
}

/** The table as text, a line per row: `batch/Job: Complete, or suspended`. */
export function printRules(): string {
  return RULES.map(({ kind, when }) => `${kind}: ${when}`).join('\n');
}
