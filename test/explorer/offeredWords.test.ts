import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Forest } from '../../src/explorer/forest.ts';
import { openGroups } from '../../src/explorer/groupNodes.ts';
import { nodeAt } from '../support/printTree.ts';
import { ReviewingCluster } from '../support/reviewingCluster.ts';

function world(namespace?: string) {
  const cluster = new ReviewingCluster();
  const forest = new Forest(openGroups(cluster, namespace, { otherSide: () => undefined }));
  cluster.tableOf('shop/deployments').fill(['Ready'], ['web 1/1', 'db 1/1']);
  cluster.tableOf('shop/secrets').fill(['Type'], ['mine Opaque', 'theirs Opaque']);
  cluster.tableOf('nodes').fill(['Status'], ['n1 Ready']);
  /** What is offered on a row, of a few words. */
  const offers = async (...path: readonly string[]) => {
    const { row } = await nodeAt(forest, ...path);
    return row.words
      .filter((word) => /^can:(describe|restart|scale|copyKey|label|cordon|drainNode|openNodeShell|copyName)$/.test(word))
      .join(' ');
  };
  const settled = () => new Promise((resolve) => setTimeout(resolve, 120));
  return { cluster, forest, offers, settled };
}

const everything = 'can:copyName can:describe can:restart can:label';

describe('rows of a namespace', () => {
  test('come with all words; those that would be refused go once the review is there, and only their rows are drawn again', async () => {
    const { cluster, forest, offers, settled } = world('shop');
    cluster.rules = { shop: [{ verbs: ['get', 'list'], apiGroups: ['', 'apps'], resources: ['*'] }] };
    const drawn: (string | undefined)[] = [];
    forest.onDidChange((node) => drawn.push(node?.row.label));
    assert.equal(await offers('Workloads', 'Deployments', 'web'), everything);
    await settled();
    assert.equal(await offers('Workloads', 'Deployments', 'web'), 'can:copyName can:describe');
    assert.deepEqual([drawn, cluster.asked], [['web', 'db'], ['rules shop']]);
    forest.dispose();
  });

  test('ask for nothing while only their groups are open', async () => {
    const { cluster, forest, settled } = world('shop');
    await forest.children(await nodeAt(forest, 'Workloads'));
    await settled();
    assert.deepEqual(cluster.asked, []);
    forest.dispose();
  });

  test('differ by name where a rule names names', async () => {
    const { cluster, forest, offers, settled } = world('shop');
    cluster.rules = { shop: [{ verbs: ['get'], apiGroups: [''], resources: ['secrets'], resourceNames: ['mine'] }] };
    await offers('Config', 'Secrets', 'mine');
    await settled();
    assert.equal(await offers('Config', 'Secrets', 'mine'), 'can:copyName can:describe can:copyKey');
    assert.equal(await offers('Config', 'Secrets', 'theirs'), 'can:copyName');
    forest.dispose();
  });

  test('keep every word while the review fails, and what an incomplete one does not know is asked for by itself', async () => {
    const { cluster, forest, offers, settled } = world('shop');
    cluster.down = true;
    await offers('Workloads', 'Deployments', 'web');
    await settled();
    assert.equal(await offers('Workloads', 'Deployments', 'web'), everything);
    assert.deepEqual(cluster.asked, ['rules shop']);
    cluster.down = false;
    cluster.incomplete = true;
    cluster.allows = (question) => question === 'shop: patch deployments.apps';
    forest.refresh(await nodeAt(forest, 'Workloads', 'Deployments'));
    await offers('Workloads', 'Deployments', 'web');
    await settled();
    assert.equal(await offers('Workloads', 'Deployments', 'web'), 'can:copyName can:restart');
    forest.dispose();
  });

  test('of no namespace follow single questions', async () => {
    const { cluster, forest, offers, settled } = world();
    cluster.rules = { default: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }] };
    cluster.allows = (question) => question.startsWith(': get');
    assert.equal(await offers('Nodes', 'n1'), 'can:copyName can:describe can:drainNode can:openNodeShell can:cordon can:label');
    await settled();
    assert.equal(await offers('Nodes', 'n1'), 'can:copyName can:describe');
    assert.deepEqual(cluster.asked.toSorted(), [
      ': create pods',
      ': create pods/attach',
      ': create pods/eviction',
      ': delete pods',
      ': get nodes',
      ': get pods/attach',
      ': list pods',
      ': patch nodes',
      'rules default',
    ]);
    forest.dispose();
  });
});
