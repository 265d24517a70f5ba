import { disposeAll } from '../base/event.ts';
import { plainText } from '../base/plainText.ts';
import type { ApiKind, Cluster, KubeObject, LiveTable, ObjectRef, Selection, TableRow } from '../kubernetes/cluster.ts';
import { apiVersionOf } from '../kubernetes/discovery.ts';
import { cellOf, factsOf, healthOf, shownCells } from '../kubernetes/kinds.ts';
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
} from './nodes.ts';

/** Adds the rows of the other world below an object; absent where no relation knows the kind. */
export type OtherSide = (cluster: Cluster, kind: ApiKind, ref: ObjectRef) => Open | undefined;

/** What is listed: a kind in a namespace, or all of a kind without one. */
export interface ListedKind {
  readonly cluster: Cluster;
  readonly kind: ApiKind;
  readonly namespace: string | undefined;
  readonly otherSide: OtherSide;
}

/** A kind as a row: `Deployments`. Its objects are kept live while it is expanded. */
export function apiKindRow(listed: ListedKind): Row {
  const { cluster, kind, namespace } = listed;
  return row({
    segment: `${kind.group}/${kind.kind}`,
    label: pluralOf(kind),
    icon: factsOf(kind).icon,
    facts: [['API', `${apiVersionOf(kind)} ${kind.kind}`]],
    words: ['kind', `kind:${kind.kind}`, 'can:refresh'],
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

/** The server's own table of a kind, live while it is looked at. */
class TableBranch implements Branch {
  readonly #listed: ListedKind;
  readonly #changed: () => void;
  readonly #owner: { readonly uid: string; readonly selection: Selection } | undefined;
  #table: LiveTable | undefined;

  constructor(listed: ListedKind, changed: () => void, owner?: { readonly uid: string; readonly selection: Selection }) {
    this.#listed = listed;
    this.#changed = changed;
    this.#owner = owner;
  }

  async rows(): Promise<readonly Row[]> {
    const { cluster, kind, namespace } = this.#listed;
    const table = this.#open();
    await table.ready();
    if (this.#table !== table) return [];
    if (table.state === 'failed' && table.failure) return [failureRow(table.failure)];
    const rows = this.#shown(table).map((one) => objectRow(this.#listed, table, one));
    const goneOn = table.hasMore ? [moreRow(table.rows.length)] : [];
    if (rows.length + goneOn.length > 0) return [...rows, ...goneOn];
    if (this.#owner) return [];
    return [emptyRow(`No ${pluralOf(kind)} in ${namespace ?? cluster.context.name}.`)];
  }

  refresh(): void {
    this.#close();
  }

  async more(): Promise<void> {
    await this.#table?.loadMore();
  }

  dispose(): void {
    this.#close();
  }

  #open(): LiveTable {
    if (this.#table) return this.#table;
    const { cluster, kind, namespace } = this.#listed;
    const table = cluster.live(kind, { ...(namespace === undefined ? {} : { namespace }), ...this.#owner?.selection });
    table.onDidChange(this.#changed);
    this.#table = table;
    return table;
  }

  #close(): void {
    const table = this.#table;
    this.#table = undefined;
    table?.dispose();
  }

  #shown({ rows }: LiveTable): readonly TableRow[] {
    const uid = this.#owner?.uid;
    return uid === undefined
      ? rows
      : rows.filter(({ object }) => object.metadata.ownerReferences?.some((owner) => owner.uid === uid));
  }
}

function objectRow(listed: ListedKind, table: LiveTable, tableRow: TableRow): Row {
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
  const cells = shownCells(kind, table.columns, tableRow).map((text) => plainText(text, 120));
  const going = metadata.deletionTimestamp === undefined ? [] : ['Terminating'].filter((word) => cells[0] !== word);
  const description = [...going, ...cells].join(' · ');
  const stale = table.state === 'stale';
  const open = openObject(listed, ref, metadata);
  return row({
    segment: name,
    label: name,
    description: stale ? staleSince(description, table.asOf) : description,
    icon: factsOf(kind).icon,
    mood: healthOf(kind, table.columns, tableRow),
    ...(stale && { stale }),
    facts: [
      ...table.columns
        .filter((column) => column.name !== 'Name')
        .map((column) => [column.name, plainText(cellOf(table.columns, tableRow, column.name))] as const)
        .filter(([, value]) => value !== ''),
      [
        'as of',
        [
          stale || table.state === 'polling' ? clockTime(table.asOf) : 'now',
          cluster.context.name,
          `as ${cluster.context.user ?? '?'}`,
        ].join(' · '),
      ],
    ],
    words: [
      'object',
      `kind:${kind.kind}`,
      'can:open',
      'can:copyId',
      'can:copyName',
      ...(kind.kind === 'Pod' ? ['can:logs'] : []),
    ],
    subject: { of: 'object', cluster, ref },
    name,
    key: objectKey({ context: cluster.context.name, group: kind.group, kind: kind.kind, namespace: space, name }),
    ...(open && { open }),
    click: 'hybridClusters.openDetails',
  });
}

/** What an object owns, and what it is on the other side. */
function openObject(listed: ListedKind, ref: ObjectRef, { uid }: KubeObject['metadata']): Open | undefined {
  const { cluster, kind } = listed;
  const { owns = [] } = factsOf(kind);
  const side = listed.otherSide(cluster, kind, ref);
  if (!side && (owns.length === 0 || uid === undefined)) return undefined;
  return (changed) => {
    const other = side?.(changed) ?? plainBranch(() => []);
    const owned: Branch = uid === undefined ? plainBranch(() => []) : new OwnedBranch(listed, ref, uid, owns, changed);
    return {
      rows: async () => {
        const [sideRows, ownedRows] = await Promise.all([other.rows(), owned.rows()]);
        const rows = [...sideRows, ...ownedRows];
        return rows.length > 0 ? rows : [emptyRow(`${kind.kind} ${ref.name} owns nothing now.`)];
      },
      refresh: () => other.refresh?.(),
      more: async () => owned.more?.(),
      ...disposeAll([other, owned]),
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
  #tables: readonly TableBranch[] | undefined;
  #ended = false;

  constructor(listed: ListedKind, ref: ObjectRef, uid: string, owns: readonly string[], changed: () => void) {
    this.#listed = listed;
    this.#ref = ref;
    this.#uid = uid;
    this.#owns = owns;
    this.#changed = changed;
  }

  async rows(): Promise<readonly Row[]> {
    this.#tables ??= await this.#open();
    const rows = await Promise.all(this.#tables.map((table) => table.rows()));
    return rows.flat();
  }

  async more(): Promise<void> {
    await Promise.all((this.#tables ?? []).map((table) => table.more()));
  }

  dispose(): void {
    this.#ended = true;
    for (const table of this.#tables ?? []) table.dispose();
  }

  async #open(): Promise<readonly TableBranch[]> {
    const { cluster } = this.#listed;
    if (this.#owns.length === 0) return [];
    const [kinds, owner] = await Promise.all([cluster.kinds(), cluster.get(this.#ref)]);
    if (!kinds.ok || this.#ended) return [];
    const labelSelector = owner.ok ? selectorOf(owner.value) : undefined;
    const selection = labelSelector === undefined ? {} : { labelSelector };
    return kinds.value
      .filter((kind) => this.#owns.includes(`${kind.group}/${kind.kind}`) && kind.verbs.includes('list'))
      .map((kind) => new TableBranch({ ...this.#listed, kind }, this.#changed, { uid: this.#uid, selection }));
  }
}

/** `app=web,tier=front` of a workload's or Service's selector; expressions only narrow further, and the uid decides anyway. */
function selectorOf({ kind, metadata, spec }: KubeObject): string | undefined {
  if (kind === 'Service') return `kubernetes.io/service-name=${metadata.name}`;
  const selector = field(spec, 'selector');
  const labels = field(selector, 'matchLabels') ?? (kind === 'ReplicationController' ? selector : undefined);
  if (typeof labels !== 'object' || labels === null) return undefined;
  return (
    Object.entries(labels)
      .map(([key, value]) => `${key}=${value}`)
      .join(',') || undefined
  );
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
