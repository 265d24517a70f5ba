import { plainText } from '../base/plainText.ts';
import type { ApiKind } from '../kubernetes/cluster.ts';
import { factsOf } from '../kubernetes/kinds.ts';
import type { IndexedObject } from '../kubernetes/objectIndex.ts';
import { descriptionOf, idOf, nameOf } from '../openstack/display.ts';
import { kindOf } from '../openstack/kinds/kinds.ts';
import type { Match } from '../openstack/search.ts';
import { type Findable, type FindQuery, type Fit, fitOf } from './findQuery.ts';
import { kindRank } from './groupNodes.ts';
import { objectKey } from './keys.ts';
import { compareNames } from './nodes.ts';
import { pluralOf } from './objectNodes.ts';

/** Something of either world that can be found and shown. */
export interface Thing<T> extends Findable {
  /** What it is listed under: `Deployments`. */
  readonly group: string;
  /** By which word the group alone is asked for: `kind:deployments`. */
  readonly groupWord: string;
  readonly icon: string;
  readonly state: string;
  /** Of what fits alike, the lower one stands first. */
  readonly order: number;
  readonly value: T;
}

export interface FoundRow<T> {
  readonly icon: string;
  readonly label: string;
  readonly description: string;
  readonly value: T;
}

/** What fits of one kind: the best first, and how many more there are. */
export interface FoundGroup<T> {
  readonly title: string;
  readonly word: string;
  readonly rows: readonly FoundRow<T>[];
  readonly more: number;
}

/** How many rows are shown. */
export interface FoundBounds {
  readonly ofOneKind: number;
  readonly inAll: number;
}

const bounds: FoundBounds = { ofOneKind: 20, inAll: 200 };

/** What fits a query, by kind: the kind of the best hit first, within a kind the best hit first. A query for one kind alone shows it to the end of `inAll`. */
export function foundGroups<T>(
  query: FindQuery,
  things: Iterable<Thing<T>>,
  { ofOneKind, inAll }: FoundBounds = bounds,
): { readonly groups: readonly FoundGroup<T>[]; readonly found: number; readonly left: number } {
  const hits: Hit<T>[] = [];
  for (const thing of things) {
    const fit = fitOf(query, thing);
    if (fit) hits.push({ thing, fit });
  }
  // Names as a reader orders them take time for many: only those that are shown are ordered so.
  hits.sort(byFit((one, other) => (one < other ? -1 : 1)));
  const grouped = [...Map.groupBy(hits, ({ thing }) => thing.group)];
  const most = grouped.length === 1 ? inAll : ofOneKind;
  let room = inAll;
  const groups: FoundGroup<T>[] = [];
  for (const [title, all] of grouped) {
    const shown = all.slice(0, Math.min(most, room)).sort(byFit(compareNames));
    room -= shown.length;
    const word = all[0]?.thing.groupWord ?? '';
    if (shown.length > 0) groups.push({ title, word, rows: shown.map(rowOf), more: all.length - shown.length });
  }
  const left = hits.length - groups.reduce((sum, { rows, more }) => sum + rows.length + more, 0);
  return { groups, found: hits.length, left };
}

interface Hit<T> {
  readonly thing: Thing<T>;
  readonly fit: Fit;
}

function byFit(compare: (one: string, other: string) => number) {
  return <T>({ fit, thing }: Hit<T>, other: Hit<T>): number =>
    fit.rank - other.fit.rank || thing.order - other.thing.order || compare(thing.name, other.thing.name);
}

function rowOf<T>({ thing, fit }: Hit<T>): FoundRow<T> {
  const { icon, name, places, state, value } = thing;
  return {
    icon,
    label: name,
    description: [places.join(' › '), ...fit.why.map((one) => plainText(one, 120)), state].filter(Boolean).join(' · '),
    value,
  };
}

/** An object of a cluster as it is found: `kube-system` of context `dev` stands at `dev › kube-system`. */
export function objectThing(object: IndexedObject): Thing<IndexedObject> {
  const { kind, cluster, namespace, state } = object;
  const { context } = cluster;
  return {
    name: object.name,
    kinds: [kind.kind, kind.resource, ...kind.shortNames],
    places: namespace === undefined ? [context.name] : [context.name, namespace],
    labels: object.labels,
    images: object.images,
    addresses: object.addresses,
    owners: object.owners,
    group: pluralOf(kind),
    groupWord: `kind:${kind.resource}`,
    icon: factsOf(kind).icon,
    state,
    order: kindRank(`${kind.group}/${kind.kind}`),
    value: object,
  };
}

/** Behind the kinds one looks for most, before the rest. */
const resourceOrder = kindRank('') - 0.5;

/** A resource of a cloud as it is found: by its name and id, and by the texts that its cloud has found it by. */
export function resourceThing(match: Match, foundBy: readonly string[]): Thing<Match> {
  const { project, kind, resource } = match;
  const { label, icon } = kindOf(kind);
  return {
    name: nameOf(kind, resource),
    kinds: [...label, kind],
    places: [project.cloud, project.name],
    labels: {},
    images: [],
    addresses: [],
    owners: [],
    others: [idOf(kind, resource), ...foundBy],
    group: label[1],
    groupWord: `kind:${kind}`,
    icon,
    state: descriptionOf(kind, resource),
    order: resourceOrder,
    value: match,
  };
}

/** By which key the tree knows an object. */
export function keyOfObject({ cluster, kind, namespace, name }: IndexedObject): string {
  return objectKey({ context: cluster.context.name, group: kind.group, kind: kind.kind, namespace, name });
}

/** `2 000 Pods of dev`: where a list ended before its end. */
export function cutText(kind: Pick<ApiKind, 'kind' | 'resource'>, context: string, read: number, namespace?: string): string {
  return `${read} ${pluralOf(kind)} of ${[context, namespace].filter(Boolean).join(' › ')}`;
}
