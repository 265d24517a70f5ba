/** Messages that are taken or written between two turns of long work, at most. */
const mostWaiting = 8;

/** Awaited between two turns of long work. A connection takes one message, and writes one, in each turn of the loop: all that wait come in between, and not one of them. */
export async function betweenTurns(): Promise<void> {
  for (let turn = 0; turn < mostWaiting; turn += 1) await new Promise(setImmediate);
}
