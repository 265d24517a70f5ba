/** What was deployed before, as a person meets it: verified in one line, both versions in a list, the difference of going back, the report, and all of it after a restart. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { kubectl } from '../kubectl.ts';
import { bind } from './bind.ts';
import { deployFolder, webApplication } from './deployed.ts';
import { inWindow, type Scene } from './inWindow.ts';

const namespace = `e2e-history-${process.pid}`;
const password = 'canary-4711';
const stall = (level: string) => `apiVersion: v1
kind: Secret
metadata: {name: keys}
stringData: {password: ${password}}
---
${webApplication('nginx:1.29', level, '{secretRef: {name: keys}}')}`;

async function prepare(folder: string): Promise<void> {
  await mkdir(join(folder, 'stall'));
  await writeFile(join(folder, 'stall/web.yaml'), stall('info'));
  await bind(folder, namespace);
  const git = (...args: string[]) =>
    promisify(execFile)('git', ['-C', folder, '-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args]);
  await git('init', '--quiet');
  await git('add', '.');
  await git('commit', '--quiet', '--message', 'stall');
}

async function play({ window, folder, sandbox }: Scene): Promise<void> {
  const level = () => kubectl(sandbox, 'get', 'configmap', 'settings', '-n', namespace, '-o', 'jsonpath={.data.LEVEL}');
  await kubectl(sandbox, 'create', 'namespace', namespace);
  try {
    const deployments = await window.view('Deployments');
    assert.match(await deployFolder(window, 'stall'), /3 created/);

    await window.clearNotifications();
    await writeFile(join(folder, 'stall/web.yaml'), stall('debug'));
    await window.explorerMenu('stall', 'Apply Deploy');
    assert.match(await window.told(/is up on sandbox-admin/), /1 configured, 2 unchanged/);
    await window.clearNotifications();
    await window.explorerMenu('stall', 'Apply Deploy');
    await window.page.locator('.statusbar-item', { hasText: /Verified 3 objects on sandbox-admin\S* in [\d.]+ s/ }).waitFor();
    await window.view('Deployments');
    await window.screenshot('verified');
    assert.deepEqual(await window.notifications(), []);

    await window.command('Hybrid Clusters: Roll Back Deploy…');
    await window.page.locator('.quick-input-title', { hasText: 'Roll Back Deploy' }).waitFor();
    const choices = await window.choices();
    assert.equal(choices.length, 2);
    assert.match(choices.join('\n'), /^stall → .*1 configured, 2 unchanged.*\nstall → .*3 created/);
    await window.screenshot('roll-back-choices');
    await window.pick('3 created');
    await window.told(/Deploy stall as of .* to sandbox-admin.*1 to configure/);
    await deployments.find(/^stall/, 'ConfigMap settings');
    await window.press('Show Changes');
    await window.page.locator('.tab.active', { hasText: /ConfigMap .*settings/ }).waitFor();
    await window.editorLine('LEVEL: debug');
    await window.editorLine('LEVEL: info');
    await window.screenshot('roll-back-changes');
    await window.press('Deploy');
    assert.match(await window.told(/is up on sandbox-admin/), /1 configured, 1 unchanged/);
    assert.equal(await level(), 'info');

    await window.press('Report');
    await window.page.locator('.tab.active', { hasText: /^Preview report-/ }).waitFor();
    await window.shownPage.getByText('1 configured, 1 unchanged').waitFor();
    await window.screenshot('report');
    await window.command('Hybrid Clusters: Show Deploy Report');
    await window.page.locator('.quick-input-title', { hasText: 'Show Deploy Report' }).waitFor();
    assert.equal((await window.choices()).length, 3);
    await window.pick('3 created');
    await window.shownPage.getByText('3 created').first().waitFor();
    await window.screenshot('report-first');
    const report = await window.shownPage.locator('body').innerText();
    assert.match(report, /^\s*stall → sandbox-admin\/e2e-history-\d+: succeeded\n/);
    assert.match(report, /\nCommit: [0-9a-f]{12}\n/);
    assert.match(report, /\nv1\/ConfigMap \S+\/settings\s+create.*\s+created, ready(\s+[\d.]+ s){3}\s+web\.yaml:6\n/);
    assert.match(
      report,
      /\napps\/v1\/Deployment \S+\/web was sent after [\d.]+ s, when v1\/\S+ \S+ was present, the last of 2\s*$/,
    );
    assert.doesNotMatch(report, new RegExp(password));

    await window.page.reload();
    await window.page.locator('.monaco-workbench .part.activitybar').waitFor();
    const again = await window.view('Deployments');
    const rows = await again.expand('Earlier');
    assert.deepEqual(
      rows.map(({ description }) => description.split(' · ')[1]?.replace(/[\d.]+ s$/, 'T')),
      ['1 configured, 1 unchanged, ready in T', '1 configured, 2 unchanged, ready in T', '3 created, ready in T'],
    );
    await again.expand('Earlier', /^stall/);
    await window.screenshot('earlier');
    await again.menu('Compare with the Run Before', 'Earlier', /^stall/);
    await window.page.locator('.tab.active', { hasText: /^stall \(\d\d:\d\d ↔ \d\d:\d\d\)/ }).waitFor();
    await window.editorLine('LEVEL: debug');
    await window.editorLine('LEVEL: info');
    await window.screenshot('runs-compared');
    await again.menu('Roll Back Deploy', 'Earlier', /^stall/);
    await window.page.locator('.statusbar-item', { hasText: /Nothing to change on sandbox-admin/ }).waitFor();
    assert.doesNotMatch((await window.log()).join('\n'), new RegExp(password));
  } finally {
    await kubectl(sandbox, 'delete', 'namespace', namespace, '--ignore-not-found', '--wait=false');
  }
}

inWindow('an earlier version is found, compared and gone back to, and every run is a report without secrets', play, { prepare });
