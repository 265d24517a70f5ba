import { fieldsAt, listAt, textAt } from '../base/fields.ts';
import { plainText } from '../base/plainText.ts';
import { objectKey } from '../explorer/keys.ts';
import { stateOf } from '../explorer/objectState.ts';
import type { ApiKind, KubeObject, Table, TableRow } from '../kubernetes/cluster.ts';
import { apiVersionOf } from '../kubernetes/discovery.ts';
import { cellOf, healthOf, shownCells } from '../kubernetes/kinds.ts';
import { groupKind, groupOf } from '../kubernetes/objectKey.ts';
import { referencesOf } from '../kubernetes/objectReferences.ts';
import { leadsTo, namedBy, objectRelations } from '../relations/objectRelations.ts';
import { joined, type LayerId, type MapEdge, type MapGraph, type MapNode } from './graph.ts';

/** How a kind stands on a map, and how much of its objects must be read. Secrets and ConfigMaps are never read whole. */
interface MappedKind {
  readonly layer: LayerId;
  readonly include: 'Metadata' | 'Object';
  /** Drawn only where something hangs on it. */
  readonly onlyUsed?: true;
  /** It is part of a way and not drawn where it has an owner on the map: the sets of a Deployment. */
  readonly between?: true;
}

const gateway = (kind: string) => `gateway.networking.k8s.io/${kind}`;
const whole = (layer: LayerId): MappedKind => ({ layer, include: 'Object' });

/** Kinds of a namespace that are drawn: `group/Kind`. */
export const mappedKinds: Readonly<Record<string, MappedKind>> = {
  'networking.k8s.io/Ingress': whole('entry'),
  [gateway('Gateway')]: whole('entry'),
  [gateway('HTTPRoute')]: whole('route'),
  [gateway('GRPCRoute')]: whole('route'),
  [gateway('TLSRoute')]: whole('route'),
  '/Service': whole('service'),
  'autoscaling/HorizontalPodAutoscaler': whole('service'),
  'policy/PodDisruptionBudget': whole('service'),
  'networking.k8s.io/NetworkPolicy': whole('service'),
  'apps/Deployment': whole('workload'),
  'apps/StatefulSet': whole('workload'),
  'apps/DaemonSet': whole('workload'),
  'batch/CronJob': whole('workload'),
  'apps/ReplicaSet': { layer: 'workload', include: 'Metadata', between: true },
  'batch/Job': whole('job'),
  '/Pod': { layer: 'pod', include: 'Metadata' },
  '/PersistentVolumeClaim': { layer: 'ground', include: 'Metadata' },
  '/ConfigMap': { layer: 'ground', include: 'Metadata', onlyUsed: true },
  '/Secret': { layer: 'ground', include: 'Metadata', onlyUsed: true },
};

/** Kinds that are looked up one by one where something named them. */
const lookedUp: Readonly<Record<string, LayerId>> = { '/Node': 'ground', '/PersistentVolume': 'volume' };

/** The rows of a kind as the server printed them. */
export interface ListedKind {
  readonly kind: ApiKind;
  readonly columns: Table['columns'];
  readonly rows: readonly TableRow[];
}

/** What the lists tell, and what else must be looked up to tell more: objects of the whole cluster, and pods that nobody made. */
export interface ObjectGraph {
  readonly graph: MapGraph;
  readonly wanted: readonly { readonly kind: string; readonly namespace: string | undefined; readonly name: string }[];
  /** How many things that nothing uses are not drawn. */
  readonly unused: number;
}

interface Placed {
  readonly node: MapNode;
  readonly group: string;
  readonly object: KubeObject;
  readonly facts: MappedKind;
  readonly cells: (name: string) => string;
}

/** The map of a namespace, of lists and of what was looked up by name; what is in `focus` (an id) is drawn in any case. Pure; the same lists make the same map. */
export function objectGraph(
  context: string,
  listed: readonly ListedKind[],
  found: readonly KubeObject[],
  focus?: string,
): ObjectGraph {
  const placed = listed.flatMap((one) => placedOf(context, one));
  const byUid = new Map(placed.map((one) => [one.object.metadata.uid, one]));
  const byName = new Map(placed.map((one) => [nameKey(one.group, one.object.metadata.namespace, one.object.metadata.name), one]));
  const extra = found.map((object) => ({ object, node: foundNode(context, object) }));
  const controllerOf = ({ object }: Placed) =>
    byUid.get(object.metadata.ownerReferences?.find(({ controller }) => controller)?.uid);
  /** The nearest owner that is drawn. */
  const ownerOf = (one: Placed): Placed | undefined => {
    const owner = controllerOf(one);
    return owner?.facts.between ? (controllerOf(owner) ?? owner) : owner;
  };
  const made = Map.groupBy(
    placed.filter(({ group }) => group === '/Pod'),
    (pod) => ownerOf(pod)?.node.id,
  );
  const free = made.get(undefined) ?? [];
  const selectable = [...placed.filter((one) => one.facts.include === 'Object' && !controllerOf(one)), ...free];
  const full = new Map(found.map((object) => [object.metadata.uid, object]));
  const edges: MapEdge[] = [];
  const wanted = new Map<string, ObjectGraph['wanted'][number]>();
  const want = (kind: string, namespace: string | undefined, name: string) => {
    if (name !== '') wanted.set(`${kind} ${namespace ?? ''} ${name}`, { kind, namespace, name });
  };
  const lead = (from: string, to: string | undefined, says: string) => {
    if (to !== undefined) edges.push({ from, to, says });
  };
  const wholeKey = (group: string, name: string) =>
    objectKey({ context, group: '', kind: group.slice(1), namespace: undefined, name });

  for (const one of placed) {
    const { object, group, node } = one;
    const { namespace, name } = object.metadata;
    const owner = ownerOf(one);
    if (owner) lead(owner.node.id, node.id, 'owns');
    if (group === '/Pod') {
      const host = one.cells('Node');
      want('/Node', undefined, host);
      if (host !== '') lead(node.id, wholeKey('/Node', host), 'runs on');
      for (const template of listAt(owner?.object, 'spec', 'volumeClaimTemplates')) {
        const claim = `${textAt(template, 'metadata', 'name')}-${name}`;
        lead(node.id, byName.get(nameKey('/PersistentVolumeClaim', namespace, claim))?.node.id, 'uses');
      }
      if (!owner) want('/Pod', namespace, name);
    }
    if (group === '/PersistentVolumeClaim') {
      const volume = one.cells('Volume');
      want('/PersistentVolume', undefined, volume);
      if (volume !== '') lead(node.id, wholeKey('/PersistentVolume', volume), 'is bound to');
    }
    // A pod that nobody made has no template: it is looked up whole.
    const holder = one.facts.include === 'Object' ? object : full.get(object.metadata.uid);
    if (!holder) continue;
    const references = referencesOf(holder);
    const users = made.get(node.id) ?? [];
    for (const relation of objectRelations) {
      if (!relation.from.includes(group)) continue;
      if (relation.selector) {
        for (const other of selectable)
          if (relation.to.includes(other.group) && leadsTo(relation, holder, { ...other.object, ...typeOf(other) }))
            lead(node.id, other.node.id, relation.says[0]);
        continue;
      }
      for (const named of namedBy(relation, holder, references)) {
        const target = byName.get(nameKey(named.kind, named.namespace, named.name));
        if (!target) continue;
        // What a workload gives to its pods, they use; without pods, it does.
        const through = relation.to.includes('/ConfigMap') && users.length > 0 ? users : [one];
        for (const user of through) lead(user.node.id, target.node.id, relation.says[0]);
      }
    }
  }
  const used = new Set([focus, ...edges.flatMap(({ from, to }) => [from, to])]);
  const shown = placed.filter(
    (one) => !(one.facts.between && controllerOf(one)) && (!one.facts.onlyUsed || used.has(one.node.id)),
  );
  const nodes = [...shown.map(({ node }) => node), ...extra.flatMap(({ node }) => node ?? [])];
  return {
    graph: joined({ nodes, edges }),
    wanted: [...wanted.values()],
    unused: placed.filter(({ facts, node }) => facts.onlyUsed && !used.has(node.id)).length,
  };
}

const typeOf = ({ group, node }: Placed) => ({
  apiVersion: group.startsWith('/') ? 'v1' : `${group.slice(0, group.indexOf('/'))}/v1`,
  kind: node.kind,
});

const nameKey = (kind: string, namespace: string | undefined, name: string) => `${kind} ${namespace ?? ''} ${name}`;

function placedOf(context: string, { kind, columns, rows }: ListedKind): readonly Placed[] {
  const group = `${kind.group}/${kind.kind}`;
  const facts = mappedKinds[group];
  if (!facts) return [];
  return rows.map((row) => ({
    group,
    facts,
    object: { ...row.object, apiVersion: apiVersionOf(kind), kind: kind.kind },
    cells: (name) => cellOf(columns, row, name),
    node: {
      id: objectKey({
        context,
        group: kind.group,
        kind: kind.kind,
        namespace: row.object.metadata.namespace,
        name: row.object.metadata.name,
      }),
      layer: facts.layer,
      kind: kind.kind,
      name: plainText(row.object.metadata.name, 255),
      mood: healthOf(kind, columns, row),
      word: wordOf(kind, columns, row),
    },
  }));
}

/** The first thing that its row shows; what is counted there has a noun. */
function wordOf(kind: ApiKind, columns: Table['columns'], row: TableRow): string {
  if (row.object.metadata.deletionTimestamp !== undefined) return 'Terminating';
  const count = cellOf(columns, row, 'Data');
  if (kind.group === '' && count !== '') return `${count} ${count === '1' ? 'key' : 'keys'}`;
  return plainText(shownCells(kind, columns, row)[0] ?? '', 40);
}

/** A Node or PersistentVolume that was looked up; a pod stands in its list. */
function foundNode(context: string, object: KubeObject): MapNode | undefined {
  const layer = lookedUp[groupKind(object)];
  return layer && objectNode(context, object, layer);
}

/** A whole object as a thing on a map. */
export function objectNode(context: string, object: KubeObject, layer: LayerId): MapNode {
  const { word, mood } = stateOf(object);
  const { name, namespace } = object.metadata;
  const phase = textAt(fieldsAt(object, 'status'), 'phase');
  return {
    id: objectKey({ context, group: groupOf(object.apiVersion), kind: object.kind, namespace, name }),
    layer,
    kind: object.kind,
    name: plainText(name, 255),
    mood,
    word: plainText(word || (phase ?? ''), 40),
  };
}
