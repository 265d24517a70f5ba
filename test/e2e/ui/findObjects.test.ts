/** Objects are found by name, label and address as one types; a list is narrowed by a label; an object is pinned, and says when it is gone. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { kubectl } from '../kubectl.ts';
import { bind } from './bind.ts';
import { inWindow, type Scene } from './inWindow.ts';
import { Palette } from './palette.ts';

const namespace = `e2e-find-${process.pid}`;
const deployment = (name: string) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace, labels: { app: name } },
  spec: {
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name, run: namespace } }, spec: { containers: [{ name: 'main', image: 'nginx' }] } },
  },
});
const workloads = ['sandbox-admin', namespace, 'Workloads'] as const;

async function withFinder(scene: Scene, play: (address: string) => Promise<void>): Promise<void> {
  const { sandbox, folder } = scene;
  const file = join(folder, 'finder.json');
  const items = [deployment('finder'), deployment('beside')];
  await writeFile(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  await kubectl(sandbox, 'create', 'namespace', namespace);
  try {
    await kubectl(sandbox, 'apply', '-f', file);
    for (const name of ['finder', 'beside'])
      await kubectl(sandbox, 'rollout', 'status', `deployment/${name}`, '-n', namespace, '--timeout=60s');
    const of = ['get', 'pods', '-n', namespace, '-l', 'app=finder', '-o', 'jsonpath={.items[0].status.podIP}'];
    await play(await kubectl(sandbox, ...of));
  } finally {
    await kubectl(sandbox, 'delete', 'namespace', namespace, '--ignore-not-found', '--wait=false');
  }
}

/** Opens the picker, types, and waits for a row that reads so. What gets the focus just then closes the picker again: then once more, as a person would. */
async function find({ window }: Scene, typed: string, row: RegExp): Promise<readonly string[]> {
  const palette = new Palette(window.page);
  for (let tries = 1; ; tries++) {
    try {
      await palette.run('Hybrid Clusters: Find Object…');
      await palette.until('the picker', ({ title = '' }) => (title.startsWith('Find:') ? true : undefined));
      await window.page.locator('.quick-input-widget .quick-input-box input').first().fill(typed, { timeout: 5000 });
      return await palette.until(`${typed} finds ${row}`, ({ rows = [], busy }) => {
        const texts = rows.map(({ text }) => text);
        return !busy && texts.some((text) => row.test(text)) ? texts : undefined;
      });
    } catch (error) {
      const { title = '' } = await palette.look();
      if (tries === 3 || title.startsWith('Find:')) throw error;
    }
  }
}

async function found(scene: Scene, address: string): Promise<void> {
  const { window } = scene;
  const clusters = await window.view('Clusters');
  await clusters.expand('sandbox-admin');
  await find(scene, 'web', /^web-1\s*demo › demo/);
  await window.screenshot('find-both-worlds');
  await window.page.keyboard.press('Escape');
  await find(scene, `finder kind:deploy ns:${namespace}`, /^finder\s*sandbox-admin › /);
  await window.page.keyboard.press('Enter');
  await clusters.untilSelected(/^finder$/);
  const labelled = await find(scene, `run=${namespace}`, /^finder-.*label run=/);
  assert.ok(labelled.some((text) => text.startsWith('beside-')));
  await window.screenshot('find-by-label');
  await window.page.keyboard.press('Escape');
  await find(scene, `${address} ns:${namespace}`, /^finder-.*IP 10\./);
  await window.page.keyboard.press('Enter');
  await clusters.untilSelected(/^finder-/);
}

async function narrowed({ window }: Scene): Promise<void> {
  const palette = new Palette(window.page);
  const clusters = await window.view('Clusters');
  const pods = [...workloads, 'Pods'] as const;
  await clusters.find(...pods, /^beside-/);
  await clusters.inline('Filter List', ...pods);
  await palette.until('labels', ({ rows = [] }) => rows.find(({ text }) => text.includes('app=finder')));
  await window.page.locator('.quick-input-widget .quick-input-box input').first().fill('app=fi nder');
  await palette.until('a sentence', ({ rows = [] }) => rows.find(({ text }) => text.includes('cannot be the value of a label')));
  await window.page.locator('.quick-input-widget .quick-input-box input').first().fill('app=fi');
  await window.pick('app=finder');
  await window.pick('Only Pods with app=finder');
  await clusters.untilGone(...pods, /^beside-/);
  await clusters.find(...pods, /^finder-/);
  await clusters.untilSays(/^app=finder · 1$/, ...pods);
  await window.screenshot('list-of-objects-filtered');
  await clusters.click(...pods, 'Only app=finder');
  await clusters.find(...pods, /^beside-/);
}

async function pinned({ window, sandbox }: Scene): Promise<void> {
  const clusters = await window.view('Clusters');
  const isPinned = async () =>
    (await clusters.rows()).some(({ label, description }) => label === 'finder' && description.endsWith('pinned'));
  /** Namespaces of others come and go here, and a row that is read anew just then is not handed over: then once more, as a person would. */
  const choose = async (entry: 'Pin' | 'Unpin', ...path: readonly string[]) => {
    for (let tries = 0; tries < 4 && (await isPinned()) === (entry === 'Unpin'); tries++) {
      await clusters.menu(entry, ...path);
      for (let looks = 0; looks < 50 && (await isPinned()) === (entry === 'Unpin'); looks++)
        await window.page.waitForTimeout(100);
      await window.page.keyboard.press('Escape');
    }
  };
  await choose('Pin', ...workloads, 'Deployments', 'finder');
  await clusters.untilSays(/^Deployment · .* · 1\/1 · .* · pinned$/, 'sandbox-admin', 'finder');
  await window.screenshot('object-pinned');
  await kubectl(sandbox, 'delete', 'deployment', 'finder', '-n', namespace);
  await clusters.untilSays(/^Deployment · .* · gone · pinned$/, 'sandbox-admin', 'finder');
  await choose('Unpin', 'sandbox-admin', 'finder');
  await clusters.untilGone('sandbox-admin', 'finder');
}

inWindow(
  'objects are found by name, label and address, a list is narrowed by a label, and an object is pinned',
  (scene) =>
    withFinder(scene, async (address) => {
      await found(scene, address);
      await narrowed(scene);
      await pinned(scene);
    }),
  { prepare: bind },
);
