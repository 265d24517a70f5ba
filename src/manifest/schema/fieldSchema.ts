import { distance } from '../../base/distance.ts';
import { objectMeta } from './objectMeta.ts';

/** A schema object of OpenAPI v3 as an API server publishes it or a CustomResourceDefinition holds it. It comes from elsewhere: every keyword is read with care. */
export type FieldSchema = Readonly<Record<string, unknown>>;

/** The schema of one kind. `definitions` holds what a `$ref` (`#/components/schemas/NAME`) leads to. */
export interface KindSchema {
  readonly root: FieldSchema;
  readonly definitions: FieldSchema;
}

/** A schema a manifest is read by. `kept`: where it is from if that could not be asked now, as messages name it ("context demo"). */
export interface KnownSchema {
  readonly schema: KindSchema;
  readonly kept?: string;
}

/** A schema behind its references. */
export interface Resolved {
  readonly schema: FieldSchema;
  /** It describes a Go type of Kubernetes itself: the server decodes it and judges it in code, not by the schema. */
  readonly builtin: boolean;
  /** It describes a whole object: apiVersion, kind and metadata belong to it whether it says so or not. */
  readonly whole: boolean;
  /** What is asked of each value that it describes, looked up once. */
  readonly type: unknown;
  readonly isIntOrString: boolean;
  /** It bounds a scalar: by words, a pattern, a length or a size. */
  readonly hasLimits: boolean;
  /** Its own fields that were asked for. */
  readonly fields: Map<string, Resolved>;
}

const limits = ['enum', 'minLength', 'maxLength', 'pattern', 'minimum', 'maximum'];

function resolvedAs(schema: FieldSchema, builtin: boolean, whole: boolean): Resolved {
  const isIntOrString = schema['x-kubernetes-int-or-string'] === true || schema['format'] === 'int-or-string';
  const hasLimits = limits.some((one) => memberOf(schema, one) !== undefined);
  return { schema, builtin, whole, type: schema['type'], isIntOrString, hasLimits, fields: new Map() };
}

const refPrefix = '#/components/schemas/';
const goTypes = /^io\.k8s\.(?:api|apimachinery|apiextensions-apiserver|kube-aggregator)\./;
/** Read by functions of their own, which take more than is published. */
const freeTypes = /\.api\.resource\.Quantity$/;
/** A reference may lead to a reference, but not for ever. */
const mostRefs = 8;

/** A schema object stands in one place of one kind's schema, so that what is behind it is always the same. */
const resolvedOnce = new WeakMap<FieldSchema, Resolved | 'nothing'>();

/** The schema behind `$ref`; the API server wraps one that has a default or words of its own in `allOf`. Undefined where it leads nowhere. */
export function resolveSchema(value: unknown, of: KindSchema, builtin: boolean): Resolved | undefined {
  const schema = asSchema(value);
  if (!schema) return undefined;
  let known = resolvedOnce.get(schema);
  if (known === undefined) {
    known = follow(schema, of, builtin) ?? 'nothing';
    resolvedOnce.set(schema, known);
  }
  return known === 'nothing' ? undefined : known;
}

function follow(from: FieldSchema, { definitions }: KindSchema, builtin: boolean): Resolved | undefined {
  let now: FieldSchema | undefined = from;
  let isBuiltin = builtin;
  for (let hops = 0; now && hops < mostRefs; hops += 1) {
    const ref = refOf(now);
    if (ref === undefined) return resolvedAs(now, isBuiltin, now['x-kubernetes-embedded-resource'] === true);
    const name: string = ref.startsWith(refPrefix) ? ref.slice(refPrefix.length) : '';
    if (freeTypes.test(name)) return undefined;
    isBuiltin = goTypes.test(name);
    now = asSchema(memberOf(definitions, name));
  }
  return undefined;
}

const roots = new WeakMap<KindSchema, Resolved>();
const anyMetadata = resolvedAs(objectMeta, true, false);

/** The schema of a whole object of the kind. */
export function rootOf(schema: KindSchema): Resolved | undefined {
  const known = roots.get(schema);
  if (known) return known;
  const root = resolveSchema(schema.root, schema, false);
  const whole = root && resolvedAs(root.schema, root.builtin, true);
  if (whole) roots.set(schema, whole);
  return whole;
}

/**
 * The schema of a field of an object: `unknown` if it has none of that name, undefined if nothing is said about it. Source: "Extend the Kubernetes API with
 * CustomResourceDefinitions" (field pruning, embedded resources, preserve-unknown-fields) of the Kubernetes documentation.
 */
export function fieldOf(
  { schema, builtin, whole, fields }: Resolved,
  name: string,
  of: KindSchema,
): Resolved | 'unknown' | undefined {
  const known = fields.get(name);
  if (known) return known;
  const properties = asSchema(schema['properties']);
  const own = memberOf(properties, name);
  if (whole && name === 'metadata') {
    const given = resolveSchema(own, of, builtin);
    return given?.builtin ? given : anyMetadata;
  }
  if (own !== undefined) {
    const field = resolveSchema(own, of, builtin);
    if (field) fields.set(name, field);
    return field;
  }
  const others = schema['additionalProperties'];
  if (asSchema(others)) return resolveSchema(others, of, builtin);
  if (!properties || others === true || schema['x-kubernetes-preserve-unknown-fields'] === true) return undefined;
  return whole && (name === 'apiVersion' || name === 'kind') ? undefined : 'unknown';
}

/** The schema at a path from the root of an object; indexes lead to the items of a list. Undefined where nothing is said. */
export function schemaAt(of: KindSchema, path: readonly (string | number)[]): Resolved | undefined {
  let now = rootOf(of);
  for (const step of path) {
    if (!now) return undefined;
    const next: Resolved | 'unknown' | undefined =
      typeof step === 'number' ? resolveSchema(now.schema['items'], of, now.builtin) : fieldOf(now, step, of);
    now = next === 'unknown' ? undefined : next;
  }
  return now;
}

function refOf(schema: FieldSchema): string | undefined {
  const own = schema['$ref'];
  if (typeof own === 'string') return own;
  const all = schema['allOf'];
  const only = Array.isArray(all) && all.length === 1 ? asSchema(all[0])?.['$ref'] : undefined;
  return typeof only === 'string' ? only : undefined;
}

export function asSchema(value: unknown): FieldSchema | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as FieldSchema) : undefined;
}

/** A schema's own member, never one that every object has. */
export function memberOf(schema: FieldSchema | undefined, name: string): unknown {
  return schema && Object.hasOwn(schema, name) ? schema[name] : undefined;
}

/** The names of the fields an object may have by its schema. */
export function namesOf({ schema, whole }: Resolved): readonly string[] {
  const own = Object.keys(asSchema(schema['properties']) ?? {});
  return whole ? [...new Set(['apiVersion', 'kind', 'metadata', ...own])] : own;
}

/** The word most like another, if one is: at most two edits away, one where the word is short. */
export function nearestWord(word: string, words: Iterable<string>): string | undefined {
  const lower = word.toLowerCase();
  let best: string | undefined;
  let least = word.length < 5 ? 2 : 3;
  for (const other of words) {
    const edits = distance(lower, other.toLowerCase(), least - 1);
    if (edits < least) [best, least] = [other, edits];
  }
  return best;
}
