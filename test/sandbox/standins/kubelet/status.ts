import { createHash } from 'node:crypto';
import type { Condition, Container, ContainerStatus, Pod } from '../../api/objects.ts';
import type { ContainerVerdict, Verdict } from './verdict.ts';

/** An event that kubelet would write: `container` names the one it is about. */
export interface KubeletEvent {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  readonly container?: string;
}

/** One moment in the life of a pod in trouble: what its status says, what is told, and when it goes on. */
export interface Moment {
  readonly status: Readonly<Record<string, unknown>>;
  readonly events: readonly KubeletEvent[];
  /** Milliseconds until the next attempt; undefined when this state is final. */
  readonly nextMs: number | undefined;
}

/** A real node waits 10 s, 20 s … 5 min between restarts; here everything goes ten times faster, the words stay. */
const FASTER = 10;
const LONGEST_BACKOFF_S = 300;

/**
 * The state of `pod` at its `attempt`-th try (from 0). Attempt 0 of a container that exits shows it terminated, every later one
 * waiting in its back-off; attempt 0 of a pull shows the error itself, every later one the back-off.
 */
export function momentOf(pod: Pod, verdict: Verdict, attempt: number, now: Date): Moment {
  const at = now.toISOString().replace(/\.\d+Z$/, 'Z');
  if (verdict.mounts.length > 0) return mountMoment(pod, verdict.mounts, attempt, at);
  const blocker = verdict.init.findIndex(({ kind }) => kind !== 'runs');
  const initialised = blocker < 0;
  const about = { pod, attempt, at };
  const init = (pod.spec.initContainers ?? []).map((container, index) => {
    if (initialised || index < blocker) return completed(container, at);
    return index === blocker ? containerStatus(container, verdict.init[index], about) : waiting(container, 'PodInitializing');
  });
  const main = pod.spec.containers.map((container, index) =>
    initialised ? containerStatus(container, verdict.containers[index], about) : waiting(container, 'PodInitializing'),
  );
  const troubled = initialised ? verdict.containers : verdict.init;
  const containers = initialised ? pod.spec.containers : (pod.spec.initContainers ?? []);
  const phase = phaseOf(pod, main, init, initialised);
  const over = phase === 'Failed' || phase === 'Succeeded';
  return {
    status: {
      phase,
      startTime: pod.status?.startTime ?? at,
      hostIP: '127.0.0.1',
      ...addressOf(pod),
      conditions: conditions(pod, { initialised, ready: main.every(({ ready }) => ready), over }, at),
      containerStatuses: main,
      ...(init.length > 0 ? { initContainerStatuses: init } : {}),
    },
    events: containers.flatMap((container, index) => eventsOf(container, troubled[index], about)),
    nextMs: over || main.every(({ ready }) => ready) ? undefined : (backoffSeconds(attempt) * 1000) / FASTER,
  };
}

interface About {
  readonly pod: Pod;
  readonly attempt: number;
  readonly at: string;
}

function backoffSeconds(attempt: number): number {
  return Math.min(10 * 2 ** Math.max(0, attempt - 1), LONGEST_BACKOFF_S);
}

/** Go's way to write a duration: 10s, 1m20s, 5m0s. */
function duration(seconds: number): string {
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}

function endsForGood(pod: Pod, verdict: ContainerVerdict): boolean {
  const policy = pod.spec.restartPolicy ?? 'Always';
  return verdict.kind === 'exits' && (policy === 'Never' || (policy === 'OnFailure' && verdict.code === 0));
}

function containerStatus(container: Container, verdict: ContainerVerdict | undefined, about: About): ContainerStatus {
  const { pod, attempt, at } = about;
  const base = { name: container.name, image: container.image, imageID: '', restartCount: 0 };
  switch (verdict?.kind) {
    case 'pull':
      return { ...base, ready: false, started: false, state: { waiting: pullWaiting(container, verdict.error, attempt) } };
    case 'config':
      return {
        ...base,
        ready: false,
        started: false,
        state: { waiting: { reason: 'CreateContainerConfigError', message: verdict.message } },
      };
    case 'unready':
      return { ...base, ready: false, started: true, state: { running: { startedAt: pod.status?.startTime ?? at } } };
    case 'start':
      return restarting(base, container, about, {
        exitCode: 128,
        reason: 'StartError',
        message: verdict.message,
        startedAt: '1970-01-01T00:00:00Z',
        finishedAt: at,
      });
    case 'exits': {
      const ended = { exitCode: verdict.code, reason: verdict.code === 0 ? 'Completed' : 'Error', startedAt: at, finishedAt: at };
      if (endsForGood(pod, verdict)) return { ...base, ready: false, started: false, state: { terminated: ended } };
      return restarting(base, container, about, ended);
    }
    default:
      return { ...base, ready: true, started: true, state: { running: { startedAt: pod.status?.startTime ?? at } } };
  }
}

type Ended = NonNullable<ContainerStatus['state']['terminated']>;

function restarting(
  base: Omit<ContainerStatus, 'ready' | 'state'>,
  container: Container,
  { pod, attempt }: About,
  ended: Ended,
): ContainerStatus {
  if (attempt === 0) return { ...base, ready: false, started: false, state: { terminated: ended } };
  const { name, namespace, uid } = pod.metadata;
  const message = `back-off ${duration(backoffSeconds(attempt))} restarting failed container=${container.name} pod=${name}_${namespace}(${uid})`;
  const state = { waiting: { reason: 'CrashLoopBackOff', message } };
  return { ...base, ready: false, started: false, restartCount: attempt, state, lastState: { terminated: ended } };
}

function pullWaiting(container: Container, error: { reason: string; message: string }, attempt: number) {
  if (attempt === 0 || error.reason !== 'ErrImagePull') return { reason: error.reason, message: error.message };
  return {
    reason: 'ImagePullBackOff',
    message: `Back-off pulling image "${container.image}": ${error.reason}: ${error.message}`,
  };
}

function waiting(container: Container, reason: string): ContainerStatus {
  return {
    name: container.name,
    image: container.image,
    imageID: '',
    ready: false,
    started: false,
    restartCount: 0,
    state: { waiting: { reason } },
  };
}

function completed(container: Container, at: string): ContainerStatus {
  const terminated = { exitCode: 0, reason: 'Completed', startedAt: at, finishedAt: at };
  return { name: container.name, image: container.image, imageID: '', ready: true, restartCount: 0, state: { terminated } };
}

function phaseOf(pod: Pod, main: readonly ContainerStatus[], init: readonly ContainerStatus[], initialised: boolean): string {
  const policy = pod.spec.restartPolicy ?? 'Always';
  const codes = main.map(({ state }) => state.terminated?.exitCode);
  if (policy !== 'Always' && codes.every((code) => code !== undefined)) {
    if (codes.every((code) => code === 0)) return 'Succeeded';
    if (policy === 'Never') return 'Failed';
  }
  if (!initialised && policy === 'Never' && init.some(({ state }) => (state.terminated?.exitCode ?? 0) !== 0)) return 'Failed';
  return initialised && main.some(({ state, lastState }) => state.running ?? state.terminated ?? lastState)
    ? 'Running'
    : 'Pending';
}

/** An address from a range of its own: kwok, which gives the addresses of pods in good health, does not know of it. */
function addressOf(pod: Pod): { podIP: string; podIPs: { ip: string }[] } {
  const [high = 0, low = 0] = createHash('sha256').update(pod.metadata.uid).digest();
  const podIP = pod.status?.podIP ?? `10.250.${high}.${low}`;
  return { podIP, podIPs: [{ ip: podIP }] };
}

function conditions(
  pod: Pod,
  { initialised, ready, over }: { initialised: boolean; ready: boolean; over: boolean },
  at: string,
): Condition[] {
  const names = (containers: readonly Container[] | undefined) => (containers ?? []).map(({ name }) => name).join(' ');
  const unready = {
    reason: over ? 'PodFailed' : 'ContainersNotReady',
    message: `containers with unready status: [${names(pod.spec.containers)}]`,
  };
  const uninitialised = {
    reason: 'ContainersNotInitialized',
    message: `containers with incomplete status: [${names(pod.spec.initContainers)}]`,
  };
  const condition = (type: string, good: boolean, why: { reason: string; message: string }): Condition => {
    const status = good ? 'True' : 'False';
    const known = pod.status?.conditions?.find((candidate) => candidate.type === type);
    const since = known?.status === status ? (known.lastTransitionTime ?? at) : at;
    return { type, status, lastTransitionTime: since, ...(good ? {} : why) };
  };
  return [
    condition('PodReadyToStartContainers', true, unready),
    condition('Initialized', initialised, uninitialised),
    condition('ContainersReady', ready, unready),
    condition('Ready', ready, unready),
  ];
}

function eventsOf(container: Container, verdict: ContainerVerdict | undefined, { pod, attempt }: About): KubeletEvent[] {
  const event = (type: 'Normal' | 'Warning', reason: string, message: string): KubeletEvent => ({
    type,
    reason,
    message,
    container: container.name,
  });
  const backoff = () => {
    const { name, namespace, uid } = pod.metadata;
    return event(
      'Warning',
      'BackOff',
      `Back-off restarting failed container ${container.name} in pod ${name}_${namespace}(${uid})`,
    );
  };
  switch (verdict?.kind) {
    case 'pull': {
      const { reason, message } = verdict.error;
      if (reason === 'InvalidImageName')
        return [event('Warning', 'InspectFailed', message), event('Warning', 'Failed', `Error: ${reason}`)];
      if (reason === 'ErrImageNeverPull')
        return [event('Warning', reason, message), event('Warning', 'Failed', `Error: ${reason}`)];
      if (attempt > 0)
        return [
          event('Normal', 'BackOff', `Back-off pulling image "${container.image}"`),
          event('Warning', 'Failed', 'Error: ImagePullBackOff'),
        ];
      const pulling = event('Normal', 'Pulling', `Pulling image "${container.image}"`);
      return [
        pulling,
        event('Warning', 'Failed', `Failed to pull image "${container.image}": ${message}`),
        event('Warning', 'Failed', `Error: ${reason}`),
      ];
    }
    case 'config':
      return [event('Warning', 'Failed', `Error: ${verdict.message}`)];
    case 'unready':
      return [event('Warning', 'Unhealthy', verdict.probe)];
    case 'start':
      return attempt === 0 ? [event('Warning', 'Failed', `Error: ${verdict.message}`)] : [backoff()];
    case 'exits': {
      if (attempt === 0) return startedEvents(container, true);
      const killed = event('Normal', 'Killing', `Container ${container.name} failed liveness probe, will be restarted`);
      const unhealthy = event('Warning', 'Unhealthy', 'Liveness probe failed: HTTP probe failed with statuscode: 500');
      return verdict.killedBy ? [unhealthy, killed, backoff()] : [backoff()];
    }
    default:
      return attempt === 0 ? startedEvents(container, true) : [];
  }
}

/** The events of a container that starts; `present` says whether its node had the image already. */
export function startedEvents(container: Container, present: boolean): KubeletEvent[] {
  const event = (reason: string, message: string): KubeletEvent => ({
    type: 'Normal',
    reason,
    message,
    container: container.name,
  });
  const pulled = present
    ? [event('Pulled', `Container image "${container.image}" already present on machine`)]
    : [
        event('Pulling', `Pulling image "${container.image}"`),
        event(
          'Pulled',
          `Successfully pulled image "${container.image}" in 120ms (120ms including waiting). Image size: 29130272 bytes.`,
        ),
      ];
  return [
    ...pulled,
    event('Created', `Created container: ${container.name}`),
    event('Started', `Started container ${container.name}`),
  ];
}

function mountMoment(pod: Pod, mounts: readonly string[], attempt: number, at: string): Moment {
  return {
    status: {
      phase: 'Pending',
      startTime: pod.status?.startTime ?? at,
      hostIP: '127.0.0.1',
      conditions: conditions(
        pod,
        { initialised: (pod.spec.initContainers ?? []).length === 0, ready: false, over: false },
        at,
      ).map((condition) =>
        condition.type === 'PodReadyToStartContainers'
          ? { type: condition.type, status: 'False', lastTransitionTime: condition.lastTransitionTime ?? at }
          : condition,
      ),
      containerStatuses: pod.spec.containers.map((container) => waiting(container, 'ContainerCreating')),
    },
    events: mounts.map((message) => ({ type: 'Warning', reason: 'FailedMount', message })),
    nextMs: Math.min(500 * 2 ** attempt, 12_000),
  };
}
