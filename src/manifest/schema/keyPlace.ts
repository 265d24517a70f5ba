import type { Range } from '../finding.ts';

/** Where in a document a key, or a value of one, is being written. */
export interface KeyPlace {
  /** The way to the mapping, for a value to the value itself; the index of a list is always 0. */
  readonly path: readonly (string | number)[];
  readonly what: 'key' | 'value';
  /** What is written of it. */
  readonly range: Range;
  /** Column the keys of the mapping stand in. */
  readonly column: number;
  /** The other keys of the mapping. */
  readonly present: readonly string[];
}

interface Line {
  readonly indent: number;
  /** Columns of the dashes before the key. */
  readonly dashes: readonly number[];
  readonly column: number;
  readonly key: string | undefined;
  /** What stands behind the colon. */
  readonly value: string;
}

const word = /^(\s*(?:- +)*)([\w.$/-]*)$/;
const valueWord = /^(\s*(?:- +)*)([\w.$/-]+): +["']?([\w.-]*)$/;
const pattern = /^( *)((?:- +)*)(?:(["']?)([^\s"':#{[|>][^"':]*)\3 *:(?: +(.*))?)?$/;

/**
 * Reads by indentation alone where an offset of a document is, so that it works while the text is broken just there. Undefined inside of brackets, block texts, comments
 * and behind what is no key.
 */
export function keyPlaceAt(text: string, offset: number): KeyPlace | undefined {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const before = text.slice(start, offset);
  const value = valueWord.exec(before);
  const match = value ?? word.exec(before);
  if (!match || before.includes('\t')) return undefined;
  const column = match[1]?.length ?? 0;
  const typed = (value ? match[3] : match[2]) ?? '';
  const rest = /^[\w.$/-]*/.exec(text.slice(offset))?.[0].length ?? 0;
  const range = { start: offset - typed.length, end: offset + rest };
  const own = { indent: 0, dashes: columnsOf(match[1] ?? ''), column, key: undefined, value: '' };
  const lines = text.slice(0, start).split('\n').slice(0, -1);
  const above = wayTo(own, lines);
  if (!above) return undefined;
  const present = [...above.present, ...keysBelow(text.slice(start).split('\n').slice(1), column)];
  return {
    path: value ? [...above.path, match[2] ?? ''] : above.path,
    what: value ? 'value' : 'key',
    range,
    column,
    present: value ? [] : present,
  };
}

/** Upwards: each line that stands further left holds what came before. */
function wayTo(own: Line, lines: readonly string[]) {
  const path: (string | number)[] = [];
  const present: string[] = [];
  let column = own.column;
  let inList = false;
  const enter = (dashes: readonly number[]) => {
    for (const dash of dashes.toReversed()) {
      path.unshift(0);
      [column, inList] = [dash, true];
    }
  };
  enter(own.dashes);
  for (const text of lines.toReversed()) {
    const line = readLine(text);
    if (!line) continue;
    const dash = line.dashes.at(-1);
    if (!inList && line.column === column) {
      if (path.length === 0 && line.key !== undefined) present.push(line.key);
      enter(line.dashes);
    } else if (inList ? line.column <= column && dash !== column : line.column < column) {
      if (line.key === undefined && dash === undefined) return undefined;
      if (line.key !== undefined && !/^(?:$|&\S+\s*$|!\S+\s*$|#)/.test(line.value)) return undefined;
      if (line.key !== undefined) path.unshift(line.key);
      [column, inList] = [line.column, false];
      enter(line.dashes);
    }
    if (column === 0 && !inList && path.length > 0) break;
  }
  return column === 0 && !inList ? { path, present } : undefined;
}

function keysBelow(lines: readonly string[], column: number): readonly string[] {
  const keys: string[] = [];
  for (const text of lines) {
    const line = readLine(text);
    if (!line) continue;
    if (line.column < column || line.dashes.length > 0) {
      if (line.indent < column) break;
    } else if (line.column === column && line.key !== undefined) keys.push(line.key);
  }
  return keys;
}

/** Undefined for what says nothing: empty lines, comments, the lines between documents. */
function readLine(text: string): Line | undefined {
  const line = text.trimEnd();
  if (/^\s*(?:#|$)/.test(line) || line.startsWith('---')) return undefined;
  const indent = line.length - line.trimStart().length;
  if (/^\s*-$/.test(line)) return { indent, dashes: [indent], column: indent + 2, key: undefined, value: '' };
  const [, spaces = '', dashes = '', , key, value = ''] = pattern.exec(line) ?? [line, ' '.repeat(indent)];
  return { indent, dashes: columnsOf(spaces + dashes), column: spaces.length + dashes.length, key, value };
}

function columnsOf(before: string): readonly number[] {
  return [...before.matchAll(/-/g)].map(({ index }) => index);
}
