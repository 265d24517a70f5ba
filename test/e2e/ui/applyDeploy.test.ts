/** Apply Deploy as a person sees it: plan, yes, progress, summary; once more and nothing is written; a mistake is told at its line. */
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AuditLog } from '../auditLog.ts';
import { kubectl } from '../kubectl.ts';
import { bind } from './bind.ts';
import { inWindow, type Scene } from './inWindow.ts';

const namespace = `e2e-${process.pid}`;
const app = (image: string) => `apiVersion: v1
kind: Namespace
metadata: {name: ${namespace}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: ${namespace}}
data: {LEVEL: info}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: ${namespace}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: ${image}
          envFrom: [{configMapRef: {name: settings}}]
`;

async function prepare(folder: string): Promise<void> {
  await mkdir(join(folder, 'app'));
  await writeFile(join(folder, 'app/web.yaml'), app('nginx:1.29'));
  await bind(folder, namespace);
}

async function play({ window, folder, sandbox }: Scene): Promise<void> {
  const audit = new AuditLog(sandbox.kubernetes.auditLog);
  try {
    const deployments = await window.view('Deployments');
    await window.openFile('app/web.yaml');
    // The tab is on the screen a moment before the extension knows of it; its code lens comes after that.
    await window.page.locator('.codelens-decoration', { hasText: 'Apply Deploy' }).first().waitFor();
    await window.command('Hybrid Clusters: Apply Deploy');
    await deployments.find(/./);
    await window.screenshot('apply-deploy-plan');
    await window.press('Deploy');
    await window.screenshot('apply-deploy-running');
    assert.match(await window.told(/is up on sandbox-admin/), /3 created.*ready in [\d.]+ s/);
    await window.screenshot('apply-deploy-done');
    const ready = await kubectl(sandbox, 'get', 'deployment', 'web', '-n', namespace, '-o', 'jsonpath={.status.readyReplicas}');
    assert.equal(ready, '2');

    await audit.skip();
    await window.command('Hybrid Clusters: Apply Deploy');
    await window.page.locator('.statusbar-item', { hasText: /Verified 3 objects on sandbox-admin/ }).waitFor();
    const asked = (await audit.read()).filter((line) => line.isOurs && line.uri.includes(namespace));
    assert.ok(asked.length > 0);
    // what the server notes to be as it was applied needs not even a dry run
    assert.deepEqual(
      asked.filter((line) => line.writes),
      [],
    );

    await writeFile(join(folder, 'app/web.yaml'), app('nginx:9.99'));
    await window.editorLine('nginx:9.99');
    await window.command('Hybrid Clusters: Apply Deploy');
    assert.match(await window.told(/is not up/), /nginx:9\.99.*web\.yaml:21/);
    await window.screenshot('apply-deploy-failed');
  } finally {
    await kubectl(sandbox, 'delete', 'namespace', namespace, '--ignore-not-found', '--wait=false');
  }
}

inWindow('Apply Deploy brings an application up, verifies it, and tells what is wrong with it', play, { prepare });
