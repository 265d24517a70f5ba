import type { MapEdge, MapGraph, MapNode } from './graph.ts';

/** A thing on the picture: itself, or several that are drawn as one. */
export interface Drawn extends MapNode {
  /** How many it stands for. */
  readonly count: number;
  /** The pile that it would be part of, were it not unfolded. */
  readonly pile?: string;
}

/** What is drawn of a map, and which pile each thing that is not drawn is in. */
export interface DrawnGraph {
  readonly nodes: readonly Drawn[];
  readonly edges: readonly MapEdge[];
  readonly shownBy: ReadonlyMap<string, string>;
}

/** More of a kind than this, below the same and in the same state, are piled up. */
const mostAlone = 4;

/** Piles up things of one kind that hang on the same and are in the same state, so that a Deployment of 2,000 pods is a pile or a few; those of `unfolded` piles stand alone. */
export function fold({ nodes, edges }: MapGraph, unfolded: ReadonlySet<string> = new Set()): DrawnGraph {
  const above = new Map<string, string[]>();
  for (const { from, to } of edges) {
    const known = above.get(to);
    if (known) known.push(from);
    else above.set(to, [from]);
  }
  const parents = (id: string) => {
    const all = above.get(id) ?? [];
    return all.length > 1 ? all.sort().join(' ') : (all[0] ?? '');
  };
  const pileOf = ({ id, kind, word, mood }: MapNode) => `pile ${kind} ${mood} ${word} ${parents(id)}`;
  const shownBy = new Map<string, string>();
  const drawn: Drawn[] = [];
  for (const [pile, members] of Map.groupBy(nodes, pileOf)) {
    const [first] = members;
    if (!first) continue;
    const alone = members.length <= mostAlone;
    if (alone || unfolded.has(pile)) drawn.push(...members.map((node) => ({ ...node, count: 1, ...(alone ? {} : { pile }) })));
    else drawn.push({ ...first, id: pile, name: `${beginningOf(members)}…`, count: members.length });
    for (const { id } of members) shownBy.set(id, alone || unfolded.has(pile) ? id : pile);
  }
  const once = new Map<string, MapEdge>();
  for (const { from, to, says } of edges) {
    const [left, right] = [shownBy.get(from), shownBy.get(to)];
    if (left !== undefined && right !== undefined && left !== right)
      once.set(`${left}\n${right}`, { from: left, to: right, says });
  }
  return { nodes: drawn, edges: [...once.values()], shownBy };
}

/** What all the names begin with, up to the end of a part: `web-` of `web-1a` and `web-2b`. */
function beginningOf(nodes: readonly MapNode[]): string {
  const [first = '', ...others] = nodes.map(({ name }) => name);
  let length = first.length;
  for (const name of others) {
    let same = 0;
    while (same < length && name[same] === first[same]) same++;
    length = same;
  }
  const part = first.slice(0, length).lastIndexOf('-');
  return first.slice(0, part + 1);
}
