import type { KubeObject } from '../../kubernetes/cluster.ts';
import { type Fields, field, isFields, listAt, numberAt, textAt } from '../fields.ts';
import { CONTAINER_LISTS } from '../podTemplate.ts';
import type { RunChild } from '../types.ts';
import { type Cause, condition, failing, progressing, ready, type Status, type Surroundings, wordsOf } from './status.ts';

const MINUTE = 60_000;

/** A reason that a container waits for, as kubelet words it. First row that fits counts. */
interface Row {
  readonly reason: RegExp;
  readonly message?: RegExp;
  /** How long it may last before it counts as failed; 0 is at once. */
  readonly graceMs: number;
  readonly say: (container: Container) => string;
  readonly cause: (container: Container) => Cause;
}

interface Container {
  readonly name: string;
  readonly image: string;
  readonly message: string;
  readonly restarts: number;
  readonly exitCode: number | undefined;
  readonly terminated: string | undefined;
}

const image = ({ name }: Container): Cause => ({ kind: 'image', container: name });
const container = ({ name }: Container): Cause => ({ kind: 'container', container: name });

/** What kubelet and the container runtimes say; sources: pkg/kubelet/images, pkg/kubelet/kuberuntime, containerd's resolver. */
const WAITING: readonly Row[] = [
  { reason: /^InvalidImageName$/, graceMs: 0, say: ({ image: name }) => `"${name}" is not an image name`, cause: image },
  {
    reason: /^(ErrImagePull|ImagePullBackOff)$/,
    message: /not found|manifest unknown|does not exist|no such/i,
    graceMs: 0,
    say: ({ image: name }) => `image ${name} not found`,
    cause: image,
  },
  {
    reason: /^(ErrImagePull|ImagePullBackOff)$/,
    message: /unauthorized|denied|forbidden|authentication required|no basic auth/i,
    graceMs: 0,
    say: ({ image: name }) => `image ${name} may not be pulled: the registry refuses the credentials`,
    cause: image,
  },
  {
    reason: /^(ErrImagePull|ImagePullBackOff|ErrImageNeverPull)$/,
    graceMs: 3 * MINUTE,
    say: ({ image: name, message }) => `image ${name} cannot be pulled${message === '' ? '' : `: ${message}`}`,
    cause: image,
  },
  {
    reason: /^CreateContainerConfigError$/,
    message: /(configmap|secret) "?[^"]+"? not found|couldn't find key/i,
    graceMs: 0,
    say: ({ message }) => missingSentence(message),
    cause: missingCause,
  },
  { reason: /^CreateContainerConfigError$/, graceMs: MINUTE, say: ({ message }) => message, cause: container },
  {
    reason: /^(CreateContainerError|RunContainerError|StartError|CrashLoopBackOff)$/,
    message: /exec format error|executable file not found|no such file or directory|permission denied/i,
    graceMs: 0,
    say: ({ name, message }) => `container ${name} cannot start: ${message}`,
    cause: container,
  },
  { reason: /^(CreateContainerError|RunContainerError)$/, graceMs: MINUTE, say: ({ message }) => message, cause: container },
  {
    reason: /^CrashLoopBackOff$/,
    graceMs: MINUTE,
    say: ({ name, exitCode, restarts, terminated }) =>
      `container ${name} keeps ending${exitCode === undefined ? '' : ` with exit code ${exitCode}`}${terminated === 'OOMKilled' ? ' (out of memory)' : ''}, ${restarts} restarts`,
    cause: (state) => (state.terminated === 'OOMKilled' ? { kind: 'resources' } : container(state)),
  },
];

const ENOUGH_CRASHES = 3;
const ENOUGH_MEMORY_DEATHS = 2;

/** Kubelet's `configmap "x" not found`, `couldn't find key k in Secret ns/x`. */
const MISSING_OBJECT = /(configmap|secret) "([^"]+)" not found/i;
const MISSING_KEY = /couldn't find key (\S+) in (ConfigMap|Secret) (?:[^/\s]+\/)?(\S+)/i;

function missingCause(state: Container): Cause {
  const key = MISSING_KEY.exec(state.message);
  if (key) return { kind: 'reference', to: kindWord(key[2] ?? ''), name: key[3] ?? '', key: key[1] ?? '', container: state.name };
  const whole = MISSING_OBJECT.exec(state.message);
  if (whole) return { kind: 'reference', to: kindWord(whole[1] ?? ''), name: whole[2] ?? '', container: state.name };
  return container(state);
}

function missingSentence(message: string): string {
  const key = MISSING_KEY.exec(message);
  if (key) return `${kindWord(key[2] ?? '').slice(1)} "${key[3]}" has no key "${key[1]}"`;
  const whole = MISSING_OBJECT.exec(message);
  return whole ? `${kindWord(whole[1] ?? '').slice(1)} "${whole[2]}" not found` : message;
}

function kindWord(word: string): string {
  return word.toLowerCase() === 'configmap' ? '/ConfigMap' : '/Secret';
}

/** A Pod: ready, on its way, or in trouble, with the reason of its first container in trouble. `done`: it must end well (Jobs), else it must stay. */
export function podStatus(pod: KubeObject, around: Surroundings, done = false): Status {
  const phase = textAt(pod, 'status', 'phase');
  if (phase === 'Succeeded') return ready();
  if (phase === 'Failed') return failing('PodFailed', failedWords(pod), { cause: failedCause(pod) });
  const trouble = containerTrouble(pod) ?? schedulingTrouble(pod);
  if (trouble) return trouble;
  // an Event outlives its trouble: it counts only as long as nothing has started
  const stuck = phase === 'Running' ? undefined : eventTrouble(pod, around);
  if (stuck) return stuck;
  if (done) return progressing(phase === 'Running' ? 'running' : (phase ?? 'Pending').toLowerCase());
  if (condition(pod, 'Ready')?.['status'] === 'True') return ready();
  return progressing(phase === 'Running' ? 'running, not ready yet' : (phase ?? 'Pending').toLowerCase());
}

function containerTrouble(pod: KubeObject): Status | undefined {
  for (const list of ['initContainerStatuses', 'containerStatuses']) {
    for (const entry of listAt(pod, 'status', list)) {
      const trouble = isFields(entry) ? waitingTrouble(pod, entry) : undefined;
      if (trouble) return trouble;
    }
  }
  return undefined;
}

function waitingTrouble(pod: KubeObject, entry: Fields): Status | undefined {
  const reason = textAt(entry, 'state', 'waiting', 'reason');
  if (reason === undefined) return undefined;
  const state = containerOf(pod, entry);
  const row = WAITING.find((row) => row.reason.test(reason) && (row.message === undefined || row.message.test(state.message)));
  if (row === undefined) return undefined;
  const crashed = reason === 'CrashLoopBackOff' && state.restarts >= ENOUGH_CRASHES;
  const drowned = state.terminated === 'OOMKilled' && state.restarts >= ENOUGH_MEMORY_DEATHS;
  return failing(`${reason} ${state.name}`, row.say(state), {
    graceMs: crashed || drowned ? 0 : row.graceMs,
    cause: row.cause(state),
  });
}

function containerOf(pod: KubeObject, entry: Fields): Container {
  const name = textAt(entry, 'name') ?? '';
  const last = field(entry, 'lastState', 'terminated');
  return {
    name,
    image: imageOf(pod, name) ?? textAt(entry, 'image') ?? '',
    message: textAt(entry, 'state', 'waiting', 'message') ?? textAt(last, 'message') ?? '',
    restarts: numberAt(entry, 'restartCount') ?? 0,
    exitCode: numberAt(last, 'exitCode'),
    terminated: textAt(last, 'reason'),
  };
}

function imageOf(pod: KubeObject, name: string): string | undefined {
  for (const list of CONTAINER_LISTS) {
    const found = listAt(pod, 'spec', list).find((entry) => textAt(entry, 'name') === name);
    if (found) return textAt(found, 'image');
  }
  return undefined;
}

function failedWords(pod: KubeObject): string {
  const ended = terminatedContainer(pod);
  if (!ended) return textAt(pod, 'status', 'message') ?? textAt(pod, 'status', 'reason') ?? 'the pod failed';
  const code = numberAt(ended.terminated, 'exitCode');
  return `container ${ended.name} ended with exit code ${code}${textAt(ended.terminated, 'reason') === 'OOMKilled' ? ' (out of memory)' : ''}`;
}

function failedCause(pod: KubeObject): Cause {
  const ended = terminatedContainer(pod);
  return ended ? { kind: 'container', container: ended.name } : { kind: 'field', path: ['spec'] };
}

function terminatedContainer(pod: KubeObject): { name: string; terminated: unknown } | undefined {
  for (const entry of listAt(pod, 'status', 'containerStatuses')) {
    const terminated = field(entry, 'state', 'terminated');
    if (isFields(terminated) && terminated['exitCode'] !== 0) return { name: textAt(entry, 'name') ?? '', terminated };
  }
  return undefined;
}

function schedulingTrouble(pod: KubeObject): Status | undefined {
  const scheduled = condition(pod, 'PodScheduled');
  if (scheduled?.['status'] !== 'False' || scheduled['reason'] !== 'Unschedulable') return undefined;
  return failing('Unschedulable', `no node takes the pod: ${wordsOf(scheduled)}`, {
    graceMs: MINUTE,
    cause: { kind: 'resources' },
  });
}

const EVENT_TROUBLE: Readonly<Record<string, number>> = {
  FailedMount: 3 * MINUTE,
  FailedAttachVolume: 3 * MINUTE,
  FailedCreatePodSandBox: 3 * MINUTE,
};
const MISSING_VOLUME = /(configmap|secret) "([^"]+)" not found|references non-existent (config|secret) key: (\S+)/i;

/** Volumes fail in Events only: the pod says no more than ContainerCreating. */
function eventTrouble(pod: KubeObject, around: Surroundings): Status | undefined {
  const event = around
    .eventsOf(pod.metadata.uid ?? '')
    .findLast((entry) => textAt(entry, 'reason') !== undefined && String(entry['reason']) in EVENT_TROUBLE);
  if (event === undefined) return undefined;
  const reason = String(event['reason']);
  const message = textAt(event, 'message') ?? reason;
  const missing = MISSING_VOLUME.exec(message);
  if (missing?.[2] !== undefined) {
    const to = kindWord(missing[1] ?? '');
    return failing(reason, `${to.slice(1)} "${missing[2]}" not found`, {
      graceMs: 0,
      cause: { kind: 'reference', to, name: missing[2] },
    });
  }
  return failing(reason, message, { graceMs: EVENT_TROUBLE[reason] ?? 0, cause: { kind: 'volume' } });
}

/** Pods as the children that explain a workload: the state each is in, the troubled ones marked. */
export function podChildren(pods: readonly KubeObject[], around: Surroundings, done = false): RunChild[] {
  return pods.map((pod) => {
    const status = podStatus(pod, around, done);
    const { name, namespace } = pod.metadata;
    return {
      ref: { apiVersion: 'v1', kind: 'Pod', name, ...(namespace === undefined ? {} : { namespace }) },
      state: waitingReason(pod) ?? textAt(pod, 'status', 'phase') ?? 'Pending',
      bad: status.state === 'failing',
      ...(status.message === undefined ? {} : { message: status.message }),
    };
  });
}

function waitingReason(pod: KubeObject): string | undefined {
  for (const entry of listAt(pod, 'status', 'containerStatuses')) {
    const reason = textAt(entry, 'state', 'waiting', 'reason');
    if (reason !== undefined && reason !== 'ContainerCreating' && reason !== 'PodInitializing') return reason;
  }
  return undefined;
}

/** The worst trouble among pods: that which fails soonest. */
export function worstOf(pods: readonly KubeObject[], around: Surroundings, done = false): Status | undefined {
  const troubled = pods.map((pod) => podStatus(pod, around, done)).filter(({ state }) => state === 'failing');
  return troubled.sort((one, other) => (one.graceMs ?? 0) - (other.graceMs ?? 0))[0];
}
