/** The extension host is killed while a deploy waits: the window that is opened again offers to carry on, and what was left is sent once; on a protected target only when its name is typed again. */
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AuditLog } from '../auditLog.ts';
import { kubectl } from '../kubectl.ts';
import { bind } from './bind.ts';
import { inWindow, type Scene } from './inWindow.ts';
import type { Workbench } from './workbench.ts';

/** The database is called ready 20 s after its pod: time enough to be killed. */
const app = (namespace: string) => `apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {LEVEL: info}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: database}
spec:
  minReadySeconds: 20
  selector: {matchLabels: {app: database}}
  template:
    metadata: {labels: {app: database}}
    spec:
      containers: [{name: database, image: "nginx:1.29"}]
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  annotations: {config.kubernetes.io/depends-on: apps/namespaces/${namespace}/Deployment/database}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: nginx:1.29
          envFrom: [{configMapRef: {name: settings}}]
`;
const objects = ['configmaps/settings', 'deployments/database', 'deployments/web'];

const prepare = (namespace: string) => async (folder: string) => {
  await mkdir(join(folder, 'app'));
  await writeFile(join(folder, 'app/app.yaml'), app(namespace));
  await bind(folder, namespace);
};

/** Plays in a namespace. `written` tells how often each object was written until then, not counting dry runs. */
async function inNamespace(
  { sandbox }: Scene,
  namespace: string,
  play: (written: () => Promise<readonly number[]>) => Promise<void>,
): Promise<void> {
  const audit = new AuditLog(sandbox.kubernetes.auditLog);
  await audit.skip();
  await kubectl(sandbox, 'create', 'namespace', namespace);
  try {
    await play(() => audit.written(namespace, objects));
  } finally {
    await kubectl(sandbox, 'delete', 'namespace', namespace, '--ignore-not-found', '--wait=false');
  }
}

/** Deploys, and is killed while the database is waited for; resolves to what the next window says. */
async function killedInTheMidst(window: Workbench, yes: () => Promise<void>): Promise<string> {
  const deployments = await window.view('Deployments');
  await window.explorerMenu('app', 'Apply Deploy');
  await window.told(/Deploy app to sandbox-admin/);
  await window.press('Deploy');
  await yes();
  await window.view('Deployments');
  await deployments.untilSays(/waiting · 1 of 1 ready, 0 for 20 s yet/, /^app → /, 'Deployment database');
  await window.screenshot('resume-before');
  await window.killExtensionHost();
  await window.reload();
  return window.told(/did not end/);
}

const own = `e2e-resume-${process.pid}`;

async function play(scene: Scene): Promise<void> {
  const { window } = scene;
  await inNamespace(scene, own, async (written) => {
    const told = await killedInTheMidst(window, async () => {});
    assert.deepEqual(await written(), [1, 1, 0]);
    assert.match(told, /The deploy of app to sandbox-admin\/\S+ of .* did not end: 1 of 3 objects left/);
    await window.screenshot('resume-offered');
    await window.press('Inspect');
    await window.editorLine('not sent');
    await window.told(/did not end/);
    await window.screenshot('resume-inspect');
    await window.press('Resume');
    assert.match(await window.told(/is up on sandbox-admin/), /1 created, 2 unchanged/);
    await (await window.view('Deployments')).find(/^app → /, 'Deployment web');
    await window.screenshot('resume-done');
    assert.deepEqual(await written(), [1, 1, 1]);
  });
}

const guarded = `e2e-resume-guarded-${process.pid}`;
const TYPE_THE_NAME = /sandbox-admin is protected/;

async function playProtected(scene: Scene): Promise<void> {
  const { window } = scene;
  const question = window.page.locator('.quick-input-widget:visible', { hasText: TYPE_THE_NAME });
  await inNamespace(scene, guarded, async (written) => {
    await killedInTheMidst(window, () => window.answer(TYPE_THE_NAME, 'sandbox-admin'));
    await window.press('Resume');
    await window.told(/Deploy app to sandbox-admin\/\S+\? 1 to create, 2 unchanged/);
    await window.press('Deploy');
    await question.waitFor();
    await window.screenshot('resume-protected');
    await window.page.keyboard.press('Escape');
    await question.waitFor({ state: 'hidden' });
    assert.deepEqual(await written(), [1, 1, 0]);

    await window.command('Hybrid Clusters: Resume Deploy');
    await window.told(/did not end/);
    await window.press('Resume');
    await window.told(/Deploy app to sandbox-admin/);
    await window.press('Deploy');
    await window.answer(TYPE_THE_NAME, 'sandbox-admin');
    assert.match(await window.told(/is up on sandbox-admin/), /1 created, 2 unchanged/);
    assert.deepEqual(await written(), [1, 1, 1]);
  });
}

inWindow(
  'the extension host is killed in the midst of a deploy: the next window carries on, and sends what was left once',
  play,
  { prepare: prepare(own) },
);

inWindow('what is left of a killed deploy to a protected target goes out only when its name was typed again', playProtected, {
  prepare: prepare(guarded),
  settings: { 'hybridClusters.targets.protected': ['sandbox-admin'] },
});
