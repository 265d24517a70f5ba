import { Cache } from '../base/cache.ts';
import { type Failure, type Result, success } from '../base/failure.ts';
import type { ApiKind, Cluster, KubeObject, ObjectRef, Selection, Table, TableRow } from '../kubernetes/cluster.ts';
import { apiVersionOf } from '../kubernetes/discovery.ts';
import { selectorText } from '../kubernetes/labelSelector.ts';
import { groupKind } from '../kubernetes/objectKey.ts';
import { referencesOf } from '../kubernetes/objectReferences.ts';
import { leadsTo, type Named, namedBy, type ObjectRelation, objectRelations, ownersNamed } from './objectRelations.ts';

/** An object that another one hangs together with. */
export interface Tie {
  /** How: `uses`, `is reached by`. */
  readonly says: string;
  readonly kind: ApiKind;
  readonly namespace: string | undefined;
  readonly name: string;
  /** The server's row of it; undefined: it does not exist. */
  readonly row: TableRow | undefined;
  readonly columns: Table['columns'];
}

/** What an object hangs together with, as far as the cluster could be asked. */
export interface Ties {
  readonly object: KubeObject;
  readonly ties: readonly Tie[];
  /** Lists that were too long to be looked through whole: plural of the kind, and how many were looked at. */
  readonly cut: readonly { readonly kind: ApiKind; readonly looked: number }[];
  readonly failures: readonly Failure[];
}

/** As many objects of a kind are looked through for those that name another. */
const mostLooked = 500;
/** So many names of a kind are asked for one by one, more by one list. */
const mostSingle = 3;
/** Lists are shared by the rows that are opened one after another. */
const keptMs = 10_000;
const tables = new WeakMap<Cluster, Cache<Table>>();

/** How an owner is told of. */
export const ownedSays = 'is owned by';

type Include = 'Metadata' | 'Object';

interface Found {
  readonly ties: readonly Tie[];
  readonly cut?: Ties['cut'];
  readonly failures?: readonly Failure[];
}

/**
 * Asks a cluster what an object hangs together with: its owners, what it names and selects, and who names and selects it. One request for the object, one for each kind
 * that may be concerned, kept for ten seconds. Fails when the object cannot be read.
 */
export async function tiesOf(cluster: Cluster, ref: ObjectRef, signal?: AbortSignal): Promise<Result<Ties>> {
  const [object, kinds] = await Promise.all([cluster.get(ref, signal), cluster.kinds(signal ? { signal } : {})]);
  if (!object.ok) return object;
  if (!kinds.ok) return kinds;
  const asking = new Asking(cluster, kinds.value, object.value, signal);
  const answers = await Promise.all([
    asking.owners(),
    ...objectRelations.flatMap((one) => [asking.forth(one), asking.back(one)]),
  ]);
  const failures = answers.flatMap((answer) => answer.failures ?? []);
  const cut = answers.flatMap((answer) => answer.cut ?? []);
  return success({
    object: object.value,
    ties: withoutMade(answers.flatMap(({ ties }) => ties)),
    cut: [...new Map(cut.map((one) => [one.kind.resource, one])).values()],
    failures: [...new Map(failures.map((one) => [one.message, one])).values()],
  });
}

class Asking {
  readonly #cluster: Cluster;
  readonly #served: ReadonlyMap<string, ApiKind>;
  readonly #object: KubeObject;
  readonly #signal: AbortSignal | undefined;

  constructor(cluster: Cluster, kinds: readonly ApiKind[], object: KubeObject, signal: AbortSignal | undefined) {
    this.#cluster = cluster;
    this.#served = new Map(kinds.map((kind) => [`${kind.group}/${kind.kind}`, kind]));
    this.#object = object;
    this.#signal = signal;
  }

  owners(): Promise<Found> {
    return this.#named(ownedSays, ownersNamed(this.#object));
  }

  async forth(relation: ObjectRelation): Promise<Found> {
    const object = this.#object;
    if (!relation.from.includes(groupKind(object))) return { ties: [] };
    const selector = relation.selector?.(object);
    const pods = this.#served.get('/Pod');
    if (!relation.selector) return this.#named(relation.says[0], namedBy(relation, object, referencesOf(object)));
    if (!selector || !pods) return { ties: [] };
    const labelSelector = selectorText(selector);
    const selection = labelSelector === '' ? this.#space(pods) : { ...this.#space(pods), labelSelector };
    return this.#listed(pods, selection, 'Metadata', relation.says[0], () => true);
  }

  async back(relation: ObjectRelation): Promise<Found> {
    const object = this.#object;
    if (relation.forthOnly || !relation.to.includes(groupKind(object))) return { ties: [] };
    const holders = relation.from.flatMap((kind) => this.#served.get(kind) ?? []).filter(({ verbs }) => verbs.includes('list'));
    const narrowed = relation.narrowed?.(object.metadata.name) ?? {};
    const answers = await Promise.all(
      holders.map((kind) =>
        this.#listed(
          kind,
          { ...(relation.anywhere ? {} : this.#space(kind)), ...narrowed },
          relation.narrowed ? 'Metadata' : 'Object',
          relation.says[1],
          (row) => relation.narrowed !== undefined || leadsTo(relation, { ...row.object, ...typeOf(kind) }, object),
        ),
      ),
    );
    return {
      ties: answers.flatMap(({ ties }) => ties),
      cut: answers.flatMap(({ cut = [] }) => cut),
      failures: answers.flatMap(({ failures = [] }) => failures),
    };
  }

  #space({ namespaced }: ApiKind): Selection {
    const { namespace } = this.#object.metadata;
    return namespaced && namespace !== undefined ? { namespace } : {};
  }

  async #listed(
    kind: ApiKind,
    selection: Selection,
    include: Include,
    says: string,
    fits: (row: TableRow) => boolean,
  ): Promise<Found> {
    const table = await this.#table(kind, selection, include);
    // Who may not list a kind is told so once; that is no failure of the rest.
    if (!table.ok) return { ties: [], failures: [table.failure] };
    const { columns, rows, continue: next } = table.value;
    return {
      ties: rows.filter(fits).map((row) => tieOf(says, kind, columns, row)),
      cut: next === undefined ? [] : [{ kind, looked: rows.length }],
    };
  }

  /** Objects by their names, those that do not exist too. */
  async #named(says: string, named: readonly Named[]): Promise<Found> {
    const groups = Map.groupBy(named, ({ kind, namespace }) => `${kind} ${namespace ?? ''}`);
    const answers = await Promise.all(
      [...groups.values()].map(async (group): Promise<Found> => {
        const kind = this.#served.get(group[0]?.kind ?? '');
        if (!kind) return { ties: [] };
        const space = kind.namespaced && group[0]?.namespace !== undefined ? { namespace: group[0].namespace } : {};
        const selections =
          group.length <= mostSingle ? group.map(({ name }) => ({ ...space, fieldSelector: `metadata.name=${name}` })) : [space];
        const found = await Promise.all(selections.map((selection) => this.#table(kind, selection, 'Metadata')));
        const rows = new Map(
          found.flatMap((one) => (one.ok ? one.value.rows.map((row) => [row.object.metadata.name, row] as const) : [])),
        );
        const failures = found.flatMap((one) => (one.ok ? [] : [one.failure]));
        if (failures.length > 0) return { ties: [], failures };
        const columns = found.flatMap((one) => (one.ok ? [one.value.columns] : []))[0] ?? [];
        const whole = found.every((one) => one.ok && one.value.continue === undefined);
        return {
          ties: group
            .filter(({ name }) => whole || rows.has(name))
            .map(({ name }) => ({ says, kind, namespace: space.namespace, name, row: rows.get(name), columns })),
        };
      }),
    );
    return { ties: answers.flatMap(({ ties }) => ties), failures: answers.flatMap(({ failures = [] }) => failures) };
  }

  async #table(kind: ApiKind, selection: Selection, include: Include): Promise<Result<Table>> {
    const cache = tables.get(this.#cluster) ?? new Cache<Table>();
    tables.set(this.#cluster, cache);
    const { namespace = '', labelSelector = '', fieldSelector = '' } = selection;
    const key = [kind.group, kind.resource, namespace, labelSelector, fieldSelector, include].join(' ');
    const answer = await cache.get(
      key,
      keptMs,
      (signal) => this.#cluster.table(kind, { ...selection, include, limit: mostLooked, signal }),
      { signal: this.#signal, strict: true },
    );
    return answer.ok ? success(answer.value.value) : answer;
  }
}

const typeOf = (kind: ApiKind) => ({ apiVersion: apiVersionOf(kind), kind: kind.kind });

function tieOf(says: string, kind: ApiKind, columns: Table['columns'], row: TableRow): Tie {
  const { name, namespace } = row.object.metadata;
  return { says, kind, namespace, name, row, columns };
}

/** A workload stands for the pods that it makes, where both hold the same relation. */
function withoutMade(ties: readonly Tie[]): readonly Tie[] {
  const uids = (says: string) => new Set(ties.flatMap((one) => (one.says === says ? (one.row?.object.metadata.uid ?? []) : [])));
  const byWords = new Map([...new Set(ties.map(({ says }) => says))].map((says) => [says, uids(says)]));
  return ties.filter(({ says, row }) => {
    const controller = row?.object.metadata.ownerReferences?.find((owner) => owner.controller)?.uid;
    return controller === undefined || byWords.get(says)?.has(controller) !== true;
  });
}
