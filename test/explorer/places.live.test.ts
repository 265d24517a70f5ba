/** What the view shows under filters, for all projects and below scopes, against what the `openstack` command lists with the same words. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { createHttp } from '../../src/base/pool.ts';
import { openClouds } from '../../src/explorer/cloudsNodes.ts';
import { Forest } from '../../src/explorer/forest.ts';
import { ListViews } from '../../src/explorer/listMemory.ts';
import { shortMemory } from '../../src/explorer/memory.ts';
import type { Node } from '../../src/explorer/nodes.ts';
import { Opened } from '../../src/explorer/opened.ts';
import { Places } from '../../src/explorer/places.ts';
import { createClouds } from '../../src/openstack/clouds.ts';
import type { KindId } from '../../src/openstack/kinds/kinds.ts';
import type { Project } from '../../src/openstack/project.ts';
import { search } from '../../src/openstack/search.ts';
import { eventually, nodeAt, printChildren } from '../support/printTree.ts';
import { type SandboxEnvironment, sandboxTest } from '../support/sandbox.ts';

interface Shown {
  readonly forest: Forest;
  readonly views: ListViews;
  readonly project: (cloud: string, name?: string) => Promise<Project>;
  /** The ids of the rows at a path, sorted. */
  readonly ids: (...path: readonly string[]) => Promise<readonly string[]>;
  readonly text: (...path: readonly string[]) => Promise<string>;
}

async function withView({ openstack }: SandboxEnvironment, body: (shown: Shown) => Promise<void>): Promise<void> {
  const http = createHttp();
  const clouds = createClouds({ http, env: { OS_CLIENT_CONFIG_FILE: openstack.clouds }, home: '/nonexistent' });
  const views = new ListViews(shortMemory(), shortMemory());
  const places = new Places(shortMemory(), shortMemory());
  const parts = { clouds, opened: new Opened(), otherWorld: () => undefined, isBound: () => false, views, places };
  const forest = new Forest(openClouds(parts));
  const project = async (cloud: string, name?: string) => {
    const opened = await clouds.open(cloud);
    const found = opened.ok ? await opened.value.project(name) : opened;
    assert.ok(found.ok, found.ok ? '' : found.failure.message);
    return found.value;
  };
  const ids = async (...path: readonly string[]) => {
    const children: readonly Node[] = await forest.children(await nodeAt(forest, ...path));
    return children.flatMap(({ row }) => (row.subject.of === 'resource' ? (row.id ?? []) : [])).sort();
  };
  const text = async (...path: readonly string[]) => printChildren(forest, await nodeAt(forest, ...path));
  try {
    await body({ forest, views, project, ids, text });
  } finally {
    forest.dispose();
    clouds.dispose();
    http.dispose();
  }
}

/** The ids that the command lists. */
async function listed({ openstack }: SandboxEnvironment, cloud: string, words: string): Promise<readonly string[]> {
  const env = { ...process.env, OS_CLIENT_CONFIG_FILE: openstack.clouds };
  const args = ['--os-cloud', cloud, ...words.split(' '), '-f', 'json', '-c', 'ID'];
  const { stdout } = await promisify(execFile)('openstack', args, { env });
  return JSON.parse(stdout)
    .map((one: { ID: string }) => one.ID)
    .sort();
}

const filters: readonly (readonly [KindId, group: string, label: string, field: string, value: string, words: string])[] = [
  ['compute.server', 'Compute', 'Servers', 'name', 'web', 'server list --name web'],
  ['compute.server', 'Compute', 'Servers', 'ip', '10.10', 'server list --ip 10.10'],
  ['network.network', 'Network', 'Networks', 'router:external', 'true', 'network list --external'],
  ['block-storage.volume', 'Storage', 'Volumes', 'status', 'available', 'volume list --status available'],
];

sandboxTest('a filtered list holds what the command lists with the same filter', async (sandbox) => {
  await withView(sandbox, async ({ ids, views, project, text }) => {
    const demo = await project('demo');
    const [web] = await listed(sandbox, 'demo', 'server list --name ^web-1$');
    const ports = ['network.port', 'Network', 'Ports', 'device_id', web ?? '', `port list --server ${web}`] as const;
    for (const [kind, group, label, field, value, words] of [...filters, ports]) {
      await views.filter(demo, kind, field, value);
      const wanted = await listed(sandbox, 'demo', words);
      assert.deepEqual(await ids('demo', 'demo', group, label), wanted, words);
      assert.match(
        await text('demo', 'demo', group),
        new RegExp(`${label} {3}${wanted.length}(?: of \\d+)? · .*=${value}`),
        words,
      );
      await views.clear(demo, kind);
    }
  });
});

sandboxTest('an administrator sees the servers and volumes of all projects, and whose they are', async (sandbox) => {
  await withView(sandbox, async ({ ids, views, project, text }) => {
    const admin = await project('admin');
    await eventually(
      () => text('admin'),
      (rows) => rows.includes('Default'),
    );
    const servers = ['admin', 'Default', 'admin', 'Compute', 'Servers'] as const;
    assert.deepEqual(await ids(...servers), await listed(sandbox, 'admin', 'server list'));
    await views.showAllProjects(admin, ['compute.server', 'block-storage.volume'], true);
    assert.deepEqual(await ids(...servers), await listed(sandbox, 'admin', 'server list --all-projects'));
    assert.deepEqual(
      await ids('admin', 'Default', 'admin', 'Storage', 'Volumes'),
      await listed(sandbox, 'admin', 'volume list --all-projects'),
    );
    const rows = await eventually(
      () => text(...servers),
      (all) => all.includes('project demo'),
    );
    assert.match(rows, /▸ bastion {3}ACTIVE · .* · project ops$/m);
    assert.equal((await project('demo')).mayListAll?.('compute.server'), false);
  });
});

sandboxTest('domains and the system have rows where the user has a role on them', async (sandbox) => {
  await withView(sandbox, async ({ text, ids }) => {
    const rows = ['▸ Default   domain', '▸ acme   domain', '▸ system   system scope · the whole cloud'].join('\n');
    for (const cloud of ['admin', 'admin-system'])
      assert.equal(
        await eventually(
          () => text(cloud),
          (all) => all === rows,
        ),
        rows,
      );
    assert.equal(
      await eventually(
        () => text('acme-web'),
        (all) => all.includes('domain'),
      ),
      '▸ web   project of acme\n▸ acme   domain scope',
    );
    assert.equal(await text('demo'), '▸ demo   project');
    await eventually(
      () => text('admin', 'system', 'Identity'),
      (all) => all.includes('Users'),
    );
    assert.deepEqual(await ids('admin', 'system', 'Identity', 'Users'), await listed(sandbox, 'admin-system', 'user list'));
    await eventually(
      () => text('admin', 'system', 'Compute'),
      (all) => all.includes('Servers'),
    );
    assert.deepEqual(
      await ids('admin', 'system', 'Compute', 'Servers'),
      await listed(sandbox, 'admin', 'server list --all-projects'),
    );
  });
});

sandboxTest('a name, an id and an address are found in the projects of a cloud', async (sandbox) => {
  await withView(sandbox, async ({ project }) => {
    const projects = [await project('ops'), await project('ops', 'demo')];
    const find = async (text: string) => {
      const found: string[] = [];
      await search(text, projects, (match) => found.push(`${match.project.name} ${match.kind} ${String(match.resource['id'])}`));
      return found;
    };
    const [bastion] = await listed(sandbox, 'ops', 'server list --name bastion');
    assert.deepEqual(await find('bastion'), [`ops compute.server ${bastion}`]);
    assert.deepEqual(await find(bastion ?? ''), [`ops compute.server ${bastion}`]);
    const [router] = await listed(sandbox, 'demo', 'router list --name private-router');
    assert.deepEqual(await find(router ?? ''), [`demo network.router ${router}`]);
  });
});
