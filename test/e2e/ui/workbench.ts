import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { launchBrowser, workbenchUrl } from '../../vscode-host/browser.ts';
import { root, screenshotFolder } from '../../vscode-host/places.ts';
import { type RunningServer, startServer } from '../../vscode-host/server.ts';
import { type Row, TreeView } from './treeView.ts';

export const vsix = join(root, 'hybrid-clusters.vsix');

export interface WindowOptions {
  readonly folder: string;
  /** Reaches the extension host: which clouds and clusters there are. */
  readonly env: Readonly<Record<string, string>>;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Workspace Trust on: the folder opens in Restricted Mode. */
  readonly trust?: boolean;
}

const SIDEBAR_WIDTH = 500;
const THEMES = ['light', 'dark'] as const;

/** One window of VS Code with the packaged extension, driven as a person would: by what is on the screen. */
export class Workbench {
  readonly page: Page;
  readonly #server: RunningServer;
  readonly #browser: Browser;

  private constructor(page: Page, server: RunningServer, browser: Browser) {
    this.page = page;
    this.#server = server;
    this.#browser = browser;
  }

  /** Without the smoke-test driver, so that notifications are seen and modal dialogs are not refused. */
  static async open({ folder, env, settings, trust = false }: WindowOptions): Promise<Workbench> {
    const server = await startServer({
      vsix: [vsix],
      env: () => env,
      trust,
      settings: { 'window.autoDetectColorScheme': true, ...settings },
    });
    const browser = await launchBrowser();
    const context = await browser.newContext({
      viewport: { width: 1440, height: 1000 },
      colorScheme: 'dark',
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    await page.goto(workbenchUrl(server, folder));
    await page.locator('.monaco-workbench .part.activitybar').waitFor();
    return new Workbench(page, server, browser);
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.#server.stop();
  }

  /** Runs a command from the palette, by its title. */
  async command(title: string): Promise<void> {
    await this.page.keyboard.press('F1');
    await this.#quickInput.waitFor();
    await this.#quickInput.fill(`>${title}`);
    await this.#choice(title).waitFor();
    await this.page.keyboard.press('Enter');
  }

  /** Opens a file of the folder by its path. */
  async openFile(path: string): Promise<void> {
    await this.page.keyboard.press('Control+P');
    await this.#quickInput.waitFor();
    await this.#quickInput.fill(path);
    await this.#choice(path.split('/').at(-1) ?? path).waitFor();
    await this.page.keyboard.press('Enter');
    await this.page.locator('.tab.active', { hasText: path.split('/').at(-1) ?? path }).waitFor();
  }

  /** Takes the entry of the open picker whose text contains `text`. */
  async pick(text: string): Promise<void> {
    await this.#choice(text).click();
  }

  /** Texts of the entries of the open picker. */
  async choices(): Promise<string[]> {
    const rows = this.page.locator('.quick-input-list .monaco-list-row');
    await rows.first().waitFor();
    return (await rows.allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').trim());
  }

  async openContainer(): Promise<void> {
    const tab = this.page.locator('.activitybar .action-item', { has: this.page.locator('[aria-label^="Hybrid Clusters"]') });
    if (!(await tab.first().getAttribute('class'))?.includes('checked')) await tab.first().click();
    await this.page.locator('.pane-header', { hasText: 'Clouds' }).waitFor();
    await this.#widenSidebar();
  }

  /** Rows have a name and two facts; the width that VS Code begins with cuts them off. */
  async #widenSidebar(): Promise<void> {
    const box = await this.page.locator('.part.sidebar').boundingBox();
    if (!box || box.width >= SIDEBAR_WIDTH) return;
    const [edge, middle] = [box.x + box.width, box.y + box.height / 2];
    await this.page.mouse.move(edge, middle);
    await this.page.mouse.down();
    await this.page.mouse.move(box.x + SIDEBAR_WIDTH + 5, middle, { steps: 5 });
    await this.page.mouse.up();
  }

  /** One of our views, unfolded; the other two are folded so that it has the room. */
  async view(name: 'Clouds' | 'Clusters' | 'Deployments'): Promise<TreeView> {
    await this.openContainer();
    for (const header of await this.page.locator('.part.sidebar .pane-header').all()) {
      const wanted = ((await header.innerText()).trim().toLowerCase() === name.toLowerCase()).toString();
      if ((await header.getAttribute('aria-expanded')) !== wanted) await header.locator('h3.title').click();
    }
    return new TreeView(this.page, name);
  }

  /** Waits until a line of the editor that contains `text` is on the screen and answers it. */
  async editorLine(text: string): Promise<Locator> {
    const line = this.page.locator('.editor-instance .view-line', { hasText: text }).first();
    await line.waitFor();
    return line;
  }

  squiggles(severity: 'error' | 'warning' | 'info' = 'error'): Locator {
    return this.page.locator(`.editor-instance .squiggly-${severity}`);
  }

  /** Texts of the notifications on the screen. */
  notifications(): Promise<string[]> {
    return this.page.locator('.notifications-toasts .notification-list-item-message').allInnerTexts();
  }

  /** Waits for a notification whose text matches and answers the text. */
  async told(pattern: RegExp, withinMs = 120_000): Promise<string> {
    const message = this.page.locator('.notification-list-item-message', { hasText: pattern }).first();
    await message.waitFor({ timeout: withinMs });
    return message.innerText();
  }

  /** Presses a button of a notification. */
  async press(button: string): Promise<void> {
    await this.page.locator('.notifications-toasts .monaco-button', { hasText: button }).first().click();
  }

  /** Our item of the status bar. */
  get status(): Locator {
    return this.page.locator('.statusbar-item[id*="hybrid-clusters"]').first();
  }

  /** `<name>-light.png` and `<name>-dark.png` among the test's output. */
  async screenshot(name: string): Promise<void> {
    await mkdir(screenshotFolder, { recursive: true });
    for (const theme of THEMES) {
      await this.page.emulateMedia({ colorScheme: theme });
      await this.page.locator(theme === 'dark' ? '.monaco-workbench.vs-dark' : '.monaco-workbench.vs').waitFor();
      await this.page.waitForTimeout(300);
      await this.page.screenshot({ path: join(screenshotFolder, `${name}-${theme}.png`) });
    }
  }

  /** What the window looked like when a test failed. */
  async keep(name: string): Promise<void> {
    const folder = join(dirname(screenshotFolder), 'output');
    await mkdir(folder, { recursive: true });
    await this.page.screenshot({ path: join(folder, `${name}.png`) });
    await writeFile(join(folder, `${name}.txt`), await this.page.locator('body').innerText());
  }

  get #quickInput(): Locator {
    return this.page.locator('.quick-input-widget input[type=text], .quick-input-widget input:not([type])').first();
  }

  #choice(text: string): Locator {
    return this.page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first();
  }
}

export type { Row };
