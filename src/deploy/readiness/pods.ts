import { type Fields, field, isFields, listAt, numberAt, textAt } from '../../base/fields.ts';
import type { KubeObject } from '../../kubernetes/cluster.ts';
import { CONTAINER_LISTS } from '../../kubernetes/podTemplate.ts';
import type { RunChild } from '../types.ts';
import { grace, patience } from './patience.ts';
import { claimTrouble, PLAIN, podProgress, volumeWords } from './podProgress.ts';
import { type Cause, condition, failing, ready, type Status, type Surroundings, wordsOf } from './status.ts';

/** A reason that a container waits for, as kubelet words it. First row that fits counts. */
interface Row {
  readonly reason: RegExp;
  /** One name for reasons that kubelet tells in turns, so that the grace period goes on. */
  readonly word?: string;
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

const PULLING = { reason: /^(ErrImagePull|ImagePullBackOff|RegistryUnavailable)$/, word: 'ImagePull' } as const;
const STARTING = { reason: /^(CreateContainerError|RunContainerError|StartError|CrashLoopBackOff)$/ } as const;

/** What kubelet and the container runtimes say; sources: pkg/kubelet/images, pkg/kubelet/kuberuntime, containerd's resolver. */
const WAITING: readonly Row[] = [
  {
    reason: /^ErrImageNeverPull$/,
    graceMs: 0,
    say: ({ image: name }) => `image ${name} is not on its node, and imagePullPolicy Never forbids to pull it`,
    cause: image,
  },
  { reason: /^InvalidImageName$/, graceMs: 0, say: ({ image: name }) => `"${name}" is not an image name`, cause: image },
  {
    ...PULLING,
    message: /not found|manifest unknown|does not exist|no such/i,
    graceMs: 0,
    say: ({ image: name }) => `image ${name} not found`,
    cause: image,
  },
  {
    ...PULLING,
    message: /unauthorized|denied|forbidden|authentication required|no basic auth/i,
    graceMs: 0,
    say: ({ image: name }) => `image ${name} may not be pulled: the registry refuses the credentials`,
    cause: image,
  },
  {
    ...PULLING,
    graceMs: grace.remote,
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
  { reason: /^CreateContainerConfigError$/, graceMs: grace.usual, say: ({ message }) => message, cause: container },
  {
    ...STARTING,
    message: /exec format error|executable file not found|no such file or directory|permission denied/i,
    graceMs: 0,
    say: ({ name, message }) => `container ${name} cannot start: ${message}`,
    cause: container,
  },
  { reason: /^(CreateContainerError|RunContainerError)$/, graceMs: grace.usual, say: ({ message }) => message, cause: container },
  {
    reason: /^CrashLoopBackOff$/,
    graceMs: grace.usual,
    say: ({ name, exitCode, restarts, terminated }) =>
      `container ${name} keeps ending${exitCode === undefined ? '' : ` with exit code ${exitCode}`}${terminated === 'OOMKilled' ? ' (out of memory)' : ''}, ${restarts} restart${restarts === 1 ? '' : 's'}`,
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

const STATUS_LISTS = ['initContainerStatuses', 'containerStatuses'] as const;

/** A Pod: ready, on its way, or in trouble, with the reason of its first container in trouble. `done`: it must end well (Jobs), else it must stay. */
export function podStatus(pod: KubeObject, around: Surroundings, done = false): Status {
  const phase = textAt(pod, 'status', 'phase');
  if (phase === 'Succeeded') return ready();
  if (phase === 'Failed') return failing('PodFailed', failedWords(pod), { cause: failedCause(pod) });
  const trouble = containerTrouble(pod, around) ?? schedulingTrouble(pod, around);
  if (trouble) return trouble;
  // an Event outlives its trouble: it counts only as long as nothing has started
  const stuck = phase === 'Running' ? undefined : eventTrouble(pod, around);
  if (stuck) return stuck;
  if (!done && condition(pod, 'Ready')?.['status'] === 'True') return ready();
  return podProgress(pod, around, done);
}

function containerTrouble(pod: KubeObject, around: Surroundings): Status | undefined {
  for (const list of STATUS_LISTS) {
    for (const entry of listAt(pod, 'status', list)) {
      const trouble = isFields(entry) ? waitingTrouble(pod, entry, around) : undefined;
      if (trouble) return trouble;
    }
  }
  return undefined;
}

function waitingTrouble(pod: KubeObject, entry: Fields, around: Surroundings): Status | undefined {
  const reason = textAt(entry, 'state', 'waiting', 'reason');
  if (reason === undefined) return undefined;
  const plain = containerOf(pod, entry);
  const state = PULLING.reason.test(reason) ? { ...plain, message: pullWords(pod, plain, around) } : plain;
  const row = WAITING.find((row) => row.reason.test(reason) && (row.message === undefined || row.message.test(state.message)));
  if (row === undefined) return undefined;
  const crashed = reason === 'CrashLoopBackOff' && state.restarts >= ENOUGH_CRASHES;
  const drowned = state.terminated === 'OOMKilled' && state.restarts >= ENOUGH_MEMORY_DEATHS;
  return failing(`${row.word ?? reason} ${state.name}`, row.say(state), {
    graceMs: crashed || drowned ? 0 : row.graceMs,
    cause: row.cause(state),
  });
}

/** Older kubelets back off without saying why: the Event of the failed pull does. */
function pullWords(pod: KubeObject, { image: name, message }: Container, around: Surroundings): string {
  const event = around
    .eventsOf(pod.metadata.uid ?? '')
    .findLast((entry) => entry['reason'] === 'Failed' && textAt(entry, 'message')?.startsWith(`Failed to pull image "${name}"`));
  const said = textAt(event, 'message')?.replace(/^Failed to pull image "[^"]*": /, '');
  return said === undefined || message.includes(said) ? message : said;
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

/** A pod that no node takes. Where an autoscaler makes a node for it, that is patience's business. */
function schedulingTrouble(pod: KubeObject, around: Surroundings): Status | undefined {
  const scheduled = condition(pod, 'PodScheduled');
  if (scheduled?.['status'] !== 'False' || scheduled['reason'] !== 'Unschedulable') return undefined;
  const claim = claimTrouble(pod, around);
  if (claim) return claim;
  const grows = around.eventsOf(pod.metadata.uid ?? '').some(({ reason }) => reason === 'TriggeredScaleUp');
  const words = wordsOf(scheduled);
  return failing('Unschedulable', `no node takes the pod: ${words}${grows ? '; an autoscaler makes a node' : ''}`, {
    graceMs: grows ? grace.scaleUp : grace.usual,
    limitMs: grows ? patience.scaleUp : 0,
    cause: UNSCHEDULABLE.find(([said]) => said.test(words))?.[1] ?? { kind: 'resources' },
  });
}

/** Which field keeps the nodes away, by the scheduler's words; the likeliest first. Source: kube-scheduler, the `ErrReason…` of its plugins. */
const UNSCHEDULABLE: readonly (readonly [RegExp, Cause])[] = [
  [/Insufficient /, { kind: 'resources' }],
  [/didn't match Pod's node affinity\/selector/, { kind: 'pod', path: ['nodeSelector'] }],
  [/didn't (?:match|satisfy).*pod (?:anti-)?affinity/, { kind: 'pod', path: ['affinity'] }],
  [/didn't match pod topology spread constraints/, { kind: 'pod', path: ['topologySpreadConstraints'] }],
  [
    /volume node affinity conflict|unbound immediate|didn't find available persistent volumes|max volume count/,
    { kind: 'volume' },
  ],
  [/didn't have free ports/, { kind: 'pod', path: ['containers'] }],
  [/untolerated taint/, { kind: 'pod', path: ['tolerations'] }],
];

/** Events of volumes and sandboxes, and how long each may go on. */
const EVENT_TROUBLE: Readonly<Record<string, number>> = {
  FailedMount: grace.remote,
  FailedAttachVolume: grace.remote,
  FailedCreatePodSandBox: grace.remote,
};
/** What comes after such trouble, once it is over. */
const HEALED = new Set(['SuccessfulAttachVolume', 'Pulling', 'Pulled', 'Created', 'Started']);
/** The volume is still on another node: it is taken from there by force only after minutes. */
const STILL_ATTACHED = /Multi-Attach error|already (?:used|attached)|in-use/i;
const MISSING_VOLUME = /(configmap|secret) "([^"]+)" not found|references non-existent (config|secret) key: (\S+)/i;

/** ConfigMaps that the control plane itself puts into every namespace, a moment after it was made. Sources: kube-controller-manager's root-ca-cert-publisher, OpenShift's service-ca. */
const PUBLISHED: ReadonlySet<string> = new Set(['kube-root-ca.crt', 'openshift-service-ca.crt']);

/** Volumes fail in Events only: the pod says no more than ContainerCreating. */
function eventTrouble(pod: KubeObject, around: Surroundings): Status | undefined {
  const event = around
    .eventsOf(pod.metadata.uid ?? '')
    .findLast((entry) => HEALED.has(String(entry['reason'])) || String(entry['reason']) in EVENT_TROUBLE);
  const reason = String(event?.['reason']);
  if (event === undefined || HEALED.has(reason)) return undefined;
  const message = textAt(event, 'message') ?? reason;
  const missing = MISSING_VOLUME.exec(message);
  if (missing?.[2] !== undefined) {
    const to = kindWord(missing[1] ?? '');
    return failing(reason, `${to.slice(1)} "${missing[2]}" not found`, {
      graceMs: PUBLISHED.has(missing[2]) ? grace.usual : 0,
      cause: { kind: 'reference', to, name: missing[2] },
    });
  }
  const attached = reason === 'FailedAttachVolume' && STILL_ATTACHED.test(message);
  const words = `${message}${volumeWords(message, pod, around)}`;
  return failing(reason, attached ? `its volume is still attached elsewhere: ${words}` : words, {
    graceMs: attached ? grace.volumeDetach : (EVENT_TROUBLE[reason] ?? 0),
    limitMs: attached ? grace.volumeDetach * 2 : 0,
    cause: { kind: 'volume' },
  });
}

/** Pods as the children that explain a workload: the state each is in, the troubled ones marked. */
export function podChildren(pods: readonly KubeObject[], around: Surroundings, done = false): RunChild[] {
  return pods.map((pod) => {
    const status = podStatus(pod, around, done);
    const { name, namespace } = pod.metadata;
    const container = endedContainer(pod);
    return {
      ref: { apiVersion: 'v1', kind: 'Pod', name, ...(namespace === undefined ? {} : { namespace }) },
      state: waitingReason(pod) ?? textAt(pod, 'status', 'phase') ?? 'Pending',
      bad: status.state === 'failing',
      ...(container === undefined ? {} : { container }),
      ...(status.message === undefined ? {} : { message: status.message }),
    };
  });
}

const containersOf = (pod: KubeObject) => STATUS_LISTS.flatMap((list) => listAt(pod, 'status', list));

/** The container that has ended badly, now or before: its log tells why. */
function endedContainer(pod: KubeObject): string | undefined {
  const ended = containersOf(pod).find((entry) =>
    [field(entry, 'state', 'terminated'), field(entry, 'lastState', 'terminated')].some(
      (end) => isFields(end) && end['exitCode'] !== 0,
    ),
  );
  return textAt(ended, 'name');
}

function waitingReason(pod: KubeObject): string | undefined {
  for (const entry of containersOf(pod)) {
    const reason = textAt(entry, 'state', 'waiting', 'reason');
    if (reason !== undefined && reason !== 'ContainerCreating' && reason !== 'PodInitializing') return reason;
  }
  return undefined;
}

/**
 * The worst trouble among pods: that which fails soonest. Pods on their way out say nothing; one that has failed (evicted, its node shut down) is made anew by what owns it, so it counts only once
 * that has not happened for a while.
 */
export function worstOf(pods: readonly KubeObject[], around: Surroundings, done = false): Status | undefined {
  const troubled = pods
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map((pod) => podStatus(pod, around, done))
    .filter(({ state }) => state === 'failing')
    .map((status) => (status.code === 'PodFailed' && !done ? { ...status, graceMs: grace.usual } : status));
  return troubled.sort((one, other) => (one.graceMs ?? 0) - (other.graceMs ?? 0))[0];
}

/** What the first pod that is on its way waits for, with its name: `pod web-x: pulling image …`. */
export function slowestOf(pods: readonly KubeObject[], around: Surroundings, done = false): Status | undefined {
  for (const pod of pods) {
    const status = podStatus(pod, around, done);
    if (status.state === 'progressing' && status.message !== undefined && !PLAIN.has(status.message))
      return { ...status, message: `pod ${pod.metadata.name}: ${status.message}` };
  }
  return undefined;
}
