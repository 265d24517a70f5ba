import { type Document, isAlias, isMap, isScalar, isSeq, type Node } from 'yaml';
import { failed, type Result, success } from '../base/failure.ts';
import { keyText } from './parse.ts';

/** Aliases make a small text large: no object has so many parts (etcd takes 1.5 MiB). */
const mostNodes = 200_000;
const tooLarge = 'Its aliases unfold to more than any object may hold. Write the parts out.';

/**
 * A node as JSON, read the way kubectl reads it: merge keys unfolded, keys as texts, whole numbers beyond 2^53 as `bigint`. Fails with `invalid` for aliases that
 * unfold without end. Mappings have no prototype, so that a key `__proto__` is a key.
 */
export function toJson(node: Node | null | undefined, tree: Document): Result<unknown> {
  const walk = new Walk(tree);
  try {
    return success(walk.value(node));
  } catch (error) {
    if (error instanceof TooLarge) return failed('invalid', tooLarge);
    throw error;
  }
}

class TooLarge extends Error {}

class Walk {
  readonly #tree: Document;
  readonly #open = new Set<unknown>();
  #left = mostNodes;

  constructor(tree: Document) {
    this.#tree = tree;
  }

  value(node: unknown): unknown {
    this.#left -= 1;
    if (this.#left < 0 || this.#open.has(node)) throw new TooLarge();
    if (isScalar(node)) return node.value instanceof Uint8Array ? Buffer.from(node.value).toString() : (node.value ?? null);
    if (isAlias(node)) return this.value(node.resolve(this.#tree));
    if (!isMap(node) && !isSeq(node)) return null;
    this.#open.add(node);
    const value = isSeq(node)
      ? node.items.map((item) => this.value(item))
      : this.#mapping(node.items as readonly { key: unknown; value: unknown }[]);
    this.#open.delete(node);
    return value;
  }

  #mapping(pairs: readonly { readonly key: unknown; readonly value: unknown }[]): Record<string, unknown> {
    const mapping: Record<string, unknown> = Object.create(null);
    for (const { key, value } of pairs) if (isMerge(key)) this.#merge(mapping, value);
    for (const { key, value } of pairs) if (!isMerge(key)) mapping[keyText(key)] = this.value(value);
    return mapping;
  }

  /** What a mapping says itself wins; of several merged ones the first. */
  #merge(into: Record<string, unknown>, value: unknown): void {
    const read = this.value(value);
    for (const source of Array.isArray(read) ? read : [read])
      if (typeof source === 'object' && source !== null)
        for (const [key, member] of Object.entries(source)) if (!(key in into)) into[key] = member;
  }
}

function isMerge(key: unknown): boolean {
  return isScalar(key) && (key.value === '<<' || (typeof key.value === 'symbol' && key.value.description === '<<'));
}
