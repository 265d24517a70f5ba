import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createHttp } from '../../src/base/http.ts';
import { openContextRows } from '../../src/explorer/clustersNodes.ts';
import { Forest } from '../../src/explorer/forest.ts';
import { shortMemory } from '../../src/explorer/memory.ts';
import { Opened } from '../../src/explorer/opened.ts';
import { Places } from '../../src/explorer/places.ts';
import { openContexts } from '../../src/kubernetes/openContexts.ts';
import { manyContexts } from '../support/manyContexts.ts';
import { nodeAt, printChildren } from '../support/printTree.ts';
import { type Reply, scriptedServer } from '../support/scriptedServer.ts';

const table = (...names: string[]): Reply => ({
  json: {
    kind: 'Table',
    metadata: { resourceVersion: '5' },
    columnDefinitions: [{ name: 'Name', type: 'string', format: 'name', description: '', priority: 0 }],
    rows: names.map((name) => ({ cells: [name], object: { metadata: { name, resourceVersion: '1' } } })),
  },
});
const listOrWatch =
  (...names: string[]) =>
  ({ url }: { url: string }): Reply =>
    url.includes('watch=1') ? { raw: (response) => response.flushHeaders() } : table(...names);
const resource = (name: string, kind: string, scope: string) => ({
  resource: name,
  responseKind: { kind },
  scope,
  verbs: ['list', 'watch'],
});
const discovered = (group: string, resources: object[]) => ({
  json: { kind: 'APIGroupDiscoveryList', items: [{ metadata: { name: group }, versions: [{ version: 'v1', resources }] }] },
});

const everything = { verbs: ['*'], apiGroups: ['*'], resources: ['*'] };
const rules = 'ask /apis/authorization.k8s.io/v1/selfsubjectrulesreviews';

test('opening a context asks five times, opening a namespace or a group nobody, opening a kind lists it once, watches it, and asks once what is allowed', async () => {
  await using server = await scriptedServer({
    'GET /version': { json: { gitVersion: 'v1.36.3' } },
    'GET /api': discovered('', [resource('namespaces', 'Namespace', 'Cluster'), resource('pods', 'Pod', 'Namespaced')]),
    'GET /apis': discovered('apps', [resource('deployments', 'Deployment', 'Namespaced')]),
    'POST /apis/authorization.k8s.io/v1/selfsubjectrulesreviews': {
      status: 201,
      json: { status: { resourceRules: [everything], nonResourceRules: [] } },
    },
    'GET /api/v1/namespaces': listOrWatch('shop'),
    'GET /api/v1/namespaces/shop/pods': listOrWatch('web-1'),
    'GET /apis/apps/v1/namespaces/shop/deployments': listOrWatch('web'),
  });
  const folder = await mkdtemp(join(tmpdir(), 'requests-'));
  const file = join(folder, 'config');
  await writeFile(file, manyContexts(20).replaceAll(/https:\/\/lab-0.example:6443/g, server.url));
  const http = createHttp();
  const contexts = openContexts({ http, env: { KUBECONFIG: file }, mayRun: async () => false });
  const filter = { of: () => [], typed: () => [], onDidChange: () => ({ dispose() {} }) };
  const places = new Places(shortMemory(), shortMemory());
  await places.setFilter('clusters', 'context-');
  const parts = { contexts, opened: new Opened(), otherSide: () => undefined, isBound: () => false, places };
  const forest = new Forest(openContextRows({ ...parts, filter, protection: () => 'open' }));
  let told = 0;
  /** What was asked since the last look, once nothing more comes. */
  const asked = async () => {
    for (let seen = -1; seen !== server.seen.length; await delay(100)) seen = server.seen.length;
    const lines = server.seen
      .slice(told)
      .map(
        ({ method, url }) =>
          (method === 'POST' ? 'ask ' : url.includes('watch=1') ? 'watch ' : 'list ') + url.replace(/\?.*/, ''),
      );
    told = server.seen.length;
    return lines.sort();
  };
  const open = async (...path: string[]) => printChildren(forest, await nodeAt(forest, ...path));
  try {
    await forest.children();
    assert.deepEqual(await asked(), []);
    await open('context-0000');
    assert.deepEqual(await asked(), [
      'list /api',
      'list /api/v1/namespaces',
      'list /apis',
      'list /version',
      'watch /api/v1/namespaces',
    ]);
    await open('context-0000', 'shop');
    await open('context-0000', 'shop', 'Workloads');
    assert.deepEqual(await asked(), []);
    await open('context-0000', 'shop', 'Workloads', 'Pods');
    assert.deepEqual(await asked(), [rules, 'list /api/v1/namespaces/shop/pods', 'watch /api/v1/namespaces/shop/pods']);
    await open('context-0000', 'shop', 'Workloads', 'Pods');
    assert.deepEqual(await asked(), []);
  } finally {
    forest.dispose();
    contexts.dispose();
    http.dispose();
    await rm(folder, { recursive: true });
  }
});
