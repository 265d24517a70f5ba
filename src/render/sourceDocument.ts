import { type Document, isMap, isScalar, isSeq, type Node } from 'yaml';
import type { Range } from '../manifest/finding.ts';
import { pairOf, parseDocument, resolved } from '../manifest/parse.ts';
import { findAll, type Path, rangeAt, rangeOf } from '../manifest/path.ts';
import { splitDocuments } from '../manifest/split.ts';

/** One YAML document of a file that text is rendered from, of any shape: a manifest, a patch, a list of operations, values. */
export interface SourceDocument {
  readonly file: string;
  /** Of the document itself; node ranges count from its start. */
  readonly text: string;
  /** Where it begins in the file. */
  readonly offset: number;
  readonly root: Node;
  readonly tree: Document;
}

/** A run of a source file. `literal`: the text there is read as it stands, so that what was found in a part of the rendered value can be found in it. */
export interface SourcePlace {
  readonly file: string;
  readonly range: Range;
  readonly literal: boolean;
}

/** The documents of a file that can be read. `offset` moves all of them: for a text that stands inside another. */
export function sourceDocuments(file: string, text: string, offset = 0): readonly SourceDocument[] {
  return splitDocuments(text).flatMap(({ start, end }) => {
    const own = text.slice(start, end);
    const { tree } = parseDocument(own);
    const root = resolved(tree?.contents, tree as Document);
    return tree && root ? [{ file, text: own, offset: offset + start, root, tree }] : [];
  });
}

/** The documents written inside a text of another: of a block with its indentation, so that every place is a place in the file; none of a quoted one. */
export function inlineDocuments({ file, text, offset }: SourceDocument, node: Node): readonly SourceDocument[] {
  const { start, end } = rangeOf(node);
  if (!isScalar(node) || node.type !== 'BLOCK_LITERAL') return [];
  const begin = text.indexOf('\n', start) + 1;
  return sourceDocuments(file, text.slice(begin, end), offset + begin);
}

/** The place of a node. */
export function placeOf({ file, offset }: SourceDocument, node: Node): SourcePlace {
  const { start, end } = rangeOf(node);
  return { file, range: { start: start + offset, end: end + offset }, literal: isScalar(node) };
}

/** The place of the key or value at a path that is written. */
export function placeAt({ file, offset, root, tree }: SourceDocument, path: Path, of: 'key' | 'value'): SourcePlace {
  const { start, end } = rangeAt(root, path, tree, of);
  return {
    file,
    range: { start: start + offset, end: end + offset },
    literal: of === 'key' || isScalar(nodeAt(root, path, tree)),
  };
}

/** The node at a path; undefined where it leads nowhere. */
export function nodeAt(root: Node, path: Path, tree: Document): Node | undefined {
  let node: Node | undefined = root;
  for (const step of path) {
    if (isMap(node)) node = resolved(pairOf(node, String(step))?.value, tree);
    else node = isSeq(node) ? resolved(node.items[Number(step)], tree) : undefined;
  }
  return node;
}

/** The text of a scalar; undefined for null and for what is none. */
export function scalarText(node: Node | undefined): string | undefined {
  return isScalar(node) && node.value !== null && node.value !== undefined ? String(node.value) : undefined;
}

/** Every text a pattern leads to, with its node. */
export function textsAt(
  { root, tree }: SourceDocument,
  pattern: string,
): readonly { readonly text: string; readonly node: Node; readonly path: Path }[] {
  return findAll(root, pattern, tree).flatMap(({ node, path }) => {
    const text = scalarText(node);
    return text === undefined ? [] : [{ text, node, path }];
  });
}

/** Keys by which items of a list are told apart when two are merged, in order of trust. Source: Kubernetes, `x-kubernetes-list-map-keys` and `patchMergeKey` of the built-in kinds. */
const itemKeys = ['name', 'containerPort', 'port', 'mountPath', 'devicePath', 'key', 'ip', 'topologyKey', 'uid'];

/**
 * The path in one tree to what stands at `path` in another: items of lists are found by the key that tells them apart, plain ones by their text, else by their place.
 * Undefined where the other tree says nothing there.
 */
export function alignedPath(
  path: Path,
  from: Pick<SourceDocument, 'root' | 'tree'>,
  to: Pick<SourceDocument, 'root' | 'tree'>,
): Path | undefined {
  let [one, other]: (Node | undefined)[] = [from.root, to.root];
  const found: (string | number)[] = [];
  for (const step of path) {
    if (isMap(one) && isMap(other)) {
      const pair = pairOf(other, String(step));
      if (!pair) return undefined;
      one = resolved(pairOf(one, String(step))?.value, from.tree);
      other = resolved(pair.value, to.tree);
      found.push(step);
    } else if (isSeq(one) && isSeq(other)) {
      const item = resolved(one.items[Number(step)], from.tree);
      const items = other.items.map((node) => resolved(node, to.tree));
      const index = itemLike(item, Number(step), items);
      if (index === undefined) return undefined;
      one = item;
      other = items[index];
      found.push(index);
    } else return undefined;
  }
  return found;
}

function itemLike(item: Node | undefined, index: number, items: readonly (Node | undefined)[]): number | undefined {
  const text = scalarText(item);
  if (text !== undefined) return foundIndex(items.findIndex((one) => scalarText(one) === text));
  for (const key of itemKeys) {
    const own = keyed(item, key);
    if (own === undefined || !items.some((one) => keyed(one, key) !== undefined)) continue;
    return foundIndex(items.findIndex((one) => keyed(one, key) === own));
  }
  return index < items.length ? index : undefined;
}

function keyed(item: Node | undefined, key: string): string | undefined {
  return isMap(item) ? scalarText(pairOf(item, key)?.value ?? undefined) : undefined;
}

function foundIndex(index: number): number | undefined {
  return index < 0 ? undefined : index;
}
