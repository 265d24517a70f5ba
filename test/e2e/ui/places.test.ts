/** A cloud is added by answering questions, after its difference; lists are filtered, places pinned, resources found. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { findSandbox, windowEnvironment } from '../sandboxEnvironment.ts';
import { bind } from './bind.ts';
import { inWindow, type Scene } from './inWindow.ts';

const cloudsFile = (folder: string) => join(dirname(folder), 'clouds.yaml');
const mine = '# mine, and to stay so\nclouds:\n  # an old one\n  attic: {auth: {auth_url: "http://127.0.0.1:9/v3"}}\n';

async function addCloud({ window, folder, sandbox }: Scene): Promise<void> {
  await window.command('Hybrid Clusters: Add Cloud…');
  await window.pick('From the address of its identity service');
  await window.answer(/Where is the identity service/, sandbox.openstack.authUrl.replace(/\/v3$/, ''));
  await window.pick('User and password');
  await window.answer(/User(?! and)/, 'alice');
  await window.answer(/Domain of the user/, 'Default');
  await window.answer(/Password/, 'sandbox');
  await window.answer(/Project \(empty/, 'demo');
  await window.answer(/Domain of the project/, 'Default');
  await window.answer(/What is it called/, 'attic-2');
  await window.pick("In this machine's keyring");
  await window.pick('Try It');
  await window.page.locator('.quick-input-widget input[placeholder*="Signed in as alice, project demo"]').waitFor();
  await window.screenshot('add-cloud');
  assert.equal(await readFile(cloudsFile(folder), 'utf8'), mine);
  await window.pick('Save');
  const clouds = await window.view('Clouds');
  await clouds.find('attic-2', 'demo');
  const text = await readFile(cloudsFile(folder), 'utf8');
  assert.ok(text.startsWith(mine), text);
  assert.match(text, /attic-2:/);
  assert.doesNotMatch(text.slice(mine.length), /password/);
}

async function arrange({ window }: Scene): Promise<void> {
  const clouds = await window.view('Clouds');
  const servers = ['demo', 'demo', 'Compute', 'Servers'] as const;
  await clouds.find(...servers, 'db-1');
  await clouds.menu('Filter List', ...servers);
  await window.pick('name');
  await window.answer(/name/, 'worker');
  await clouds.find(...servers, 'k8s-prod-worker-1');
  await clouds.untilGone(...servers, 'db-1');
  await clouds.untilSays(/name=worker/, ...servers);
  await window.screenshot('list-filtered');
  await clouds.menu('Clear Filter', ...servers);
  await clouds.find(...servers, 'db-1');

  await clouds.menu('Pin', 'demo', 'demo');
  await clouds.find('Pinned', 'demo');
  await window.command('Hybrid Clusters: Find Resource…');
  await window.answer(/Find in demo/, 'data-1');
  await window.pick('data-1');
  await clouds.untilSelected(/^data-1$/);
  await window.screenshot('found');
}

inWindow('a cloud is added from its address: tried, shown as a difference, written on Save', addCloud, {
  prepare: async (folder) => writeFile(cloudsFile(folder), mine),
  env: (folder) => {
    const sandbox = findSandbox() ?? assert.fail('no sandbox is up');
    return { ...windowEnvironment(sandbox), OS_CLIENT_CONFIG_FILE: cloudsFile(folder) };
  },
});
inWindow('a list is filtered by the service, a project pinned, a resource found by its name', arrange, { prepare: bind });
