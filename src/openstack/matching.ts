import { textAt, valuesAt } from './columns.ts';
import { idOf } from './display.ts';
import type { Resource } from './kind.ts';
import { type KindId, kindOf } from './kinds/kinds.ts';
import type { Lookup, Query } from './lookup.ts';

/** Answers a query from a complete list: found, ambiguous, or missing with the nearest names. */
export function lookUp(kind: KindId, items: readonly Resource[], query: Query): Lookup {
  const test = testOf(kind, query);
  if (!test.ok) return { verdict: 'unknown', failure: { reason: 'invalid', message: test.problem } };
  const byId = query.by === 'idOrName' ? items.filter((item) => sameId(kind, item, query.value)) : [];
  const matches = byId.length > 0 ? byId : items.filter(test.matches);
  if (matches.length === 0) return { verdict: 'missing', near: nearest(kind, items, wantedText(query)) };
  const several = matches.length > 1 && query.by !== 'tags' && query.by !== 'pattern' && query.by !== 'filter';
  return { verdict: several ? 'ambiguous' : 'found', matches };
}

/** Whether a resource has this id; hexadecimal ids in any case. */
export function sameId(kind: KindId, resource: Resource, id: string): boolean {
  const own = idOf(kind, resource);
  return own !== '' && (own === id || own.toLowerCase() === id.toLowerCase() || idIn(id) === own);
}

/** The up to three resources whose name or id comes nearest to a text, best first; none when nothing is near. */
export function nearest(kind: KindId, items: readonly Resource[], text: string): readonly Resource[] {
  const wanted = text.toLowerCase();
  if (wanted === '') return [];
  const limit = Math.max(2, Math.floor(wanted.length / 3));
  const scored = items.flatMap((item) => {
    const score = Math.min(
      distance(wanted, wholeName(kind, item).toLowerCase(), limit),
      distance(wanted, idOf(kind, item).toLowerCase(), limit),
    );
    return score <= limit ? [{ item, score }] : [];
  });
  return scored
    .sort((one, other) => one.score - other.score)
    .slice(0, 3)
    .map(({ item }) => item);
}

/** The text that comes nearest to a wanted one; undefined when none is near. */
export function nearestText(texts: readonly string[], wanted: string): string | undefined {
  const limit = Math.max(2, Math.floor(wanted.length / 3));
  const scored = texts.map((text) => ({ text, score: distance(wanted.toLowerCase(), text.toLowerCase(), limit) }));
  return scored.filter(({ score }) => score <= limit).sort((one, other) => one.score - other.score)[0]?.text;
}

type Test =
  | { readonly ok: true; readonly matches: (resource: Resource) => boolean }
  | { readonly ok: false; readonly problem: string };

function testOf(kind: KindId, query: Query): Test {
  switch (query.by) {
    case 'id':
      return { ok: true, matches: (resource) => sameId(kind, resource, query.value) };
    case 'name':
    case 'idOrName':
      return { ok: true, matches: (resource) => wholeName(kind, resource) === query.value };
    case 'tags':
      return { ok: true, matches: (resource) => list(query.value).every((tag) => tagsOf(resource).includes(tag)) };
    case 'filter':
      return {
        ok: true,
        matches: (resource) => Object.entries(query.value).every(([field, value]) => meets(kind, resource, field, value)),
      };
    case 'pattern':
      return patternTest(kind, query.value);
  }
}

/** The cloud provider's subnet patterns: `!` negates, `~` begins a regular expression, else `*` and `?` as in a shell. */
function patternTest(kind: KindId, pattern: string): Test {
  const negated = pattern.startsWith('!');
  const text = negated ? pattern.slice(1) : pattern;
  const source = text.startsWith('~')
    ? text.slice(1)
    : `^${text
        .replace(/[.+^${}()|\\]/g, '\\$&')
        .replaceAll('*', '.*')
        .replaceAll('?', '.')}$`;
  try {
    const expression = new RegExp(source);
    return { ok: true, matches: (resource) => expression.test(wholeName(kind, resource)) !== negated };
  } catch {
    return { ok: false, problem: `"${text}" is not a regular expression.` };
  }
}

/** Tag conditions of Neutron's filters, under their names in manifests and in the API. */
const tagTests: Readonly<Record<string, (has: (tag: string) => boolean, tags: readonly string[]) => boolean>> = {
  tags: (has, tags) => tags.every(has),
  tags_any: (has, tags) => tags.some(has),
  not_tags: (has, tags) => !tags.every(has),
  not_tags_any: (has, tags) => !tags.some(has),
};

/** One condition of a filter. A field that the service does not report cannot be judged and counts as met. */
function meets(kind: KindId, resource: Resource, key: string, value: unknown): boolean {
  const field = snakeCase(key);
  const tagTest = tagTests[field];
  if (tagTest) return tagTest((tag) => tagsOf(resource).includes(tag), list(value));
  if (value === undefined || value === null || value === '') return true;
  if (field === 'id') return sameId(kind, resource, String(value));
  if (field === 'name') return wholeName(kind, resource) === String(value);
  if (!(field in resource)) return true;
  return valuesAt(resource, field).some((own) => String(own) === String(value));
}

/** `projectID` → `project_id`, `ipv6AddressMode` → `ipv6_address_mode`, `router:external` as it stands. */
function snakeCase(key: string): string {
  return key.replace(/([a-z0-9])([A-Z]+)/g, '$1_$2').toLowerCase();
}

/** The name as the service has it, character for character; the displayed one is cleaned. */
function wholeName(kind: KindId, resource: Resource): string {
  return textAt(resource, kindOf(kind).name ?? 'name') ?? '';
}

function tagsOf(resource: Resource): readonly string[] {
  return valuesAt(resource, 'tags').map(String);
}

function list(value: unknown): readonly string[] {
  const parts = Array.isArray(value) ? value.map(String) : String(value ?? '').split(',');
  return parts.map((part) => part.trim()).filter(Boolean);
}

function wantedText(query: Query): string {
  if (query.by !== 'filter') return query.by === 'pattern' || query.by === 'tags' ? '' : query.value;
  return typeof query.value['name'] === 'string' ? query.value['name'] : '';
}

/** The id in a reference: of an address (`https://…/v1/containers/0a1b`) its last segment, else the text as it stands. */
export function idIn(reference: string): string {
  if (!/^https?:\/\//.test(reference)) return reference;
  return reference.replace(/\/+$/, '').split('/').at(-1) ?? reference;
}

/** Edits (insert, delete, replace, swap of neighbours) from one text to another; more than `limit` counts as limit + 1. */
export function distance(one: string, other: string, limit: number): number {
  if (Math.abs(one.length - other.length) > limit) return limit + 1;
  let before: number[] = [];
  let previous = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row++) {
    const current = [row];
    for (let column = 1; column <= other.length; column++) {
      const same = one[row - 1] === other[column - 1];
      const swapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      current[column] = Math.min(
        (previous[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (previous[column - 1] ?? 0) + (same ? 0 : 1),
        swapped ? (before[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    if (Math.min(...current) > limit) return limit + 1;
    before = previous;
    previous = current;
  }
  return previous[other.length] ?? limit + 1;
}
