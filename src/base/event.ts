/** Something that can be ended; ending twice does no harm. Shaped like VS Code's, so that its own fits. */
export interface Disposable {
  dispose(): void;
}

/** Subscribes a listener; the returned disposable unsubscribes it. */
export type Event<T> = (listener: (event: T) => void) => Disposable;

/** The sending side of an {@link Event}. A listener that throws does not keep the others from hearing. */
export class Emitter<T> implements Disposable {
  readonly #listeners = new Set<(event: T) => void>();
  readonly event: Event<T> = (listener) => {
    const entry = (event: T) => listener(event);
    this.#listeners.add(entry);
    return { dispose: () => void this.#listeners.delete(entry) };
  };

  get hasListeners(): boolean {
    return this.#listeners.size > 0;
  }

  fire(event: T): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(event);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  dispose(): void {
    this.#listeners.clear();
  }
}

/** Joins disposables into one; they end in reverse order. */
export function disposeAll(disposables: Iterable<Disposable>): Disposable {
  const all = [...disposables].reverse();
  return {
    dispose: () => {
      for (const one of all.splice(0)) one.dispose();
    },
  };
}
