import { createHash } from 'node:crypto';
import { type PublishedSchema, reachable } from './schemas.ts';

/** The keywords that are read of a schema: what a walk over a manifest asks, and the words for a hover. */
const read = new Set([
  '$ref',
  'additionalProperties',
  'allOf',
  'default',
  'description',
  'enum',
  'exclusiveMaximum',
  'exclusiveMinimum',
  'format',
  'items',
  'maxItems',
  'maxLength',
  'maxProperties',
  'maximum',
  'minItems',
  'minLength',
  'minProperties',
  'minimum',
  'pattern',
  'properties',
  'required',
  'type',
  'x-kubernetes-embedded-resource',
  'x-kubernetes-int-or-string',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-list-type',
  'x-kubernetes-preserve-unknown-fields',
]);
const nested = new Set(['additionalProperties', 'items']);
const longestDescription = 600;

/** The schema of a kind as it is handed to the language server and kept on disk: `hash` (hex, of the text) tells two apart. */
export interface CompactSchema {
  readonly hash: string;
  readonly root: Readonly<Record<string, unknown>>;
  readonly definitions: Readonly<Record<string, unknown>>;
}

/** What a published schema says that somebody reads; long descriptions are cut, and `status`, which nobody writes, is left out. */
export function compactSchema({ $ref, components }: PublishedSchema): CompactSchema {
  const all = Object.fromEntries(Object.entries(components.schemas).map(([name, schema]) => [name, compact(schema)]));
  const name = $ref.slice($ref.lastIndexOf('/') + 1);
  const definitions = { ...all, [name]: withoutStatus(all[name]) };
  // What status alone led to goes with it.
  const reached = reachable(definitions, name);
  const root = { $ref };
  const hash = createHash('sha256')
    .update(JSON.stringify([root, reached]))
    .digest('hex');
  return { hash, root, definitions: reached };
}

function compact(schema: unknown): unknown {
  if (!isRecord(schema)) return schema;
  const kept: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(schema)) {
    if (!read.has(key)) continue;
    if (key === 'description') kept[key] = String(value).slice(0, longestDescription);
    else if (key === 'properties' && isRecord(value))
      kept[key] = Object.fromEntries(Object.entries(value).map(([name, one]) => [name, compact(one)]));
    else if (key === 'allOf' && Array.isArray(value)) kept[key] = value.map(compact);
    else kept[key] = nested.has(key) ? compact(value) : value;
  }
  return kept;
}

function withoutStatus(schema: unknown): unknown {
  if (!isRecord(schema) || !isRecord(schema['properties']) || !Object.hasOwn(schema['properties'], 'status')) return schema;
  return { ...schema, properties: { ...schema['properties'], status: {} } };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
