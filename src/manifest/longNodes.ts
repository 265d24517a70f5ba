import type { YAMLMap, YAMLSeq } from 'yaml';
import { lengthOf } from './quickNodes.ts';

/** Shorter ones, in UTF-16 units, are looked through again as quickly as they would be found here. */
const short = 1024;

/**
 * What was found out about mappings and lists by nothing but what stands in them. An edit moves those that it leaves alone into the next tree (see `Edit`), so that a long document is not
 * looked through as a whole at each keystroke. Nothing is kept of short ones, nor of a tree that is gone.
 */
export class LongNodes<T> {
  readonly #known = new WeakMap<object, T>();

  get(node: YAMLMap | YAMLSeq): T | undefined {
    return isLong(node) ? this.#known.get(node) : undefined;
  }

  set(node: YAMLMap | YAMLSeq, known: T): void {
    if (isLong(node)) this.#known.set(node, known);
  }
}

function isLong(node: YAMLMap | YAMLSeq): boolean {
  return lengthOf(node) >= short;
}
