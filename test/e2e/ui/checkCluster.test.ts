/** A cluster is checked as a person does it: what its objects name and nobody has stands in a tree, leads to the line, and goes out as SARIF; before an upgrade, manifests of the workspace are told, too. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withClusterFaults } from '../../support/clusterFaults.ts';
import { eventually } from '../../support/eventually.ts';
import { brokenSarif, type SarifLog } from '../../support/sarifSchema.ts';
import { bind } from './bind.ts';
import { inWindow, type Scene } from './inWindow.ts';
import { isGone } from './treeView.ts';

const name = `e2e-check-${process.pid}`;
const network = /^No network with id d0d0d0d0…\.$/;

async function check({ window }: Scene): Promise<void> {
  await window.command('Hybrid Clusters: Check Cluster…');
  await window.page.locator('.quick-input-list .monaco-list-row', { hasText: 'One namespace…' }).waitFor();
  await window.screenshot('check-cluster-scope');
  await window.pick('All objects that rules read');
  const findings = await window.view('Cluster Findings');
  await findings.untilSays(/findings? · \d+ objects of \d+ kinds · as of \d\d:\d\d, project demo/, 'sandbox-admin');
  await findings.find('sandbox-admin', 'Service pinned', network);
  await findings.find('sandbox-admin', `StorageClass ${name}`, /^No volume type named "removed-type"/);
  await findings.find('sandbox-admin', 'OpenStackMachineTemplate workers', /^No image named "ubuntu-removed"/);
  await findings.click('sandbox-admin', 'Service pinned', network);
  await window.editorLine('loadbalancer.openstack.org/network-id: d0d0d0d0');
  // The line is selected, so that the eye need not look for it.
  await window.page.locator('.editor-instance .selected-text').first().waitFor();
  await window.untilQuiet();
  await window.screenshot('check-cluster');
}

async function take({ window, folder }: Scene): Promise<void> {
  const findings = await window.view('Cluster Findings');
  const text = await window.copied(() => findings.menu('Copy Findings', 'sandbox-admin', 'Service pinned', network));
  assert.match(
    text,
    new RegExp(
      `^sandbox-admin/${name}/v1/Service/pinned metadata\\.annotations\\[.*network-id\\]: reference\\.missing: No network`,
    ),
  );
  const file = join(folder, 'found.sarif');
  await findings.menu('Export Findings as SARIF…', 'sandbox-admin', 'Service pinned', network);
  // The dialog looks at the folder first, and then says which file it means.
  const named = window.page.locator('.quick-input-widget:visible .quick-input-box input');
  await eventually('the dialog names a file', async () => /sandbox-admin\.sarif$/.test(await named.inputValue()));
  await window.page.locator('.quick-input-list .monaco-list-row').first().waitFor();
  const ok = window.page.locator('.quick-input-widget:visible .monaco-button', { hasText: 'OK' });
  await eventually('the dialog takes the file', async () => {
    if (await isGone(ok)) return true;
    // It may have been told while it still looked at the folder, and hears of a name only when that changes.
    await named.fill('');
    await window.answer(/Export Findings as SARIF/, file);
    if (await isGone(ok)) return true;
    await ok.click({ timeout: 1500 }).catch(() => undefined);
    return isGone(ok);
  });
  const written = () => readFile(file, 'utf8').catch(() => '');
  await eventually('the report is written', async () => (await written()).endsWith('}\n'));
  const log = JSON.parse(await written()) as SarifLog;
  assert.deepEqual(brokenSarif(log), []);
  const places = log.runs[0].results.map(({ locations }) => locations[0].logicalLocations?.[0]?.fullyQualifiedName);
  assert.ok(places.includes(`sandbox-admin/storage.k8s.io/v1/StorageClass/${name}/parameters.type`), places.join());
}

async function upgrade({ window }: Scene): Promise<void> {
  await window.command('Hybrid Clusters: Check Before Upgrade…');
  await window.pick('Kubernetes 1.37');
  const findings = await window.view('Cluster Findings');
  const root = 'sandbox-admin · before Kubernetes 1.37';
  await findings.untilSays(/^\d+ findings/, root);
  await findings.find(root, 'budget.yaml', /^policy\/v1beta1 PodDisruptionBudget: Kubernetes 1\.25 does not serve that any more/);
  await window.untilQuiet();
  await window.screenshot('check-before-upgrade');
  await findings.click(root, 'budget.yaml', /^policy\/v1beta1/);
  await window.editorLine('policy/v1beta1');
  await window.command('Hybrid Clusters: Clear Cluster Findings');
  await window.page.locator('.pane-header', { hasText: 'Cluster Findings' }).waitFor({ state: 'detached' });
}

inWindow(
  'a cluster is checked: findings by object, their lines, SARIF, and what an upgrade takes away',
  (scene) =>
    withClusterFaults(scene.sandbox, name, async () => {
      await check(scene);
      await take(scene);
      await upgrade(scene);
    }),
  {
    prepare: async (folder) => {
      await bind(folder);
      const budget = 'apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: web}\n';
      await writeFile(join(folder, 'budget.yaml'), budget);
    },
    settings: { 'files.simpleDialog.enable': true },
  },
);
