/** What a reconciler wants next: nothing, or to be called again after so many milliseconds. */
export type Again = { readonly afterMs: number } | undefined;

const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;

/**
 * Runs `reconcile` for one key at a time, never twice at once for the same key. A key that changes while it is being
 * worked on runs once more; one that throws runs again after 1 s, 2 s, 4 s … 30 s.
 */
export class Queue {
  readonly #name: string;
  readonly #reconcile: (key: string) => Promise<Again>;
  readonly #running = new Set<string>();
  readonly #dirty = new Set<string>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #failures = new Map<string, number>();

  constructor(name: string, reconcile: (key: string) => Promise<Again>) {
    this.#name = name;
    this.#reconcile = reconcile;
  }

  add(key: string): void {
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
    if (this.#running.has(key)) this.#dirty.add(key);
    else void this.#run(key);
  }

  async #run(key: string): Promise<void> {
    this.#running.add(key);
    try {
      const again = await this.#reconcile(key);
      this.#failures.delete(key);
      if (again) this.#later(key, again.afterMs);
    } catch (error) {
      const failures = (this.#failures.get(key) ?? 0) + 1;
      this.#failures.set(key, failures);
      this.#later(key, Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LAST_RETRY_MS));
      console.log(`${new Date().toISOString()} ${this.#name} ${key}: ${error instanceof Error ? error.message : error}`);
    } finally {
      this.#running.delete(key);
      if (this.#dirty.delete(key)) this.add(key);
    }
  }

  #later(key: string, ms: number): void {
    clearTimeout(this.#timers.get(key));
    this.#timers.set(
      key,
      setTimeout(() => this.add(key), ms),
    );
  }
}
