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
  return plainText(textAt(resource, name) || instead || '', 200) || idOf(kind, resource);
}

/** The columns that have a value, in the row's order: title and one harmless line. */
export function columnsOf(
  kind: KindId,
  resource: Resource,
  { lookups }: DisplayOptions = {},
): readonly (readonly [title: string, value: string])[] {
  return kindOf(kind).columns.flatMap((column) => {
    const value = shownOf(column, resource, lookups);
    return value === undefined ? [] : [[titleOf(column), plainText(value)] as const];
  });
}

/** What stands beside the name in a tree: the state, then the first two columns that have a value, joined by ` · `. */
export function descriptionOf(kind: KindId, resource: Resource, options: DisplayOptions = {}): string {
  const state = healthOf(kind, resource)?.word;
  const facts = columnsOf(kind, resource, options).filter(([title, value]) => title !== 'id' && value !== nameOf(kind, resource));
  return [state, ...facts.slice(0, 2).map(([, value]) => value)].filter(Boolean).join(' · ');
}

const concern: readonly Health[] = ['quiet', 'good', 'busy', 'bad'];

/** The state's own word and what it means; undefined for kinds without a state. A second state field is named only when it is busy or bad. */
export function healthOf(kind: KindId, resource: Resource): { readonly word: string; readonly health: Health } | undefined {
  const states = (kindOf(kind).status ?? []).flatMap((field) =>
    valuesAt(resource, field.field).map((value) => ({
      word: plainText(String(value), 60),
      health: meaningOf(field, String(value)),
    })),
  );
  const [first, ...others] = states;
  if (!first) return undefined;
  const telling = others.filter(({ health }) => health === 'busy' || health === 'bad');
  const worst = [first, ...telling].reduce((one, other) =>
    concern.indexOf(other.health) > concern.indexOf(one.health) ? other : one,
  );
  return { word: [first, ...telling].map(({ word }) => word).join(' / '), health: worst.health };
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

/** What lies below a resource, in the row's order; conditions that this resource cannot fill are left out with their child. */
export function childrenOf(kind: KindId, resource: Resource): readonly Child[] {
  return (kindOf(kind).children ?? []).flatMap((child) => {
    const row = kindOf(child.kind);
    const where = Object.entries(child.where).map(([field, source]) => [field, textAt(resource, source)] as const);
    if (where.some(([, value]) => value === undefined)) return [];
    const filled = Object.fromEntries(where.map(([field, value]) => [field, value ?? '']));
    const parent = row.parent?.kind === kind ? { parent: resource } : {};
    return [{ kind: child.kind, label: child.label ?? row.label[1], where: filled, ...parent }];
  });
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
    id: idOf(kind, resource),
    name: plainText(textAt(resource, kindOf(kind).name ?? 'name') ?? '', 255) || idOf(kind, resource),
    columns: columnsOf(kind, resource, options),
    ...(state !== undefined && { state }),
    ...(asked.length > 0 && { fields: Object.fromEntries(asked) }),
  };
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

function meaningOf(field: StatusField, value: string): Health {
  const meanings = ['bad', 'busy', 'good'] as const;
  return meanings.find((meaning) => field[meaning]?.some((pattern) => matches(pattern, value))) ?? 'quiet';
}

/** A trailing or leading `*` matches any rest. */
function matches(pattern: string, value: string): boolean {
  if (pattern.startsWith('*')) return value.endsWith(pattern.slice(1));
  if (pattern.endsWith('*')) return value.startsWith(pattern.slice(0, -1));
  return value === pattern;
}
