/** Lists of *Clusters* that are narrowed, and objects that are pinned. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Emitter } from '../../src/base/event.ts';
import { success } from '../../src/base/failure.ts';
import { openContextRows } from '../../src/explorer/clustersNodes.ts';
import { Forest } from '../../src/explorer/forest.ts';
import { chainOf, objectKey } from '../../src/explorer/keys.ts';
import { shortMemory } from '../../src/explorer/memory.ts';
import { ObjectFilters } from '../../src/explorer/objectFilters.ts';
import { Opened } from '../../src/explorer/opened.ts';
import { namespaceKey, objectPlace, Places } from '../../src/explorer/places.ts';
import type { ApiKind } from '../../src/kubernetes/cluster.ts';
import { eventually, nodeAt, printChildren } from '../support/printTree.ts';
import { ScriptedCluster } from '../support/scriptedTable.ts';

function world() {
  const cluster = new ScriptedCluster({ name: 'dev' });
  const [workspace, user] = [shortMemory(), shortMemory()];
  const places = new Places(workspace, user);
  const filters = new ObjectFilters(workspace, user);
  const silent = new Emitter<void>();
  const forest = new Forest(
    openContextRows({
      contexts: {
        list: async () => ({ contexts: [cluster.context], current: undefined, problems: [] }),
        open: async () => success(cluster),
        onDidChange: silent.event,
        dispose: () => {},
      },
      opened: new Opened(),
      otherSide: () => undefined,
      filter: { of: () => [], typed: () => [], onDidChange: silent.event },
      isBound: () => false,
      protection: () => 'open',
      places,
      objectFilters: filters,
    }),
  );
  cluster.tableOf('namespaces').fill(['Status'], ['default Active', 'shop Active']);
  const under = async (...path: readonly string[]) => printChildren(forest, await nodeAt(forest, 'dev', ...path));
  return { cluster, forest, places, filters, under, memories: [workspace, user] as const };
}

const deployments: ApiKind = {
  group: 'apps',
  version: 'v1',
  versions: ['v1'],
  kind: 'Deployment',
  resource: 'deployments',
  singular: 'deployment',
  shortNames: ['deploy'],
  namespaced: true,
  verbs: ['list'],
  categories: [],
  subresources: [],
};

describe('a list that is narrowed', () => {
  test('asks the server, tells by what and how many, and is whole again once cleared', async () => {
    const { cluster, filters, under, memories } = world();
    const list = { cluster, kind: deployments, namespace: 'shop' };
    const table = cluster.tableOf('shop/deployments').fill(['Ready', 'Age'], ['web 2/2 4m', 'render 1/2 9s']);
    const path = ['shop', 'Workloads', 'Deployments'] as const;
    assert.equal(await under(...path), '▸ web   2/2 · 4m\n▸ ~ render   1/2 · 9s');
    table.fill(['Ready', 'Age'], ['web 2/2 4m']);
    await filters.set(list, 'app=web,metadata.name!=db');
    assert.equal(await under(...path), 'Only app=web,metadata.name!=db   clear\n▸ web   2/2 · 4m');
    assert.equal(cluster.taken.at(-1), 'shop/deployments?app=web?metadata.name!=db');
    const group = await eventually(
      () => under('shop', 'Workloads'),
      (text) => text.includes('· 1'),
    );
    assert.match(group, /^▸ Deployments {3}app=web,metadata\.name!=db · 1$/m);
    table.fill(['Ready', 'Age'], []);
    await filters.set(list, 'app=none');
    assert.equal(await under(...path), 'Only app=none   clear\nNo Deployments with app=none in shop.');
    assert.equal(new ObjectFilters(...memories).of(list), 'app=none');
    assert.equal(new ObjectFilters(...memories).of({ ...list, namespace: 'default' }), '');
    await filters.set(list, '');
    assert.equal(await under(...path), 'No Deployments in shop.');
    assert.equal(cluster.taken.at(-1), 'shop/deployments');
    assert.match(await under('shop', 'Workloads'), /^▸ Deployments$/m);
  });

  test('a filter with a name is kept for any list, until it is forgotten', async () => {
    const { filters, memories } = world();
    await filters.save({ name: 'front', text: 'tier=front' });
    await filters.save({ name: 'mine', text: 'owner=me' });
    await filters.save({ name: 'front', text: 'tier in (front,edge)' });
    assert.deepEqual(
      new ObjectFilters(...memories).saved.map(({ name, text }) => `${name}: ${text}`),
      ['mine: owner=me', 'front: tier in (front,edge)'],
    );
    await filters.save({ name: 'mine', text: '' });
    assert.deepEqual(
      filters.saved.map(({ name }) => name),
      ['front'],
    );
  });
});

describe('pinned objects', () => {
  const key = objectKey({ context: 'dev', group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web' });
  const pin = { key: objectPlace(key), label: 'web' };

  test('stand on top of their context with their state, say when they are gone, and are kept', async () => {
    const { cluster, places, under, memories } = world();
    const table = cluster.tableOf('shop/deployments').fill(['Ready', 'Age'], ['web 2/2 4m']);
    await places.pin(pin, true);
    await places.pin({ key: namespaceKey('dev', 'old'), label: 'old' }, true);
    await places.pin({ key: objectPlace(key.replace('dev', 'prod')), label: 'of another context' }, true);
    assert.equal(
      await under(),
      [
        '▸ web   Deployment · shop · 2/2 · 4m · pinned',
        '! old   namespace · gone · pinned',
        '▸ default   namespace',
        '▸ shop   namespace',
        '▸ Cluster   nodes, volumes, classes, access, definitions',
      ].join('\n'),
    );
    assert.equal(cluster.taken.at(-1), 'shop/deployments?metadata.name=web');
    table.fill(['Ready', 'Age'], []);
    assert.match(await under(), /^! web {3}Deployment · shop · gone · pinned$/m);
    assert.ok(new Places(...memories).isPinned(pin.key));
    await places.pin(pin, false);
    assert.doesNotMatch(await under(), /web/);
    assert.ok(table.disposed);
  });

  test('say why they cannot be looked at, and can be pinned and unpinned from their rows', async () => {
    const { cluster, forest, places } = world();
    const table = cluster.tableOf('shop/deployments').fill(['Ready'], ['web 2/2']);
    const words = async (...path: readonly string[]) => (await nodeAt(forest, 'dev', ...path)).row.words;
    assert.ok((await words('shop', 'Workloads', 'Deployments', 'web')).includes('can:pin'));
    await places.pin(pin, true);
    assert.ok((await words('web')).includes('can:unpin'));
    assert.ok((await words('shop', 'Workloads', 'Deployments', 'web')).includes('can:unpin'));
    table.rows = [];
    table.state = 'failed';
    table.failure = { reason: 'forbidden', message: 'bob may not list deployments in shop.' };
    assert.match(
      await printChildren(forest, await nodeAt(forest, 'dev')),
      /^! web {3}Deployment · shop · bob may not list deployments in shop\. · pinned$/m,
    );
    assert.ok((await words('web')).includes('can:unpin'));
  });
});

test('the key of a namespace leads to its own row', () => {
  const key = objectKey({ context: 'dev', group: '', kind: 'Namespace', namespace: undefined, name: 'shop' });
  assert.deepEqual(chainOf(key)?.segments, ['dev', 'ns:shop']);
});
