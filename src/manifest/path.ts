import { type Document, isMap, isScalar, isSeq, type Node, type Pair } from 'yaml';
import type { Range } from './finding.ts';
import { keyText, pairOf, resolved } from './parse.ts';

/** Keys and list indexes from the root of an object. */
export type Path = readonly (string | number)[];

/** A step of a pattern: a key, or every item of a list. */
type Step = string | typeof every;
const every = Symbol('every item');

const patterns = new Map<string, readonly Step[]>();

/** Reads `spec.ports[*].name` and `metadata.annotations[example.org/key]`: dots part keys, `[*]` is every item, other brackets hold a key with dots. */
export function parsePattern(pattern: string): readonly Step[] {
  const known = patterns.get(pattern);
  if (known) return known;
  const steps = [...pattern.matchAll(/\[([^\]]+)\]|([^.[\]]+)/g)].map(
    ([, bracket, key]): Step => (bracket === '*' ? every : (bracket ?? key ?? '')),
  );
  patterns.set(pattern, steps);
  return steps;
}

/** A node that a pattern leads to, and its path. */
export interface Found {
  readonly node: Node;
  readonly path: Path;
}

/** Every node the pattern leads to. What is not there, is null or has another shape leads nowhere. */
export function findAll(root: Node | null | undefined, pattern: string, tree: Document): readonly Found[] {
  let found: Found[] | undefined;
  const steps = parsePattern(pattern);
  follow(root, { steps, tree, positions: [] }, 0, (node, positions) => {
    found ??= [];
    found.push({ node, path: pathOf(steps, positions) });
    return true;
  });
  return found ?? nothing;
}

/** The same nodes without their paths, which cost more than to find them. */
export function nodesAt(root: Node | null | undefined, pattern: string, tree: Document): readonly Node[] {
  let found: Node[] | undefined;
  follow(root, { steps: parsePattern(pattern), tree, positions: [] }, 0, (node) => {
    found ??= [];
    found.push(node);
    return true;
  });
  return found ?? nothing;
}

const nothing: readonly never[] = [];

/** The first node the pattern leads to. */
export function nodeAt(root: Node | null | undefined, pattern: string, tree: Document): Node | undefined {
  let first: Node | undefined;
  follow(root, { steps: parsePattern(pattern), tree, positions: [] }, 0, (node) => {
    first = node;
    return false;
  });
  return first;
}

interface Way {
  readonly steps: readonly Step[];
  readonly tree: Document;
  /** In the lists behind us. Most ways lead nowhere: paths are written down at their end only. */
  readonly positions: number[];
}

/** Goes on from a step of the way, until `found` has enough. False if it has. */
function follow(
  from: Node | null | undefined,
  way: Way,
  first: number,
  found: (node: Node, positions: readonly number[]) => boolean,
): boolean {
  const { steps, tree, positions } = way;
  let node = from;
  for (let index = first; node && index < steps.length; index += 1) {
    const step = steps[index];
    if (step === every) {
      if (!isSeq(node)) return true;
      const { items } = node;
      for (let position = 0; position < items.length; position += 1) {
        positions.push(position);
        if (!follow(resolved(items[position], tree), way, index + 1, found)) return false;
        positions.pop();
      }
      return true;
    }
    node = isMap(node) ? resolved(pairOf(node, step ?? '')?.value, tree) : undefined;
  }
  return !node || found(node, positions);
}

function pathOf(steps: readonly Step[], positions: readonly number[]): Path {
  let lists = 0;
  return steps.map((step) => {
    if (step !== every) return step;
    lists += 1;
    return positions[lists - 1] ?? 0;
  });
}

/** The scalar text at a pattern whose every `[*]` is the index that a path has at its turn: the same item of the same list. */
export function textBeside(root: Node, pattern: string, path: Path, tree: Document): string | undefined {
  const indexes = path.filter((step) => typeof step === 'number');
  const steps = parsePattern(pattern).map((step) => (step === every ? (indexes.shift() ?? 0) : step));
  let node: Node | undefined = root;
  for (const step of steps) {
    if (isMap(node)) node = resolved(pairOf(node, String(step))?.value, tree);
    else node = isSeq(node) ? resolved(node.items[Number(step)], tree) : undefined;
  }
  return isScalar(node) && node.value !== null && node.value !== undefined ? String(node.value) : undefined;
}

/** The scalar text at a path; undefined when there is none. */
export function textAt(root: Node | null | undefined, pattern: string, tree: Document): string | undefined {
  const node = nodeAt(root, pattern, tree);
  return isScalar(node) && node.value !== null && node.value !== undefined ? String(node.value) : undefined;
}

/** Where the key or the value at a path stands; the nearest part above it that is written when the path leads nowhere. */
export function rangeAt(root: Node, path: Path, tree: Document, of: 'key' | 'value' = 'value'): Range {
  let node: Node = root;
  let range = rangeOf(root);
  for (const [depth, step] of path.entries()) {
    const next = isMap(node) ? pairOf(node, String(step)) : undefined;
    const child = next ? next.value : isSeq(node) ? node.items[Number(step)] : undefined;
    if (next && of === 'key' && depth === path.length - 1) return rangeOf(next.key);
    if (next && (child === null || child === undefined)) return rangeOf(next.key);
    const target = resolved(child, tree);
    if (!target) return range;
    // What an alias stands for is written elsewhere: the place is where the alias is.
    range = rangeOf(child as Node);
    node = target;
  }
  return range;
}

/** The run of a node without the white space behind it. */
export function rangeOf(node: Node): Range {
  const [start, end] = node.range ?? [0, 0];
  return { start, end: Math.max(start, end) };
}

/** The path to the innermost value or key around an offset, for completion and hover. */
export function pathAt(root: Node, offset: number): { readonly path: Path; readonly node: Node | null; readonly onKey: boolean } {
  const path: (string | number)[] = [];
  let node: Node | null = root;
  for (;;) {
    if (isMap(node)) {
      const around: Pair | undefined = node.items.find((pair) => {
        const start = (pair.key as Node).range?.[0] ?? 0;
        const end = (pair.value as Node | null)?.range?.[2] ?? (pair.key as Node).range?.[2] ?? 0;
        return offset >= start && offset <= end;
      });
      if (!around) return { path, node, onKey: false };
      path.push(keyText(around.key));
      const key = rangeOf(around.key as Node);
      if (offset <= key.end) return { path, node: around.key as Node, onKey: true };
      node = (around.value as Node | null) ?? null;
    } else if (isSeq(node)) {
      const index = node.items.findIndex(
        (item) => offset >= ((item as Node).range?.[0] ?? 0) && offset <= ((item as Node).range?.[2] ?? 0),
      );
      if (index < 0) return { path, node, onKey: false };
      path.push(index);
      node = (node.items[index] as Node | null) ?? null;
    } else return { path, node, onKey: false };
  }
}
