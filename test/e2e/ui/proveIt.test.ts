/** Prove It: a pod of what was just deployed is deleted after a question, and the seconds until it is whole again are told; a protected context refuses. */
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { kubectl } from '../kubectl.ts';
import { findSandbox } from '../sandboxEnvironment.ts';
import { bind } from './bind.ts';
import { deployFile } from './deployed.ts';
import { inWindow, type Scene } from './inWindow.ts';
import { twoContexts, writeSecondContext } from './secondContext.ts';

const namespace = `e2e-prove-${process.pid}`;
const sandbox = findSandbox() ?? assert.fail('no sandbox is up');
/** A name that is protected as the setting comes. */
const production = 'sandbox-prod';
const web = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: "nginx:1.29"}]
`;

async function prepare(folder: string): Promise<void> {
  await mkdir(join(folder, 'app'));
  await writeFile(join(folder, 'app/web.yaml'), web);
  await bind(folder, namespace);
  await writeSecondContext(sandbox, folder, production);
}

const pods = async () =>
  (await kubectl(sandbox, 'get', 'pods', '-n', namespace, '-l', 'app=web', '-o', 'name')).trim().split('\n').sort();

async function play({ window }: Scene): Promise<void> {
  await kubectl(sandbox, 'create', 'namespace', namespace);
  try {
    await window.view('Deployments');
    await deployFile(window, 'app/web.yaml', 'web.yaml');
    const before = await pods();
    assert.equal(before.length, 2);

    await window.press('Prove It');
    const asked = await window.dialog(/Prove that Deployment \S+\/web heals/);
    assert.match(asked, /Pod web-\S+, one of 2 of Deployment web, is deleted on sandbox-admin/s);
    await window.screenshot('prove-it-question');
    await window.pressInDialog('Cancel');
    assert.deepEqual(await pods(), before);

    const clusters = await window.view('Clusters');
    const path = ['sandbox-admin', namespace, 'Workloads', 'Deployments', 'web'] as const;
    await clusters.menu('Prove It', ...path);
    await window.dialog(/Prove that/);
    await window.pressInDialog('Delete the Pod');
    const told = await window.told(/whole again/);
    assert.match(told, /Deployment web on sandbox-admin was whole again [\d.]+ m?s after Pod web-\S+ was deleted/);
    await window.screenshot('prove-it-whole');
    const after = await pods();
    assert.equal(after.filter((pod) => before.includes(pod)).length, 1);
    await window.press('Report');
    await window.editorLine('takes its place');
    await window.editorLine('is whole: 2 of 2 ready');
    await window.screenshot('prove-it-report');

    await clusters.fold('sandbox-admin');
    await clusters.menu('Prove It', production, ...path.slice(1));
    assert.match(await window.told(/Context sandbox-prod is protected/), /Nothing was deleted/);
    await window.screenshot('prove-it-protected');
    assert.deepEqual(await pods(), after);
  } finally {
    await kubectl(sandbox, 'delete', 'namespace', namespace, '--ignore-not-found', '--wait=false');
  }
}

inWindow(
  'a workload proves that it heals: one pod deleted after a question, the seconds told, a protected context refuses',
  play,
  {
    prepare,
    env: (folder) => twoContexts(sandbox, folder),
  },
);
