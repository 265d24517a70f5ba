/** The extension host is killed while a deploy over three targets is in its second wave: the next window carries on, and each target gets just what it lacks. */
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AuditLog } from '../auditLog.ts';
import { kubectl } from '../kubectl.ts';
import { findSandbox } from '../sandboxEnvironment.ts';
import { bind } from './bind.ts';
import { inWindow, type Scene } from './inWindow.ts';
import { twoContexts, writeSecondContext } from './secondContext.ts';

const sites = ['canary', 'north', 'south'].map((name) => `e2e-left-${name}-${process.pid}`);
const [canary, north, south] = sites;
const sandbox = findSandbox() ?? assert.fail('no sandbox is up');

const targets = `paths: [app]
targets:
  - {name: canary, context: sandbox-admin, namespace: ${canary}}
  - {name: north, context: sandbox-admin, namespace: ${north}, patches: [north.yaml]}
  - {name: south, context: sandbox-south, namespace: ${south}, patches: [south.yaml]}
`;
const deployment = (name: string) => `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}}
spec:
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      containers: [{name: ${name}, image: "nginx:1.29"}]
`;
const app = `${deployment('database')}---
${deployment('web')}---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
`;
/** Behind the canary the database is called ready half a minute after its pod, and waited for: time enough to be killed. */
const slow = (namespace = '') => `apiVersion: apps/v1
kind: Deployment
metadata: {name: database}
spec: {minReadySeconds: 30}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  annotations: {config.kubernetes.io/depends-on: apps/namespaces/${namespace}/Deployment/database}
`;
const objects = ['deployments/database', 'services/web', 'deployments/web'];

async function prepare(folder: string): Promise<void> {
  const fleet = join(folder, 'fleet');
  await mkdir(join(fleet, 'app'), { recursive: true });
  const files = { 'app/app.yaml': app, 'targets.yaml': targets, 'north.yaml': slow(north), 'south.yaml': slow(south) };
  for (const [name, text] of Object.entries(files)) await writeFile(join(fleet, name), text);
  await bind(folder, canary);
  await writeSecondContext(sandbox, folder, 'sandbox-south');
}

async function play({ window }: Scene): Promise<void> {
  const audit = new AuditLog(sandbox.kubernetes.auditLog);
  await audit.skip();
  const written = () => Promise.all(sites.map((namespace) => audit.written(namespace, objects)));
  for (const namespace of sites) await kubectl(sandbox, 'create', 'namespace', namespace);
  try {
    const deployments = await window.view('Deployments');
    await window.openFile('fleet/targets.yaml');
    await window.command('Hybrid Clusters: Apply Deploy');
    await window.told(/Deploy targets\.yaml to 3 targets in 2 waves/);
    await window.press('Deploy');
    await window.view('Deployments');
    for (const site of ['north', 'south'])
      await deployments.untilSays(/waiting · 1 of 1 ready, 0 for 30 s yet/, new RegExp(`^${site} → `), 'Deployment database');
    await window.screenshot('resume-targets-before');
    await window.killExtensionHost();
    await window.reload();
    assert.deepEqual(await written(), [
      [1, 1, 1],
      [1, 1, 0],
      [1, 1, 0],
    ]);

    assert.match(await window.told(/did not end/), /The deploy of .*targets\.yaml\S* to .* did not end: 1 of 3 objects left/);
    await window.screenshot('resume-targets-offered');
    await window.press('Resume');
    assert.match(await window.told(/Deploy targets\.yaml/), /3 unchanged on canary; 1 to create, 2 unchanged on north and south/);
    await window.view('Deployments');
    await window.screenshot('resume-targets-plan');
    await window.press('Deploy');
    await window.told(/targets\.yaml is up on all 3 targets/);
    await window.screenshot('resume-targets-done');
    assert.deepEqual(await written(), [
      [1, 1, 1],
      [1, 1, 1],
      [1, 1, 1],
    ]);

    await window.command('Hybrid Clusters: Resume Deploy');
    await window.told(/There is no deploy to carry on/);
  } finally {
    await kubectl(sandbox, 'delete', 'namespace', ...sites, '--ignore-not-found', '--wait=false');
  }
}

inWindow(
  'the extension host is killed in the midst of a deploy over three targets: the next window gives each what it lacks',
  play,
  {
    prepare,
    env: (folder) => twoContexts(sandbox, folder),
  },
);
