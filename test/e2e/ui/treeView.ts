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

/** A view's tree, read and used through the screen. Rows outside of the visible part do not exist for it. */
export class TreeView {
  readonly #page: Page;
  readonly #pane: Locator;

  constructor(page: Page, name: string) {
    this.#page = page;
    this.#pane = page.locator('.part.sidebar .pane', { has: page.locator('.pane-header', { hasText: name }) });
  }

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
    return rows.sort((left, right) => left.index - right.index);
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

  /** The row at the end of a path of labels, every row above it unfolded. Rejects with the tree as it stood if there is none. */
  async find(...path: readonly (string | RegExp)[]): Promise<Row> {
    let found: Row | undefined;
    for (const [depth, label] of path.entries()) {
      if (found && found.expanded === false) await this.#unfold(found);
      const parent: Row | undefined = found;
      found = await this.#eventually(() => this.#child(parent, label), `${path.slice(0, depth + 1).join(' › ')} is not there`);
    }
    return found ?? Promise.reject(new Error('an empty path'));
  }

  /** Unfolds the row at the end of a path and answers its children once they are more than a row that spins. */
  async expand(...path: readonly (string | RegExp)[]): Promise<Row[]> {
    const row = await this.find(...path);
    if (row.expanded === false) await this.#unfold(row);
    return this.#eventually(
      async () => {
        const children = await this.#childrenOf(row);
        return children.length > 0 && !(await this.#busy()) ? children : undefined;
      },
      `${path.join(' › ')} has no children`,
    );
  }

  async click(...path: readonly (string | RegExp)[]): Promise<void> {
    await this.#row(await this.find(...path)).click();
  }

  /** Opens the row's menu and takes an entry. */
  async menu(entry: string, ...path: readonly (string | RegExp)[]): Promise<void> {
    await this.#row(await this.find(...path)).click({ button: 'right' });
    await this.#page.locator('.context-view .action-label', { hasText: entry }).first().click();
  }

  /** Waits until the selected row's name matches: a reveal opens rows on its way. */
  untilSelected(name: RegExp): Promise<string> {
    const look = async () => {
      const selected = await this.selected();
      return selected !== undefined && name.test(selected) ? selected : undefined;
    };
    return this.#eventually(look, `no row named ${name} is selected`);
  }

  /** Takes an action that stands in the row itself. */
  async inline(action: string, ...path: readonly (string | RegExp)[]): Promise<void> {
    const row = this.#row(await this.find(...path));
    await row.hover();
    await row.locator(`.actions .action-label[aria-label^="${action}"]`).click();
  }

  async selected(): Promise<string | undefined> {
    const row = this.#pane.locator('.pane-body .monaco-list-row.selected .label-name');
    return (await row.count()) > 0 ? await row.first().innerText() : undefined;
  }

  #row({ index }: Row): Locator {
    return this.#pane.locator(`.pane-body .monaco-list-row[data-index="${index}"]`);
  }

  async #unfold(row: Row): Promise<void> {
    await this.#row(row).locator('.monaco-tl-twistie').click();
  }

  async #child(parent: Row | undefined, label: string | RegExp): Promise<Row | undefined> {
    const rows = parent ? await this.#childrenOf(parent) : (await this.rows()).filter(({ level }) => level === 1);
    return rows.find((row) => (typeof label === 'string' ? row.label === label : label.test(row.label)));
  }

  async #childrenOf(parent: Row): Promise<Row[]> {
    const rows = await this.rows();
    const below = rows.filter(({ index }) => index > parent.index);
    const end = below.findIndex(({ level }) => level <= parent.level);
    return (end < 0 ? below : below.slice(0, end)).filter(({ level }) => level === parent.level + 1);
  }

  async #busy(): Promise<boolean> {
    return (await this.#pane.locator('.monaco-progress-container.active, .codicon-tree-item-loading').count()) > 0;
  }

  async #eventually<T>(look: () => Promise<T | undefined>, sentence: string): Promise<T> {
    for (const end = Date.now() + WITHIN_MS; Date.now() < end; await this.#page.waitForTimeout(100)) {
      const found = await look();
      if (found !== undefined) return found;
    }
    throw new Error(`${sentence} within ${WITHIN_MS / 1000} s; the tree is\n${await this.text()}`);
  }
}
