import { type Disposable, Emitter, type Event } from '../base/event.ts';
import { type Failure, type Result, success } from '../base/failure.ts';
import { field } from '../base/fields.ts';
import { plainText } from '../base/plainText.ts';
import { Semaphore } from '../base/semaphore.ts';
import type { ApiKind, Cluster, Selection, Table, TableRow } from './cluster.ts';
import { isSearched, shownCells } from './kinds.ts';

/** What is kept of an object to find it by; nothing of its data. */
export interface IndexedObject {
  readonly cluster: Cluster;
  readonly kind: ApiKind;
  readonly name: string;
  readonly namespace: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly images: readonly string[];
  readonly addresses: readonly string[];
  /** `ReplicaSet web-7887448d46`. */
  readonly owners: readonly string[];
  /** As its row in the tree says it: `2/2 · 4m`. */
  readonly state: string;
}

/** A kind of which not everything was read. */
export interface CutList {
  readonly cluster: Cluster;
  readonly kind: ApiKind;
  readonly namespace: string | undefined;
  readonly read: number;
}

/** How much is read; for tests. */
export interface IndexBounds {
  readonly page: number;
  readonly ofOneKind: number;
  readonly inAll: number;
  readonly namespaces: number;
  /** Who pauses so long has typed what they look for. */
  readonly pauseMs: number;
}

/** What a server is asked beyond the lists that were cut. */
export interface Beyond {
  readonly labelSelector?: string;
  readonly names: readonly string[];
}

const bounds: IndexBounds = { page: 500, ofOneKind: 2000, inAll: 20_000, namespaces: 20, pauseMs: 400 };
/** So many lists at a time over all clusters: a search is no reason to keep an API server busy. */
const atATime = 6;
const podPage = 250;

/**
 * What there is in some clusters, by what it can be found: read as the server's own tables with metadata, page by page, told as it comes. Only pods are read whole, since no table has
 * their images, and only images and addresses are kept of them. A kind that may not be listed in all namespaces is listed in each one that is known. Ends with {@link dispose}.
 */
export class ObjectIndex implements Disposable {
  readonly #bounds: IndexBounds;
  readonly #room = new Semaphore(atATime);
  readonly #ending = new AbortController();
  readonly #changed = new Emitter<void>();
  readonly onDidChange: Event<void> = this.#changed.event;
  readonly #objects = new Map<string, IndexedObject>();
  readonly #clusters = new Map<string, { readonly cluster: Cluster; readonly named: readonly string[] }>();
  /** Lists begun: a kind of a context, and questions about one that was cut. */
  readonly #begun = new Set<string>();
  readonly #namespaces = new Map<string, Promise<readonly string[]>>();
  readonly #cuts = new Map<string, CutList>();
  readonly #failures = new Map<string, Failure>();
  readonly #refused = new Map<string, Set<string>>();
  readonly #unlooked = new Set<string>();
  #allKinds = false;
  #pause: NodeJS.Timeout | undefined;
  #running = 0;

  constructor(given: Partial<IndexBounds> = {}) {
    this.#bounds = { ...bounds, ...given };
  }

  get objects(): Iterable<IndexedObject> {
    return this.#objects.values();
  }

  get size(): number {
    return this.#objects.size;
  }

  get busy(): boolean {
    return this.#running > 0;
  }

  get allKinds(): boolean {
    return this.#allKinds;
  }

  get contexts(): readonly string[] {
    return [...this.#clusters.keys()];
  }

  get cuts(): readonly CutList[] {
    return [...this.#cuts.values()];
  }

  /** What could not be read, one sentence each; kinds that the user may not list are one sentence for each context. */
  get troubles(): readonly string[] {
    const refused = [...this.#refused].map(([context, kinds]) => {
      const [first = '', second, ...others] = [...kinds].sort();
      const more = others.length > 0 ? ` and ${others.length} more` : '';
      return `In ${context} you may not list ${[first, second].filter(Boolean).join(', ')}${more}.`;
    });
    const unlooked = [...this.#unlooked].map(
      (context) => `In ${context} kinds were looked through in the first ${this.#bounds.namespaces} namespaces only.`,
    );
    return [...new Set([...this.#failures.values()].map(({ message }) => message)), ...refused, ...unlooked];
  }

  /** Reads a cluster, once. `named`: namespaces that are known without a list of them. */
  include(cluster: Cluster, named: readonly string[]): void {
    const { name } = cluster.context;
    if (this.#clusters.has(name)) return;
    this.#clusters.set(name, { cluster, named });
    this.#run(() => this.#read(cluster));
  }

  /** Reads the kinds that are not read at first, too: events, roles, what is known to be many. */
  widen(): void {
    if (this.#allKinds) return;
    this.#allKinds = true;
    for (const { cluster } of this.#clusters.values()) this.#run(() => this.#read(cluster));
  }

  /** Asks the servers, once typing pauses, for what lies beyond the lists that were cut: by labels, or by whole names and addresses of pods. */
  ask(selection: Beyond): void {
    clearTimeout(this.#pause);
    if (this.#cuts.size > 0) this.#pause = setTimeout(() => this.#askBeyond(selection), this.#bounds.pauseMs);
  }

  #askBeyond({ labelSelector, names }: Beyond): void {
    for (const { cluster, kind, namespace } of this.cuts) {
      const selections: readonly Selection[] =
        labelSelector === undefined ? names.map((name) => ({ fieldSelector: fieldOf(kind, name) })) : [{ labelSelector }];
      for (const selection of selections) {
        const key = JSON.stringify([keyOf(cluster, kind), namespace, selection]);
        if (this.#begun.has(key)) continue;
        this.#begun.add(key);
        const within = { ...selection, ...(namespace !== undefined && { namespace }) };
        this.#run(() => this.#room.run(async () => void (await this.#page(cluster, kind, within))));
      }
    }
  }

  dispose(): void {
    clearTimeout(this.#pause);
    this.#ending.abort();
    this.#changed.dispose();
  }

  #run(work: () => Promise<void>): void {
    this.#running += 1;
    void work().finally(() => {
      this.#running -= 1;
      this.#changed.fire();
    });
  }

  async #read(cluster: Cluster): Promise<void> {
    const { name } = cluster.context;
    const kinds = await cluster.kinds({ signal: this.#ending.signal });
    if (!kinds.ok) {
      this.#failures.set(name, kinds.failure);
      return;
    }
    const wanted = kinds.value.filter((kind) => isSearched(kind, this.#allKinds) && !this.#begun.has(keyOf(cluster, kind)));
    await Promise.all(
      wanted.map((kind) => {
        this.#begun.add(keyOf(cluster, kind));
        return this.#room.run(() => this.#readKind(cluster, kind));
      }),
    );
  }

  async #readKind(cluster: Cluster, kind: ApiKind): Promise<void> {
    const failure = await this.#pages(cluster, kind, undefined);
    if (failure === undefined) return;
    if (failure.reason !== 'forbidden') return this.#tell(cluster, kind, failure);
    const all = kind.namespaced ? await this.#namespacesOf(cluster) : [];
    const some = all.slice(0, this.#bounds.namespaces);
    if (some.length < all.length) this.#unlooked.add(cluster.context.name);
    let listed = 0;
    for (const namespace of some) {
      const trouble = await this.#pages(cluster, kind, namespace);
      if (trouble === undefined) listed += 1;
      else if (trouble.reason !== 'forbidden') this.#tell(cluster, kind, trouble);
    }
    if (listed === 0) this.#tell(cluster, kind, failure);
  }

  /** All namespaces where they may be listed, else those that are known by name. */
  #namespacesOf(cluster: Cluster): Promise<readonly string[]> {
    const { name, namespace = 'default' } = cluster.context;
    const known = this.#namespaces.get(name);
    if (known) return known;
    const ask = async () => {
      const kind = await cluster.kind('v1', 'Namespace', { signal: this.#ending.signal });
      const table = kind.ok ? await cluster.table(kind.value, { limit: this.#bounds.page, signal: this.#ending.signal }) : kind;
      const listed = table.ok ? table.value.rows.map(({ object }) => object.metadata.name) : [];
      return [...new Set([namespace, ...(this.#clusters.get(name)?.named ?? []), ...listed])];
    };
    const asked = ask();
    this.#namespaces.set(name, asked);
    return asked;
  }

  async #pages(cluster: Cluster, kind: ApiKind, namespace: string | undefined): Promise<Failure | undefined> {
    let next: string | undefined;
    let read = 0;
    do {
      const page = await this.#page(cluster, kind, {
        ...(namespace !== undefined && { namespace }),
        ...(next !== undefined && { continue: next }),
      });
      if (!page.ok) return page.failure;
      read += page.value.rows.length;
      next = page.value.continue;
      if (next !== undefined && (read >= this.#bounds.ofOneKind || this.size >= this.#bounds.inAll)) {
        this.#cuts.set(`${keyOf(cluster, kind)} ${namespace ?? ''}`, { cluster, kind, namespace, read });
        return undefined;
      }
    } while (next !== undefined && !this.#ending.signal.aborted);
    return undefined;
  }

  async #page(cluster: Cluster, kind: ApiKind, options: Selection & { continue?: string }): Promise<Result<Table>> {
    const { signal } = this.#ending;
    if (signal.aborted) return success({ columns: [], rows: [], resourceVersion: undefined });
    const pods = isPod(kind);
    const page = await cluster.table(kind, {
      ...options,
      limit: pods ? Math.min(podPage, this.#bounds.page) : this.#bounds.page,
      include: pods ? 'Object' : 'Metadata',
      signal,
    });
    if (page.ok && !signal.aborted) {
      for (const row of page.value.rows) this.#add(cluster, kind, page.value.columns, row, options.namespace);
      this.#changed.fire();
    }
    return page;
  }

  #add(cluster: Cluster, kind: ApiKind, columns: Table['columns'], row: TableRow, listedIn: string | undefined): void {
    const { name, namespace = listedIn, labels = {}, ownerReferences = [] } = row.object.metadata;
    this.#objects.set(`${keyOf(cluster, kind)} ${namespace ?? ''}/${name}`, {
      cluster,
      kind,
      name,
      namespace,
      labels,
      images: isPod(kind) ? podImages(row.object) : imagesIn(columns, row),
      addresses: addressesIn(row, isPod(kind) ? podAddresses(row.object) : []),
      owners: ownerReferences.map((owner) => `${owner.kind} ${owner.name}`),
      state: shownCells(kind, columns, row)
        .map((text) => plainText(text, 60))
        .join(' · '),
    });
  }

  #tell(cluster: Cluster, kind: ApiKind, failure: Failure): void {
    const { name } = cluster.context;
    if (failure.reason === 'cancelled') return;
    if (failure.reason !== 'forbidden') {
      this.#failures.set(`${name} ${failure.reason}`, failure);
      return;
    }
    const kinds = this.#refused.get(name) ?? new Set();
    this.#refused.set(name, kinds.add(kind.resource));
  }
}

const isPod = ({ group, kind }: ApiKind) => group === '' && kind === 'Pod';

function keyOf({ context }: Cluster, { group, resource }: ApiKind): string {
  return JSON.stringify([context.name, group, resource]);
}

/** By which field a whole name, or an address of a pod, is asked for. Source: Kubernetes, `ToSelectableFields` of core/v1 Pod; every kind has `metadata.name`. */
function fieldOf(kind: ApiKind, text: string): string {
  return isPod(kind) && isAddress(text) ? `status.podIP=${text}` : `metadata.name=${text}`;
}

/** Column `Images` of workloads: `nginx:1.27,redis`. Source: Kubernetes, pkg/printers/internalversion. */
function imagesIn(columns: Table['columns'], { cells }: TableRow): readonly string[] {
  const cell = cells[columns.findIndex(({ name }) => name === 'Images')];
  return typeof cell === 'string' && cell !== '<none>' ? cell.split(',').filter(Boolean) : [];
}

function podImages(pod: TableRow['object']): readonly string[] {
  const images = ['containers', 'initContainers', 'ephemeralContainers'].flatMap((list) =>
    itemsOf(field(pod['spec'], list)).map((container) => field(container, 'image')),
  );
  return [...new Set(images.filter((image) => typeof image === 'string'))];
}

function podAddresses(pod: TableRow['object']): readonly string[] {
  const addresses = itemsOf(field(pod['status'], 'podIPs')).map((one) => field(one, 'ip'));
  return addresses.filter((one) => typeof one === 'string');
}

/** Whatever a table shows that is an address: of pods, Services, Nodes, Ingresses, EndpointSlices. */
function addressesIn({ cells }: TableRow, others: readonly string[]): readonly string[] {
  const parts = cells.flatMap((cell) => (typeof cell === 'string' ? cell.split(/[\s,]+/) : []));
  return [...new Set([...parts.filter(isAddress), ...others])];
}

function isAddress(text: string): boolean {
  return (
    /^\d{1,3}(?:\.\d{1,3}){3}$/.test(text) || (/^[\da-f:.]+$/i.test(text) && text.split(':').length > 2 && /[\da-f]/i.test(text))
  );
}

function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
