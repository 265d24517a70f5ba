import { type Clock, systemClock } from '../base/clock.ts';
import { Emitter, type Event } from '../base/event.ts';
import { failed, type Result, success } from '../base/failure.ts';
import type { Http, HttpStream } from '../base/http.ts';
import { plainText } from '../base/plainText.ts';
import { SingleFlight } from '../base/singleFlight.ts';
import { type Call, KubeClient } from './client.ts';
import type {
  ApiKind,
  Applied,
  ApplyOptions,
  Cluster,
  ContextSummary,
  KubeObject,
  LiveTable,
  ObjectRef,
  Selection,
  Table,
  WatchEvent,
} from './cluster.ts';
import type { Credentials } from './credentials.ts';
import { apiVersionOf, discover, pathOf } from './discovery.ts';
import { exactJson } from './exactJson.ts';
import { ReflectedTable, SharedTables } from './liveTable.ts';
import { type ReflectorSource, reflect } from './reflector.ts';

const fieldManager = 'hybrid-clusters';
const pageSize = 500;
const tablePageSize = 200;
const tableAccept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
const missRenewalMs = 5_000;
/** A list whose pages grow too old while they are read is begun again so many times. */
const listAttempts = 3;
const cancelled = failed('cancelled', 'Cancelled.');

type Kinds = Result<readonly ApiKind[]>;

/** What a cluster takes from its surroundings. */
export interface ClusterOptions {
  readonly http: Http;
  readonly clock?: Clock;
}

/** The cluster of a context. Contacts nothing before its first call. */
export function openCluster(
  context: ContextSummary,
  credentials: Credentials,
  { http, clock = systemClock }: ClusterOptions,
): Cluster {
  return new OpenedCluster(context, new KubeClient(http, credentials, context.name, clock), credentials, clock);
}

class OpenedCluster implements Cluster {
  readonly context: ContextSummary;
  version: string | undefined;
  readonly #client: KubeClient;
  readonly #credentials: Credentials;
  readonly #clock: Clock;
  readonly #changed = new Emitter<{ readonly kinds?: readonly string[] }>();
  readonly #tables = new SharedTables();
  readonly #discovery = new SingleFlight<Kinds>();
  #kinds: { readonly value: readonly ApiKind[]; readonly at: number } | undefined;

  constructor(context: ContextSummary, client: KubeClient, credentials: Credentials, clock: Clock) {
    this.context = context;
    this.#client = client;
    this.#credentials = credentials;
    this.#clock = clock;
  }

  get onDidChange(): Event<{ readonly kinds?: readonly string[] }> {
    return this.#changed.event;
  }

  async connect(signal?: AbortSignal): Promise<Result<{ readonly version: string }>> {
    this.#credentials.tryAgain();
    const answer = await this.#client.json<{ gitVersion?: string }>({ path: '/version', signal });
    if (!answer.ok) return answer;
    this.version = plainText(String(answer.value.gitVersion ?? ''), 40);
    return success({ version: this.version });
  }

  async kinds({ fresh = false, signal }: { fresh?: boolean; signal?: AbortSignal } = {}): Promise<Kinds> {
    if (this.#kinds && !fresh) return success(this.#kinds.value);
    return this.#discovery.run('', (ending) => this.#discover(ending), cancelled, signal);
  }

  async kind(
    apiVersion: string,
    kind: string,
    { fresh = false, signal }: { fresh?: boolean; signal?: AbortSignal } = {},
  ): Promise<Result<ApiKind>> {
    const options = signal === undefined ? {} : { signal };
    const kinds = await this.kinds({ fresh, ...options });
    if (!kinds.ok) return kinds;
    const known = findKind(kinds.value, apiVersion, kind);
    if (known) return success(known);
    // Its definition may be younger than what we know.
    if (!fresh && this.#clock.now() - (this.#kinds?.at ?? 0) > missRenewalMs)
      return this.kind(apiVersion, kind, { fresh: true, ...options });
    const served = kinds.value.find((one) => one.kind === kind && one.group === groupOf(apiVersion));
    const hint = served ? ` It serves ${served.versions.map((version) => apiVersionOf({ ...served, version })).join(', ')}.` : '';
    return failed('notFound', `${this.context.name} does not serve ${apiVersion} ${kind}.${hint}`);
  }

  async get(ref: ObjectRef, signal?: AbortSignal): Promise<Result<KubeObject>> {
    const path = await this.#pathOf(ref, signal);
    return path.ok ? this.#client.json<KubeObject>({ path: path.value, signal }) : path;
  }

  async list(apiVersion: string, kind: string, selection: Selection = {}, signal?: AbortSignal): Promise<Result<WholeList>> {
    const found = await this.kind(apiVersion, kind, signal ? { signal } : {});
    return found.ok ? this.#listAll(found.value, selection, signal) : found;
  }

  async table(kind: ApiKind, options: Parameters<Cluster['table']>[1] = {}): Promise<Result<Table>> {
    const { limit, include = 'Metadata', signal, continue: next, ...selection } = options;
    const path = pathOf(kind, selection.namespace);
    if (!path.ok) return path;
    const answer = await this.#client.json<ServerTable>({
      path: path.value,
      query: { ...selectors(selection), limit: limit ?? tablePageSize, continue: next, includeObject: include },
      accept: tableAccept,
      signal,
    });
    return answer.ok ? toTable(answer.value, kind, this.context.name) : answer;
  }

  live(kind: ApiKind, selection: Selection = {}, include: 'None' | 'Metadata' | 'Object' = 'Metadata'): LiveTable {
    const key = JSON.stringify([
      kind.group,
      kind.version,
      kind.resource,
      selection.namespace,
      selection.labelSelector,
      selection.fieldSelector,
      include,
    ]);
    return this.#tables.take(key, () => this.#reflectedTable(kind, selection, include));
  }

  async *watch(apiVersion: string, kind: string, selection: Selection, signal: AbortSignal): AsyncGenerator<WatchEvent> {
    const found = await this.kind(apiVersion, kind, { signal });
    if (!found.ok) {
      yield { type: 'failed', failure: found.failure };
      return;
    }
    const known = new Map<string, KubeObject>();
    for await (const event of reflect(this.#objectSource(found.value, selection), signal, { clock: this.#clock })) {
      if (event.type === 'stale' || event.type === 'failed') yield event;
      else if (event.type === 'reset') yield* replaced(known, event.items);
      else if ('items' in event) yield* changes(known, event);
    }
  }

  async apply(object: KubeObject, { dryRun = false, force = false, signal }: ApplyOptions = {}): Promise<Result<Applied>> {
    const path = await this.#pathOf(
      { apiVersion: object.apiVersion, kind: object.kind, ...namespaceOf(object), name: object.metadata.name },
      signal,
    );
    if (!path.ok) return path;
    const answer = await this.#client.exchange<KubeObject>({
      method: 'PATCH',
      path: path.value,
      query: { fieldManager, fieldValidation: 'Strict', force: force || undefined, dryRun: dryRun ? 'All' : undefined },
      contentType: 'application/apply-patch+yaml',
      body: exactJson(object),
      repeatable: true,
      signal,
    });
    if (!answer.ok) return answer;
    const { body, status, headers } = answer.value;
    return success({ object: body, created: status === 201, warnings: warningsOf(headers['warning']) });
  }

  async delete(ref: ObjectRef, options: Parameters<Cluster['delete']>[1] = {}): Promise<Result<void>> {
    const path = await this.#pathOf(ref, options.signal);
    if (!path.ok) return path;
    const body = {
      kind: 'DeleteOptions',
      apiVersion: 'v1',
      propagationPolicy: options.propagation ?? 'Background',
      ...(options.dryRun ? { dryRun: ['All'] } : {}),
      ...(options.uid === undefined ? {} : { preconditions: { uid: options.uid } }),
    };
    const answer = await this.#client.json<unknown>({
      method: 'DELETE',
      path: path.value,
      contentType: 'application/json',
      body: JSON.stringify(body),
      signal: options.signal,
    });
    return answer.ok ? success(undefined) : answer;
  }

  async raw(path: string, options: Parameters<Cluster['raw']>[1] = {}): Promise<Result<string>> {
    const call: Call = { path, ...options };
    const answer = await this.#client.send(call);
    if (!answer.ok) return answer;
    // A log may begin with "<": only the media type tells a login page from it.
    const isPage = /\bhtml\b/.test(answer.value.headers['content-type'] ?? '');
    return isPage
      ? failed(
          'malformed',
          `${this.context.name} answered with a web page instead of its API. Check for a proxy or login page in between.`,
        )
      : success(answer.value.text());
  }

  refresh(): void {
    this.#credentials.tryAgain();
    this.#kinds = undefined;
    this.#changed.fire({});
  }

  dispose(): void {
    this.#tables.dispose();
    this.#changed.dispose();
  }

  async #discover(signal: AbortSignal): Promise<Kinds> {
    const found = await discover(this.#client, signal);
    if (found.ok) this.#kinds = { value: found.value, at: this.#clock.now() };
    return found;
  }

  async #pathOf({ apiVersion, kind, namespace, name }: ObjectRef, signal: AbortSignal | undefined): Promise<Result<string>> {
    const found = await this.kind(apiVersion, kind, signal ? { signal } : {});
    if (!found.ok) return found;
    return pathOf(found.value, namespace ?? this.context.namespace ?? 'default', name);
  }

  async #listAll(kind: ApiKind, selection: Selection, signal: AbortSignal | undefined): Promise<Result<WholeList>> {
    for (let attempt = 1; ; attempt++) {
      const list = await this.#readPages(kind, selection, signal);
      if (list.ok || list.failure.reason !== 'expired' || attempt === listAttempts) return list;
    }
  }

  async #readPages(kind: ApiKind, selection: Selection, signal: AbortSignal | undefined): Promise<Result<WholeList>> {
    const path = pathOf(kind, selection.namespace);
    if (!path.ok) return path;
    const items: KubeObject[] = [];
    let next: string | undefined;
    do {
      const query = { ...selectors(selection), limit: pageSize, continue: next };
      const page = await this.#client.json<ServerList>({ path: path.value, query, signal });
      if (!page.ok) return page;
      // Items of a list come without apiVersion and kind.
      for (const item of page.value.items ?? []) items.push({ ...item, apiVersion: apiVersionOf(kind), kind: kind.kind });
      next = page.value.metadata?.continue || undefined;
      if (next === undefined) return success({ items, resourceVersion: page.value.metadata?.resourceVersion });
    } while (!signal?.aborted);
    return cancelled;
  }

  #objectSource(kind: ApiKind, selection: Selection): ReflectorSource<KubeObject> {
    return {
      context: this.context.name,
      list: (signal) => this.#listAll(kind, selection, signal),
      watch: (version, seconds, signal) => this.#openWatch(kind, selection, version, seconds, signal),
      decode: ({ type, object }) => {
        const words = { ADDED: 'added', MODIFIED: 'modified', DELETED: 'deleted', BOOKMARK: 'bookmark' } as const;
        const known = object as KubeObject;
        return type in words
          ? { type: words[type as keyof typeof words], items: [known], resourceVersion: known.metadata?.resourceVersion }
          : undefined;
      },
    };
  }

  #reflectedTable(kind: ApiKind, selection: Selection, include: 'None' | 'Metadata' | 'Object'): ReflectedTable {
    // Without metadata a row of a watch could not be told from another.
    const included = include === 'None' ? 'Metadata' : include;
    return new ReflectedTable(
      {
        context: this.context.name,
        page: (token, signal) =>
          this.table(kind, { ...selection, include: included, signal, ...(token === undefined ? {} : { continue: token }) }),
        watch: (version, seconds, signal) =>
          this.#openWatch(kind, selection, version, seconds, signal, { includeObject: included }),
      },
      this.#clock,
    );
  }

  async #openWatch(
    kind: ApiKind,
    selection: Selection,
    resourceVersion: string,
    timeoutSeconds: number,
    signal: AbortSignal,
    table?: { readonly includeObject: string },
  ): Promise<Result<HttpStream>> {
    const path = pathOf(kind, selection.namespace);
    if (!path.ok) return path;
    return this.#client.stream({
      path: path.value,
      query: { ...selectors(selection), ...table, watch: 1, allowWatchBookmarks: true, resourceVersion, timeoutSeconds },
      ...(table ? { accept: tableAccept } : {}),
      signal,
    });
  }
}

interface WholeList {
  readonly items: readonly KubeObject[];
  readonly resourceVersion: string | undefined;
}
interface ServerList {
  readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string };
  readonly items?: readonly KubeObject[] | null;
}
interface ServerTable {
  readonly kind?: string;
  readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string; readonly remainingItemCount?: number };
  readonly columnDefinitions?: Table['columns'] | null;
  readonly rows?: Table['rows'] | null;
}

function toTable(
  { kind, metadata, columnDefinitions, rows }: ServerTable,
  { resource }: ApiKind,
  context: string,
): Result<Table> {
  if (kind !== 'Table')
    return failed('malformed', `${context} does not print ${resource} as a table. Its API server may be too old.`);
  return success({
    columns: columnDefinitions ?? [],
    rows: rows ?? [],
    resourceVersion: metadata?.resourceVersion,
    ...(metadata?.continue ? { continue: metadata.continue } : {}),
    ...(metadata?.remainingItemCount === undefined ? {} : { remaining: metadata.remainingItemCount }),
  });
}

function selectors({ labelSelector, fieldSelector }: Selection): Pick<Selection, 'labelSelector' | 'fieldSelector'> {
  return { ...(labelSelector === undefined ? {} : { labelSelector }), ...(fieldSelector === undefined ? {} : { fieldSelector }) };
}

function namespaceOf({ metadata }: KubeObject): { namespace?: string } {
  return metadata.namespace === undefined ? {} : { namespace: metadata.namespace };
}

function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}

/** The kind with the version that was asked for. */
function findKind(kinds: readonly ApiKind[], apiVersion: string, kind: string): ApiKind | undefined {
  const version = apiVersion.slice(apiVersion.indexOf('/') + 1);
  const found = kinds.find((one) => one.kind === kind && one.group === groupOf(apiVersion) && one.versions.includes(version));
  return found && { ...found, version };
}

/** The texts of a `Warning` header: `299 - "unknown field"` (RFC 7234 §5.5; KEP-1693). */
function warningsOf(header: string | undefined): readonly string[] {
  const texts = [...(header ?? '').matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) =>
    text.replaceAll(/\\(.)/g, '$1'),
  );
  return texts.map((text) => plainText(text));
}

function* replaced(known: Map<string, KubeObject>, items: readonly KubeObject[]): Generator<WatchEvent> {
  const next = new Map(items.map((object) => [identity(object), object]));
  for (const [id, object] of [...known]) {
    if (next.has(id)) continue;
    known.delete(id);
    yield { type: 'deleted', object };
  }
  for (const [id, object] of next) {
    const old = known.get(id);
    known.set(id, object);
    if (old?.metadata.resourceVersion !== object.metadata.resourceVersion) yield { type: old ? 'modified' : 'added', object };
  }
  yield { type: 'synced' };
}

function* changes(
  known: Map<string, KubeObject>,
  { type, items }: { type: 'added' | 'modified' | 'deleted'; items: readonly KubeObject[] },
): Generator<WatchEvent> {
  for (const object of items) {
    if (type === 'deleted') known.delete(identity(object));
    else known.set(identity(object), object);
    yield { type, object };
  }
}

function identity({ metadata }: KubeObject): string {
  return metadata.uid ?? `${metadata.namespace ?? ''}/${metadata.name}`;
}
