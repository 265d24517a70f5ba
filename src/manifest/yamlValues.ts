import { CST, type Document, type Node, type Pair, Scalar, type YAMLMap } from 'yaml';
import { hasOrdinaryKeys } from './ordinaryKeys.ts';
import { type Collections, collectionsOf, pairOf, type QuickNode, scalarOf } from './quickNodes.ts';
import { clearValue, losesDigits, plainValue, surprise } from './scalars.ts';
import {
  BRACE,
  BRACKET,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  DASH,
  DOUBLE,
  GREATER,
  HASH,
  NEWLINE,
  PIPE,
  RETURN,
  SINGLE,
  SPACE,
  TAB,
  uncommon,
  YamlLines,
} from './yamlLines.ts';

type Schema = Document['schema'];

/** An implicit key is no longer than 1024 characters (YAML 1.2.2 §7.4). */
export const longestKey = 1000;
/** Characters a plain text cannot begin with, or that mean something else then. */
const indicators = new Set([...'?:,[]{}#&*!|>\'"%@`\t -'].map((one) => one.charCodeAt(0)));

/** Nodes that are not ordinary, or hold what is not: an edit that leaves them alone takes them over. */
export const unusualNodes = new WeakSet<object>();

/** Reads what stands behind a key or a dash: plain, quoted and block scalars, and flow collections. */
export class YamlValues extends YamlLines {
  protected readonly make: Collections;
  /** How much was met so far that is not ordinary, see {@link ordinaryTrees}. */
  protected unusual = 0;
  /** How many more collections may stand in each other. */
  protected depthLeft: number;

  /** `schema` is that of the trees; a document with the depth of `deepest` or more is not read. */
  constructor(text: string, schema: Schema, deepest: number) {
    super(text);
    this.make = collectionsOf(schema);
    this.depthLeft = deepest;
  }

  protected mapOf(items: readonly Pair[], start: number, end: number, nodeEnd: number): YAMLMap & QuickNode {
    if (!hasOrdinaryKeys(items)) this.unusual += 1;
    return this.make.map(items, start, end, nodeEnd);
  }

  protected deeper(): void {
    this.depthLeft -= 1;
    if (this.depthLeft < 0) throw uncommon;
  }

  protected key(at: number, colon: number): QuickNode {
    const code = this.text.charCodeAt(at);
    if (code === DOUBLE || code === SINGLE) return this.#quoted(at, this.quoteEnd(at, -1));
    return this.#plain(at, this.trimmedEnd(at, colon), colon);
  }

  /** A scalar or a flow collection behind a key or a dash; the parent's column tells where it ends. */
  protected inline(at: number, column: number): QuickNode {
    const code = this.text.charCodeAt(at);
    let node: QuickNode;
    if (code === DOUBLE || code === SINGLE) node = this.#quoted(at, this.quoteEnd(at, column));
    else if (code === BRACKET || code === BRACE) node = this.#flow(at, column);
    else if (code === PIPE || code === GREATER) return this.#block(at, column);
    else return this.#plainLines(at, column);
    node.nodeEnd = this.lineEnd(node.end);
    this.seek(node.nodeEnd);
    if (this.column > column) throw uncommon;
    return node;
  }

  #plainLines(at: number, column: number): QuickNode {
    const text = this.text;
    let end = this.#plainEnd(at);
    let next = this.lineEnd(end);
    this.seek(next);
    if (this.column <= column) return this.#plain(at, end, next);
    do {
      // It goes on below, but not behind a comment.
      if (this.comment >= 0 || text.charCodeAt(this.afterSpaces(end)) === HASH) throw uncommon;
      end = this.#plainEnd(this.at);
      next = this.lineEnd(end);
      this.seek(next);
    } while (this.column > column);
    if (indicators.has(text.charCodeAt(at)) && text.charCodeAt(at) !== DASH) throw uncommon;
    const token = { type: 'scalar', offset: at, indent: column, source: text.slice(at, end) } as const;
    return this.#plainScalar(CST.resolveAsScalar(token, true, refuse).value, at, end, next);
  }

  /** The end of a plain text in its line. */
  #plainEnd(at: number): number {
    const text = this.text;
    for (let end = at; ; end += 1) {
      const code = text.charCodeAt(end);
      if (code === NEWLINE || Number.isNaN(code)) return this.trimmedEnd(at, end);
      if (code === COLON) {
        if (this.isEnd(end + 1)) throw uncommon;
      } else if (code === HASH && text.charCodeAt(end - 1) === SPACE) return this.trimmedEnd(at, end);
      else if (code === TAB) throw uncommon;
    }
  }

  #plain(at: number, end: number, next: number): QuickNode {
    const source = this.text.slice(at, end);
    const first = source.charCodeAt(0);
    if (source === '' || (indicators.has(first) && !(first === DASH && end > at + 1 && !this.isEnd(at + 1)))) throw uncommon;
    if (source === '<<' || source.includes('\r')) throw uncommon;
    return this.#plainScalar(source, at, end, next);
  }

  #plainScalar(source: string, at: number, end: number, next: number): QuickNode {
    const clear = clearValue(source);
    if (clear !== undefined) return scalarOf(clear, source, Scalar.PLAIN, at, end, next);
    const value = plainValue(source);
    const scalar = scalarOf(value, source, Scalar.PLAIN, at, end, next);
    if (isUnusual(source, value)) {
      this.unusual += 1;
      unusualNodes.add(scalar);
    }
    return scalar;
  }

  #quoted(at: number, end: number): QuickNode {
    const source = this.text.slice(at, end);
    const isDouble = source.charCodeAt(0) === DOUBLE;
    const type = isDouble ? Scalar.QUOTE_DOUBLE : Scalar.QUOTE_SINGLE;
    let value = source.slice(1, -1);
    if (source.includes('\n') || (isDouble && value.includes('\\'))) {
      const kind = isDouble ? 'double-quoted-scalar' : 'single-quoted-scalar';
      value = CST.resolveAsScalar({ type: kind, offset: at, indent: 0, source }, true, refuse).value;
    } else if (!isDouble) value = value.replaceAll("''", "'");
    return scalarOf(value, value, type, at, end, end);
  }

  /** `|` or `>` with at most a `-` behind it; its lines are indented deeper than the parent. */
  #block(at: number, column: number): QuickNode {
    const text = this.text;
    const header = /[|>]-?/y;
    header.lastIndex = at;
    const props = header.exec(text)?.[0] ?? '';
    const start = this.lineEnd(at + props.length);
    if (text.charCodeAt(start - 2) === RETURN || text.slice(at, start).includes('#')) throw uncommon;
    let [end, indent] = [start, -1];
    for (let line = start; line < text.length; ) {
      const first = this.afterSpaces(line);
      const found = text.indexOf('\n', first);
      const next = found < 0 ? text.length : found + 1;
      const code = text.charCodeAt(first);
      const isBlank = code === NEWLINE || Number.isNaN(code);
      if (code === TAB || code === RETURN) throw uncommon;
      if (!isBlank) {
        if (indent < 0) indent = first - line;
        if (first - line < indent || indent <= column) break;
        end = next;
      } else if (first > line && first - line > indent) {
        // Spaces alone are text where they are more than the others.
        throw uncommon;
      }
      line = next;
    }
    if (end === start || indent <= column || (end === text.length && text.charCodeAt(end - 1) !== NEWLINE)) throw uncommon;
    const lines = text.slice(start, end);
    if (lines.includes('\r')) throw uncommon;
    const isLiteral = props.charCodeAt(0) === PIPE;
    const value = isLiteral
      ? dedented(lines, indent, props.length > 1)
      : this.#folded(at, `${text.slice(at, start)}`, lines, column);
    this.seek(end);
    if (this.column > column) throw uncommon;
    return scalarOf(value, value, isLiteral ? Scalar.BLOCK_LITERAL : Scalar.BLOCK_FOLDED, at, end, end);
  }

  #folded(offset: number, line: string, source: string, indent: number): string {
    const header = { type: 'block-scalar-header', offset, indent, source: line.trim() } as const;
    const newline = { type: 'newline', offset, indent, source: '\n' } as const;
    return CST.resolveAsScalar({ type: 'block-scalar', offset, indent, props: [header, newline], source }, true, refuse).value;
  }

  /** A flow collection. Its further lines must be indented deeper than the parent's column. */
  #flow(at: number, column: number): QuickNode {
    this.deeper();
    const { unusual } = this;
    const text = this.text;
    const isMap = text.charCodeAt(at) === BRACE;
    const close = isMap ? CLOSE_BRACE : CLOSE_BRACKET;
    const [pairs, items]: [Pair[], Node[]] = [[], []];
    let next = this.#gap(at + 1, column);
    while (text.charCodeAt(next) !== close) {
      const node = this.#flowNode(next, column);
      const { end } = node;
      if (isMap) {
        next = this.afterSpaces(end);
        if (!(node instanceof Scalar) || text.charCodeAt(next) !== COLON) throw uncommon;
        if (end - node.start > longestKey || text.slice(node.start, end).includes('\n')) throw uncommon;
        if (node.type === Scalar.PLAIN && text.charCodeAt(next + 1) !== SPACE) throw uncommon;
        const value = this.#flowNode(this.afterSpaces(next + 1), column);
        pairs.push(pairOf(node, value));
        next = this.#gap(value.end, column);
      } else {
        items.push(node);
        next = this.#gap(end, column);
      }
      if (text.charCodeAt(next) === COMMA) next = this.#gap(next + 1, column);
      else if (text.charCodeAt(next) !== close) throw uncommon;
    }
    const end = next + 1;
    const collection = isMap ? this.mapOf(pairs, at, end, end) : this.make.seq(items, at, end, end);
    collection.flow = true;
    if (this.unusual > unusual) unusualNodes.add(collection);
    this.depthLeft += 1;
    return collection;
  }

  /** Behind spaces and line breaks within a flow collection. */
  #gap(from: number, column: number): number {
    const text = this.text;
    let at = this.afterSpaces(from);
    let line = -1;
    for (;;) {
      const code = text.charCodeAt(at);
      if (code === NEWLINE) line = at + 1;
      else if (code === RETURN && text.charCodeAt(at + 1) === NEWLINE) line = at + 2;
      else if (code === HASH) throw uncommon;
      else break;
      at = this.afterSpaces(line);
    }
    if (line >= 0 && (at - line <= column || this.isMarker(at))) throw uncommon;
    return at;
  }

  #flowNode(at: number, column: number): QuickNode {
    const text = this.text;
    const code = text.charCodeAt(at);
    if (code === DOUBLE || code === SINGLE) return this.#quoted(at, this.quoteEnd(at, column));
    if (code === BRACKET || code === BRACE) return this.#flow(at, column);
    for (let end = at; ; end += 1) {
      const one = text.charCodeAt(end);
      const isOver = one === COMMA || one === CLOSE_BRACE || one === CLOSE_BRACKET || one === NEWLINE;
      if (isOver || (one === COLON && this.#isFlowEnd(end + 1))) {
        const last = this.trimmedEnd(at, end);
        return this.#plain(at, last, last);
      }
      if (one === TAB || one === BRACE || one === BRACKET || Number.isNaN(one)) throw uncommon;
      if (one === HASH && text.charCodeAt(end - 1) === SPACE) throw uncommon;
    }
  }

  #isFlowEnd(at: number): boolean {
    const code = this.text.charCodeAt(at);
    return this.isEnd(at) || code === COMMA || code === CLOSE_BRACE || code === CLOSE_BRACKET;
  }
}

function isUnusual(source: string, value: unknown): boolean {
  if (typeof value === 'number' && (!Number.isFinite(value) || losesDigits(source))) return true;
  return surprise(source) !== undefined;
}

function refuse(): never {
  throw uncommon;
}

function dedented(lines: string, indent: number, strip: boolean): string {
  const pad = ' '.repeat(indent);
  const read =
    lines.startsWith(pad) && !/\n +\n|^\s*\n/.test(lines)
      ? lines.slice(indent).replaceAll(`\n${pad}`, '\n')
      : byLine(lines, indent);
  return strip ? read.slice(0, -1) : read;
}

function byLine(lines: string, indent: number): string {
  return lines
    .split('\n')
    .map((line) => line.slice(indent))
    .join('\n');
}
