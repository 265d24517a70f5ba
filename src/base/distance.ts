/** The last three rows of the table of distances; the same ones for every pair, since thousands of names are compared with one. */
let rows: [Uint16Array, Uint16Array, Uint16Array] = [new Uint16Array(64), new Uint16Array(64), new Uint16Array(64)];

/**
 * Edits (insert, delete, replace, swap of neighbours) from one text to another; more than `limit` counts as limit + 1. Only the band of the table is worked out in which a distance
 * within the limit can lie (Ukkonen 1985).
 */
export function distance(one: string, other: string, limit: number): number {
  const over = limit + 1;
  if (Math.abs(one.length - other.length) > limit) return over;
  let begin = 0;
  let [end, otherEnd] = [one.length, other.length];
  while (begin < end && begin < otherEnd && one.charCodeAt(begin) === other.charCodeAt(begin)) begin++;
  while (begin < end && begin < otherEnd && one.charCodeAt(end - 1) === other.charCodeAt(otherEnd - 1)) {
    end--;
    otherEnd--;
  }
  const [height, width] = [end - begin, otherEnd - begin];
  if (rows[0].length < width + 2) rows = [new Uint16Array(width + 2), new Uint16Array(width + 2), new Uint16Array(width + 2)];
  let [before, previous, current] = rows;
  for (let column = 0; column <= width; column++) previous[column] = Math.min(column, over);
  for (let row = 1; row <= height; row++) {
    const from = Math.max(1, row - limit);
    const to = Math.min(width, row + limit);
    current[from - 1] = from === 1 ? Math.min(row, over) : over;
    if (to < width) current[to + 1] = over;
    let least = current[from - 1] ?? over;
    const letter = one.charCodeAt(begin + row - 1);
    const last = one.charCodeAt(begin + row - 2);
    for (let column = from; column <= to; column++) {
      const at = other.charCodeAt(begin + column - 1);
      let edits = (previous[column - 1] ?? over) + (letter === at ? 0 : 1);
      edits = Math.min(edits, (previous[column] ?? over) + 1, (current[column - 1] ?? over) + 1);
      if (row > 1 && column > 1 && last === at && letter === other.charCodeAt(begin + column - 2))
        edits = Math.min(edits, (before[column - 2] ?? over) + 1);
      current[column] = Math.min(edits, over);
      least = Math.min(least, edits);
    }
    if (least > limit) return over;
    const free = before;
    before = previous;
    previous = current;
    current = free;
  }
  return Math.min(previous[width] ?? over, over);
}
