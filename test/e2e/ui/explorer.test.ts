/** The everyday gestures of the two trees: across and back, filter, a list that goes on, refresh; and every manifest checked at once. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openstack } from '../../support/openstack.ts';
import { kubectl } from '../kubectl.ts';
import { bind } from './bind.ts';
import { inWindow, type Scene } from './inWindow.ts';

const namespace = `e2e-explorer-${process.pid}`;
const pair = `e2e-${process.pid}`;
const configMap = (index: number) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: `map-${String(index).padStart(3, '0')}`, namespace },
});

async function acrossAndBack({ window }: Scene): Promise<void> {
  const clusters = await window.view('Clusters');
  const node = ['sandbox-admin', 'Cluster', 'Nodes', 'k8s-prod-worker-1'] as const;
  await clusters.expand(...node);
  await clusters.inline('Reveal in the Tree', ...node, /^Server k8s-prod-worker-1/);
  const clouds = await window.view('Clouds');
  await clouds.untilSelected(/^k8s-prod-worker-1$/);
  const server = ['demo', 'demo', 'Compute', 'Servers', 'k8s-prod-worker-1'] as const;
  await clouds.expand(...server);
  await clouds.inline('Reveal in the Tree', ...server, /^Node k8s-prod-worker-1/);
  await window.view('Clusters');
  await clusters.untilSelected(/^k8s-prod-worker-1$/);
  await window.screenshot('node-revealed');
}

async function filterAndLoadMore({ window, folder, sandbox }: Scene): Promise<void> {
  const list = join(folder, 'maps.json');
  const items = Array.from({ length: 230 }, (_, index) => configMap(index));
  await writeFile(list, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  await kubectl(sandbox, 'create', 'namespace', namespace);
  try {
    await kubectl(sandbox, 'apply', '--server-side', '-f', list);
    const clusters = await window.view('Clusters');
    await clusters.find('sandbox-admin', namespace);
    await clusters.menu('Choose Namespaces', 'sandbox-admin');
    await window.pick(namespace);
    await window.page.keyboard.press('Enter');
    await clusters.find('sandbox-admin', 'Showing one namespace only');
    await window.screenshot('namespaces-filtered');
    await clusters.click('sandbox-admin', 'Showing one namespace only');
    await clusters.find('sandbox-admin', 'shop');
    const maps = ['sandbox-admin', namespace, 'Config', 'ConfigMaps'] as const;
    await clusters.expand(...maps);
    await clusters.clickAtEnd(/^Load more \(200/);
    await window.screenshot('load-more');
    await clusters.clickAtEnd(/^map-229$/);
  } finally {
    await kubectl(sandbox, 'delete', 'namespace', namespace, '--ignore-not-found', '--wait=false');
  }
}

async function refresh({ window, sandbox }: Scene): Promise<void> {
  const clouds = await window.view('Clouds');
  const pairs = ['demo', 'demo', 'Compute', 'Key pairs'] as const;
  await clouds.expand(...pairs);
  await openstack(sandbox, 'demo', 'compute', 'POST', '/os-keypairs', { keypair: { name: pair } });
  try {
    await clouds.inline('Refresh', 'demo');
    await clouds.find(...pairs, pair);
  } finally {
    await openstack(sandbox, 'demo', 'compute', 'DELETE', `/os-keypairs/${pair}`);
  }
}

async function checkEverything({ window }: Scene): Promise<void> {
  await window.command('Hybrid Clusters: Check Workspace');
  const problems = window.page.locator('.markers-panel-container .monaco-list-row');
  const texts = async () => (await problems.allInnerTexts()).join('\n');
  await window.page.locator('.statusbar-item', { hasText: /findings/ }).waitFor();
  await window.screenshot('check-workspace');
  for (const mistake of [/service\.yaml/, /classes\.yaml/, /workers\.yaml/, /network\.yaml/])
    assert.match(await texts(), mistake);
}

inWindow('from a Node to its server and back', acrossAndBack, { prepare: bind });
inWindow('a filter shows one namespace; a long list goes on', filterAndLoadMore, { prepare: bind });
inWindow(
  'a refresh brings what somebody else made; every manifest is checked at once',
  async (scene) => {
    await refresh(scene);
    await checkEverything(scene);
  },
  { prepare: bind },
);
