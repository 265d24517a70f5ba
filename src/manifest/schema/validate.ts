import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type Scalar, type YAMLMap, type YAMLSeq } from 'yaml';
import type { Finding, Range, Severity } from '../finding.ts';
import { isPlain } from '../isPlain.ts';
import { LongNodes } from '../longNodes.ts';
import type { LocalManifest } from '../manifest.ts';
import { hasItsKeys, keyText, type LocalFinding, pairOf } from '../parse.ts';
import { rangeOf } from '../path.ts';
import { fieldOf, type KnownSchema, namesOf, nearestWord, type Resolved, resolveSchema, rootOf } from './fieldSchema.ts';
import { brokenCount, brokenLimit } from './limits.ts';
import { repeatedItems } from './listKeys.ts';
import { isPatch, mayBeMissing } from './required.ts';

/** A finding about structure; `fixes` replace its range. */
export interface SchemaFinding extends LocalFinding {
  readonly fixes?: NonNullable<Finding['fixes']>;
}

/**
 * What a manifest says otherwise than the schema of its kind: fields there are not, values of another type, fields that are missing, values out of bounds, items of a list
 * that are there twice. Ranges count from the document's start. Says nothing where the schema is silent, where a value is filled in later (`${SIZE}`), of null, of what an
 * alias stands for, of `status` (the server drops it when it is written here), and of rules in CEL, which the dry run judges.
 */
export function validate(manifest: LocalManifest, known: KnownSchema): readonly SchemaFinding[] {
  const root = rootOf(known.schema);
  if (!root || !hasItsKeys(manifest.document)) return [];
  const walk = new Walk(manifest, known);
  walk.object(manifest.root, root, manifest.root, 0);
  return walk.findings();
}

const toFill = /\$\{|\{\{|\$\(/;
const words: Readonly<Record<string, string>> = {
  object: 'a mapping',
  array: 'a list',
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
};

/** The schema by which nothing is wrong in them and nothing missing, wherever they stand. */
const faultless = new LongNodes<Resolved>();

class Walk {
  readonly #manifest: LocalManifest;
  readonly #known: KnownSchema;
  readonly #path: (string | number)[] = [];
  readonly #found: SchemaFinding[] = [];
  readonly #missing: { readonly finding: SchemaFinding; readonly depth: number }[] = [];

  constructor(manifest: LocalManifest, known: KnownSchema) {
    this.#manifest = manifest;
    this.#known = known;
  }

  findings(): readonly SchemaFinding[] {
    // A patch is written like an object and says of it only what is to be changed.
    const inSpec = this.#missing.filter(({ depth }) => depth <= 1).length;
    if (this.#missing.length > 0 && inSpec < 2 && !isPatch(this.#manifest))
      for (const { finding } of this.#missing) this.#found.push(finding);
    return this.#found.sort((one, other) => one.range.start - other.range.start);
  }

  /** A mapping. `at`: what is underlined when it is wrong as a whole. */
  object(map: YAMLMap, of: Resolved, at: Node, depth: number): void {
    let likely: Set<string> | undefined;
    let merged = false;
    const { items } = map;
    for (let index = 0; index < items.length; index += 1) {
      const { key, value } = items[index] as Pair;
      const name = keyText(key);
      if (name === '<<') merged = true;
      if (name === '' || name === '<<' || (depth === 0 && name === 'status')) continue;
      const field = fieldOf(of, name, this.#known.schema);
      if (field === undefined) continue;
      this.#path.push(name);
      if (field !== 'unknown') this.#value(value as Node | null, field, key as Node, depth + 1);
      else if (!name.startsWith('$') && !toFill.test(name)) {
        const near = this.#unknown(key as Node, name, of, map);
        if (near !== undefined) likely = (likely ?? new Set()).add(near);
      }
      this.#path.pop();
    }
    if (merged) return;
    this.#require(map, of, at, depth, likely);
    this.#limit(brokenCount(items.length, of.schema, 'Properties'), at, of);
  }

  #value(node: Node | null, of: Resolved, key: Node | undefined, depth: number): void {
    if (!node || isAlias(node)) return;
    if (isScalar(node)) this.#scalar(node, of);
    if (!isMap(node) && !isSeq(node)) return;
    const { type, isIntOrString } = of;
    const is = isMap(node) ? 'object' : 'array';
    if (isIntOrString || (typeof type === 'string' && type !== is && type in words)) {
      this.#add(
        this.#shortRange(node, key),
        'error',
        'schema.type',
        `${this.#where()} takes ${isIntOrString ? 'a whole number or a text' : words[String(type)]}, not ${words[is]}.`,
      );
    } else if (faultless.get(node) !== of) {
      const before = this.#found.length + this.#missing.length;
      if (isMap(node)) this.object(node, of, key ?? node, depth);
      else this.#list(node, of, key, depth);
      if (this.#found.length + this.#missing.length === before) faultless.set(node, of);
    }
  }

  #list(node: YAMLSeq, of: Resolved, key: Node | undefined, depth: number): void {
    const { items } = node;
    const item = resolveSchema(of.schema['items'], this.#known.schema, of.builtin);
    if (item) {
      for (let index = 0; index < items.length; index += 1) {
        this.#path.push(index);
        this.#value(items[index] as Node | null, item, undefined, depth + 1);
        this.#path.pop();
      }
      for (const { node: again, first, what } of repeatedItems(node, of, item)) {
        this.#path.push(items.indexOf(again));
        this.#add(
          this.#shortRange(again, undefined),
          of.builtin ? 'warning' : 'error',
          'schema.duplicate',
          `${this.#where()} has the same ${what} as item ${first}.`,
        );
        this.#path.pop();
      }
    }
    this.#limit(brokenCount(items.length, of.schema, 'Items'), key ?? node, of);
  }

  #scalar(node: Scalar, of: Resolved): void {
    const value = node.value instanceof Uint8Array ? '' : node.value;
    const { schema, type, isIntOrString, hasLimits } = of;
    if (value === null || value === undefined || (typeof value === 'string' && toFill.test(value))) return;
    const wrong = isIntOrString
      ? isWhole(value) || typeof value === 'string'
        ? undefined
        : 'a whole number or a text'
      : wrongType(value, type);
    if (wrong !== undefined) {
      const fixes = typeFixes(node, type, this.#manifest.kind === 'Secret');
      this.#add(rangeOf(node), 'error', 'schema.type', `${this.#where()} takes ${wrong}, not ${said(value)}.`, fixes);
      return;
    }
    if (!hasLimits) return;
    const { enum: choices } = schema;
    if (Array.isArray(choices) && choices.length > 0 && !choices.includes(value) && !(of.builtin && value === ''))
      this.#choose(node, choices);
    else this.#limit(brokenLimit(value, schema), node, of);
  }

  #choose(node: Scalar, choices: readonly unknown[]): void {
    const texts = choices.filter((one) => typeof one === 'string' && one !== '').map(String);
    const near = nearestWord(String(node.value), texts);
    const shown = choices.slice(0, 12).map((one) => (one === '' ? '""' : String(one)));
    const all = `${shown.join(', ')}${choices.length > 12 ? ', …' : ''}`;
    this.#add(
      rangeOf(node),
      'error',
      'schema.enum',
      `${this.#where()} takes one of ${all}.${near === undefined ? '' : ` Did you mean "${near}"?`}`,
      near === undefined ? undefined : [replaceBy(near, false)],
    );
  }

  #limit(broken: string | undefined, at: Node, { builtin }: Resolved): void {
    if (broken === undefined) return;
    this.#add(this.#shortRange(at, undefined), builtin ? 'warning' : 'error', 'schema.value', `${this.#where()} ${broken}.`);
  }

  #unknown(key: Node, name: string, of: Resolved, map: YAMLMap): string | undefined {
    const names = namesOf(of);
    const near = nearestWord(name, names);
    this.#path.pop();
    const where = this.#path.length === 0 ? this.#kind() : this.#where();
    this.#path.push(name);
    const message = `${where} has no field "${name}", so the server drops or refuses it.${near === undefined ? '' : ` Did you mean "${near}"?`}`;
    // One that stands there already cannot be written again.
    const others = names.filter((one) => one !== near && !pairOf(map, one));
    const fixes = near === undefined || pairOf(map, near) ? [] : [replaceBy(near, nearestWord(name, others) === undefined)];
    this.#add(rangeOf(key), 'warning', 'schema.unknownField', message, fixes);
    return near;
  }

  #require(map: YAMLMap, of: Resolved, at: Node, depth: number, likely: ReadonlySet<string> | undefined): void {
    const { required } = of.schema;
    if (!Array.isArray(required)) return;
    for (const name of required) {
      // A misspelt field is told already.
      if (typeof name !== 'string' || likely?.has(name) || pairOf(map, name)) continue;
      if (mayBeMissing(name, of, depth, this.#manifest.kind)) continue;
      const where = this.#path.length === 0 ? this.#kind() : this.#where();
      const message = this.#marked(`${where} must have a field "${name}".`);
      const anchor = at === this.#manifest.root ? (pairOf(map, 'kind')?.key ?? at) : at;
      this.#missing.push({
        finding: { range: this.#shortRange(anchor, undefined), severity: 'warning', code: 'schema.required', message },
        depth,
      });
    }
  }

  #add(range: Range, severity: Severity, code: string, message: string, fixes?: SchemaFinding['fixes']): void {
    this.#found.push({ range, severity, code, message: this.#marked(message), ...(fixes && fixes.length > 0 ? { fixes } : {}) });
  }

  #marked(message: string): string {
    const { kept } = this.#known;
    return kept === undefined ? message : `${message} (By the schema last read from ${kept}; it does not answer now.)`;
  }

  #kind(): string {
    return `${this.#manifest.kind ?? 'This object'} (${this.#manifest.apiVersion})`;
  }

  #where(): string {
    let text = '';
    for (const step of this.#path)
      text += typeof step === 'number' ? `[${step}]` : /^[\w$-]+$/.test(step) ? `${text === '' ? '' : '.'}${step}` : `[${step}]`;
    return text;
  }

  /** A mapping or list is long: its key stands for it, or its first line. */
  #shortRange(node: Node, key: Node | undefined): Range {
    if (key) return rangeOf(key);
    const { start, end } = rangeOf(node);
    if (isScalar(node)) return { start, end: node.range?.[1] ?? end };
    const { text } = this.#manifest.document;
    const line = text.indexOf('\n', start);
    return { start, end: Math.max(start + 1, Math.min(end, line < 0 ? text.length : line)) };
  }
}

function wrongType(value: unknown, type: unknown): string | undefined {
  switch (type) {
    case 'string':
      return typeof value === 'string' ? undefined : words['string'];
    case 'integer':
      return isWhole(value) ? undefined : words['integer'];
    case 'number':
      return typeof value === 'number' || typeof value === 'bigint' ? undefined : words['number'];
    case 'boolean':
      return typeof value === 'boolean' ? undefined : words['boolean'];
    case 'object':
    case 'array':
      return words[type];
    default:
      return undefined;
  }
}

function isWhole(value: unknown): boolean {
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value));
}

function said(value: unknown): string {
  if (typeof value === 'boolean') return String(value);
  return typeof value === 'string' ? 'a text' : isWhole(value) ? 'a whole number' : 'a number';
}

/** Quotes around a text, or away from what is none. */
function typeFixes(node: Scalar, type: unknown, secret: boolean): SchemaFinding['fixes'] {
  const source = node.source ?? '';
  if (type === 'string' && node.type === 'PLAIN')
    return secret
      ? [{ title: 'Put it in quotes', newText: JSON.stringify(source), preferred: true, secret }]
      : [{ title: `Quote it: "${source}"`, newText: JSON.stringify(source), preferred: true }];
  const quoted = node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE';
  const reads =
    type === 'integer'
      ? /^-?(?:0|[1-9]\d*)$/
      : type === 'boolean'
        ? /^(?:true|false)$/
        : type === 'number'
          ? /^-?\d+(?:\.\d+)?$/
          : undefined;
  if (!quoted || !reads?.test(String(node.value))) return undefined;
  return [{ title: `Write it without quotes: ${node.value}`, newText: String(node.value), preferred: true }];
}

/** A text in place of another; `isOnly` when nothing else can be meant. */
function replaceBy(word: string, isOnly: boolean): NonNullable<SchemaFinding['fixes']>[number] {
  return {
    title: `Replace by "${word}"`,
    newText: isPlain(word) ? word : JSON.stringify(word),
    ...(isOnly ? { preferred: true } : {}),
  };
}
