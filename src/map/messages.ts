import type { GraphChange, MapGraph } from './graph.ts';

/** What the editor tells the page of a map. Kinds, names and states only. */
export type ToMap =
  | {
      readonly type: 'graph';
      readonly title: string;
      readonly graph: MapGraph;
      readonly notes: readonly string[];
      readonly focus: string | undefined;
    }
  | { readonly type: 'change'; readonly change: GraphChange; readonly notes: readonly string[] };

/** What the page of a map tells the editor. */
export type FromMap = { readonly type: 'ready' } | { readonly type: 'reveal' | 'details'; readonly id: string };

const longestId = 4000;

/** A message of the page, read as what it must be; undefined for anything else. */
export function fromMap(message: unknown): FromMap | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  const [type, id]: unknown[] = [Reflect.get(message, 'type'), Reflect.get(message, 'id')];
  if (type === 'ready') return { type };
  if (type !== 'reveal' && type !== 'details') return undefined;
  return typeof id === 'string' && id.length > 0 && id.length <= longestId ? { type, id } : undefined;
}
