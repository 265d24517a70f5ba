import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Emitter } from '../../src/base/event.ts';
import { type Failure, success } from '../../src/base/failure.ts';
import { openClouds } from '../../src/explorer/cloudsNodes.ts';
import { Forest } from '../../src/explorer/forest.ts';
import { chainOf, resourceKey } from '../../src/explorer/keys.ts';
import type { Node } from '../../src/explorer/nodes.ts';
import { Opened } from '../../src/explorer/opened.ts';
import type { Resource } from '../../src/openstack/kind.ts';
import type { KindId } from '../../src/openstack/kinds/kinds.ts';
import type { Project, ResourceList } from '../../src/openstack/project.ts';
import { fakeCloud } from '../support/fakeCloud.ts';
import { type FakeCloudEntry, fakeClouds } from '../support/fakeClouds.ts';
import { eventually, nodeAt, printChildren } from '../support/printTree.ts';

const world = `
cloud: demo
absent: [orchestration, dns, container-infrastructure-management, shared-file-system, key-manager, object-store, identity, load-balancer, baremetal, placement]
compute.server:
  - { id: s1, name: web-10, status: ACTIVE, flavor: { original_name: m1.small } }
  - { id: s2, name: web-2, status: BUILD, flavor: { original_name: m1.small } }
  - { id: s3, name: db, status: ERROR, fault: { message: No valid host was found }, flavor: { original_name: m1.large } }
compute.keypair: forbidden
compute.server_group: unavailable
compute.hypervisor: forbidden
compute.aggregate: forbidden
compute.service: forbidden
compute.migration: forbidden
network.network:
  - { id: n1, name: private, status: ACTIVE }
network.subnet:
  - { id: u1, name: private-v4, network_id: n1, cidr: 10.0.0.0/24 }
`;

function forestOf(entries: Readonly<Record<string, FakeCloudEntry>>, bound: readonly string[] = []) {
  const clouds = fakeClouds(entries, [
    {
      reason: 'invalid',
      message: 'clouds.yaml has a tab in line 7. The other files are read.',
      at: { file: 'clouds.yaml', line: 7 },
    },
  ]);
  const opened = new Opened();
  const forest = new Forest(
    openClouds({ clouds, opened, otherWorld: () => undefined, isBound: (cloud) => bound.includes(cloud) }),
  );
  return { forest, clouds, opened };
}

const demo = () => ({ demo: { projects: [fakeCloud(world)] } });

/** Rows at a path, indented below what they are under. */
async function under(forest: Forest, ...path: readonly string[]): Promise<string> {
  return printChildren(forest, await nodeAt(forest, ...path));
}

describe('clouds', () => {
  test('one row each; what is wrong with one or with a file leaves the others alone', async () => {
    const { forest } = forestOf(
      {
        ...demo(),
        lab: { projects: [], summary: { insecure: true, regions: ['one', 'two'] } },
        broken: {
          projects: [],
          summary: {
            problem: {
              reason: 'invalid',
              message: 'Cloud broken has the unknown auth_type v9.',
              at: { file: 'clouds.yaml', line: 9 },
            },
          },
        },
      },
      ['demo'],
    );
    assert.equal(
      await printChildren(forest),
      [
        '▸ demo   alice · RegionOne · bound to this folder',
        '▸ ! lab   alice · 2 regions · certificates not verified',
        '▸ ✗ broken   not usable as written',
        '✗ clouds.yaml has a tab in line 7. The other files are read.',
      ].join('\n'),
    );
    assert.equal(await under(forest, 'broken'), '✗ Cloud broken has the unknown auth_type v9.');
    assert.equal(await under(forest, 'lab'), '▸ one   region\n▸ two   region');
    const [problem] = await forest.children(await nodeAt(forest, 'broken'));
    assert.deepEqual(problem?.row.words, ['failure', 'can:openSource', 'can:retry', 'can:showLog']);
    assert.equal(problem?.row.click, 'hybridClusters.openSource');
  });

  test('signed out: one row with its way out, and the cloud says so; after signing in it is well again', async () => {
    const message = "Cloud prod did not accept kim's password. Sign in again.";
    const { forest, clouds } = forestOf({ prod: { projects: { reason: 'signedOut', message } }, ...demo() });
    assert.equal(await under(forest, 'prod'), `✗ ${message}`);
    const [failure] = await forest.children(await nodeAt(forest, 'prod'));
    assert.equal(failure?.row.click, 'hybridClusters.signIn');
    assert.deepEqual(failure?.row.subject, { of: 'failure', failure: { reason: 'signedOut', message }, cloud: 'prod' });
    const rows = await eventually(
      () => printChildren(forest),
      (text) => text.includes('sign in'),
    );
    assert.match(rows, /^▸ ✗ prod {3}sign in\n▸ demo {3}alice · RegionOne$/m);
    clouds.set('prod', { projects: [fakeCloud(world)] });
    forest.refresh(await nodeAt(forest, 'prod'));
    assert.equal(await under(forest, 'prod'), '▸ demo   project');
    const well = await eventually(
      () => printChildren(forest),
      (text) => !text.includes('✗ prod'),
    );
    assert.match(well, /^▸ prod {3}alice/m);
  });

  test('a changed file closes what was open below', async () => {
    const { forest, clouds, opened } = forestOf(demo());
    const project = await nodeAt(forest, 'demo', 'demo');
    await forest.children(project);
    assert.equal(opened.projects.length, 1);
    clouds.changed.fire();
    assert.equal(opened.projects.length, 0);
    assert.equal(forest.isOpen(project), false);
  });
});

describe('below a project', () => {
  test('groups that are offered, a group of one kind is that kind', async () => {
    const { forest } = forestOf(demo());
    assert.equal(
      await under(forest, 'demo', 'demo'),
      ['▸ Compute   3 servers', '▸ Network   1 network', '▸ Storage   0 volumes', '▸ Images   0 images'].join('\n'),
    );
  });

  test('kinds with their counts; what the user may not list is not shown, what failed is, and tells why', async () => {
    const { forest } = forestOf(demo());
    const rows = await eventually(
      () => under(forest, 'demo', 'demo', 'Compute'),
      (text) => !text.includes('Key pairs'),
    );
    assert.equal(rows, ['▸ Servers   3', '▸ Flavors   0', '▸ Server groups', '▸ Availability zones   0'].join('\n'));
    assert.equal(await under(forest, 'demo', 'demo', 'Compute', 'Server groups'), '✗ Server groups: unavailable.');
    assert.equal(await under(forest, 'demo', 'demo', 'Compute', 'Flavors'), 'No flavors in demo.');
  });

  test('resources in the order a reader expects, with state and two facts', async () => {
    const { forest } = forestOf(demo());
    assert.equal(
      await under(forest, 'demo', 'demo', 'Compute', 'Servers'),
      [
        '▸ ✗ db   ERROR · No valid host was found · m1.large',
        '▸ ~ web-2   BUILD · m1.small',
        '▸ web-10   ACTIVE · m1.small',
      ].join('\n'),
    );
    assert.equal(
      await under(forest, 'demo', 'demo', 'Network', 'Networks', 'private'),
      '▸ Subnets   1\n▸ Ports   0\n▸ Network segments   0',
    );
    assert.equal(
      await under(forest, 'demo', 'demo', 'Network', 'Networks', 'private', 'Subnets'),
      '▸ private-v4   10.0.0.0/24 · n1',
    );
    assert.equal(
      await under(forest, 'demo', 'demo', 'Network', 'Networks', 'private', 'Subnets', 'private-v4'),
      '▸ Ports   0',
      'it does not lead back to the row it stands below',
    );
    assert.equal(
      await under(forest, 'demo', 'demo', 'Network', 'Subnets', 'private-v4'),
      'Network private   ACTIVE\n▸ Ports   0',
      'elsewhere it leads to its network',
    );
    forest.dispose();
  });
});

/** A list of servers as it is now; `unlisted`: why there is none. */
interface Changeable {
  items: readonly Resource[];
  stale: boolean;
  failure?: Failure;
  cut?: boolean;
  unlisted?: Failure;
}

/** A project whose lists can be changed, dimmed and told of. */
function changing(servers: readonly object[]) {
  const told = new Emitter<{ readonly kinds: readonly KindId[] }>();
  const state: Changeable = { items: servers as readonly Resource[], stale: false };
  const base = fakeCloud(world);
  const asOf = new Date(2026, 0, 1, 12, 3).getTime();
  const list = (): ResourceList => {
    const { unlisted, ...rest } = state;
    return { ...rest, asOf, complete: !state.cut };
  };
  const answer = () => (state.unlisted ? { ok: false as const, failure: state.unlisted } : success(list()));
  const project: Project = {
    ...base,
    list: async (kind, options) => (kind === 'compute.server' ? answer() : base.list(kind, options)),
    peek: (kind, options) => (kind === 'compute.server' ? list() : base.peek(kind, options)),
    onDidChange: told.event,
  };
  return { project, state, tell: () => told.fire({ kinds: ['compute.server'] }) };
}

const server = (index: number, status = 'ACTIVE') => ({ id: `s${index}`, name: `web-${index}`, status });

describe('a list that lives', () => {
  test('old rows stay, dimmed, and say since when', async () => {
    const { project, state } = changing([server(1)]);
    const { forest } = forestOf({ demo: { projects: [project] } });
    state.stale = true;
    assert.equal(await under(forest, 'demo', 'demo', 'Compute', 'Servers'), '▸ web-1   ACTIVE · stale since 12:03');
    assert.equal((await nodeAt(forest, 'demo', 'demo', 'Compute', 'Servers', 'web-1')).row.stale, true);
  });

  test('only the row that changed is told, as the same node; a new row is told at its list', async () => {
    const { project, state, tell } = changing([server(1), server(2)]);
    const { forest } = forestOf({ demo: { projects: [project] } });
    const path = ['demo', 'demo', 'Compute', 'Servers'] as const;
    const [list, first] = [await nodeAt(forest, ...path), await nodeAt(forest, ...path, 'web-1')];
    await eventually(
      () => under(forest, 'demo', 'demo', 'Compute'),
      (text) => !text.includes('Key pairs'),
    );
    await new Promise((resolve) => setTimeout(resolve, 120));
    const told: (string | undefined)[] = [];
    forest.onDidChange((node: Node | undefined) => told.push(node?.row.label));
    const settle = async () => {
      tell();
      await new Promise((resolve) => setTimeout(resolve, 150));
      return told.splice(0);
    };
    state.items = [server(1, 'SHUTOFF'), server(2)];
    assert.deepEqual(await settle(), ['web-1']);
    assert.equal(await nodeAt(forest, ...path, 'web-1'), first);
    assert.match(first.row.description, /^SHUTOFF/);
    assert.deepEqual(await settle(), [], 'nothing changed');
    state.items = [server(1, 'SHUTOFF'), server(2), server(3)];
    assert.deepEqual(
      [...new Set(await settle())].sort(),
      ['Compute', 'Servers'],
      'the count beside the kind and the group, and the list',
    );
    forest.collapse(list);
    state.items = [];
    assert.ok(!(await settle()).includes('web-1'), 'a collapsed list is not looked at');
  });

  test('a list that failed shows its rows once it can be had, and why it is old when it cannot', async () => {
    const { project, state } = changing([server(1)]);
    const refused: Failure = { reason: 'offline', message: 'demo cannot be reached.' };
    state.unlisted = refused;
    const { forest } = forestOf({ demo: { projects: [project] } });
    const path = ['demo', 'demo', 'Compute', 'Servers'] as const;
    assert.equal(await under(forest, ...path), '✗ demo cannot be reached.');
    const again = async () => {
      const [servers] = forest.watched().filter(({ branch }) => branch.constructor.name === 'ListBranch');
      return (await servers?.again())?.message;
    };
    assert.equal(await again(), 'demo cannot be reached.');
    delete state.unlisted;
    assert.equal(await again(), undefined);
    assert.equal(
      await eventually(
        async () => (await forest.children(await nodeAt(forest, ...path))).map(({ row }) => row.label).join(),
        (text) => text === 'web-1',
      ),
      'web-1',
    );
    state.stale = true;
    state.failure = refused;
    assert.equal(await again(), 'demo cannot be reached.');
    const [row] = await forest.children(await nodeAt(forest, ...path));
    assert.deepEqual(row?.row.lateFacts?.().at(-1), ['not renewed', 'demo cannot be reached.']);
  });

  test('a list that was cut says so at its end', async () => {
    const { project, state } = changing([server(1), server(2)]);
    state.cut = true;
    const { forest } = forestOf({ demo: { projects: [project] } });
    assert.equal(
      (await under(forest, 'demo', 'demo', 'Compute', 'Servers')).split('\n').at(-1),
      'There are more servers than these 2, which are not listed.',
    );
  });

  test('pages of 200; Reveal brings the page its row is on', async () => {
    const { project } = changing(Array.from({ length: 10_000 }, (_, index) => server(index)));
    const { forest } = forestOf({ demo: { projects: [project] } });
    const path = ['demo', 'demo', 'Compute', 'Servers'] as const;
    const rows = await forest.children(await nodeAt(forest, ...path));
    assert.equal(rows.length, 201);
    assert.equal(rows.at(-1)?.row.label, 'Load more (200 of 10 000)');
    const key = resourceKey({ cloud: 'demo', region: 'RegionOne', project: 'demo-id', kind: 'compute.server', id: 's450' });
    const found = await forest.find(chainOf(key)?.segments ?? []);
    assert.equal(found?.row.label, 'web-450');
    assert.equal(found?.parent, await nodeAt(forest, ...path));
    const now = await forest.children(found?.parent);
    assert.equal(now.at(-1)?.row.label, 'Load more (600 of 10 000)');
  });

  test('asked again, only what is open is, and it stays meanwhile', async () => {
    const project = fakeCloud(world);
    const { forest } = forestOf({ demo: { projects: [project] } });
    const networks = await nodeAt(forest, 'demo', 'demo', 'Network', 'Networks');
    await forest.children(networks);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const before = project.asked.length;
    const again = async () => {
      for (const one of forest.watched()) await one.again();
    };
    await again();
    assert.deepEqual(project.asked.slice(before), ['list network.network']);
    forest.collapse(networks);
    await again();
    assert.equal(project.asked.length, before + 1);
  });

  test('a key that leads nowhere finds nothing', async () => {
    const { forest } = forestOf(demo());
    const key = { cloud: 'demo', region: 'RegionOne', project: 'demo-id', kind: 'compute.server', id: 'gone' };
    assert.equal(await forest.find(chainOf(resourceKey(key))?.segments ?? []), undefined);
    assert.equal(chainOf(resourceKey({ ...key, kind: 'network.security_group_rule' })), undefined);
  });
});
