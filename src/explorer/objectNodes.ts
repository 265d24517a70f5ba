import { type Disposable, disposeAll } from '../base/event.ts';
import { plainText } from '../base/plainText.ts';
import type { ApiKind, Cluster, KubeObject, LiveTable, ObjectRef, Selection, TableRow } from '../kubernetes/cluster.ts';
import { isClusterApi } from '../kubernetes/controllerKinds.ts';
import { controllerStateOf, tellsItself } from '../kubernetes/controllerStates.ts';
import { apiVersionOf } from '../kubernetes/discovery.ts';
import { cellOf, factsOf, healthOf, shownCells } from '../kubernetes/kinds.ts';
import type { LiveMetrics } from '../kubernetes/liveMetrics.ts';
import { permissionsOf } from '../kubernetes/permissions.ts';
import { ownedSelectorOf } from '../kubernetes/podSelection.ts';
import { patienceMs } from '../kubernetes/reflector.ts';
import type { IsRefused } from '../kubernetes/refusedWords.ts';
import { selectorOf } from '../kubernetes/selectors.ts';
import { hasObjectRelations } from '../relations/objectRelations.ts';
import { openConditions } from './conditionNodes.ts';
import { openContainers } from './containerNodes.ts';
import { openInventory } from './inventoryNodes.ts';
import { objectKey } from './keys.ts';
import {
  type Branch,
  clockTime,
  emptyRow,
  failureRow,
  moreRow,
  type Open,
  plainBranch,
  type Row,
  row,
  staleSince,
  wordsOf,
} from './nodes.ts';
import { filterRow, filterWords, type ObjectFilters } from './objectFilters.ts';
import { OfferedWords, offered, wordsOfObject } from './objectWords.ts';
import { objectPlace, type Places } from './places.ts';
import { openTies, tiesRow } from './tieNodes.ts';
import { type ListUse, openUse, type Use } from './usage.ts';

/** Adds the rows of the other world below an object; absent where no relation knows the kind. */
export type OtherSide = (cluster: Cluster, kind: ApiKind, ref: ObjectRef) => Open | undefined;

/** What is listed: a kind in a namespace, or all of a kind without one. */
export interface ListedKind {
  readonly cluster: Cluster;
  readonly kind: ApiKind;
  readonly namespace: string | undefined;
  readonly otherSide: OtherSide;
  /** What is used of CPU and memory; without it no row tells. */
  readonly metrics?: LiveMetrics | undefined;
  /** How the user arranged the view; without it nothing can be pinned. */
  readonly places?: Places | undefined;
  /** By what the user narrowed lists; without it none can be. */
  readonly filters?: ObjectFilters | undefined;
}

/** What the lists of a view have in common. */
export type Listing = Omit<ListedKind, 'cluster' | 'kind' | 'namespace'>;

/** A kind as a row: `Deployments`. Its objects are kept live while it is expanded. */
export function apiKindRow(listed: ListedKind): Row {
  const { cluster, kind, namespace, metrics } = listed;
  const isUser = metrics !== undefined && kind.group === '' && (kind.kind === 'Pod' || kind.kind === 'Node');
  return row({
    segment: `${kind.group}/${kind.kind}`,
    label: pluralOf(kind),
    description: listed.filters?.summary(listed) ?? '',
    icon: factsOf(kind).icon,
    facts: [['API', `${apiVersionOf(kind)} ${kind.kind}`]],
    words: wordsOf(
      'kind',
      `kind:${kind.kind}`,
      'can:refresh',
      'can:explain',
      'can:whoCan',
      isUser && 'can:top',
      ...filterWords(listed, listed.filters),
    ),
    subject: { of: 'apiKind', cluster, kind, namespace },
    open: (changed) => new TableBranch(listed, changed),
  });
}

/** `NetworkPolicies` of kind NetworkPolicy and resource networkpolicies. */
export function pluralOf({ kind, resource }: Pick<ApiKind, 'kind' | 'resource'>): string {
  let same = 0;
  while (same < kind.length && kind[same]?.toLowerCase() === resource[same]) same++;
  return same === 0 ? resource : kind.slice(0, same) + resource.slice(same);
}

/** Some objects of a kind: those of the selection that belong. */
interface Part {
  readonly selection: Selection;
  readonly belongs: (object: KubeObject) => boolean;
}

/** The server's own table of a kind, live while it is looked at. */
export class TableBranch implements Branch {
  readonly #listed: ListedKind;
  readonly #changed: () => void;
  readonly #part: Part | undefined;
  readonly #offered: OfferedWords;
  readonly #subscription: Disposable;
  /** One that has not changed since is not made again: of thousands a watch changes some. */
  #made = new WeakMap<TableRow, Row>();
  #refusedBefore = '';
  #table: LiveTable | undefined;
  #use: ListUse | undefined;
  /** What the table is narrowed by. */
  #filter = '';

  constructor(listed: ListedKind, changed: () => void, part?: Part) {
    this.#listed = listed;
    this.#changed = changed;
    this.#part = part;
    this.#offered = new OfferedWords(listed.cluster, listed.kind, listed.namespace, () => this.#renew());
    const { places, filters } = listed;
    this.#subscription = disposeAll([
      ...(places ? [places.onDidChange(() => this.#renew())] : []),
      ...(filters && !part ? [filters.onDidChange(() => filters.of(listed) !== this.#filter && changed())] : []),
    ]);
  }

  async rows(): Promise<readonly Row[]> {
    const { cluster, kind, namespace } = this.#listed;
    const table = this.#open();
    await table.ready();
    if (this.#table !== table) return [];
    const before = this.#filter === '' ? [] : [filterRow({ cluster, kind, namespace }, this.#filter)];
    const failed = table.state === 'failed';
    this.#tellCount(failed ? undefined : table);
    if (failed && table.failure) return [...before, failureRow(table.failure)];
    const use = this.#use;
    const shown = this.#shown(table);
    const isRefused = shown.length > 0 ? this.#offered.refused() : () => false;
    this.#keepOnlyIf(isRefused, shown[0]?.object.metadata.name ?? '');
    const rows = shown.map((one) => this.#rowOf(table, one, isRefused, use));
    use?.show(table);
    const goneOn = table.hasMore ? [moreRow(table.rows.length)] : [];
    const told = table.state === 'polling' ? [pollingRow(table)] : [];
    if (rows.length + goneOn.length > 0) return [...before, ...rows, ...goneOn, ...told];
    if (this.#part) return told;
    const narrowed = this.#filter === '' ? '' : ` with ${this.#filter}`;
    return [...before, emptyRow(`No ${pluralOf(kind)}${narrowed} in ${namespace ?? cluster.context.name}.`), ...told];
  }

  refresh(): void {
    permissionsOf(this.#listed.cluster).forget();
    this.#close();
  }

  async more(): Promise<void> {
    await this.#table?.loadMore();
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#close();
    this.#tellCount(undefined);
  }

  #tellCount(table: LiveTable | undefined): void {
    const { filters } = this.#listed;
    if (!filters || this.#part) return;
    const count = table && this.#filter !== '' ? `${table.rows.length}${table.hasMore ? '+' : ''}` : undefined;
    filters.counted(this.#listed, count);
  }

  #open(): LiveTable {
    const { cluster, kind, namespace, filters } = this.#listed;
    const filter = this.#part ? '' : (filters?.of(this.#listed) ?? '');
    if (this.#table && filter === this.#filter) return this.#table;
    this.#close();
    this.#filter = filter;
    const selector = selectorOf(filter, kind);
    const selection = {
      ...(namespace === undefined ? {} : { namespace }),
      ...this.#part?.selection,
      ...(selector.ok && selector.selection),
    };
    // Who owns a row stands in its metadata.
    const thin = factsOf(kind).plain && !this.#part ? 'None' : 'Metadata';
    const table = cluster.live(kind, selection, tellsItself(kind) ? 'Object' : thin);
    table.onDidChange(this.#changed);
    this.#table = table;
    const { metrics } = this.#listed;
    const measured = { cluster, kind, namespace, selection: this.#part?.selection ?? {} };
    // Only then: rows come first.
    void table.ready().then(() => {
      if (this.#table === table) {
        this.#made = new WeakMap();
        this.#use = openUse(metrics, measured, () => this.#renew());
      }
    });
    return table;
  }

  /** What was made is made anew when other words are refused: another branch may have learnt it. */
  #keepOnlyIf(isRefused: IsRefused, name: string): void {
    const refused = wordsOfObject(this.#listed.kind)
      .filter((one) => isRefused(one.replace('can:', ''), name))
      .join();
    if (refused !== this.#refusedBefore) this.#made = new WeakMap();
    this.#refusedBefore = refused;
  }

  #rowOf(table: LiveTable, tableRow: TableRow, isRefused: IsRefused, use: ListUse | undefined): Row {
    // What is not live says as of when, which goes on.
    const known = table.state === 'live' ? this.#made.get(tableRow) : undefined;
    const made = known ?? objectRow(this.#listed, table, tableRow, { isRefused, use: use?.of(tableRow) });
    if (table.state === 'live') this.#made.set(tableRow, made);
    return made;
  }

  /** Something else than the table has changed: each row may read otherwise. */
  #renew(): void {
    this.#made = new WeakMap();
    this.#changed();
  }

  #close(): void {
    const table = this.#table;
    this.#table = undefined;
    this.#made = new WeakMap();
    table?.dispose();
    this.#use?.dispose();
    this.#use = undefined;
  }

  #shown({ rows }: LiveTable): readonly TableRow[] {
    const part = this.#part;
    return part ? rows.filter(({ object }) => part.belongs(object)) : rows;
  }
}

/** Says that rows are as old as the last list, where the server lets nobody watch. */
function pollingRow({ asOf }: LiveTable): Row {
  const seconds = Math.round(patienceMs.poll / 1000);
  const label = `Watching is not allowed here: asked every ${seconds} s, last at ${clockTime(asOf)}.`;
  return { ...emptyRow(label), segment: '~' };
}

/** What else is known of an object when its row is made. */
interface Shown {
  readonly isRefused?: IsRefused;
  readonly use?: Use | undefined;
}

/** An object as its row in a list of its kind. */
export function objectRow(
  listed: ListedKind,
  table: LiveTable,
  tableRow: TableRow,
  { isRefused = () => false, use }: Shown = {},
): Row {
  const { cluster, kind, namespace } = listed;
  const { metadata } = tableRow.object;
  const { name } = metadata;
  const space = metadata.namespace ?? (kind.namespaced ? namespace : undefined);
  const ref: ObjectRef = {
    apiVersion: apiVersionOf(kind),
    kind: kind.kind,
    name,
    ...(space === undefined ? {} : { namespace: space }),
  };
  const told = controllerStateOf(kind, tableRow.object);
  const cells = (told?.words ?? shownCells(kind, table.columns, tableRow)).map((text) => plainText(text, 120));
  const going = metadata.deletionTimestamp === undefined ? [] : ['Terminating'].filter((word) => cells[0] !== word);
  const [state = [], ...others] = [cells.slice(0, 1), ...cells.slice(1)];
  const said = (used: string | undefined) => [...going, ...state, ...(used ? [used] : []), ...others].join(' · ');
  const description = said(use?.text);
  const health = told && metadata.deletionTimestamp === undefined ? told.health : healthOf(kind, table.columns, tableRow);
  const stale = table.state === 'stale';
  const open = openObject(listed, ref, metadata);
  const key = objectKey({ context: cluster.context.name, group: kind.group, kind: kind.kind, namespace: space, name });
  const pinned = listed.places?.isPinned(objectPlace(key));
  return row({
    segment: name,
    label: name,
    description: stale ? staleSince(description, table.asOf) : description,
    icon: factsOf(kind).icon,
    ...(use && !stale && { spoken: said(use.spoken) }),
    ...(use?.more && { moreFacts: use.more }),
    mood: use?.isHigh && (health === 'quiet' || health === 'good') ? 'warning' : health,
    ...(stale && { stale }),
    facts: [
      ...table.columns
        .filter((column) => column.name !== 'Name')
        .map((column) => [column.name, plainText(cellOf(table.columns, tableRow, column.name))] as const)
        .filter(([, value]) => value !== ''),
      ...(use?.facts ?? []),
      [
        'as of',
        [
          stale || table.state === 'polling' ? clockTime(table.asOf) : 'now',
          cluster.context.name,
          `as ${cluster.context.user ?? '?'}`,
        ].join(' · '),
      ],
    ],
    words: offered(
      [
        ...wordsOfObject(kind, told ? cells.join(' · ') : (cells[0] ?? ''), (column) => cellOf(table.columns, tableRow, column)),
        ...(hasObjectRelations(`${kind.group}/${kind.kind}`) || metadata.ownerReferences !== undefined
          ? (['can:openMap'] as const)
          : []),
        ...(pinned === undefined ? [] : ([pinned ? 'can:unpin' : 'can:pin'] as const)),
      ],
      name,
      isRefused,
    ),
    subject: { of: 'object', cluster, ref },
    name,
    key,
    ...(open && { open }),
    click: 'hybridClusters.openDetails',
  });
}

/** What an object owns, and what it is on the other side. */
function openObject(listed: ListedKind, ref: ObjectRef, { uid }: KubeObject['metadata']): Open | undefined {
  const { cluster, kind } = listed;
  const { owns = [] } = factsOf(kind);
  const side = listed.otherSide(cluster, kind, ref);
  const isPod = kind.kind === 'Pod' && kind.group === '';
  const tells = tellsItself(kind);
  if (!side && !isPod && !tells && (owns.length === 0 || uid === undefined)) return openTies(cluster, kind, ref);
  const ties = tiesRow(cluster, kind, ref);
  return (changed) => {
    const other = side?.(changed) ?? plainBranch(() => []);
    const conditions = tells ? openConditions(cluster, kind, ref)(changed) : undefined;
    const kept = tells ? openInventory(listed, ref)(changed) : undefined;
    const owned: Branch = isPod
      ? openContainers({ cluster, kind, pod: ref, metrics: listed.metrics })(changed)
      : uid === undefined
        ? plainBranch(() => [])
        : new OwnedBranch(listed, ref, uid, owns, changed);
    return {
      rows: async () => {
        const branches = isPod ? [owned, other] : [conditions, other, owned, kept];
        const rows = [...(await Promise.all(branches.map((branch) => branch?.rows() ?? []))).flat(), ...ties];
        return rows.length > 0 ? rows : [emptyRow(`${kind.kind} ${ref.name} owns nothing now.`)];
      },
      refresh: () => {
        for (const branch of [conditions, other, owned, kept]) branch?.refresh?.();
      },
      more: async () => owned.more?.(),
      ...disposeAll([other, owned, ...(conditions ? [conditions] : []), ...(kept ? [kept] : [])]),
    };
  };
}

/** The objects that another owns, by uid; narrowed by its selector where it has one, so that a large namespace is not read whole. */
class OwnedBranch implements Branch {
  readonly #listed: ListedKind;
  readonly #ref: ObjectRef;
  readonly #uid: string;
  readonly #owns: readonly string[];
  readonly #changed: () => void;
  /** One opening for all who ask while it is under way. */
  #tables: Promise<readonly TableBranch[]> | undefined;
  #ended = false;

  constructor(listed: ListedKind, ref: ObjectRef, uid: string, owns: readonly string[], changed: () => void) {
    this.#listed = listed;
    this.#ref = ref;
    this.#uid = uid;
    this.#owns = owns;
    this.#changed = changed;
  }

  async rows(): Promise<readonly Row[]> {
    this.#tables ??= this.#open();
    const rows = await Promise.all((await this.#tables).map((table) => table.rows()));
    // Things of several kinds may have the same name.
    return this.#owns.length > 1 ? rows.flat().map(withKind) : rows.flat();
  }

  async more(): Promise<void> {
    await Promise.all(((await this.#tables) ?? []).map((table) => table.more()));
  }

  dispose(): void {
    this.#ended = true;
    void this.#tables?.then((tables) => disposeAll(tables).dispose());
  }

  async #open(): Promise<readonly TableBranch[]> {
    const { cluster } = this.#listed;
    if (this.#owns.length === 0) return [];
    const [kinds, owner] = await Promise.all([cluster.kinds(), cluster.get(this.#ref)]);
    if (!kinds.ok || this.#ended) return [];
    const labelSelector = owner.ok ? ownedSelectorOf(owner.value) : undefined;
    const selection = labelSelector === undefined ? {} : { labelSelector };
    const uid = this.#uid;
    const ofCluster = this.#listed.kind.kind === 'Cluster' && isClusterApi(this.#listed.kind);
    const belongs = ({ metadata: { ownerReferences = [] } }: KubeObject) =>
      ownerReferences.some((one) => one.uid === uid) || (ofCluster && !ownerReferences.some(({ controller }) => controller));
    return this.#owns
      .flatMap((name) => kinds.value.find((kind) => `${kind.group}/${kind.kind}` === name && kind.verbs.includes('list')) ?? [])
      .map((kind) => new TableBranch({ ...this.#listed, kind }, this.#changed, { selection, belongs }));
  }
}

/** A row among those of other kinds: `MachineDeployment prod-workers`. */
export function withKind(one: Row): Row {
  const { subject } = one;
  if (subject.of !== 'object') return one;
  return { ...one, segment: `${subject.ref.kind} ${one.segment}`, label: `${subject.ref.kind} ${one.label}` };
}
