/** A node is drained as its keeper does it: what would go is told first, a budget that holds a pod is named, a cancel leaves the node cordoned and says so, and the kubeconfig is as it was. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { eventually } from '../../support/eventually.ts';
import { kubectl } from '../kubectl.ts';
import { bind } from './bind.ts';
import { inWindow, type Scene } from './inWindow.ts';
import { deploymentOf, withNamespace } from './withNamespace.ts';

/** Of the Node, too. */
const name = `e2e-drain-${process.pid}`;
const taint = { key: 'e2e/drain', value: name, effect: 'NoSchedule' };
const labels = { 'kubernetes.io/hostname': name };
// Nothing else of the sandbox comes here.
const room = { cpu: '4', memory: '8Gi', pods: '110' };
const node = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels },
  spec: { taints: [taint] },
  status: { capacity: room, allocatable: room },
};
const web = deploymentOf(
  'web',
  { replicas: 2 },
  { nodeSelector: labels, tolerations: [taint], terminationGracePeriodSeconds: 0 },
);
const budget = {
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'keep-web' },
  spec: { minAvailable: 2, selector: { matchLabels: { app: 'web' } } },
};
const row = ['sandbox-admin', 'Cluster', 'Nodes', name] as const;

const hashOf = async (file: string) =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex');

async function drain({ window, sandbox }: Scene): Promise<void> {
  const podsThere = async () => {
    const names = await kubectl(sandbox, 'get', 'pods', '-n', name, `--field-selector=spec.nodeName=${name}`, '-o', 'name');
    return names.split('\n').filter(Boolean).length;
  };
  const isCordoned = async () => (await kubectl(sandbox, 'get', 'node', name, '-o', 'jsonpath={.spec.unschedulable}')) === 'true';
  await kubectl(sandbox, 'rollout', 'status', 'deployment/web', '-n', name, '--timeout=60s');
  await eventually('the budget counts the pods', async () => {
    const path = 'jsonpath={.status.currentHealthy}';
    return (await kubectl(sandbox, 'get', 'pdb', 'keep-web', '-n', name, '-o', path)) === '2';
  });

  const clusters = await window.view('Clusters');
  await clusters.untilSays(/^Ready · /, ...row);
  await clusters.menu('Drain', ...row);
  const question = await window.dialog(new RegExp(`Drain Node ${name}\\?`));
  assert.match(question, /2 pods are evicted\.[\s\S]*sandbox-admin, as /);
  await window.screenshot('drain-question');
  await window.pressInDialog('Drain');
  await window.told(/Draining Node .*0 of 2 gone · .*\/web-.*disruption budget keep-web needs 2 healthy pods and has 2/);
  await clusters.untilSays(/SchedulingDisabled/, ...row);
  await window.screenshot('drain-waits');
  await window.press('Cancel');
  await window.told(new RegExp(`Node ${name} is not drained whole and stays cordoned\\. Uncordon it`));
  assert.deepEqual([await isCordoned(), await podsThere()], [true, 2]);
  await window.screenshot('drain-cancelled');
  await window.press('Uncordon');
  await clusters.untilSays(/^Ready · /, ...row);

  await clusters.menu('Drain', ...row);
  await window.pressInDialog('Drain');
  await window.told(/disruption budget keep-web/);
  await kubectl(sandbox, 'patch', 'pdb', 'keep-web', '-n', name, '--type=merge', '-p', '{"spec":{"minAvailable":0}}');
  await window.page.locator('.statusbar-item', { hasText: `Drain · Node ${name}` }).waitFor();
  assert.deepEqual([await isCordoned(), await podsThere()], [true, 0]);
  await window.untilQuiet();

  await clusters.menu('Uncordon Node', ...row);
  await clusters.untilSays(/^Ready · /, ...row);
  assert.equal(await isCordoned(), false);
}

inWindow(
  'a node is drained: the budget that holds a pod is named, a cancel leaves it cordoned, and it goes on when the budget lets it',
  async (scene) => {
    const { kubeconfig } = scene.sandbox.kubernetes;
    const before = await hashOf(kubeconfig);
    try {
      await withNamespace(scene, name, [node, web, budget], () => drain(scene));
    } finally {
      await kubectl(scene.sandbox, 'delete', 'node', name, '--ignore-not-found', '--wait=false');
    }
    assert.equal(await hashOf(kubeconfig), before, 'the kubeconfig is as it was');
  },
  { prepare: bind },
);
