/** Apply Deploy without a mouse: two keys, yes, up; a slip is told and its line opened by a key; mended, verified in one line, and its report read. */
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { kubectl } from '../kubectl.ts';
import { bind } from './bind.ts';
import { webApplication } from './deployed.ts';
import { inWindow, type Scene } from './inWindow.ts';

const namespace = `e2e-keys-${process.pid}`;

async function prepare(folder: string): Promise<void> {
  await mkdir(join(folder, 'stall'));
  await writeFile(join(folder, 'stall/web.yaml'), webApplication('nginx:1.29'));
  await bind(folder, namespace);
}

async function play({ window, sandbox }: Scene): Promise<void> {
  const { keyboard } = window.page;
  const press = async (...keys: readonly string[]) => {
    for (const key of keys) await keyboard.press(key);
  };
  /** Each key waits for what the one before it did: a busy window takes keys faster than it moves the focus. */
  const toEditor = async () => {
    await press('Control+1');
    await window.page.locator('.editor-instance .monaco-editor.focused').first().waitFor();
  };
  const isSeen = (locator: Locator, withinMs: number) =>
    locator
      .first()
      .waitFor({ timeout: withinMs })
      .then(
        () => true,
        () => false,
      );
  const applyDeploy = async () => {
    const says = (text: RegExp) => window.page.locator('.statusbar-item', { hasText: text });
    const goes = window.page
      .locator('.notifications-toasts .notification-list-item', { hasText: /sandbox-admin/ })
      .or(says(/verified \d+/i));
    for (const end = Date.now() + 90_000; ; ) {
      await toEditor();
      await press('Control+K');
      await says(/Waiting for second key of chord/).waitFor();
      await press('a');
      // A window that has just opened does not know yet that it is trusted, and has no such key; a busy one may say so late.
      const isUnknown = await isSeen(says(/is not a command/), 1500);
      if ((!isUnknown && (await isSeen(goes, 8000))) || Date.now() > end) return;
      // Its word stays for some seconds, and would be taken for that of the next try.
      await says(/is not a command/)
        .first()
        .waitFor({ state: 'detached', timeout: 15_000 })
        .catch(() => undefined);
    }
  };
  /** The button that a notification offers first. */
  const yes = () => window.command('Notifications: Accept Notification Primary Action');
  const cursorAt = (line: number) =>
    window.page.locator('.line-numbers.active-line-number', { hasText: new RegExp(`^${line}$`) }).waitFor();
  const image = () => kubectl(sandbox, 'get', 'deployment', 'web', '-n', namespace, '-o', 'jsonpath={..image}');
  await kubectl(sandbox, 'create', 'namespace', namespace);
  try {
    await window.command('Hybrid Clusters: Focus on Deployments View');
    await window.openFile('stall/web.yaml');
    await window.page.locator('.codelens-decoration', { hasText: 'Apply Deploy' }).first().waitFor();
    await applyDeploy();
    await window.told(/Deploy web\.yaml to sandbox-admin\/\S+\? 2 to create/);
    await window.screenshot('keys-plan');
    await yes();
    assert.match(await window.told(/is up on sandbox-admin/), /2 created/);
    await window.screenshot('keys-up');
    await window.clearNotifications();

    await toEditor();
    await press('Control+G');
    await window.page.locator('.quick-input-widget input:focus').waitFor();
    await keyboard.type('16');
    await press('Enter');
    await cursorAt(16);
    await toEditor();
    await press('End', '9');
    await window.editorLine('nginx:1.299');
    await press('Control+Home');
    await cursorAt(1);
    await applyDeploy();
    assert.match(await window.told(/is not up/), /nginx:1\.299 not found \(web\.yaml:16\)/);
    await window.screenshot('keys-failed');
    await cursorAt(1);
    await yes();
    await cursorAt(16);
    await toEditor();
    await press('End', 'Backspace');
    await window.page.locator('.editor-instance .view-line', { hasText: 'nginx:1.299' }).first().waitFor({ state: 'detached' });
    await window.clearNotifications();
    await applyDeploy();
    assert.match(await window.told(/is up on sandbox-admin/), /1 configured, 1 unchanged/);
    assert.equal(await image(), 'nginx:1.29');
    await window.clearNotifications();

    await applyDeploy();
    await window.page.locator('.statusbar-item', { hasText: /Verified 2 objects on sandbox-admin\S* in [\d.]+ s/ }).waitFor();
    await window.screenshot('keys-verified');
    await window.command('Hybrid Clusters: Show Deploy Report');
    const report = window.page.locator('.quick-input-list .monaco-list-row');
    for (const end of ['Verified 2 objects', '1 configured, 1 unchanged', 'nginx:1.299 not found', '2 created'])
      await report.filter({ hasText: end }).waitFor();
    await window.screenshot('keys-reports');
    await press('ArrowDown', 'ArrowDown', 'Enter');
    await window.shownPage.getByText('What went wrong').waitFor();
    await window.screenshot('keys-report');
  } finally {
    await kubectl(sandbox, 'delete', 'namespace', namespace, '--ignore-not-found', '--wait=false');
  }
}

inWindow('without a mouse: deployed, a slip told and its line opened, mended, verified, and the report read', play, { prepare });
