import { glob, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Browser, FrameLocator, Locator, Page } from 'playwright-core';
import { launchBrowser, workbenchUrl } from '../../vscode-host/browser.ts';
import { root, screenshotFolder } from '../../vscode-host/places.ts';
import { type RunningServer, startServer } from '../../vscode-host/server.ts';
import { type Row, TreeView, takeEntry } from './treeView.ts';

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
/** How the window is looked at: what the system asks for, and the theme that VS Code then takes. */
const THEMES = [
  { name: 'light', media: { colorScheme: 'light', forcedColors: 'none' }, theme: 'vs' },
  { name: 'dark', media: { colorScheme: 'dark', forcedColors: 'none' }, theme: 'vs-dark' },
  { name: 'contrast', media: { colorScheme: 'dark', forcedColors: 'active' }, theme: 'hc-black' },
] as const;

const readProcess = (id: string, file: 'stat' | 'cmdline') => readFile(`/proc/${id}/${file}`, 'utf8').catch(() => '');

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

  /** Ends the extension host of this window as a crash would (Linux: children of the server are found by /proc). */
  async killExtensionHost(): Promise<void> {
    const hosts: number[] = [];
    for (const entry of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
      // it may end while we look
      const [stat, command] = await Promise.all([readProcess(entry, 'stat'), readProcess(entry, 'cmdline')]);
      const parent = Number(/\) \S (\d+) /.exec(stat)?.[1]);
      if (parent === this.#server.pid && command.includes('--type=extensionHost')) hosts.push(Number(entry));
    }
    const [host, ...others] = hosts;
    if (host === undefined || others.length > 0) throw new Error(`${hosts.length} extension hosts run below ${this.#server.pid}`);
    process.kill(host, 'SIGKILL');
  }

  /** Opens the same window again, as after closing it. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.page.locator('.monaco-workbench .part.activitybar').waitFor();
  }

  /** Runs a command from the palette, by its title. */
  async command(title: string): Promise<void> {
    await this.#take('F1', `>${title}`, title);
  }

  /** Opens a file of the folder by its path. */
  async openFile(path: string): Promise<void> {
    const name = path.split('/').at(-1) ?? path;
    await this.#take('Control+P', path, name);
    await this.page.locator('.tab.active', { hasText: name }).waitFor();
  }

  /** Opens quick input by a key, types, and takes the entry named so. An editor that gets the focus just then closes it again: then once more, as a person would. */
  async #take(key: string, text: string, entry: string): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        await this.page.keyboard.press(key);
        await this.#quickInput.fill(text, { timeout: 5000 });
        await this.#choice(entry).waitFor({ timeout: 10_000 });
        if ((await this.#choice('').innerText()).includes(entry)) await this.page.keyboard.press('Enter');
        else await this.#choice(entry).click();
        return;
      } catch (error) {
        if (tries === 4) throw error;
        await this.page.keyboard.press('Escape');
      }
    }
  }

  /** Opens the menu of a file or folder at the root of the Explorer and takes an entry. */
  async explorerMenu(name: string, entry: string): Promise<void> {
    await this.command('File: Focus on Files Explorer');
    const row = this.page.locator('.explorer-folders-view .monaco-list-row', { hasText: name }).first();
    const action = this.page.locator('.context-view .action-item:visible', { hasText: entry }).first();
    // In its first moments a window does not know yet that it is trusted, and leaves our entries out.
    for (let tries = 0; tries < 10 && !(await action.isVisible()); tries++) {
      await this.page.keyboard.press('Escape');
      await row.click({ button: 'right' });
      await this.page.waitForTimeout(500);
    }
    await takeEntry(this.page, entry);
  }

  /** Types into the open input box and presses Enter. */
  async answer(question: RegExp, text: string): Promise<void> {
    await this.page.locator('.quick-input-widget:visible', { hasText: question }).waitFor();
    await this.#quickInput.fill(text);
    await this.page.keyboard.press('Enter');
  }

  /** Takes the entry of the open picker whose text contains `text`; in a list that is longer than the picker it is typed first. */
  async pick(text: string): Promise<void> {
    // where the pointer still rests a hover may come up, and cover the picker
    await this.page.mouse.move(0, 0);
    const shown = await this.#choice(text)
      .waitFor({ timeout: 10_000 })
      .then(
        () => true,
        () => false,
      );
    if (!shown) await this.#quickInput.fill(text);
    await this.#choice(text).click();
  }

  /** Texts of the entries of the open picker. */
  async choices(): Promise<string[]> {
    const rows = this.page.locator('.quick-input-list .monaco-list-row');
    await rows.first().waitFor();
    return (await rows.allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').trim());
  }

  /** What a gesture copies. */
  async copied(gesture: () => Promise<void>): Promise<string> {
    await this.page.evaluate("navigator.clipboard.writeText('')");
    await gesture();
    for (const end = Date.now() + 10_000; Date.now() < end; await this.page.waitForTimeout(100)) {
      const text = await this.page.evaluate<string>('navigator.clipboard.readText()');
      if (text !== '') return text;
    }
    throw new Error('Nothing was copied within 10 s.');
  }

  /** Lines of our log so far. */
  async log(): Promise<string[]> {
    const texts: string[] = [];
    for await (const file of glob(join(this.#server.home, '**/*Hybrid Clusters.log'))) texts.push(await readFile(file, 'utf8'));
    return texts.join('\n').split('\n');
  }

  async openContainer(): Promise<void> {
    const tab = this.page.locator('.activitybar .action-item', { has: this.page.locator('[aria-label^="Hybrid Clusters"]') });
    const clouds = this.page.locator('.pane-header', { hasText: 'Clouds' });
    // A window that comes back opens its side bar by itself: a click in that moment closes it.
    for (let tries = 1; ; tries++) {
      if (!(await tab.first().getAttribute('class'))?.includes('checked')) await tab.first().click();
      try {
        await clouds.waitFor({ timeout: 10_000 });
        break;
      } catch (error) {
        if (tries === 4) throw error;
      }
    }
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

  /** One of our views, unfolded; the others are folded so that it has the room. */
  async view(name: 'Clouds' | 'Clusters' | 'Deployments' | 'Port Forwards' | 'Cluster Findings'): Promise<TreeView> {
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

  /** Opens the quick fixes at the cursor and answers the one with this title. The bulb tells that there are some; what moves the focus just then closes their menu: then once more, as a person would. */
  async quickFix(title: string): Promise<Locator> {
    const fix = this.page.locator('.action-widget .monaco-list-row', { hasText: title }).first();
    for (let tries = 1; ; tries++) {
      await this.page
        .locator('.editor-instance .codicon-light-bulb, .editor-instance .codicon-gutter-lightbulb')
        .first()
        .waitFor();
      await this.page.keyboard.press('Control+Period');
      try {
        await fix.waitFor({ timeout: 10_000 });
        return fix;
      } catch (error) {
        if (tries === 3) throw error;
        await this.page.keyboard.press('Escape');
      }
    }
  }

  squiggles(severity: 'error' | 'warning' | 'info' = 'error'): Locator {
    return this.page.locator(`.editor-instance .squiggly-${severity}`);
  }

  /** Texts of the notifications on the screen. */
  notifications(): Promise<string[]> {
    return this.page.locator('.notifications-toasts .notification-list-item-message').allInnerTexts();
  }

  /** Waits until no notification is on the screen: the progress of what was done goes a moment after its end. */
  async untilQuiet(): Promise<void> {
    const deadline = Date.now() + 15_000;
    for (;;) {
      const texts = await this.notifications();
      if (texts.length === 0) return;
      if (Date.now() > deadline) throw new Error(`Notifications stayed: ${texts.join(' | ')}`);
      await this.page.waitForTimeout(200);
    }
  }

  /** Waits for a notification whose text matches and answers the text; fails with what was told instead. */
  async told(pattern: RegExp, withinMs = 120_000): Promise<string> {
    const message = this.page.locator('.notification-list-item-message', { hasText: pattern }).first();
    try {
      await message.waitFor({ timeout: withinMs });
    } catch (cause) {
      const focused = await this.page.evaluate<string>("document.activeElement?.className ?? 'nothing'");
      const told = (await this.notifications()).join(' | ') || 'nothing';
      throw new Error(`Not told ${pattern}, but: ${told}. The focus is in ${focused}.`, { cause });
    }
    return message.innerText();
  }

  /** Presses a button of a notification. One that was not looked at for a while has gone behind the bell: there it is looked for, as a person would. */
  async press(button: string): Promise<void> {
    const within = (list: string) => this.page.locator(`${list} .monaco-button:visible`, { hasText: button }).first();
    const shown = await within('.notifications-toasts')
      .click({ timeout: 8000 })
      .then(
        () => true,
        () => false,
      );
    if (shown) return;
    await this.command('Notifications: Show Notifications');
    await within('.notifications-center').click();
    await this.page.keyboard.press('Escape');
  }

  /** Text of the modal dialog whose text matches. */
  dialog(pattern: RegExp): Promise<string> {
    return this.page.locator('.monaco-dialog-box', { hasText: pattern }).innerText();
  }

  /** Presses a button of the modal dialog. */
  async pressInDialog(button: string): Promise<void> {
    await this.page.locator('.monaco-dialog-box .monaco-button', { hasText: button }).first().click();
    await this.page.locator('.monaco-dialog-box').waitFor({ state: 'detached' });
  }

  /** Takes every notification away. */
  async clearNotifications(): Promise<void> {
    await this.command('Notifications: Clear All Notifications');
    await this.page.locator('.notifications-toasts .notification-list-item').first().waitFor({ state: 'detached' });
  }

  /** The page in front, as a webview shows it. */
  get shownPage(): FrameLocator {
    return this.page.frameLocator('iframe.webview.ready').frameLocator('#active-frame');
  }

  /** Our item of the status bar. */
  get status(): Locator {
    return this.page.locator('.statusbar-item[id*="hybrid-clusters"]').first();
  }

  /** `<name>-light.png`, `<name>-dark.png` and `<name>-contrast.png` among the test's output; dark is what stays. */
  async screenshot(name: string): Promise<void> {
    await mkdir(screenshotFolder, { recursive: true });
    for (const { name: look, media, theme } of THEMES) {
      await this.page.emulateMedia(media);
      await this.page.locator(`.monaco-workbench.${theme}`).waitFor();
      await this.page.waitForTimeout(300);
      await this.page.screenshot({ path: join(screenshotFolder, `${name}-${look}.png`) });
    }
    await this.page.emulateMedia({ colorScheme: 'dark', forcedColors: 'none' });
  }

  /** What the window looked like when a test failed. */
  async keep(name: string): Promise<void> {
    const folder = join(dirname(screenshotFolder), 'output');
    await mkdir(folder, { recursive: true });
    await this.page.screenshot({ path: join(folder, `${name}.png`) });
    await writeFile(join(folder, `${name}.txt`), await this.page.locator('body').innerText());
  }

  get #quickInput(): Locator {
    return this.page.locator('.quick-input-widget .quick-input-box input').first();
  }

  #choice(text: string): Locator {
    return this.page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first();
  }
}

export type { Row };
