import type { KindId } from '../openstack/kinds/kinds.ts';
import type { Lookup, Query } from '../openstack/lookup.ts';
import type { CredentialsReference } from './credentials.ts';

/** One question of a document: which resource does this value name? */
export interface ReferenceQuery {
  readonly kind: KindId;
  readonly query: Query;
  /** With whose credentials it is to be asked; left out, with those of whoever is asked. */
  readonly as?: CredentialsReference;
}

/** As whom a question was answered that says with whose credentials it is to be asked. */
export interface AnsweredBy {
  /** "project ops of cloud demo, as bob". */
  readonly place: string;
  /** Why these are other credentials than those wanted, one sentence; undefined when they are the same. */
  readonly instead?: string;
}

/**
 * An answer, and as whom it was given where the question minds. `doubt`: why what was found may not be there for whoever uses the manifest, one sentence: an administrator sees more than others do. Such an
 * answer accuses nobody, and is no proof either.
 */
export type Answered = Lookup & { readonly by?: AnsweredBy; readonly doubt?: string };

/**
 * The world as a manifest check sees it. Met by an opened project (deploy, command line), by the protocol client (language server) and by the fake cloud
 * of the tests. All references of a document go in one call; the answers come in the same order. Never throws: what cannot be checked is `unknown`.
 */
export interface ResourceLookup {
  /** Where answers come from, for messages: "project demo (cloud demo, RegionOne)". Undefined when nothing is bound. */
  readonly place: string | undefined;
  find(queries: readonly ReferenceQuery[], signal?: AbortSignal): Promise<readonly Answered[]>;
}

const words = new WeakMap<CredentialsReference, string>();

/** Many questions are asked with the same credentials, and each is looked up more than once. */
function wordsOf(as: CredentialsReference): string {
  const known = words.get(as) ?? JSON.stringify(as);
  words.set(as, known);
  return known;
}

/** Stable text of a question, to find its answer again. */
export function keyOf({ kind, query, as }: ReferenceQuery): string {
  const who = as ? ` ${wordsOf(as)}` : '';
  return `${kind} ${query.by} ${typeof query.value === 'string' ? query.value : JSON.stringify(query.value)}${who}`;
}
