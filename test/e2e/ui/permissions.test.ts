/** Permissions as a person meets them: bob, who may look only, is offered to look only, and hears why he may not do what he asks for in the palette; who may is a page away. */
import assert from 'node:assert/strict';
import { eventually } from '../../support/eventually.ts';
import { findSandbox } from '../sandboxEnvironment.ts';
import { inWindow, type Scene } from './inWindow.ts';

const web = (context: string) => [context, 'shop', 'Workloads', 'Deployments', 'web'] as const;

async function permissions({ window }: Scene): Promise<void> {
  const clusters = await window.view('Clusters');
  await clusters.expand('sandbox-bob', 'shop', 'Workloads', 'Deployments');
  let entries: readonly string[] = [];
  await eventually('what bob may not do is not offered', async () => {
    entries = await clusters.entries(...web('sandbox-bob'));
    return !entries.some((entry) => /Delete|Scale|Restart|Edit|Forward/.test(entry));
  });
  assert.ok(entries.includes('Describe') && entries.includes('Who Can…'), entries.join(', '));
  await clusters.click(...web('sandbox-bob'));
  await clusters.untilSelected(/^web$/);
  await window.command('Hybrid Clusters: Delete Object');
  const told = await window.told(/may not delete/);
  assert.match(
    told,
    /^bob may not delete deployments\.apps "web" in namespace shop of sandbox-bob\. Ask who administers it for a role that allows this\./,
  );
  await window.screenshot('may-not');
  await window.press('Who Can…');
  await window.editorLine('Nobody, as far as it could be read.');
  await window.clearNotifications();

  await clusters.fold('sandbox-bob');
  await clusters.expand('sandbox-admin', 'shop', 'Workloads', 'Deployments');
  await clusters.menu('Who Can…', ...web('sandbox-admin'));
  await window.pick('delete');
  await window.editorLine('Who can delete deployments.apps web in namespace shop of sandbox-admin');
  const line = await window.editorLine('Group demo-editors');
  assert.match(
    (await line.innerText()).replaceAll(/\s+/g, ' '),
    /^Group demo-editors RoleBinding shop\/editors ClusterRole edit/,
  );
  await window.screenshot('who-can');
  await line
    .locator('.detected-link', { hasText: 'RoleBinding' })
    .first()
    .click({ modifiers: ['Control'] });
  await clusters.untilSelected(/^editors$/);
}

inWindow('what the server would refuse is not offered, and who may do it is told', permissions, {
  env: () => {
    const { openstack, kubernetes } = findSandbox() ?? assert.fail('no sandbox');
    const { admin, bob } = kubernetes.kubeconfigs;
    return { OS_CLIENT_CONFIG_FILE: openstack.clouds, KUBECONFIG: `${admin}:${bob}` };
  },
});
