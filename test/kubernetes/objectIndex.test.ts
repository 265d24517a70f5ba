import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type IndexBounds, ObjectIndex } from '../../src/kubernetes/objectIndex.ts';
import { PrintingCluster } from '../support/printingCluster.ts';

const small: IndexBounds = { page: 2, ofOneKind: 4, inAll: 100, namespaces: 2, pauseMs: 1 };

/** Reads to the end; answers what is known as lines, and what could not be read. */
async function read(cluster: PrintingCluster, index: ObjectIndex, named: readonly string[] = []): Promise<readonly string[]> {
  index.include(cluster, named);
  await idle(index);
  return [...index.objects].map(({ kind, namespace, name, images, addresses }) =>
    [`${kind.kind} ${[namespace, name].filter(Boolean).join('/')}`, ...images, ...addresses].join(' '),
  );
}

async function idle(index: ObjectIndex): Promise<void> {
  while (index.busy) await new Promise<void>((resolve) => index.onDidChange(() => resolve()));
}

test('what matters is read page by page with metadata only, pods whole; images and addresses are taken from wherever they stand', async () => {
  const cluster = new PrintingCluster({
    deployments: ['shop/web 2/2 - nginx:1.27,redis', 'shop/db 1/1 - postgres:17', 'shop/render 1/2 - render:2'],
    services: ['shop/web ClusterIP 10.0.0.7,203.0.113.45'],
    pods: ['shop/web-1 Running 10.1.2.3'],
    secrets: ['shop/password Opaque'],
    events: ['shop/happened Warning'],
  });
  using index = disposing(new ObjectIndex(small));
  assert.deepEqual([...(await read(cluster, index.one))].sort(), [
    'Deployment shop/db postgres:17',
    'Deployment shop/render render:2',
    'Deployment shop/web nginx:1.27 redis',
    'Pod shop/web-1 nginx:1.27 10.1.2.3 fd00::7',
    'Secret shop/password',
    'Service shop/web 10.0.0.7 203.0.113.45',
  ]);
  const whole = cluster.asked.filter((line) => line.includes('Object'));
  assert.deepEqual(whole, ['pods Object 2 from 0']);
  assert.deepEqual(
    cluster.asked.filter((line) => line.startsWith('deployments')),
    ['deployments Metadata 2 from 0', 'deployments Metadata 2 from 2'],
  );
  assert.ok(!cluster.asked.some((line) => line.startsWith('events')));
  index.one.widen();
  await idle(index.one);
  assert.ok(cluster.asked.some((line) => line.startsWith('events')));
  assert.equal(cluster.asked.filter((line) => line.startsWith('pods')).length, 1);
});

test('a list that goes on is cut and told; what lies beyond is asked of the server, once', async () => {
  const pods = Array.from({ length: 9 }, (_, index) => `shop/web-${index} Running`);
  const cluster = new PrintingCluster({ pods: pods, 'pods?tier=front': ['shop/web-8 Running tier=front'] });
  using index = disposing(new ObjectIndex(small));
  assert.equal((await read(cluster, index.one)).length, 4);
  assert.deepEqual(
    index.one.cuts.map(({ kind, read: count }) => `${count} ${kind.resource}`),
    ['4 pods'],
  );
  for (const selection of [{ labelSelector: 'tier=front', names: [] }, { names: ['web-7', '10.1.2.3'] }]) {
    for (let again = 0; again < 2; again++) {
      index.one.ask(selection);
      await new Promise((resolve) => setTimeout(resolve, 20));
      await idle(index.one);
    }
  }
  assert.deepEqual(cluster.asked.slice(-3), [
    'pods?tier=front Object 2 from 0',
    'pods?metadata.name=web-7 Object 2 from 0',
    'pods?status.podIP=10.1.2.3 Object 2 from 0',
  ]);
  assert.equal(index.one.size, 5);
});

test('who may not list a kind everywhere sees it in the namespaces that are known; what cannot be read is one sentence and hides nothing', async () => {
  const cluster = new PrintingCluster({
    namespaces: 'forbidden',
    pods: 'forbidden',
    'default/pods': 'forbidden',
    'shop/pods': ['web-1 Running'],
    secrets: 'forbidden',
    'default/secrets': 'forbidden',
    'shop/secrets': 'forbidden',
    nodes: 'forbidden',
    services: 'offline',
  });
  using index = disposing(new ObjectIndex(small));
  assert.deepEqual(await read(cluster, index.one, ['shop', 'more']), ['Pod shop/web-1 nginx:1.27 fd00::7']);
  assert.deepEqual(index.one.troubles, [
    'offline services',
    'In dev you may not list namespaces, nodes and 1 more.',
    'In dev kinds were looked through in the first 2 namespaces only.',
  ]);
});

function disposing(one: ObjectIndex) {
  return { one, [Symbol.dispose]: () => one.dispose() };
}
