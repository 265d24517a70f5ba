import type { Document, Node } from 'yaml';
import { moveNode } from './quickNodes.ts';

/** A text and the tree that was read of it. */
export interface ReadBefore {
  readonly text: string;
  readonly tree: Document;
}

/** What is other in a text than it was, as one run, and the tree of the text before, whose nodes move into the new one. */
export class Edit {
  readonly before: ReadBefore;
  /** The run in the new text. */
  readonly start: number;
  readonly end: number;
  readonly #by: number;
  readonly #text: string;

  constructor(before: ReadBefore, text: string) {
    this.before = before;
    const [old, shorter] = [before.text, Math.min(before.text.length, text.length)];
    let start = 0;
    while (start + stride <= shorter && old.slice(start, start + stride) === text.slice(start, start + stride)) start += stride;
    while (start < shorter && old.charCodeAt(start) === text.charCodeAt(start)) start += 1;
    let same = 0;
    while (same + stride <= shorter - start && isSameTail(old, text, same)) same += stride;
    while (same < shorter - start && old.charCodeAt(old.length - 1 - same) === text.charCodeAt(text.length - 1 - same)) same += 1;
    this.start = start;
    this.end = text.length - same;
    this.#by = text.length - old.length;
    this.#text = text;
  }

  /** The lines it touches, as they were and as they are. */
  get lines(): string {
    const { text } = this.before;
    return `${linesAround(text, this.start, this.end - this.#by)}\n${this.written}`;
  }

  /** The lines it touches as they are. */
  get written(): string {
    return linesAround(this.#text, this.start, this.end);
  }

  /** Where a place of the new text was before; -1 for one in the run. */
  offsetBefore(at: number): number {
    return at < this.start ? at : at >= this.end ? at - this.#by : -1;
  }

  /** Moves an entry that stands behind the run: its key and value, or an item twice. */
  move(first: Node, last: Node): void {
    if (this.#by === 0) return;
    moveNode(first, this.#by);
    if (last !== first) moveNode(last, this.#by);
  }
}

/** The lines in which a run stands, without the last break. */
export function linesAround(text: string, start: number, end: number): string {
  const last = text.indexOf('\n', end);
  return text.slice(text.lastIndexOf('\n', start - 1) + 1, last < 0 ? text.length : last);
}

/** Long runs are compared by so many UTF-16 units at once. */
const stride = 4096;

function isSameTail(one: string, other: string, behind: number): boolean {
  const [end, otherEnd] = [one.length - behind, other.length - behind];
  return one.slice(end - stride, end) === other.slice(otherEnd - stride, otherEnd);
}

/** The entries of a collection as it was before, found by where they stood, in their order. */
export class Kept<E> {
  readonly items: readonly E[];
  readonly #starts: readonly number[];
  #next = 0;

  constructor(items: readonly E[], start: (item: E) => Node) {
    this.items = items;
    this.#starts = items.map((item) => start(item).range?.[0] ?? -1);
  }

  /** The index of the entry that stood there; -1 if none did. */
  find(at: number): number {
    if (at < 0) return -1;
    while (this.#next < this.#starts.length && (this.#starts[this.#next] ?? 0) < at) this.#next += 1;
    return this.#starts[this.#next] === at ? this.#next : -1;
  }
}
