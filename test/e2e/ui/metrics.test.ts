/** What uses CPU and memory as a person sees it: bars beside pods, nodes and their namespace, more in the tooltip, and who uses most as a document. */
import assert from 'node:assert/strict';
import { inMeasuredPlace } from '../../support/measuredPlace.ts';
import { metricsServer } from '../../support/metricsServer.ts';
import { bind } from './bind.ts';
import { inWindow, type Scene } from './inWindow.ts';

const place = `e2e-metrics-${process.pid}`;
const pods = ['sandbox-admin', place, 'Workloads', 'Pods'] as const;

async function bars({ window }: Scene): Promise<void> {
  const clusters = await window.view('Clusters');
  await clusters.expand(...pods);
  await clusters.untilSays(/^Running · ▮▮▮▮ 247m · 960Mi · memory near limit: 94 % · \d\/2 · 0/, ...pods, 'web');
  await clusters.untilSays(/^Running · ▮▯▯▯ 5m · 128Mi · \d\/2/, ...pods, 'db');
  await clusters.untilSays(/^namespace · 252m · 1\.1Gi$/, 'sandbox-admin', place);
  const tooltip = (await clusters.tooltip(/of\slimit/, ...pods, 'web')).replaceAll('\u00a0', ' ');
  assert.match(tooltip, /CPU\s+▮▯▯▯ 247m · 12 % of limit 2000m · requested 700m/);
  assert.match(tooltip, /memory\s+▮▮▮▮ 960Mi · 94 % of limit 1Gi · requested 160Mi/);
  assert.match(tooltip, /measured\s+\d\d:\d\d:\d\d over 15 s/);
  await window.screenshot('metrics-rows');
  const containers = await clusters.expand(...pods, 'web');
  assert.deepEqual(
    containers.map(({ label }) => label),
    ['first', 'proxy', 'app', 'Relations'],
  );
  await clusters.untilSays(/▮▮▮▮ 124m · 480Mi · memory near limit: 94 %/, ...pods, 'web', 'app');
  await clusters.fold('sandbox-admin', place);
  await clusters.expand('sandbox-admin', 'Cluster', 'Nodes');
  const node = ['sandbox-admin', 'Cluster', 'Nodes', place] as const;
  await clusters.untilSays(/▮▮▮▯ 3000m · 6\.5Gi · memory 81 % of allocatable/, ...node);
  const more = (await clusters.tooltip(/by\s2\spods/, ...node)).replaceAll('\u00a0', ' ');
  assert.match(more, /requested\s+1400m \(35 %\) · 320Mi \(4 %\)/);
}

async function most({ window }: Scene): Promise<void> {
  const clusters = await window.view('Clusters');
  await clusters.menu('Describe', 'sandbox-admin', 'Cluster', 'Nodes', place);
  await window.editorLine('1400m (35 %)');
  await clusters.menu('Top Pods or Nodes', 'sandbox-admin', place);
  await window.pick('CPU');
  const line = await window.editorLine('/web');
  assert.match((await line.innerText()).replaceAll('\u00a0', ' '), new RegExp(`^${place}/web +▮▮▮▮ +247m +98 %`));
  await window.screenshot('metrics-top');
  await clusters.click('sandbox-admin', 'Cluster');
  await window.command('Hybrid Clusters: Top Pods or Nodes…');
  await window.pick('Nodes');
  await window.pick('Memory');
  await window.editorLine('of allocatable');
  await window.editorLine('6.5Gi');
}

inWindow(
  'pods, nodes and namespaces tell what they use, and who uses most is a document',
  async (scene) =>
    inMeasuredPlace(scene.sandbox, place, async () => {
      await using _server = await metricsServer(scene.sandbox.kubernetes.kubeconfig, place);
      await bars(scene);
      await most(scene);
    }),
  { prepare: bind },
);
