import { type Clock, systemClock } from '../base/clock.ts';
import { type Failure, failed, type Result } from '../base/failure.ts';
import type { HttpStream } from '../base/http.ts';
import { isRefusal, statusFailed } from './status.ts';

/** A whole or first-page list. */
export interface Listed<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string | undefined;
}

/** One line of a watch, decoded. `bookmark` only carries a newer version. */
export interface Watched<T> {
  readonly type: 'added' | 'modified' | 'deleted' | 'bookmark';
  readonly items: readonly T[];
  readonly resourceVersion: string | undefined;
}

/** What is reflected: how it is listed, watched, and how a watch's JSON reads. */
export interface ReflectorSource<T> {
  readonly context: string;
  list(signal: AbortSignal): Promise<Result<Listed<T>>>;
  watch(resourceVersion: string, timeoutSeconds: number, signal: AbortSignal): Promise<Result<HttpStream>>;
  decode(event: { readonly type: string; readonly object: unknown }): Watched<T> | undefined;
}

/** What a reflector tells. `reset` replaces everything known; after `stale` the old stands; `failed` ends it. */
export type Reflected<T> =
  | { readonly type: 'reset'; readonly items: readonly T[]; readonly polling: boolean }
  | { readonly type: 'live' }
  | { readonly type: 'polling' }
  | { readonly type: 'added' | 'modified' | 'deleted'; readonly items: readonly T[] }
  | { readonly type: 'heard' }
  | { readonly type: 'stale'; readonly failure: Failure }
  | { readonly type: 'failed'; readonly failure: Failure };

/** Times in ms, and the dice: for tests. */
export interface ReflectorPatience {
  readonly clock?: Clock;
  readonly random?: () => number;
  /** Without a byte for so long, by the wall clock, a stream counts as dead: bookmarks come about once a minute. */
  readonly idleMs?: number;
  /** A server that was silent and does not answer for so long either makes what is known stale. */
  readonly doubtMs?: number;
  readonly pollMs?: number;
}

/** In ms. A server that falls silent without a word is told of after {@link ReflectorPatience.idleMs} and `doubtMs` together: below 90 s. */
export const patienceMs = { idle: 75_000, doubt: 8_000, poll: 15_000 } as const;

const watchSeconds = 290;
const shortestWaitMs = 800;
const longestWaitMs = 30_000;

/**
 * List, then watch, for ever: resumes by version with bookmarks, lists again when the version is too old (410), takes a silent stream for dead, waits with
 * decorrelated jitter after trouble, polls where watching is forbidden. Ends when the signal fires, or with `failed` when the first list does.
 */
export async function* reflect<T>(
  source: ReflectorSource<T>,
  signal: AbortSignal,
  patience: ReflectorPatience = {},
): AsyncGenerator<Reflected<T>> {
  const { clock = systemClock, random = Math.random } = patience;
  const { idleMs = patienceMs.idle, doubtMs = patienceMs.doubt, pollMs = patienceMs.poll } = patience;
  const backoff = new Backoff(random);
  let version: string | undefined;
  let [first, polling, silent] = [true, false, false];
  /** Whether the version that was too old is the last word there was. */
  let forgotten = false;
  while (!signal.aborted) {
    if (version === undefined) {
      const listed = await source.list(signal);
      if (signal.aborted) return;
      if (!listed.ok) {
        yield { type: first ? 'failed' : 'stale', failure: listed.failure };
        if (first) return;
        await clock.sleep(backoff.next(listed.failure), signal);
        continue;
      }
      first = false;
      version = listed.value.resourceVersion;
      yield { type: 'reset', items: listed.value.items, polling };
    }
    if (polling || version === undefined) {
      await clock.sleep(pollMs, signal);
      version = undefined;
      continue;
    }
    const seconds = Math.round(watchSeconds * (0.9 + 0.2 * random()));
    const opening = source.watch(version, seconds, signal);
    if (silent && !(await settlesWithin(opening, doubtMs, clock, signal)) && !signal.aborted)
      yield { type: 'stale', failure: silence(source.context, idleMs) };
    const opened = await opening;
    silent = false;
    if (signal.aborted) return;
    let trouble = opened.ok ? undefined : opened.failure;
    if (opened.ok) {
      yield { type: 'live' };
      const watchdog = new Watchdog(opened.value, idleMs, clock);
      for await (const line of lines(opened.value, watchdog, signal)) {
        const event = eventOf(line, source);
        if (event.failure) {
          trouble = event.failure;
          break;
        }
        backoff.reset();
        forgotten = false;
        version = event.watched?.resourceVersion ?? version;
        if (event.watched && event.watched.type !== 'bookmark') yield { type: event.watched.type, items: event.watched.items };
        else yield { type: 'heard' };
      }
      opened.value.close();
      silent = watchdog.bit;
      if (signal.aborted) return;
      // A server may close a watch at any time; one that closes each at once must not be asked in a storm.
      if (!trouble && backoff.quick(clock.now())) await clock.sleep(backoff.next(), signal);
    }
    if (!trouble) continue;
    if (trouble.reason === 'expired') {
      version = undefined;
      // A server may forget at any time; one that forgets what it has just listed must not be asked in a storm.
      if (forgotten) await clock.sleep(backoff.next(trouble), signal);
      forgotten = true;
    } else if (trouble.reason === 'forbidden' || trouble.reason === 'unsupported') {
      polling = true;
      yield { type: 'polling' };
    } else {
      yield { type: 'stale', failure: trouble };
      await clock.sleep(backoff.next(trouble), signal);
    }
  }
}

/** Decorrelated jitter between 0.8 and 30 s; Retry-After wins. */
class Backoff {
  readonly #random: () => number;
  #last = shortestWaitMs;
  #opened = Number.NEGATIVE_INFINITY;

  constructor(random: () => number) {
    this.#random = random;
  }

  next(failure?: Failure): number {
    this.#last = Math.min(longestWaitMs, shortestWaitMs + this.#random() * (this.#last * 3 - shortestWaitMs));
    return Math.max(failure?.retryAfterMs ?? 0, this.#last);
  }

  reset(): void {
    this.#last = shortestWaitMs;
  }

  /** Whether the stream before this one ended less than a second ago. */
  quick(now: number): boolean {
    const quick = now - this.#opened < 1000;
    this.#opened = now;
    return quick;
  }
}

/**
 * Closes a stream that has been silent for too long. It goes by the wall clock, looking now and then: while a machine sleeps its timers stand still, and what was
 * connected before is dead when it wakes.
 */
class Watchdog {
  bit = false;
  readonly #clock: Clock;
  readonly #timer: NodeJS.Timeout;
  #fed: number;

  constructor(stream: HttpStream, idleMs: number, clock: Clock) {
    this.#clock = clock;
    this.#fed = clock.now();
    this.#timer = setInterval(() => {
      if (Math.abs(clock.now() - this.#fed) < idleMs) return;
      this.bit = true;
      stream.close();
    }, idleMs / 15);
  }

  feed(): void {
    this.#fed = this.#clock.now();
  }

  dispose(): void {
    clearInterval(this.#timer);
  }
}

async function settlesWithin(work: Promise<unknown>, ms: number, clock: Clock, signal: AbortSignal): Promise<boolean> {
  const settled = new AbortController();
  const late = clock.sleep(ms, AbortSignal.any([signal, settled.signal])).then(() => false);
  const inTime = await Promise.race([work.then(() => true), late]);
  settled.abort();
  return inTime;
}

function silence(context: string, idleMs: number): Failure {
  const seconds = Math.round(idleMs / 1000);
  return {
    reason: 'offline',
    message: `The API server of ${context} has been silent for ${seconds} s; it is asked again and again.`,
  };
}

async function* lines(stream: HttpStream, watchdog: Watchdog, signal: AbortSignal): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  const end = () => stream.close();
  signal.addEventListener('abort', end, { once: true });
  try {
    for await (const chunk of stream.chunks) {
      watchdog.feed();
      const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = parts.pop() ?? '';
      for (const part of parts) if (part.trim() !== '') yield part;
    }
  } finally {
    watchdog.dispose();
    signal.removeEventListener('abort', end);
  }
}

function eventOf<T>(line: string, source: ReflectorSource<T>): { failure?: Failure; watched?: Watched<T> | undefined } {
  let event: { type: string; object: unknown };
  try {
    event = JSON.parse(line);
  } catch {
    return failureOf(failed('malformed', `The API server of ${source.context} sent a torn watch event; it is watched anew.`));
  }
  if (event.type !== 'ERROR') return { watched: source.decode(event) };
  const status = isRefusal(event.object) ? event.object : { kind: 'Status' as const };
  return failureOf(statusFailed(status, source.context));
}

function failureOf(result: Result<never>): { failure?: Failure } {
  return result.ok ? {} : { failure: result.failure };
}
