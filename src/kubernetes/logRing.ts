/** One line on its way to the user: what a container wrote, or a sentence on what happens to its log. */
export interface LogEntry {
  /** `web-1/app`; empty for a sentence about the whole. */
  readonly source: string;
  readonly notice: boolean;
  /** As in a line of a log; empty for a sentence. */
  readonly time: string;
  readonly at: number;
  readonly text: string;
}

/** So much of a log is kept, whichever is less: at most 16 MiB of memory, for V8 holds a character in one byte or two. */
export const mostLines = 20_000;
export const mostCharacters = 8 * 1024 * 1024;

/** The newest entries of a log; the oldest make room. */
export class LogRing {
  readonly #mostLines: number;
  readonly #mostCharacters: number;
  #entries: LogEntry[] = [];
  #head = 0;
  #characters = 0;
  /** How many entries were ever added, and so the number of the next one. */
  added = 0;

  constructor(lines = mostLines, characters = mostCharacters) {
    this.#mostLines = lines;
    this.#mostCharacters = characters;
  }

  get length(): number {
    return this.#entries.length - this.#head;
  }

  add(entries: readonly LogEntry[]): void {
    for (const entry of entries) {
      this.#entries.push(entry);
      this.#characters += sizeOf(entry);
    }
    this.added += entries.length;
    while (this.length > this.#mostLines || (this.#characters > this.#mostCharacters && this.length > 1)) {
      const oldest = this.#entries[this.#head++];
      if (oldest) this.#characters -= sizeOf(oldest);
    }
    if (this.#head > this.#entries.length / 2) {
      this.#entries = this.#entries.slice(this.#head);
      this.#head = 0;
    }
  }

  /** What is kept of the entries from number `from` on, oldest first. */
  since(from = 0): readonly LogEntry[] {
    const first = this.added - this.length;
    return this.#entries.slice(this.#head + Math.max(0, from - first));
  }

  clear(): void {
    this.#entries = [];
    this.#head = 0;
    this.#characters = 0;
  }
}

function sizeOf({ text, time }: LogEntry): number {
  return text.length + time.length;
}
