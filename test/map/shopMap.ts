import { emptyGraph, joined, type MapEdge, type MapGraph, type MapNode } from '../../src/map/graph.ts';
import { type ListedKind, mappedKinds, type ObjectGraph, objectGraph } from '../../src/map/objectGraph.ts';
import { shopCluster } from '../support/shop.ts';

/** The map of the shop, of the lists that a cluster gives, each with as much of its objects as a map asks for. */
export async function shopLists(focus?: string): Promise<ObjectGraph> {
  const cluster = shopCluster();
  const kinds = await cluster.kinds();
  const listed: ListedKind[] = [];
  for (const kind of kinds.ok ? kinds.value : []) {
    const facts = mappedKinds[`${kind.group}/${kind.kind}`];
    const table = facts && (await cluster.table(kind, { namespace: 'shop', include: facts.include }));
    if (table?.ok) listed.push({ kind, columns: table.value.columns, rows: table.value.rows });
  }
  const found = await Promise.all(
    ['Pod tool shop', 'PersistentVolume pv-1', 'Node n1'].map(async (text) => {
      const [kind = '', name = '', namespace] = text.split(' ');
      return cluster.get({ apiVersion: 'v1', kind, name, ...(namespace === undefined ? {} : { namespace }) });
    }),
  );
  return objectGraph(
    'dev',
    listed,
    found.flatMap((one) => (one.ok ? [one.value] : [])),
    focus,
  );
}

/** A Deployment of so many pods on ten nodes, a hundredth of them broken. */
export function bigGraph(pods: number): MapGraph {
  const node = (layer: MapNode['layer'], kind: string, name: string, word: string, mood: MapNode['mood'] = 'quiet'): MapNode => ({
    id: `${kind}/${name}`,
    layer,
    kind,
    name,
    mood,
    word,
  });
  const edge = (from: string, to: string, says: string): MapEdge => ({ from, to, says });
  const names = Array.from({ length: pods }, (_, index) => `web-7d9f-${index}`);
  return joined(emptyGraph, {
    nodes: [
      node('service', 'Service', 'web', ''),
      node('workload', 'Deployment', 'web', `${pods}/${pods}`),
      ...names.map((name, index) =>
        index % 100 === 7 ? node('pod', 'Pod', name, 'CrashLoopBackOff', 'bad') : node('pod', 'Pod', name, 'Running'),
      ),
      ...Array.from({ length: 10 }, (_, index) => node('ground', 'Node', `n${index}`, 'Ready')),
      node('ground', 'ConfigMap', 'web', '1 key'),
    ],
    edges: [
      edge('Service/web', 'Deployment/web', 'sends to'),
      ...names.flatMap((name, index) => [
        edge('Deployment/web', `Pod/${name}`, 'owns'),
        edge(`Pod/${name}`, `Node/n${index % 10}`, 'runs on'),
        edge(`Pod/${name}`, 'ConfigMap/web', 'uses'),
      ]),
    ],
  });
}
