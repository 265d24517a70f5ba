/** A manifest is used by a controller: what the user in its Secret cannot see is told, whoever is signed in; the cluster is asked for that Secret after a yes. */
import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { listAt, textAt } from '../../../src/base/fields.ts';
import { openstack } from '../../support/openstack.ts';
import { inWindow, type Scene } from './inWindow.ts';
import { withNamespace } from './withNamespace.ts';

const namespace = `whom-${process.pid}`;
const keyPair = namespace;

const template = (network: string) => `apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: OpenStackMachineTemplate
metadata: {name: workers, namespace: ${namespace}}
spec:
  template:
    spec:
      identityRef: {name: whom, cloudName: theirs}
      flavor: m1.small
      image: {filter: {name: debian-12}}
      sshKeyName: ${keyPair}
      ports:
        - network: {id: ${network}}
`;

async function play(scene: Scene): Promise<void> {
  const { window, folder, sandbox } = scene;
  const auth = { auth_url: sandbox.openstack.authUrl, username: 'bob', password: 'sandbox', project_name: 'ops' };
  const theirs = { auth: { ...auth, user_domain_name: 'Default', project_domain_name: 'Default' } };
  const stringData = { 'clouds.yaml': stringify({ clouds: { theirs } }) };
  const items = [{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'whom' }, stringData }];
  const networks = await openstack(sandbox, 'demo', 'network', 'GET', '/v2.0/networks?name=private&shared=false');
  const network = textAt(listAt(networks, 'networks')[0], 'id') ?? assert.fail('demo has no private network');
  await openstack(sandbox, 'demo', 'compute', 'POST', '/os-keypairs', { keypair: { name: keyPair } });
  try {
    await withNamespace(scene, namespace, items, async () => {
      await rm(join(folder, `${namespace}.json`));
      await writeFile(join(folder, 'workers.yaml'), template(network));
      await window.openFile('workers.yaml');
      // Nobody said yet that Secrets may be read: an administrator's view accuses nobody and proves nothing.
      await window.told(/Secrets of context sandbox-admin that sign in to OpenStack/);
      await window.squiggles('info').first().waitFor();
      assert.equal(await window.squiggles().count(), 0);
      await window.screenshot('as-whom-asked');
      await window.press('Read');
      await window.squiggles().nth(1).waitFor();
      // Before the panel: an editor that loses the focus cancels a lens's renewal, and asks again when it has the focus.
      await window.page.locator('.codelens-decoration', { hasText: '2 wrong' }).first().waitFor();
      await window.command('Problems: Focus on Problems View');
      const rows = window.page.locator('.markers-panel .monaco-list-row', { hasText: 'in project ops of cloud admin, as bob.' });
      await rows.nth(1).waitFor();
      assert.equal(await rows.count(), 2);
      await window.screenshot('as-whom');
      assert.ok(!(await window.log()).some((line) => line.includes('clouds.yaml') || line.includes('password')));
    });
  } finally {
    await openstack(sandbox, 'demo', 'compute', 'DELETE', `/os-keypairs/${keyPair}`);
  }
}

inWindow('signed in as an administrator, a manifest is checked as the user whose credentials it names', play, {
  prepare: async (folder) => {
    const binding = { cloud: 'admin', project: 'admin', context: 'sandbox-admin', namespace };
    await mkdir(join(folder, '.vscode'), { recursive: true });
    await writeFile(join(folder, '.vscode/settings.json'), JSON.stringify({ 'hybridClusters.binding': binding }));
  },
});
