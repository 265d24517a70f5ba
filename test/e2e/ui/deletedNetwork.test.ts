/** A cloud changes while a text does not: what is deleted behind the editor's back is told within a minute; what cannot be asked accuses nobody. */
import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { field } from '../../../src/base/fields.ts';
import { freePort } from '../../support/freePort.ts';
import { openstack } from '../../support/openstack.ts';
import { findSandbox, windowEnvironment } from '../sandboxEnvironment.ts';
import { bind } from './bind.ts';
import { inWindow, type Scene } from './inWindow.ts';

const manifest = (network: string) => `apiVersion: v1
kind: Service
metadata:
  name: edge
  namespace: shop
  annotations:
    loadbalancer.openstack.org/network-id: ${network}
spec:
  type: LoadBalancer
  selector: {app: edge}
  ports: [{port: 80}]
`;

async function play({ window, folder, sandbox }: Scene): Promise<void> {
  const name = `deleted-${process.pid}`;
  const made = await openstack(sandbox, 'demo', 'network', 'POST', '/v2.0/networks', { network: { name } });
  const id = String(field(made, 'network', 'id'));
  const file = join(folder, 'shop/edge.yaml');
  try {
    await writeFile(file, manifest(id));
    await window.openFile('shop/edge.yaml');
    await window.editorLine(name);
    await window.page.locator('.codelens-decoration', { hasText: '1 reference checked in demo' }).first().waitFor();
    assert.equal(await window.squiggles().count(), 0);
  } finally {
    await openstack(sandbox, 'demo', 'network', 'DELETE', `/v2.0/networks/${id}`);
  }
  await window.squiggles().first().waitFor({ timeout: 75_000 });
  await (await window.editorLine('network-id:')).locator('span span').last().hover();
  const hover = window.page.locator('.monaco-hover', { hasText: /project demo \(cloud demo, RegionOne\)\. As of \d\d:\d\d\./ });
  await hover.first().waitFor();
  await window.screenshot('deleted-network');
  await rm(file);
}

inWindow('a network that is deleted behind the editor is told within a minute, with project, cloud and time', play, {
  prepare: bind,
});

/** The sandbox's clouds, their Keystone behind a door that nobody stands at. */
async function keystoneStopped(folder: string): Promise<void> {
  await bind(folder);
  const { openstack: place } = findSandbox() ?? assert.fail('no sandbox is up');
  const clouds = await readFile(place.clouds, 'utf8');
  await writeFile(cloudsFile(folder), clouds.replaceAll(place.authUrl, `http://127.0.0.1:${await freePort()}/v3`));
}

const cloudsFile = (folder: string) => join(dirname(folder), 'clouds.yaml');

inWindow(
  'while Keystone is stopped nothing is accused, and it is said that nothing was checked, and why',
  async ({ window }) => {
    await window.openFile('shop/service.yaml');
    await window.page.locator('.codelens-decoration', { hasText: 'not checked' }).first().waitFor();
    assert.equal(await window.squiggles().count(), 0);
    await window.status.hover();
    const why = window.page.locator('.workbench-hover-container', { hasText: 'not checked' }).first();
    await why.waitFor();
    const words = (await why.innerText()).replaceAll(/\s+/g, ' ');
    assert.match(words, /Cloud demo.*0 references checked at .*, 2 not checked\. .* refused the connection/);
    await window.screenshot('keystone-stopped');
    assert.deepEqual(await window.notifications(), []);
  },
  {
    prepare: keystoneStopped,
    env: (folder) => ({
      ...windowEnvironment(findSandbox() ?? assert.fail('no sandbox is up')),
      OS_CLIENT_CONFIG_FILE: cloudsFile(folder),
    }),
  },
);
