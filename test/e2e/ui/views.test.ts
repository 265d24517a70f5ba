/** What a person sees of the views, on the sandbox. */
import assert from 'node:assert/strict';
import { inWindow } from './inWindow.ts';

inWindow('the views show the clouds of clouds.yaml and the contexts of the kubeconfig', async ({ window }) => {
  const clouds = await window.view('Clouds');
  await clouds.find('demo');
  await window.screenshot('clouds');
  const clusters = await window.view('Clusters');
  await clusters.find(/sandbox/);
  await window.screenshot('clusters');
  assert.deepEqual(await window.notifications(), []);
});
