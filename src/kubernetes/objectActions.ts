import { field } from '../base/fields.ts';
import type { ApiKind, KubeObject, ObjectRef } from './cluster.ts';
import { controllerRows } from './controllerActions.ts';
import {
  approval,
  expandedTo,
  imageOf,
  imageSet,
  jobOf,
  markChange,
  sizeOf,
  tainted,
  templateContainers,
} from './objectChanges.ts';
import type { Need } from './objectNeeds.ts';

/** What becomes of the objects that an object owns when it is deleted. */
export type Propagation = 'Background' | 'Foreground' | 'Orphan';

/** What one action sends: a patch of the object (RFC 7386, `merge-patch+json`), of one of its subresources, its deletion, patches of several, or another object made beside it. */
export type ObjectChange =
  | { readonly patch: unknown; readonly subresource?: string }
  | { readonly delete: Propagation }
  | { readonly patches: readonly { readonly to: GroupObject; readonly patch: unknown }[] }
  | { readonly create: KubeObject };

/** Names an object of whichever version its kind is served in. */
export interface GroupObject extends Pick<ObjectRef, 'kind' | 'name'> {
  readonly group: string;
  readonly namespace: string | undefined;
}

/** One question of an action: picked of what `of` lists, else typed. */
export interface ObjectQuestion {
  readonly title: string;
  /** What is offered to begin with. */
  readonly now?: (object: KubeObject, answers: readonly string[]) => string;
  readonly of?: (object: KubeObject) => readonly string[];
  readonly fits?: RegExp;
  /** What an answer that does not fit should be. */
  readonly hint?: string;
}

/** One row of the table of what can be done to objects. */
export interface ObjectAction {
  /** In menus and as the button that says yes. */
  readonly title: string;
  /** In sentences, before the object: `cordon Node worker-1`. */
  readonly verb: string;
  /** Kinds that it can be done to, as the API server describes them. */
  readonly fits: (kind: ApiKind) => boolean;
  /** By the word of its state, and any cell, in the server's table; default: always. */
  readonly offered?: (state: string, cell: (column: string) => string) => boolean;
  /** What is asked for, and what it is now. */
  readonly asks?: readonly ObjectQuestion[];
  /** What the user must be allowed. */
  readonly needs: readonly Need[];
  /** What it costs: see the table of actions of OpenStack. */
  readonly risk?: 'interrupts' | 'destroys';
  /** What an owner of the object may put back: `life` the object itself, else the path of what is changed (`spec.replicas`). Default: nothing. */
  readonly touches?: string;
  /** What is sent follows from the object as it is: it is read first. */
  readonly reads?: true;
  /** What is sent, from the answers in the order of the questions. */
  readonly change: (answers: readonly string[], object: KubeObject) => ObjectChange;
}

const isOneOf =
  (...kinds: readonly string[]) =>
  ({ group, kind }: ApiKind) =>
    kinds.includes(`${group}/${kind}`);
/** A Job tells it by its status, a CronJob in a column (Kubernetes, pkg/printers/internalversion). */
const isSuspended = (state: string, cell: (column: string) => string) => state === 'Suspended' || cell('Suspend') === 'True';
const isOver = (state: string) => state === 'Complete' || state === 'Failed';
const isUnschedulable = (state: string) => state.includes('SchedulingDisabled');
const schedulable = (value: boolean): ObjectChange => ({ patch: { spec: { unschedulable: value ? null : true } } });
/** The annotation of `kubectl rollout restart`, so that both tools tell the same (kubectl, pkg/polymorphichelpers/objectrestarter.go). */
const restartedAt = (): ObjectChange => ({
  patch: {
    spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': new Date().toISOString() } } } },
  },
});

const wholeNumber = { fits: /^\d+$/, hint: 'A whole number, 0 or more.' } as const;
/** By the answer, in the words of the API reference (DeleteOptions, propagationPolicy). */
const propagations: Readonly<Record<string, Propagation>> = {
  'Deleted after it (Background)': 'Background',
  'Deleted before it (Foreground)': 'Foreground',
  'Kept (Orphan)': 'Orphan',
};

const rows = {
  cordon: {
    title: 'Cordon',
    verb: 'cordon',
    needs: ['patch'],
    fits: isOneOf('/Node'),
    offered: (state: string) => !isUnschedulable(state),
    change: () => schedulable(false),
  },
  uncordon: {
    title: 'Uncordon',
    verb: 'uncordon',
    needs: ['patch'],
    fits: isOneOf('/Node'),
    offered: isUnschedulable,
    change: () => schedulable(true),
  },
  scale: {
    title: 'Scale…',
    verb: 'scale',
    needs: ['get', 'patch /scale'],
    fits: ({ subresources, kind }: ApiKind) => subresources.includes('scale') && kind !== 'CustomResourceDefinition',
    asks: [{ title: 'How many replicas?', now: ({ spec }: KubeObject) => String(field(spec, 'replicas') ?? 1), ...wholeNumber }],
    risk: 'interrupts',
    touches: 'spec.replicas',
    change: ([answer]: readonly string[]) => ({ patch: { spec: { replicas: Number(answer) } }, subresource: 'scale' }),
  },
  restart: {
    title: 'Restart',
    verb: 'restart',
    needs: ['patch'],
    fits: isOneOf('apps/Deployment', 'apps/StatefulSet', 'apps/DaemonSet'),
    risk: 'interrupts',
    change: restartedAt,
  },
  deleteObject: {
    title: 'Delete',
    verb: 'delete',
    needs: ['delete'],
    fits: ({ verbs }: ApiKind) => verbs.includes('delete'),
    risk: 'destroys',
    touches: 'life',
    change: () => ({ delete: 'Background' }),
  },
  deleteObjectAs: {
    title: 'Delete as…',
    verb: 'delete',
    needs: ['get', 'delete'],
    fits: ({ verbs }: ApiKind) => verbs.includes('delete'),
    asks: [{ title: 'What becomes of the objects it owns?', of: () => Object.keys(propagations) }],
    risk: 'destroys',
    touches: 'life',
    change: ([answer = '']: readonly string[]) => ({ delete: propagations[answer] ?? 'Background' }),
  },
  pauseRollout: {
    title: 'Pause Rollout',
    verb: 'pause rollout of',
    needs: ['patch'],
    fits: isOneOf('apps/Deployment'),
    touches: 'spec.paused',
    change: () => ({ patch: { spec: { paused: true } } }),
  },
  resumeRollout: {
    title: 'Resume Rollout',
    verb: 'resume rollout of',
    needs: ['patch'],
    fits: isOneOf('apps/Deployment'),
    touches: 'spec.paused',
    change: () => ({ patch: { spec: { paused: null } } }),
  },
  setImage: {
    title: 'Set Image…',
    verb: 'set image of',
    needs: ['get', 'patch'],
    fits: isOneOf('apps/Deployment', 'apps/StatefulSet', 'apps/DaemonSet', '/Pod'),
    asks: [
      { title: 'Which container?', of: templateContainers },
      {
        title: 'Which image?',
        now: (object: KubeObject, [name]: readonly string[]) => imageOf(object, name),
        fits: /^\S+$/,
        hint: 'The name of an image.',
      },
    ],
    risk: 'interrupts',
    reads: true,
    touches: 'spec.template.spec.containers',
    change: imageSet,
  },
  suspendJobs: {
    title: 'Suspend',
    verb: 'suspend',
    needs: ['patch'],
    fits: isOneOf('batch/CronJob', 'batch/Job'),
    offered: (state, cell) => !isSuspended(state, cell) && !isOver(state),
    touches: 'spec.suspend',
    change: () => ({ patch: { spec: { suspend: true } } }),
  },
  resumeJobs: {
    title: 'Resume',
    verb: 'resume',
    needs: ['patch'],
    fits: isOneOf('batch/CronJob', 'batch/Job'),
    offered: isSuspended,
    touches: 'spec.suspend',
    change: () => ({ patch: { spec: { suspend: false } } }),
  },
  runNow: {
    title: 'Run Now',
    verb: 'run',
    needs: ['get', 'create jobs.batch'],
    fits: isOneOf('batch/CronJob'),
    risk: 'interrupts',
    reads: true,
    change: (_: readonly string[], object: KubeObject) => ({ create: jobOf(object) }),
  },
  rerun: {
    title: 'Run Again',
    verb: 'run again',
    needs: ['get', 'create jobs.batch'],
    fits: isOneOf('batch/Job'),
    risk: 'interrupts',
    reads: true,
    change: (_: readonly string[], object: KubeObject) => ({ create: jobOf(object) }),
  },
  taint: {
    title: 'Taint…',
    verb: 'taint',
    needs: ['get', 'patch'],
    fits: isOneOf('/Node'),
    asks: [
      {
        title: 'key=value:Effect sets a taint, key:Effect- removes it',
        fits: /^[^\s=:]+(=[^\s=:]*)?:(NoSchedule|PreferNoSchedule|NoExecute)-?$/,
        hint: 'As in dedicated=gpu:NoSchedule; with - at its end to remove it. Effects: NoSchedule, PreferNoSchedule, NoExecute.',
      },
    ],
    risk: 'interrupts',
    reads: true,
    change: tainted,
  },
  label: {
    title: 'Label…',
    verb: 'label',
    needs: ['get', 'patch'],
    fits: ({ verbs }: ApiKind) => verbs.includes('patch'),
    asks: [
      {
        title: 'key=value sets a label, key- removes it',
        fits: /^[^\s=]+(=[^\s=]*|-)$/,
        hint: 'As in tier=front, or tier- to remove it.',
      },
    ],
    change: ([answer = '']: readonly string[]) => markChange('labels', answer),
  },
  annotate: {
    title: 'Annotate…',
    verb: 'annotate',
    needs: ['get', 'patch'],
    fits: ({ verbs }: ApiKind) => verbs.includes('patch'),
    asks: [
      {
        title: 'key=value sets an annotation, key- removes it',
        fits: /^[^\s=]+(=.*|-)$/,
        hint: 'As in owner=Ada Lovelace, or owner- to remove it.',
      },
    ],
    change: ([answer = '']: readonly string[]) => markChange('annotations', answer),
  },
  setBounds: {
    title: 'Set Replica Bounds…',
    verb: 'set the bounds of',
    needs: ['get', 'patch'],
    fits: isOneOf('autoscaling/HorizontalPodAutoscaler'),
    asks: [
      {
        title: 'How few replicas at least?',
        now: ({ spec }: KubeObject) => String(field(spec, 'minReplicas') ?? 1),
        ...wholeNumber,
      },
      {
        title: 'How many replicas at most?',
        now: ({ spec }: KubeObject) => String(field(spec, 'maxReplicas') ?? 1),
        ...wholeNumber,
      },
    ],
    risk: 'interrupts',
    touches: 'spec.maxReplicas',
    change: ([least, most]: readonly string[]) => ({
      patch: { spec: { minReplicas: Number(least), maxReplicas: Number(most) } },
    }),
  },
  expandClaim: {
    title: 'Expand…',
    verb: 'expand',
    needs: ['get', 'patch'],
    fits: isOneOf('/PersistentVolumeClaim'),
    asks: [
      {
        title: 'How much storage?',
        now: sizeOf,
        fits: /^\d+(\.\d+)?([KMGTPE]i?|k|m)?$/,
        hint: 'A quantity, as in 20Gi. A claim can only grow.',
      },
    ],
    risk: 'interrupts',
    touches: 'spec.resources',
    change: ([answer = '']: readonly string[]) => expandedTo(answer),
  },
  approve: {
    title: 'Approve',
    verb: 'approve',
    needs: ['get', 'patch /approval', 'approve signers.certificates.k8s.io'],
    fits: isOneOf('certificates.k8s.io/CertificateSigningRequest'),
    risk: 'interrupts',
    reads: true,
    change: (_: readonly string[], object: KubeObject) => approval(object, 'Approved'),
  },
  deny: {
    title: 'Deny',
    verb: 'deny',
    needs: ['get', 'patch /approval', 'approve signers.certificates.k8s.io'],
    fits: isOneOf('certificates.k8s.io/CertificateSigningRequest'),
    risk: 'interrupts',
    reads: true,
    change: (_: readonly string[], object: KubeObject) => approval(object, 'Denied'),
  },
  ...controllerRows,
} as const satisfies Record<string, ObjectAction>;

/** A word of what can be done to an object; its command is `hybridClusters.<word>`. */
export type ObjectWord = keyof typeof rows;

/** The table of what can be done to objects. */
export const objectActions: Readonly<Record<ObjectWord, ObjectAction>> = rows;

export const objectWords = Object.keys(rows) as readonly ObjectWord[];

/** The words for objects of a kind in a state, which the cells of a row of the server's table tell; without a state, all that the kind knows. */
export function objectWordsFor(
  kind: ApiKind,
  state?: string,
  cell: (column: string) => string = () => '',
): readonly ObjectWord[] {
  return objectWords.filter((word) => {
    const { fits, offered } = objectActions[word];
    return fits(kind) && (state === undefined || (offered?.(state, cell) ?? true));
  });
}

/** `Node worker-1`, `Service shop/web`. */
export function objectName({ kind, namespace, name }: ObjectRef): string {
  return `${kind} ${[namespace, name].filter(Boolean).join('/')}`;
}
