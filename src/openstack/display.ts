import { plainText } from '../base/plainText.ts';
import { textAt, valuesAt } from './columns.ts';
import type { Column, Health, Resource, StatusField } from './kind.ts';
import { type KindId, kindOf } from './kinds/kinds.ts';

/** Says the name of another resource when it is known without asking: the project's cache. */
export type NameLookup = (kind: KindId, id: string) => string | undefined;

/** What may help to display a resource. */
export interface DisplayOptions {
  readonly lookups?: NameLookup;
}

/** The identity of a resource; of an address (`secret_ref`) the last segment. Empty when the service left it out. */
export function idOf(kind: KindId, resource: Resource): string {
  const value = textAt(resource, kindOf(kind).id ?? 'id') ?? '';
  return /^https?:\/\//.test(value) ? (value.replace(/\/+$/, '').split('/').at(-1) ?? '') : value;
}

/** The name; where there is none, what the row says instead, else the id. One harmless line. */
export function nameOf(kind: KindId, resource: Resource): string {
  const { name = 'name', nameless } = kindOf(kind);
  const instead = typeof nameless === 'string' ? textAt(resource, nameless) : nameless?.(resource);
  return plainText(textAt(resource, name) || instead || '', 200) || plainText(idOf(kind, resource), 200) || noName;
}

/** Of a resource whose name and id hold nothing that can be read. */
const noName = '(no readable name)';

/** The columns that have a value, in the row's order: title and one harmless line. */
export function columnsOf(
  kind: KindId,
  resource: Resource,
  { lookups }: DisplayOptions = {},
): readonly (readonly [title: string, value: string])[] {
  return [...shownColumns(kind, resource, lookups)];
}

/** One by one: who needs the first two does not pay for the rest. */
function* shownColumns(kind: KindId, resource: Resource, lookups: NameLookup | undefined) {
  for (const column of kindOf(kind).columns) {
    const value = shownOf(column, resource, lookups);
    if (value !== undefined) yield [titleOf(column), plainText(value)] as const;
  }
}

/** What stands beside the name in a tree: the state, then the first two columns that have a value, joined by ` · `. */
export function descriptionOf(kind: KindId, resource: Resource, { lookups }: DisplayOptions = {}): string {
  const said = [healthOf(kind, resource)?.word];
  const [id, name] = [kindOf(kind).id, nameOf(kind, resource)];
  for (const [title, value] of shownColumns(kind, resource, lookups)) {
    if (title === 'id' || title === id || value === name) continue;
    if (said.push(value) > 2) break;
  }
  return said.filter(Boolean).join(' · ');
}

const concern: readonly Health[] = ['quiet', 'good', 'busy', 'bad'];

/** The state's own word and what it means; undefined for kinds without a state. A second state field is named only when it is busy or bad. */
export function healthOf(kind: KindId, resource: Resource): { readonly word: string; readonly health: Health } | undefined {
  let state: { readonly word: string; readonly health: Health } | undefined;
  for (const field of kindOf(kind).status ?? []) {
    for (const value of valuesAt(resource, field.field)) {
      const health = meaningOf(field, String(value));
      const word = plainText(String(value), 60);
      if (!state) state = { word, health };
      else if (health === 'busy' || health === 'bad')
        state = {
          word: `${state.word} / ${word}`,
          health: concern.indexOf(health) > concern.indexOf(state.health) ? health : state.health,
        };
    }
  }
  return state;
}

/** One thing that may lie below a resource: a kind, and how to list it. */
export interface Child {
  readonly kind: KindId;
  readonly label: string;
  /** Conditions of the list: child field → value. */
  readonly where: Readonly<Record<string, string>>;
  /** Set where the child's path needs the parent. */
  readonly parent?: Resource;
}

/** What lies below a resource, in the row's order; a child whose conditions this resource cannot fill, or does not meet, is left out. */
export function childrenOf(kind: KindId, resource: Resource): readonly Child[] {
  return [...eachChild(kind, resource)];
}

/** The same one by one, for who asks only whether there is any. */
export function* eachChild(kind: KindId, resource: Resource): Generator<Child> {
  for (const child of kindOf(kind).children ?? []) {
    const row = kindOf(child.kind);
    if (Object.entries(child.when ?? {}).some(([field, value]) => textAt(resource, field) !== value)) continue;
    const where = Object.entries(child.where).map(([field, source]) => [field, textAt(resource, source)] as const);
    if (where.some(([, value]) => value === undefined)) continue;
    const filled = Object.fromEntries(where.map(([field, value]) => [field, value ?? '']));
    const parent = row.parent?.kind === kind ? { parent: resource } : {};
    yield { kind: child.kind, label: child.label ?? row.label[1], where: filled, ...parent };
  }
}

/**
 * A resource as the language server may see it: columns, state, and those fields that the row (or the caller) allows to rules. The name is the service's own, since it
 * may be written into a manifest; the id where there is none.
 */
export function toFacts(
  kind: KindId,
  resource: Resource,
  fields: readonly string[] = kindOf(kind).facts ?? [],
  options: DisplayOptions = {},
) {
  const state = healthOf(kind, resource)?.word;
  const asked = fields.map((field) => [field, fieldOf(resource, field)] as const).filter(([, value]) => value !== undefined);
  return {
    kind,
    ...namesOf(kind, resource),
    columns: columnsOf(kind, resource, options),
    ...(state !== undefined && { state }),
    ...(asked.length > 0 && { fields: Object.fromEntries(asked) }),
  };
}

function namesOf(kind: KindId, resource: Resource): { readonly id: string; readonly name: string } {
  const id = idOf(kind, resource);
  return { id, name: plainText(textAt(resource, kindOf(kind).name ?? 'name') ?? '', 255) || id };
}

/** The first `limit` of those whose name holds a text or whose id begins with it, in any case, as the language server may see them; whether there are more. Of the rest nothing is worked out but their names. */
export function factsMatching(kind: KindId, items: readonly Resource[], text: string, limit: number) {
  const wanted = text.toLowerCase();
  const matching: Resource[] = [];
  for (const item of items) {
    const { id, name } = namesOf(kind, item);
    if (name.toLowerCase().includes(wanted) || id.toLowerCase().startsWith(wanted)) matching.push(item);
    if (matching.length > limit) break;
  }
  return { items: matching.slice(0, limit).map((item) => toFacts(kind, item)), more: matching.length > limit };
}

/** One value as it stands, several as a list. */
function fieldOf(resource: Resource, field: string): unknown {
  if (Object.hasOwn(resource, field)) return resource[field] ?? undefined;
  const values = valuesAt(resource, field);
  return values.length > 1 ? values : values[0];
}

function titleOf(column: Column): string {
  return typeof column === 'string' ? column.replaceAll('_', ' ') : column.title;
}

function shownOf(column: Column<KindId>, resource: Resource, lookups: NameLookup | undefined): string | undefined {
  if (typeof column === 'string') return textAt(resource, column);
  const value = column.of(resource);
  if (value === undefined || !column.names || !lookups) return value;
  const { names } = column;
  return value
    .split(', ')
    .map((id) => lookups(names, id) ?? id)
    .join(', ');
}

const meanings = ['bad', 'busy', 'good'] as const;

/** Of a field's words what they mean, and of its patterns; looked up for every row of every list. */
interface Meanings {
  readonly words: ReadonlyMap<string, Health>;
  readonly patterns: readonly (readonly [pattern: string, health: Health])[];
}

const known = new WeakMap<StatusField, Meanings>();

function meaningsOf(field: StatusField): Meanings {
  const made = known.get(field);
  if (made) return made;
  const all = meanings.flatMap((meaning) => (field[meaning] ?? []).map((pattern) => [pattern, meaning] as const));
  const fresh = { words: new Map(all.toReversed()), patterns: all.filter(([pattern]) => pattern.includes('*')) };
  known.set(field, fresh);
  return fresh;
}

/** The gravest meaning that a word has. */
function meaningOf(field: StatusField, value: string): Health {
  const { words, patterns } = meaningsOf(field);
  const word = words.get(value);
  const pattern = patterns.find(([one]) => matches(one, value))?.[1];
  if (!word || !pattern) return word ?? pattern ?? 'quiet';
  return concern.indexOf(pattern) > concern.indexOf(word) ? pattern : word;
}

/** A trailing or leading `*` matches any rest. */
function matches(pattern: string, value: string): boolean {
  return pattern.startsWith('*') ? value.endsWith(pattern.slice(1)) : value.startsWith(pattern.slice(0, -1));
}

/** Whether a resource that is still answered is gone: Heat and Magnum go on telling of what was deleted (`DELETE_COMPLETE`), as do Octavia and Nova for a while. */
export function isGone(kind: KindId, resource: Resource): boolean {
  return (kindOf(kind).status ?? []).some(({ field }) => /^(?:DELETED|DELETE_COMPLETE)$/i.test(textAt(resource, field) ?? ''));
}
