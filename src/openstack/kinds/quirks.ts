import type { Kind, Resource } from '../kind.ts';

type Quirk = NonNullable<Kind['quirk']>;

/** Leaves fields out that hold secrets, so that nobody can show them; such a kind has `get: false`, since one resource would come with them. */
export function without(...fields: readonly string[]): Quirk {
  return (items) => items.map((item) => Object.fromEntries(Object.entries(item).filter(([field]) => !fields.includes(field))));
}

/** Gives each resource an `id` of its own where the service knows none. */
export function identified(id: (resource: Resource) => string): Quirk {
  return (items) => items.map((item) => ({ ...item, id: id(item) }));
}

/** Says `alive` in Nova's words, `state` up or down. */
export const upOrDown: Quirk = (items) => items.map((item) => ({ ...item, state: item['alive'] === false ? 'down' : 'up' }));

/** Leaves out the entry `id` of a dictionary that says by it whose the rest is. */
export const withoutId: Quirk = (items) => items.filter((item) => item['name'] !== 'id');
