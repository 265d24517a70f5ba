import type { Failure } from '../base/failure.ts';
import type { Resource } from './kind.ts';

/**
 * What a reference asks of a project. `id` goes by GET, the rest from one cached list.
 * `idOrName` tries the id first. `filter` holds every condition of a filter object and is evaluated whole.
 * `host` is a host name that lies in the zone that is looked for.
 * `pattern` is OCCM's subnet name pattern: `!` negates, `~` is a regular expression, else a glob.
 * Source of the modes: reference catalog of the rules (src/manifest/rules).
 */
export type Query =
  | { readonly by: 'id'; readonly value: string }
  | { readonly by: 'name'; readonly value: string }
  | { readonly by: 'idOrName'; readonly value: string }
  | { readonly by: 'filter'; readonly value: Readonly<Record<string, unknown>> }
  | { readonly by: 'tags'; readonly value: string }
  | { readonly by: 'host'; readonly value: string }
  | { readonly by: 'pattern'; readonly value: string };

/** The answer to a query. `unknown` could not be checked and accuses nobody. */
export type Lookup =
  | { readonly verdict: 'found'; readonly matches: readonly Resource[] }
  | { readonly verdict: 'missing'; readonly near: readonly Resource[] }
  | { readonly verdict: 'ambiguous'; readonly matches: readonly Resource[] }
  | { readonly verdict: 'unknown'; readonly failure: Failure };
