/** Crashes this long after the last one are a new story: the wait begins at none again. */
const forgottenAfterMs = 180_000;
const longestDelayMs = 30_000;

/** What to do after a crash: how long to wait before the next start, and the documents the next server must not get. */
export interface Recovery {
  readonly delayMs: number;
  readonly leaveOut: readonly string[];
}

/**
 * Keeps the language server alive: the first restart comes at once, the next ones ever later. A document that was in work at two crashes in a row
 * is held to be the cause and left out until it is closed, so that the others keep their diagnostics.
 */
export class Crashes {
  readonly #inWork = new Set<string>();
  readonly #leftOut = new Set<string>();
  #suspects: ReadonlySet<string> = new Set();
  #inRow = 0;
  #last = Number.NEGATIVE_INFINITY;

  /** The server was given a document, or a change of it. */
  given(document: string): void {
    this.#inWork.add(document);
  }

  /** The server has said what it thinks of a document. */
  finished(document: string): void {
    this.#inWork.delete(document);
  }

  closed(document: string): void {
    this.#inWork.delete(document);
    this.#leftOut.delete(document);
  }

  leavesOut(document: string): boolean {
    return this.#leftOut.has(document);
  }

  /** The server has died at `now` (ms). */
  crashed(now: number): Recovery {
    const again = now - this.#last < forgottenAfterMs;
    this.#inRow = again ? this.#inRow + 1 : 0;
    this.#last = now;
    const leaveOut = again ? [...this.#inWork].filter((document) => this.#suspects.has(document)) : [];
    for (const document of leaveOut) this.#leftOut.add(document);
    this.#suspects = new Set(this.#inWork);
    this.#inWork.clear();
    return { delayMs: this.#inRow === 0 ? 0 : Math.min(1000 * 2 ** (this.#inRow - 1), longestDelayMs), leaveOut };
  }
}
