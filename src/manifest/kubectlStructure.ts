import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import type { Range } from './finding.ts';
import { LongNodes } from './longNodes.ts';
import { hasOrdinaryKeys } from './ordinaryKeys.ts';
import { ordinaryTrees } from './ordinaryTrees.ts';
import type { LocalFinding } from './parse.ts';
import { keyText } from './scalars.ts';

/** Those in which nothing is wrong, and neither an anchor nor an alias stands. */
const faultless = new LongNodes<true>();

/** Where anchors stand, by name; the last one wins, as in YAML. */
type Anchors = Map<string, Node>;

/**
 * What kubectl refuses although it is YAML, or takes otherwise than one thinks: keys that stand twice, keys that are no texts, merges of what is no mapping or of what stands before
 * them, aliases without an anchor, numbers that JSON has not. Measured with kubectl 1.32 and 1.36.
 */
export function structureFindings(tree: Document, text: string): readonly LocalFinding[] {
  const findings: LocalFinding[] = [...directives(text)];
  if (ordinaryTrees.has(tree)) return findings;
  const anchors: Anchors = new Map();
  // An anchor may be set anew further down.
  const targets = new Map<Alias, Node>();
  let named = 0;
  const walk = (node: unknown, isKey: boolean): void => {
    if (isAlias(node)) {
      named += 1;
      const target = anchors.get(node.source);
      if (target) targets.set(node, target);
      else findings.push(unknownAnchor(node.source, rangeOf(node)));
      return;
    }
    if (isScalar(node)) {
      if (node.anchor) setAnchor(node.anchor, node);
      if (!isKey && typeof node.value === 'number' && !Number.isFinite(node.value)) findings.push(notANumber(node));
      return;
    }
    if ((!isMap(node) && !isSeq(node)) || faultless.get(node)) return;
    const before = findings.length + named;
    if (node.anchor) setAnchor(node.anchor, node);
    if (isSeq(node)) for (const item of node.items) walk(isPair(item) ? item.value : item, false);
    else walkMap(node);
    if (findings.length + named === before) faultless.set(node, true);
  };
  const setAnchor = (name: string, node: Node): void => {
    named += 1;
    anchors.set(name, node);
  };
  const walkMap = (node: YAMLMap): void => {
    if (!hasOrdinaryKeys(node.items))
      for (const finding of [...duplicateKeys(node), ...unfitKeys(node), ...merges(node, anchors)]) findings.push(finding);
    for (const { key, value } of node.items) {
      walk(key, true);
      walk(value, false);
    }
  };
  walk(tree.contents, false);
  if (targets.size === 0) return findings;
  const unfolding = new Unfolding(targets);
  unfolding.size(tree.contents);
  return [...findings, ...unfolding.findings];
}

/** Aliases make a small text large: no object has so many parts (etcd takes 1.5 MiB). */
export const mostNodes = 200_000;

/** Adds up what aliases unfold to, each anchor once, without unfolding any. */
class Unfolding {
  readonly findings: LocalFinding[] = [];
  readonly #targets: ReadonlyMap<Alias, Node>;
  readonly #sizes = new Map<Node, number>();
  readonly #open = new Set<Node>();

  constructor(targets: ReadonlyMap<Alias, Node>) {
    this.#targets = targets;
  }

  /** How many parts a node has when its aliases are written out. */
  size(node: unknown): number {
    if (isAlias(node)) return this.#sizeOfAlias(node);
    if (isScalar(node)) return 1;
    if (!isMap(node) && !isSeq(node)) return 0;
    const known = this.#sizes.get(node);
    if (known !== undefined) return known;
    this.#open.add(node);
    let size = 1;
    for (const item of node.items) size += isPair(item) ? this.size(item.key) + this.size(item.value) : this.size(item);
    this.#open.delete(node);
    this.#sizes.set(node, size);
    if (size > mostNodes && this.findings.length === 0) this.#tell(node, unfoldsTooFar);
    return size;
  }

  #sizeOfAlias(alias: Alias): number {
    const target = this.#targets.get(alias);
    if (!target || !this.#open.has(target)) return this.size(target);
    this.#tell(alias, `The anchor "${alias.source}" holds itself, so kubectl refuses it.`);
    return 1;
  }

  #tell(node: Node, message: string): void {
    this.findings.push({ range: rangeOf(node), severity: 'error', code: 'yaml.alias', message });
  }
}

export const unfoldsTooFar = 'Its aliases unfold to more than any object may hold. Write the parts out.';

/** True for the key `<<` that merges; one in quotes is a key like any other. */
export function isMergeKey(key: unknown): key is Scalar {
  return isScalar(key) && (typeof key.value === 'symbol' || (key.value === '<<' && (key.type ?? 'PLAIN') === 'PLAIN'));
}

function directives(text: string): LocalFinding[] {
  const found = /^\ufeff?(?:[ \t]*(?:#[^\n]*)?\r?\n)*(%[^\r\n]*)/.exec(text)?.[1];
  if (found === undefined) return [];
  const start = text.indexOf(found);
  const message = `kubectl refuses a file with a directive (${found.split(' ')[0]}). Remove the line.`;
  return [{ range: { start, end: start + found.length }, severity: 'error', code: 'yaml.directive', message }];
}

function unknownAnchor(name: string, range: Range): LocalFinding {
  const message = `No anchor "${name}" stands above this in the document, so kubectl refuses it. Anchors do not reach beyond "---".`;
  return { range, severity: 'error', code: 'yaml.alias', message };
}

function duplicateKeys({ items }: YAMLMap): LocalFinding[] {
  const seen = new Set<string>();
  return items.flatMap(({ key }): LocalFinding[] => {
    const text = keyText(key);
    if (!isScalar(key) || isMergeKey(key)) return [];
    if (!seen.has(text)) {
      seen.add(text);
      return [];
    }
    const message = `The key "${text}" stands twice in this mapping; kubectl would silently take the last. Remove one.`;
    return [{ range: rangeOf(key), severity: 'error', code: 'yaml.duplicateKey', message }];
  });
}

/** JSON's keys are texts: kubectl makes one of numbers and booleans, but refuses null, lists and mappings. */
function unfitKeys({ items }: YAMLMap): LocalFinding[] {
  return (items as Pair<Node | null, unknown>[]).flatMap(({ key }): LocalFinding[] => {
    const isNull = key === null || (isScalar(key) && key.value === null);
    if (!isNull && !isMap(key) && !isSeq(key)) return [];
    const what = isNull ? 'null is no key' : 'A list or a mapping is no key';
    const message = `${what} of an object; kubectl refuses it.${isNull ? ' Quote it if a text is meant.' : ''}`;
    return [{ range: rangeOf(key), severity: 'error', code: 'yaml.key', message }];
  });
}

function merges({ items }: YAMLMap, anchors: Anchors): LocalFinding[] {
  if (!items.some(({ key }) => isMergeKey(key))) return [];
  const before: string[] = [];
  return (items as Pair<Node, Node | null>[]).flatMap(({ key, value }): LocalFinding[] => {
    if (!isMergeKey(key)) {
      before.push(keyText(key));
      return [];
    }
    const sources = (isSeq(value) ? value.items : [value]).map((one) => (isAlias(one) ? anchors.get(one.source) : one));
    const unknown = (isSeq(value) ? value.items : [value]).some((one) => isAlias(one) && !anchors.has(one.source));
    if (unknown) return [];
    if (!sources.every((source) => isMap(source)))
      return [
        {
          range: rangeOf(key),
          severity: 'error',
          code: 'yaml.merge',
          message: '"<<" merges a mapping or a list of mappings; kubectl refuses anything else.',
        },
      ];
    const merged = new Set(sources.flatMap((source) => source.items.map((pair) => keyText(pair.key))));
    const lost = before.filter((name) => merged.has(name));
    if (lost.length === 0) return [];
    const message = `"<<" stands behind ${lost.map((name) => `"${name}"`).join(', ')}, so kubectl takes what is merged and not what is written here. Put "<<" first.`;
    return [{ range: rangeOf(key), severity: 'warning', code: 'yaml.mergeOrder', message }];
  });
}

function notANumber(node: Scalar): LocalFinding {
  const message = `JSON has no ${node.source}; kubectl refuses it. Quote it if a text is meant.`;
  const fixes = [{ title: `Write "${node.source}"`, newText: `"${node.source}"`, preferred: true }];
  return { range: rangeOf(node), severity: 'error', code: 'yaml.notANumber', message, fixes };
}

function rangeOf(node: Node | null): Range {
  const [start, end] = node?.range ?? [0, 0];
  return { start, end: Math.max(end, start + 1) };
}
