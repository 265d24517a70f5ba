/** How a map follows what happens: while it is seen, at most four times a second, and without what it cannot ask. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { LiveMap, type MapTarget } from '../../src/map/liveMap.ts';
import { fakeCloud } from '../support/fakeCloud.ts';
import { graphText } from '../support/mapPicture.ts';
import { ScriptedCluster } from '../support/scriptedTable.ts';

const pod = ['Status', 'Node'];

function world(focus?: MapTarget['focus']) {
  const cluster = new ScriptedCluster();
  cluster.tableOf('shop/pods').fill(pod, ['web-1 Running n1']);
  cluster.put({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' }, spec: { providerID: 'openstack:///s1' } });
  const project = fakeCloud('compute.server:\n  - { id: s1, name: worker, status: ACTIVE }\n');
  const map = new LiveMap({ cluster, namespace: 'shop', ...(focus && { focus }) }, async () => [project]);
  const texts: string[] = [];
  map.onDidChange(() => texts.push(graphText(map.graph)));
  return { cluster, map, texts };
}

async function until(holds: () => boolean): Promise<void> {
  for (const end = Date.now() + 5000; !holds(); await delay(10)) assert.ok(Date.now() < end, 'not within 5 s');
}

test('the own world comes first, the other joins it, and a change is followed', async () => {
  const { cluster, map, texts } = world();
  map.start();
  await until(() => texts.some((text) => text.includes('is Server worker')));
  assert.equal(texts[0], 'Pod web-1 · Running');
  assert.equal(texts.at(-1), 'Pod web-1 · Running\n  runs on Node n1\nNode n1\n  is Server worker\nServer worker · ACTIVE');
  cluster.tableOf('shop/pods').fill(pod, ['web-1 CrashLoopBackOff n1']).tell();
  await until(() => texts.at(-1)?.startsWith('Pod web-1 · CrashLoopBackOff (bad)') === true);
  map.dispose();
});

test('many changes make a few pictures', async () => {
  const { cluster, map, texts } = world();
  map.start();
  await until(() => texts.length >= 2);
  const before = texts.length;
  const began = Date.now();
  for (let round = 0; round < 100; round++) {
    cluster.tableOf('shop/pods').tell();
    await delay(5);
  }
  const most = Math.ceil((Date.now() - began) / 250) + 1;
  assert.ok(texts.length - before <= most, `${texts.length - before} pictures, ${most} at most`);
  assert.ok(texts.length > before);
  map.dispose();
});

test('what is not seen is not watched, and is looked at anew when it is', async () => {
  const { cluster, map, texts } = world();
  map.start();
  await until(() => texts.length >= 2);
  map.stop();
  await until(() => [...cluster.tables.values()].every(({ disposed }) => disposed));
  const [seen, taken] = [texts.length, cluster.taken.length];
  cluster.tableOf('shop/pods').fill(pod, ['web-2 Running n1']);
  await delay(300);
  assert.deepEqual([texts.length, cluster.taken.length], [seen, taken]);
  map.start();
  await until(() => texts.at(-1)?.startsWith('Pod web-2') === true);
  assert.equal(cluster.taken.length, 2 * taken);
  map.dispose();
});

test('where its context leads by now is drawn next; of the cluster before nothing is watched or known', async (t) => {
  const { cluster, map, texts } = world();
  t.after(() => map.dispose());
  const other = new ScriptedCluster();
  other.tableOf('shop/pods').fill(pod, ['web-9 Running n1']);
  other.put({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' }, spec: { providerID: 'openstack:///elsewhere' } });
  map.start();
  await until(() => texts.at(-1)?.includes('is Server worker') === true);
  map.follow(other);
  await until(() => texts.at(-1)?.startsWith('Pod web-9') === true);
  assert.equal(texts.at(-1), 'Pod web-9 · Running\n  runs on Node n1\nNode n1');
  assert.ok([...cluster.tables.values()].every(({ disposed }) => disposed));
  other.tableOf('shop/pods').fill(pod, ['web-9 CrashLoopBackOff n1']).tell();
  await until(() => texts.at(-1)?.startsWith('Pod web-9 · CrashLoopBackOff (bad)') === true);
});

test('one that is not seen looks at nobody when its context leads elsewhere, and there when it is seen', async (t) => {
  const { cluster, map, texts } = world();
  t.after(() => map.dispose());
  const other = new ScriptedCluster();
  other.tableOf('shop/pods').fill(pod, ['web-9 Running']);
  map.follow(other);
  await delay(50);
  assert.deepEqual([...cluster.taken, ...other.taken], []);
  map.start();
  await until(() => texts.at(-1)?.startsWith('Pod web-9') === true);
  assert.deepEqual(cluster.taken, []);
});

test('a kind that may not be listed is a sentence beside the picture', async () => {
  const { cluster, map, texts } = world();
  const secrets = cluster.tableOf('shop/secrets');
  secrets.state = 'failed';
  secrets.failure = { reason: 'forbidden', message: 'dev forbids it: secrets.' };
  map.start();
  await until(() => texts.length >= 2);
  assert.deepEqual(map.notes, ['dev forbids it: secrets.']);
  map.dispose();
});

test('secrets and ConfigMaps are never read whole', async () => {
  const { cluster, map, texts } = world();
  const included: string[] = [];
  const live = cluster.live.bind(cluster);
  cluster.live = (kind, selection, ...rest: unknown[]) => {
    if (['Secret', 'ConfigMap', 'Pod'].includes(kind.kind)) included.push(`${kind.kind} ${String(rest[0])}`);
    return live(kind, selection);
  };
  map.start();
  await until(() => texts.length >= 1);
  assert.deepEqual(included.sort(), ['ConfigMap Metadata', 'Pod Metadata', 'Secret Metadata']);
  map.dispose();
});
