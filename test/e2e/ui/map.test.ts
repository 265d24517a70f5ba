/** The map of a namespace as a person reads it: opened from a row, walked by keys, and left into the tree. */
import assert from 'node:assert/strict';
import { bind } from './bind.ts';
import { inWindow, type Scene } from './inWindow.ts';

/** The page of the map that is in front. */
const page = ({ window }: Scene) => window.shownPage;

async function untilAt(scene: Scene, label: RegExp): Promise<void> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const now = await page(scene).locator('.card.at').getAttribute('aria-label');
    if (label.test(now ?? '')) return;
    assert.ok(Date.now() < deadline, `${label} is not in front but ${now}`);
    await scene.window.page.waitForTimeout(100);
  }
}

inWindow(
  'the map of a namespace crosses into OpenStack; keys follow its lines, Enter reveals',
  async (scene) => {
    const { window } = scene;
    const clusters = await window.view('Clusters');
    await clusters.menu('Show Map', 'sandbox-admin', 'shop');
    const map = page(scene);
    for (const name of [
      /^Deployment web, 2\/2/,
      /^Pod web-\S+, Running/,
      /^Load balancer kube_service_prod_shop_web, ACTIVE/,
      /^Server k8s-prod-worker-1, ACTIVE/,
    ])
      await map.getByRole('treeitem', { name }).first().waitFor();
    await map.getByRole('treeitem', { name: /^Service web/ }).click();
    await untilAt(scene, /^Service web, LoadBalancer; .*sends to Deployment web/);
    await window.page.keyboard.press('ArrowUp');
    await untilAt(scene, /^Ingress web/);
    await window.page.keyboard.press('ArrowDown');
    await window.page.keyboard.press('ArrowDown');
    await untilAt(scene, /^Deployment web/);
    await window.command('View: Toggle Primary Side Bar Visibility');
    await map.getByRole('treeitem', { name: /^Deployment web/ }).click();
    await window.page.keyboard.press('0');
    await window.screenshot('map');
    await window.page.keyboard.press('/');
    await window.page.keyboard.type('worker-2');
    await map.locator('#found', { hasText: /^2 of / }).waitFor();
    await window.page.keyboard.press('Escape');
    await window.page.keyboard.press('Enter');
    assert.equal(await clusters.untilSelected(/^web$/), 'web');
    assert.deepEqual(await window.notifications(), []);
  },
  { prepare: bind },
);
