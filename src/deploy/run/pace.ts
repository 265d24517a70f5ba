import { setTimeout as sleep } from 'node:timers/promises';
import { socketsPerOrigin } from '../../base/agents.ts';
import { type Failure, failed, type Result } from '../../base/failure.ts';

/** How requests are paced. Times in ms. */
export interface PaceOptions {
  /** Most requests in flight; by default as many as keep a server busy: 16 beside it (32 were no faster on two cores), as many as there are connections (40) over a line on which the quickest answer takes {@link longLineMs}: fewer than API Priority and Fairness gives seats to the level of any user (global-default: 20 of 245 shares of 600). */
  readonly parallel?: number | undefined;
  /** See `Cluster.quickestMs`. */
  readonly quickestMs?: number | undefined;
  /** First pause before a second try, doubled each time up to `longestMs`; jitter halves it at most. Default 500 and 8,000. */
  readonly firstMs?: number;
  readonly longestMs?: number;
}

/** From here on it is the line that takes the time, and not the server. */
const longLineMs = 10;

/** One paced request. */
export interface Attempt {
  readonly signal: AbortSignal;
  /** After this long no new try is begun. */
  readonly budgetMs: number;
  readonly transient: (failure: Failure) => boolean;
  readonly retryAfter?: (failure: Failure) => number;
  readonly onRetry?: (failure: Failure) => void;
}

/**
 * Lets requests through in parallel, as many as the server bears: a 429 or 503 halves the number in flight, successes raise it again one by one.
 * Transient failures are tried again with growing pauses until their budget is used up.
 */
export class Pace {
  readonly #most: number;
  readonly #firstMs: number;
  readonly #longestMs: number;
  #limit: number;
  #inFlight = 0;
  #calm = 0;
  #pausedUntil = 0;
  readonly #waiting: (() => void)[] = [];

  constructor({
    quickestMs = 0,
    parallel = quickestMs < longLineMs ? 16 : socketsPerOrigin,
    firstMs = 500,
    longestMs = 8_000,
  }: PaceOptions = {}) {
    this.#most = parallel;
    this.#limit = parallel;
    this.#firstMs = firstMs;
    this.#longestMs = longestMs;
  }

  /** How many may be in flight at this moment. */
  get limit(): number {
    return this.#limit;
  }

  async run<T>(request: () => Promise<Result<T>>, attempt: Attempt): Promise<Result<T>> {
    const until = Date.now() + attempt.budgetMs;
    for (let tries = 0; ; tries++) {
      const result = await this.#once(request, attempt.signal);
      if (result.ok || attempt.signal.aborted || !attempt.transient(result.failure)) return result;
      const pause = Math.max(this.#backOff(tries), attempt.retryAfter?.(result.failure) ?? 0);
      if (Date.now() + pause > until) return result;
      attempt.onRetry?.(result.failure);
      if (!(await pausedFor(pause, attempt.signal))) return result;
    }
  }

  async #once<T>(request: () => Promise<Result<T>>, signal: AbortSignal): Promise<Result<T>> {
    if (!(await this.#enter(signal))) return failed('cancelled', 'Cancelled before it was sent.');
    try {
      const result = await request();
      this.#learn(result);
      return result;
    } finally {
      this.#inFlight--;
      this.#admit();
    }
  }

  #backOff(tries: number): number {
    const full = Math.min(this.#firstMs * 2 ** tries, this.#longestMs);
    return full / 2 + (Math.random() * full) / 2;
  }

  #learn(result: Result<unknown>): void {
    if (result.ok) {
      this.#calm++;
      if (this.#calm < this.#limit || this.#limit >= this.#most) return;
      this.#limit++;
      this.#calm = 0;
      return;
    }
    const { reason, status, retryAfterMs } = result.failure;
    if (reason !== 'throttled' && status !== 503) return;
    this.#limit = Math.max(1, Math.floor(this.#limit / 2));
    this.#calm = 0;
    if (retryAfterMs !== undefined) this.#pausedUntil = Math.max(this.#pausedUntil, Date.now() + retryAfterMs);
  }

  async #enter(signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      const patience = this.#pausedUntil - Date.now();
      if (patience > 0) await pausedFor(patience, signal);
      else if (this.#inFlight < this.#limit) {
        this.#inFlight++;
        return true;
      } else await this.#turn(signal);
    }
    return false;
  }

  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const go = () => {
        signal.removeEventListener('abort', go);
        resolve();
      };
      signal.addEventListener('abort', go, { once: true });
      this.#waiting.push(go);
    });
  }

  #admit(): void {
    for (let free = this.#limit - this.#inFlight; free > 0 && this.#waiting.length > 0; free--) this.#waiting.shift()?.();
  }
}

/** False when the signal ended the pause. */
async function pausedFor(ms: number, signal: AbortSignal): Promise<boolean> {
  return sleep(ms, true, { signal }).catch(() => false);
}
