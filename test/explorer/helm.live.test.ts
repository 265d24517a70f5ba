/** A release that is stored as Helm stores it, seen through a real API server and gone again. */
import assert from 'node:assert/strict';
import { createHttp } from '../../src/base/pool.ts';
import { Forest } from '../../src/explorer/forest.ts';
import { openGroups } from '../../src/explorer/groupNodes.ts';
import { openContexts } from '../../src/kubernetes/openContexts.ts';
import { helmStored, webRelease } from '../support/helmStore.ts';
import { eventually, nodeAt, printChildren } from '../support/printTree.ts';
import { sandboxTest } from '../support/sandbox.ts';

sandboxTest('releases of both stores stand in their namespace, live; all kinds have their short names', async (sandbox) => {
  const http = createHttp();
  const env = { KUBECONFIG: sandbox.kubernetes.kubeconfigs.admin };
  const contexts = openContexts({ http, env, home: '/nonexistent', mayRun: async () => false });
  const cluster = await contexts.open((await contexts.list()).current ?? '');
  assert.ok(cluster.ok);
  const namespace = `helm-${process.pid}`;
  const space = { apiVersion: 'v1', kind: 'Namespace', name: namespace };
  const made = await cluster.value.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  assert.ok(made.ok);
  const forest = new Forest(openGroups(cluster.value, namespace, { otherSide: () => undefined }));
  const under = async (...path: readonly string[]) => printChildren(forest, await nodeAt(forest, ...path));
  try {
    assert.equal(await under('Helm releases'), `No Helm releases in ${namespace}.`);
    for (const [release, kind] of [
      [webRelease[0], 'Secret'],
      [webRelease[1], 'Secret'],
      [{ ...webRelease[1], name: 'db', info: { status: 'failed' } }, 'ConfigMap'],
    ] as const) {
      const stored = await cluster.value.apply(helmStored({ ...release, namespace }, kind));
      assert.ok(stored.ok, stored.ok ? '' : stored.failure.message);
    }
    const rows = '▸ ✗ db   failed · nginx 1.2.3 · app 1.27 · revision 2\n▸ web   deployed · nginx 1.2.3 · app 1.27 · revision 2';
    const seen = await eventually(
      async () => (await under('Helm releases')).split('\n').sort().reverse().join('\n'),
      (text) => text === rows,
    );
    assert.equal(seen, rows);
    assert.match(await under('All kinds', 'apps'), /^▸ Deployments {3}deploy · v1$/m);
    assert.match(await under('All kinds', 'authorization.k8s.io'), /^LocalSubjectAccessReviews {3}v1 · cannot be listed$/m);
  } finally {
    await cluster.value.delete(space);
    forest.dispose();
    contexts.dispose();
    http.dispose();
  }
});
