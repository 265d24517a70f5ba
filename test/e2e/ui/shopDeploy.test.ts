/** The story of the README: a wrong reference keeps the shop from being deployed; it is fixed, the shop goes out, and its load balancer answers. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { kubectl } from '../kubectl.ts';
import { bind } from './bind.ts';
import { inWindow, type Scene } from './inWindow.ts';

async function play({ window, folder, sandbox }: Scene): Promise<void> {
  const address = () =>
    kubectl(sandbox, 'get', 'service', 'analytics', '-n', 'shop', '-o', 'jsonpath={.status.loadBalancer.ingress[0].ip}');
  try {
    const deployments = await window.view('Deployments');
    await window.explorerMenu('shop', 'Apply Deploy');
    assert.match(await window.told(/Not deployed/), /service\.yaml:8\): No network with id 7d0e6f3a/);
    await window.screenshot('gate-refuses');
    await window.press('Open');
    await window.editorLine('network-id:');
    await window.squiggles().first().waitFor();
    await window.clearNotifications();

    await (await window.editorLine('network-id:')).click();
    await window.page.keyboard.press('End');
    await window.page.keyboard.press('ArrowLeft');
    await (await window.quickFix('Use "private"')).click();
    await window.squiggles().first().waitFor({ state: 'detached' });

    // Not saved: what is in the editor goes out.
    await window.view('Deployments');
    await window.explorerMenu('shop', 'Apply Deploy');
    await window.told(/Deploy shop to sandbox-admin/);
    await window.view('Deployments');
    await window.screenshot('gate-passes');
    await window.press('Deploy');
    // The stand-in balancer is quick: what is seen meanwhile is collected.
    const seen = new Set<string>();
    const isUp = window.page.locator('.notification-list-item-message', { hasText: /is up on sandbox-admin/ });
    for (const end = Date.now() + 120_000; Date.now() < end && (await isUp.count()) === 0; ) seen.add(await deployments.text());
    assert.match([...seen].join('\n'), /Service analytics .*PENDING_CREATE/);
    assert.match(await window.told(/is up on sandbox-admin/), /4 created/);
    assert.match(await address(), /^\d+\.\d+\.\d+\.\d+$/);
    await window.screenshot('shop-is-up');
  } finally {
    await kubectl(sandbox, 'delete', '-f', join(folder, 'shop'), '--ignore-not-found', '--wait=false');
  }
}

inWindow('the shop is refused for a wrong network, fixed, deployed, and its load balancer has an address', play, {
  prepare: bind,
});
