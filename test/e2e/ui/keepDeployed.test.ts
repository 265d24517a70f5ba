/** A folder is kept deployed: what is saved goes out by itself, what somebody else changes is told with his name, and it ends when somebody says so. */
import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { kubectl } from '../kubectl.ts';
import { bind } from './bind.ts';
import { webApplication } from './deployed.ts';
import { inWindow, type Scene } from './inWindow.ts';

const namespace = `e2e-kept-${process.pid}`;

async function prepare(folder: string): Promise<void> {
  await mkdir(join(folder, 'stall'));
  await writeFile(join(folder, 'stall/web.yaml'), webApplication('nginx:1.29'));
  await bind(folder, namespace);
  const settings = join(folder, '.vscode/settings.json');
  // As on the desktop; the browser's editor saves by itself.
  await writeFile(settings, JSON.stringify({ ...JSON.parse(await readFile(settings, 'utf8')), 'files.autoSave': 'off' }));
}

async function play({ window, sandbox }: Scene): Promise<void> {
  const { page } = window;
  const item = page.locator('.statusbar-item', { hasText: 'stall' });
  await kubectl(sandbox, 'create', 'namespace', namespace);
  try {
    await window.view('Deployments');
    await window.explorerMenu('stall', 'Keep Deployed…');
    await window.told(/Deploy stall to sandbox-admin/);
    await window.press('Deploy');
    await window.told(/is up on sandbox-admin/);
    await item.waitFor();
    await window.clearNotifications();

    await window.openFile('stall/web.yaml');
    await (await window.editorLine('LEVEL')).click();
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.type('rmation');
    await window.command('File: Save');
    assert.match(await window.told(/is up on sandbox-admin/), /1 configured, 1 unchanged/);
    const level = await kubectl(sandbox, 'get', 'configmap', 'settings', '-n', namespace, '-o', 'jsonpath={.data.LEVEL}');
    assert.equal(level, 'information');
    await window.clearNotifications();

    await kubectl(
      sandbox,
      'patch',
      'configmap',
      'settings',
      '-n',
      namespace,
      '--field-manager=somebody',
      '-p',
      '{"data":{"LEVEL":"debug"}}',
    );
    await item.click();
    await window.pick('Verify Now');
    const drift = await window.told(/is not as written/);
    assert.match(
      drift,
      /stall is not as written on sandbox-admin\/.*: ConfigMap settings was changed by somebody at \d\d:\d\d\./,
    );
    await window.screenshot('kept-drifted');
    await window.clearNotifications();

    await item.click();
    await window.pick('Stop Keeping stall Deployed');
    await item.waitFor({ state: 'detached' });
  } finally {
    await kubectl(sandbox, 'delete', 'namespace', namespace, '--wait=false');
  }
}

inWindow('a folder is kept deployed: saves go out, what somebody else changed is told, and it ends when it is said', play, {
  prepare,
});
