/** What goes away, as a person sees it: a file that is deleted takes its load balancer only when its name was typed, and Undeploy takes the rest. */
import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { kubectl } from '../kubectl.ts';
import { bind } from './bind.ts';
import { deployFolder } from './deployed.ts';
import { inWindow, type Scene } from './inWindow.ts';
import { deploymentOf } from './withNamespace.ts';

const namespace = `e2e-undeploy-${process.pid}`;
const settings = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { LEVEL: 'info' } };
const open = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'open' },
  spec: { type: 'LoadBalancer', selector: { app: 'web' }, ports: [{ port: 80 }] },
};

async function prepare(folder: string): Promise<void> {
  await mkdir(join(folder, 'stall'));
  const files = { web: deploymentOf('web'), settings, open };
  for (const [name, object] of Object.entries(files))
    await writeFile(join(folder, `stall/${name}.json`), JSON.stringify(object, undefined, 2));
  await bind(folder, namespace);
}

async function play({ window, folder, sandbox }: Scene): Promise<void> {
  const names = (kinds: string, ...args: string[]) =>
    kubectl(sandbox, 'get', kinds, '-n', namespace, '--ignore-not-found', '-o', 'name', ...args);
  await kubectl(sandbox, 'create', 'namespace', namespace);
  try {
    const deployments = await window.view('Deployments');
    assert.match(await deployFolder(window, 'stall'), /3 created/);

    await window.clearNotifications();
    await rm(join(folder, 'stall/open.json'));
    await window.explorerMenu('stall', 'Apply Deploy');
    await window.told(/At risk: delete Service open/);
    await window.view('Deployments');
    await deployments.find(/^stall/, 'Service open', /destroys the load balancer of open at \d/);
    await window.screenshot('prune-plan');
    await window.press('Deploy');
    await window.page.locator('.quick-input-widget:visible', { hasText: /Type open to go on/ }).waitFor();
    await window.screenshot('prune-typed');
    await window.page.keyboard.press('Escape');
    assert.equal(await names('service'), 'service/open\n');

    await window.explorerMenu('stall', 'Apply Deploy');
    await window.told(/At risk: delete Service open/);
    await window.press('Deploy');
    await window.answer(/Type open to go on/, 'open');
    assert.match(await window.told(/is up on sandbox-admin.*deleted/), /1 deleted, 2 unchanged/);
    assert.equal(await names('service'), '');
    await window.view('Deployments');
    await window.screenshot('pruned');

    await window.clearNotifications();
    await window.explorerMenu('stall', 'Undeploy');
    await window.told(/Undeploy .*stall from sandbox-admin/);
    await window.view('Deployments');
    await deployments.find(/stall → sandbox-admin/, 'Deployment web');
    await window.screenshot('undeploy-plan');
    await window.press('Undeploy');
    assert.match(await window.told(/gone from sandbox-admin/), /2 deleted in/);
    assert.equal(await window.page.locator('.notifications-toasts .monaco-button', { hasText: 'Prove It' }).count(), 0);
    await deployments.untilSays(/^deleted/, /stall → sandbox-admin/, 'ConfigMap settings');
    await window.screenshot('undeployed');
    assert.equal(await names('deployment,service'), '');
    assert.equal(await names('configmap', '--field-selector=metadata.name!=kube-root-ca.crt'), '');

    await window.clearNotifications();
    await window.explorerMenu('stall', 'Undeploy');
    await window.told(/Nothing that Apply Deploy remembers was deployed to sandbox-admin/);
  } finally {
    await kubectl(sandbox, 'delete', 'namespace', namespace, '--ignore-not-found', '--wait=false');
  }
}

inWindow('a deleted file takes its load balancer when its name was typed, and Undeploy takes the rest', play, { prepare });
