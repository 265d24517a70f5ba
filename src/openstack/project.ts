import type { Disposable, Event } from '../base/event.ts';
import type { Result } from '../base/failure.ts';
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
  /** False while more pages follow (see {@link ListOptions.partial}), or where a list was cut because nobody can read so many rows. */
  readonly complete: boolean;
}

/** How fresh an answer must be: `cached` takes any age, `fresh` asks the cloud, a number is the greatest age in ms. Default 30,000. */
export type Freshness = 'cached' | 'fresh' | number;

/** What was asked of a list. `where` are equality conditions on fields, applied by the server where it can and here otherwise. */
export interface ListOptions {
  readonly where?: Readonly<Record<string, string>>;
  /** The parent resource, for kinds whose path needs one. */
  readonly parent?: Resource;
  readonly freshness?: Freshness;
  /** True to have the first page of a long list as soon as it comes (`complete` false then); `onDidChange` fires once the rest is there. */
  readonly partial?: boolean;
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
  /** Whether the catalogue of the token has the service of this kind. */
  offers(kind: KindId): boolean;
  /** Lists a kind. Fails with the reasons of the transport and service; never returns an empty list for a failure. */
  list(kind: KindId, options?: ListOptions): Promise<Result<ResourceList>>;
  /** What the cache holds now, without any request. */
  peek(kind: KindId, options?: Pick<ListOptions, 'where' | 'parent'>): ResourceList | undefined;
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
  /** Limits and use of one service (`compute`, `network`, `block-storage`). Fails with `unsupported` where a service tells none. */
  quota?(service: string, signal?: AbortSignal): Promise<Result<readonly Quota[]>>;
  /** Fires the kinds whose cached lists changed. */
  readonly onDidChange: Event<{ readonly kinds: readonly KindId[] }>;
  /** Drops what is cached of these kinds (of all, if none are named) and fires `onDidChange`. */
  refresh(kinds?: readonly KindId[]): void;
}
