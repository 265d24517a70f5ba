import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Forest } from '../../src/explorer/forest.ts';
import { ListViews } from '../../src/explorer/listMemory.ts';
import { optionsOf } from '../../src/explorer/listViews.ts';
import { shortMemory } from '../../src/explorer/memory.ts';
import { moreRow, plainBranch } from '../../src/explorer/nodes.ts';
import { kindRow } from '../../src/explorer/resourceNodes.ts';
import { inOrder, sortsOf } from '../../src/explorer/sorting.ts';
import { nameOf } from '../../src/openstack/display.ts';
import { type KindId, kindIds, kindOf } from '../../src/openstack/kinds/kinds.ts';
import { nodeAt, printChildren } from '../support/printTree.ts';
import { scriptedCloud } from '../support/scriptedCloud.ts';

const servers = [
  { id: 's1', name: 'web-10', status: 'ACTIVE', tenant_id: 'p1', created: '2026-01-01T00:00:00Z' },
  { id: 's2', name: 'web-2', status: 'ERROR', tenant_id: 'p2', created: '2026-03-01T00:00:00Z' },
  { id: 's3', name: 'db', status: 'BUILD', tenant_id: 'p2', created: '2026-02-01T00:00:00Z' },
];

describe('an order', () => {
  const order = async (kind: KindId, items: readonly Record<string, unknown>[], by: string, reversed = false) =>
    (await inOrder(kind, items, { by, reversed })).first.map((item) => nameOf(kind, item)).join(' ');

  test('by name, state, age, or the numbers of a column; what has none stands last either way', async () => {
    assert.equal(await order('compute.server', servers, 'name'), 'db web-2 web-10');
    assert.equal(await order('compute.server', servers, 'state'), 'web-2 db web-10');
    assert.equal(await order('compute.server', servers, 'age'), 'web-2 db web-10');
    assert.equal(await order('compute.server', servers, 'age', true), 'web-10 db web-2');
    const images = [
      { id: '1', name: 'small', size: 900 * 2 ** 20 },
      { id: '2', name: 'empty' },
      { id: '3', name: 'large', size: 3 * 2 ** 30 },
      { id: '4', name: 'tiny', size: 20 },
      { id: '4', name: 'tiny', size: 20 },
    ];
    assert.equal(await order('image.image', images, 'size'), 'tiny small large empty');
    assert.equal(await order('image.image', images, 'size', true), 'large small tiny empty');
  });

  test('the first ones of many that come in any order, some of them twice, and how many there are', async () => {
    // 7,919 and 3,001 have no factor in common: each number below 3,001 once.
    const shuffled = Array.from({ length: 3_001 }, (_, at) => (at * 7_919) % 3_001);
    const many = [...shuffled, 0, 1, 2].map((number) => ({ id: `id-${number}`, name: `web-${number}` }));
    const { first, total } = await inOrder('compute.server', many, { by: 'name', reversed: false }, { most: 5 });
    assert.equal(first.map(({ name }) => name).join(' '), 'web-0 web-1 web-2 web-3 web-4');
    assert.equal(total, 3_001);
    const last = await inOrder('compute.server', many, { by: 'name', reversed: true }, { most: 3 });
    assert.equal(last.first.map(({ name }) => name).join(' '), 'web-3000 web-2999 web-2998');
    const all = await inOrder('compute.server', many);
    assert.deepEqual(
      all.first.map(({ name }) => name),
      Array.from({ length: 3_001 }, (_, number) => `web-${number}`),
    );
  });

  test('can be had by what a kind shows', () => {
    assert.deepEqual(sortsOf('block-storage.volume').slice(0, 5), ['name', 'state', 'age', 'size', 'attached to']);
    assert.ok(!sortsOf('block-storage.volume').includes('id'));
  });
});

describe('filters of the catalog', () => {
  test('each has a title of its own in its row, and those over states have states', () => {
    for (const kind of kindIds) {
      const { filters = [], status } = kindOf(kind);
      assert.deepEqual(
        [...new Set(filters.map(({ title }) => title))],
        filters.map(({ title }) => title),
        kind,
      );
      assert.ok(
        filters.every(({ values }) => values !== 'state' || status !== undefined),
        kind,
      );
    }
  });
});

describe('a list that is narrowed', () => {
  test('asks the service, tells how many of how many, and is whole again once cleared', async () => {
    await using scripted = await scriptedCloud({
      'GET /compute/v2.1/servers/detail*': ({ url }) => ({
        json: {
          servers: servers.filter(
            ({ status }) => url.includes('status=ERROR') === (status === 'ERROR') || !url.includes('status'),
          ),
        },
      }),
    });
    const { project } = scripted;
    const views = new ListViews(shortMemory(), shortMemory());
    const rows = () => [kindRow({ project, kind: 'compute.server', otherWorld: () => undefined, views }, 'Servers', 'servers')];
    const forest = new Forest((changed) => ({ ...plainBranch(rows), dispose: views.onDidChange(() => changed()).dispose }));
    const under = async () => [await printChildren(forest), await printChildren(forest, await nodeAt(forest, 'Servers'))];
    const lines = (...names: readonly string[]) =>
      names
        .map(
          (name) =>
            `▸ ${name}   ${servers.map((one) => (name.endsWith(one.name) ? `${one.status} · ${one.created}` : '')).join('')}`,
        )
        .join('\n');
    const before = await under();
    assert.equal(before[1], lines('~ db', '✗ web-2', 'web-10'));
    await views.filter(project, 'compute.server', 'status', 'ERROR');
    assert.equal((await under())[1], `Only status=ERROR   clear\n${lines('✗ web-2')}`);
    assert.equal((await under())[0], '▸ Servers   1 of 3 · status=ERROR');
    await views.filter(project, 'compute.server', 'name', 'none');
    await views.sort('compute.server', { by: 'state', reversed: true });
    assert.equal((await under())[0], '▸ Servers   status=ERROR, name=none · by state ↓');
    await views.clear(project, 'compute.server');
    assert.equal((await under())[1], lines('web-10', '~ db', '✗ web-2'));
    assert.match(scripted.asked().at(-2) ?? '', /status=ERROR/);
  });

  test('a filter goes out as the service wants it', () => {
    const sort = { by: 'name' };
    assert.deepEqual(optionsOf('network.port', { filters: { fixed_ips: '10.0.0.7' }, allProjects: true, sort }), {
      query: { fixed_ips: 'ip_address=10.0.0.7' },
      allProjects: true,
    });
    assert.deepEqual(optionsOf('network.port', { filters: {}, allProjects: false, sort }), {});
  });

  test('a list that is not there yet whole does not say how many there are', () => {
    assert.equal(moreRow(200, 1000, false).label, 'Load more (200 of 1 000+)');
  });
});

test('what is arranged is remembered: filters for one list, the order for the kind', async () => {
  const [workspace, user] = [shortMemory(), shortMemory()];
  const views = new ListViews(workspace, user);
  const place = { cloud: 'demo', region: 'RegionOne', id: 'p1' };
  await views.filter(place, 'compute.server', 'status', 'ERROR');
  await views.showAllProjects(place, ['compute.server', 'network.port'], true);
  await views.showAllProjects(place, ['network.port'], false);
  await views.sort('compute.server', { by: 'age' });
  const again = new ListViews(workspace, user);
  const shown = { filters: { status: 'ERROR' }, allProjects: true, sort: { by: 'age' } };
  assert.deepEqual(again.of(place, 'compute.server'), shown);
  assert.deepEqual(again.of({ ...place, id: 'p2' }, 'compute.server'), { ...shown, filters: {}, allProjects: false });
  assert.deepEqual(again.of(place, 'network.port'), { filters: {}, allProjects: false, sort: { by: 'name' } });
});
