import type { Workbench } from './workbench.ts';

const ANSWERS = ['demo', 'demo', 'sandbox-admin', 'shop'];

/** Clicks the status bar's offer and answers its pickers: cloud and project demo, context sandbox-admin, namespace shop. A picker with one answer is not shown. */
export async function bindFolder(window: Workbench): Promise<void> {
  await window.status.click();
  for (const answer of ANSWERS) {
    if (/demo.*sandbox-admin/s.test(await window.status.innerText())) return;
    if (!(await window.isAsked())) continue;
    if ((await window.choices()).some((choice) => choice.includes(answer))) await window.pick(answer);
  }
  await window.page
    .locator('.statusbar-item', { hasText: /demo.*sandbox-admin/ })
    .first()
    .waitFor();
}
