import type { Page } from 'playwright-core';

/** What asks or tells something in the window just now. */
export interface Shown {
  /** Of the open quick input; undefined: none is open. */
  readonly title?: string;
  /** It has a list, an input box has none. */
  readonly list?: boolean;
  /** Rows may still be on their way. */
  readonly busy?: boolean;
  /** Below the input: what is asked for, or what is wrong with it. */
  readonly message?: string;
  readonly rows?: readonly PaletteRow[];
  /** Of the modal dialog. */
  readonly dialog?: string;
  readonly buttons?: readonly string[];
  readonly notifications: readonly string[];
}

export interface PaletteRow {
  readonly index: number;
  readonly label: string;
  readonly text: string;
  /** Enter takes it. */
  readonly focused: boolean;
  /** Undefined where there is nothing to check. */
  readonly checked?: boolean;
}

/** One look at the page: everything at once, since a question may go while it is read. */
const LOOK = `(() => {
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const seen = (element) => Boolean(element && element.getClientRects().length > 0);
  const shown = { notifications: all('.notifications-toasts .notification-list-item-message').map((each) => each.innerText) };
  const dialog = one('.monaco-dialog-box');
  if (dialog) Object.assign(shown, { dialog: dialog.innerText, buttons: all('.monaco-button', dialog).map((each) => each.innerText.trim()) });
  const input = one('.quick-input-widget');
  if (!seen(input)) return shown;
  const list = one('.quick-input-list', input);
  return Object.assign(shown, {
    title: one('.quick-input-title', input)?.innerText.trim() ?? '',
    list: seen(list),
    busy: seen(one('.quick-input-progress.active', input)),
    message: seen(one('.quick-input-message', input)) ? one('.quick-input-message', input).innerText : '',
    rows: !seen(list) ? [] : all('.monaco-list-row', list).map((row) => ({
      index: Number(row.dataset.index),
      label: one('.label-name', row)?.textContent ?? '',
      focused: row.classList.contains('focused'),
      text: row.innerText.replace(/\\s+/g, ' ').trim(),
      checked: seen(one('[role=checkbox], input[type=checkbox]', row)) ? row.getAttribute('aria-checked') === 'true' : undefined,
    })),
  });
})()`;

const WITHIN_MS = 20_000;

/** Quick input of VS Code, used by the keyboard and by what stands in the rows. Everything rejects with what was on the screen instead. */
export class Palette {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  look(): Promise<Shown> {
    return this.#page.evaluate<Shown>(LOOK);
  }

  /** Looks until something is so. */
  async until<T>(what: string, see: (shown: Shown) => T | undefined, withinMs = WITHIN_MS): Promise<T> {
    let shown: Shown = { notifications: [] };
    for (const end = Date.now() + withinMs; Date.now() < end; await this.#page.waitForTimeout(40)) {
      shown = await this.look();
      const found = see(shown);
      if (found !== undefined) return found;
    }
    throw new Error(`not within ${withinMs / 1000} s: ${what}; on the screen: ${JSON.stringify(shown).slice(0, 1500)}`);
  }

  /** Runs the one command that has exactly this title in the palette. */
  async run(title: string): Promise<void> {
    await this.close();
    await this.#page.keyboard.press('F1');
    await this.until('the palette', ({ list }) => (list ? true : undefined));
    await this.#input.fill(`>${title}`);
    const [, second] = await this.until(`the command ${title}`, ({ rows = [] }) => {
      const found = rows.filter(({ label }) => label === title);
      return found.length > 0 ? found : undefined;
    });
    if (second) throw new Error(`two commands are called ${title}`);
    await this.#take(({ label }) => label === title);
  }

  /** Types a row's name and takes the row of exactly that name; `*`: the first one. Undefined if it is not offered. */
  async take(name: string): Promise<PaletteRow | undefined> {
    const [label = '', also = ''] = name.split(' @');
    const typed = also === '' && label !== '*' ? label : also;
    if (typed !== '') await this.#input.fill(typed);
    const fits = (row: PaletteRow) => (label === '*' || row.label === label) && row.text.includes(also);
    let quiet = 0;
    const row = await this.until(`an answer ${name}`, ({ rows = [], busy, list }) => {
      const found = rows.find(fits);
      if (found) return found;
      quiet = busy || !list ? 0 : quiet + 1;
      return quiet > 12 ? null : undefined;
    });
    if (!row) return undefined;
    await this.#take(fits);
    return row;
  }

  /** Checks exactly these boxes and goes on. */
  async takeAll(names: readonly string[]): Promise<void> {
    const rows = await this.until('boxes', ({ rows = [], busy }) => (rows.length > 0 && !busy ? rows : undefined));
    for (const row of rows.filter(({ checked, label }) => checked !== names.includes(label))) {
      await this.#row(row).click();
      // A hover would lie over the next row.
      await this.#page.mouse.move(5, 900);
    }
    const missing = names.filter((name) => !rows.some(({ label }) => label === name));
    if (missing.length > 0) throw new Error(`not offered: ${missing.join(', ')}`);
    await this.#page.keyboard.press('Enter');
  }

  /** Types a text in place of what stands there, `=` for what stands there, and goes on. */
  async type(text: string): Promise<void> {
    if (text !== '=') await this.#input.fill(text);
    await this.#page.keyboard.press('Enter');
  }

  /** Names a file in VS Code's own dialog for files, which first shows a folder. */
  async file(path: string): Promise<void> {
    await this.until('a folder', ({ rows = [], busy }) => (rows.length > 0 && !busy ? true : undefined));
    await this.#input.fill(path);
    const name = path.split('/').at(-1);
    await this.until(`the file ${path}`, ({ rows = [] }) => rows.find(({ label, focused }) => focused && label === name));
    await this.#page.keyboard.press('Enter');
  }

  /** Presses a button of the modal dialog, which goes then. */
  async press(button: string): Promise<void> {
    const dialog = this.#page.locator('.monaco-dialog-box');
    const text = await dialog.innerText();
    await dialog.getByRole('button', { name: button, exact: true }).click();
    await this.until('the dialog goes', (shown) => (shown.dialog === text ? undefined : true));
  }

  /** Dismisses what asks. */
  async close(): Promise<void> {
    for (let tries = 0; tries < 5; tries++) {
      const { title, dialog } = await this.look();
      if (title === undefined && dialog === undefined) return;
      await this.#page.keyboard.press('Escape');
      await this.#page.waitForTimeout(100);
    }
  }

  get #input() {
    return this.#page.locator('.quick-input-widget .quick-input-box input').first();
  }

  #row({ index }: PaletteRow) {
    return this.#page.locator(`.quick-input-list .monaco-list-row[data-index="${index}"]`);
  }

  /** By the keyboard: where the mouse rests, a hover would lie over the next list. */
  async #take(wanted: (row: PaletteRow) => boolean): Promise<void> {
    for (let steps = 0; steps < 50; steps++) {
      const { rows = [] } = await this.look();
      const focused = rows.find((row) => row.focused);
      if (focused && wanted(focused)) return this.#page.keyboard.press('Enter');
      await this.#page.keyboard.press('ArrowDown');
    }
    throw new Error('the row could not be reached by the keyboard');
  }
}
