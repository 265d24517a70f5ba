import { type Disposable, disposeAll } from '../base/event.ts';
import type { Node } from '../explorer/nodes.ts';
import type { Tree } from '../explorer/tree.ts';

/** The two trees as commands use them. */
export class Trees implements Disposable {
  readonly #clouds: Tree;
  readonly #clusters: Tree;
  readonly #disposal: Disposable;
  /** The tree in which rows were selected last; the other one may lose its selection meanwhile. */
  #last: Tree;

  constructor(clouds: Tree, clusters: Tree) {
    this.#clouds = clouds;
    this.#clusters = clusters;
    this.#last = clouds;
    const seen = (tree: Tree) =>
      tree.onDidSelect(() => {
        if (tree.selection.length > 0) this.#last = tree;
      });
    this.#disposal = disposeAll([seen(clouds), seen(clusters), clouds, clusters]);
  }

  /** The rows selected last, in either tree: what a command from the palette or a key is about. */
  get selected(): readonly Node[] {
    return this.#last.selection;
  }

  /** Asks anew below a row, in both trees when none is named. */
  refresh(node?: Node): void {
    for (const tree of node ? [this.#of(node)] : [this.#clouds, this.#clusters]) tree.forest.refresh(node);
  }

  /** Looks at the first rows again: a folder was bound. */
  look(): void {
    this.#clouds.forest.look();
    this.#clusters.forest.look();
  }

  /** Brings the next page of the list that a "Load more" row ends. */
  async loadMore(node: Node): Promise<void> {
    await this.#of(node).forest.loadMore(node);
  }

  /** Selects the row of a resource or object (see the explorer's keys), pages on the way brought; false when it stands nowhere. */
  async reveal(key: string): Promise<boolean> {
    return (await this.#clouds.reveal(key)) || this.#clusters.reveal(key);
  }

  #of(node: Node): Tree {
    return this.#clouds.forest.has(node) ? this.#clouds : this.#clusters;
  }

  dispose(): void {
    this.#disposal.dispose();
  }
}

/** What a command was called on, if that was a row of *Clouds* or *Clusters*. */
export function nodeOf(argument: unknown): Node | undefined {
  const is = typeof argument === 'object' && argument !== null && 'row' in argument && 'parent' in argument;
  return is ? (argument as Node) : undefined;
}
