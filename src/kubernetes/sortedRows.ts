import type { TableRow } from './cluster.ts';

/** Rows by key, in the order of their keys. Pages come in that order, so adding one costs as much as it has rows; a change costs a search, never a sort of all. */
export class SortedRows {
  readonly #keys: string[] = [];
  readonly #rows: TableRow[] = [];
  #snapshot: readonly TableRow[] | undefined;

  get size(): number {
    return this.#keys.length;
  }

  /** All rows; the same array until one changes. */
  get all(): readonly TableRow[] {
    this.#snapshot ??= this.#rows.slice();
    return this.#snapshot;
  }

  has(key: string): boolean {
    return this.#keys[this.#placeOf(key)] === key;
  }

  set(key: string, row: TableRow): void {
    const place = this.#placeOf(key);
    this.#snapshot = undefined;
    if (this.#keys[place] === key) this.#rows[place] = row;
    else if (place === this.#keys.length) {
      this.#keys.push(key);
      this.#rows.push(row);
    } else {
      this.#keys.splice(place, 0, key);
      this.#rows.splice(place, 0, row);
    }
  }

  delete(key: string): void {
    const place = this.#placeOf(key);
    if (this.#keys[place] !== key) return;
    this.#snapshot = undefined;
    this.#keys.splice(place, 1);
    this.#rows.splice(place, 1);
  }

  clear(): void {
    this.#snapshot = undefined;
    this.#keys.length = 0;
    this.#rows.length = 0;
  }

  /** Where the key stands, or would stand. */
  #placeOf(key: string): number {
    const last = this.#keys.at(-1);
    if (last === undefined || last < key) return this.#keys.length;
    let [from, to] = [0, this.#keys.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.#keys[middle] ?? '') < key) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}
