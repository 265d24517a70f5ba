import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createHttp } from '../../src/base/pool.ts';
import { openTarget } from '../../src/commands/openTarget.ts';
import type { Contexts } from '../../src/kubernetes/cluster.ts';
import { openContexts } from '../../src/kubernetes/openContexts.ts';
import { type Script, scriptedServer } from '../support/scriptedServer.ts';

const credential = '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"t"}}';
const answers: Script = {
  'GET /version': { json: { gitVersion: 'v1.36.3' } },
  'GET /api': { json: { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', items: [core()] } },
  'GET /apis': { json: { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', items: [] } },
  'GET /api/v1/namespaces/kube-system': {
    json: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system', uid: 'u1' } },
  },
};

function core() {
  const namespaces = { resource: 'namespaces', responseKind: { kind: 'Namespace' }, scope: 'Cluster', verbs: ['get', 'list'] };
  return { metadata: { name: '' }, versions: [{ version: 'v1', resources: [namespaces] }] };
}

/** A context `dev` whose program counts its runs and fails as long as there is no file `in` beside it. */
async function withProgram(
  script: Script,
  body: (parts: { contexts: Contexts; runs: () => Promise<number>; letIn: () => Promise<void> }) => Promise<void>,
): Promise<void> {
  await using server = await scriptedServer(script);
  const folder = await mkdtemp(join(tmpdir(), 'target-'));
  const http = createHttp();
  const config = `contexts: [{name: dev, context: {cluster: a, user: kim, namespace: shop}}]
clusters: [{name: a, cluster: {server: "${server.url}"}}]
users: [{name: kim, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: ./login}}}]`;
  try {
    await writeFile(join(folder, 'config'), config);
    const login = `#!/bin/sh\necho >> '${folder}/runs'\ntest -f '${folder}/in' || exit 1\necho '${credential}'\n`;
    await writeFile(join(folder, 'login'), login, { mode: 0o755 });
    const contexts = openContexts({ http, env: { KUBECONFIG: join(folder, 'config') }, mayRun: async () => true });
    const runs = async () => (await readFile(join(folder, 'runs'), 'utf8').catch(() => '')).length;
    await body({ contexts, runs, letIn: () => writeFile(join(folder, 'in'), '') });
    contexts.dispose();
  } finally {
    http.dispose();
    await rm(folder, { recursive: true });
  }
}

const open = async (contexts: Contexts) => {
  const opened = await openTarget(contexts, { context: 'dev' }, { protected: [], readOnly: [] });
  return opened.ok ? `${opened.value.target.namespace} ${opened.value.target.clusterUid}` : opened.failure.reason;
};

describe('the target of a deploy', () => {
  it('is signed in to again by every deploy after a sign-in that failed, and not by what nobody asked for', () =>
    withProgram(answers, async ({ contexts, runs, letIn }) => {
      assert.deepEqual([await open(contexts), await runs()], ['signedOut', 1]);
      const cluster = await contexts.open('dev');
      assert.ok(cluster.ok);
      assert.equal((await cluster.value.kinds()).ok, false);
      assert.equal(await runs(), 1);
      assert.deepEqual([await open(contexts), await runs()], ['signedOut', 2]);
      await letIn();
      assert.deepEqual([await open(contexts), await runs()], ['shop u1', 3]);
      assert.deepEqual([await open(contexts), await runs()], ['shop u1', 3]);
    }));

  it('is open to a user who may not read the version of the server', () =>
    withProgram({ ...answers, 'GET /version': { status: 403, json: {} } }, async ({ contexts, letIn }) => {
      await letIn();
      assert.equal(await open(contexts), 'shop u1');
    }));
});
