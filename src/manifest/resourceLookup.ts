import type { KindId } from '../openstack/kinds/kinds.ts';
import type { Lookup, Query } from '../openstack/lookup.ts';

/** One question of a document: which resource does this value name? */
export interface ReferenceQuery {
  readonly kind: KindId;
  readonly query: Query;
}

/**
 * The world as a manifest check sees it. Met by an opened project (deploy, command line), by the protocol client (language server) and by the fake cloud
 * of the tests. All references of a document go in one call; the answers come in the same order. Never throws: what cannot be checked is `unknown`.
 */
export interface ResourceLookup {
  /** Where answers come from, for messages: "project demo (cloud demo, RegionOne)". Undefined when nothing is bound. */
  readonly place: string | undefined;
  find(queries: readonly ReferenceQuery[], signal?: AbortSignal): Promise<readonly Lookup[]>;
}

/** Stable text of a question, to find its answer again. */
export function keyOf({ kind, query }: ReferenceQuery): string {
  return `${kind} ${query.by} ${typeof query.value === 'string' ? query.value : JSON.stringify(query.value)}`;
}
