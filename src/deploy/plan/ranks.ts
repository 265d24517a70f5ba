import { type After, goingOut } from './order.ts';

/** Numbers by which objects stand before or behind each other, the first of them counts most. */
export type Rank = readonly number[];

/** Objects in rows behind each other: all of a rank wait for all of the one before. */
export interface Ranking {
  /** By key; who is not in it waits for none, and none for it. */
  readonly of: ReadonlyMap<string, Rank>;
  /** The keys of those whose rank somebody wrote down; the others have that of all who say nothing. */
  readonly said: ReadonlySet<string>;
  /** What must be true of objects of a rank before those of the next go out. */
  readonly until: (before: Rank, next: Rank) => 'present' | 'ready';
  readonly words: (rank: Rank) => string;
}

/** An object that goes out earlier than its rank says, for one that names it, by keys and in words. */
export interface Moved {
  readonly key: string;
  readonly for: string;
  readonly from: string;
  readonly to: string;
}

/** Who comes after whom, see `orderObjects`. */
type Order = ReadonlyMap<string, readonly After[]>;

/**
 * An order with rankings put into it. What an object needs by the order has no higher rank than itself: it moves down to it, so that no ranking closes a circle with what was there before; a later
 * ranking gives way to an earlier one. Who waits for a rank whose objects are all `settled` (nothing of them is sent, so that they wait for nobody) waits for those before it, too.
 */
export function inRanks(
  order: Order,
  rankings: readonly Ranking[],
  settled: ReadonlySet<string> = new Set(),
): { readonly order: Order; readonly moved: readonly Moved[] } {
  const moved: Moved[] = [];
  let result = order;
  for (const ranking of rankings) {
    const lowered = lower(result, ranking);
    for (const [key, { rank, for: needed }] of lowered) {
      const own = ranking.of.get(key);
      if (!own || needed === undefined || !ranking.said.has(key)) continue;
      moved.push({ key, for: needed, from: ranking.words(own), to: ranking.words(rank) });
    }
    result = inRows(result, ranking, lowered, settled);
  }
  return { order: result, moved };
}

/** The rank that an object goes out with, and for whom if that is not its own. */
interface Lowered {
  readonly rank: Rank;
  readonly for?: string;
}

function lower(order: Order, { of }: Ranking): ReadonlyMap<string, Lowered> {
  const lowered = new Map<string, Lowered>([...of].map(([key, rank]) => [key, { rank }]));
  // who needs an object stands behind it
  for (const [key, after] of [...order].reverse()) {
    const rank = lowered.get(key)?.rank;
    if (!rank) continue;
    for (const { key: first } of after) {
      const other = lowered.get(first);
      if (!other || compare(rank, other.rank) < 0) lowered.set(first, { rank, for: key });
    }
  }
  return lowered;
}

function inRows(
  order: Order,
  { of, until, words }: Ranking,
  lowered: ReadonlyMap<string, Lowered>,
  settled: ReadonlySet<string>,
) {
  const byRank = Map.groupBy(of.keys(), (key) => (lowered.get(key)?.rank ?? []).join());
  const rows = [...byRank.values()]
    .map((keys) => ({ keys, rank: lowered.get(keys[0] ?? '')?.rank ?? [] }))
    .sort((one, other) => compare(one.rank, other.rank));
  const graph = new Map([...order].map(([key, after]) => [key, new Map(after.map((one) => [one.key, one]))]));
  rows.forEach(({ keys, rank }, index) => {
    const waits: After[] = [];
    for (let at = index - 1; at >= 0; at--) {
      const before = rows[at];
      if (!before) break;
      const why = `${words(before.rank)} before ${words(rank)}`;
      waits.push(...before.keys.map((key): After => ({ key, until: until(before.rank, rank), why })));
      if (!before.keys.every((key) => settled.has(key))) break;
    }
    for (const key of keys) {
      const after = graph.get(key);
      for (const one of waits) if (after && (after.get(one.key)?.until ?? 'present') !== 'ready') after.set(one.key, one);
    }
  });
  return new Map(goingOut(graph).map((key) => [key, [...(graph.get(key)?.values() ?? [])]]));
}

function compare(one: Rank, other: Rank): number {
  const at = one.findIndex((number, index) => number !== other[index]);
  return at < 0 ? 0 : (one[at] ?? 0) - (other[at] ?? 0);
}
