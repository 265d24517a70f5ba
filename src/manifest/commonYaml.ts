import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  Scalar,
  visit,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { type Edit, Kept } from './edit.ts';
import { ordinaryTrees } from './ordinaryTrees.ts';
import { collectionsOf, pairOf, type QuickNode, scalarOf } from './quickNodes.ts';
import { BRACE, BRACKET, GREATER, NEWLINE, PIPE, uncommon } from './yamlLines.ts';
import { longestKey, unusualNodes, YamlValues } from './yamlValues.ts';

type Schema = Document['schema'];

/** What helps to read a large text quickly. */
export interface ReadingHelp {
  /** Reads any YAML: what stands in one entry and is uncommon is given to it alone, with its mistakes, if no anchor is in it. */
  readonly any?: (text: string) => Document | undefined;
  /** What is other than before; the tree of the text before is used up: what the edit left alone is moved into the new one. */
  readonly edit?: Edit | undefined;
}

/**
 * Reads the YAML that manifests are mostly written in, some ten times as fast as the reader of all YAML, into the same tree: block mappings and lists, plain and block scalars, and
 * flow collections and quoted texts. No tree for whatever else there is (anchors, tags, merges, tabs, mistakes), so that nobody but that reader tells of mistakes. `schema` is that
 * of the trees; a document with the depth of `deepest` or more is not read.
 */
export function readCommonYaml(text: string, schema: Schema, deepest: number, help: ReadingHelp = {}): CommonYaml {
  const reader = new Reader(text, schema, deepest, help);
  try {
    const contents = reader.root();
    const tree = collectionsOf(schema).document(
      contents,
      reader.errors.sort((one, other) => one.pos[0] - other.pos[0]),
    );
    if (reader.isOrdinary) ordinaryTrees.add(tree);
    return { tree, stoppedAt: undefined };
  } catch (error) {
    if (error === uncommon) return { tree: undefined, stoppedAt: reader.stoppedAt };
    throw error;
  }
}

/** A tree, or where something stands (or begins) that is left to the reader of all YAML. */
export type CommonYaml =
  | { readonly tree: Document; readonly stoppedAt: undefined }
  | { readonly tree: undefined; readonly stoppedAt: number };

/** An entry that is read apart is no longer than this, in UTF-16 units, and there are no more of them. */
const [longestApart, mostApart] = [32 * 1024, 32];

/** Entries that another reader read: where a mistake is, they do not always begin where they are written, so that after an edit they are read again. */
const readApart = new WeakSet<object>();

function readHere<E extends object>(entry: E | undefined): E | undefined {
  return entry && readApart.has(entry) ? undefined : entry;
}

/** Collections that hold such an entry, at any depth. */
const holdReadApart = new WeakSet<object>();

class Reader extends YamlValues {
  readonly #any: ReadingHelp['any'];
  #apartLeft = mostApart;
  /** How many entries were met so far that were read apart, or hold one. */
  #apartSeen = 0;
  /** The innermost entry that could not be read; -1 while all could. */
  #stopped = -1;
  readonly #edit: Edit | undefined;
  /** The entries of the collections that are being read, each behind those of what it stands in: they are taken from here all at once, for few collections are long. */
  readonly #entries: unknown[] = [];
  #filled = 0;
  /** Those of entries that were read apart. */
  readonly errors: Document['errors'] = [];

  constructor(text: string, schema: Schema, deepest: number, { any, edit }: ReadingHelp) {
    super(text, schema, deepest);
    this.#any = any;
    this.#edit = edit;
  }

  get isOrdinary(): boolean {
    return this.unusual === 0;
  }

  get stoppedAt(): number {
    return this.#stopped < 0 ? this.at : this.#stopped;
  }

  root(): Node {
    this.seek(0);
    if (this.column === 0 && this.text.startsWith('---', this.at)) this.seek(this.lineEnd(this.at + 3));
    if (this.column < 0) throw uncommon;
    const code = this.text.charCodeAt(this.at);
    const old = this.#edit?.before.tree.contents;
    const node = code === BRACE || code === BRACKET ? this.inline(this.at, -1) : this.#below(old);
    if (this.column >= 0) throw uncommon;
    return node;
  }

  #blockMap(column: number, old: unknown): YAMLMap & QuickNode {
    this.deeper();
    const apart = this.#apartSeen;
    const unusual = this.unusual;
    const first = this.#filled;
    const start = this.at;
    let end = start;
    const known = isMap(old) && !old.flow ? new Kept(old.items as Pair<Node, Node>[], ({ key }) => key) : undefined;
    while (this.column === column) {
      const at = this.at;
      const index = this.#edit && known ? known.find(this.#edit.offsetBefore(at)) : -1;
      const pair = index < 0 ? undefined : readHere(known?.items[index]);
      const next = known?.items[index + 1]?.key;
      if (pair?.value && this.#keep(pair.key, pair.value, next, column)) {
        this.#add(pair);
        end = pair.value.range?.[2] ?? end;
        continue;
      }
      const depth = this.depthLeft;
      const filled = this.#filled;
      try {
        if (this.isDash(at)) throw uncommon;
        const colon = this.colon(at);
        if (colon < 0 || colon - at > longestKey) throw uncommon;
        const key = this.key(at, colon);
        const value = this.#valueOf(colon + 1, column, pair?.value);
        if (this.column > column) throw uncommon;
        this.#add(pairOf(key, value));
        end = value.nodeEnd;
      } catch (error) {
        this.#filled = filled;
        const read = this.#apart(error, at, column, depth);
        if (!isMap(read)) throw error;
        for (const item of read.items) this.#add(item as Pair);
        end = read.range?.[2] ?? end;
      }
    }
    if (this.column > column) throw uncommon;
    return this.#marked(apart, unusual, this.mapOf(this.#taken<Pair>(first), start, end, this.#close(column, end)));
  }

  #blockSeq(column: number, old: unknown): YAMLSeq & QuickNode {
    this.deeper();
    const apart = this.#apartSeen;
    const unusual = this.unusual;
    const first = this.#filled;
    const start = this.at;
    let end = start;
    const known = isSeq(old) && !old.flow ? new Kept(old.items as Node[], (node) => node) : undefined;
    while (this.column === column && this.isDash(this.at)) {
      const at = this.at;
      const index = this.#edit && known ? known.find(this.#edit.offsetBefore(this.afterSpaces(at + 1))) : -1;
      const before = index < 0 ? undefined : readHere(known?.items[index]);
      if (before && this.#keep(before, before, known?.items[index + 1], column)) {
        this.#add(before);
        end = before.range?.[2] ?? end;
        continue;
      }
      const depth = this.depthLeft;
      const filled = this.#filled;
      try {
        const item = this.#itemOf(at, column, before);
        if (this.column > column) throw uncommon;
        this.#add(item);
        end = item.nodeEnd;
      } catch (error) {
        this.#filled = filled;
        const read = this.#apart(error, at, column, depth);
        if (!isSeq(read)) throw error;
        for (const item of read.items) this.#add(item as Node);
        end = read.range?.[2] ?? end;
      }
    }
    if (this.column > column) throw uncommon;
    return this.#marked(apart, unusual, this.make.seq(this.#taken<Node>(first), start, end, this.#close(column, end)));
  }

  #add(entry: unknown): void {
    this.#entries[this.#filled] = entry;
    this.#filled += 1;
  }

  /** The entries from an index on, which are those of a collection that is read. */
  #taken<E>(first: number): E[] {
    const taken = this.#entries.slice(first, this.#filled) as E[];
    this.#filled = first;
    return taken;
  }

  /** Remembers of a collection whether something in it was read apart, or is unusual. */
  #marked<C extends object>(apart: number, unusual: number, collection: C): C {
    if (this.unusual > unusual) unusualNodes.add(collection);
    if (this.#apartSeen > apart) holdReadApart.add(collection);
    return collection;
  }

  /**
   * Takes an entry as it was read before, and goes on behind it, if the edit touches neither it nor what tells where it ends: all of its lines and of those that follow stand behind the edit, or the
   * next entry of its collection still stands before it.
   */
  #keep(first: Node, last: Node, next: Node | undefined, column: number): boolean {
    const edit = this.#edit;
    const start = first.range?.[0];
    if (!edit || start === undefined) return false;
    const isBefore = next?.range ? next.range[1] < edit.start : false;
    if (!isBefore && this.at - column <= edit.end) return false;
    if (holdReadApart.has(last)) {
      if (edit.before.tree.errors.length > 0) return false;
      this.#apartSeen += 1;
    }
    if (unusualNodes.has(first) || unusualNodes.has(last)) this.unusual += 1;
    if (!isBefore) edit.move(first, last);
    const text = this.text;
    const to = last.range?.[2] ?? 0;
    if (text.charCodeAt(to - 1) === NEWLINE || to >= text.length) this.seek(to);
    else if (isScalar(last)) {
      const found = text.indexOf('\n', to);
      this.seek(found < 0 ? text.length : found + 1);
    } else this.seek(text.lastIndexOf('\n', to) + 1);
    return true;
  }

  /** An entry read by the reader of all YAML, in its column and for itself. Throws where it cannot be told from what is around it. */
  #apart(error: unknown, at: number, column: number, depth: number): Node {
    const any = this.#any;
    if (this.#stopped < 0) this.#stopped = at;
    if (error !== uncommon || !any || this.#apartLeft <= 0) throw error;
    const [end, first] = [this.entryEnd(at, column), this.text[at]];
    if (end - at > longestApart || first === ':' || first === '?') throw error;
    this.#apartLeft -= 1;
    const tree = any(' '.repeat(column) + this.text.slice(at, end));
    const contents = tree?.contents;
    if (!tree || !isCollection(contents) || contents.flow || contents.range?.[0] !== column) throw error;
    const by = at - column;
    let hasAnchor = false;
    visit(contents, {
      Node: (_key, node) => {
        hasAnchor ||= isAlias(node) || ((isScalar(node) || isCollection(node)) && node.anchor !== undefined);
        if (node.range) node.range = [node.range[0] + by, node.range[1] + by, node.range[2] + by];
        return hasAnchor ? visit.BREAK : undefined;
      },
    });
    if (hasAnchor) throw error;
    for (const one of tree.errors) {
      one.pos = [one.pos[0] + by, one.pos[1] + by];
      this.errors.push(one);
    }
    for (const item of contents.items as object[]) readApart.add(item);
    this.#apartSeen += 1;
    this.unusual += 1;
    this.depthLeft = depth;
    this.#stopped = -1;
    this.seek(end);
    if (this.column > column) throw error;
    return contents;
  }

  /** Comments behind a collection that are indented like it belong to it. */
  #close(column: number, end: number): number {
    this.depthLeft += 1;
    if (column === 0 || this.comment < column) return end;
    this.comment = -1;
    return this.at;
  }

  /** What stands behind the colon of a key in this column, in its line or below. Goes on to what follows. */
  #valueOf(from: number, column: number, old: unknown): QuickNode {
    const at = this.afterSpaces(from);
    if (!this.isLineOver(at, from)) {
      if (this.isDash(at)) throw uncommon;
      return this.inline(at, column);
    }
    this.seek(this.lineEnd(from));
    if (this.column > column) return this.#below(old);
    // A list may stand in the column of its key.
    if (this.column === column && this.isDash(this.at)) return this.#blockSeq(column, old);
    return scalarOf(null, '', Scalar.PLAIN, at, at, at);
  }

  #itemOf(dash: number, column: number, old: unknown): QuickNode {
    const at = this.afterSpaces(dash + 1);
    if (this.isLineOver(at, dash + 1)) {
      this.seek(this.lineEnd(dash + 1));
      return this.column > column ? this.#below(old) : scalarOf(null, '', Scalar.PLAIN, at, at, at);
    }
    const inner = column + (at - dash);
    const isList = this.isDash(at);
    if (!isList && (isScalarOnly(this.text.charCodeAt(at)) || this.colon(at) < 0)) return this.inline(at, column);
    this.at = at;
    this.column = inner;
    return isList ? this.#blockSeq(inner, old) : this.#blockMap(inner, old);
  }

  /** A node that begins its own line. */
  #below(old: unknown): QuickNode {
    const column = this.column;
    if (this.isDash(this.at)) return this.#blockSeq(column, old);
    if (isScalarOnly(this.text.charCodeAt(this.at)) || this.colon(this.at) < 0) throw uncommon;
    return this.#blockMap(column, old);
  }
}

/** What begins so is never a key here: flow collections, block scalars, anchors, tags. */
function isScalarOnly(code: number): boolean {
  return code === BRACKET || code === BRACE || code === PIPE || code === GREATER;
}
