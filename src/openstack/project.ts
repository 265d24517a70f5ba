import type { Disposable, Event } from '../base/event.ts';
import type { Failure, Result } from '../base/failure.ts';
import type { HttpResponse } from '../base/http.ts';
import type { Accepted, Change } from './action.ts';
import type { ActionWord } from './actions/actionWords.ts';
import type { Call, Moved } from './client.ts';
import type { Answers } from './field.ts';
import type { Resource } from './kind.ts';
import type { KindId } from './kinds/kinds.ts';
import type { Lookup, Query } from './lookup.ts';
import type { Quota } from './quota.ts';

/** A list as last seen. */
export interface ResourceList {
  readonly items: readonly Resource[];
  /** When the cloud answered, in ms since the epoch. */
  readonly asOf: number;
  /** True when the last attempt to renew it failed: shown, but as stale. */
  readonly stale: boolean;
  /** Why it could not be renewed, where it is stale. */
  readonly failure?: Failure;
  /** False while more pages follow (see {@link ListOptions.partial}), or where a list was cut because nobody can read so many rows. */
  readonly complete: boolean;
  /** True where nothing follows, though there is more: the list was cut. */
  readonly cut?: boolean;
}

/**
 * How fresh an answer must be: `cached` takes any age, `fresh` asks the cloud, a number is the greatest age in ms. Default 30,000. `changes` asks the cloud, too, but only for what has changed since
 * it was last asked, where the service can tell that.
 */
export type Freshness = 'cached' | 'fresh' | 'changes' | number;

/** What was asked of a list. `where` are equality conditions on fields, applied by the server where it can and here otherwise. */
export interface ListOptions {
  readonly where?: Readonly<Record<string, string>>;
  /** Conditions for the service alone, as its query names them (see `filters` of a kind's row); such lists are kept apart from the whole one. */
  readonly query?: Readonly<Record<string, string>>;
  /** The resources of all projects, for kinds whose row says `allProjects`. */
  readonly allProjects?: boolean;
  /** The parent resource, for kinds whose path needs one. */
  readonly parent?: Resource;
  readonly freshness?: Freshness;
  /** True to have the first page of a long list as soon as it comes (`complete` false then); `onDidChange` fires once the rest is there. */
  readonly partial?: boolean;
  readonly signal?: AbortSignal;
}

/** What an action is given. */
export interface ActOptions {
  readonly answers?: Answers;
  /** The parent resource, for kinds whose path needs one. */
  readonly parent?: Resource;
  readonly signal?: AbortSignal;
}

/**
 * One project of one cloud and region, as seen from here. Lists are cached and in flight once; nothing is asked before it is called.
 * The lookups of the language server, the tree and the deploy engine all come through here.
 */
export interface Project extends Disposable {
  readonly cloud: string;
  readonly region: string | undefined;
  /** The scope: id and name of the project. */
  readonly id: string;
  readonly name: string;
  /** Whose credentials ask. */
  readonly user: string;
  /** Whether they hold the role `admin` here. */
  readonly administers: boolean;
  /** Whether the catalogue of the token has the service of this kind, and the kind was not found to be refused to all but administrators or absent from this cloud since the last refresh. */
  offers(kind: KindId): boolean;
  /** Whether the user's roles may let them list this kind for all projects; absent: no. */
  mayListAll?(kind: KindId): boolean;
  /** Lists a kind. Fails with the reasons of the transport and service; never returns an empty list for a failure. */
  list(kind: KindId, options?: ListOptions): Promise<Result<ResourceList>>;
  /** What the cache holds now, without any request. */
  peek(kind: KindId, options?: Pick<ListOptions, 'where' | 'parent' | 'query' | 'allProjects'>): ResourceList | undefined;
  /** One resource by id, from the cache if young enough. Fails with `notFound` when the service says so. */
  get(
    kind: KindId,
    id: string,
    options?: { freshness?: Freshness; parent?: Resource; signal?: AbortSignal },
  ): Promise<Result<Resource>>;
  /** Answers a reference. A miss against an old cache asks the cloud once more, at most once in 30 s for each kind. */
  find(kind: KindId, query: Query, signal?: AbortSignal): Promise<Lookup>;
  /** The name of a resource as far as it is known without a request: for columns that hold ids. */
  nameOf?(kind: KindId, id: string): string | undefined;
  /** Limits and use of one service (`compute`, `network`, …). Fails with `unsupported` where a service tells none. */
  quota?(service: string, signal?: AbortSignal): Promise<Result<readonly Quota[]>>;
  /**
   * Does what a word of the kind's `can` says (see the table of actions) to one resource. Resolves when the service has accepted it; what becomes of it is seen by {@link renew}.
   * `answers` are those to what the action asks; of several changes, the answer to the last one is told. Fails with `conflict` where the service refuses in this state.
   */
  act(kind: KindId, resource: Resource, word: ActionWord, options?: ActOptions): Promise<Result<Accepted>>;
  /** Makes one more resource of a kind. Resolves when the service has accepted it; the answer's body says what was made. Lists of the kind are asked for anew. */
  create(kind: KindId, change: Change, options?: Omit<ActOptions, 'answers'>): Promise<Result<Accepted>>;
  /** Asks a question about one resource that changes nothing, mostly a POST (`os-getConsoleOutput`); answers its body. */
  ask(kind: KindId, resource: Resource, question: Change, doing: string, signal?: AbortSignal): Promise<Result<unknown>>;
  /** Moves bytes to or from a service, past every cache (see {@link Client.transfer}). */
  transfer(call: Omit<Call, 'scope' | 'sends'>, moved: Moved): Promise<Result<HttpResponse>>;
  /** Where one resource is asked for: its address and the headers that name a microversion; no token. */
  addressOf(
    kind: KindId,
    id: string,
    parent?: Resource,
  ): Promise<Result<{ readonly url: string; readonly headers: Readonly<Record<string, string>> }>>;
  /** Asks for one resource and puts it in its place in every cached list; `notFound` takes it out of them. One request. */
  renew(
    kind: KindId,
    id: string,
    options?: { readonly parent?: Resource; readonly signal?: AbortSignal },
  ): Promise<Result<Resource>>;
  /** Fires the kinds whose cached lists changed. */
  readonly onDidChange: Event<{ readonly kinds: readonly KindId[] }>;
  /** Drops what is cached of these kinds (of all, if none are named) and fires `onDidChange`. */
  refresh(kinds?: readonly KindId[]): void;
}
