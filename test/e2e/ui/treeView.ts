import type { Locator, Page } from 'playwright-core';

/** One row of a tree as it stands on the screen. */
export interface Row {
  readonly index: number;
  /** 1 for the roots. */
  readonly level: number;
  readonly label: string;
  readonly description: string;
  /** Undefined for a row without children. */
  readonly expanded: boolean | undefined;
}

const WITHIN_MS = 30_000;
/** Pages of a tree that are looked through for a row. */
const MOST_PAGES = 40;
/** Pixels. */
const ROW_HEIGHT = 22;
/** Stands for any row in a path. */
const ANY = /(?:)/;

/** Takes an entry of the menu that was just opened. */
export async function takeEntry(page: Page, entry: string): Promise<void> {
  const action = page.locator('.context-view .action-item:visible', { hasText: entry }).first();
  await action.hover();
  // A menu does not listen in the moment it opens.
  await clickUntilGone(action);
}

/** Clicks what goes away by a click, again as long as nobody listened. What stands in the way, such as the tooltip of a row below, goes when the pointer does. */
export async function clickUntilGone(target: Locator, withinMs = WITHIN_MS): Promise<void> {
  for (const end = Date.now() + withinMs; ; ) {
    await target.click({ timeout: 5000 }).catch(() => target.page().mouse.move(0, 0));
    if (await isGone(target)) return;
    if (Date.now() > end) throw new Error(`clicked for ${withinMs / 1000} s, still there: ${await target.innerText()}`);
  }
}

/** Whether something is gone, or goes in a moment. */
export function isGone(target: Locator): Promise<boolean> {
  return target.waitFor({ state: 'detached', timeout: 1500 }).then(
    () => true,
    () => false,
  );
}

/** A view's tree, read and used through the screen. In a tree that is longer than the view, rows are looked for page by page. */
export class TreeView {
  readonly #page: Page;
  readonly #pane: Locator;

  constructor(page: Page, name: string) {
    this.#page = page;
    this.#pane = page.locator('.part.sidebar .pane', { has: page.locator('.pane-header', { hasText: name }) });
  }

  /** The rows on the screen. */
  async rows(): Promise<Row[]> {
    const rows = await this.#pane.locator('.pane-body .monaco-list-row').evaluateAll((elements) =>
      elements.map((element) => ({
        index: Number(element.getAttribute('data-index')),
        level: Number(element.getAttribute('aria-level')),
        label: element.querySelector('.label-name')?.textContent ?? '',
        description: element.querySelector('.label-description')?.textContent ?? '',
        expanded: element.hasAttribute('aria-expanded') ? element.getAttribute('aria-expanded') === 'true' : undefined,
      })),
    );
    // a row that is just put onto the screen has no level yet
    return inOrder(rows.filter(({ level }) => level > 0));
  }

  /** The tree as indented text: label, two spaces, description. */
  async text(): Promise<string> {
    const rows = await this.rows();
    return rows
      .map(({ level, label, description }) => `${'  '.repeat(level - 1)}${label}${description && `  ${description}`}`)
      .join('\n');
  }

  /** Text of the empty view. */
  welcome(): Promise<string> {
    // The pane is there before its words are.
    return this.#pane.locator('.welcome-view-content').filter({ hasText: /\S/ }).innerText();
  }

  /** The row at the end of a path of labels, every row above it unfolded, once it has come to rest. Rejects with the tree as it stood if there is none. */
  async find(...path: readonly (string | RegExp)[]): Promise<Row> {
    let depth = 0;
    let before = '';
    return this.#eventually(
      async () => {
        const { found } = await this.#walk(path);
        depth = found.length;
        const last = found.at(-1);
        if (found.length === path.length && last) {
          const [now, earlier] = [JSON.stringify(last), before];
          before = now;
          return now === earlier ? last : undefined;
        }
        if (last?.expanded === false) await this.#toggle(last);
        return undefined;
      },
      () => `${path.slice(0, depth + 1).join(' › ')} is not there`,
    );
  }

  /** Unfolds the row at the end of a path and answers its children once they are more than a row that spins. */
  async expand(...path: readonly (string | RegExp)[]): Promise<Row[]> {
    await this.find(...path);
    let before = '';
    return this.#eventually(
      async () => {
        const { rows, found } = await this.#walk([...path, ANY]);
        const row = found[path.length - 1];
        if (row?.expanded === false) await this.#toggle(row);
        const children = row ? childrenOf(rows, row) : [];
        // Rows come onto the screen a few at a time.
        const [now, last] = [JSON.stringify(children), before];
        before = now;
        return children.length > 0 && now === last && !(await this.#busy()) ? children : undefined;
      },
      () => `${path.join(' › ')} has no children`,
    );
  }

  /** Folds the row at the end of a path. */
  async fold(...path: readonly (string | RegExp)[]): Promise<void> {
    const row = await this.find(...path);
    if (row.expanded) await this.#toggle(row);
  }

  async click(...path: readonly (string | RegExp)[]): Promise<void> {
    await this.#clickRow(path);
  }

  /** Adds the rows up to this one to the selection. */
  async clickWithShift(...path: readonly (string | RegExp)[]): Promise<void> {
    await this.#clickRow(path, { modifiers: ['Shift'] });
  }

  /** Opens the row's menu and takes an entry. A document that opens just then closes the menu, and a menu that does not listen is closed: then once more, as a person would. */
  async menu(entry: string, ...path: readonly (string | RegExp)[]): Promise<void> {
    const shown = this.#page.locator('.context-view .action-item:visible', { hasText: entry }).first();
    for (let tries = 1; ; tries++) {
      await this.#clickRow(path, { button: 'right' });
      try {
        await shown.waitFor({ timeout: 5000 });
        await clickUntilGone(shown, 8000);
        return;
      } catch (error) {
        if (tries === 4) throw error;
        await this.#page.keyboard.press('Escape');
      }
    }
  }

  /** The entries of the row's menu, which is closed again. */
  async entries(...path: readonly (string | RegExp)[]): Promise<readonly string[]> {
    const shown = this.#page.locator('.context-view .action-item:visible');
    await this.#clickRow(path, { button: 'right' });
    await shown.first().waitFor();
    const texts = await shown.allInnerTexts();
    await this.#page.keyboard.press('Escape');
    await shown.first().waitFor({ state: 'detached' });
    return texts.map((text) => text.trim()).filter((text) => text !== '');
  }

  /** Waits until the selected row's name matches: a reveal opens rows on its way. */
  untilSelected(name: RegExp): Promise<string> {
    const look = async () => {
      const selected = await this.selected();
      return selected !== undefined && name.test(selected) ? selected : undefined;
    };
    return this.#eventually(look, () => `no row named ${name} is selected`);
  }

  /** Waits until a row is not there any more. */
  async untilGone(...path: readonly (string | RegExp)[]): Promise<void> {
    if (path.length > 1) await this.find(...path.slice(0, -1));
    const look = async () => ((await this.#walk(path)).found.length === path.length - 1 ? true : undefined);
    await this.#eventually(look, () => `${path.join(' › ')} is still there`);
  }

  /** Waits until the facts beside a row's name match. */
  async untilSays(description: RegExp, ...path: readonly (string | RegExp)[]): Promise<void> {
    await this.find(...path);
    const look = async () =>
      description.test((await this.#walk(path)).found[path.length - 1]?.description ?? '') ? true : undefined;
    await this.#eventually(look, () => `${path.join(' › ')} does not say ${description}`);
  }

  /** Takes an action that stands in the row itself. */
  async inline(action: string, ...path: readonly (string | RegExp)[]): Promise<void> {
    await this.#onRow(path, async (row) => {
      await row.hover({ timeout: 5000 });
      await row.locator(`.actions .action-label[aria-label^="${action}"]`).click({ timeout: 5000 });
    });
  }

  /** Goes to the end of a tree that is longer than the view, with the keyboard, and clicks the row there whose name matches. */
  async clickAtEnd(name: RegExp): Promise<void> {
    const found = await this.#eventually(
      async () => {
        await this.#pane.locator('.pane-body .monaco-list').focus();
        await this.#page.keyboard.press('End');
        return (await this.rows()).find(({ label }) => name.test(label));
      },
      () => `${name} is not at the end`,
    );
    await this.#row(found).click();
  }

  /** What is shown when the pointer rests on a row, once it holds what is looked for. A row that moves away from under the pointer is found again, as a person would. */
  async tooltip(text: RegExp, ...path: readonly (string | RegExp)[]): Promise<string> {
    const shown = this.#page.locator('.monaco-hover:visible', { hasText: text });
    return this.#eventually(
      async () => {
        await this.#row(await this.find(...path)).hover();
        const read = await shown.innerText({ timeout: 5000 }).catch(() => undefined);
        if (read === undefined) await this.#page.mouse.move(0, 0);
        return read;
      },
      () => `${path.join(' › ')} has no tooltip with ${text}`,
    );
  }

  /** The names of all selected rows on the screen, from above. */
  async selection(): Promise<string[]> {
    const rows = await this.#pane.locator('.pane-body .monaco-list-row.selected').evaluateAll((elements) =>
      elements.map((element) => ({
        index: Number(element.getAttribute('data-index')),
        label: element.querySelector('.label-name')?.textContent ?? '',
      })),
    );
    return rows.sort((one, other) => one.index - other.index).map(({ label }) => label);
  }

  async selected(): Promise<string | undefined> {
    const row = this.#pane.locator('.pane-body .monaco-list-row.selected .label-name');
    return (await row.count()) > 0 ? await row.first().innerText() : undefined;
  }

  #row({ index }: Pick<Row, 'index'>): Locator {
    return this.#pane.locator(`.pane-body .monaco-list-row[data-index="${index}"]`);
  }

  /** A row as long as it stands where it stood. */
  #stillThere({ index, label }: Pick<Row, 'index' | 'label'>): Locator {
    return this.#row({ index }).filter({ has: this.#page.locator('.label-name').getByText(label, { exact: true }) });
  }

  /** The rows along a path as far as it leads, the last of them on the screen; and all that were seen on the way. */
  async #walk(path: readonly (string | RegExp)[]): Promise<{ readonly rows: readonly Row[]; readonly found: readonly Row[] }> {
    const seen = new Map<number, Row>();
    for (let pages = 0; ; pages++) {
      for (const row of await this.rows()) seen.set(row.index, row);
      const rows = inOrder([...seen.values()]);
      const found = walk(rows, path);
      const isEnd = found.length === path.length || found.at(-1)?.expanded === false;
      if (isEnd || pages === MOST_PAGES || !(await this.#turn(pages === 0))) return { rows, found };
      // what is found from the top on ends on the screen
      if (pages === 0) seen.clear();
    }
  }

  /** Scrolls to the top of the tree, or some rows down. Whether that may show other rows. */
  async #turn(toTop: boolean): Promise<boolean> {
    const list = this.#pane.locator('.pane-body .monaco-list').first();
    const box = await list.boundingBox();
    const height = await list.locator('.monaco-list-rows').evaluate((rows) => rows.getBoundingClientRect().height);
    if (!box || height <= box.height) return false;
    const first = async () => (await this.rows())[0]?.index;
    const before = await first();
    await this.#page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    // a notch of the wheel is three rows, however far it turns
    const [notch, notches] = toTop ? [-120, Math.ceil(height / 3 / ROW_HEIGHT)] : [120, 6];
    for (let turned = 0; turned < notches; turned++) await this.#page.mouse.wheel(0, notch);
    // the list follows in its next frames
    await this.#page.waitForTimeout(150);
    await this.#page.mouse.move(0, 0);
    return toTop || (await first()) !== before;
  }

  #clickRow(
    path: readonly (string | RegExp)[],
    how: { readonly button?: 'right'; readonly modifiers?: 'Shift'[] } = {},
  ): Promise<void> {
    return this.#onRow(path, (row) => row.click({ ...how, timeout: 5000 }));
  }

  /** Does something to the row at the end of a path. Rows move while others come and go: one that is no longer where it was found is looked for again. */
  async #onRow(path: readonly (string | RegExp)[], act: (row: Locator) => Promise<void>): Promise<void> {
    for (let tries = 1; ; tries++) {
      const row = this.#stillThere(await this.find(...path));
      try {
        await act(row);
        return;
      } catch (error) {
        if (tries === 6) throw error;
        // a tooltip may have come between
        await this.#page.mouse.move(0, 0);
      }
    }
  }

  /** Folds or unfolds a row, if it still stands where it stood; waits until it has. */
  async #toggle({ index, label, expanded }: Row): Promise<void> {
    await this.#stillThere({ index, label })
      .locator('.monaco-tl-twistie')
      .click({ timeout: 2000 })
      .catch(() => {});
    for (let looks = 0; looks < 20; looks++) {
      const now = (await this.rows()).find((one) => one.index === index);
      if (now?.label !== label || now.expanded !== expanded) return;
      await this.#page.waitForTimeout(100);
    }
  }

  async #busy(): Promise<boolean> {
    return (await this.#pane.locator('.monaco-progress-container.active, .codicon-tree-item-loading').count()) > 0;
  }

  async #eventually<T>(look: () => Promise<T | undefined>, sentence: () => string): Promise<T> {
    for (const end = Date.now() + WITHIN_MS; Date.now() < end; await this.#page.waitForTimeout(100)) {
      const found = await look();
      if (found !== undefined) return found;
    }
    throw new Error(`${sentence()} within ${WITHIN_MS / 1000} s; the tree is\n${await this.text()}`);
  }
}

const inOrder = (rows: readonly Row[]) => rows.toSorted((left, right) => left.index - right.index);

/** The rows along a path as far as it leads. */
function walk(rows: readonly Row[], path: readonly (string | RegExp)[]): readonly Row[] {
  const found: Row[] = [];
  for (const label of path) {
    const parent = found.at(-1);
    const below = parent ? childrenOf(rows, parent) : rows.filter(({ level }) => level === 1);
    const next = below.find((row) => (typeof label === 'string' ? row.label === label : label.test(row.label)));
    if (!next) break;
    found.push(next);
  }
  return found;
}

function childrenOf(rows: readonly Row[], parent: Row): Row[] {
  const below = rows.filter(({ index }) => index > parent.index);
  const end = below.findIndex(({ level }) => level <= parent.level);
  return (end < 0 ? below : below.slice(0, end)).filter(({ level }) => level === parent.level + 1);
}
