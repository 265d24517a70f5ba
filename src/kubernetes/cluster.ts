import type { Disposable, Event } from '../base/event.ts';
import type { Failure, Result } from '../base/failure.ts';
import type { HttpStream } from '../base/http.ts';
import type { MessageSocket } from '../base/messageSocket.ts';

/** Any Kubernetes object as plain JSON; unknown fields are kept. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly [field: string]: unknown;
}

/** The part of metadata that we read; more is kept. */
export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly { apiVersion: string; kind: string; name: string; uid: string; controller?: boolean }[];
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly [field: string]: unknown;
}

/** One context of the merged kubeconfig, without secrets. */
export interface ContextSummary {
  readonly name: string;
  readonly cluster: string;
  readonly server: string | undefined;
  readonly user: string | undefined;
  readonly namespace: string | undefined;
  readonly source: { readonly file: string; readonly line: number };
  readonly insecure: boolean;
  /** True if its user runs a program to sign in: asked for before the first time. */
  readonly exec: boolean;
  /** The bastion that its server is reached through, as the setting names it. */
  readonly bastion?: string;
  /** Whom it acts as in this window: the user, then groups. */
  readonly actingAs?: string;
  /** No file names it; it ends with the window. */
  readonly windowOnly?: true;
  /** What is wrong with the entry (dangling reference, broken base64 …). */
  readonly problem?: Failure;
}

/** All contexts of the user; reads files, contacts nothing. */
export interface Contexts extends Disposable {
  /** `current` is kubectl's current-context; we read it and never change it. */
  list(): Promise<{
    readonly contexts: readonly ContextSummary[];
    readonly current: string | undefined;
    readonly problems: readonly Failure[];
    /** The kubeconfig files that are looked for. */
    readonly files?: readonly string[];
  }>;
  /** The cluster of that context; fails with `notFound` or `invalid`. The same object for the same, unchanged entry. */
  open(context: string): Promise<Result<Cluster>>;
  /** Reads the files again, whether or not a change of them was heard: the next `list` tells. */
  refresh?(): void;
  readonly onDidChange: Event<void>;
}

/** One kind as the API server lists it (aggregated discovery). */
export interface ApiKind {
  /** `''` for the core group. */
  readonly group: string;
  /** The version to use: the server's preferred one. */
  readonly version: string;
  /** Every served version, preferred first. */
  readonly versions: readonly string[];
  readonly kind: string;
  /** Plural for the path: `deployments`. */
  readonly resource: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly categories: readonly string[];
  readonly subresources: readonly string[];
}

/** Names one object. `apiVersion` as in manifests: `v1`, `apps/v1`. */
export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** A row of the server's own table. `cells` go with the table's columns; `object` has metadata (or more, if whole objects were asked for). */
export interface TableRow {
  readonly cells: readonly unknown[];
  readonly object: KubeObject;
}

/** A list as the server prints it. */
export interface Table {
  readonly columns: readonly {
    readonly name: string;
    readonly type: string;
    readonly format: string;
    readonly priority: number;
    readonly description: string;
  }[];
  readonly rows: readonly TableRow[];
  /** The list's resource version: where a watch goes on. */
  readonly resourceVersion: string | undefined;
  /** Token of the next page, absent at the end. */
  readonly continue?: string;
  readonly remaining?: number;
}

/** A live collection kept by list + watch. */
export interface LiveTable extends Disposable {
  readonly columns: Table['columns'];
  readonly rows: readonly TableRow[];
  /** `loading` before the first page; `live` while a watch runs; `stale` since `asOf` when it broke; `failed` when the first list did. */
  readonly state: 'loading' | 'live' | 'polling' | 'stale' | 'failed';
  readonly failure: Failure | undefined;
  /** Ms since the epoch of the last word from the server. */
  readonly asOf: number;
  /** Token of more rows, absent when all are here. */
  readonly hasMore: boolean;
  loadMore(): Promise<void>;
  readonly onDidChange: Event<void>;
  /** Resolves when the first page is here or failed. */
  ready(): Promise<void>;
}

/** One change seen by a watch. `synced`: what was told so far is what is there, after the first list and whenever a broken watch goes on. `failed` ends it. */
export type WatchEvent =
  | { readonly type: 'added' | 'modified' | 'deleted'; readonly object: KubeObject }
  | { readonly type: 'synced' }
  | { readonly type: 'stale'; readonly failure: Failure }
  | { readonly type: 'failed'; readonly failure: Failure };

/** What a list or watch covers. */
export interface Selection {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

/** How an object is applied. Server-side apply, JSON body, `fieldValidation=Strict` where the server knows it. */
export interface ApplyOptions {
  /** Fields that the server does not know are warnings (`fieldValidation=Warn`). */
  readonly lenient?: boolean;
  readonly dryRun?: boolean;
  /** Take over conflicting fields: only after the user said so. */
  readonly force?: boolean;
  readonly signal?: AbortSignal;
}

/** What came of an apply: the object as the server has (or would have) it, and its warnings. A conflict is a failure with the server's causes in `detail`. */
export interface Applied {
  readonly object: KubeObject;
  readonly created: boolean;
  readonly warnings: readonly string[];
}

/**
 * One context as seen from here. Lists, watches and writes are plain JSON over the pooled transport; no typed models (they drop unknown fields).
 * Nothing is contacted before the first call.
 */
export interface Cluster extends Disposable {
  readonly context: ContextSummary;
  /** The server's version, e.g. `v1.36.3`, once known. */
  readonly version: string | undefined;
  /** The quickest answer so far, in ms: how long the line is, whatever the server is busy with. */
  readonly quickestMs?: number | undefined;
  /** Reaches the server and learns its version; a gesture, so a sign-in program that failed before may run again. Fails with `offline`, `untrusted`, `signedOut` …. */
  connect(signal?: AbortSignal): Promise<Result<{ readonly version: string }>>;
  /** Every kind the server lists, CRDs included; cached, renewed when `fresh` or when CRDs change. */
  kinds(options?: { fresh?: boolean; signal?: AbortSignal }): Promise<Result<readonly ApiKind[]>>;
  /** The kind behind an apiVersion and kind of a manifest; `notFound` if the server does not serve it. */
  kind(apiVersion: string, kind: string, options?: { fresh?: boolean; signal?: AbortSignal }): Promise<Result<ApiKind>>;
  get(ref: ObjectRef, signal?: AbortSignal): Promise<Result<KubeObject>>;
  /** A digest of the CA that the kubeconfig names and of the certificate that the server shows now; undefined where it shows none (plain http). Fails as the connection does. */
  fingerprint?(signal?: AbortSignal): Promise<Result<string | undefined>>;
  /** Whole objects, all pages. For the few kinds whose spec matters; trees use `table`. */
  list(
    apiVersion: string,
    kind: string,
    selection?: Selection,
    signal?: AbortSignal,
  ): Promise<Result<{ items: readonly KubeObject[]; resourceVersion: string | undefined }>>;
  /** One page of the server's own table. `include` decides how much of each object comes along. */
  table(
    kind: ApiKind,
    selection?: Selection & { limit?: number; continue?: string; include?: 'None' | 'Metadata' | 'Object'; signal?: AbortSignal },
  ): Promise<Result<Table>>;
  /**
   * Keeps a table live. The same live table is shared by equal requests; the last `dispose` ends its watch. With `None` of one namespace the metadata of a row is its name
   * and namespace, and a page is a twentieth as large; managedFields are left out always.
   */
  live(kind: ApiKind, selection?: Selection, include?: 'None' | 'Metadata' | 'Object'): LiveTable;
  /** Whole objects, list then watch, until the signal aborts. */
  watch(apiVersion: string, kind: string, selection: Selection, signal: AbortSignal): AsyncIterable<WatchEvent>;
  apply(object: KubeObject, options?: ApplyOptions): Promise<Result<Applied>>;
  delete(
    ref: ObjectRef,
    options?: { dryRun?: boolean; propagation?: 'Foreground' | 'Background' | 'Orphan'; uid?: string; signal?: AbortSignal },
  ): Promise<Result<void>>;
  /** Changes some fields by a merge patch (RFC 7386), of the object or of a subresource (`scale`), as field manager `hybrid-clusters`. Sent at most once. */
  patch(ref: ObjectRef, patch: unknown, options?: { subresource?: string; signal?: AbortSignal }): Promise<Result<void>>;
  /** Any other path of the API (`/openapi/v3`, `/version`, logs). `accept` defaults to JSON; the body comes as text. */
  raw(
    path: string,
    options?: { method?: 'GET' | 'POST' | 'PATCH'; body?: string; contentType?: string; accept?: string; signal?: AbortSignal },
  ): Promise<Result<string>>;
  /** Any other body that arrives over time (a log that is followed), as it is. `timeoutMs`: until its headers have come, default 30 s. */
  stream(path: string, options?: { signal?: AbortSignal; timeoutMs?: number }): Promise<Result<HttpStream>>;
  /** A connection of messages below a path (exec, attach, port-forward), closed by the signal; subprotocols likeliest first. Fails as `raw` does. */
  socket(path: string, protocols: readonly string[], signal?: AbortSignal): Promise<Result<MessageSocket>>;
  readonly onDidChange: Event<{ readonly kinds?: readonly string[] }>;
  refresh(): void;
}
