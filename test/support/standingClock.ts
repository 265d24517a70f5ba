import type { Clock } from '../../src/base/clock.ts';

/** A clock that stands until it is told to go on, and wakes its sleepers in their order. */
export class StandingClock implements Clock {
  #now = 0;
  readonly #sleepers: { readonly at: number; readonly wake: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((wake) => {
      const sleeper = { at: this.#now + ms, wake };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', () => {
        this.#sleepers.splice(this.#sleepers.indexOf(sleeper), 1);
        wake();
      });
    });
  }

  get sleepers(): number {
    return this.#sleepers.length;
  }

  async goTo(seconds: number): Promise<void> {
    for (;;) {
      const next = this.#sleepers.toSorted((one, other) => one.at - other.at)[0];
      if (!next || next.at > seconds * 1000) break;
      this.#now = Math.max(this.#now, next.at);
      this.#sleepers.splice(this.#sleepers.indexOf(next), 1);
      next.wake();
      await new Promise((settled) => setImmediate(settled));
    }
    this.#now = seconds * 1000;
  }
}
