import type { Workbench } from './workbench.ts';

/** Words of a picker's title, and the answer. */
const ANSWERS: readonly (readonly [question: string, answer: string])[] = [
  ['which cloud', 'demo'],
  ['which project', 'demo'],
  ['which cluster', 'sandbox-admin'],
  ['which namespace', 'shop'],
];

/** Clicks the status bar's offer and answers its pickers; one with a single answer is not shown. */
export async function bindFolder(window: Workbench): Promise<void> {
  await window.status.click();
  const bound = window.page.locator('.statusbar-item', { hasText: /demo.*sandbox-admin/s }).first();
  for (const [question, answer] of ANSWERS) {
    const title = window.page.locator('.quick-input-title', { hasText: /which (?:cloud|project|cluster|namespace)/ });
    await title.or(bound).first().waitFor();
    if (!(await title.isVisible()) || !(await title.innerText()).includes(question)) continue;
    await window.pick(answer);
    await window.page.locator('.quick-input-title', { hasText: question }).waitFor({ state: 'hidden' });
  }
  await bound.waitFor();
}
