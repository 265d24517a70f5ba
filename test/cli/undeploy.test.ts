import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { asMember, emptyInventory, parentObject } from '../../src/deploy/removal/inventory.ts';
import type { KubeObject } from '../../src/kubernetes/cluster.ts';
import { type Reply, type SeenRequest, scriptedServer } from '../support/scriptedServer.ts';
import { commandLine, type Ended } from './commandLine.ts';

const verbs = ['get', 'list', 'watch', 'delete', 'patch'];
const served = [
  { resource: 'configmaps', responseKind: { kind: 'ConfigMap' }, scope: 'Namespaced', verbs },
  { resource: 'services', responseKind: { kind: 'Service' }, scope: 'Namespaced', verbs },
  { resource: 'namespaces', responseKind: { kind: 'Namespace' }, scope: 'Cluster', verbs },
];
const items = [{ metadata: { name: '' }, versions: [{ version: 'v1', resources: served }] }];
const discovery = { kind: 'APIGroupDiscoveryList', items };

const empty = emptyInventory('shop', 'shop');
const members: readonly KubeObject[] = [
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'shop', uid: 'u1' } },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'shop', uid: 'u2' },
    spec: { type: 'LoadBalancer' },
    status: { loadBalancer: { ingress: [{ ip: '203.0.113.5' }] } },
  },
];
const parent = parentObject({
  ...empty,
  members: members.map(({ apiVersion, kind, metadata: { name, uid = '' } }) => ({
    apiVersion,
    kind,
    namespace: 'shop',
    name,
    uid,
  })),
});

/** An API server in which the set `shop` was deployed, and the command line beside it; `deleted` tells what went, in order. */
async function beside(
  body: (run: (...args: string[]) => Promise<Ended>, deleted: () => readonly string[]) => Promise<void>,
): Promise<void> {
  const there = new Map<string, KubeObject>([
    ['/api/v1/namespaces/kube-system', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system', uid: 'k' } }],
    [`/api/v1/namespaces/shop/configmaps/${parent.metadata.name}`, parent],
    ...members.map(
      (one) => [`/api/v1/namespaces/shop/${one.kind.toLowerCase()}s/${one.metadata.name}`, asMember(one, empty.id)] as const,
    ),
  ]);
  const answer = ({ method, url }: SeenRequest): Reply => {
    const path = url.replace(/\?.*/, '');
    const found = there.get(path);
    if (method === 'DELETE') there.delete(path);
    return found ? { json: found } : { status: 404, json: { kind: 'Status', reason: 'NotFound', message: `${path} not found` } };
  };
  await using server = await scriptedServer({
    'GET /api': { json: discovery },
    'GET /apis': { json: { kind: 'APIGroupDiscoveryList', items: [] } },
    'GET /api/v1/namespaces/shop/configmaps': {
      json: { kind: 'ConfigMapList', apiVersion: 'v1', metadata: {}, items: [parent] },
    },
    'GET /api/v1/*': answer,
    'DELETE /api/v1/*': answer,
  });
  const folder = await mkdtemp(join(tmpdir(), 'hybrid-clusters-undeploy-'));
  const kubeconfig = join(folder, 'config');
  await writeFile(
    kubeconfig,
    `{apiVersion: v1, kind: Config, clusters: [{name: c, cluster: {server: "${server.url}"}}], users: [{name: kim, user: {}}], contexts: [{name: test, context: {cluster: c, user: kim, namespace: shop}}]}`,
  );
  const deleted = () => server.seen.filter(({ method }) => method === 'DELETE').map(({ url }) => url.replace(/^.*\/shop\//, ''));
  try {
    await body((...args) => commandLine(args, { cwd: folder, env: { KUBECONFIG: kubeconfig } }), deleted);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

test('undeploy shows its plan, and destroys nothing outside Kubernetes that was not named', () =>
  beside(async (run, deleted) => {
    const { status, out, err } = await run('undeploy', '--set', 'shop', '--context', 'test', '--yes');
    assert.equal(status, 4);
    assert.match(
      out,
      /^Target test\/shop .*\n2 delete\n {2}delete v1\/Service shop\/web\n {4}destroys the load balancer of web at 203\.0\.113\.5\n {2}delete v1\/ConfigMap shop\/a\n$/,
    );
    assert.equal(
      err,
      'This destroys what does not come back: Service web: the load balancer of web at 203.0.113.5. Add --destroy "web" if you mean it. Nothing was deleted.\n',
    );
    assert.deepEqual(deleted(), []);
    assert.equal(
      (await run('undeploy', '--set', 'shop', '--context', 'test', '--destroy', 'web')).err,
      'Nobody is there to confirm. Add --yes. Nothing was deleted.\n',
    );
  }));

test('undeploy deletes in order, and its inventory last', () =>
  beside(async (run, deleted) => {
    const { status, out } = await run('undeploy', '--set', 'shop', '--context', 'test', '--yes', '--destroy', 'web');
    assert.match(out, /\nv1\/Service shop\/web: deleted\n.*\nshop is gone from test: 2 deleted in \d+\.\d s\.\n$/s);
    assert.equal(status, 0);
    assert.deepEqual(deleted(), ['services/web', 'configmaps/a', `configmaps/${parent.metadata.name}`]);
  }));

test('a set that was not deployed is answered with those that were', () =>
  beside(async (run) => {
    assert.deepEqual(await run('undeploy', '--set', 'other', '--context', 'test'), {
      status: 1,
      out: '',
      err: 'No set other was deployed to test/shop. Deployed to test/shop: shop.\n',
    });
    assert.match(
      (await run('undeploy', '--context', 'test')).err,
      /^Name the set with --set\. Deployed to test\/shop: shop\.\n$/,
    );
  }));
