/** Helm releases and all kinds of the server below a namespace. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Forest } from '../../src/explorer/forest.ts';
import { openGroups } from '../../src/explorer/groupNodes.ts';
import { helmStored, webRelease } from '../support/helmStore.ts';
import { nodeAt, printChildren } from '../support/printTree.ts';
import { countTables, ScriptedCluster } from '../support/scriptedTable.ts';

function world() {
  const cluster = new ScriptedCluster({ name: 'dev' });
  const forest = new Forest(openGroups(cluster, 'shop', { otherSide: () => undefined }));
  const under = async (...path: readonly string[]) => printChildren(forest, await nodeAt(forest, ...path));
  const stored = webRelease.map((release) => cluster.put(helmStored(release)));
  cluster.tableOf('shop/secrets').rows = stored.map((object) => ({ cells: [], object: { ...object, data: undefined } }));
  return { cluster, forest, under };
}

describe('Helm releases', () => {
  test('are told with their chart, revision and state; nothing is listed before they are opened', async () => {
    const { cluster, forest, under } = world();
    assert.match(await printChildren(forest), /^▸ Helm releases$/m);
    assert.deepEqual(cluster.taken, []);
    assert.equal(await under('Helm releases'), '▸ web   deployed · nginx 1.2.3 · app 1.27 · revision 2');
    assert.deepEqual(cluster.taken, ['shop/secrets?owner=helm', 'shop/configmaps?owner=helm']);
  });

  test('hold documents and their history', async () => {
    const { under } = world();
    const documents = [
      'Values   supplied',
      'All values   computed: those of the chart under the supplied ones',
      'Manifest   what was rendered',
      'Notes',
    ];
    assert.equal(await under('Helm releases', 'web'), [...documents, '▸ History   2 revisions'].join('\n'));
    assert.equal(await under('Helm releases', 'web', 'History'), '▸ Revision 2   deployed\n▸ Revision 1   superseded');
    assert.equal(await under('Helm releases', 'web', 'History', 'Revision 1'), documents.join('\n'));
  });

  test('are listed once for all who ask at once, and let go of whole, while they open too', async () => {
    const { cluster, forest } = world();
    const { row } = await nodeAt(forest, 'Helm releases');
    const tables = countTables(cluster);
    const both = ['shop/secrets', 'shop/configmaps'];
    const settle = () => new Promise((settled) => setImmediate(settled));
    const branch = row.open?.(() => {});
    await Promise.all([branch?.rows(), branch?.rows()]);
    assert.deepEqual(tables(), { opened: both, open: both });
    branch?.dispose();
    await settle();
    assert.deepEqual(tables().open, []);
    const other = row.open?.(() => {});
    const rows = other?.rows();
    other?.dispose();
    await rows;
    await settle();
    assert.deepEqual(tables().open, []);
  });

  test('of which there are none, or that may not be listed, say so', async () => {
    const { cluster, under } = world();
    const secrets = cluster.tableOf('shop/secrets');
    secrets.rows = [];
    assert.equal(await under('Helm releases'), 'No Helm releases in shop.');
    secrets.state = 'failed';
    secrets.failure = { reason: 'forbidden', message: 'bob may not list secrets in shop.' };
    assert.equal(await under('Helm releases'), '! bob may not list secrets in shop.');
  });
});

test('all kinds stand below their API group, with their short names; one without a list is told of', async () => {
  const { cluster, under } = world();
  const kinds = await cluster.kinds();
  assert.ok(kinds.ok);
  const [map, secret] = kinds.value;
  assert.ok(map && secret);
  const review = {
    ...map,
    group: 'authorization.k8s.io',
    kind: 'LocalSubjectAccessReview',
    resource: 'localsubjectaccessreviews',
  };
  const all = [{ ...map, shortNames: ['cm'] }, secret, { ...review, verbs: ['create'] }];
  cluster.kinds = async () => ({ ok: true, value: all });
  assert.equal(await under('All kinds'), '▸ core\n▸ authorization.k8s.io');
  assert.equal(await under('All kinds', 'core'), '▸ ConfigMaps   cm · v1\n▸ Secrets   v1');
  assert.equal(await under('All kinds', 'authorization.k8s.io'), 'LocalSubjectAccessReviews   v1 · cannot be listed');
  cluster.tableOf('shop/configmaps').fill(['Data'], ['settings 3']);
  assert.equal(await under('All kinds', 'core', 'ConfigMaps'), '▸ settings   3');
});
