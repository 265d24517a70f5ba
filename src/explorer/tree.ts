import { setTimeout as delay } from 'node:timers/promises';
import {
  type DataTransfer,
  DataTransferItem,
  type Disposable,
  EventEmitter,
  type TreeDataProvider,
  type TreeDragAndDropController,
  type TreeItem,
  type TreeView,
  window,
} from 'vscode';
import { systemClock } from '../base/clock.ts';
import { Forest } from './forest.ts';
import { idOfNode } from './identity.ts';
import type { Node, Open } from './nodes.ts';
import { Polling } from './polling.ts';
import { tooltip, treeItem } from './treeItem.ts';

/** A view that is drawn for the first time, or anew just then, forgets what it was told to select: it is told again, at most so often. */
const revealTries = 5;
/** After this long the view has said what is selected. */
const settleMs = 200;

/** A view of VS Code over a forest: *Clouds* or *Clusters*. */
export class Tree implements TreeDataProvider<Node>, TreeDragAndDropController<Node>, Disposable {
  readonly forest: Forest;
  readonly dropMimeTypes: readonly string[] = [];
  readonly dragMimeTypes: readonly string[] = ['text/plain'];
  readonly #changed = new EventEmitter<Node | undefined>();
  readonly #view: TreeView<Node>;
  readonly #subscriptions: readonly Disposable[];
  readonly #polling: Polling;
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #selected = new EventEmitter<void>();
  /** Other rows are selected, by the user or by {@link reveal}. */
  readonly onDidSelect = this.#selected.event;

  readonly #onAttend: (attended: boolean) => void;

  /** `seconds`: how often the open parts are asked for again while somebody can see them, 0 never; `onAttend` hears whether somebody can. */
  constructor(view: string, open: Open, seconds: () => number = () => 0, onAttend: (attended: boolean) => void = () => {}) {
    this.#onAttend = onAttend;
    this.forest = new Forest(open);
    this.#polling = new Polling({ clock: systemClock, random: Math.random, watched: () => this.forest.watched(), seconds });
    this.#view = window.createTreeView(view, {
      treeDataProvider: this,
      dragAndDropController: this,
      showCollapseAll: true,
      canSelectMany: true,
    });
    this.#subscriptions = [
      this.forest.onDidChange((node) => this.#changed.fire(node)),
      this.#view.onDidCollapseElement(({ element }) => this.forest.collapse(element)),
      this.#view.onDidExpandElement(({ element }) => this.forest.expand(element)),
      this.forest.onDidLook(() => this.#polling.wake()),
      this.#view.onDidChangeVisibility(() => this.#attend()),
      window.onDidChangeWindowState(() => this.#attend()),
      this.#view.onDidChangeSelection(() => this.#selected.fire()),
    ];
    this.#attend();
  }

  get selection(): readonly Node[] {
    return this.#view.selection;
  }

  async getChildren(node?: Node): Promise<Node[]> {
    return [...(await this.forest.children(node))];
  }

  getParent(node: Node): Node | undefined {
    return node.parent;
  }

  getTreeItem(node: Node): TreeItem {
    return treeItem(node);
  }

  async resolveTreeItem(item: TreeItem, node: Node): Promise<TreeItem> {
    item.tooltip = tooltip(node, await node.row.moreFacts?.());
    return item;
  }

  /** The setting of how often was changed. */
  restart(): void {
    this.#polling.restart();
  }

  /** A hidden view, or a window behind another one, asks nobody. */
  #attend(): void {
    const attended = this.#view.visible && window.state.focused;
    this.#polling.attend(attended);
    this.#onAttend(attended);
  }

  /** Brings the one canonical place of a resource or object into sight; false when its key leads nowhere in this view. */
  async reveal(key: string): Promise<boolean> {
    // The kinds of both worlds come with the rows, not with the view.
    const { chainOf } = await import('./keys.ts');
    const chain = chainOf(key);
    if (!chain) return false;
    for (let tries = 0; tries < revealTries; tries++) {
      const node = await this.forest.find(chain.segments);
      if (!node) return false;
      try {
        await this.#view.reveal(node, { select: true, focus: true, expand: false });
      } catch (error) {
        // The list was renewed in between, so that VS Code asked for the row where it no longer stood.
        if (tries === revealTries - 1) throw error;
      }
      await delay(settleMs);
      if (this.#view.selection.includes(node)) break;
    }
    return true;
  }

  /** Dropped into an editor, a row writes the id by which manifests name it. */
  handleDrag(nodes: readonly Node[], transfer: DataTransfer): void {
    const ids = nodes.flatMap((node) => idOfNode(node) ?? []);
    if (ids.length > 0) transfer.set('text/plain', new DataTransferItem(ids.join('\n')));
  }

  dispose(): void {
    this.#polling.dispose();
    for (const one of this.#subscriptions) one.dispose();
    this.#view.dispose();
    this.#changed.dispose();
    this.#selected.dispose();
    this.forest.dispose();
  }
}
