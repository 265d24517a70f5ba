import { type FoldingRange, FoldingRangeKind } from 'vscode-languageserver-types';
import { isCollection, isNode, isPair, isScalar, type Node } from 'yaml';
import type { OpenDocument } from './openDocument.ts';
import type { Section } from './section.ts';
import { writtenRange } from './writtenRange.ts';

/** What can be folded, in lines from 0 counted from the section's start. */
export interface Fold {
  readonly start: number;
  readonly end: number;
  readonly comment: boolean;
}

/** The document itself, every key and item whose value takes more than one line (block scalars too), and runs of comments; of several that begin on one line the longest. */
export function foldsOf(section: Section): readonly Fold[] {
  if (!section.content.isManifest) return [];
  const { text, lines } = section;
  const { tree } = section.parsed;
  const longest = new Map<number, Fold>();
  /** Lines of texts that hold line breaks: what looks like a comment there is none. */
  const texts: { readonly from: number; readonly to: number }[] = [];
  const add = (from: number, to: number, comment = false) => {
    if (to > from && to > (longest.get(from)?.end ?? 0)) longest.set(from, { start: from, end: to, comment });
  };
  const linesOf = (from: Node, to: Node) => {
    const [{ start }, { end }] = [writtenRange(from, text), writtenRange(to, text)];
    return [lines.positionAt(start).line, lines.positionAt(end).line] as const;
  };
  // Most values stand in the line of their key: this is cheaper than to look where each ends.
  const mayBreak = (from: Node, to: Node) => {
    const line = text.indexOf('\n', from.range?.[0] ?? 0);
    return line >= 0 && line < (to.range?.[1] ?? 0);
  };
  const walk = (node: unknown, isItem: boolean): void => {
    if (isItem && isNode(node) && mayBreak(node, node)) add(...linesOf(node, node));
    if (isScalar(node) && mayBreak(node, node)) {
      const [from, to] = linesOf(node, node);
      if (to > from) texts.push({ from, to });
    }
    if (!isCollection(node)) return;
    for (const item of node.items) {
      if (!isPair(item)) {
        walk(item, true);
        continue;
      }
      const { key, value } = item;
      if (isNode(key) && isNode(value) && mayBreak(key, value)) add(...linesOf(key, value));
      walk(key, false);
      walk(value, false);
    }
  };
  walk(tree?.contents, false);
  const first = /^---/.test(text) ? 0 : (/^(?:[^\S\n]*(?:#[^\n]*)?\n)*/.exec(text)?.[0].split('\n').length ?? 1) - 1;
  add(first, lines.positionAt(text.trimEnd().length).line);
  for (const { start, end } of commentRuns(text))
    if (!texts.some(({ from, to }) => start <= to && end >= from)) add(start, end, true);
  return [...longest.values()].sort((one, other) => one.start - other.start);
}

/** The folds of a file, as far as it is read. Null where there is nothing of ours: the editor then folds by indentation. */
export function foldingRanges(document: OpenDocument, folds: (section: Section) => readonly Fold[]): FoldingRange[] | null {
  const all = document.sections.flatMap(({ section, line }) =>
    section.isRead
      ? folds(section).map(({ start, end, comment }) => ({
          startLine: start + line,
          endLine: end + line,
          ...(comment ? { kind: FoldingRangeKind.Comment } : {}),
        }))
      : [],
  );
  return all.length > 0 ? all : null;
}

function commentRuns(text: string): { start: number; end: number }[] {
  const runs: { start: number; end: number }[] = [];
  if (!text.includes('#')) return runs;
  for (const [line, content] of text.split('\n').entries()) {
    if (!/^\s*#/.test(content)) continue;
    const last = runs.at(-1);
    if (last && last.end === line - 1) last.end = line;
    else runs.push({ start: line, end: line });
  }
  return runs.filter(({ start, end }) => end > start);
}
