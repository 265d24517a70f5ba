/** Works on what a sequence brings, `atATime` at once and no more of it drawn than is worked on; stops drawing once `signal` is aborted. Rejects as the first work that does. */
export async function eachOf<T>(
  sequence: AsyncIterable<T> | Iterable<T>,
  atATime: number,
  work: (one: T) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const drawn = (async function* () {
    yield* sequence;
  })();
  const worker = async () => {
    while (!signal?.aborted) {
      const next = await drawn.next();
      if (next.done) return;
      await work(next.value);
    }
  };
  await Promise.all(Array.from({ length: atATime }, worker));
}
