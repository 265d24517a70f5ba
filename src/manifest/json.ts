import { type Document, isAlias, isMap, isScalar, isSeq, type Node } from 'yaml';
import { failed, type Result, success } from '../base/failure.ts';
import { aliasTarget } from './aliases.ts';
import { isMergeKey, mostNodes, unfoldsTooFar } from './kubectlStructure.ts';
import { LongNodes } from './longNodes.ts';
import { keyText } from './scalars.ts';

/**
 * A node as JSON, read the way kubectl reads it: merge keys unfolded, keys as texts, whole numbers beyond 2^53 as `bigint`. Fails with `invalid` for aliases that
 * unfold without end. Mappings have no prototype, so that a key `__proto__` is a key.
 */
export function toJson(node: Node | null | undefined, tree: Document): Result<unknown> {
  return walked(new Walk(tree, false), node);
}

/** The same for who changes nothing in it: what an edit left alone is the same object as before. */
export function sharedJson(node: Node, tree: Document): Result<unknown> {
  if (lastShared?.node === node) return lastShared.json;
  const json = walked(new Walk(tree, true), node);
  lastShared = { node, json };
  return json;
}

/** Several look at the same manifest one after the other. */
let lastShared: { readonly node: Node; readonly json: Result<unknown> } | undefined;

function walked(walk: Walk, node: Node | null | undefined): Result<unknown> {
  try {
    return success(walk.value(node));
  } catch (error) {
    if (error instanceof TooLarge) return failed('invalid', unfoldsTooFar);
    throw error;
  }
}

/** What stands in collections without an alias, and of how many parts it is made. */
const shared = new LongNodes<{ readonly value: unknown; readonly size: number }>();

class TooLarge extends Error {}

class Walk {
  readonly #tree: Document;
  readonly #open = new Set<unknown>();
  readonly #shares: boolean;
  #left = mostNodes;
  #aliases = 0;

  constructor(tree: Document, shares: boolean) {
    this.#tree = tree;
    this.#shares = shares;
  }

  value(node: unknown): unknown {
    this.#left -= 1;
    if (this.#left < 0 || this.#open.has(node)) throw new TooLarge();
    if (isScalar(node)) return node.value instanceof Uint8Array ? Buffer.from(node.value).toString() : (node.value ?? null);
    if (isAlias(node)) {
      this.#aliases += 1;
      return this.value(aliasTarget(node, this.#tree));
    }
    if (!isMap(node) && !isSeq(node)) return null;
    const known = this.#shares ? shared.get(node) : undefined;
    if (known) {
      this.#left -= known.size;
      if (this.#left < 0) throw new TooLarge();
      return known.value;
    }
    const [left, aliases] = [this.#left, this.#aliases];
    this.#open.add(node);
    const value = isSeq(node)
      ? node.items.map((item) => this.value(item))
      : this.#mapping(node.items as readonly { key: unknown; value: unknown }[]);
    this.#open.delete(node);
    if (this.#shares && this.#aliases === aliases) shared.set(node, { value, size: left - this.#left });
    return value;
  }

  #mapping(pairs: readonly { readonly key: unknown; readonly value: unknown }[]): Record<string, unknown> {
    const mapping: Record<string, unknown> = Object.create(null);
    for (const { key, value } of pairs)
      if (isMergeKey(key)) this.#merge(mapping, value);
      else mapping[keyText(key)] = this.value(value);
    return mapping;
  }

  /** kubectl takes what stands last, be it merged or written; of a list of merged ones the first. */
  #merge(into: Record<string, unknown>, value: unknown): void {
    const read = this.value(value);
    for (const source of Array.isArray(read) ? read.toReversed() : [read])
      if (typeof source === 'object' && source !== null) Object.assign(into, source);
  }
}
