import { type Clock, systemClock } from '../base/clock.ts';
import { Emitter, type Event } from '../base/event.ts';
import { failed, type Result, success } from '../base/failure.ts';
import type { Http, HttpStream } from '../base/http.ts';
import type { MessageSocket } from '../base/messageSocket.ts';
import { plainText } from '../base/plainText.ts';
import type { OnSent } from '../base/sent.ts';
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
import { apiVersionOf, type Discovered, discover, pathOf } from './discovery.ts';
import { exactJson } from './exactJson.ts';
import { ReflectedTable, SharedTables } from './liveTable.ts';
import { type ReflectorPatience, type ReflectorSource, reflect } from './reflector.ts';

const fieldManager = 'hybrid-clusters';
const pageSize = 500;
/** The first rows come soon; who wants more gets more at a time. */
const tablePageSize = 200;
const nextTablePageSize = 500;
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
  /** How long watches are waited for: for tests. */
  readonly patience?: ReflectorPatience;
  /** Hears of every change that goes out. */
  readonly onSent?: OnSent;
}

/** The cluster of a context. Contacts nothing before its first call. */
export function openCluster(
  context: ContextSummary,
  credentials: Credentials,
  { http, clock = systemClock, patience, onSent }: ClusterOptions,
): Cluster {
  const client = new KubeClient(http, credentials, context.name, clock, onSent);
  return new OpenedCluster(context, client, credentials, { clock, ...patience });
}

class OpenedCluster implements Cluster {
  readonly context: ContextSummary;
  version: string | undefined;
  readonly #client: KubeClient;
  readonly #credentials: Credentials;
  readonly #clock: Clock;
  readonly #patience: ReflectorPatience;
  readonly #changed = new Emitter<{ readonly kinds?: readonly string[] }>();
  readonly #tables = new SharedTables();
  readonly #discovery = new SingleFlight<Kinds>();
  #known: (Discovered & { readonly at: number }) | undefined;

  constructor(
    context: ContextSummary,
    client: KubeClient,
    credentials: Credentials,
    patience: ReflectorPatience & { readonly clock: Clock },
  ) {
    this.context = context;
    this.#client = client;
    this.#credentials = credentials;
    this.#clock = patience.clock;
    this.#patience = patience;
  }

  get onDidChange(): Event<{ readonly kinds?: readonly string[] }> {
    return this.#changed.event;
  }

  get quickestMs(): number | undefined {
    return this.#client.quickestMs;
  }

  async connect(signal?: AbortSignal): Promise<Result<{ readonly version: string }>> {
    this.#credentials.tryAgain();
    const answer = await this.#client.json<{ gitVersion?: string }>({ path: '/version', signal });
    if (!answer.ok) return answer;
    this.version = plainText(String(answer.value.gitVersion ?? ''), 40);
    return success({ version: this.version });
  }

  fingerprint(signal?: AbortSignal): Promise<Result<string | undefined>> {
    return this.#client.fingerprint(signal);
  }

  async kinds({ fresh = false, signal }: { fresh?: boolean; signal?: AbortSignal } = {}): Promise<Kinds> {
    if (this.#known && !fresh) return success(this.#known.kinds);
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
    if (!fresh && this.#clock.now() - (this.#known?.at ?? 0) > missRenewalMs)
      return this.kind(apiVersion, kind, { fresh: true, ...options });
    if (this.#known?.unavailable.has(apiVersion)) {
      const message = `${this.context.name} cannot tell now whether it serves ${apiVersion} ${kind}: the server behind that API does not answer. See "kubectl get apiservices".`;
      return failed('unavailable', message);
    }
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
      query: {
        ...selectors(selection),
        limit: limit ?? (next === undefined ? tablePageSize : nextTablePageSize),
        continue: next,
        includeObject: include,
      },
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
    let stale = false;
    for await (const event of reflect(this.#objectSource(found.value, selection), signal, this.#patience)) {
      if (event.type === 'stale') stale = true;
      if (event.type === 'stale' || event.type === 'failed') yield event;
      else if (event.type === 'live' && stale) {
        stale = false;
        yield { type: 'synced' };
      } else if (event.type === 'reset') yield* replaced(known, event.items);
      else if ('items' in event) yield* changes(known, event);
    }
  }

  async apply(
    object: KubeObject,
    { dryRun = false, force = false, lenient = false, signal }: ApplyOptions = {},
  ): Promise<Result<Applied>> {
    const path = await this.#pathOf(
      { apiVersion: object.apiVersion, kind: object.kind, ...namespaceOf(object), name: object.metadata.name },
      signal,
    );
    if (!path.ok) return path;
    const answer = await this.#client.exchange<KubeObject>({
      method: 'PATCH',
      path: path.value,
      query: {
        fieldManager,
        fieldValidation: lenient ? 'Warn' : 'Strict',
        force: force || undefined,
        dryRun: dryRun ? 'All' : undefined,
      },
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

  async patch(ref: ObjectRef, patch: unknown, { subresource, signal }: PatchOptions = {}): Promise<Result<void>> {
    const path = await this.#pathOf(ref, signal);
    if (!path.ok) return path;
    const answer = await this.#client.json<unknown>({
      method: 'PATCH',
      path: subresource === undefined ? path.value : `${path.value}/${subresource}`,
      query: { fieldManager, fieldValidation: 'Strict' },
      contentType: 'application/merge-patch+json',
      body: JSON.stringify(patch),
      signal,
    });
    return answer.ok ? success(undefined) : answer;
  }

  async raw(path: string, options: Parameters<Cluster['raw']>[1] = {}): Promise<Result<string>> {
    const call: Call = { path, ...options };
    const answer = await this.#client.send(call);
    if (!answer.ok) return answer;
    return isPage(answer.value) ? this.#noApi() : success(answer.value.text());
  }

  async stream(path: string, options: Parameters<Cluster['stream']>[1] = {}): Promise<Result<HttpStream>> {
    const answer = await this.#client.stream({ path, accept: '*/*', ...options });
    if (!answer.ok || !isPage(answer.value)) return answer;
    answer.value.close();
    return this.#noApi();
  }

  socket(path: string, protocols: readonly string[], signal?: AbortSignal): Promise<Result<MessageSocket>> {
    return this.#client.socket({ path, signal }, protocols);
  }

  refresh(): void {
    this.#credentials.tryAgain();
    this.#known = undefined;
    this.#changed.fire({});
  }

  dispose(): void {
    this.#tables.dispose();
    this.#changed.dispose();
  }

  #noApi(): Result<never> {
    const message = `${this.context.name} answered with a web page instead of its API. Check for a proxy or login page in between.`;
    return failed('malformed', message);
  }

  /** Something answers in JSON, but what it says is no list: it must not pass for an empty one. */
  #noList({ resource }: ApiKind): Result<never> {
    const message = `${this.context.name} answered with something that is no list of ${resource}. Check the address, and for a proxy in between.`;
    return failed('malformed', message);
  }

  async #discover(signal: AbortSignal): Promise<Kinds> {
    const found = await discover(this.#client, signal);
    if (!found.ok) return found;
    this.#known = { ...found.value, at: this.#clock.now() };
    return success(found.value.kinds);
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
      if (page.value.items === undefined) return this.#noList(kind);
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
    // Of several namespaces, rows without metadata could not be told from each other.
    const included = include === 'None' && kind.namespaced && selection.namespace === undefined ? 'Metadata' : include;
    return new ReflectedTable(
      {
        context: this.context.name,
        namespace: selection.namespace,
        page: (token, signal) =>
          this.table(kind, { ...selection, include: included, signal, ...(token === undefined ? {} : { continue: token }) }),
        watch: (version, seconds, signal) =>
          this.#openWatch(kind, selection, version, seconds, signal, { includeObject: included }),
      },
      this.#patience,
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

interface PatchOptions {
  readonly subresource?: string;
  readonly signal?: AbortSignal;
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

/** A log may begin with "<": only the media type tells a login page from it. */
function isPage({ headers }: Pick<HttpStream, 'headers'>): boolean {
  return /\bhtml\b/.test(headers['content-type'] ?? '');
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
