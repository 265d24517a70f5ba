/** An object is edited where it is, described, compared with another one, and a key of a Secret is shown and copied. */
import assert from 'node:assert/strict';
import { kubectl } from '../kubectl.ts';
import { bind } from './bind.ts';
import { inWindow, type Scene } from './inWindow.ts';
import { withNamespace } from './withNamespace.ts';
import type { Workbench } from './workbench.ts';

const namespace = `e2e-edit-${process.pid}`;
const canary = `canary-${process.pid}`;
const map = (name: string, data: object) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data });
const items = [
  map('settings', { colour: 'blue', mode: 'fast' }),
  map('settings-old', { colour: 'grey', mode: 'fast' }),
  { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'keys' }, stringData: { password: canary, user: 'ada' } },
];
const config = ['sandbox-admin', namespace, 'Config'] as const;
const settings = [...config, 'ConfigMaps', 'settings'] as const;

/** Goes to the end of a line of the text that is edited, takes away as much, and types. */
async function change({ page }: Workbench, line: string, takenAway: number, typed: readonly string[]): Promise<void> {
  await page.locator('.tab', { hasText: 'ConfigMap settings.yaml' }).first().click();
  await page.locator('.editor-instance .view-line', { hasText: line }).first().click();
  await page.keyboard.press('End');
  for (let left = takenAway; left > 0; left--) await page.keyboard.press('Backspace');
  for (const [index, text] of typed.entries()) {
    if (index > 0) await page.keyboard.press('Enter');
    await page.keyboard.type(text);
  }
  await page.locator('.tab.dirty', { hasText: 'ConfigMap settings.yaml' }).waitFor();
}

/** The question whether what was edited is applied, once it is on the screen. */
async function saved({ page }: Workbench): Promise<string> {
  await page.keyboard.press('Control+S');
  const asked = page.locator('.quick-input-widget:visible', { hasText: /Apply to ConfigMap .* on sandbox-admin, as admin\?/ });
  await asked.waitFor();
  await page.locator('.tab.active', { hasText: /live ↔ after saving/ }).waitFor();
  return asked.innerText();
}

const untilClean = ({ page }: Workbench) =>
  page.locator('.tab.active:not(.dirty)', { hasText: 'ConfigMap settings.yaml' }).waitFor();

async function edit({ window, sandbox }: Scene): Promise<void> {
  const data = async () =>
    JSON.parse(await kubectl(sandbox, 'get', 'configmap', 'settings', '-n', namespace, '-o', 'jsonpath={.data}'));
  const clusters = await window.view('Clusters');
  await clusters.menu('Edit Object', ...settings);
  await window.editorLine('mode: fast');
  await change(window, 'mode: fast', 0, ['', 'size: large']);
  assert.match(await saved(window), /data\.size/);
  await window.screenshot('edit-difference');
  await window.pick('Keep Editing');
  await window.page.locator('.tab.active.dirty', { hasText: 'ConfigMap settings.yaml' }).waitFor();
  assert.deepEqual(await data(), { colour: 'blue', mode: 'fast' });
  await window.clearNotifications();
  await saved(window);
  await window.pick('Apply');
  await untilClean(window);
  assert.deepEqual(await data(), { colour: 'blue', mode: 'fast', size: 'large' });

  await change(window, 'mode: fast', 'fast'.length, ['slow']);
  await kubectl(sandbox, 'patch', 'configmap', 'settings', '-n', namespace, '--type=merge', '-p', '{"data":{"colour":"red"}}');
  assert.match(await saved(window), /Changed by others since it was opened, and kept: .*colour/);
  await window.pick('Apply');
  assert.match(await window.dialog(/Fields of ConfigMap .* belong to others/), /data\.mode: ours slow, live fast by kubectl/);
  await window.screenshot('edit-conflict');
  await window.pressInDialog('Take Over');
  await untilClean(window);
  assert.deepEqual(await data(), { colour: 'red', mode: 'slow', size: 'large' });
  await window.screenshot('edit-saved');
}

async function read({ window }: Scene): Promise<void> {
  const clusters = await window.view('Clusters');
  await clusters.menu('Describe', ...settings);
  await window.page.locator('.tab.active', { hasText: /described/ }).waitFor();
  await window.editorLine('v1 ConfigMap');
  await window.editorLine('colour  3 bytes');
  await window.screenshot('described');

  await clusters.click(...settings);
  await clusters.clickWithShift(...config, 'ConfigMaps', 'settings-old');
  await clusters.menu('Compare Objects', ...settings);
  await window.page.locator('.tab.active', { hasText: /settings ↔ .*settings-old/ }).waitFor();
  await window.page.locator('.editor.modified .view-line', { hasText: 'grey' }).waitFor();
  await window.screenshot('compared');

  const keys = [...config, 'Secrets', 'keys'] as const;
  const copied = await window.copied(async () => {
    await clusters.menu('Copy Key', ...keys);
    await window.pick('password');
  });
  assert.equal(copied, canary);
  await clusters.menu('Open Key', ...keys);
  await window.page.locator('.quick-input-widget:visible', { hasText: /password\s*\d+ bytes/ }).waitFor();
  await window.pick('password');
  await window.editorLine(canary);
  await window.screenshot('key-opened');
  assert.equal((await window.log()).filter((line) => line.includes(canary)).length, 0);
}

inWindow(
  'an object is edited: what changes is shown, what others hold is taken over after a yes; described, compared, a key copied',
  (scene) =>
    withNamespace(scene, namespace, items, async () => {
      await edit(scene);
      await read(scene);
    }),
  // As on the desktop; the browser's editor saves by itself.
  { prepare: bind, settings: { 'files.autoSave': 'off' } },
);
