import { isMap, isScalar, type Node } from 'yaml';
import type { Query } from '../openstack/lookup.ts';
import type { Range } from './finding.ts';
import { toJson } from './json.ts';
import type { LocalManifest } from './manifest.ts';
import { isLong, keyText } from './parse.ts';
import { findAll, type Path, parsePattern, rangeOf, textAt } from './path.ts';
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
}

/** What is to be filled in before it names anything. */
export const placeholders = /\$\{|\$\(|\{\{|^<.*>$|CHANGEME|example\.com|^0{8}-0{4}-0{4}-0{4}-0{12}$/;

/** Every reference of a manifest, by the rules about its kind. What holds a placeholder names nothing yet; an empty text is a value of its own (it suppresses a default). */
export function referencesOf(manifest: LocalManifest): readonly Reference[] {
  const rules = rulesFor(manifest.apiVersion, manifest.kind).filter((rule) => applies(rule, manifest));
  return rules.flatMap((rule) =>
    findAll(manifest.root, rule.at, manifest.tree).flatMap(({ node, path }) => toReference(rule, node, path, manifest) ?? []),
  );
}

/** The rule whose value stands (or would stand) at a path: for completion, where the value may still be missing. */
export function ruleAt(manifest: LocalManifest, path: Path): Rule | undefined {
  const rules = rulesFor(manifest.apiVersion, manifest.kind).filter((rule) => applies(rule, manifest));
  return (
    rules.find((rule) => fits(rule, path)) ??
    rules.find((rule) => rule.by === 'filter' && path.at(-1) === 'name' && fits(rule, path.slice(0, -1)))
  );
}

function applies({ when = {}, unless = {} }: Rule, { root, tree }: LocalManifest): boolean {
  const text = (at: string) => textAt(root, at, tree) ?? '';
  const dead = Object.entries(unless).some(([at, values]) =>
    values === 'anything' ? text(at) !== '' : values.includes(text(at)),
  );
  return !dead && Object.entries(when).every(([at, value]) => text(at) === value);
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
  const value = rule.by === 'url' ? (text.split('/').at(-1) ?? '') : text;
  const by = rule.by === 'url' ? 'id' : rule.by;
  return { rule, query: { by, value }, range: rangeOf(node), path, text, quote: quoteOf(node), manifest };
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
    if (field === null) return undefined;
    value[field ?? key] = condition;
  }
  const name = node.items.find(({ key }) => keyText(key) === 'name')?.value;
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
