/** So long a piece of work may hold up everybody else, in ms: a quarter of what one picture of a screen takes. */
const turnMs = 4;

/** Lets all come first that waits already: answers, timers, other work. The first of the two may still belong to the turn in which an answer came (Node's event loop: poll, then check). */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}

/** Long work in turns. Call what this gives after every piece: where the turn has lasted its time it is a promise to wait for. */
export function inTurns(): () => Promise<void> | undefined {
  let began = performance.now();
  return () =>
    performance.now() - began < turnMs
      ? undefined
      : nextTurn().then(() => {
          began = performance.now();
        });
}
