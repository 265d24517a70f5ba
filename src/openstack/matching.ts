import { distance } from '../base/distance.ts';
import { distanceTo, isWithin } from '../base/domainName.ts';
import { textAt, valuesAt } from './columns.ts';
import { idOf } from './display.ts';
import type { Resource } from './kind.ts';
import { type KindId, kindOf } from './kinds/kinds.ts';
import type { Lookup, Query } from './lookup.ts';

/** Answers a query from a complete list: found, ambiguous, or missing with the nearest names. */
export function lookUp(kind: KindId, items: readonly Resource[], query: Query): Lookup {
  return query.by === 'host' ? zoneOf(kind, items, query.value) : lookUpResource(kind, items, query);
}

function lookUpResource(kind: KindId, items: readonly Resource[], query: Testable): Lookup {
  const test = testOf(kind, query);
  if (!test.ok) return { verdict: 'unknown', failure: { reason: 'invalid', message: test.problem } };
  const byId = query.by === 'idOrName' ? items.filter((item) => sameId(kind, item, query.value)) : [];
  const matches = byId.length > 0 ? byId : items.filter(test.matches);
  if (matches.length === 0) return { verdict: 'missing', near: nearest(kind, items, wantedText(query)) };
  const unjudged = matches.length > 1 && query.by === 'filter' ? unjudgedKey(matches, query.value) : undefined;
  if (unjudged !== undefined)
    return {
      verdict: 'unknown',
      failure: { reason: 'invalid', message: `${kindOf(kind).label[1]} cannot be told apart by "${unjudged}" here.` },
    };
  const several = matches.length > 1 && query.by !== 'tags' && query.by !== 'pattern' && query.by !== 'filter';
  return { verdict: several ? 'ambiguous' : 'found', matches };
}

/** The zone that a host name lies in, the innermost; else the zones there are, the likeliest first. Who has none keeps names elsewhere, which says nothing. */
function zoneOf(kind: KindId, items: readonly Resource[], host: string): Lookup {
  if (items.length === 0)
    return {
      verdict: 'unknown',
      failure: { reason: 'unsupported', message: `There are no ${kindOf(kind).label[1].toLowerCase()} here.` },
    };
  const name = (item: Resource) => wholeName(kind, item);
  const [best] = items.filter((item) => isWithin(host, name(item))).sort((one, other) => name(other).length - name(one).length);
  if (best) return { verdict: 'found', matches: [best] };
  const far = new Map(items.map((item) => [item, distanceTo(host, name(item))]));
  const near = [...items].sort((one, other) => (far.get(one) ?? 0) - (far.get(other) ?? 0) || (name(one) < name(other) ? -1 : 1));
  return { verdict: 'missing', near: near.slice(0, mostZones) };
}

/** So many are told. */
const mostZones = 5;

/** Whether a resource has this id; hexadecimal ids in any case. */
export function sameId(kind: KindId, resource: Resource, id: string): boolean {
  const own = idOf(kind, resource);
  return own !== '' && (own === id || own.toLowerCase() === id.toLowerCase() || idIn(id) === own);
}

const indexes = new WeakMap<readonly Resource[], ReadonlyMap<string, Resource>>();

/** The resources of a list by their ids in lower case, made once for each list: every row of another list may ask it for a name. */
export function byId(kind: KindId, items: readonly Resource[]): ReadonlyMap<string, Resource> {
  const known = indexes.get(items);
  if (known) return known;
  // Of several that share an id, the first one counts, as where they are looked through.
  const index = new Map(items.toReversed().map((item) => [idOf(kind, item).toLowerCase(), item]));
  index.delete('');
  indexes.set(items, index);
  return index;
}

/** The up to three resources whose name or id comes nearest to a text, best first; none when nothing is near. */
export function nearest(kind: KindId, items: readonly Resource[], text: string): readonly Resource[] {
  const wanted = text.toLowerCase();
  if (wanted === '') return [];
  // Nearer than the third is all that counts of the rest: of thousands, most need no second look.
  let limit = Math.max(2, Math.floor(wanted.length / 3));
  const best: { readonly item: Resource; readonly score: number }[] = [];
  for (const item of items) {
    const score = Math.min(
      distance(wanted, wholeName(kind, item).toLowerCase(), limit),
      distance(wanted, idOf(kind, item).toLowerCase(), limit),
    );
    if (score > limit) continue;
    const at = best.findIndex((one) => one.score > score);
    best.splice(at < 0 ? best.length : at, 0, { item, score });
    best.length = Math.min(best.length, 3);
    if (best[2]) limit = best[2].score - 1;
    if (limit < 0) break;
  }
  return best.map(({ item }) => item);
}

/** A host name is no property of a zone, see {@link zoneOf}. */
type Testable = Exclude<Query, { readonly by: 'host' }>;

type Test =
  | { readonly ok: true; readonly matches: (resource: Resource) => boolean }
  | { readonly ok: false; readonly problem: string };

function testOf(kind: KindId, query: Testable): Test {
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

/** A condition that none of several matches could be judged by: it may be what tells them apart. */
function unjudgedKey(matches: readonly Resource[], conditions: Readonly<Record<string, unknown>>): string | undefined {
  return Object.keys(conditions).find((key) => {
    const field = snakeCase(key);
    return !(field in tagTests) && field !== 'id' && field !== 'name' && matches.every((match) => !(field in match));
  });
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

function wantedText(query: Testable): string {
  if (query.by !== 'filter') return query.by === 'pattern' || query.by === 'tags' ? '' : query.value;
  return typeof query.value['name'] === 'string' ? query.value['name'] : '';
}

/** The id in a reference: of an address (`https://…/v1/containers/0a1b`) its last segment, else the text as it stands. */
export function idIn(reference: string): string {
  if (!/^https?:\/\//.test(reference)) return reference;
  return reference.replace(/\/+$/, '').split('/').at(-1) ?? reference;
}
