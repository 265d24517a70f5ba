/** Overlays bound to different clouds are checked as they are rendered, and what is wrong stands where it was written. */
import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { findSandbox, windowEnvironment } from '../sandboxEnvironment.ts';
import { bind } from './bind.ts';
import { inWindow } from './inWindow.ts';
import type { Workbench } from './workbench.ts';

const annotation = 'loadbalancer.openstack.org/network-id';
const service = `apiVersion: v1
kind: Service
metadata:
  name: web
  annotations:
    ${annotation}: 00000bad-0000-4000-8000-000000000001
spec:
  type: LoadBalancer
  ports: [{port: 80}]
`;
const overlay = (operation: string) => `resources: [../../base]
patches:
  - target: {kind: Service}
    patch: |-
      - path: /metadata/annotations/${annotation.replace('/', '~1')}
        ${operation}
`;
const files: Readonly<Record<string, string>> = {
  'web/base/kustomization.yaml': 'resources: [service.yaml]\n',
  'web/base/service.yaml': service,
  'web/overlays/staging/kustomization.yaml': overlay('op: remove'),
  'web/overlays/production/kustomization.yaml': overlay('op: replace\n        value: 00000bad-0000-4000-8000-000000000002'),
};

/** The one row of the Problems view below its file. */
async function onlyProblem(window: Workbench): Promise<string> {
  await window.command('Problems: Focus on Problems View');
  const rows = window.page.locator('.markers-panel .monaco-list-row');
  await rows.nth(1).waitFor();
  assert.equal(await rows.count(), 2, (await rows.allInnerTexts()).join('\n'));
  return (await rows.allInnerTexts()).join(' ').replace(/\s+/g, ' ');
}

inWindow(
  'the value of one overlay is wrong in its cloud: one problem, on the line of that overlay; its quick fix taken and saved, there is none',
  async ({ window, folder }) => {
    const { page } = window;
    // By itself the base names what is in no cloud; no overlay leaves it so.
    await window.openFile('web/base/service.yaml');
    await window.openFile('web/overlays/production/kustomization.yaml');
    await window.squiggles().first().waitFor();
    await window.command('Problems: Focus on Problems View');
    // until it is rendered, the base is looked at by itself
    await page.locator('.markers-panel .monaco-list-row', { hasText: 'service.yaml' }).waitFor({ state: 'detached' });
    const problem = await onlyProblem(window);
    assert.match(problem, /kustomization\.yaml/);
    assert.match(problem, /No network with id 00000bad… in project ops \(cloud ops, RegionOne\)/);
    assert.match(problem, /reference\.missing \[Ln 7, Col 16\]/);
    await window.screenshot('overlay-problem');

    // A name where its id is wanted has a quick fix, though it stands in a patch.
    await (await window.editorLine('value: 00000bad')).click();
    await page.keyboard.press('End');
    for (const _ of '00000bad-0000-4000-8000-000000000002') await page.keyboard.press('Backspace');
    await page.keyboard.type('public');
    await page.keyboard.press('Control+S');
    await page.locator('.markers-panel .monaco-list-row', { hasText: 'is the name of a network' }).waitFor();
    await (await window.editorLine('value: public')).click();
    await page.keyboard.press('End');
    await page.keyboard.press('Control+.');
    const fix = page.locator('.action-widget .monaco-list-row', { hasText: /Use "public"/ });
    await fix.waitFor();
    await window.screenshot('overlay-quick-fix');
    await fix.click();
    await page.locator('.editor-instance .view-line', { hasText: /value:\s[0-9a-f]{8}-/ }).waitFor();
    await page.keyboard.press('Control+S');
    await window.squiggles().first().waitFor({ state: 'detached' });
    const saved = await readFile(join(folder, 'web/overlays/production/kustomization.yaml'), 'utf8');
    assert.match(saved, /value: [0-9a-f]{8}-[0-9a-f-]{27}$/m);
    assert.doesNotMatch(saved, /00000bad/);
  },
  {
    prepare: async (folder) => {
      await bind(folder);
      const settings = join(folder, '.vscode/settings.json');
      const written = JSON.parse(await readFile(settings, 'utf8')) as object;
      const folderBindings = { 'web/overlays/production': { cloud: 'ops' } };
      await writeFile(settings, JSON.stringify({ ...written, 'hybridClusters.folderBindings': folderBindings }));
      for (const [path, text] of Object.entries(files)) {
        await mkdir(dirname(join(folder, path)), { recursive: true });
        await writeFile(join(folder, path), text);
      }
    },
    env: () => {
      const sandbox = findSandbox() ?? assert.fail('no sandbox is up');
      const path = [dirname(sandbox.kubernetes.kubectl), process.env['PATH']].join(delimiter);
      return { ...windowEnvironment(sandbox), PATH: path };
    },
  },
);
