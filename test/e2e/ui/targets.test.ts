/** One deploy to three places over two contexts: seen as a matrix, the canary first; it fails and the others are left alone; corrected, all three are up. */
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { kubectl } from '../kubectl.ts';
import { findSandbox } from '../sandboxEnvironment.ts';
import { bind } from './bind.ts';
import { webApplication } from './deployed.ts';
import { inWindow, type Scene } from './inWindow.ts';
import { twoContexts, writeSecondContext } from './secondContext.ts';

const edges = [1, 2, 3].map((edge) => `e2e-edge-${edge}-${process.pid}`);
const sandbox = findSandbox() ?? assert.fail('no sandbox is up');

const targets = `paths: [app]
targets:
  - {name: canary, context: sandbox-admin, namespace: ${edges[0]}}
  - {name: north, context: sandbox-admin, namespace: ${edges[1]}}
  - {name: south, context: sandbox-south, namespace: ${edges[2]}, patches: [south.yaml]}
`;
const south = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec: {replicas: 2}
`;

async function prepare(folder: string): Promise<void> {
  const fleet = join(folder, 'fleet');
  await mkdir(join(fleet, 'app'), { recursive: true });
  await writeFile(join(fleet, 'app/web.yaml'), webApplication('nginx:9.99'));
  await writeFile(join(fleet, 'targets.yaml'), targets);
  await writeFile(join(fleet, 'south.yaml'), south);
  await bind(folder, edges[0]);
  await writeSecondContext(sandbox, folder, 'sandbox-south');
}

/** The table of the matrix, a text for each row. */
const cells = async (table: Locator) =>
  (await table.locator('tr').allInnerTexts()).map((row) => row.replaceAll(/\s+/g, ' ').trim());

async function play({ window, folder }: Scene): Promise<void> {
  const images = async () => {
    const all = edges.map((namespace) =>
      kubectl(sandbox, 'get', 'deployment', '-n', namespace, '-o', 'jsonpath={.items[*].spec.template.spec.containers[0].image}'),
    );
    return (await Promise.all(all)).join(' | ');
  };
  for (const namespace of edges) await kubectl(sandbox, 'create', 'namespace', namespace);
  try {
    const deployments = await window.view('Deployments');
    await window.openFile('fleet/targets.yaml');
    await window.page.locator('.editor-actions .action-label[aria-label^="Apply Deploy"]').click();
    assert.match(await window.told(/Deploy .*targets\.yaml/), /3 targets in 2 waves\? 2 to create on each/);
    await deployments.find(/targets\.yaml → 3 targets in 2 waves/, /south/);
    await window.screenshot('targets-plan');
    await window.press('Show Matrix');
    const matrix = window.shownPage.locator('table');
    await matrix.getByRole('cell', { name: 'Deployment web' }).waitFor();
    assert.deepEqual(await cells(matrix), [
      'Object canary north south',
      'ConfigMap settings create create create',
      'Deployment web create create create',
    ]);
    await window.screenshot('targets-matrix');
    assert.equal(await images(), ' |  | ');

    await window.press('Deploy');
    assert.match(await window.told(/is up on 0 of 3/), /canary: web is not up: .*nginx:9\.99.*2 not started/);
    await window.screenshot('targets-canary-failed');
    assert.equal(await images(), 'nginx:9.99 |  | ');
    await matrix.getByRole('cell', { name: /failed/ }).waitFor();
    assert.deepEqual(await cells(matrix), [
      'Object canary north south',
      'ConfigMap settings ready not started not started',
      'Deployment web failed: image nginx:9.99 not found not started not started',
    ]);
    await window.press('Open');
    await window.editorLine('nginx:9.99');
    await writeFile(join(folder, 'fleet/app/web.yaml'), webApplication('nginx:1.29'));
    await window.editorLine('nginx:1.29');
    await window.page.locator('.tab', { hasText: 'Preview targets.yaml.md' }).click();

    // The matrix is in front: the same is meant once more.
    await window.command('Hybrid Clusters: Apply Deploy');
    await window.told(/Deploy .*targets\.yaml/);
    await matrix.getByRole('cell', { name: 'configure: image nginx:9.99 → nginx:1.29' }).waitFor();
    await window.screenshot('targets-again');
    await window.press('Deploy');
    assert.match(await window.told(/is up on all 3/), /targets\.yaml is up on all 3 targets in [\d.]+ s/);
    await matrix.getByRole('cell', { name: 'ready' }).nth(5).waitFor();
    await window.screenshot('targets-all-up');
    assert.equal(await images(), 'nginx:1.29 | nginx:1.29 | nginx:1.29');
  } finally {
    await kubectl(sandbox, 'delete', 'namespace', ...edges, '--ignore-not-found', '--wait=false');
  }
}

inWindow(
  'a deploy over three targets goes to its canary first, stops where that fails, and reaches all when it is corrected',
  play,
  {
    prepare,
    env: (folder) => twoContexts(sandbox, folder),
  },
);
