import { disposeAll, type Event } from '../base/event.ts';
import type { Failure } from '../base/failure.ts';
import type { Target } from '../deploy/types.ts';
import type { ApiKind, Cluster, Contexts, LiveTable } from '../kubernetes/cluster.ts';
import type { FollowedMetrics, LiveMetrics } from '../kubernetes/liveMetrics.ts';
import { isMeasured } from '../kubernetes/metricsApi.ts';
import { hiddenRows, markWords, pinnedFirst } from './arrangedRows.ts';
import { openGroups } from './groupNodes.ts';
import { clusterSegment, namespaceSegment, objectKey } from './keys.ts';
import { type Branch, byLabel, type Changed, failureRow, moreRow, type Open, type Row, row, staleSince } from './nodes.ts';
import type { ObjectFilters } from './objectFilters.ts';
import type { Listing, OtherSide } from './objectNodes.ts';
import type { Opened } from './opened.ts';
import { PinnedObjects } from './pinnedNodes.ts';
import { namespaceKey, type Places } from './places.ts';
import { useOf } from './usage.ts';

type Protection = Target['protection'];

/** The namespaces the user wants to see; empty: all. */
export interface NamespaceFilter {
  of(context: string): readonly string[];
  /** Those the user named by hand, for contexts that do not list them. */
  typed(context: string): readonly string[];
  readonly onDidChange: Event<void>;
}

/** What the view *Clusters* takes from its surroundings. */
export interface ClustersParts {
  readonly contexts: Contexts;
  readonly opened: Opened;
  readonly otherSide: OtherSide;
  readonly filter: NamespaceFilter;
  /** Whether the folder in front is bound to the context. */
  readonly isBound: (context: string) => boolean;
  /** How the user arranged the view; without it nothing can be pinned, hidden or filtered. */
  readonly places?: Places;
  /** What is used of CPU and memory; without it no row tells. */
  readonly metrics?: LiveMetrics;
  /** By what the user narrowed lists of objects; without it none can be. */
  readonly objectFilters?: ObjectFilters;
  /** How the user marked the target. */
  readonly protection: (context: string) => Protection;
}

const namespaceWords = [
  'can:refresh',
  'can:open',
  'can:copyName',
  'can:showEvents',
  'can:openMap',
  'can:filterNamespaces',
  'can:whoCan',
  'can:whatMayI',
] as const;

const listingOf = ({ otherSide, places, objectFilters: filters, metrics }: ClustersParts): Listing => ({
  otherSide,
  places,
  filters,
  metrics,
});

/** Hears what came of reaching a context: why not, or that all is well. */
export type Tell = (failure: Failure | undefined) => void;

/** The namespaces of a context, live, then "Cluster". */
export class ContextBranch implements Branch {
  readonly #context: string;
  readonly #parts: ClustersParts;
  readonly #tell: Tell;
  readonly #changed: Changed;
  readonly #subscription: { dispose(): void };
  #cluster: Cluster | undefined;
  #namespaces: LiveTable | undefined;
  #measured = false;
  /** Of the namespaces that are open: only there is anything measured. */
  readonly #used = new Map<string, FollowedMetrics>();
  #pinned: PinnedObjects | undefined;
  /** A row that is closed while it connects must not begin to watch. */
  #ended = false;

  constructor(context: string, parts: ClustersParts, tell: Tell, changed: Changed) {
    this.#context = context;
    this.#parts = parts;
    this.#tell = tell;
    this.#changed = changed;
    this.#subscription = disposeAll([
      parts.filter.onDidChange(() => changed()),
      ...(parts.places ? [parts.places.onDidChange(() => changed())] : []),
    ]);
  }

  async rows(): Promise<readonly Row[]> {
    const trouble = this.#cluster ? undefined : await this.#connect();
    const cluster = this.#cluster;
    if (!cluster) return trouble ? [failureRow(trouble)] : [];
    const kinds = await cluster.kinds();
    if (this.#ended) return [];
    if (!kinds.ok) return [failureRow(kinds.failure)];
    this.#measured = isMeasured(kinds.value) && this.#parts.metrics !== undefined;
    const wanted = this.#parts.filter.of(this.#context);
    const spaces =
      wanted.length > 0 ? wanted.map((name) => this.#namespaceRow(cluster, name)) : await this.#all(cluster, kinds.value);
    if (this.#ended) return [];
    this.#pinned ??= new PinnedObjects(cluster, listingOf(this.#parts), this.#changed);
    const pinned = this.#pinned.rows(kinds.value);
    return [...pinned, ...(wanted.length > 0 ? [filterRow(cluster, wanted)] : []), ...spaces, this.#clusterRow(cluster)];
  }

  refresh(): void {
    this.#parts.contexts.refresh?.();
    this.#cluster?.refresh();
    this.#release();
  }

  async more(): Promise<void> {
    await this.#namespaces?.loadMore();
  }

  dispose(): void {
    this.#ended = true;
    this.#subscription.dispose();
    this.#release();
  }

  #release(): void {
    this.#pinned?.dispose();
    this.#pinned = undefined;
    this.#namespaces?.dispose();
    this.#namespaces = undefined;
    this.#cluster = undefined;
  }

  async #connect(): Promise<Failure | undefined> {
    const opened = await this.#parts.contexts.open(this.#context);
    const connected = opened.ok ? await opened.value.connect() : opened;
    if (this.#ended) return undefined;
    this.#tell(connected.ok ? undefined : connected.failure);
    if (!connected.ok) return connected.failure;
    if (!opened.ok) return opened.failure;
    this.#cluster = opened.value;
    this.#parts.opened.addCluster(opened.value);
    return undefined;
  }

  /** All namespaces; for a user who may not list them, the one that the context names. */
  async #all(cluster: Cluster, kinds: readonly ApiKind[]): Promise<readonly Row[]> {
    const kind = kinds.find((one) => one.group === '' && one.kind === 'Namespace');
    if (!kind) return [];
    const table = this.#open(cluster, kind);
    await table.ready();
    if (table.state !== 'failed' || !table.failure) {
      const stale = table.state === 'stale' ? table.asOf : undefined;
      const rows = table.rows.map(({ object }) => {
        const going = object.metadata.deletionTimestamp !== undefined;
        return this.#namespaceRow(cluster, object.metadata.name, { going, stale });
      });
      const lost = table.hasMore ? [] : this.#lost(cluster, rows);
      return [...lost, ...this.#arranged(rows.sort(byLabel)), ...(table.hasMore ? [moreRow(rows.length)] : [])];
    }
    const { namespace = 'default' } = cluster.context;
    if (table.failure.reason !== 'forbidden') return [failureRow(table.failure)];
    const named = new Set([namespace, ...this.#parts.filter.typed(this.#context)]);
    return [
      ...this.#arranged([...named].map((name) => this.#namespaceRow(cluster, name))),
      failureRow(table.failure),
      typeRow(cluster),
    ];
  }

  /** Pinned namespaces that are not there any more. */
  #lost(cluster: Cluster, rows: readonly Row[]): readonly Row[] {
    const there = new Set(rows.map(({ label }) => namespaceKey(this.#context, label)));
    const prefix = namespaceKey(this.#context, '');
    const pinned = this.#parts.places?.pinned ?? [];
    const lost = pinned.filter(({ key }) => key.startsWith(prefix) && !there.has(key));
    return lost.map(({ key }) => {
      const name = decodeURIComponent(key.slice(prefix.length));
      return row({
        segment: `pin:${key}`,
        label: name,
        description: 'namespace · gone · pinned',
        icon: 'symbol-namespace',
        mood: 'warning',
        words: ['can:unpin', 'can:copyName'],
        subject: { of: 'namespace', cluster, name },
        name,
      });
    });
  }

  /** The pinned ones in front, the hidden ones as their number. */
  #arranged(rows: readonly Row[]): readonly Row[] {
    const { places } = this.#parts;
    const keyOf = ({ label }: Row) => namespaceKey(this.#context, label);
    const visible = rows.filter((one) => !places?.isHidden(keyOf(one)));
    return [...pinnedFirst(visible, this.#parts, keyOf), ...hiddenRows(rows.length - visible.length)];
  }

  #open(cluster: Cluster, kind: ApiKind): LiveTable {
    if (this.#namespaces) return this.#namespaces;
    this.#namespaces = cluster.live(kind);
    this.#namespaces.onDidChange(() => this.#changed());
    return this.#namespaces;
  }

  #namespaceRow(
    cluster: Cluster,
    name: string,
    { going = false, stale }: { going?: boolean; stale?: number | undefined } = {},
  ): Row {
    const { name: context } = cluster.context;
    const key = namespaceKey(context, name);
    const total = this.#used.get(name)?.total();
    const use = total && useOf(total.usage, undefined, total.samples);
    const said = (used: string | undefined) =>
      ['namespace', going && 'Terminating', used, this.#parts.places?.isPinned(key) && 'pinned'].filter(Boolean).join(' · ');
    const description = said(use?.text);
    return row({
      segment: namespaceSegment(name),
      label: name,
      description: stale === undefined ? description : staleSince(description, stale),
      icon: 'symbol-namespace',
      mood: going ? 'busy' : 'quiet',
      ...(stale !== undefined && { stale: true }),
      ...(use && stale === undefined && { spoken: said(use.spoken) }),
      facts: use?.facts ?? [],
      words: [
        'namespace',
        ...namespaceWords,
        ...(this.#parts.filter.of(context).length === 1 ? [] : (['can:focusNamespace'] as const)),
        ...(this.#measured ? (['can:top'] as const) : []),
        ...markWords(this.#parts, key),
      ],
      subject: { of: 'namespace', cluster, name },
      name,
      key: objectKey({ context, group: '', kind: 'Namespace', namespace: undefined, name }),
      open: this.#openNamespace(cluster, name),
    });
  }

  /** Its groups; while they are open the namespace tells what its pods use together. */
  #openNamespace(cluster: Cluster, name: string): Open {
    const { metrics } = this.#parts;
    const groups = openGroups(cluster, name, listingOf(this.#parts));
    if (!metrics) return groups;
    return (changed) => {
      const used = metrics.follow(cluster, { of: 'pods', namespace: name }, () => this.#changed());
      this.#used.set(name, used);
      const branch = groups(changed);
      const close = () => {
        if (this.#used.get(name) === used) this.#used.delete(name);
        this.#changed();
      };
      return { ...branch, ...disposeAll([branch, used, { dispose: close }]) };
    };
  }

  #clusterRow(cluster: Cluster): Row {
    return row({
      segment: clusterSegment,
      label: 'Cluster',
      description: 'nodes, volumes, classes, access, definitions',
      icon: 'server-environment',
      words: ['group', 'can:refresh'],
      subject: { of: 'group' },
      open: openGroups(cluster, undefined, listingOf(this.#parts)),
    });
  }
}

/** For who may not list namespaces: names one that they know of. */
function typeRow(cluster: Cluster): Row {
  return row({
    segment: '=',
    label: 'Name a namespace…',
    description: 'they cannot be listed here',
    icon: 'edit',
    words: ['hint', 'can:typeNamespace'],
    subject: { of: 'filter', cluster },
    click: 'hybridClusters.typeNamespace',
  });
}

/** What is filtered, and the way to clear it. */
function filterRow(cluster: Cluster, wanted: readonly string[]): Row {
  return row({
    segment: '?',
    label: `Showing ${wanted.length === 1 ? 'one namespace' : `${wanted.length} namespaces`} only`,
    description: 'click to show all',
    icon: 'filter',
    words: ['filter'],
    subject: { of: 'filter', cluster },
    click: 'hybridClusters.filterNamespaces',
  });
}
