import { failed, type Result, success } from '../base/failure.ts';
import { plainText } from '../base/plainText.ts';
import type { PublishedSchema } from './schemas.ts';

/** A kind as manifests name it. */
export interface KindName {
  readonly apiVersion: string;
  readonly kind: string;
}

type Schema = Readonly<Record<string, unknown>>;

const columns = 100;
const refPrefix = '#/components/schemas/';

/**
 * A field of a kind and what lies below it as a text to be read: its type, whether it must be there, what it is for, and its own fields with their first sentence. `path` as in a manifest; indexes
 * of lists are passed over. Fails with `notFound`, naming the fields that there are. Source: OpenAPI v3 as `kubectl explain` reads it (KEP-3515).
 */
export function explainField(published: PublishedSchema, of: KindName, path: readonly (string | number)[]): Result<string> {
  const schemas = published.components.schemas;
  const names = path.filter((step) => typeof step === 'string');
  let [schema, required]: [Schema, boolean] = [{ $ref: published.$ref }, false];
  for (const [depth, name] of names.entries()) {
    const above = innermost(schema, schemas);
    const below = fieldOf(above, name);
    if (!below) {
      const where = [of.kind, ...names.slice(0, depth)].join('.');
      const there = Object.keys(fieldsOf(above)).join(', ');
      const hint = there === '' ? 'It has no fields that the server publishes.' : `It has ${there}.`;
      return failed('notFound', `${where} has no field ${plainText(name, 80)}. ${hint}`);
    }
    [schema, required] = [below, requires(above, name)];
  }
  const type = typeOf(schema, schemas);
  const inner = innermost(schema, schemas);
  const title = names.length === 0 ? of.kind : names.join('.');
  const parts = [
    `${of.kind} ${of.apiVersion}\n${[title, `<${type}>`, required ? 'required' : ''].filter(Boolean).join('  ')}`,
    wrapped(descriptionOf(schema) || descriptionOf(inner)),
    limitsOf(inner),
    fieldLines(inner, schemas),
  ];
  return success(`${parts.filter(Boolean).join('\n\n')}\n`);
}

/** The lines of such a text that name a field: what is behind the name on each line, from 0. */
export function explainedFields(text: string): readonly { readonly line: number; readonly name: string }[] {
  const lines = text.split('\n');
  const start = lines.indexOf('Fields');
  if (start < 0) return [];
  return lines.flatMap((line, at) => {
    const name = at > start ? /^ {2}(\S+) +</.exec(line)?.[1] : undefined;
    return name === undefined ? [] : [{ line: at, name }];
  });
}

function fieldLines(schema: Schema, schemas: Schema): string {
  const fields = Object.entries(fieldsOf(schema));
  if (fields.length === 0) return '';
  const types = fields.map(([, field]) => `<${typeOf(field, schemas)}>`);
  const width = (texts: readonly string[]) => Math.min(40, Math.max(...texts.map(({ length }) => length)));
  const [names, shapes] = [width(fields.map(([name]) => name)), width(types)];
  const lines = fields.map(([name, field], at) => {
    const words = [
      requires(schema, name) ? 'required' : '',
      firstSentence(descriptionOf(field) || descriptionOf(resolved(field, schemas))),
    ]
      .filter(Boolean)
      .join(' · ');
    return `  ${name.padEnd(names)}  ${(types[at] ?? '').padEnd(shapes)}  ${words}`.trimEnd();
  });
  return ['Fields', ...lines].join('\n');
}

/** The schema that a field's own fields stand in: behind references, items of a list and values of a map. */
function innermost(schema: Schema, schemas: Schema): Schema {
  let inner = resolved(schema, schemas);
  // A schema may lead to itself, but not through lists and maps alone.
  for (let depth = 0; depth < 8; depth++) {
    const next = asSchema(inner['items']) ?? (inner['properties'] ? undefined : asSchema(inner['additionalProperties']));
    if (!next) break;
    inner = resolved(next, schemas);
  }
  return inner;
}

/** Behind `$ref`; the API server wraps one that has a default or words of its own in `allOf`. */
function resolved(schema: Schema, schemas: Schema): Schema {
  let now = schema;
  for (let depth = 0; depth < 8; depth++) {
    const [only] = Array.isArray(now['allOf']) ? now['allOf'] : [];
    const ref = now['$ref'] ?? asSchema(only)?.['$ref'];
    if (typeof ref !== 'string') return now;
    const name = ref.slice(refPrefix.length);
    const found = Object.hasOwn(schemas, name) ? asSchema(schemas[name]) : undefined;
    if (!found) return now;
    now = found;
  }
  return now;
}

function typeOf(schema: Schema, schemas: Schema): string {
  const inner = resolved(schema, schemas);
  const named = nameOfRef(schema);
  const items = asSchema(inner['items']);
  if (items) return `[]${typeOf(items, schemas)}`;
  const values = inner['properties'] ? undefined : asSchema(inner['additionalProperties']);
  if (values) return `map[string]${typeOf(values, schemas)}`;
  if (inner['x-kubernetes-int-or-string'] === true || inner['format'] === 'int-or-string') return 'integer or string';
  const type = inner['type'];
  if (type === 'object' || type === undefined) return named ?? 'Object';
  return plainText(String(type), 40);
}

/** `Container` of `io.k8s.api.core.v1.Container`. */
function nameOfRef(schema: Schema): string | undefined {
  const [only] = Array.isArray(schema['allOf']) ? schema['allOf'] : [];
  const ref = schema['$ref'] ?? asSchema(only)?.['$ref'];
  return typeof ref === 'string' ? plainText(ref.slice(ref.lastIndexOf('.') + 1), 80) : undefined;
}

function limitsOf(schema: Schema): string {
  const values = Array.isArray(schema['enum']) ? `One of: ${schema['enum'].map((one) => JSON.stringify(one)).join(', ')}` : '';
  const otherwise = schema['default'];
  return [values, otherwise === undefined ? '' : `Default: ${JSON.stringify(otherwise)}`]
    .filter(Boolean)
    .map((line) => plainText(line, 400))
    .join('\n');
}

function descriptionOf(schema: Schema): string {
  const text = schema['description'];
  return typeof text === 'string' ? text : '';
}

/** Texts of definitions are written by whoever made them: only words are kept of them, paragraphs stay. */
function wrapped(text: string): string {
  const paragraphs = text.slice(0, 20_000).split(/\n\s*\n/);
  return paragraphs.map((paragraph) => wrapLines(plainText(paragraph, 8000))).join('\n\n');
}

function wrapLines(text: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + word.length >= columns) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join('\n');
}

function firstSentence(text: string): string {
  const plain = plainText(text.slice(0, 600), 400);
  return plainText(/^.*?[.!?](?=\s+[^a-z\s]|$)/.exec(plain)?.[0] ?? plain, 160);
}

function fieldsOf(schema: Schema): Readonly<Record<string, Schema>> {
  const properties = asSchema(schema['properties']) ?? {};
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, one]) => (asSchema(one) ? [[name, asSchema(one) ?? {}]] : [])),
  );
}

function fieldOf(schema: Schema, name: string): Schema | undefined {
  const fields = fieldsOf(schema);
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

function requires(schema: Schema, name: string): boolean {
  return Array.isArray(schema['required']) && schema['required'].includes(name);
}

function asSchema(value: unknown): Schema | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Schema) : undefined;
}
