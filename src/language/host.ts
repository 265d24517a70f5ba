import { type Answered, keyOf, type ReferenceQuery, type ResourceLookup } from '../manifest/resourceLookup.ts';
import type { Resource } from '../openstack/kind.ts';
import { type KindId, kindOf } from '../openstack/kinds/kinds.ts';
import type { Lookup } from '../openstack/lookup.ts';
import type {
  Answer,
  BesideAnswer,
  BesideParams,
  BindingAnswer,
  FactsLookup,
  FindParams,
  KubernetesFindParams,
  ListParams,
  NoSchemaAnswer,
  ObjectPresence,
  ResourceFacts,
  SchemaAnswer,
  SchemaParams,
  WorkspaceFiles,
} from '../protocol.ts';

/** The questions of the language server as its client answers them; each undefined when the client does not answer it. Epochs come along. */
export interface LanguageHost {
  readonly find: ((params: FindParams, signal: AbortSignal) => Promise<Answer<readonly FactsLookup[]>>) | undefined;
  readonly list:
    | ((params: ListParams, signal: AbortSignal) => Promise<Answer<{ items: readonly ResourceFacts[]; incomplete: boolean }>>)
    | undefined;
  readonly schema:
    | ((params: SchemaParams, signal: AbortSignal) => Promise<Answer<SchemaAnswer | NoSchemaAnswer | null>>)
    | undefined;
  readonly binding: ((params: { readonly uri: string }) => Promise<Answer<BindingAnswer>>) | undefined;
  /** Whether objects are there, in the order asked. */
  readonly kubernetesFind:
    | ((params: KubernetesFindParams, signal: AbortSignal) => Promise<Answer<readonly ObjectPresence[]>>)
    | undefined;
  /** What stands in files beside a document. */
  readonly beside?: ((params: BesideParams, signal: AbortSignal) => Promise<BesideAnswer>) | undefined;
  /** The YAML files of the workspace, open or not. */
  readonly workspaceManifests: (() => Promise<WorkspaceFiles>) | undefined;
}

/** What is known of the cloud about one document: asks over the protocol, and keeps the answers until they are forgotten. */
export class HostLookup implements ResourceLookup {
  /** Where answers come from; undefined while nobody has said what the document is bound to. */
  place: string | undefined;
  /** Answers by question, as the checks want them and as they came. */
  readonly known = new Map<string, Answered>();
  readonly facts = new Map<string, FactsLookup>();
  /** The epoch of the oldest answer. */
  epoch: number | undefined;
  readonly #host: LanguageHost;
  readonly #uri: string;
  readonly #answered = new Map<string, number>();

  constructor(host: LanguageHost, uri: string) {
    this.#host = host;
    this.#uri = uri;
  }

  async find(
    queries: readonly ReferenceQuery[],
    signal: AbortSignal = new AbortController().signal,
  ): Promise<readonly Answered[]> {
    if (!this.#host.find) return queries.map(() => unasked);
    const answer = await this.#host.find({ uri: this.#uri, queries }, signal);
    // A host that was cut short answers that it does not know: that is no answer to keep.
    signal.throwIfAborted();
    const now = Date.now();
    for (const query of queries) this.#answered.set(keyOf(query), now);
    this.epoch = Math.min(this.epoch ?? answer.epoch, answer.epoch);
    return queries.map((query, index) => {
      const facts = answer.value[index];
      if (!facts) return unasked;
      this.facts.set(keyOf(query), facts);
      const { by, doubt } = facts;
      return { ...toLookup(query.kind, facts), ...(by ? { by } : {}), ...(doubt === undefined ? {} : { doubt }) };
    });
  }

  /** When the oldest answer to these came, in ms since the epoch. */
  asOf(queries: readonly ReferenceQuery[]): number {
    return Math.min(...queries.map((query) => this.#answered.get(keyOf(query)) ?? Date.now()));
  }

  /** Forgets the answers of certain verdicts: they are asked for again. */
  forget(verdicts: readonly Lookup['verdict'][]): void {
    for (const [key, { verdict }] of this.known) {
      if (!verdicts.includes(verdict)) continue;
      this.known.delete(key);
      this.facts.delete(key);
    }
  }
}

/** Facts as a resource that the catalog's functions can read: id and name stand where the row says. */
export function toResource(kind: KindId, { id, name, fields = {} }: ResourceFacts): Resource {
  const row = kindOf(kind);
  return { ...fields, [row.name ?? 'name']: name, [row.id ?? 'id']: id };
}

function toLookup(kind: KindId, facts: FactsLookup): Lookup {
  switch (facts.verdict) {
    case 'unknown':
      return { verdict: 'unknown', failure: { reason: 'offline', message: facts.message } };
    case 'missing':
      return { verdict: 'missing', near: facts.near.map((one) => toResource(kind, one)) };
    default:
      return { verdict: facts.verdict, matches: facts.matches.map((one) => toResource(kind, one)) };
  }
}

const unasked: Lookup = {
  verdict: 'unknown',
  failure: { reason: 'offline', message: 'The editor does not answer questions about clouds.' },
};
