import { plainText } from '../base/plainText.ts';
import { objectKey } from '../explorer/keys.ts';
import type { Cluster, KubeObject, ObjectRef } from '../kubernetes/cluster.ts';
import { healthOf, shownCells } from '../kubernetes/kinds.ts';
import { groupKind } from '../kubernetes/objectKey.ts';
import { objectRelations } from '../relations/objectRelations.ts';
import { ownedSays, type Tie, tiesOf } from '../relations/ties.ts';
import { joined, type LayerId, type MapEdge, type MapGraph, type MapNode } from './graph.ts';
import { mappedKinds, objectNode } from './objectGraph.ts';

/** Kinds that no map of a namespace draws. */
const others: Readonly<Record<string, LayerId>> = { '/Node': 'ground', '/PersistentVolume': 'volume' };
const layerOf = (kind: string): LayerId => mappedKinds[kind]?.layer ?? others[kind] ?? 'workload';

/** One object with all that hangs together with it, one step far; and the objects that a cloud may know. */
export async function tiesGraph(
  cluster: Cluster,
  ref: ObjectRef,
  signal: AbortSignal,
): Promise<{
  readonly graph: MapGraph;
  readonly objects: readonly { readonly id: string; readonly object: KubeObject }[];
  readonly notes: readonly string[];
}> {
  const ties = await tiesOf(cluster, ref, signal);
  if (!ties.ok) return { graph: { nodes: [], edges: [] }, objects: [], notes: [ties.failure.message] };
  const { name: context } = cluster.context;
  const { object } = ties.value;
  const centre = objectNode(context, object, layerOf(groupKind(object)));
  const forth = new Set([ownedSays, ...objectRelations.map(({ says }) => says[0])]);
  const nodes = ties.value.ties.map((tie) => tieNode(context, tie));
  const edges = ties.value.ties.flatMap(({ says }, at): MapEdge[] => {
    const id = nodes[at]?.id ?? centre.id;
    return [forth.has(says) ? { from: centre.id, to: id, says } : { from: id, to: centre.id, says: forthOf(says) }];
  });
  return {
    graph: joined({ nodes: [centre, ...nodes], edges }),
    objects: [{ id: centre.id, object }],
    notes: ties.value.failures.map(({ message }) => message),
  };
}

/** How the other side of a relation puts it. */
function forthOf(says: string): string {
  return objectRelations.find((relation) => relation.says[1] === says)?.says[0] ?? says;
}

function tieNode(context: string, { kind, namespace, name, row, columns }: Tie): MapNode {
  const group = `${kind.group}/${kind.kind}`;
  return {
    id: objectKey({ context, group: kind.group, kind: kind.kind, namespace, name }),
    layer: layerOf(group),
    kind: kind.kind,
    name: plainText(name, 255),
    mood: row ? healthOf(kind, columns, row) : 'warning',
    word: row ? plainText(shownCells(kind, columns, row)[0] ?? '', 40) : 'does not exist',
  };
}
