/** What controllers keep, as a person meets it: a change that Flux would undo, the Kustomization suspended instead, and a cluster of Cluster API down to a machine's conditions. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { kubectl } from '../kubectl.ts';
import { bind } from './bind.ts';
import { inWindow, type Scene } from './inWindow.ts';
import { withDefinitions } from './withDefinitions.ts';

const namespace = `e2e-controllers-${process.pid}`;
const labels = { app: 'web' };
const flux = 'kustomize.toolkit.fluxcd.io';
const kustomization = {
  apiVersion: `${flux}/v1`,
  kind: 'Kustomization',
  metadata: { name: 'apps', namespace },
  spec: { interval: '10m', path: './apps', prune: true, sourceRef: { kind: 'GitRepository', name: 'fleet' } },
};
const status = {
  observedGeneration: 1,
  lastAppliedRevision: 'main@sha1:0123456789abcdef0123456789abcdef01234567',
  inventory: {
    entries: [
      { id: `${namespace}_web_apps_Deployment`, v: 'v1' },
      { id: `${namespace}_gone__ConfigMap`, v: 'v1' },
    ],
  },
  conditions: [
    {
      type: 'Ready',
      status: 'False',
      reason: 'HealthCheckFailed',
      message: 'gone is gone',
      lastTransitionTime: '2026-01-01T00:00:00Z',
    },
  ],
};
const web = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace, labels: { [`${flux}/name`]: 'apps', [`${flux}/namespace`]: namespace } },
  spec: {
    replicas: 0,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'nginx' }] } },
  },
};

async function withFlux(scene: Scene, play: () => Promise<void>): Promise<void> {
  const { sandbox, folder } = scene;
  const put = async (name: string, object: unknown, ...args: string[]) => {
    const file = join(folder, `${name}.json`);
    await writeFile(file, JSON.stringify(object));
    await kubectl(sandbox, 'apply', '--server-side', '-f', file, ...args);
  };
  await withDefinitions(scene, 'flux', async () => {
    try {
      await kubectl(sandbox, 'create', 'namespace', namespace);
      await put('apps', kustomization);
      const patch = JSON.stringify({ status });
      await kubectl(
        sandbox,
        'patch',
        `kustomization.${flux}`,
        'apps',
        '-n',
        namespace,
        '--subresource=status',
        '--type=merge',
        '-p',
        patch,
      );
      await put('web', web, '--field-manager=kustomize-controller');
      await play();
    } finally {
      await kubectl(sandbox, 'delete', 'namespace', namespace, '--ignore-not-found', '--wait=false');
    }
  });
}

async function undone({ window, sandbox }: Scene): Promise<void> {
  const clusters = await window.view('Clusters');
  const deployments = ['sandbox-admin', namespace, 'Workloads', 'Deployments'] as const;
  await clusters.menu('Scale…', ...deployments, 'web');
  await window.answer(/Scale Deployment .*How many replicas/, '1');
  const asked = await window.dialog(/Scale Deployment/);
  assert.match(asked, /Owned by Kustomization .*\/apps\. Flux will put this back within 10 m\./);
  await window.screenshot('owned-by-flux');
  await window.pressInDialog('Suspend Kustomization');
  assert.match(await window.dialog(/It is suspended/), /Flux will put this back once it is resumed/);
  await window.pressInDialog('Scale: 1');
  await clusters.untilSays(/^\d\/1 /, ...deployments, 'web');
  const suspended = await kubectl(
    sandbox,
    'get',
    `kustomization.${flux}`,
    'apps',
    '-n',
    namespace,
    '-o',
    'jsonpath={.spec.suspend}',
  );
  assert.equal(suspended, 'true');
  await clusters.fold('sandbox-admin', namespace, 'Workloads');

  const kept = ['sandbox-admin', namespace, 'Custom resources', flux, 'Kustomizations', 'apps'] as const;
  await clusters.untilSays(/^Suspended · /, ...kept);
  await clusters.expand(...kept);
  await clusters.untilSays(/^missing/, ...kept, 'ConfigMap gone');
  await clusters.expand(...kept, 'Conditions');
  await window.screenshot('kustomization');
  await clusters.menu('Resume Reconciling of Flux', ...kept);
  await clusters.untilSays(/^(HealthCheckFailed|Reconciling) · /, ...kept);
  await clusters.fold('sandbox-admin', namespace);
}

async function machines({ window }: Scene): Promise<void> {
  const clusters = await window.view('Clusters');
  const custom = ['sandbox-admin', 'clusters', 'Custom resources', 'cluster.x-k8s.io', 'Clusters', 'prod'] as const;
  const set = [...custom, 'MachineDeployment prod-workers', 'prod-workers-7d9c4'] as const;
  await clusters.expand(...set);
  await clusters.expand(...set, 'k8s-prod-worker-3');
  await clusters.expand(...set, 'k8s-prod-worker-3', 'Conditions');
  await clusters.untilSays(/^False · NotReady/, ...set, 'k8s-prod-worker-3', 'Conditions', 'InfrastructureReady');
  await window.screenshot('cluster-api');
  await clusters.menu('Delete', ...custom, 'MachineDeployment prod-workers');
  const asked = await window.page.locator('.quick-input-widget:visible', { hasText: /It deletes 3 machines/ }).innerText();
  assert.match(asked, /2 servers in demo/);
  await window.screenshot('delete-machines');
  await window.page.keyboard.press('Escape');
}

inWindow(
  'who undoes a change is told before it, with its own action; a cluster is seen down to the conditions of its machines',
  (scene) =>
    withFlux(scene, async () => {
      await undone(scene);
      await machines(scene);
    }),
  { prepare: (folder) => bind(folder, namespace) },
);
