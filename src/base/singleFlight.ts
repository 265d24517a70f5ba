/** Joins equal calls made at the same time: the second waits for the first one's answer instead of asking again. */
export class SingleFlight<T> {
  readonly #flights = new Map<string, Flight<T>>();

  /**
   * Runs `work` unless a run of the same key is under way. The run's own signal fires only when every caller has gone:
   * one impatient caller does not take the answer from the others. A caller whose signal fires gets `cancelled`.
   */
  run(key: string, work: (signal: AbortSignal) => Promise<T>, cancelled: T, signal?: AbortSignal): Promise<T> {
    if (signal?.aborted) return Promise.resolve(cancelled);
    const flight = this.#flights.get(key) ?? this.#start(key, work);
    flight.waiting++;
    return new Promise((resolve, reject) => {
      const leave = () => {
        if (--flight.waiting === 0) this.#drop(key, flight);
        resolve(cancelled);
      };
      signal?.addEventListener('abort', leave, { once: true });
      flight.promise.then(resolve, reject).finally(() => signal?.removeEventListener('abort', leave));
    });
  }

  #start(key: string, work: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const controller = new AbortController();
    const flight: Flight<T> = {
      controller,
      waiting: 0,
      promise: work(controller.signal).finally(() => this.#forget(key, flight)),
    };
    this.#flights.set(key, flight);
    return flight;
  }

  #drop(key: string, flight: Flight<T>): void {
    this.#forget(key, flight);
    flight.controller.abort();
  }

  #forget(key: string, flight: Flight<T>): void {
    if (this.#flights.get(key) === flight) this.#flights.delete(key);
  }
}

interface Flight<T> {
  readonly controller: AbortController;
  readonly promise: Promise<T>;
  waiting: number;
}
