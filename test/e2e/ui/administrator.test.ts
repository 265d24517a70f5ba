/** An administrator opens a project that is somebody else's: what the command line client lists for it, no foreign rows; what others do follows; a row asks for itself only. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { findSandbox } from '../sandboxEnvironment.ts';
import { inWindow, type Scene } from './inWindow.ts';

const run = promisify(execFile);
const entryFile = (folder: string) => join(dirname(folder), 'other.yaml');
const name = `cli-${process.pid}`;
/** So often open lists are looked at again here. */
const refreshSeconds = 5;

/** Group, kind, and what the client is asked: the list, then what narrows it to the project where an administrator would see all. */
const kinds: readonly (readonly [group: string, kind: string, ...list: readonly string[]])[] = [
  ['Compute', 'Servers', 'server', 'list'],
  ['Compute', 'Server groups', 'server', 'group', 'list'],
  ['Network', 'Ports', 'port', 'list', '--project', 'demo'],
  ['Network', 'Routers', 'router', 'list', '--project', 'demo'],
  ['Network', 'Floating IPs', 'floating', 'ip', 'list', '--project', 'demo'],
  ['Network', 'Security groups', 'security', 'group', 'list', '--project', 'demo'],
  ['Storage', 'Volumes', 'volume', 'list'],
  ['Storage', 'Volume snapshots', 'volume', 'snapshot', 'list'],
  ['Load balancers', 'Load balancers', 'loadbalancer', 'list', '--project', 'demo'],
  ['Orchestration', 'Stacks', 'stack', 'list'],
];

/** The entry admin, but in the project demo: what an entry says in `auth` counts more than the client's own options. */
async function prepare(folder: string): Promise<void> {
  const { openstack } = findSandbox() ?? assert.fail('no sandbox is up');
  const { admin } = parse(await readFile(openstack.clouds, 'utf8')).clouds;
  const clouds = { other: { ...admin, auth: { ...admin.auth, project_name: 'demo' } } };
  await writeFile(entryFile(folder), JSON.stringify({ clouds }));
}

async function lists({ window, folder }: Scene): Promise<void> {
  const project = ['admin', 'Default', 'demo'] as const;
  const clouds = await window.view('Clouds');
  /** What the tree shows of a kind, what the client lists. */
  const both = async (group: string, kind: string, list: readonly string[]) => {
    let first = '';
    for (let tries = 1; ; tries++) {
      const labels = (await clouds.expand(...project, group, kind)).map(({ label }) => label);
      first = labels[0] ?? '';
      await clouds.click(...project, group, kind, first);
      if (labels.length > 1) await clouds.clickWithShift(...project, group, kind, labels.at(-1) ?? '');
      // Rows that are read anew just then are other rows under the pointer.
      if (tries === 5 || String(await clouds.selection()) === String(labels)) break;
    }
    const shown = (await window.copied(() => clouds.menu('Copy Id', ...project, group, kind, first))).split('\n');
    return [shown.sort(), (await client(folder, ...list)).sort()] as const;
  };
  for (const [group, kind, ...list] of kinds) {
    let [shown, wanted] = await both(group, kind, list);
    // Somebody else may have been at work in between.
    for (let tries = 0; tries < 2 && String(shown) !== String(wanted); tries++) {
      await clouds.menu('Refresh', ...project, group, kind);
      [shown, wanted] = await both(group, kind, list);
    }
    assert.ok(wanted.length > 0, `the client lists no ${kind}`);
    assert.deepEqual(shown, wanted, `${kind}: what the tree shows, what the client lists`);
    // What is below the end of the view is not there for who looks.
    await clouds.fold(...project, group, kind);
    await clouds.fold(...project, group);
  }
}

async function follows({ window, folder, sandbox }: Scene): Promise<void> {
  const volumes = ['admin', 'Default', 'demo', 'Storage', 'Volumes'] as const;
  const clouds = await window.view('Clouds');
  await clouds.expand(...volumes);
  const [id = ''] = await client(folder, 'volume', 'create', '--size', '1', name);
  await clouds.find(...volumes, name);
  await client(folder, 'volume', 'set', '--name', `${name}-2`, id);
  await clouds.find(...volumes, `${name}-2`);
  const log = join(dirname(sandbox.openstack.clouds), 'log/cinder.log');
  const asked = async () =>
    (await readFile(log, 'utf8')).split('\n').filter((line) => line.includes(`"GET /v3/`) && line.includes(`/volumes/${id} `));
  await clouds.untilSays(/^available/, ...volumes, `${name}-2`);
  const before = (await asked()).length;
  await clouds.inline('Refresh', ...volumes, `${name}-2`);
  await window.page.waitForTimeout(2000);
  assert.equal((await asked()).length - before, 1);
  await client(folder, 'volume', 'delete', id);
  await clouds.untilGone(...volumes, `${name}-2`);
}

/** What the command line client answers as the administrator in the project demo: an id a line. */
async function client(folder: string, ...args: readonly string[]): Promise<string[]> {
  const columns = args.includes('list')
    ? ['-f', 'value', '-c', args[0] === 'loadbalancer' ? 'id' : 'ID']
    : args.includes('create')
      ? ['-f', 'value', '-c', 'id']
      : [];
  const { stdout } = await run('/usr/bin/openstack', ['--os-cloud', 'other', ...args, ...columns], {
    env: { OS_CLIENT_CONFIG_FILE: entryFile(folder), PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' },
  });
  return stdout.split('\n').filter((line) => line !== '');
}

inWindow('an administrator sees of a project what the command line client lists for it', lists, { prepare });
inWindow('what the command line client makes, renames and deletes follows; a row asks once', follows, {
  prepare,
  settings: { 'hybridClusters.refresh.seconds': refreshSeconds },
});
