import type { DrawnGraph } from './fold.ts';
import { layers } from './graph.ts';

/** Where something is drawn, in pixels at zoom 1. */
export interface Box {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  /** Index of its row, the topmost first. */
  readonly row: number;
  /** Its place in the row, left first. */
  readonly place: number;
}

/** One layer, drawn as a row. */
export interface Row {
  readonly title: string;
  readonly world: 'kubernetes' | 'openstack';
  readonly y: number;
  /** Ids from left to right. */
  readonly ids: readonly string[];
}

/** Where a line passes a row that lies between its ends: straight down at `x`, from the row's upper to its lower edge. */
export interface Bend {
  readonly x: number;
  readonly y: number;
}

export interface Layout {
  readonly boxes: ReadonlyMap<string, Box>;
  readonly rows: readonly Row[];
  /** The bends of lines over more than one row, by {@link lineKey}, from above. */
  readonly bends: ReadonlyMap<string, readonly Bend[]>;
  readonly width: number;
  readonly height: number;
}

/** Sizes in pixels. `title` is the room for the names of the rows. */
export const sizes = { width: 176, height: 50, beside: 18, below: 42, margin: 26, title: 104 } as const;
const step = sizes.width + sizes.beside;
/** How much of a card's room a line takes that passes a row. */
const lineRoom = 0.3;
/** More lines than this are drawn without room of their own. */
const mostPassing = 400;
/** So often the rows are put in the order of their neighbours, from above and from below. */
const sweeps = 6;

/**
 * Puts what is drawn into rows by its layer, empty ones left out: in each, in the order of what it hangs together with (barycentres; Sugiyama, Tagawa and Toda 1981), and as near to
 * it as the others allow (least squares in a fixed order; pool adjacent violators). The same graph always lies the same way.
 */
export function layout({ nodes, edges: lines }: DrawnGraph): Layout {
  // Numbers instead of ids: thousands of things are put in order while somebody watches.
  const numbers = new Map(nodes.map(({ id }, number) => [id, number]));
  const used = layers.filter(({ id }) => nodes.some(({ layer }) => layer === id));
  const rowOfLayer = new Map<string, number>(used.map(({ id }, row) => [id, row]));
  const rowOf = nodes.map(({ layer }) => rowOfLayer.get(layer) ?? 0);
  const order: number[][] = used.map(() => []);
  for (const [number, row] of rowOf.entries()) order[row]?.push(number);
  const keys = nodes.map(({ kind, name }) => `${kind} ${name}`);
  for (const row of order) row.sort((one, other) => ((keys[one] ?? '') < (keys[other] ?? '') ? -1 : 1));
  const joinedTo: number[][] = nodes.map(() => []);
  const passing = passingPoints(lines, numbers, rowOf, order, joinedTo);
  const at = new Float64Array(rowOf.length);
  for (const row of order) for (const [place, number] of row.entries()) at[number] = place - (row.length - 1) / 2;
  const roomOf = (number: number) => (number < nodes.length ? 1 : lineRoom);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const down = sweep % 2 === 0;
    for (let step = 0; step < order.length; step++) {
      const row = down ? step : order.length - 1 - step;
      const wished = (order[row] ?? []).map((number) => ({
        number,
        wish: wishOf(number, joinedTo[number] ?? [], rowOf, at, down),
      }));
      wished.sort((one, other) => one.wish - other.wish);
      const places = apart(
        wished.map(({ wish }) => wish),
        wished.map(({ number }) => roomOf(number)),
      );
      for (const [place, { number }] of wished.entries()) at[number] = places[place] ?? 0;
      order[row] = wished.map(({ number }) => number);
    }
  }
  const left = sizes.margin + sizes.title;
  let first = Number.POSITIVE_INFINITY;
  for (const [number, place] of at.entries()) first = Math.min(first, place - (number < nodes.length ? 0 : 0.5));
  const xOf = (number: number) => Math.round(left + ((at[number] ?? 0) - first) * step);
  const boxes = new Map<string, Box>();
  let right = left;
  const rows = used.map(({ title, world }, row): Row => {
    const ids = (order[row] ?? []).flatMap((number) => nodes[number] ?? []).map(({ id }) => id);
    for (const [place, id] of ids.entries()) {
      const x = xOf(numbers.get(id) ?? 0);
      boxes.set(id, { id, row, place, x, y: yOf(row) });
      right = Math.max(right, x + sizes.width);
    }
    return { title, world, y: yOf(row), ids };
  });
  const bendOf = (number: number): Bend => ({ x: xOf(number) + sizes.width / 2, y: yOf(rowOf[number] ?? 0) });
  return {
    boxes,
    rows,
    bends: new Map([...passing].map(([key, points]) => [key, points.map(bendOf)])),
    width: right + sizes.margin,
    height: yOf(used.length) - sizes.below + sizes.margin,
  };
}

/** Gives lines over several rows a point in each row that they pass, and tells every thing and point what it is joined to. */
function passingPoints(
  lines: DrawnGraph['edges'],
  numbers: ReadonlyMap<string, number>,
  rowOf: number[],
  order: readonly number[][],
  joinedTo: number[][],
): ReadonlyMap<string, readonly number[]> {
  const passing = new Map<string, readonly number[]>();
  for (const { from, to } of lines) {
    const [one, other] = [numbers.get(from), numbers.get(to)];
    if (one === undefined || other === undefined) continue;
    const [above, below] = (rowOf[one] ?? 0) <= (rowOf[other] ?? 0) ? [one, other] : [other, one];
    const points: number[] = [];
    if (passing.size < mostPassing)
      for (let row = (rowOf[above] ?? 0) + 1; row < (rowOf[below] ?? 0); row++) {
        const point = rowOf.push(row) - 1;
        joinedTo.push([]);
        order[row]?.push(point);
        points.push(point);
      }
    let before = above;
    for (const next of [...points, below]) {
      joinedTo[before]?.push(next);
      joinedTo[next]?.push(before);
      before = next;
    }
    if (points.length > 0) passing.set(lineKey(from, to), points);
  }
  return passing;
}

/** The middle of what it is joined to: in the rows that were put in order before, else in any, else where it is. */
function wishOf(number: number, joined: readonly number[], rowOf: readonly number[], at: Float64Array, down: boolean): number {
  const row = rowOf[number] ?? 0;
  let [sum, count, all] = [0, 0, 0];
  for (const other of joined) {
    const place = at[other] ?? 0;
    const there = rowOf[other] ?? 0;
    all += place;
    if (down ? there < row : there > row) {
      sum += place;
      count++;
    }
  }
  if (count > 0) return sum / count;
  return joined.length > 0 ? all / joined.length : (at[number] ?? 0);
}

const yOf = (row: number) => sizes.margin + row * (sizes.height + sizes.below);

/** Names the line between two things. */
export const lineKey = (from: string, to: string): string => `${from}\n${to}`;

/** The places nearest to the wished ones, in their order, with room for each (isotonic regression). */
function apart(wishes: readonly number[], rooms: readonly number[]): readonly number[] {
  const offsets = [0];
  for (const [index, room] of rooms.entries()) offsets.push((offsets[index] ?? 0) + (room + (rooms[index + 1] ?? 0)) / 2);
  const pools: { sum: number; count: number }[] = [];
  for (const [index, wish] of wishes.entries()) {
    let pool = { sum: wish - (offsets[index] ?? 0), count: 1 };
    for (let last = pools.at(-1); last && last.sum / last.count >= pool.sum / pool.count; last = pools.at(-1)) {
      pools.pop();
      pool = { sum: last.sum + pool.sum, count: last.count + pool.count };
    }
    pools.push(pool);
  }
  const places: number[] = [];
  for (const { sum, count } of pools)
    for (let one = 0; one < count; one++) places.push(sum / count + (offsets[places.length] ?? 0));
  return places;
}
