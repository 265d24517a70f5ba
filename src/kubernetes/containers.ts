import type { KubeObject } from './cluster.ts';

/** What a container is to its pod. A *sidecar* is an init container that restarts always: it runs as long as the pod (KEP-753). */
export type ContainerRole = 'init' | 'sidecar' | 'container' | 'ephemeral';

/** How a container stands: `waiting` may last for ever, `running` writes, `terminated` has written all. */
export type ContainerPhase = 'waiting' | 'running' | 'terminated';

/** One container of a pod, as spec and status tell it. Times in ms since the epoch. */
export interface Container {
  readonly name: string;
  readonly role: ContainerRole;
  readonly image: string;
  readonly phase: ContainerPhase;
  /** The server's word: `ImagePullBackOff`, `Completed`; empty while it runs. */
  readonly reason: string;
  /** The server's sentence beside it. */
  readonly message: string;
  readonly exitCode: number | undefined;
  /** Since when it runs, or when it ended. */
  readonly since: number | undefined;
  readonly restarts: number;
  readonly ready: boolean;
  /** What the one before this one ended with; absent if there was none. */
  readonly last: { readonly reason: string; readonly exitCode: number | undefined } | undefined;
  /** Whether another one will be started when this one ends: `previous` logs follow, and the log goes on. */
  readonly comesAgain: boolean;
}

interface SpecOfContainer {
  readonly name?: unknown;
  readonly image?: unknown;
  readonly restartPolicy?: unknown;
}
interface State {
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly running?: { readonly startedAt?: string };
  readonly terminated?: {
    readonly reason?: string;
    readonly message?: string;
    readonly exitCode?: number;
    readonly finishedAt?: string;
  };
}
interface StatusOfContainer {
  readonly name?: unknown;
  readonly ready?: boolean;
  readonly restartCount?: number;
  readonly state?: State;
  readonly lastState?: State;
}
interface Pod {
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
}

/** Where each kind of container is written, in the order in which they start. Source: Kubernetes API reference, Pod v1 core. */
const lists = [
  { spec: 'initContainers', status: 'initContainerStatuses', role: 'init' },
  { spec: 'containers', status: 'containerStatuses', role: 'container' },
  { spec: 'ephemeralContainers', status: 'ephemeralContainerStatuses', role: 'ephemeral' },
] as const;

/** The containers of a whole pod in the order in which they start; empty for what is no pod. */
export function containersOf(object: KubeObject): readonly Container[] {
  const { spec = {}, status = {} } = object as Pod;
  const over = status['phase'] === 'Succeeded' || status['phase'] === 'Failed';
  const policy = String(spec['restartPolicy'] ?? 'Always');
  return lists.flatMap((list) => {
    const states = listOf<StatusOfContainer>(status[list.status]);
    return listOf<SpecOfContainer>(spec[list.spec]).flatMap((one) => {
      if (typeof one?.name !== 'string') return [];
      const role = list.role === 'init' && one.restartPolicy === 'Always' ? 'sidecar' : list.role;
      const state = states.find(({ name }) => name === one.name);
      return [containerOf(one.name, String(one.image ?? ''), role, state, over ? 'Never' : policy)];
    });
  });
}

function containerOf(
  name: string,
  image: string,
  role: ContainerRole,
  { state = {}, lastState = {}, ready = false, restartCount = 0 }: StatusOfContainer = {},
  policy: string,
): Container {
  const { running, terminated, waiting } = state;
  const exitCode = terminated?.exitCode;
  const phase = running ? 'running' : terminated ? 'terminated' : 'waiting';
  const last = lastState.terminated;
  return {
    name,
    role,
    image,
    phase,
    reason: terminated?.reason ?? waiting?.reason ?? '',
    message: terminated?.message ?? waiting?.message ?? '',
    exitCode,
    since: timeOf(running?.startedAt ?? terminated?.finishedAt),
    restarts: restartCount,
    ready,
    last: last && { reason: last.reason ?? '', exitCode: last.exitCode },
    comesAgain: comesAgain(role, policy, exitCode),
  };
}

/** Whether the kubelet starts it again after it ended so. Source: "Pod Lifecycle", container restarts; ephemeral containers are never restarted. */
function comesAgain(role: ContainerRole, policy: string, exitCode: number | undefined): boolean {
  if (role === 'ephemeral') return false;
  if (role === 'init') return policy !== 'Never' && exitCode !== 0;
  if (role === 'sidecar') return policy !== 'Never';
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);
}

/** `Running 4m`, `Waiting: ImagePullBackOff`, `Terminated: exit 1`, `Terminated: OOMKilled, exit 137`, `Completed`. */
export function stateWords({ phase, reason, exitCode, since }: Container, now: number): string {
  if (phase === 'running') return ['Running', since === undefined ? '' : shortAge(now - since)].filter(Boolean).join(' ');
  if (phase === 'waiting') return reason === '' ? 'Waiting' : `Waiting: ${reason}`;
  if (exitCode === 0) return reason === '' ? 'Completed' : reason;
  // "Error" is what the kubelet says when the exit code says all there is.
  const said = reason === 'Error' ? '' : reason;
  return `Terminated: ${[said, exitCode === undefined ? '' : `exit ${exitCode}`].filter(Boolean).join(', ') || 'Error'}`;
}

/** How it stands as a mood of a row: waiting for trouble is bad, waiting for its turn is busy. */
export function containerHealth({ phase, reason, exitCode, ready, role }: Container): 'bad' | 'busy' | 'quiet' {
  if (phase === 'running') return ready || role === 'init' || role === 'ephemeral' ? 'quiet' : 'busy';
  if (phase === 'waiting') return /BackOff|Err|Invalid|Failed/.test(reason) ? 'bad' : 'busy';
  return exitCode === 0 ? 'quiet' : 'bad';
}

/** `12s`, `4m`, `3h`, `2d`, as kubectl's tables round (apimachinery, `duration.ShortHumanDuration`); ms. */
export function shortAge(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [size, unit] = seconds < 60 ? [1, 's'] : seconds < 3600 ? [60, 'm'] : seconds < 86_400 ? [3600, 'h'] : [86_400, 'd'];
  return `${Math.floor(seconds / Number(size))}${unit}`;
}

function listOf<T>(value: unknown): readonly T[] {
  return Array.isArray(value) ? value : [];
}

function timeOf(text: string | undefined): number | undefined {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? undefined : time;
}
