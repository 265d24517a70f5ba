/** How something stands; `good` and `quiet` need no colour. */
export const moods = ['good', 'quiet', 'busy', 'warning', 'bad'] as const;
export type MapMood = (typeof moods)[number];

/** The rows of a map from the top down: from who comes in, over what runs, to what it stands on. */
export const layers = [
  { id: 'address', title: 'Addresses', world: 'openstack' },
  { id: 'balancer', title: 'Load balancers', world: 'openstack' },
  { id: 'entry', title: 'Entry', world: 'kubernetes' },
  { id: 'route', title: 'Routes', world: 'kubernetes' },
  { id: 'service', title: 'Services', world: 'kubernetes' },
  { id: 'workload', title: 'Workloads', world: 'kubernetes' },
  { id: 'job', title: 'Jobs', world: 'kubernetes' },
  { id: 'pod', title: 'Pods', world: 'kubernetes' },
  { id: 'ground', title: 'Nodes, claims, configuration', world: 'kubernetes' },
  { id: 'volume', title: 'Volumes', world: 'kubernetes' },
  { id: 'machine', title: 'Servers and volumes', world: 'openstack' },
  { id: 'port', title: 'Ports', world: 'openstack' },
] as const;
export type LayerId = (typeof layers)[number]['id'];

/** One thing on a map. Nothing of it is secret: a kind, a name and a state, as the trees show them. */
export interface MapNode {
  /** Its key in the whole window (see the explorer's keys). */
  readonly id: string;
  readonly layer: LayerId;
  /** `Deployment`, `Load balancer`. */
  readonly kind: string;
  readonly name: string;
  readonly mood: MapMood;
  /** Its state in a word: `Running`, `2/2`; empty where it has none. */
  readonly word: string;
}

/** One thing leads to another: `Service web` *sends to* `Deployment web`. */
export interface MapEdge {
  readonly from: string;
  readonly to: string;
  readonly says: string;
}

export interface MapGraph {
  readonly nodes: readonly MapNode[];
  readonly edges: readonly MapEdge[];
}

export const emptyGraph: MapGraph = { nodes: [], edges: [] };

/** Several graphs as one: things that are the same once, and between two things one edge. Edges that lead out of it are left out. */
export function joined(...graphs: readonly MapGraph[]): MapGraph {
  const nodes = new Map(graphs.flatMap((graph) => graph.nodes).map((node) => [node.id, node]));
  const edges = new Map<string, MapEdge>();
  for (const edge of graphs.flatMap((graph) => graph.edges)) {
    const pair = [edge.from, edge.to].sort().join('\n');
    if (edge.from !== edge.to && nodes.has(edge.from) && nodes.has(edge.to) && !edges.has(pair)) edges.set(pair, edge);
  }
  return { nodes: [...nodes.values()], edges: [...edges.values()] };
}

/** What is met on the ways to one thing and from it on; what only shares a neighbour with it is left out. */
export function around(graph: MapGraph, id: string): MapGraph {
  const [forth, back] = [new Map<string, string[]>(), new Map<string, string[]>()];
  const put = (ways: Map<string, string[]>, one: string, other: string) => {
    const known = ways.get(one);
    if (known) known.push(other);
    else ways.set(one, [other]);
  };
  const ranks = new Map(graph.nodes.map((node) => [node.id, rankOf(node.layer)]));
  for (const { from, to } of graph.edges) {
    // A way leads downwards, whoever of the two names the other.
    const [above, below] = (ranks.get(from) ?? 0) <= (ranks.get(to) ?? 0) ? [from, to] : [to, from];
    put(forth, above, below);
    put(back, below, above);
  }
  const kept = new Set([id, ...reached(id, forth), ...reached(id, back)]);
  return {
    nodes: graph.nodes.filter((node) => kept.has(node.id)),
    edges: graph.edges.filter(({ from, to }) => kept.has(from) && kept.has(to)),
  };
}

function reached(id: string, ways: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const seen = new Set<string>();
  const waiting = [id];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
    for (const other of ways.get(next) ?? [])
      if (!seen.has(other)) {
        seen.add(other);
        waiting.push(other);
      }
  return seen;
}

const ranks = new Map<LayerId, number>(layers.map(({ id }, rank) => [id, rank]));

/** How far down a layer stands. */
export function rankOf(layer: LayerId): number {
  return ranks.get(layer) ?? 0;
}

/** What changed between two graphs, for whoever has the first: things to put, ids to drop, and the edges if any is other. */
export interface GraphChange {
  readonly put: readonly MapNode[];
  readonly drop: readonly string[];
  readonly edges: readonly MapEdge[] | undefined;
}

/** Undefined where nothing changed. */
export function changeOf(before: MapGraph, after: MapGraph): GraphChange | undefined {
  const known = new Map(before.nodes.map((node) => [node.id, node]));
  const there = new Set(after.nodes.map(({ id }) => id));
  const put = after.nodes.filter((node) => {
    const old = known.get(node.id);
    return !old || old.word !== node.word || old.mood !== node.mood || old.name !== node.name || old.layer !== node.layer;
  });
  const drop = before.nodes.flatMap(({ id }) => (there.has(id) ? [] : [id]));
  const same =
    before.edges.length === after.edges.length &&
    before.edges.every((edge, at) => {
      const other = after.edges[at];
      return edge.from === other?.from && edge.to === other.to && edge.says === other.says;
    });
  return put.length + drop.length === 0 && same ? undefined : { put, drop, edges: same ? undefined : after.edges };
}

/** A graph after a change. */
export function changed(graph: MapGraph, { put, drop, edges }: GraphChange): MapGraph {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  for (const id of drop) nodes.delete(id);
  for (const node of put) nodes.set(node.id, node);
  return { nodes: [...nodes.values()], edges: edges ?? graph.edges };
}
