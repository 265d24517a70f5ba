/** Contexts as they are arranged, borrowed and brought in, and the Helm releases below one; the kubeconfig changes only where its difference was shown. */
import assert from 'node:assert/strict';
import { copyFile, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { helmStored, webRelease } from '../../support/helmStore.ts';
import { findSandbox, windowEnvironment } from '../sandboxEnvironment.ts';
import { bind } from './bind.ts';
import { inWindow, type Scene } from './inWindow.ts';
import { withNamespace } from './withNamespace.ts';

const namespace = `e2e-contexts-${process.pid}`;
const { kubernetes } = findSandbox() ?? assert.fail('no sandbox is up');
const kubeconfigOf = (folder: string) => join(dirname(folder), 'kubeconfig');
const context = 'sandbox-admin';
const capi = { apiGroup: 'infrastructure.cluster.x-k8s.io', kind: 'OpenStackCluster', name: 'dev' };

/** A Cluster of Cluster API whose workload cluster is this very one. */
async function itemsOf(): Promise<readonly object[]> {
  const config = await readFile(kubernetes.kubeconfig, 'utf8');
  return [
    ...webRelease.map((release) => helmStored({ ...release, namespace })),
    {
      apiVersion: 'cluster.x-k8s.io/v1beta2',
      kind: 'Cluster',
      metadata: { name: 'dev' },
      spec: { infrastructureRef: capi },
    },
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'dev-kubeconfig' }, stringData: { value: config } },
  ];
}

async function chooseNamespaces({ window }: Scene): Promise<void> {
  const clusters = await window.view('Clusters');
  const input = window.page.locator('.quick-input-widget .quick-input-box input').first();
  await clusters.find(context, namespace);
  await clusters.menu('Choose Namespaces', context);
  for (const name of [namespace, 'kube-public']) {
    await window.page.locator('.quick-input-list .monaco-list-row').first().waitFor();
    await input.fill(name);
    await window.pick(name);
  }
  await window.page.keyboard.press('Enter');
  await clusters.find(context, 'Showing 2 namespaces only');
  const shown = (await clusters.expand(context)).map(({ label }) => label);
  assert.deepEqual(shown, ['Showing 2 namespaces only', namespace, 'kube-public', 'Cluster']);
}

async function readRelease({ window }: Scene): Promise<void> {
  const clusters = await window.view('Clusters');
  const web = [context, namespace, 'Helm releases', 'web'] as const;
  await clusters.untilSays(/^deployed · nginx 1\.2\.3 · app 1\.27 · revision 2$/, ...web);
  await clusters.click(...web, 'Values');
  await window.editorLine('adminPassword: "***"');
  await clusters.click(...web, 'Notes');
  await window.editorLine('Log in with ***.');
  await clusters.click(...web, 'Manifest');
  await window.editorLine('kind: Deployment');
  const history = await clusters.expand(...web, 'History');
  assert.deepEqual(
    history.map(({ label, description }) => `${label}: ${description}`),
    ['Revision 2: deployed', 'Revision 1: superseded'],
  );
  await window.screenshot('helm-release');
  await clusters.menu('Compare with Previous Revision', ...web);
  await window.page.locator('.tab.active', { hasText: 'web: revision 1 ↔ 2' }).waitFor();
  await window.page.locator('.editor.modified .view-line', { hasText: 'kind: Deployment' }).first().waitFor();
  await window.screenshot('helm-compared');
  assert.doesNotMatch(await window.page.locator('.editor-instance').first().innerText(), /canary/);
  await clusters.fold(...web);
}

async function actAs({ window }: Scene): Promise<void> {
  const clusters = await window.view('Clusters');
  const user = `system:serviceaccount:${namespace}:default`;
  await clusters.menu('Act as…', context);
  await window.answer(/act as which user/, user);
  await window.answer(/In which groups\?/, '');
  await clusters.untilSays(new RegExp(`^acting as ${user}`), context);
  await clusters.click(context, 'Showing 2 namespaces only');
  await clusters.click(context, 'Name a namespace…');
  await window.answer(/Which namespace of sandbox-admin\?/, namespace);
  await clusters.expand(context, namespace, 'Config', 'Secrets');
  await clusters.find(context, namespace, 'Config', 'Secrets', /may not|forbidden|not allowed/i);
  await window.screenshot('acting-as');
  await clusters.menu('Act as…', context);
  await window.answer(/act as which user/, '');
  await clusters.find(context, namespace, 'Config', 'Secrets', 'dev-kubeconfig');
  await clusters.fold(context, namespace, 'Config');
}

async function borrow({ window }: Scene): Promise<void> {
  const clusters = await window.view('Clusters');
  const lent = `${namespace}/dev@${context}`;
  await clusters.menu('Open as Context', context, namespace, 'Custom resources', 'cluster.x-k8s.io', 'Clusters', 'dev');
  await clusters.fold(context);
  await clusters.expand(lent);
  await clusters.untilSays(/this window only/, lent);
  await window.screenshot('borrowed-context');
  await clusters.menu('Close Context', lent);
  await clusters.untilGone(lent);
}

async function bringIn({ window, folder }: Scene): Promise<void> {
  const bob = await readFile(kubernetes.kubeconfigs.bob, 'utf8');
  const key = /client-key-data: "?([\w+/=]+)/.exec(bob)?.[1] ?? assert.fail('bob has a key');
  const file = kubeconfigOf(folder);
  await window.page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(bob)})`);
  await window.command('Hybrid Clusters: Import Kubeconfig from Clipboard');
  await window.pick(file);
  await window.told(/This would be the change of .*kubeconfig\. Nothing is written yet\./);
  await window.page.locator('.tab.active', { hasText: 'kubeconfig: context sandbox-bob' }).waitFor();
  await window.page.locator('.editor.modified .view-line', { hasText: 'name: sandbox-bob' }).first().waitFor();
  await window.screenshot('import-kubeconfig');
  assert.ok(!(await window.page.locator('body').innerText()).includes(key.slice(0, 24)), 'the key is masked');
  assert.doesNotMatch(await readFile(file, 'utf8'), /sandbox-bob/);
  await window.press('Save…');
  await window.dialog(/Add context sandbox-bob to .*kubeconfig\?/);
  await window.pressInDialog('Save');

  const clusters = await window.view('Clusters');
  await clusters.find('sandbox-bob');
  assert.match(await readFile(file, 'utf8'), /sandbox-bob/);
  await clusters.menu('Pin', 'sandbox-bob');
  await clusters.untilSays(/pinned/, 'sandbox-bob');
  assert.equal((await clusters.rows())[0]?.label, 'sandbox-bob');
  await window.screenshot('pinned-context');
  await clusters.menu('Hide', 'sandbox-bob');
  await clusters.find('1 hidden');
  await clusters.click('1 hidden');
  await window.pick('sandbox-bob');
  await window.page.keyboard.press('Enter');
  await clusters.untilGone('1 hidden');
  await clusters.find('sandbox-bob');
}

inWindow(
  'contexts are narrowed to namespaces, borrowed, acted in as another, imported, pinned and hidden; a Helm release is read',
  async (scene) =>
    withNamespace(scene, namespace, await itemsOf(), async () => {
      await chooseNamespaces(scene);
      await readRelease(scene);
      await actAs(scene);
      await borrow(scene);
      const [now, before] = [await readFile(kubeconfigOf(scene.folder)), await readFile(kubernetes.kubeconfig)];
      assert.deepEqual(now, before, 'nothing was written so far');
      await bringIn(scene);
    }),
  {
    prepare: async (folder) => {
      await copyFile(kubernetes.kubeconfig, kubeconfigOf(folder));
      await bind(folder);
    },
    env: (folder) => ({ ...windowEnvironment(findSandbox() ?? assert.fail()), KUBECONFIG: kubeconfigOf(folder) }),
  },
);
