import { isMap, isScalar, type Node, type YAMLMap, type YAMLSeq } from 'yaml';
import { pairOf } from '../parse.ts';
import { asSchema, memberOf, type Resolved } from './fieldSchema.ts';

/** An item of a list that says who it is as an earlier one does. */
export interface RepeatedItem {
  readonly node: Node;
  /** Index of the earlier one. */
  readonly first: number;
  /** The fields that are the same, in words. */
  readonly what: string;
}

const none: readonly RepeatedItem[] = [];

/**
 * The items of a list that are told apart by some of their fields (`x-kubernetes-list-type: map`) or by their values (`set`) and are there before. An item that leaves such a
 * field out has its default; one without either is not compared. Source: "Merge strategy" of Server-Side Apply, Kubernetes documentation.
 */
export function repeatedItems({ items }: YAMLSeq, { schema }: Resolved, item: Resolved): readonly RepeatedItem[] {
  const type = schema['x-kubernetes-list-type'];
  if (items.length < 2 || (type !== 'map' && type !== 'set')) return none;
  const named = schema['x-kubernetes-list-map-keys'];
  const keys = Array.isArray(named) ? named.filter((one) => typeof one === 'string') : [];
  if (type === 'map' && keys.length === 0) return none;
  const seen = new Map<string, number>();
  const repeated: RepeatedItem[] = [];
  for (const [index, node] of items.entries()) {
    const who = type === 'set' ? ownText(node) : isMap(node) ? keyOf(node, keys, item) : undefined;
    if (who === undefined) continue;
    const first = seen.get(who);
    if (first === undefined) seen.set(who, index);
    else repeated.push({ node: node as Node, first, what: type === 'set' ? 'value' : keys.join(' and ') });
  }
  return repeated;
}

function keyOf(map: YAMLMap, keys: readonly string[], { schema }: Resolved): string | undefined {
  let all = '';
  for (const key of keys) {
    const pair = pairOf(map, key);
    const text = pair ? ownText(pair.value) : asText(asSchema(memberOf(asSchema(schema['properties']), key))?.['default']);
    if (text === undefined || text === '""') return undefined;
    all += `${text}\n`;
  }
  return all;
}

function ownText(node: unknown): string | undefined {
  if (!isScalar(node) || (typeof node.value === 'string' && /\$\{|\{\{/.test(node.value))) return undefined;
  return asText(node.value);
}

/** A value as JSON has it, so that 80 and "80" are two. */
function asText(value: unknown): string | undefined {
  if (typeof value === 'bigint') return String(value);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? JSON.stringify(value) : undefined;
}
