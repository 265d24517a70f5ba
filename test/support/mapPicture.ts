import { type Drawn, fold } from '../../src/map/fold.ts';
import type { MapGraph } from '../../src/map/graph.ts';
import { layout, sizes } from '../../src/map/layout.ts';

const cellWidth = 16;

/** A map as text: a line for each row, its title first, each card at its place (half a card's room is eight characters), `│` where a line passes. */
export function mapPicture(graph: MapGraph, unfolded?: ReadonlySet<string>): string {
  const drawn = fold(graph, unfolded);
  const { rows, boxes, bends } = layout(drawn);
  const things = new Map<string, Drawn>(drawn.nodes.map((node) => [node.id, node]));
  const left = Math.min(
    ...[...boxes.values()].map(({ x }) => x),
    ...[...bends.values()].flat().map(({ x }) => x - sizes.width / 2),
  );
  const columnOf = (x: number) => Math.round(((x - left) / (sizes.width + sizes.beside)) * cellWidth);
  return rows
    .map(({ title, ids, y }) => {
      const cards = ids.map((id) => {
        const { name = '', count = 1 } = things.get(id) ?? {};
        return { at: columnOf(boxes.get(id)?.x ?? 0), text: `[${name}${count > 1 ? ` ×${count}` : ''}]` };
      });
      const lines = [...bends.values()].flat().filter((bend) => bend.y === y);
      const all = [...cards, ...lines.map(({ x }) => ({ at: columnOf(x - sizes.width / 2), text: '│' }))].sort(
        (one, other) => one.at - other.at,
      );
      let line = '';
      for (const { at, text } of all) line = line.padEnd(at) + text;
      return `${title.slice(0, 14).padEnd(16)}${line}`;
    })
    .join('\n');
}

/** A graph as indented text: each thing with its state, and below it what it leads to. */
export function graphText({ nodes, edges }: MapGraph): string {
  const names = new Map(nodes.map(({ id, kind, name }) => [id, `${kind} ${name}`]));
  return nodes
    .flatMap(({ id, kind, name, word, mood }) => [
      `${kind} ${name}${word === '' ? '' : ` · ${word}`}${mood === 'quiet' || mood === 'good' ? '' : ` (${mood})`}`,
      ...edges.filter(({ from }) => from === id).map(({ to, says }) => `  ${says} ${names.get(to)}`),
    ])
    .join('\n');
}
