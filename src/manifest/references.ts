import { isMap, isScalar, type Node, type Scalar } from 'yaml';
import type { Query } from '../openstack/lookup.ts';
import { type CredentialsReference, credentialsAt, credentialsNamedIn } from './credentials.ts';
import type { Range } from './finding.ts';
import { formOf } from './form.ts';
import { toJson } from './json.ts';
import type { LocalManifest } from './manifest.ts';
import { isLong, pairOf, resolved } from './parse.ts';
import { partsOf, withParts } from './parts.ts';
import { findAll, type Path, parsePattern, rangeOf, textAt, textBeside } from './path.ts';
import { placeholders } from './placeholders.ts';
import type { Rule } from './rule.ts';
import { rulesFor } from './rules/rules.ts';

/** A value that names a resource. Ranges count from the document's start. */
export interface Reference {
  readonly rule: Rule;
  readonly query: Query;
  /** What is underlined: the value; of a filter the text of its name, else its keys. */
  readonly range: Range;
  readonly path: Path;
  /** The text a user would replace. Undefined for a filter without a name. */
  readonly text: string | undefined;
  /** How the value is quoted in the file. */
  readonly quote: '"' | "'" | '';
  readonly manifest: LocalManifest;
  /** Whose credentials the controller uses, where the manifest says so. */
  readonly as?: CredentialsReference;
  /** True for a value that counts only where nobody gives another: the default of a parameter. */
  readonly isDefault?: true;
}

/** Every reference of a manifest, by the rules about its kind. What holds a placeholder names nothing yet; an empty text is a value of its own (it suppresses a default). */
export function referencesOf(manifest: LocalManifest): readonly Reference[] {
  const told = new Set<string>();
  const found = withParts(manifest).flatMap((one) => {
    const rules = rulesFor(formOf(one)).filter((rule) => applies(rule, one));
    const named = rules.length > 0 ? credentialsNamedIn(one) : [];
    return rules.flatMap((rule) =>
      findAll(one.root, rule.at, one.tree).flatMap(({ node, path }) => {
        if (!isBeside(rule, path, one)) return [];
        const as = credentialsAt(named, path);
        const references =
          rule.by === 'host' ? hostReferences(rule, node, path, one) : [toReference(rule, node, path, one) ?? []].flat();
        return as ? references.map((reference) => ({ ...reference, as })) : references;
      }),
    );
  });
  // A default may be used in many places, and is one value all the same.
  return found.filter(({ isDefault, rule, query, range }) => {
    const key = `${rule.to} ${query.by} ${range.start}`;
    return !isDefault || (!told.has(key) && told.add(key));
  });
}

/** The rule whose value stands (or would stand) at a path: for completion, where the value may still be missing. */
export function ruleAt(manifest: LocalManifest, path: Path): Rule | undefined {
  for (const part of partsOf(manifest)) {
    const { at } = part;
    const rule = at?.every((step, index) => path[index] === step) ? ruleAt(part, path.slice(at.length)) : undefined;
    if (rule) return rule;
  }
  const rules = rulesFor(formOf(manifest)).filter((rule) => applies(rule, manifest));
  return (
    rules.find((rule) => fits(rule, path) && isBeside(rule, path, manifest)) ??
    rules.find((rule) => rule.by === 'filter' && path.at(-1) === 'name' && fits(rule, path.slice(0, -1)))
  );
}

function applies({ when = {}, unless = {} }: Rule, { root, tree }: LocalManifest): boolean {
  const text = (at: string) => textAt(root, at, tree) ?? '';
  const dead = Object.entries(unless).some(([at, values]) =>
    values === 'anything' ? text(at) !== '' : values.includes(text(at)),
  );
  return !dead && holds(when, { root, tree });
}

/** Whether, at each pattern, the value stands: among others, where the pattern leads to several. `anything` is whatever is not empty. */
export function holds(when: NonNullable<Rule['when']>, { root, tree }: Pick<LocalManifest, 'root' | 'tree'>): boolean {
  return Object.entries(when).every(([at, value]) => findAll(root, at, tree).some(({ node }) => isValue(node, value)));
}

/** Whether what must stand beside a value does. */
function isBeside({ beside = {} }: Rule, path: Path, { root, tree }: LocalManifest): boolean {
  return Object.entries(beside).every(([pattern, value]) => textBeside(root, pattern, path, tree) === value);
}

function isValue(node: Node, value: string): boolean {
  const text = isScalar(node) ? String(node.value ?? '') : undefined;
  return value === 'anything' ? text !== '' : text === value;
}

function fits({ at }: Rule, path: Path): boolean {
  const steps = parsePattern(at);
  return (
    steps.length === path.length &&
    steps.every((step, index) => (typeof step === 'string' ? step === path[index] : typeof path[index] === 'number'))
  );
}

function toReference(rule: Rule, node: Node, path: Path, manifest: LocalManifest): Reference | undefined {
  if (rule.by === 'filter') return filterReference(rule, node, path, manifest);
  if (!isScalar(node) || isLong(node) || node.value === null || node.value === undefined) return undefined;
  const text = String(node.value).trim();
  if (text === '' || placeholders.test(text)) return undefined;
  if (rule.part) return partReference(rule, rule.part, node, path, manifest);
  const value = rule.by === 'url' ? (text.split('/').at(-1) ?? '') : text;
  const by = rule.by === 'url' ? 'id' : rule.by;
  return {
    rule,
    query: { by, value },
    range: withoutEnding(node, manifest),
    path,
    text,
    quote: quoteOf(node),
    manifest,
    ...standsIn(node, manifest),
  };
}

/** A block scalar ends with the line break before what follows. */
function withoutEnding(node: Scalar, { document, encoded }: LocalManifest): Range {
  const { start, end } = rangeOf(node);
  if (encoded || !node.type?.startsWith('BLOCK')) return { start, end };
  return { start, end: start + document.text.slice(start, end).trimEnd().length };
}

function standsIn(node: Node, { defaults }: LocalManifest): { isDefault?: true } {
  return defaults?.has(node) ? { isDefault: true } : {};
}

/** Each host name of a list; of a wildcard the name below which it is. */
function hostReferences(rule: Rule, node: Node, path: Path, manifest: LocalManifest): Reference[] {
  if (!isScalar(node) || typeof node.value !== 'string' || isLong(node)) return [];
  const { start, end } = rangeOf(node);
  const written = manifest.document.text.slice(start, end);
  return [...node.value.matchAll(/[^\s,]+/g)].flatMap(({ 0: host, index }): Reference[] => {
    const name = host.replace(/^\*\./, '').replace(/\.$/, '');
    if (!/^[\w-]+(?:\.[\w-]+)+$/.test(name) || placeholders.test(host)) return [];
    const at = manifest.encoded ? -1 : written.indexOf(node.value as string);
    const begin = start + at + index + host.indexOf(name);
    const range = at < 0 ? { start, end } : { start: begin, end: begin + name.length };
    return [
      { rule, query: { by: 'host', value: name }, range, path, text: name, quote: '', manifest, ...standsIn(node, manifest) },
    ];
  });
}

/** A name or id within a longer text; where quoting hides its place, the whole text is underlined. */
function partReference(rule: Rule, part: RegExp, node: Scalar, path: Path, manifest: LocalManifest): Reference | undefined {
  const whole = String(node.value);
  const found = new RegExp(part, 'd').exec(whole);
  const [text, run] = [found?.[1] ?? '', found?.indices?.[1]];
  if (text === '' || !run || rule.by === 'filter' || rule.by === 'url') return undefined;
  const { start, end } = rangeOf(node);
  const at = manifest.encoded ? -1 : manifest.document.text.slice(start, end).indexOf(whole);
  const range = at < 0 ? { start, end } : { start: start + at + run[0], end: start + at + run[1] };
  return { rule, query: { by: rule.by, value: text }, range, path, text, quote: '', manifest, ...standsIn(node, manifest) };
}

/** A scalar, or a list of some: no filter of OpenStack's services takes more. */
function isCondition(value: unknown): boolean {
  return value === null || (Array.isArray(value) ? value : [value]).every((one) => typeof one !== 'object');
}

function filterReference(rule: Rule, node: Node, path: Path, manifest: LocalManifest): Reference | undefined {
  if (!isMap(node) || node.items.length === 0) return undefined;
  const json = toJson(node, manifest.tree);
  if (
    !json.ok ||
    placeholders.test(JSON.stringify(json.value, (_key, value) => (typeof value === 'bigint' ? String(value) : value)))
  )
    return undefined;
  const value: Record<string, unknown> = {};
  for (const [key, condition] of Object.entries(json.value as Record<string, unknown>)) {
    const field = rule.filterKeys?.[key];
    // A condition that cannot be evaluated here would make the answer a guess.
    if (field === null || (typeof condition === 'string' && placeholders.test(condition)) || !isCondition(condition))
      return undefined;
    value[field ?? key] = condition;
  }
  const name = resolved(pairOf(node, 'name')?.value, manifest.tree);
  const [first, last] = [node.items[0]?.key as Node, node.items.at(-1)];
  const whole = { start: rangeOf(first).start, end: rangeOf((last?.value ?? last?.key) as Node).end };
  return isScalar(name)
    ? {
        rule,
        query: { by: 'filter', value },
        range: rangeOf(name),
        path: [...path, 'name'],
        text: String(name.value),
        quote: quoteOf(name),
        manifest,
      }
    : { rule, query: { by: 'filter', value }, range: whole, path, text: undefined, quote: '', manifest };
}

function quoteOf(node: { readonly type?: string | null | undefined }): Reference['quote'] {
  return node.type === 'QUOTE_DOUBLE' ? '"' : node.type === 'QUOTE_SINGLE' ? "'" : '';
}
