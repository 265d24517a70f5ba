import type { ApiKind, TableRow } from './cluster.ts';
import { controllerFacts } from './controllerFacts.ts';

/** Groups below a namespace or below "Cluster", in the order shown. Custom resources stand below their API group. */
export const kubeGroups = [
  'Workloads',
  'Network',
  'Config',
  'Storage',
  'Access',
  'Nodes',
  'Custom resources',
  'Events',
  'Other',
] as const;
export type KubeGroup = (typeof kubeGroups)[number];

/** How a row stands: `good` and `quiet` need no colour. */
export type RowHealth = 'good' | 'busy' | 'warning' | 'bad' | 'quiet';

/** The facts that discovery cannot tell about a kind. Everything else comes from the server's own table. */
export interface KindFacts {
  readonly under: KubeGroup;
  /** Codicon name. */
  readonly icon: string;
  /** Columns of the server's table shown in the row, first is its state. */
  readonly shown?: readonly string[];
  /** Which words of the first shown column are busy, want attention or are bad; a `*` matches any rest. */
  readonly busy?: readonly string[];
  readonly warning?: readonly string[];
  readonly bad?: readonly string[];
  /** The first shown column is a ratio (`1/2`): busy unless both sides are equal. */
  readonly ratio?: true;
  /** The column that says how many there should be, where the first shown one says how many there are: busy while they differ. */
  readonly outOf?: string;
  /** What a row says beside its cells where a column says `True`. */
  readonly flags?: Readonly<Record<string, string>>;
  /** Kinds that its objects own and that are shown below them, as `group/Kind` (`/Pod` for the core group). */
  readonly owns?: readonly string[];
  /** Its table tells all that is shown of it, that it is going too: of one namespace it is listed without metadata. For kinds of which there are thousands. */
  readonly plain?: true;
  /** Not listed in a group of its own: seen below its owner or nowhere (too many to be read). */
  readonly hidden?: true;
  /** Looked through when something is searched, whatever its group; `asked`: only when all kinds are. Default: by its group. */
  readonly searched?: 'always' | 'asked';
}

/** The groups whose kinds matter to who looks for an object by its name. */
const searchedGroups: readonly KubeGroup[] = ['Workloads', 'Network', 'Config', 'Storage', 'Nodes', 'Custom resources'];

const podTrouble = [
  '*BackOff',
  'Err*',
  '*Error',
  'OOMKilled',
  'Failed',
  'Evicted',
  'Init:*BackOff',
  'Init:Err*',
  'Init:*Error',
  'InvalidImageName',
  'Unknown',
  'CrashLoopBackOff',
];
const podProgress = ['Pending', 'ContainerCreating', 'PodInitializing', 'Terminating', 'Init:*', 'SchedulingGated'];

/** A row for each kind about which there is more to say than its table does. Keys: `group/Kind`. */
const facts: Readonly<Record<string, KindFacts>> = {
  'apps/Deployment': { under: 'Workloads', icon: 'rocket', shown: ['Ready', 'Age'], ratio: true, owns: ['apps/ReplicaSet'] },
  'apps/StatefulSet': { under: 'Workloads', icon: 'server-environment', shown: ['Ready', 'Age'], ratio: true, owns: ['/Pod'] },
  'apps/DaemonSet': { under: 'Workloads', icon: 'layers', shown: ['Ready', 'Desired', 'Age'], outOf: 'Desired', owns: ['/Pod'] },
  'batch/Job': {
    under: 'Workloads',
    icon: 'tasklist',
    shown: ['Status', 'Completions', 'Duration'],
    busy: ['Running', 'Suspended'],
    bad: ['Failed', 'FailureTarget'],
    owns: ['/Pod'],
  },
  'batch/CronJob': {
    under: 'Workloads',
    icon: 'watch',
    shown: ['Schedule', 'Last Schedule'],
    flags: { Suspend: 'suspended' },
    owns: ['batch/Job'],
  },
  '/Pod': {
    under: 'Workloads',
    icon: 'package',
    shown: ['Status', 'Ready', 'Restarts', 'Node'],
    busy: podProgress,
    bad: podTrouble,
    plain: true,
  },
  'apps/ReplicaSet': {
    under: 'Workloads',
    icon: 'versions',
    shown: ['Ready', 'Desired', 'Age'],
    outOf: 'Desired',
    owns: ['/Pod'],
  },
  '/ReplicationController': { under: 'Workloads', icon: 'versions', shown: ['Ready', 'Age'], outOf: 'Desired', owns: ['/Pod'] },
  'autoscaling/HorizontalPodAutoscaler': { under: 'Workloads', icon: 'graph', shown: ['Targets', 'Replicas'] },
  'policy/PodDisruptionBudget': { under: 'Workloads', icon: 'shield', shown: ['Allowed Disruptions', 'Min Available'] },
  'apps/ControllerRevision': { under: 'Workloads', icon: 'history', hidden: true },
  '/Service': { under: 'Network', icon: 'plug', shown: ['Type', 'External-IP'], owns: ['discovery.k8s.io/EndpointSlice'] },
  'networking.k8s.io/Ingress': { under: 'Network', icon: 'sign-in', shown: ['Hosts', 'Address'] },
  'networking.k8s.io/IngressClass': { under: 'Network', icon: 'symbol-class', shown: ['Controller'] },
  'networking.k8s.io/NetworkPolicy': { under: 'Network', icon: 'shield', shown: ['Pod-Selector'] },
  'discovery.k8s.io/EndpointSlice': { under: 'Network', icon: 'list-tree', shown: ['Endpoints', 'Ports'] },
  '/Endpoints': { under: 'Network', icon: 'list-tree', hidden: true },
  'gateway.networking.k8s.io/Gateway': { under: 'Network', icon: 'sign-in', shown: ['Class', 'Address', 'Programmed'] },
  'gateway.networking.k8s.io/HTTPRoute': { under: 'Network', icon: 'references', shown: ['Hostnames', 'Age'] },
  '/ConfigMap': { under: 'Config', icon: 'settings', shown: ['Data', 'Age'] },
  '/Secret': { under: 'Config', icon: 'key', shown: ['Type', 'Data'] },
  '/ResourceQuota': { under: 'Config', icon: 'dashboard', shown: ['Request', 'Limit'] },
  '/LimitRange': { under: 'Config', icon: 'dashboard', shown: ['Created At'] },
  'scheduling.k8s.io/PriorityClass': { under: 'Config', icon: 'arrow-up', shown: ['Value'] },
  'node.k8s.io/RuntimeClass': { under: 'Config', icon: 'symbol-class', shown: ['Handler'] },
  'coordination.k8s.io/Lease': { under: 'Config', icon: 'lock', shown: ['Holder', 'Age'], searched: 'asked' },
  '/PersistentVolumeClaim': {
    under: 'Storage',
    icon: 'archive',
    shown: ['Status', 'Capacity', 'StorageClass'],
    busy: ['Pending', 'Terminating'],
    bad: ['Lost'],
  },
  '/PersistentVolume': {
    under: 'Storage',
    icon: 'database',
    shown: ['Status', 'Capacity', 'Claim'],
    busy: ['Pending', 'Terminating'],
    bad: ['Failed'],
  },
  'storage.k8s.io/StorageClass': { under: 'Storage', icon: 'symbol-class', shown: ['Provisioner', 'VolumeBindingMode'] },
  'storage.k8s.io/VolumeAttachment': { under: 'Storage', icon: 'link', shown: ['Attached', 'Node'], busy: ['false'] },
  'storage.k8s.io/CSIDriver': { under: 'Storage', icon: 'extensions', shown: ['Modes'] },
  'storage.k8s.io/CSINode': { under: 'Storage', icon: 'extensions', shown: ['Drivers'] },
  'snapshot.storage.k8s.io/VolumeSnapshot': {
    under: 'Storage',
    icon: 'device-camera',
    shown: ['ReadyToUse', 'SourcePVC'],
    busy: ['false'],
  },
  '/Node': {
    under: 'Nodes',
    icon: 'vm',
    shown: ['Status', 'Roles', 'Version'],
    bad: ['NotReady*', 'Unknown'],
    warning: ['*SchedulingDisabled'],
  },
  '/Namespace': {
    under: 'Other',
    icon: 'symbol-namespace',
    shown: ['Status', 'Age'],
    busy: ['Terminating'],
    hidden: true,
    searched: 'always',
  },
  '/ServiceAccount': { under: 'Access', icon: 'account', shown: ['Age'] },
  'rbac.authorization.k8s.io/Role': { under: 'Access', icon: 'law', shown: ['Created At'] },
  'rbac.authorization.k8s.io/RoleBinding': { under: 'Access', icon: 'link', shown: ['Role'] },
  'rbac.authorization.k8s.io/ClusterRole': { under: 'Access', icon: 'law', shown: ['Created At'] },
  'rbac.authorization.k8s.io/ClusterRoleBinding': { under: 'Access', icon: 'link', shown: ['Role'] },
  'certificates.k8s.io/CertificateSigningRequest': {
    under: 'Access',
    icon: 'verified',
    shown: ['Condition', 'Requestor'],
    busy: ['Pending'],
    bad: ['Denied', 'Failed'],
  },
  '/Event': { under: 'Events', icon: 'bell', shown: ['Reason', 'Object', 'Message'] },
  'events.k8s.io/Event': { under: 'Events', icon: 'bell', hidden: true },
  // Figures, told beside the rows of pods and nodes.
  'metrics.k8s.io/PodMetrics': { under: 'Other', icon: 'pulse', hidden: true },
  'metrics.k8s.io/NodeMetrics': { under: 'Other', icon: 'pulse', hidden: true },
  'apiextensions.k8s.io/CustomResourceDefinition': { under: 'Other', icon: 'symbol-interface', shown: ['Created At'] },
  ...controllerFacts,
};

/** The facts of a kind; for a kind nobody wrote a row for, what can be said of any: a custom resource stands below its group. */
export function factsOf({ group, kind }: Pick<ApiKind, 'group' | 'kind'>): KindFacts {
  const known = facts[`${group}/${kind}`];
  if (known) return known;
  return isBuiltIn(group) ? { under: 'Other', icon: 'symbol-misc' } : { under: 'Custom resources', icon: 'symbol-object' };
}

/** Whether the kind can be browsed: it can be listed, and its rows mean something. */
export function isBrowsable(kind: ApiKind): boolean {
  return kind.verbs.includes('list') && factsOf(kind).hidden !== true;
}

/** Whether objects of the kind are looked through by a search: what matters by default, or every list of the server. Core events are those of `events.k8s.io` once more. */
export function isSearched(kind: ApiKind, all: boolean): boolean {
  const { under, hidden, searched } = factsOf(kind);
  if (!kind.verbs.includes('list')) return false;
  if (all) return kind.group !== 'events.k8s.io';
  if (searched !== undefined) return searched === 'always';
  return hidden !== true && searchedGroups.includes(under);
}

/** Groups of Kubernetes itself end in `.k8s.io` or have no dot; the API's convention for everything else is a domain of its own. */
function isBuiltIn(group: string): boolean {
  return (
    !group.includes('.') ||
    /^(?:(?:admissionregistration|apiextensions|apiregistration|authentication|authorization|certificates|coordination|discovery|events|flowcontrol\.apiserver|internal\.apiserver|networking|node|policy|rbac\.authorization|resource|scheduling|storage|storagemigration)\.k8s\.io)$/.test(
      group,
    )
  );
}

/** A cell of the server's table as text; empty for what says nothing. */
export function cellOf(columns: readonly { readonly name: string }[], row: TableRow, name: string): string {
  const index = columns.findIndex((column) => column.name.toLowerCase() === name.toLowerCase());
  const cell = row.cells[index];
  const text = cell === null || cell === undefined ? '' : String(cell);
  return text === '<none>' || text === '<unset>' ? '' : text;
}

/** The cells worth showing in a row, in the order of its facts; for kinds without facts the first columns after the name. */
export function shownCells(
  kind: Pick<ApiKind, 'group' | 'kind'>,
  columns: readonly { readonly name: string; readonly priority: number }[],
  row: TableRow,
): readonly string[] {
  const { shown, flags = {} } = factsOf(kind);
  const names =
    shown ??
    columns
      .filter(({ name, priority }) => name !== 'Name' && priority === 0)
      .map(({ name }) => name)
      .slice(0, 3);
  const said = Object.entries(flags).map(([column, word]) => (cellOf(columns, row, column) === 'True' ? word : ''));
  return [...names.map((name) => cellOf(columns, row, name)), ...said].filter((text) => text !== '');
}

/** How a row stands, by its first shown column. */
export function healthOf(
  kind: Pick<ApiKind, 'group' | 'kind'>,
  columns: readonly { readonly name: string }[],
  row: TableRow,
): RowHealth {
  const { shown, busy = [], warning = [], bad = [], ratio, outOf } = factsOf(kind);
  const word = shown?.[0] === undefined ? '' : cellOf(columns, row, shown[0]);
  if (row.object.metadata.deletionTimestamp !== undefined) return 'busy';
  if (ratio) return isWhole(word) ? 'good' : 'busy';
  if (outOf !== undefined) return word === cellOf(columns, row, outOf) ? 'good' : 'busy';
  if (bad.some((pattern) => matches(pattern, word))) return 'bad';
  if (warning.some((pattern) => matches(pattern, word))) return 'warning';
  if (busy.some((pattern) => matches(pattern, word))) return 'busy';
  return 'quiet';
}

function isWhole(ratio: string): boolean {
  const [ready, wanted] = ratio.split('/');
  return ready === wanted;
}

function matches(pattern: string, word: string): boolean {
  if (!pattern.includes('*')) return word === pattern;
  const [head = '', tail = ''] = pattern.split('*');
  return word.startsWith(head) && word.endsWith(tail) && word.length >= head.length + tail.length;
}
