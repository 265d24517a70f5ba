import type { ListFilter } from '../kind.ts';

/** Conditions that stand in many rows, by what they are called in the query. */
export const byName = { field: 'name', title: 'name' } as const satisfies ListFilter;
export const byStatus = { field: 'status', title: 'status', values: 'state' } as const satisfies ListFilter;
export const byTags = { field: 'tags', title: 'tags' } as const satisfies ListFilter;

/** Yes or no, as the query has it. */
export function yesOrNo(field: string, title: string) {
  return { field, title, values: ['true', 'false'] } as const satisfies ListFilter;
}

/** The id of a resource of a kind. */
export function byIdOf<K extends string>(field: string, title: string, kind: K) {
  return { field, title, kind } as const;
}
