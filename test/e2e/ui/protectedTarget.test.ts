/** A protected target wants its name; a run that is cancelled stops and says what was written. */
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { kubectl } from '../kubectl.ts';
import { bind } from './bind.ts';
import { inWindow, type Scene } from './inWindow.ts';

const namespace = `e2e-protected-${process.pid}`;
/** A Deployment that never becomes ready: its pods would have to be ready for longer than anybody waits. */
const never = `apiVersion: v1
kind: Namespace
metadata: {name: ${namespace}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: slow, namespace: ${namespace}}
spec:
  minReadySeconds: 600
  progressDeadlineSeconds: 1200
  selector: {matchLabels: {app: slow}}
  template:
    metadata: {labels: {app: slow}}
    spec:
      containers: [{name: slow, image: "nginx:1.29"}]
`;

async function prepare(folder: string): Promise<void> {
  await mkdir(join(folder, 'app'));
  await writeFile(join(folder, 'app/slow.yaml'), never);
  await bind(folder, namespace);
}

const TYPE_THE_NAME = /sandbox-admin is protected/;

async function play({ window, sandbox }: Scene): Promise<void> {
  const namespaces = () => kubectl(sandbox, 'get', 'namespace', namespace, '--ignore-not-found', '-o', 'name');
  try {
    await window.view('Deployments');
    await window.openFile('app/slow.yaml');
    await window.page.locator('.codelens-decoration', { hasText: 'Apply Deploy' }).first().waitFor();

    await window.command('Hybrid Clusters: Apply Deploy');
    await window.told(/Deploy slow\.yaml to sandbox-admin/);
    await window.press('Deploy');
    await window.page.locator('.quick-input-widget:visible', { hasText: TYPE_THE_NAME }).waitFor();
    await window.screenshot('protected-target');
    await window.page.keyboard.press('Escape');
    assert.equal(await namespaces(), '');

    await window.command('Hybrid Clusters: Apply Deploy');
    await window.told(/Deploy slow\.yaml to sandbox-admin/);
    await window.press('Deploy');
    await window.answer(TYPE_THE_NAME, 'sandbox-admin');
    await window.told(/Apply Deploy → .*1 of 2 ready/s);
    await window.press('Cancel');
    assert.match(await window.told(/cancelled/i), /2 created|created 2/i);
    assert.match(await namespaces(), /^namespace\//);
    await window.screenshot('cancelled');
  } finally {
    await kubectl(sandbox, 'delete', 'namespace', namespace, '--ignore-not-found', '--wait=false');
  }
}

inWindow('a protected target is deployed to only when its name was typed, and a cancelled run says what stands', play, {
  prepare,
  settings: { 'hybridClusters.targets.protected': ['sandbox-admin'] },
});
