/** A place in a text: line and character count from 0, in UTF-16 units, as the language server protocol counts. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

/** A run of a text that gave way to another text. */
export interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Turns offsets of one text into lines and back; built once per text. */
export class LineIndex {
  readonly #starts: readonly number[];
  readonly #length: number;

  constructor(text: string, starts = startsIn(text)) {
    this.#starts = starts;
    this.#length = text.length;
  }

  /** That of the text which this one became by an edit: far cheaper than going through it. */
  edited(text: string, { start, end, text: written }: Replacement): LineIndex {
    const [first, last] = [this.positionAt(start).line, this.positionAt(end).line];
    const starts = this.#starts.slice(0, first + 1);
    for (const one of startsIn(written).slice(1)) starts.push(start + one);
    const by = written.length - (end - start);
    for (let line = last + 1; line < this.#starts.length; line += 1) starts.push((this.#starts[line] ?? 0) + by);
    return new LineIndex(text, starts);
  }

  get lineCount(): number {
    return this.#starts.length;
  }

  positionAt(offset: number): Position {
    const at = Math.max(0, Math.min(offset, this.#length));
    let [low, high] = [0, this.#starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    return { line: low, character: at - (this.#starts[low] ?? 0) };
  }

  offsetAt({ line, character }: Position): number {
    const start = this.#starts[line];
    if (start === undefined) return this.#length;
    return Math.min(start + character, this.#starts[line + 1] ?? this.#length);
  }
}

function startsIn(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
