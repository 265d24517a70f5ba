import type { Step } from '../types.ts';

/** Files that go out together, and only after all of the stages before work. */
export interface Stage {
  readonly files: readonly string[];
  readonly steps: readonly Step[];
}

/** For each file, the files that it waits for: 0 to be there, 1 to work. */
type Graph = ReadonlyMap<string, ReadonlyMap<string, 0 | 1>>;

/**
 * The order of a plan in files, for engines that know no finer one: as few stages as its references allow. What must *work* first is in an earlier stage; what must only be there first, in the same one or
 * an earlier. Files that wait for each other share a stage: within one the engine orders by kind. Files stand in the order of the plan.
 */
export function stagesOf(steps: readonly Step[]): readonly Stage[] {
  const graph = graphOf(steps);
  const group = groupsOf(graph);
  const levels = new Map<number, number>();
  const levelOf = (id: number): number => {
    const known = levels.get(id);
    if (known !== undefined) return known;
    const files = [...graph.keys()].filter((file) => group.get(file) === id);
    const before = files.flatMap((file) => [...(graph.get(file) ?? [])].filter(([other]) => group.get(other) !== id));
    const level = Math.max(0, ...before.map(([other, ready]) => levelOf(group.get(other) ?? 0) + ready));
    levels.set(id, level);
    return level;
  };
  const byLevel = Map.groupBy(steps, ({ source }) => levelOf(group.get(source.file) ?? 0));
  return [...byLevel]
    .sort(([one], [other]) => one - other)
    .map(([, own]) => ({ files: [...new Set(own.map(({ source }) => source.file))], steps: own }));
}

function graphOf(steps: readonly Step[]): Graph {
  const files = new Map(steps.map(({ key, source }) => [key, source.file]));
  const graph = new Map<string, Map<string, 0 | 1>>(steps.map(({ source }) => [source.file, new Map()]));
  for (const { source, after } of steps) {
    const before = graph.get(source.file);
    for (const { key, until } of after) {
      const file = files.get(key);
      if (file === undefined || file === source.file) continue;
      before?.set(file, until === 'ready' || before.get(file) === 1 ? 1 : 0);
    }
  }
  return graph;
}

/** The strongly connected components, each by a number. Source: Tarjan, "Depth-first search and linear graph algorithms" (1972). */
function groupsOf(graph: Graph): ReadonlyMap<string, number> {
  const group = new Map<string, number>();
  const seen = new Map<string, number>();
  const trail: string[] = [];
  const visit = (file: string): number => {
    const own = seen.size;
    seen.set(file, own);
    trail.push(file);
    let lowest = own;
    for (const other of graph.get(file)?.keys() ?? []) {
      if (group.has(other)) continue;
      lowest = Math.min(lowest, seen.get(other) ?? visit(other));
    }
    if (lowest === own) for (const member of trail.splice(trail.indexOf(file))) group.set(member, own);
    return lowest;
  };
  for (const file of graph.keys()) if (!seen.has(file)) visit(file);
  return group;
}
