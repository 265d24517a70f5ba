import { field, listAt } from '../base/fields.ts';
import type { ApiKind, KubeObject } from './cluster.ts';
import { isClusterApi, pausedAnnotation } from './controllerKinds.ts';
import type { ObjectAction, ObjectChange } from './objectActions.ts';
import { textIn } from './objectFields.ts';

const kustomize = 'kustomize.toolkit.fluxcd.io';
const helm = 'helm.toolkit.fluxcd.io';
const source = 'source.toolkit.fluxcd.io';
const image = 'image.toolkit.fluxcd.io';
const notification = 'notification.toolkit.fluxcd.io';

const kindIn =
  (kinds: readonly string[]) =>
  ({ group, kind }: ApiKind): boolean =>
    kinds.includes(`${group}/${kind}`);

const appliers = [`${kustomize}/Kustomization`, `${helm}/HelmRelease`];
const sources = ['GitRepository', 'OCIRepository', 'HelmRepository', 'Bucket', 'HelmChart'].map((kind) => `${source}/${kind}`);
const images = ['ImageRepository', 'ImagePolicy', 'ImageUpdateAutomation'].map((kind) => `${image}/${kind}`);
const reconciled = [...appliers, ...sources, ...images, `${notification}/Receiver`];
const suspendable = [...reconciled, `${notification}/Alert`];
const isApplication = kindIn(['argoproj.io/Application']);
const rollsOut = kindIn(['cluster.x-k8s.io/MachineDeployment', 'controlplane.cluster.x-k8s.io/KubeadmControlPlane']);

const isSuspended = (state: string) => state.startsWith('Suspended');
const isPaused = (state: string) => state.startsWith('Paused');
const isSyncing = (state: string) => state.startsWith('Syncing');

/** What `flux reconcile` writes: another value than before is a request (fluxcd/pkg, apis/meta/annotations.go). */
const requested = () => ({ metadata: { annotations: { 'reconcile.fluxcd.io/requestedAt': new Date().toISOString() } } });

/** Where an object of Flux takes what it applies from: `spec.sourceRef`, of a HelmRelease that of its chart. Undefined where it names none. */
export function fluxSourceOf({
  spec,
  metadata,
}: KubeObject): { kind: string; name: string; namespace: string | undefined } | undefined {
  const ref = [['sourceRef'], ['chartRef'], ['chart', 'spec', 'sourceRef']].map((path) => field(spec, ...path)).find(Boolean);
  const [kind, name] = [textIn(ref, 'kind'), textIn(ref, 'name')];
  return kind === undefined || name === undefined
    ? undefined
    : { kind, name, namespace: textIn(ref, 'namespace') ?? metadata.namespace };
}

/** The source is asked first: what it finds then reaches the object by itself, and the request makes sure of it. */
function withSource(object: KubeObject): ObjectChange {
  const from = fluxSourceOf(object);
  const { apiVersion, kind, metadata } = object;
  const { name, namespace } = metadata;
  const own = { group: apiVersion.split('/')[0] ?? '', kind, name, namespace };
  return {
    patches: [...(from ? [{ to: { group: source, ...from }, patch: requested() }] : []), { to: own, patch: requested() }],
  };
}

function paused(value: boolean, { kind }: KubeObject): ObjectChange {
  if (kind === 'Cluster') return { patch: { spec: { paused: value } } };
  return { patch: { metadata: { annotations: { [pausedAnnotation]: value ? 'true' : null } } } };
}

/** v1beta1 has `spec.rolloutAfter`, v1beta2 `spec.rollout.after`; machines made before that time are replaced (Cluster API, "Upgrading Machines"). */
function rolledOut({ apiVersion }: KubeObject): ObjectChange {
  const after = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  return { patch: { spec: apiVersion.endsWith('/v1beta1') ? { rolloutAfter: after } : { rollout: { after } } } };
}

const replacements = {
  'Delete it: its owner makes another': { delete: 'Background' },
  'Mark it: a MachineHealthCheck replaces it': {
    patch: { metadata: { annotations: { 'cluster.x-k8s.io/remediate-machine': '' } } },
  },
} as const satisfies Readonly<Record<string, ObjectChange>>;

const pruned = 'Sync, and delete what the source no longer has';

/** An operation asked for in the Application itself, by its controller carried out once (Argo CD, "Sync Applications with Kubectl"); the options of its policy hold for it. */
function synced(answer: string | undefined, { spec }: KubeObject): ObjectChange {
  const options = listAt(spec, 'syncPolicy', 'syncOptions');
  const sync = {
    ...(answer === pruned ? { prune: true } : {}),
    ...(options.length > 0 ? { syncOptions: options } : {}),
    syncStrategy: { hook: {} },
  };
  return { patch: { operation: { initiatedBy: { username: 'hybrid-clusters' }, sync } } };
}

const refreshes = { 'Look at the source again': 'normal', 'Render its manifests anew, too (hard)': 'hard' } as const;

/** Nobody turns on what was never set up: the fields beside it are kept while it is off. */
const autoSync = (enabled: boolean): ObjectChange => ({ patch: { spec: { syncPolicy: { automated: { enabled } } } } });

/** What can be done to what Cluster API, Flux and Argo CD keep: rows of the table of actions. */
export const controllerRows = {
  pauseReconciling: {
    title: 'Pause Reconciling',
    verb: 'pause reconciling of',
    needs: ['patch'],
    fits: (kind: ApiKind) => isClusterApi(kind) && kind.verbs.includes('patch'),
    offered: (state: string) => !isPaused(state),
    change: (_: readonly string[], object: KubeObject) => paused(true, object),
  },
  resumeReconciling: {
    title: 'Resume Reconciling',
    verb: 'resume reconciling of',
    needs: ['patch'],
    fits: (kind: ApiKind) => isClusterApi(kind) && kind.verbs.includes('patch'),
    offered: isPaused,
    change: (_: readonly string[], object: KubeObject) => paused(false, object),
  },
  rollOut: {
    title: 'Roll Out Anew',
    verb: 'roll out anew',
    needs: ['patch'],
    fits: rollsOut,
    risk: 'interrupts',
    change: (_: readonly string[], object: KubeObject) => rolledOut(object),
  },
  replaceMachine: {
    title: 'Replace…',
    verb: 'replace',
    needs: ['delete', 'patch'],
    fits: kindIn(['cluster.x-k8s.io/Machine']),
    asks: [{ title: 'How?', of: () => Object.keys(replacements) }],
    risk: 'destroys',
    touches: 'life',
    change: ([answer]: readonly string[]) =>
      Object.entries(replacements).find(([how]) => how === answer)?.[1] ?? { delete: 'Background' },
  },
  reconcile: {
    title: 'Reconcile',
    verb: 'reconcile',
    needs: ['patch'],
    fits: kindIn(reconciled),
    offered: (state: string) => !isSuspended(state),
    change: () => ({ patch: requested() }),
  },
  reconcileWithSource: {
    title: 'Reconcile with Source',
    verb: 'reconcile, its source first,',
    needs: ['patch'],
    fits: kindIn(appliers),
    offered: (state: string) => !isSuspended(state),
    reads: true,
    change: (_: readonly string[], object: KubeObject) => withSource(object),
  },
  suspendReconciling: {
    title: 'Suspend',
    verb: 'suspend',
    needs: ['patch'],
    fits: kindIn(suspendable),
    offered: (state: string) => !isSuspended(state),
    touches: 'spec.suspend',
    change: () => ({ patch: { spec: { suspend: true } } }),
  },
  resumeSuspended: {
    title: 'Resume',
    verb: 'resume',
    needs: ['patch'],
    fits: kindIn(suspendable),
    offered: isSuspended,
    touches: 'spec.suspend',
    change: () => ({ patch: { spec: { suspend: false } } }),
  },
  syncApplication: {
    title: 'Sync…',
    verb: 'sync',
    needs: ['patch'],
    fits: isApplication,
    offered: (state: string) => !isSyncing(state),
    asks: [{ title: 'What of the objects that its source no longer has?', of: () => ['Sync, and keep them', pruned] }],
    risk: 'interrupts',
    reads: true,
    change: ([answer]: readonly string[], object: KubeObject) => synced(answer, object),
  },
  refreshApplication: {
    title: 'Refresh…',
    verb: 'refresh',
    needs: ['patch'],
    fits: isApplication,
    asks: [{ title: 'How?', of: () => Object.keys(refreshes) }],
    change: ([answer]: readonly string[]) => ({
      patch: {
        metadata: {
          annotations: {
            'argocd.argoproj.io/refresh': Object.entries(refreshes).find(([how]) => how === answer)?.[1] ?? 'normal',
          },
        },
      },
    }),
  },
  stopAutoSync: {
    title: 'Stop Auto-Sync',
    verb: 'stop auto-sync of',
    needs: ['patch'],
    fits: isApplication,
    offered: (state: string) => state.includes('auto-sync on'),
    touches: 'spec.syncPolicy',
    change: () => autoSync(false),
  },
  startAutoSync: {
    title: 'Start Auto-Sync',
    verb: 'start auto-sync of',
    needs: ['patch'],
    fits: isApplication,
    offered: (state: string) => !state.includes('auto-sync on'),
    risk: 'interrupts',
    touches: 'spec.syncPolicy',
    change: () => autoSync(true),
  },
} as const satisfies Record<string, ObjectAction>;
