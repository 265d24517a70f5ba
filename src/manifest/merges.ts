import { type Document, isAlias, isMap, isSeq, type Node, Pair, YAMLMap, YAMLSeq } from 'yaml';
import { isMergeKey, mostNodes } from './kubectlStructure.ts';
import { pairOf, resolved } from './parse.ts';
import { keyText } from './scalars.ts';

/**
 * A mapping as its readers have it, who know no key `<<`: what is merged stands among the keys, each node where it is written. Itself where nothing merges, or what merges unfolds without end. A list of merged mappings counts
 * from its first; kubectl takes what stands last, be it merged or written, and every other reader what is written. Source: YAML, "Merge Key Language-Independent Type"; go-yaml v2, `decode.go` (merge).
 */
export function unfolded(root: YAMLMap, document: Document, text: string): YAMLMap {
  if (!text.includes('<<')) return root;
  try {
    return new Unfolding(document, pairOf(root, 'kind') !== undefined).map(root);
  } catch (error) {
    if (error instanceof TooLarge) return root;
    throw error;
  }
}

class TooLarge extends Error {}

class Unfolding {
  readonly #document: Document;
  readonly #lastCounts: boolean;
  readonly #known = new Map<Node, Node>();
  #left = mostNodes;

  constructor(document: Document, lastCounts: boolean) {
    this.#document = document;
    this.#lastCounts = lastCounts;
  }

  map(map: YAMLMap): YAMLMap {
    const known = this.#known.get(map);
    if (known) return known as YAMLMap;
    // One that leads back to itself stays as it is there.
    this.#known.set(map, map);
    const pairs = map.items as Pair<Node, Node | null>[];
    const merges = pairs.some(({ key }) => isMergeKey(key));
    const items = pairs.map((pair) => this.#pair(pair));
    if (!merges && items.every((pair, index) => pair === pairs[index])) return map;
    const copy = Object.assign(new YAMLMap(), map, { items: merges ? this.#merged(items) : items });
    this.#known.set(map, copy);
    return copy;
  }

  #merged(pairs: readonly Pair<Node, Node | null>[]): Pair<Node, Node | null>[] {
    const found = new Map<string, Pair<Node, Node | null>>();
    const written = new Set<string>();
    for (const pair of pairs) {
      const isMerge = isMergeKey(pair.key);
      for (const one of isMerge ? this.#sources(pair.value) : [pair]) {
        this.#left -= 1;
        if (this.#left < 0) throw new TooLarge();
        const name = keyText(one.key);
        if (!isMerge) written.add(name);
        else if (!this.#lastCounts && written.has(name)) continue;
        found.set(name, one);
      }
    }
    return [...found.values()];
  }

  /** The pairs of what is merged, those that count last. */
  #sources(value: Node | null): readonly Pair<Node, Node | null>[] {
    const all = isSeq(value) ? value.items.map((item) => this.#behind(item)).reverse() : [this.#behind(value)];
    return all.flatMap((one) => (isMap(one) ? (one.items as Pair<Node, Node | null>[]) : []));
  }

  #behind(node: unknown): Node | undefined {
    const target = resolved(node, this.#document);
    return target && this.#node(target);
  }

  #pair(pair: Pair<Node, Node | null>): Pair<Node, Node | null> {
    const value = pair.value && this.#node(pair.value);
    return value === pair.value ? pair : new Pair<Node, Node | null>(pair.key, value);
  }

  #node(node: Node): Node {
    this.#left -= 1;
    if (this.#left < 0) throw new TooLarge();
    if (isAlias(node)) {
      const target = resolved(node, this.#document);
      const read = target && this.#node(target);
      return read && read !== target ? read : node;
    }
    if (isMap(node)) return this.map(node);
    if (!isSeq(node)) return node;
    const known = this.#known.get(node);
    if (known) return known;
    this.#known.set(node, node);
    const items = node.items.map((item) => (item ? this.#node(item as Node) : item));
    if (items.every((item, index) => item === node.items[index])) return node;
    const copy = Object.assign(new YAMLSeq(), node, { items });
    this.#known.set(node, copy);
    return copy;
  }
}
