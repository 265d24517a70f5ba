/** From a wrong id to a right one, as a person does it. */
import assert from 'node:assert/strict';
import { bindFolder } from './bindFolder.ts';
import { inWindow } from './inWindow.ts';

inWindow('a folder is bound from the status bar, a wrong id is underlined, explained and fixed', async ({ window }) => {
  await window.openFile('shop/service.yaml');
  assert.equal(await window.squiggles().count(), 0);
  await bindFolder(window);
  await window.squiggles().first().waitFor();
  await window.screenshot('diagnostic');
  await (await window.editorLine('network-id:')).locator('span span').last().hover();
  await window.page.locator('.monaco-hover', { hasText: 'project demo' }).first().waitFor();
  await window.screenshot('diagnostic-hover');
  await window.page.keyboard.press('Escape');
  await (await window.editorLine('network-id:')).click();
  await window.page.keyboard.press('End');
  await window.page.keyboard.press('ArrowLeft');
  const fix = await window.quickFix('Use "private"');
  await window.screenshot('quick-fix');
  await fix.click();
  await window.squiggles().first().waitFor({ state: 'detached' });
  await window.screenshot('fixed');
});
