import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { failed, success } from '../../src/base/failure.ts';
import { openClouds } from '../../src/explorer/cloudsNodes.ts';
import { Forest } from '../../src/explorer/forest.ts';
import { ListViews } from '../../src/explorer/listMemory.ts';
import { shortMemory } from '../../src/explorer/memory.ts';
import { Opened } from '../../src/explorer/opened.ts';
import { cloudKey, kindKey, Places, projectKey } from '../../src/explorer/places.ts';
import type { Cloud, Clouds, ProjectRef, Scopes } from '../../src/openstack/cloud.ts';
import { createClouds } from '../../src/openstack/clouds.ts';
import { countingHttp } from '../support/countingHttp.ts';
import { fakeCloud } from '../support/fakeCloud.ts';
import { type FakeCloudEntry, fakeClouds } from '../support/fakeClouds.ts';
import { manyClouds } from '../support/manyClouds.ts';
import { eventually, nodeAt, printChildren } from '../support/printTree.ts';

const project = (name: string) =>
  fakeCloud(`
project: ${name}
absent: [load-balancer, block-storage, image, dns, orchestration, container-infrastructure-management, shared-file-system, key-manager, object-store, identity, baremetal, placement]
compute.server: [{ id: s1, name: web, status: ACTIVE }]
compute.hypervisor: forbidden
compute.aggregate: forbidden
compute.service: forbidden
compute.migration: forbidden
network.network: [{ id: n1, name: private, status: ACTIVE }]
`);

const one = (...names: readonly string[]): FakeCloudEntry => ({ projects: names.map(project) });

/** The view over clouds of these projects, with what was arranged in it. */
function view(entries: Readonly<Record<string, FakeCloudEntry>>, given: Clouds = fakeClouds(entries)) {
  const places = new Places(shortMemory(), shortMemory());
  const views = new ListViews(shortMemory(), shortMemory());
  const opened = new Opened();
  const forest = new Forest(
    openClouds({ clouds: given, opened, otherWorld: () => undefined, isBound: () => false, places, views }),
  );
  const under = async (...path: readonly string[]) =>
    printChildren(forest, path.length > 0 ? await nodeAt(forest, ...path) : undefined);
  return { forest, places, views, under, opened };
}

const web = { cloud: 'lab', region: 'RegionOne', id: 'web-id', name: 'web' };

describe('what is pinned', () => {
  test('stands in front of its siblings; projects also together at the top, opened by a click of their own', async () => {
    const { under, places } = view({ demo: one('demo'), lab: one('db', 'web') });
    await places.pin({ key: cloudKey('lab'), label: 'lab' }, true);
    await places.pin({ key: projectKey(web), label: 'web', project: web }, true);
    await places.pin({ key: kindKey('compute.server'), label: 'Servers' }, true);
    assert.equal(await under(), '▸ Pinned\n▸ lab   alice · RegionOne\n▸ demo   alice · RegionOne');
    assert.equal(await under('Pinned'), '▸ web   lab');
    assert.equal(await under('lab'), '▸ web   project · pinned\n▸ db   project');
    const rows = '▸ Servers   1\n▸ Compute   1 server\n▸ Network   1 network';
    assert.equal(await under('Pinned', 'web'), rows);
    assert.equal(await under('lab', 'web'), rows);
    await places.pin({ key: projectKey(web), label: 'web' }, false);
    assert.equal(await under('lab'), '▸ db   project\n▸ web   project');
  });
});

describe('what is hidden', () => {
  test('is counted where it would stand, and comes back', async () => {
    const { under, places } = view({ demo: one('demo'), lab: one('db', 'web') });
    await places.pin({ key: projectKey(web), label: 'web', project: web }, true);
    await places.hide({ key: projectKey(web), label: 'web', project: web }, true);
    await places.hide({ key: cloudKey('demo'), label: 'demo' }, true);
    await places.hide({ key: kindKey('compute.server'), label: 'Servers' }, true);
    assert.equal(await under(), '▸ lab   alice · RegionOne\n1 hidden');
    assert.equal(await under('lab'), '▸ db   project\n1 hidden');
    assert.match(await under('lab', 'db', 'Compute'), /^▸ Flavors/);
    await places.hide({ key: cloudKey('demo'), label: 'demo' }, false);
    assert.equal(await under(), '▸ demo   alice · RegionOne\n▸ lab   alice · RegionOne');
  });
});

describe('a filter over clouds and projects', () => {
  test('shows whole clouds by their name, of the others the projects that are known, and says so', async () => {
    const { forest, under, places } = view({ demo: one('demo'), lab: one('db', 'web'), 'web-lab': one('a', 'b') });
    await under('lab');
    await places.setFilter('clouds', ' WEB ');
    assert.equal(await under(), 'Only “WEB”   2 of 3 clouds · clear\n▸ lab   alice · RegionOne\n▸ web-lab   alice · RegionOne');
    assert.equal(await under('lab'), '▸ web   project');
    assert.equal(await under('web-lab'), '▸ a   project\n▸ b   project');
    const [row] = await forest.children();
    assert.deepEqual([row?.row.click, row?.row.subject.of], ['hybridClusters.filterClouds', 'placeFilter']);
    await places.setFilter('clouds', 'lab/db');
    assert.equal(await under('lab'), '▸ db   project');
    assert.equal(await under('web-lab'), '');
    await places.setFilter('clouds', '');
    assert.equal(await under(), '▸ demo   alice · RegionOne\n▸ lab   alice · RegionOne\n▸ web-lab   alice · RegionOne');
  });
});

test('500 clouds are rows and words for a reader; nobody is asked before one is opened', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'many-clouds-'));
  const file = join(folder, 'clouds.yaml');
  writeFileSync(file, manyClouds(500));
  const http = countingHttp();
  const clouds = createClouds({ http, env: { OS_CLIENT_CONFIG_FILE: file }, home: folder });
  const { under, places } = view({}, clouds);
  const rows = (await under()).split('\n');
  assert.deepEqual([rows.length, rows[499]], [500, '▸ cloud-0499   alice · RegionOne']);
  await places.setFilter('clouds', 'cloud-012');
  assert.equal((await under()).split('\n').length, 11);
  assert.equal(http.asked, 0);
  await under('cloud-0120');
  assert.ok(http.asked > 0);
  clouds.dispose();
  rmSync(folder, { recursive: true });
});

describe('the current project', () => {
  test('is marked', async () => {
    const { forest, under, places } = view({ lab: one('db', 'web') });
    await places.setCurrent(web);
    assert.equal(await under('lab'), '▸ db   project\n▸ web   project · current');
    const node = await nodeAt(forest, 'lab', 'web');
    assert.ok(!node.row.words.includes('can:makeCurrent'));
  });
});

/** A cloud whose user has projects in these domains and these scopes. */
function scopedClouds(refs: readonly ProjectRef[], scopes: Scopes): Clouds {
  const clouds = fakeClouds({ demo: one('demo') });
  const open: Clouds['open'] = async (name) => {
    const opened = await clouds.open(name);
    if (!opened.ok) return opened;
    const cloud: Cloud = {
      ...opened.value,
      projects: async () => success(refs),
      project: async (id) => success(project(refs.find((ref) => ref.id === id)?.name ?? 'none')),
      scopes: async () => success(scopes),
      scoped: async () => success({ ...project('whole'), id: 'system', name: 'system' }),
    };
    return success(cloud);
  };
  return { ...clouds, open };
}

describe('levels below a cloud', () => {
  const several = [
    { id: 'demo-id', name: 'demo', domain: 'default' },
    { id: 'shop-id', name: 'shop', domain: '57a1' },
    { id: 'web-id', name: 'web', domain: '57a1' },
  ];
  const scopes = { domains: [{ id: '57a1', name: 'acme' }], system: true, names: { default: 'Default', '57a1': 'acme' } };

  test('projects of several domains stand below their domain; what a role on a domain or the system opens has a row', async () => {
    const { forest, under } = view({}, scopedClouds(several, scopes));
    const all = '▸ Default   domain\n▸ acme   domain\n▸ system   system scope · the whole cloud';
    assert.equal(
      await eventually(
        () => under('demo'),
        (text) => text === all,
      ),
      all,
    );
    assert.equal(await under('demo', 'acme'), '▸ acme   domain scope\n▸ shop   project\n▸ web   project');
    const found = await forest.find(['demo', 'RegionOne', 'web-id', 'Compute', 'compute.server', 's1']);
    assert.equal(found?.row.label, 'web');
  });

  test('one domain is no level', async () => {
    const { under } = view({}, scopedClouds(several.slice(1), { ...scopes, system: false }));
    const rows = '▸ shop   project of acme\n▸ web   project of acme\n▸ acme   domain scope';
    assert.equal(
      await eventually(
        () => under('demo'),
        (text) => text === rows,
      ),
      rows,
    );
  });

  test('below a scope, what is refused is no row, and it is no project of the window', async () => {
    const { opened, under } = view({}, scopedClouds(several, scopes));
    await eventually(
      () => under('demo'),
      (text) => text.includes('system'),
    );
    const shown = await eventually(
      () => under('demo', 'system', 'Compute'),
      (text) => text.includes('Servers'),
    );
    assert.ok(!shown.includes('Hypervisors'), shown);
    assert.deepEqual(opened.projects, []);
  });
});

describe('a list that is shown otherwise', () => {
  test('is asked for at once, and stays where it is refused so, to be shown as before', async () => {
    const narrow = project('demo');
    const asked: string[] = [];
    const one: typeof narrow = {
      ...narrow,
      mayListAll: () => true,
      peek: (kind, options) => (options?.query || options?.allProjects ? undefined : narrow.peek(kind, options)),
      list: async (kind, options) => {
        if (options?.query || options?.allProjects) asked.push(`${kind} ${JSON.stringify(options.query ?? 'all projects')}`);
        return options?.allProjects ? failed('forbidden', 'Not for all projects.') : narrow.list(kind, options);
      },
    };
    const { under, views } = view({ demo: { projects: [one] } });
    await under('demo', 'demo', 'Compute');
    await views.filter(one, 'compute.server', 'status', 'ERROR');
    await eventually(
      async () => asked.join(),
      (text) => text !== '',
    );
    await views.clear(one, 'compute.server');
    await views.showAllProjects(one, ['compute.server'], true);
    await eventually(
      async () => asked.join(),
      (text) => text.includes('all'),
    );
    assert.deepEqual(asked, ['compute.server {"status":"ERROR"}', 'compute.server "all projects"']);
    assert.match(await under('demo', 'demo', 'Compute'), /^▸ Servers {3}all projects$/m);
    assert.equal(await under('demo', 'demo', 'Compute', 'Servers'), '! Not for all projects.');
  });
});

describe('a group and its kinds', () => {
  test('are shown for all projects, where the user may, and for the one project again', async () => {
    const admin = { ...project('admin'), mayListAll: (kind: string) => kind === 'compute.server' };
    const { forest, under, views } = view({ demo: { projects: [admin] } });
    const words = async (...path: readonly string[]) =>
      (await nodeAt(forest, 'demo', 'admin', ...path)).row.words.filter((word) => /Project/.test(word));
    assert.deepEqual(await words('Compute'), ['can:showAllProjects']);
    assert.deepEqual(await words('Compute', 'Servers'), ['can:showAllProjects']);
    assert.deepEqual(await words('Compute', 'Flavors'), []);
    await views.showAllProjects(admin, ['compute.server'], true);
    assert.match(await under('demo', 'admin'), /Compute {3}1 server · all projects/);
    assert.match(await under('demo', 'admin', 'Compute'), /Servers {3}1 · all projects/);
    assert.deepEqual(await words('Compute'), ['can:showOneProject']);
  });
});
