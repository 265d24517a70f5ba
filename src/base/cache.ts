import { type Clock, systemClock } from './clock.ts';
import { type Failure, failed, type Result } from './failure.ts';
import { SingleFlight } from './singleFlight.ts';

/** A remembered answer. `stale` once an attempt to renew it has failed, `failure` says why. */
export interface Cached<T> {
  readonly value: T;
  readonly asOf: number;
  readonly stale: boolean;
  readonly failure?: Failure;
}

/** Remembers good answers by key; equal questions are in flight once; a failure leaves the old answer standing, marked stale. */
export class Cache<T> {
  readonly #entries = new Map<string, Cached<T>>();
  readonly #flights = new SingleFlight<Result<Cached<T>>>();
  readonly #clock: Clock;
  #epoch = 0;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /** The keys of all that is remembered. */
  keys(): readonly string[] {
    return [...this.#entries.keys()];
  }

  /** What is remembered, of any age. */
  peek(key: string): Cached<T> | undefined {
    return this.#entries.get(key);
  }

  /**
   * The remembered answer if at most `maxAgeMs` old, else that of `load`. When `load` fails and there is an old answer, the old one is given, stale;
   * with `strict` the failure is given instead.
   */
  async get(
    key: string,
    maxAgeMs: number,
    load: (signal: AbortSignal) => Promise<Result<T>>,
    { signal, strict = false }: { readonly signal?: AbortSignal | undefined; readonly strict?: boolean } = {},
  ): Promise<Result<Cached<T>>> {
    const known = this.#entries.get(key);
    if (known && !known.stale && this.#clock.now() - known.asOf <= maxAgeMs) return { ok: true, value: known };
    const answer = await this.#flights.run(key, (ending) => this.#load(key, load, ending), cancelled, signal);
    if (answer.ok || strict || answer.failure.reason === 'cancelled') return answer;
    const old = this.#entries.get(key);
    return old ? { ok: true, value: old } : answer;
  }

  /** Forgets the keys for which `matches` holds. A load under way still delivers to its callers, but is not remembered: it may have seen the time before. */
  forget(matches: (key: string) => boolean): void {
    this.#epoch++;
    for (const key of [...this.#entries.keys()]) if (matches(key)) this.#entries.delete(key);
  }

  /** Changes remembered values in place, their age kept; `change` answers the same value for those that stay. True when one did not. */
  replace(matches: (key: string) => boolean, change: (value: T) => T): boolean {
    let changed = false;
    for (const [key, entry] of this.#entries) {
      const value = matches(key) ? change(entry.value) : entry.value;
      if (value === entry.value) continue;
      this.#entries.set(key, { ...entry, value });
      changed = true;
    }
    return changed;
  }

  async #load(key: string, load: (signal: AbortSignal) => Promise<Result<T>>, signal: AbortSignal): Promise<Result<Cached<T>>> {
    const epoch = this.#epoch;
    const answer = await load(signal);
    if (answer.ok) {
      const entry = { value: answer.value, asOf: this.#clock.now(), stale: false };
      if (epoch === this.#epoch) this.#entries.set(key, entry);
      return { ok: true, value: entry };
    }
    const old = this.#entries.get(key);
    if (old && answer.failure.reason !== 'cancelled') this.#entries.set(key, { ...old, stale: true, failure: answer.failure });
    return answer;
  }
}

const cancelled = failed('cancelled', 'Cancelled.');
