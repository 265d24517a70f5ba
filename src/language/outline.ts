import { type DocumentSymbol, SymbolKind } from 'vscode-languageserver-types';
import { isMap, isScalar, isSeq, type Node } from 'yaml';
import type { Range } from '../manifest/finding.ts';
import type { LocalManifest } from '../manifest/manifest.ts';
import { keyText, pairOf } from '../manifest/parse.ts';
import type { OpenDocument, PlacedSection } from './openDocument.ts';
import type { Section } from './section.ts';
import { writtenRange } from './writtenRange.ts';

/** A manifest, one of its keys or an item of a list; ranges count from the section's start. */
export interface OutlineEntry {
  readonly name: string;
  readonly detail: string;
  readonly kind: SymbolKind;
  /** All that belongs to it. */
  readonly range: Range;
  /** Its key or name. */
  readonly selection: Range;
  readonly children: readonly OutlineEntry[];
}

/** An editor draws no more of a file. */
const most = 5000;
const longestDetail = 60;

/** The manifests of a section as `Kind name`, below each its keys. What a Secret holds is not repeated. */
export function outlineOf(section: Section): readonly OutlineEntry[] {
  if (!section.content.isManifest) return [];
  return section.parsed.manifests.map((manifest) => manifestEntry(manifest, section.text));
}

/** The outline of a file as the editor takes it, as far as the file is read; at most {@link most} entries, the upper ones first. */
export function documentSymbols(
  document: OpenDocument,
  outline: (section: Section) => readonly OutlineEntry[],
): DocumentSymbol[] {
  let left = most;
  const toSymbols = (placed: PlacedSection, entries: readonly OutlineEntry[]): DocumentSymbol[] => {
    const taken = entries.length <= left ? entries : entries.slice(0, Math.max(0, left));
    left -= taken.length;
    // What is empty is left out: there are thousands of them.
    return taken.map(({ name, detail, kind, range, selection, children }) => {
      const symbol: DocumentSymbol = {
        name,
        kind,
        range: document.toRange(placed, range),
        selectionRange: document.toRange(placed, selection),
      };
      if (detail !== '') symbol.detail = detail;
      if (children.length > 0) symbol.children = toSymbols(placed, children);
      return symbol;
    });
  };
  const symbols: DocumentSymbol[] = [];
  for (const placed of document.sections) {
    if (left <= 0) break;
    if (placed.section.isRead) symbols.push(...toSymbols(placed, outline(placed.section)));
  }
  return symbols;
}

/** Told the outlines of sections from above, tells whether they are already as many entries as an editor draws: what lies below need not be worked out. */
export function fullOutline(): (outline: readonly OutlineEntry[]) => boolean {
  let left = most;
  const take = (entries: readonly OutlineEntry[]): void => {
    left -= entries.length;
    for (const { children } of entries) take(children);
  };
  return (outline) => {
    take(outline);
    return left <= 0;
  };
}

function manifestEntry({ root, kind = '', name, namespace }: LocalManifest, text: string): OutlineEntry {
  const range = writtenRange(root, text);
  const named = pairOf(root, 'metadata')?.value;
  const at = isMap(named) ? pairOf(named, 'name')?.value : undefined;
  const selection = at ? writtenRange(at, text) : writtenRange(pairOf(root, 'kind')?.key ?? root, text);
  const hidden = kind === 'Secret' ? new Set(['data', 'stringData']) : undefined;
  const children = entriesOf(root, text, hidden);
  const title = name === undefined ? kind : `${kind} ${name}`;
  return { name: title, detail: namespace ?? '', kind: SymbolKind.Object, range, selection, children };
}

const nothing: readonly never[] = [];

/** Aliases are not followed: what they stand for is in the outline where it is written. */
function entriesOf(node: Node | null, text: string, hidden: ReadonlySet<string> | 'all' | undefined): readonly OutlineEntry[] {
  if (!isMap(node) && !isSeq(node)) return nothing;
  const entries: OutlineEntry[] = [];
  if (isSeq(node)) {
    for (const [index, item] of (node.items as (Node | null)[]).entries()) {
      if (!item?.range) continue;
      const range = writtenRange(item, text);
      const first = { start: range.start, end: Math.min(range.end, lineEnd(text, range.start)) };
      entries.push(entryOf(itemName(item, index), item, text, range, first, hidden === 'all'));
    }
    return entries;
  }
  for (const pair of node.items) {
    const [key, value] = [pair.key as Node | null, pair.value as Node | null];
    const name = keyText(key);
    if (!key?.range || name === '') continue;
    const selection = writtenRange(key, text);
    const end = value?.range ? Math.max(selection.end, writtenRange(value, text).end) : selection.end;
    const isHidden = hidden === 'all' || hidden?.has(name) === true;
    entries.push(entryOf(name, value, text, { start: selection.start, end }, selection, isHidden));
  }
  return entries;
}

function entryOf(
  name: string,
  value: Node | null,
  text: string,
  range: Range,
  selection: Range,
  isHidden: boolean,
): OutlineEntry {
  const detail = isScalar(value) && !isHidden ? oneLine(value.source ?? '') : '';
  return { name, detail, kind: kindOf(value), range, selection, children: entriesOf(value, text, isHidden ? 'all' : undefined) };
}

/** An item is called as the field that tells it from the others. */
function itemName(item: Node, index: number): string {
  for (const key of ['name', 'kind', 'host', 'key', 'path']) {
    const value = isMap(item) ? pairOf(item, key)?.value : undefined;
    if (isScalar(value) && typeof value.value === 'string' && value.value !== '') return oneLine(value.value);
  }
  return isScalar(item) && typeof item.source === 'string' && item.source !== '' ? oneLine(item.source) : String(index);
}

function kindOf(value: Node | null): SymbolKind {
  if (isMap(value)) return SymbolKind.Module;
  if (isSeq(value)) return SymbolKind.Array;
  if (!isScalar(value) || value.value === null) return SymbolKind.Null;
  if (typeof value.value === 'boolean') return SymbolKind.Boolean;
  return typeof value.value === 'string' ? SymbolKind.String : SymbolKind.Number;
}

function oneLine(text: string): string {
  const line = text.trim().split('\n', 1)[0] ?? '';
  return line.length > longestDetail || line.length < text.trim().length ? `${line.slice(0, longestDetail)}…` : line;
}

function lineEnd(text: string, from: number): number {
  const at = text.indexOf('\n', from);
  return at < 0 ? text.length : at;
}
