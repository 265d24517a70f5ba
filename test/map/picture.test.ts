/** What is drawn of a namespace and where, as text. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fold } from '../../src/map/fold.ts';
import { around, changed, changeOf, type MapGraph } from '../../src/map/graph.ts';
import { layout } from '../../src/map/layout.ts';
import { fromMap } from '../../src/map/messages.ts';
import { graphText, mapPicture } from '../support/mapPicture.ts';
import { bigGraph, shopLists } from './shopMap.ts';

const shop = `
ConfigMap settings
Secret db
Secret cert
Secret pull
Service web
  sends to Deployment web
Service outside
PersistentVolumeClaim data
Pod web-1-a
  uses ConfigMap settings
  uses Secret db
  uses Secret cert
  uses Secret pull
Pod tool
  uses ConfigMap settings
  uses PersistentVolumeClaim data
Deployment web (busy)
  owns Pod web-1-a
Ingress front
  routes to Service web
  shows the certificate Secret cert
NetworkPolicy closed
  filters the traffic of Deployment web
  filters the traffic of Pod tool
PodDisruptionBudget keep
  guards Deployment web
Gateway edge
  shows the certificate Secret cert
HTTPRoute pages
  enters by Gateway edge
  routes to Service web
HorizontalPodAutoscaler more
  scales Deployment web
PersistentVolume pv-1
Node n1
`;

test('of lists of a namespace: sets of a Deployment are part of the way, and pods use what their workload gives them', async () => {
  const { graph, wanted } = await shopLists();
  assert.equal(graphText(graph), shop.trim());
  assert.deepEqual(wanted, [{ kind: '/Pod', namespace: 'shop', name: 'tool' }]);
  assert.doesNotMatch(JSON.stringify(graph), /Y2FuYXJ5/);
});

const picture = `
Entry                                                                       [edge]          [front]
Routes                                                          [pages]   │                     │   │
Services                             [more]          [keep]          [web]           [closed]   │   │          [outside]
Workloads                                                   [web]           │                  │    │
Pods                                                        [web-1-a]       [tool]             │    │
Nodes, claims,  [n1]              [db]            [pull]          [settings]      [data]          [cert]
Volumes                                                                        [pv-1]
`;

test('the picture of it: lines over several rows have room in those that they pass', async () => {
  assert.equal(mapPicture((await shopLists()).graph), picture.trim());
});

const near = `
Service web
  sends to Deployment web
Pod web-1-a
Deployment web (busy)
  owns Pod web-1-a
Ingress front
  routes to Service web
Gateway edge
HTTPRoute pages
  enters by Gateway edge
  routes to Service web
`;

test('around one object: the ways to it and from it on, and nobody who only shares a neighbour', async () => {
  const { graph } = await shopLists();
  const id = graph.nodes.find(({ kind }) => kind === 'Service')?.id ?? '';
  const { nodes, edges } = around(graph, id);
  const used = new Set(nodes.filter(({ layer }) => layer === 'ground').map((node) => node.id));
  const rest = { nodes: nodes.filter((node) => !used.has(node.id)), edges: edges.filter(({ to }) => !used.has(to)) };
  assert.equal(graphText(rest), near.trim());
  assert.equal(used.size, 4, 'what its pods use');
});

test('what nothing uses is drawn only where it is in focus', async () => {
  const { graph } = await shopLists('kubernetes/dev//ConfigMap/shop/settings');
  assert.ok(graph.nodes.some(({ name }) => name === 'settings'));
});

describe('2,000 pods', () => {
  const graph = bigGraph(2000);

  test('are a pile for each state', () => {
    assert.equal(
      mapPicture(graph)
        .split('\n')
        .find((line) => line.startsWith('Pods'))
        ?.replaceAll(/ {2,}/g, ' '),
      'Pods [web-7d9f-… ×1980] [web-7d9f-… ×20]',
    );
    assert.equal(fold(graph).edges.length, 1 + 2 + 11 + 2, 'lines of a pile are one');
  });

  test('stand side by side when their pile is unfolded, none over another', () => {
    const pile = fold(graph).nodes.find(({ count }) => count === 20)?.id ?? '';
    const { rows, boxes } = layout(fold(graph, new Set([pile])));
    const ids = rows.find(({ title }) => title === 'Pods')?.ids ?? [];
    assert.equal(ids.length, 21);
    const xs = ids.map((id) => boxes.get(id)?.x ?? 0);
    assert.ok(
      xs.every((x, index) => index === 0 || x - (xs[index - 1] ?? 0) >= 190),
      xs.join(),
    );
  });
});

test('a change holds what is other, and makes the one graph of the other', () => {
  const before = bigGraph(3);
  const [first, ...others] = before.nodes;
  assert.ok(first);
  const after: MapGraph = { nodes: [...others.slice(1), { ...first, word: 'new' }], edges: before.edges.slice(2) };
  const change = changeOf(before, after) ?? assert.fail('no change');
  assert.deepEqual([change.put, change.drop], [[{ ...first, word: 'new' }], [others[0]?.id]]);
  const byId = (graph: MapGraph) => ({ ...graph, nodes: graph.nodes.toSorted((one, other) => (one.id < other.id ? -1 : 1)) });
  assert.deepEqual(byId(changed(before, change)), byId(after));
  assert.equal(changeOf(before, bigGraph(3)), undefined);
});

test('of what a page says only the known is heard', () => {
  const heard: readonly (readonly [message: unknown, read: unknown])[] = [
    [{ type: 'ready', id: 'x' }, { type: 'ready' }],
    [
      { type: 'reveal', id: 'kubernetes/a' },
      { type: 'reveal', id: 'kubernetes/a' },
    ],
    [
      { type: 'details', id: 'x', more: 1 },
      { type: 'details', id: 'x' },
    ],
    [{ type: 'reveal', id: '' }, undefined],
    [{ type: 'reveal', id: 'x'.repeat(4001) }, undefined],
    [{ type: 'reveal', id: { toString: 'x' } }, undefined],
    [{ type: 'run', id: 'x' }, undefined],
    ['reveal', undefined],
    [null, undefined],
  ];
  for (const [message, read] of heard) assert.deepEqual(fromMap(message), read);
});
