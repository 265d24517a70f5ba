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
  /** Without a byte for so long a stream counts as dead: bookmarks come about once a minute. */
  readonly idleMs?: number;
  readonly pollMs?: number;
}

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
  const { clock = systemClock, random = Math.random, idleMs = 80_000, pollMs = 15_000 } = patience;
  const backoff = new Backoff(random);
  let version: string | undefined;
  let [first, polling] = [true, false];
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
    const opened = await source.watch(version, seconds, signal);
    if (signal.aborted) return;
    let trouble = opened.ok ? undefined : opened.failure;
    if (opened.ok) {
      yield { type: 'live' };
      for await (const line of lines(opened.value, idleMs, signal)) {
        const event = eventOf(line, source);
        if (event.failure) {
          trouble = event.failure;
          break;
        }
        backoff.reset();
        version = event.watched?.resourceVersion ?? version;
        if (event.watched && event.watched.type !== 'bookmark') yield { type: event.watched.type, items: event.watched.items };
        else yield { type: 'heard' };
      }
      opened.value.close();
      if (signal.aborted) return;
      // A server may close a watch at any time; one that closes each at once must not be asked in a storm.
      if (!trouble && backoff.quick(clock.now())) await clock.sleep(backoff.next(), signal);
    }
    if (!trouble) continue;
    if (trouble.reason === 'expired') version = undefined;
    else if (trouble.reason === 'forbidden' || trouble.reason === 'unsupported') {
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

async function* lines(stream: HttpStream, idleMs: number, signal: AbortSignal): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  let watchdog: NodeJS.Timeout | undefined;
  const feed = () => {
    clearTimeout(watchdog);
    watchdog = setTimeout(() => stream.close(), idleMs);
  };
  const end = () => stream.close();
  signal.addEventListener('abort', end, { once: true });
  feed();
  try {
    for await (const chunk of stream.chunks) {
      feed();
      const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = parts.pop() ?? '';
      for (const part of parts) if (part.trim() !== '') yield part;
    }
  } finally {
    clearTimeout(watchdog);
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
