import { type Clock, systemClock } from '../base/clock.ts';
import { type Disposable, Emitter, type Event } from '../base/event.ts';
import { type Failure, type Result, success } from '../base/failure.ts';
import type { KubeObject, LiveTable, Table, TableRow } from './cluster.ts';
import { type Reflected, type ReflectorPatience, type ReflectorSource, reflect } from './reflector.ts';
import { SortedRows } from './sortedRows.ts';

/** Where a live table's rows come from. */
export interface TableSource {
  readonly context: string;
  /** Of rows that come without their object, and so without its namespace. */
  readonly namespace?: string | undefined;
  page(continueToken: string | undefined, signal: AbortSignal): Promise<Result<Table>>;
  watch: ReflectorSource<TableRow>['watch'];
}

const shownEveryMs = 250;
/** Changes of rows not yet loaded that are remembered; beyond it, loading more begins anew. */
const mostUnseen = 5000;
const retried = new Set<Failure['reason']>(['offline', 'unavailable', 'throttled', 'malformed']);

/** A table kept by list and watch. Changes are told at most four times a second. */
export class ReflectedTable implements LiveTable {
  columns: Table['columns'] = [];
  state: LiveTable['state'] = 'loading';
  failure: Failure | undefined;
  asOf = 0;
  readonly #source: TableSource;
  readonly #patience: ReflectorPatience;
  readonly #clock: Clock;
  readonly #rows = new SortedRows();
  /** What the watch told of rows on pages still to come: those pages are as old as the first. Undefined: deleted. */
  readonly #unseen = new Map<string, TableRow | undefined>();
  readonly #changed = new Emitter<void>();
  readonly #ending = new AbortController();
  readonly #ready: Promise<void>;
  #continue: string | undefined;
  #loading: Promise<void> | undefined;
  /** Whether the rows are being read again from the start while the watch goes on. */
  #anew = false;
  #timer: NodeJS.Timeout | undefined;
  #toldAt = 0;
  #markReady: () => void = () => {};

  constructor(source: TableSource, patience: ReflectorPatience = {}) {
    this.#source = source;
    this.#patience = patience;
    this.#clock = patience.clock ?? systemClock;
    this.#ready = new Promise((resolve) => {
      this.#markReady = resolve;
    });
    void this.#run();
  }

  get rows(): readonly TableRow[] {
    return this.#rows.all;
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

  loadMore(): Promise<void> {
    this.#loading ??= this.#loadMore().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #loadMore(): Promise<void> {
    if (this.#continue === undefined) return;
    const { signal } = this.#ending;
    const token = this.#continue;
    const page = this.#unseen.size > mostUnseen ? undefined : await this.#page(token, signal);
    if (page?.ok && this.#continue === token) this.#putPage(page.value);
    else if (!page || (!page.ok && page.failure.reason === 'expired')) await this.#loadAnew(signal);
    else if (!page.ok) this.failure = page.failure;
    this.#tell();
  }

  /** The pages to come are too old: the rows are read again from the start, and more than before. The watch goes on and brings them up to date. */
  async #loadAnew(signal: AbortSignal): Promise<void> {
    this.#unseen.clear();
    this.#anew = true;
    const read = await this.#readPages(this.#rows.size + 1, signal);
    // A reflector that listed meanwhile knows better.
    const overtaken = !this.#anew;
    this.#anew = false;
    if (overtaken) return;
    if (!read.ok) {
      this.failure = read.failure;
      return;
    }
    this.#continue = read.value.continue;
    this.#rows.clear();
    this.#put(read.value.rows);
    for (const [key, row] of this.#unseen) {
      if (row) this.#rows.set(key, row);
      else this.#rows.delete(key);
    }
  }

  #putPage({ rows, continue: next }: Table): void {
    for (const row of rows) {
      const key = keyOf(row);
      if (this.#rows.has(key)) continue;
      const newer = this.#unseen.has(key) ? this.#unseen.get(key) : row;
      if (newer) this.#rows.set(key, newer);
    }
    this.#continue = next;
    if (next === undefined) this.#unseen.clear();
  }

  /** Pages from the start until there are so many rows, or no more: one table of them. */
  async #readPages(count: number, signal: AbortSignal): Promise<Result<Table>> {
    const rows: TableRow[] = [];
    let next: string | undefined;
    for (;;) {
      const page = await this.#page(next, signal);
      if (!page.ok) return page;
      rows.push(...page.value.rows);
      next = page.value.continue;
      if (next === undefined || rows.length >= count) return success({ ...page.value, rows });
    }
  }

  async #page(token: string | undefined, signal: AbortSignal): Promise<Result<Table>> {
    const page = await this.#source.page(token, signal);
    return page.ok ? success({ ...page.value, rows: this.#slim(page.value.rows, page.value.columns) }) : page;
  }

  /** Rows with what is read of them: known by the cell of their name where they came without an object, and without who manages which field, a third of many an object. */
  #slim(rows: readonly TableRow[], columns: Table['columns']): TableRow[] {
    const { namespace } = this.#source;
    const nameAt = columns.findIndex(({ format }) => format === 'name');
    return rows.map(({ cells, object }: { cells: TableRow['cells']; object: KubeObject | null }) => {
      if (object === null) {
        const metadata = { name: String(cells[nameAt] ?? ''), ...(namespace === undefined ? {} : { namespace }) };
        return { cells, object: { apiVersion: 'meta.k8s.io/v1', kind: 'PartialObjectMetadata', metadata } };
      }
      if (!object.metadata?.['managedFields']) return { cells, object };
      const { managedFields: _, ...metadata } = object.metadata;
      return { cells, object: { ...object, metadata } };
    });
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
      for await (const event of reflect(this.#reflectorSource(), signal, this.#patience)) this.#take(event);
      if (signal.aborted || (this.failure && !retried.has(this.failure.reason))) return;
      await this.#clock.sleep(wait, signal);
    }
  }

  #reflectorSource(): ReflectorSource<TableRow> {
    return {
      context: this.#source.context,
      list: async (signal) => {
        // As many as were shown, so that a list begun again loses nobody's place.
        const read = await this.#readPages(this.#rows.size, signal);
        if (!read.ok) return read;
        const { columns, rows, resourceVersion, continue: next } = read.value;
        this.columns = columns;
        this.#continue = next;
        this.#unseen.clear();
        this.#anew = false;
        return success({ items: rows, resourceVersion });
      },
      watch: (version, seconds, signal) => this.#source.watch(version, seconds, signal),
      decode: (event) => this.#decode(event),
    };
  }

  #decode({ type, object }: { type: string; object: unknown }): ReturnType<ReflectorSource<TableRow>['decode']> {
    const table = object as { metadata?: { resourceVersion?: string }; rows?: TableRow[] | null };
    const items = this.#slim(table.rows ?? [], this.columns).filter((row) => row.object.metadata?.name);
    const resourceVersion = table.rows?.at(-1)?.object?.metadata?.resourceVersion ?? table.metadata?.resourceVersion;
    const word = { ADDED: 'added', MODIFIED: 'modified', DELETED: 'deleted', BOOKMARK: 'bookmark' } as const;
    return type in word
      ? { type: word[type as keyof typeof word], items, resourceVersion: resourceVersion || undefined }
      : undefined;
  }

  #take(event: Reflected<TableRow>): void {
    if (event.type === 'stale' || event.type === 'failed') {
      this.failure = event.failure;
      this.state = this.#rows.size > 0 || event.type === 'stale' ? 'stale' : 'failed';
    } else {
      this.asOf = this.#clock.now();
      this.failure = undefined;
      const polls = event.type === 'polling' || (event.type === 'reset' && event.polling);
      this.state = polls ? 'polling' : 'live';
      if (event.type === 'heard') return;
      if ('items' in event) this.#change(event);
    }
    this.#markReady();
    this.#tell();
  }

  #change({ type, items }: Extract<Reflected<TableRow>, { items: unknown }>): void {
    if (type === 'reset') this.#rows.clear();
    if (type === 'deleted') for (const row of items) this.#rows.delete(keyOf(row));
    else this.#put(type === 'modified' && this.hasMore ? items.filter((row) => this.#rows.has(keyOf(row))) : items);
    if (type !== 'reset' && (this.hasMore || this.#anew)) this.#rememberUnseen(type, items);
  }

  #rememberUnseen(type: 'added' | 'modified' | 'deleted', items: readonly TableRow[]): void {
    for (const row of items) {
      if (type === 'deleted') this.#unseen.set(keyOf(row), undefined);
      else if (this.#anew || !this.#rows.has(keyOf(row))) this.#unseen.set(keyOf(row), row);
    }
  }

  #put(rows: readonly TableRow[]): void {
    for (const row of rows) this.#rows.set(keyOf(row), row);
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
  return `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
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
