import { field, numberAt, textAt } from '../../base/fields.ts';
import type { KubeObject } from '../../kubernetes/cluster.ts';
import type { RunChild } from '../types.ts';
import { grace } from './patience.ts';
import { podChildren, podStatus, slowestOf, worstOf } from './pods.ts';
import {
  type Cause,
  condition,
  count,
  failing,
  isTrue,
  progressing,
  ready,
  type Status,
  type Surroundings,
  wordsOf,
} from './status.ts';

const REVISION = 'deployment.kubernetes.io/revision';
const QUOTA = /exceeded quota|must specify|maximum .* usage|minimum .* usage/i;

/** A Deployment: kstatus' rule, and the pods of the new ReplicaSet, which tell minutes earlier why it will not work. */
export function deploymentStatus(deployment: KubeObject, around: Surroundings): Status {
  if (field(deployment, 'spec', 'paused') === true) return ready('paused');
  const newest = newestReplicaSet(deployment, around);
  const pods = newest ? around.ownedBy(newest.metadata.uid ?? '', 'Pod') : [];
  const children = [...(newest ? [replicaSetChild(newest)] : []), ...podChildren(pods, around)];
  const trouble = replicaFailure(newest ?? deployment) ?? worstOf(pods, around);
  if (trouble && !isComplete(deployment)) return { ...trouble, children };
  const progress = condition(deployment, 'Progressing');
  if (progress?.['reason'] === 'ProgressDeadlineExceeded')
    return failing('ProgressDeadlineExceeded', wordsOf(progress), { children });
  if (isComplete(deployment) && isTrue(deployment, 'Available')) return ready();
  return onTheWay(countWords(deployment), children, slowestOf(pods, around));
}

/** How far a workload is, and what the pod that it waits for waits for itself. */
function onTheWay(counts: string, children: readonly RunChild[], pod: Status | undefined): Status {
  if (pod?.message === undefined) return progressing(counts, children);
  return {
    ...progressing(`${counts}; ${pod.message}`, children),
    ...(pod.limitMs === undefined ? {} : { limitMs: pod.limitMs }),
    ...(pod.cause === undefined ? {} : { cause: pod.cause }),
  };
}

function isComplete(deployment: KubeObject): boolean {
  const wanted = numberAt(deployment, 'spec', 'replicas') ?? 1;
  const [replicas, updated, available, whole] = ['replicas', 'updatedReplicas', 'availableReplicas', 'readyReplicas'].map(
    (name) => count(deployment, name),
  );
  return (
    (updated ?? 0) >= wanted && (replicas ?? 0) <= (updated ?? 0) && (available ?? 0) >= (updated ?? 0) && (whole ?? 0) >= wanted
  );
}

function countWords(workload: KubeObject): string {
  const wanted = numberAt(workload, 'spec', 'replicas') ?? 1;
  const [whole, updated, available] = [
    count(workload, 'readyReplicas'),
    count(workload, 'updatedReplicas'),
    count(workload, 'availableReplicas'),
  ];
  const first = numberAt(workload, 'spec', 'minReadySeconds') ?? 0;
  const last = first > 0 && whole >= wanted && available < wanted ? `${available} for ${first} s yet` : `${updated} updated`;
  return `${whole} of ${wanted} ready, ${last}`;
}

function newestReplicaSet(deployment: KubeObject, around: Surroundings): KubeObject | undefined {
  const revision = deployment.metadata.annotations?.[REVISION];
  return around
    .ownedBy(deployment.metadata.uid ?? '', 'ReplicaSet')
    .find((set) => set.metadata.annotations?.[REVISION] === revision);
}

function replicaSetChild(set: KubeObject): RunChild {
  const { name, namespace } = set.metadata;
  const trouble = condition(set, 'ReplicaFailure');
  return {
    ref: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name, ...(namespace === undefined ? {} : { namespace }) },
    state: `${count(set, 'readyReplicas')}/${numberAt(set, 'spec', 'replicas') ?? 0}`,
    bad: trouble !== undefined,
    ...(trouble === undefined ? {} : { message: wordsOf(trouble) }),
  };
}

/** Quota, limit range, admission or rights keep the controller from making pods: it says so in a condition, at once. */
function replicaFailure(owner: KubeObject): Status | undefined {
  const trouble = condition(owner, 'ReplicaFailure');
  if (trouble?.['status'] !== 'True') return undefined;
  const message = wordsOf(trouble);
  return failing('ReplicaFailure', refusalWords(message), { cause: refusalCause(message) });
}

/** `pods "x" is forbidden: exceeded quota: …` without what the user knows. */
export function refusalWords(message: string): string {
  const said = message.replace(
    /^(create Pod \S+ in StatefulSet \S+ failed error: )?(Error creating: )?pods "[^"]+" is forbidden: /,
    '',
  );
  return `its pods are refused: ${said.replace(/^\[(.*)\]$/, '$1')}`;
}

function refusalCause(message: string): Cause {
  return QUOTA.test(message) ? { kind: 'resources' } : { kind: 'field', path: ['spec', 'template'] };
}

/** ReplicaSets and ReplicationControllers of their own. */
export function replicaSetStatus(set: KubeObject, around: Surroundings): Status {
  const wanted = numberAt(set, 'spec', 'replicas') ?? 1;
  const pods = around.ownedBy(set.metadata.uid ?? '', 'Pod');
  const children = podChildren(pods, around);
  if (count(set, 'readyReplicas') >= wanted && count(set, 'availableReplicas') >= wanted && count(set, 'replicas') <= wanted)
    return ready();
  const trouble = replicaFailure(set) ?? worstOf(pods, around);
  return trouble
    ? { ...trouble, children }
    : onTheWay(`${count(set, 'readyReplicas')} of ${wanted} ready`, children, slowestOf(pods, around));
}

/** A StatefulSet: its controller has no condition for refusals, they are Events (`FailedCreate`). */
export function statefulSetStatus(set: KubeObject, around: Surroundings): Status {
  if (field(set, 'spec', 'updateStrategy', 'type') === 'OnDelete') return ready('updates when its pods are deleted');
  const wanted = numberAt(set, 'spec', 'replicas') ?? 1;
  const revision = textAt(set, 'status', 'updateRevision');
  const all = around.ownedBy(set.metadata.uid ?? '', 'Pod');
  const pods = all.filter((pod) => revision === undefined || pod.metadata.labels?.['controller-revision-hash'] === revision);
  const children = podChildren(pods, around);
  if (isRolledOut(set, wanted)) return ready();
  const trouble = worstOf(pods, around) ?? refusedByEvent(set, around, all.length >= wanted) ?? brokenOrdinal(all, pods, around);
  return trouble
    ? { ...trouble, children }
    : onTheWay(`${count(set, 'readyReplicas')} of ${wanted} ready`, children, slowestOf(pods, around));
}

/**
 * A pod of the revision before that does not work holds the whole rollout up, for its controller replaces none while one of them is not ready; nobody but a person who deletes it
 * mends that (Kubernetes, "StatefulSets", "Forced rollback").
 */
function brokenOrdinal(all: readonly KubeObject[], current: readonly KubeObject[], around: Surroundings): Status | undefined {
  const former = all.filter((pod) => !current.includes(pod));
  const broken = former.find((pod) => worstOf([pod], around) !== undefined);
  const trouble = broken && worstOf([broken], around);
  if (!broken || !trouble) return undefined;
  const { name } = broken.metadata;
  return failing('BrokenOrdinal', `pod ${name} of the revision before holds it up, delete it: ${trouble.message ?? ''}`, {
    graceMs: Math.max(grace.usual, trouble.graceMs ?? 0),
  });
}

function isRolledOut(set: KubeObject, wanted: number): boolean {
  if (count(set, 'readyReplicas') < wanted || count(set, 'replicas') < wanted) return false;
  const partition = numberAt(set, 'spec', 'updateStrategy', 'rollingUpdate', 'partition') ?? 0;
  if (partition > 0) return count(set, 'updatedReplicas') >= wanted - partition;
  return (
    wanted === 0 ||
    (count(set, 'currentReplicas') >= wanted &&
      field(set, 'status', 'currentRevision') === field(set, 'status', 'updateRevision'))
  );
}

function refusedByEvent(owner: KubeObject, around: Surroundings, complete: boolean): Status | undefined {
  if (complete) return undefined;
  const event = around.eventsOf(owner.metadata.uid ?? '').findLast((entry) => entry['reason'] === 'FailedCreate');
  const message = textAt(event, 'message');
  return message === undefined ? undefined : failing('FailedCreate', refusalWords(message), { cause: refusalCause(message) });
}

/** A DaemonSet. That no node matches it is said: kubectl calls it success without a word. */
export function daemonSetStatus(set: KubeObject, around: Surroundings): Status {
  if (numberAt(set, 'status', 'observedGeneration') === undefined) return progressing('waiting for its controller');
  const wanted = count(set, 'desiredNumberScheduled');
  if (wanted === 0) return ready('no node matches it');
  const pods = around.ownedBy(set.metadata.uid ?? '', 'Pod').filter((pod) => isNewest(set, pod));
  const children = podChildren(pods, around);
  const byHand = field(set, 'spec', 'updateStrategy', 'type') === 'OnDelete';
  const short = ['currentNumberScheduled', ...(byHand ? [] : ['updatedNumberScheduled']), 'numberAvailable', 'numberReady'].some(
    (name) => count(set, name) < wanted,
  );
  if (!short) return ready();
  const trouble = worstOf(pods, around) ?? refusedByEvent(set, around, count(set, 'currentNumberScheduled') >= wanted);
  return trouble
    ? { ...trouble, children }
    : onTheWay(`${count(set, 'numberReady')} of ${wanted} ready`, children, slowestOf(pods, around));
}

function isNewest(set: KubeObject, pod: KubeObject): boolean {
  const generation = pod.metadata.labels?.['pod-template-generation'];
  const template = set.metadata.annotations?.['deprecated.daemonset.template.generation'] ?? set.metadata.generation ?? 0;
  return generation === undefined || Number(generation) === Number(template);
}

/** A Pod that nobody owns explains itself. */
export function lonePodStatus(pod: KubeObject, around: Surroundings): Status {
  const status = podStatus(pod, around);
  return status.state === 'ready' ? status : { ...status, children: podChildren([pod], around) };
}

/** A Job is done when it is complete, not when it has started. */
export function jobStatus(job: KubeObject, around: Surroundings): Status {
  if (field(job, 'spec', 'suspend') === true) return ready('suspended');
  if (isTrue(job, 'Complete')) return ready();
  const pods = around.ownedBy(job.metadata.uid ?? '', 'Pod');
  const children = podChildren(pods, around, true);
  const trouble = worstOf(pods, around, true);
  const ended = condition(job, 'Failed');
  const over = ended?.['status'] === 'True' ? ended : condition(job, 'FailureTarget');
  if (over?.['status'] === 'True')
    return failing('JobFailed', trouble?.message ?? wordsOf(over), {
      children,
      ...(trouble?.cause ? { cause: trouble.cause } : {}),
    });
  // a failed pod of a Job is tried again by the Job: only what no second try can mend fails at once
  if (trouble && trouble.code !== 'PodFailed') return { ...trouble, children };
  const refused = refusedByEvent(job, around, pods.length > 0);
  if (refused) return { ...refused, children };
  const wanted = numberAt(job, 'spec', 'completions') ?? 1;
  return onTheWay(`${count(job, 'succeeded')} of ${wanted} done`, children, slowestOf(pods, around, true));
}
