/** What is done to workloads in the course of a day: scaled, given another image and rolled back, restarted; jobs held and run; a pod looked into; and deleted where that wants its name. */
import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '../../support/eventually.ts';
import { kubectl } from '../kubectl.ts';
import { bind } from './bind.ts';
import { inWindow, type Scene } from './inWindow.ts';
import { Palette } from './palette.ts';
import { deploymentOf, withNamespace } from './withNamespace.ts';

const namespace = `e2e-work-${process.pid}`;
const job = { restartPolicy: 'Never', containers: [{ name: 'main', image: 'busybox:1.37' }] };
const nightly = {
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name: 'nightly' },
  spec: { schedule: '0 3 * * *', jobTemplate: { spec: { template: { spec: job } } } },
};
const workloads = ['sandbox-admin', namespace, 'Workloads'] as const;
const web = [...workloads, 'Deployments', 'web'] as const;
const cron = [...workloads, 'CronJobs', 'nightly'] as const;
const named = `Deployment ${namespace}/web`;

const deployed = ({ sandbox }: Scene, path: string) =>
  kubectl(sandbox, 'get', 'deployment', 'web', '-n', namespace, '-o', `jsonpath={${path}}`);
const image = '.spec.template.spec.containers[0].image';

async function rollOut(scene: Scene): Promise<void> {
  const { window } = scene;
  const done = (what: string) => window.page.locator('.statusbar-item', { hasText: `${what} · ${named}` }).waitFor();
  const clusters = await window.view('Clusters');
  await clusters.untilSays(/^1\/1/, ...web);
  await clusters.menu('Scale…', ...web);
  await window.answer(/How many replicas\?/, '2');
  assert.match(await window.dialog(new RegExp(`Scale ${named}\\?`)), /sandbox-admin, as admin/);
  await window.screenshot('scale-question');
  await window.pressInDialog('Scale: 2');
  await clusters.untilSays(/^2\/2/, ...web);

  await clusters.menu('Set Image…', ...web);
  await window.answer(/Which image\?/, 'nginx:1.28');
  await window.pressInDialog('Set Image');
  await done('Set Image');
  assert.equal(await deployed(scene, image), 'nginx:1.28');

  await clusters.menu('Roll Back…', ...web);
  await window.page.locator('.quick-input-list .monaco-list-row', { hasText: /Revision 1\s*nginx:1\.29/ }).waitFor();
  await window.pick('Revision 1');
  await window.dialog(new RegExp(`Roll Back ${named}\\?`));
  await window.page.locator('.tab.active', { hasText: /live ↔ revision 1/ }).waitFor();
  await window.page.locator('.editor.modified .view-line', { hasText: 'nginx:1.29' }).waitFor();
  await window.screenshot('roll-back-difference');
  await window.pressInDialog('Roll Back: revision 1');
  await done('Roll Back');
  assert.equal(await deployed(scene, image), 'nginx:1.29');

  await clusters.menu('Restart Workload', ...web);
  await window.pressInDialog('Restart');
  await done('Restart');
  assert.match(
    await deployed(scene, String.raw`.spec.template.metadata.annotations.kubectl\.kubernetes\.io/restartedAt`),
    /^\d{4}-/,
  );

  await window.command('Hybrid Clusters: Show Activity');
  await window.page.locator('.tab.active', { hasText: 'Activity' }).waitFor();
  await window.page
    .locator('.view-line', { hasText: /patch.deployments.web/ })
    .nth(3)
    .waitFor();
  await window.screenshot('activity');
}

async function holdJobs({ window }: Scene): Promise<void> {
  const clusters = await window.view('Clusters');
  await clusters.menu('Suspend CronJob or Job', ...cron);
  await clusters.untilSays(/suspended$/, ...cron);
  await window.screenshot('suspended');
  await clusters.menu('Run Now', ...cron);
  await window.pressInDialog('Run Now');
  const jobs = await clusters.expand(...cron);
  assert.match(jobs[0]?.label ?? '', /^nightly-/);
  await clusters.menu('Resume CronJob or Job', ...cron);
  await clusters.untilSays(/^0 3 \* \* \*( · \S+)?$/, ...cron);
  await clusters.fold(...workloads, 'CronJobs');
}

/** A node's part: the sandbox's has none in starting a debug container. */
async function startDebugger({ sandbox }: Scene, pod: string): Promise<void> {
  let name = '';
  await eventually('the debug container is wanted', async () => {
    const path = 'jsonpath={.spec.ephemeralContainers[*].name}';
    name = await kubectl(sandbox, 'get', 'pod', pod, '-n', namespace, '-o', path);
    return name !== '';
  });
  const state = { running: { startedAt: new Date().toISOString() } };
  const started = { name, image: 'busybox:1.37', imageID: '', ready: false, restartCount: 0, state };
  const patch = JSON.stringify({ status: { ephemeralContainerStatuses: [started] } });
  await kubectl(sandbox, 'patch', 'pod', pod, '-n', namespace, '--subresource=status', '--type=merge', '-p', patch);
}

async function lookInto(scene: Scene): Promise<void> {
  const { window, folder } = scene;
  const clusters = await window.view('Clusters');
  await clusters.untilSays(/^2\/2/, ...web);
  await clusters.fold(...workloads, 'Deployments');
  const { label } = await clusters.find(...workloads, 'Pods', /^web-/);
  const pod = [...workloads, 'Pods', label] as const;
  await clusters.menu('Start Debug Container…', ...pod);
  await window.page.locator('.quick-input-list .monaco-list-row', { hasText: 'None' }).waitFor();
  await window.pick('nginx');
  await window.answer(/Start Debug Container in pod web-.*: image/, 'busybox:1.37');
  await startDebugger(scene, label);
  await window.page.locator('.terminal-wrapper.active .xterm-rows').waitFor();
  await clusters.expand(...pod);
  await clusters.untilSays(/^ephemeral · Running .* · busybox:1\.37$/, ...pod, /^debugger-/);
  await window.screenshot('debug-container');

  // A pod of the sandbox sees the files of this machine.
  await writeFile(join(folder, 'note.txt'), 'into the pod');
  await mkdir(join(folder, 'there'));
  await clusters.menu('Copy to Pod…', ...pod, 'nginx');
  await window.pick('File…');
  await window.page.locator('.quick-input-widget:visible', { hasText: /Copy to pod web-/ }).waitFor();
  await new Palette(window.page).file(join(folder, 'note.txt'));
  await window.pick('Type a path…');
  await window.answer(/Copy note\.txt into which folder\?/, join(folder, 'there'));
  await window.told(/Copied 1 file \(12 B\) to web-.*there\/note\.txt\./);
  assert.equal(await readFile(join(folder, 'there/note.txt'), 'utf8'), 'into the pod');
  await window.clearNotifications();
}

async function deleteProtected({ window, folder }: Scene): Promise<void> {
  const file = join(folder, '.vscode/settings.json');
  const own = JSON.parse(await readFile(file, 'utf8'));
  await writeFile(file, JSON.stringify({ ...own, 'hybridClusters.targets.protected': ['sandbox-*'] }));
  const clusters = await window.view('Clusters');
  await clusters.untilSays(/protected/, 'sandbox-admin');
  await clusters.menu('Delete Object', ...web);
  const asked = window.page.locator('.quick-input-widget:visible', { hasText: `Delete: ${named}` });
  await asked.waitFor();
  await window.screenshot('delete-protected');
  await window.page.keyboard.press('Escape');
  await clusters.find(...web);
  await clusters.menu('Delete Object', ...web);
  await window.answer(/Type web to go on/, 'web');
  await clusters.untilGone(...web);
}

inWindow(
  'a workload is scaled, given another image, rolled back, restarted and deleted; jobs are held and run; a debug container looks into a pod',
  (scene) =>
    withNamespace(scene, namespace, [deploymentOf('web'), nightly], async () => {
      await rollOut(scene);
      await holdJobs(scene);
      await lookInto(scene);
      await deleteProtected(scene);
    }),
  { prepare: bind, settings: { 'terminal.integrated.gpuAcceleration': 'off', 'files.simpleDialog.enable': true } },
);
