import type { SelectionRange } from 'vscode-languageserver-types';
import { isMap, isScalar, isSeq, type Node } from 'yaml';
import type { Range } from '../manifest/finding.ts';
import type { OpenDocument } from './openDocument.ts';
import { writtenRange } from './writtenRange.ts';

type Position = { readonly line: number; readonly character: number };

/** What a selection grows to, step by step: the text in the quotes, the value, its pair or item, the mapping or list around it, and so on up to the document and the file. */
export function selectionRange(document: OpenDocument, position: Position): SelectionRange {
  const { sections } = document;
  const last = sections.at(-1);
  const end = last ? document.toRange(last, { start: 0, end: last.section.text.length }).end : position;
  const file: SelectionRange = { range: { start: { line: 0, character: 0 }, end } };
  const offset = document.offsetAt(position);
  const placed = document.sectionAt(offset);
  if (!placed) return file;
  const { text, parsed } = placed.section;
  const around: Range[] = [
    { start: 0, end: text.trimEnd().length },
    ...rangesAt(parsed.tree?.contents ?? null, offset - placed.start, text),
  ];
  return around.reduce<SelectionRange>((parent, range, index) => {
    const outer = around[index - 1];
    if (outer && outer.start === range.start && outer.end === range.end) return parent;
    return { range: document.toRange(placed, range), parent };
  }, file);
}

/** The runs around an offset, the outermost first. */
function rangesAt(root: Node | null, offset: number, text: string): Range[] {
  const ranges: Range[] = [];
  let node = root;
  while (node) {
    const own = writtenRange(node, text);
    if (offset < own.start || offset > own.end) break;
    ranges.push(own);
    if (isMap(node)) {
      const pairs = node.items as { key: Node; value: Node | null }[];
      const pair = pairs.find(({ key, value }) => holds(pairRun(key, value, text), offset));
      if (!pair) break;
      ranges.push(pairRun(pair.key, pair.value, text));
      node = holds(writtenRange(pair.key, text), offset) ? pair.key : pair.value;
    } else if (isSeq(node))
      node = (node.items as (Node | null)[]).find((item) => item && holds(writtenRange(item, text), offset)) ?? null;
    else {
      if (isScalar(node) && /^QUOTE/.test(node.type ?? '') && own.end - own.start > 2)
        ranges.push({ start: own.start + 1, end: own.end - 1 });
      break;
    }
  }
  return ranges.filter((range) => holds(range, offset));
}

function pairRun(key: Node, value: Node | null, text: string): Range {
  const own = writtenRange(key, text);
  return { start: own.start, end: value?.range ? Math.max(own.end, writtenRange(value, text).end) : own.end };
}

function holds({ start, end }: Range, offset: number): boolean {
  return offset >= start && offset <= end;
}
