/** What the editor says of manifests of each family, what it offers while one is written, and how a name goes from file to file. */
import assert from 'node:assert/strict';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { bind } from './bind.ts';
import { inWindow } from './inWindow.ts';
import type { Workbench } from './workbench.ts';

const mistakes = new URL('../../fixtures/families/mistakes.yaml', import.meta.url);

/** What is told of `mistakes.yaml`: the line, the code, words of the sentence. */
const told = [
  [8, 'reference.missing', 'No region named "RegionTwo"'],
  [10, 'reference.missing', 'No network with id 00000bad…'],
  [11, 'setting.value', '"ROUNDROBIN" is refused by Octavia'],
  [17, 'reference.missing', 'No volume type named "nvme"'],
  [18, 'schema.unknownField', 'Did you mean "volumeBindingMode"?'],
  [27, 'reference.missing', 'No flavor named "m1.huge"'],
  [28, 'reference.missing', 'Did you mean "debian-12"?'],
  [29, 'schema.unknownField', 'Did you mean "sshKeyName"?'],
  [37, 'reference.idInRef', 'networkRef wants the name of an object'],
  [46, 'object.missing', 'Did you mean "edge-settings"?'],
  [51, 'yaml.notText', 'kubectl reads yes as true'],
  [51, 'yaml.notText', 'kubectl reads 08 as 8'],
] as const;

/** Rows of the Problems view, once there are so many. */
async function problems(window: Workbench, count: number): Promise<string[]> {
  await window.command('Problems: Focus on Problems View');
  const rows = window.page.locator('.markers-panel .monaco-list-row');
  await rows.nth(count).waitFor();
  return (await rows.allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').trim());
}

inWindow(
  'one mistake of each family is told where it stands, and by the page of its code why it matters',
  async ({ window }) => {
    await window.openFile('edge/mistakes.yaml');
    const rows = await problems(window, told.length);
    for (const [line, code, words] of told)
      assert.ok(
        rows.some((row) => row.includes(words) && row.includes(`${code} [Ln ${line},`)),
        `${line} ${code} ${words}\n${rows.join('\n')}`,
      );
    assert.equal(rows.length, told.length + 1, rows.join('\n'));
    await window.screenshot('families');
    await window.page
      .locator('.markers-panel a', { hasText: 'setting.value' })
      .first()
      .click({ modifiers: ['Control'] });
    await window.page.locator('.tab.active', { hasText: 'findings.md' }).waitFor();
    await window.screenshot('findings-page');
  },
  {
    prepare: async (folder) => {
      await bind(folder);
      await mkdir(join(folder, 'edge'));
      await copyFile(mistakes, join(folder, 'edge/mistakes.yaml'));
    },
  },
);

const settings = `apiVersion: v1
kind: ConfigMap
metadata: {name: edge-settings, namespace: shop}
data: {LOG_LEVEL: info}
`;
const edge = `apiVersion: v1
kind: Pod
metadata: {name: edge, namespace: shop}
spec:
  containers:
    - name: web
      image: nginx
      envFrom: [{configMapRef: {name: edge-settings}}]
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: edge}
provisioner: cinder.csi.openstack.org
parameters: {type: nvme}
`;

/** Stands at the end of a line, by its number. */
async function toEndOf(window: Workbench, line: number): Promise<void> {
  await window.page.keyboard.press('Control+G');
  await window.answer(/line/i, `:${line}`);
  await window.page.locator('.statusbar-item', { hasText: `Ln ${line},` }).waitFor();
  await window.page.keyboard.press('End');
}

const suggestion = (window: Workbench, text: string): Locator =>
  window.page.locator('.suggest-widget.visible .monaco-list-row', { hasText: text }).first();

inWindow(
  'a manifest is written with the words of the schema and the names of the cloud, and a name is followed and changed in all files',
  async ({ window }) => {
    const { page } = window;
    await window.openFile('edge/edge.yaml');
    await window.squiggles().first().waitFor();

    // Keys come from the schema of the cluster, with what it says of them.
    await toEndOf(window, 13);
    await page.keyboard.press('Enter');
    await page.keyboard.type('allowV');
    await page.keyboard.press('Control+Space');
    await suggestion(window, 'allowVolumeExpansion').waitFor();
    await window.screenshot('complete-key');
    await page.keyboard.press('Enter');
    await window.editorLine('allowVolumeExpansion:');
    await page.keyboard.type('true');

    // Values come from the cloud.
    await toEndOf(window, 15);
    await page.keyboard.press('ArrowLeft');
    for (const _ of 'nvme') await page.keyboard.press('Backspace');
    await page.keyboard.press('Control+Space');
    await suggestion(window, 'ssd').waitFor();
    await window.screenshot('complete-value');
    await suggestion(window, 'ssd').click();
    await window.squiggles().first().waitFor({ state: 'detached' });

    // What the schema says of a field.
    await (await window.editorLine('allowVolumeExpansion')).locator('span span').first().hover();
    await page
      .locator('.monaco-hover', { hasText: /volume expand/ })
      .first()
      .waitFor();
    await window.screenshot('schema-hover');
    await page.keyboard.press('Escape');

    // A name leads to the file that declares it, and is changed in both.
    await toEndOf(window, 8);
    for (const _ of '}}]') await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('F2');
    await page.locator('.rename-box input').waitFor();
    await window.screenshot('rename');
    await page.keyboard.press('Control+A');
    await page.keyboard.type('edge-config');
    await page.keyboard.press('Enter');
    await window.editorLine('name: edge-config');
    await page.keyboard.press('F12');
    await page.locator('.tab.active', { hasText: 'settings.yaml' }).waitFor();
    await window.editorLine('name: edge-config');

    // The shape of a file.
    await window.openFile('edge/edge.yaml');
    await page.keyboard.press('Control+Shift+O');
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'StorageClass edge' }).first().waitFor();
    await window.screenshot('outline');
    await page.keyboard.press('Escape');
  },
  {
    prepare: async (folder) => {
      await bind(folder);
      await mkdir(join(folder, 'edge'));
      await writeFile(join(folder, 'edge/settings.yaml'), settings);
      await writeFile(join(folder, 'edge/edge.yaml'), edge);
    },
  },
);

inWindow(
  'a text that has no file yet begins with a manifest for the cloud, and a comment answers what is found in it',
  async ({ window }) => {
    const { page } = window;
    await window.command('File: New Untitled Text File');
    await page.locator('.tab.active', { hasText: 'Untitled-1' }).waitFor();
    await page.locator('.editor-instance .view-line').first().waitFor();
    await page.locator('.editor-instance .view-line').first().click();
    await page.keyboard.press('Control+Space');
    await suggestion(window, 'StorageClass for Cinder volumes').waitFor();
    await window.screenshot('snippets');
    await suggestion(window, 'StorageClass for Cinder volumes').click();
    await window.editorLine('cinder.csi.openstack.org');
    // Over the name to the type, where a name of no type is typed.
    await page.keyboard.press('Tab');
    await page.keyboard.type('nvme');
    await page.keyboard.press('Escape');
    await window.squiggles().first().waitFor();
    const ignore = await window.quickFix('Ignore reference.missing here');
    await window.screenshot('ignore');
    await ignore.click();
    await window.squiggles().first().waitFor({ state: 'detached' });
    await (await window.editorLine('hybrid-clusters: ignore')).click();
    await page.keyboard.press('End');
    await page.keyboard.type('Terraform makes it');
    await window.squiggles('warning').first().waitFor({ state: 'detached' });
    await window.screenshot('ignored');
  },
  { prepare: bind, settings: { 'files.defaultLanguage': 'yaml' } },
);
