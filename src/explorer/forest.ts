import { type Disposable, Emitter } from '../base/event.ts';
import type { Failure } from '../base/failure.ts';
import { type Branch, failureRow, type Node, type Open, type Row } from './nodes.ts';

/** Changes of rows are gathered this long before they are looked at. */
const gatherMs = 50;
/** A list that is open and can be looked at again. */
export interface Watched {
  /** The same as long as it stays open. */
  readonly branch: object;
  /** The rows below that are on their way to another state, and what they say of it; empty when none is. */
  readonly pending: string;
  again(): Promise<Failure | undefined>;
}

/** How many pages "Reveal" brings while it looks for a row. */
const revealPages = 50;

interface Kept {
  readonly node: { readonly id: string; readonly parent: Node | undefined; row: Row };
  branch: Branch | undefined;
  children: readonly Node[] | undefined;
  timer: NodeJS.Timeout | undefined;
}

/**
 * The rows of one view in their places. A node object is the same for the same id as long as its parent shows it; a branch is open from the first look below a row until
 * {@link collapse}. Fires the smallest node whose look or children changed; undefined is the root.
 */
export class Forest implements Disposable {
  readonly #changed = new Emitter<Node | undefined>();
  readonly #kept = new Map<string, Kept>();
  readonly #root: Kept;
  readonly onDidChange = this.#changed.event;
  readonly #looked = new Emitter<void>();
  /** What {@link watched} tells may be otherwise. */
  readonly onDidLook = this.#looked.event;

  constructor(open: Open) {
    const root: Row = {
      segment: '',
      label: '',
      description: '',
      icon: '',
      mood: 'quiet',
      facts: [],
      words: [],
      subject: { of: 'group' },
      open,
    };
    this.#root = { node: { id: '', parent: undefined, row: root }, branch: undefined, children: undefined, timer: undefined };
  }

  /** What lies below a node, of the root when none is named. Opens its branch. */
  async children(node?: Node): Promise<readonly Node[]> {
    const kept = this.#of(node);
    const open = kept?.node.row.open;
    if (!kept || !open) return [];
    kept.branch ??= open((how) => (how === 'all' ? this.#renewAll(kept) : this.#soon(kept)));
    const { branch } = kept;
    const rows = await rowsOf(branch);
    if (kept.branch === branch || kept.children === undefined) this.#take(kept, rows);
    return kept.children ?? [];
  }

  /** Whether something looks below the node now. */
  isOpen(node?: Node): boolean {
    return this.#of(node)?.branch !== undefined;
  }

  /** Whether the node stands in this forest. */
  has(node: Node): boolean {
    return this.#kept.get(node.id)?.node === node;
  }

  /** Lets go of what keeps the rows below current. */
  collapse(node: Node): void {
    const kept = this.#of(node);
    if (kept) this.#close(kept);
  }

  /** A node is seen again; if it was let go of, its children are asked for anew. */
  expand(node: Node): void {
    if (!this.isOpen(node)) this.#changed.fire(node);
  }

  /** Forgets what is cached below a node (everywhere, if none is named) and asks again. */
  refresh(node?: Node): void {
    const kept = this.#of(node);
    if (!kept) return;
    for (const one of this.#below(kept)) one.branch?.refresh?.();
    this.#close(kept);
    this.#changed.fire(node);
  }

  /** What is open and hears of changes only by asking; what it shows stays until the answers are here. */
  watched(): readonly Watched[] {
    return [...this.#below(this.#root)].flatMap(({ branch, children = [] }) => {
      if (!branch?.again) return [];
      const busy = children.filter(({ row }) => row.mood === 'busy');
      const pending = busy.map(({ id, row }) => `${id} ${row.description}`).join('\n');
      return [{ branch, pending, again: async () => await branch.again?.() }];
    });
  }

  /** Looks at the rows of the root again without asking anybody: something they tell beside the worlds' own state has changed. */
  look(): void {
    if (this.#root.branch) this.#soon(this.#root);
  }

  /** Brings the next page of the list that a "Load more" row ends. */
  async loadMore(node: Node): Promise<void> {
    const list = this.#of(node.parent);
    await list?.branch?.more?.();
    this.#changed.fire(node.parent);
  }

  /** The node at the end of a chain of segments, pages on the way brought as needed; a segment that no row has is a level left out. Undefined when it ends elsewhere. */
  async find(segments: readonly string[]): Promise<Node | undefined> {
    let node: Node | undefined;
    for (const [index, segment] of segments.entries()) {
      const next = await this.#childOf(node, segment);
      if (next) node = next;
      else if (index === segments.length - 1) return undefined;
    }
    return node?.row.segment === segments.at(-1) ? node : undefined;
  }

  dispose(): void {
    this.#close(this.#root);
    this.#kept.clear();
    this.#changed.dispose();
    this.#looked.dispose();
  }

  async #childOf(node: Node | undefined, segment: string): Promise<Node | undefined> {
    for (let page = 0; page < revealPages; page++) {
      const kept = this.#of(node);
      const before = kept?.children;
      const children = await this.children(node);
      // Seen here first: the view would go on showing the rows of before.
      if (before && !sameNodes(before, children)) this.#changed.fire(node);
      const found = children.find((child) => child.row.segment === segment) ?? (await this.#through(children, segment));
      const more = children.at(-1);
      if (found || more?.row.subject.of !== 'more') return found;
      await this.loadMore(more);
    }
    return undefined;
  }

  /** Below those of these rows that are a level without a name in keys. */
  async #through(children: readonly Node[], segment: string): Promise<Node | undefined> {
    for (const child of children) {
      const found = child.row.passes ? await this.#childOf(child, segment) : undefined;
      if (found) return found;
    }
    return undefined;
  }

  #of(node: Node | undefined): Kept | undefined {
    return node ? this.#kept.get(node.id) : this.#root;
  }

  /** Renews the nodes below; tells whether the same rows stand in the same order, and which of them look otherwise. */
  #take(parent: Kept, rows: readonly Row[]): { readonly same: boolean; readonly changed: readonly Node[] } {
    const before = parent.children;
    const changed: Node[] = [];
    const next = rows.map((row) => {
      const id = `${parent.node.id}/${encodeURIComponent(row.segment)}`;
      const known = this.#kept.get(id);
      if (!known) return this.#add(id, parent, row);
      if (lookOf(known.node.row) !== lookOf(row)) changed.push(known.node);
      known.node.row = row;
      return known.node;
    });
    const stays = new Set(next.map(({ id }) => id));
    for (const { id } of before ?? []) if (!stays.has(id)) this.#forget(id);
    parent.children = next;
    this.#looked.fire();
    return { same: before !== undefined && sameNodes(before, next), changed };
  }

  #add(id: string, parent: Kept, row: Row): Node {
    const node = { id, parent: parent === this.#root ? undefined : parent.node, row };
    this.#kept.set(id, { node, branch: undefined, children: undefined, timer: undefined });
    return node;
  }

  #forget(id: string): void {
    const kept = this.#kept.get(id);
    if (!kept) return;
    for (const one of this.#below(kept)) {
      this.#end(one);
      this.#kept.delete(one.node.id);
    }
  }

  #close(kept: Kept): void {
    for (const one of this.#below(kept)) this.#end(one);
  }

  #end(kept: Kept): void {
    clearTimeout(kept.timer);
    kept.timer = undefined;
    kept.branch?.dispose();
    kept.branch = undefined;
  }

  /** A node and all known ones below it. */
  *#below(kept: Kept): Generator<Kept> {
    yield kept;
    for (const child of kept.children ?? []) {
      const known = this.#kept.get(child.id);
      if (known) yield* this.#below(known);
    }
  }

  #soon(kept: Kept): void {
    kept.timer ??= setTimeout(() => {
      kept.timer = undefined;
      void this.#renew(kept);
    }, gatherMs);
  }

  #renewAll(kept: Kept): void {
    for (const one of this.#below(kept)) if (one !== kept) this.#end(one);
    this.#changed.fire(kept === this.#root ? undefined : kept.node);
  }

  async #renew(kept: Kept): Promise<void> {
    const { branch } = kept;
    if (!branch) return;
    const rows = await rowsOf(branch);
    if (kept.branch !== branch) return;
    const { same, changed } = this.#take(kept, rows);
    if (!same) this.#changed.fire(kept === this.#root ? undefined : kept.node);
    else for (const node of changed) this.#changed.fire(node);
  }
}

/** A branch that throws is a mistake of ours: told on a row, so that the siblings of its parent live on. */
async function rowsOf(branch: Branch): Promise<readonly Row[]> {
  try {
    return await branch.rows();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return [failureRow({ reason: 'malformed', message: `These rows could not be made: ${message}` })];
  }
}

function lookOf({ subject, open, lateFacts, ...look }: Row): string {
  return JSON.stringify([look, lateFacts?.(), subject.of, open !== undefined]);
}

function sameNodes(one: readonly Node[], other: readonly Node[]): boolean {
  return one.length === other.length && one.every((node, index) => node === other[index]);
}
