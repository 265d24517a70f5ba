import { type Clock, systemClock } from '../base/clock.ts';
import { type Disposable, Emitter, type Event } from '../base/event.ts';
import type { Failure, Result } from '../base/failure.ts';
import type { LiveTable, Table, TableRow } from './cluster.ts';
import { type Reflected, type ReflectorSource, reflect } from './reflector.ts';

/** Where a live table's rows come from. */
export interface TableSource {
  readonly context: string;
  page(continueToken: string | undefined, signal: AbortSignal): Promise<Result<Table>>;
  watch: ReflectorSource<TableRow>['watch'];
}

const shownEveryMs = 250;
const retried = new Set<Failure['reason']>(['offline', 'unavailable', 'throttled', 'malformed']);

/** A table kept by list and watch. Changes are told at most four times a second. */
export class ReflectedTable implements LiveTable {
  columns: Table['columns'] = [];
  state: LiveTable['state'] = 'loading';
  failure: Failure | undefined;
  asOf = 0;
  readonly #source: TableSource;
  readonly #clock: Clock;
  readonly #rows = new Map<string, TableRow>();
  readonly #changed = new Emitter<void>();
  readonly #ending = new AbortController();
  readonly #ready: Promise<void>;
  #sorted: readonly TableRow[] | undefined;
  #continue: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #toldAt = 0;
  #markReady: () => void = () => {};

  constructor(source: TableSource, clock: Clock = systemClock) {
    this.#source = source;
    this.#clock = clock;
    this.#ready = new Promise((resolve) => {
      this.#markReady = resolve;
    });
    void this.#run();
  }

  get rows(): readonly TableRow[] {
    this.#sorted ??= [...this.#rows].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, row]) => row);
    return this.#sorted;
  }

  get hasMore(): boolean {
    return this.#continue !== undefined;
  }

  get onDidChange(): Event<void> {
    return this.#changed.event;
  }

  ready(): Promise<void> {
    return this.#ready;
  }

  async loadMore(): Promise<void> {
    if (this.#continue === undefined) return;
    const page = await this.#source.page(this.#continue, this.#ending.signal);
    if (!page.ok) {
      this.failure = page.failure;
      this.#tell();
      return;
    }
    this.#put(page.value.rows);
    this.#continue = page.value.continue;
    this.#tell();
  }

  dispose(): void {
    this.#ending.abort();
    clearTimeout(this.#timer);
    this.#markReady();
    this.#changed.dispose();
  }

  async #run(): Promise<void> {
    const { signal } = this.#ending;
    for (let wait = 1000; !signal.aborted; wait = Math.min(wait * 2, 30_000)) {
      for await (const event of reflect(this.#reflectorSource(), signal, { clock: this.#clock })) this.#take(event);
      if (signal.aborted || (this.failure && !retried.has(this.failure.reason))) return;
      await this.#clock.sleep(wait, signal);
    }
  }

  #reflectorSource(): ReflectorSource<TableRow> {
    return {
      context: this.#source.context,
      list: async (signal) => {
        const page = await this.#source.page(undefined, signal);
        if (!page.ok) return page;
        this.columns = page.value.columns;
        this.#continue = page.value.continue;
        return { ok: true, value: { items: page.value.rows, resourceVersion: page.value.resourceVersion } };
      },
      watch: (version, seconds, signal) => this.#source.watch(version, seconds, signal),
      decode: decodeTableEvent,
    };
  }

  #take(event: Reflected<TableRow>): void {
    if (event.type === 'stale' || event.type === 'failed') {
      this.failure = event.failure;
      this.state = this.#rows.size > 0 || event.type === 'stale' ? 'stale' : 'failed';
    } else {
      this.asOf = this.#clock.now();
      this.failure = undefined;
      this.state = event.type === 'reset' && event.polling ? 'polling' : 'live';
      if (event.type === 'heard') return;
      this.#change(event);
    }
    this.#markReady();
    this.#tell();
  }

  #change(event: Exclude<Reflected<TableRow>, { type: 'stale' | 'failed' | 'heard' }>): void {
    if (event.type === 'live') return;
    if (event.type === 'reset') this.#rows.clear();
    if (event.type === 'deleted') for (const row of event.items) this.#rows.delete(keyOf(row));
    // With pages still to come, a change of a row that is not shown is not news.
    else if (event.type === 'modified' && this.hasMore) this.#put(event.items.filter((row) => this.#rows.has(keyOf(row))));
    else this.#put(event.items);
    this.#sorted = undefined;
  }

  #put(rows: readonly TableRow[]): void {
    for (const row of rows) this.#rows.set(keyOf(row), row);
    this.#sorted = undefined;
  }

  #tell(): void {
    if (this.#timer) return;
    const wait = Math.max(0, shownEveryMs - (Date.now() - this.#toldAt));
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#toldAt = Date.now();
      this.#changed.fire();
    }, wait);
  }
}

/** As etcd orders: by namespace, then name. */
function keyOf({ object }: TableRow): string {
  return `${object.metadata.namespace ?? ''}\u0000${object.metadata.name}`;
}

function decodeTableEvent({ type, object }: { type: string; object: unknown }): ReturnType<ReflectorSource<TableRow>['decode']> {
  const table = object as { metadata?: { resourceVersion?: string }; rows?: TableRow[] | null };
  const items = (table.rows ?? []).filter((row) => row.object?.metadata?.name);
  const resourceVersion = table.rows?.at(-1)?.object?.metadata?.resourceVersion ?? table.metadata?.resourceVersion;
  const word = { ADDED: 'added', MODIFIED: 'modified', DELETED: 'deleted', BOOKMARK: 'bookmark' } as const;
  return type in word
    ? { type: word[type as keyof typeof word], items, resourceVersion: resourceVersion || undefined }
    : undefined;
}

/** Gives equal requests the same live table; it ends when the last of them lets go. */
export class SharedTables implements Disposable {
  readonly #tables = new Map<string, { readonly table: ReflectedTable; users: number }>();

  take(key: string, make: () => ReflectedTable): LiveTable {
    const entry = this.#tables.get(key) ?? { table: make(), users: 0 };
    this.#tables.set(key, entry);
    entry.users += 1;
    return new SharedTable(entry.table, () => {
      entry.users -= 1;
      if (entry.users > 0) return;
      if (this.#tables.get(key) === entry) this.#tables.delete(key);
      entry.table.dispose();
    });
  }

  dispose(): void {
    for (const { table } of this.#tables.values()) table.dispose();
    this.#tables.clear();
  }
}

/** One user's hold on a shared table. */
class SharedTable implements LiveTable {
  readonly #table: ReflectedTable;
  readonly #subscriptions: Disposable[] = [];
  #release: (() => void) | undefined;

  constructor(table: ReflectedTable, release: () => void) {
    this.#table = table;
    this.#release = release;
  }

  get columns() {
    return this.#table.columns;
  }
  get rows() {
    return this.#table.rows;
  }
  get state() {
    return this.#table.state;
  }
  get failure() {
    return this.#table.failure;
  }
  get asOf() {
    return this.#table.asOf;
  }
  get hasMore() {
    return this.#table.hasMore;
  }
  get onDidChange(): Event<void> {
    return (listener) => {
      const subscription = this.#table.onDidChange(listener);
      this.#subscriptions.push(subscription);
      return subscription;
    };
  }
  loadMore(): Promise<void> {
    return this.#table.loadMore();
  }
  ready(): Promise<void> {
    return this.#table.ready();
  }
  dispose(): void {
    for (const subscription of this.#subscriptions.splice(0)) subscription.dispose();
    this.#release?.();
    this.#release = undefined;
  }
}
