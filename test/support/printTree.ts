import type { Forest } from '../../src/explorer/forest.ts';
import type { Node } from '../../src/explorer/nodes.ts';

/** How a mood is written in front of a label. */
export const signs = { quiet: '', good: '', busy: '~ ', warning: '! ', bad: '✗ ' } as const;

/** A node as a line: mood as a sign, label, then what stands beside it. */
export function printNode({ row }: Node): string {
  const fold = row.open ? '▸ ' : '';
  return `${fold}${signs[row.mood]}${row.label}${row.description === '' ? '' : `   ${row.description}`}`;
}

/** The rows below a node as lines. */
export async function printChildren(forest: Forest, node?: Node): Promise<string> {
  return (await forest.children(node)).map(printNode).join('\n');
}

/** The node reached by these labels from the root; throws with what there is instead. */
export async function nodeAt(forest: Forest, ...labels: readonly string[]): Promise<Node> {
  let node: Node | undefined;
  for (const label of labels) {
    const children: readonly Node[] = await forest.children(node);
    const next = children.find(({ row }) => row.label === label);
    if (!next)
      throw new Error(
        `No row ${label} below ${node?.row.label ?? 'the root'}; there are:\n${children.map(printNode).join('\n')}`,
      );
    node = next;
  }
  if (!node) throw new Error('no labels');
  return node;
}

/** Waits until a text of rows holds what is looked for; the last text if it never does. */
export async function eventually(
  text: () => Promise<string>,
  wanted: (text: string) => boolean,
  limitMs = 60_000,
): Promise<string> {
  for (const start = Date.now(); ; ) {
    const now = await text();
    if (wanted(now) || Date.now() - start > limitMs) return now;
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}
