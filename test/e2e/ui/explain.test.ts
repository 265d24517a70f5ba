/** The kind of an object is explained as the cluster knows it, and what happened to the object is shown. */
import { bind } from './bind.ts';
import { inWindow, type Scene } from './inWindow.ts';
import { withNamespace } from './withNamespace.ts';

const namespace = `e2e-explain-${process.pid}`;
const items = [
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { colour: 'blue' } },
  {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'happened' },
    involvedObject: { apiVersion: 'v1', kind: 'ConfigMap', name: 'settings', namespace },
    type: 'Warning',
    reason: 'Rotated',
    message: 'It was rotated.',
  },
];
const maps = ['sandbox-admin', namespace, 'Config', 'ConfigMaps'] as const;

async function play({ window }: Scene): Promise<void> {
  const clusters = await window.view('Clusters');
  await clusters.expand(...maps);
  await clusters.menu('Explain…', ...maps, 'settings');
  await window.page.locator('.tab.active', { hasText: 'ConfigMap (explained)' }).waitFor();
  await window.editorLine('binaryData');
  await window.screenshot('explained');

  await clusters.menu('Show Events', ...maps, 'settings');
  await window.page.locator('.tab.active', { hasText: 'ConfigMap settings (events)' }).waitFor();
  await window.editorLine('It was rotated.');
}

inWindow(
  'the kind of an object is explained, and its events are shown',
  (scene) => withNamespace(scene, namespace, items, () => play(scene)),
  { prepare: bind },
);
