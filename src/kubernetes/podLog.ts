import { type Clock, systemClock } from '../base/clock.ts';
import type { Failure, Result } from '../base/failure.ts';
import type { HttpStream } from '../base/http.ts';
import type { Cluster } from './cluster.ts';
import { type Container, stateWords } from './containers.ts';
import { LogBoundary, type LogLine, LogReader } from './logLines.ts';

/** Which part of a container's log is wanted. */
export interface LogWanted {
  /** Goes on as the container writes, over its restarts. */
  readonly follow: boolean;
  /** That of the container before the last restart; it is not followed. */
  readonly previous: boolean;
  /** Of what is there already, the last so many lines; undefined: all. */
  readonly tailLines?: number;
  /** Not older than so many seconds. */
  readonly sinceSeconds?: number;
}

/** The query of the log subresource. Source: Kubernetes API reference, "read log of the specified Pod". */
export type LogQuery = Readonly<Record<string, string | number | boolean | undefined>>;

/** Where the log of one container is read. */
export interface LogSource {
  open(query: LogQuery, signal: AbortSignal): Promise<Result<HttpStream>>;
}

/** What the pod's watch tells of the container meanwhile. */
export interface ContainerLife {
  /** Undefined once its pod is gone. */
  current(): Container | undefined;
  /** Resolves when `current()` may be otherwise, or when the signal fires. */
  changed(signal: AbortSignal): Promise<void>;
}

/** Lines in the order in which they came, or a sentence on what happens to the log, for the user. */
export type LogEvent = { readonly lines: readonly LogLine[] } | { readonly notice: string };

/** Times in ms, and the dice: for tests. */
export interface LogPatience {
  readonly clock?: Clock;
  readonly random?: () => number;
  /** A log that is silent for so long is asked for anew. */
  readonly quietMs?: number;
}

const shortestWaitMs = 500;
const longestWaitMs = 30_000;
/** The state of a container is told a moment after its log has ended. */
const settleMs = 1500;
const torn = 'Lines between may be missing: the log does not go on where it was read to. Was it rotated?';
/** Without following, a reader is told after so many attempts that it does not work. */
const attempts = 5;

/** The log of one container of a pod at the API server. */
export function podLogSource(cluster: Cluster, pod: { readonly name: string; readonly namespace: string }): LogSource {
  const path = `/api/v1/namespaces/${encodeURIComponent(pod.namespace)}/pods/${encodeURIComponent(pod.name)}/log`;
  return {
    open: (query, signal) => {
      const words = Object.entries(query).flatMap(([name, value]) =>
        value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
      );
      // A container that has written nothing yet has no headers either: the kubelet sends them with the first byte. The reader's own patience ends it.
      return cluster.stream(`${path}?${words.join('&')}`, { signal, timeoutMs: 24 * 3600 * 1000 });
    },
  };
}

/**
 * Reads the log of a container: what is there, then, if followed, what it writes, over lost connections, restarts of the API server and of the container, without gaps and
 * doubles (see {@link LogBoundary}). Ends when nothing more can come: the container is done, its pod is gone, the server forbids it; the last notice says which.
 *
 * A silent connection may be dead without anybody knowing (no log has a heartbeat): TCP keep-alive is on, but takes ten minutes, so a log that is silent is asked for anew each
 * minute from where it was. Nobody who reads slowly makes it grow: the next bytes are taken when the last lines were.
 */
export async function* readLog(
  source: LogSource,
  name: string,
  wanted: LogWanted,
  life: ContainerLife,
  signal: AbortSignal,
  patience: LogPatience = {},
): AsyncGenerator<LogEvent> {
  const { clock = systemClock, random = Math.random, quietMs = 60_000 } = patience;
  const follow = wanted.follow && !wanted.previous;
  const boundary = new LogBoundary();
  const pace = new Pace(clock, random);
  const once = new Once();
  let rest: LogLine | undefined;
  let seen = life.current()?.restarts ?? 0;
  /** The restarts of the container whose log was read to its end after it had ended. */
  let read = -1;
  /** Whether it begins while it is followed: then all that it writes is wanted, its first words above all. */
  let begins = false;
  const takeRest = () => {
    const last = rest;
    rest = undefined;
    return last && boundary.admitRest(last) ? [{ lines: [last] }] : [];
  };
  while (!signal.aborted) {
    const now = life.current();
    if (follow && !hasMore(now, read)) {
      yield* takeRest();
      yield* once.tell(standing(now));
      if (!now || (now.phase === 'terminated' && !now.comesAgain)) return;
      begins = true;
      await life.changed(signal);
      continue;
    }
    const restarts = now?.restarts ?? seen;
    const again = boundary.resume();
    const restarted = follow && restarts > seen;
    // What the one before wrote after the connection was lost.
    const catchUp = restarted && restarts === seen + 1 && read < seen && again !== undefined;
    begins ||= restarted;
    if (restarted) yield* takeRest();
    if (restarted && !catchUp) {
      const lost = read < seen && restarts - seen > 1;
      yield* once.tell(`It was restarted${lost ? ` ${restarts - seen} times: lines between may be missing` : ''}.`);
      seen = restarts;
    }
    const attempt = new Attempt(signal, quietMs);
    const { tailLines, sinceSeconds } = begins ? {} : wanted;
    const opened = await source.open(
      {
        container: name,
        timestamps: true,
        follow: (follow && !catchUp) || undefined,
        previous: wanted.previous || catchUp || undefined,
        ...(again === undefined ? { tailLines, sinceSeconds } : { sinceTime: again }),
      },
      attempt.signal,
    );
    if (signal.aborted) return attempt.end();
    if (!opened.ok) {
      attempt.end();
      if (attempt.quiet && follow) continue;
      const way = wayOf(opened.failure, follow);
      // It is not there any more: nothing can be caught up with.
      if (catchUp && way !== 'again') read = seen;
      if (catchUp && way !== 'again') continue;
      const said = attempt.quiet ? 'The API server does not answer.' : opened.failure.message;
      begins ||= way === 'waiting';
      yield* once.tell(way === 'waiting' ? standing(now) : said);
      if (way === 'over' || (!follow && pace.tries >= attempts)) return;
      await either(life, signal, (ending) => clock.sleep(pace.next(opened.failure), ending));
      continue;
    }
    if (once.clear() && !restarted) yield { notice: 'It goes on.' };
    const reader = new LogReader();
    try {
      for await (const chunk of opened.value.chunks) {
        attempt.feed();
        const lines = reader.push(chunk).filter((line) => boundary.admit(line));
        if (boundary.takeTorn() && !restarted) yield { notice: torn };
        if (lines.length > 0) {
          pace.reset();
          yield { lines };
          // Whoever reads slowly is not the connection's fault.
          attempt.feed();
        }
      }
    } finally {
      attempt.end();
      opened.value.close();
    }
    rest = reader.end();
    if (signal.aborted) return;
    const { whole } = opened.value;
    if (!follow && whole) {
      yield* takeRest();
      return;
    }
    if (!follow && pace.tries >= attempts) {
      yield { notice: 'The connection was lost each time: this is not all of it.' };
      return;
    }
    if (catchUp && whole) read = seen;
    if ((catchUp && whole) || (attempt.quiet && follow)) continue;
    if (whole && now?.phase !== 'running') read = restarts;
    else await either(life, signal, (ending) => clock.sleep(whole ? Math.max(settleMs, pace.next()) : pace.next(), ending));
  }
}

/** Whether there may be something to read: never of what has not started yet, and only once of what has ended. */
function hasMore(now: Container | undefined, read: number): boolean {
  if (!now) return false;
  if (now.phase === 'running') return true;
  if (now.phase === 'waiting' && now.restarts === 0 && !now.last) return false;
  return read < now.restarts;
}

/** How a container stands that writes nothing now; nothing is worth saying of an init container that has done its work. */
function standing(now: Container | undefined): string {
  if (!now) return 'Its pod is gone.';
  const words = stateWords(now, 0);
  if (now.role === 'init' && now.exitCode === 0) return '';
  if (now.phase === 'waiting')
    return [`It waits to start${now.reason === '' ? '' : `: ${now.reason}`}.`, now.message].join(' ').trim();
  if (now.phase === 'running') return 'It starts.';
  return now.comesAgain ? `It ended (${words}) and is started again.` : `It ended: ${words}.`;
}

/** `waiting`: the container has not started. Sources: kubelet, `validateContainerLogStatus` (400 "is waiting to start"); registry/core/pod. */
function wayOf({ reason, message }: Failure, follow: boolean): 'waiting' | 'again' | 'over' {
  if (reason === 'invalid' && follow && /waiting to start|ContainerCreating|PodInitializing|not running/.test(message))
    return 'waiting';
  if (reason === 'notFound') return follow ? 'again' : 'over';
  return ['offline', 'unavailable', 'throttled', 'malformed', 'cancelled'].includes(reason) ? 'again' : 'over';
}

/** Waits until the state changes or the sleep is over. */
async function either(life: ContainerLife, signal: AbortSignal, sleep: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const ending = new AbortController();
  const end = () => ending.abort();
  signal.addEventListener('abort', end, { once: true });
  await Promise.race([life.changed(ending.signal), sleep(ending.signal)]);
  signal.removeEventListener('abort', end);
  end();
}

/** One request for the log: ends with the reader, or when nothing came for too long. */
class Attempt {
  readonly #ending = new AbortController();
  readonly #outer: AbortSignal;
  readonly #quietMs: number;
  readonly #abort = () => this.#ending.abort();
  #timer: NodeJS.Timeout | undefined;
  quiet = false;

  constructor(outer: AbortSignal, quietMs: number) {
    this.#outer = outer;
    this.#quietMs = quietMs;
    outer.addEventListener('abort', this.#abort, { once: true });
    this.feed();
  }

  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  feed(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.quiet = true;
      this.#ending.abort();
    }, this.#quietMs);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#outer.removeEventListener('abort', this.#abort);
  }
}

/** Longer and longer between attempts that bring nothing; Retry-After wins. */
class Pace {
  readonly #clock: Clock;
  readonly #random: () => number;
  #last = Number.NEGATIVE_INFINITY;
  tries = 0;

  constructor(clock: Clock, random: () => number) {
    this.#clock = clock;
    this.#random = random;
  }

  next(failure?: Failure): number {
    // What held for a while was no trouble.
    if (this.#clock.now() - this.#last > 2 * longestWaitMs) this.tries = 0;
    this.#last = this.#clock.now();
    const wait = Math.min(longestWaitMs, shortestWaitMs * 2 ** this.tries) * (0.8 + 0.4 * this.#random());
    this.tries += 1;
    return Math.max(wait, failure?.retryAfterMs ?? 0);
  }

  reset(): void {
    this.tries = 0;
  }
}

/** Does not say the same twice in a row. */
class Once {
  #told = '';

  tell(notice: string): readonly LogEvent[] {
    if (notice === this.#told || notice === '') return [];
    this.#told = notice;
    return [{ notice }];
  }

  /** Whether something had been told since the last time. */
  clear(): boolean {
    const told = this.#told !== '';
    this.#told = '';
    return told;
  }
}
