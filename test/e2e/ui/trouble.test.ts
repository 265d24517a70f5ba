/** What is broken on purpose is told why, at the line of the file. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { kubectl } from '../kubectl.ts';
import { bind } from './bind.ts';
import { inWindow, type Scene } from './inWindow.ts';

/** File → what is said: the cause, then the line that names it. */
const TROUBLES = {
  'wrong-image.yaml': /render:1\.3.*wrong-image\.yaml:\d+/s,
  'missing-configmap.yaml': /checkout-settings.*missing-configmap\.yaml:\d+/s,
  'quota.yaml': /exceeded quota.*quota\.yaml:\d+/s,
};

async function play({ window, folder, sandbox }: Scene): Promise<void> {
  try {
    await window.view('Deployments');
    for (const [file, sentence] of Object.entries(TROUBLES)) {
      await window.openFile(`trouble/${file}`);
      await window.page.locator('.codelens-decoration', { hasText: 'Apply Deploy' }).first().waitFor();
      await window.command('Hybrid Clusters: Apply Deploy');
      assert.match(await window.told(/is not up/), sentence);
      await window.screenshot(`trouble-${file.replace('.yaml', '')}`);
      await window.press('Open');
      await window.page.locator('.tab.active', { hasText: file }).waitFor();
      await window.clearNotifications();
    }
  } finally {
    await kubectl(sandbox, 'delete', '-f', join(folder, 'trouble'), '--ignore-not-found', '--wait=false');
  }
}

inWindow('a wrong image, a missing ConfigMap and a quota are told at the line of the file', play, {
  prepare: bind,
  settings: { 'hybridClusters.deploy.confirm': 'risky' },
});
