import type { Range } from './finding.ts';

/** One `name = value` of a section. Ranges count from the text's start. */
export interface IniEntry {
  readonly name: string;
  readonly nameRange: Range;
  /** What a reader of the file gets: quotes and escapes resolved, comments gone. Undefined for a name without `=`, which means true. */
  readonly value: string | undefined;
  /** The value as it is written, with its quotes. Where nothing is written, the end of the line. */
  readonly valueRange: Range;
  readonly quoted: boolean;
  /** Where a comment behind the value begins; undefined when there is none. */
  readonly comment: number | undefined;
}

/** One `[name "subname"]` and what follows it. */
export interface IniSection {
  readonly name: string;
  readonly subname: string | undefined;
  /** What stands between the brackets. */
  readonly range: Range;
  readonly entries: readonly IniEntry[];
}

/**
 * Reads an INI text in the dialect of git's configuration, which cloud-provider-openstack's `cloud.conf` is written in: `#` and `;` begin a comment wherever they stand
 * outside of quotes, a backslash at the end of a line goes on with the next. Lines that are no part of it (a template's) are left out.
 * Source: git, `Documentation/config.txt`, Syntax; gopkg.in/gcfg.v1, `doc.go`.
 */
export function readIni(text: string): readonly IniSection[] {
  const sections: { name: string; subname: string | undefined; range: Range; entries: IniEntry[] }[] = [];
  for (let at = 0; at < text.length; ) {
    const end = lineEnd(text, at);
    const line = text.slice(at, end);
    const head = /^(\s*\[)\s*([\w.-]+)(?:\s+"((?:\\.|[^"\\])*)")?\s*\]/.exec(line);
    const start = at;
    at = end + 1;
    if (head) {
      const [whole, open = '', name = '', subname] = head;
      const range = { start: start + open.length, end: start + whole.length - 1 };
      sections.push({ name, subname: subname?.replace(/\\(.)/g, '$1'), range, entries: [] });
      continue;
    }
    const found = /^(\s*)([A-Za-z][\w-]*)[ \t]*(=[ \t]*)?/.exec(line);
    const section = sections.at(-1);
    if (!found || !section) continue;
    const [whole, indent = '', name = '', equals] = found;
    const nameRange = { start: start + indent.length, end: start + indent.length + name.length };
    // Two words in a row are neither a name alone nor a value.
    if (equals === undefined && !/^\s*(?:[#;].*)?$/.test(line.slice(whole.length))) continue;
    const read = readValue(text, start + whole.length);
    section.entries.push({ name, nameRange, ...read.entry, value: equals === undefined ? undefined : read.entry.value });
    at = read.next;
  }
  return sections;
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', b: '\b' };

function readValue(text: string, from: number): { entry: Omit<IniEntry, 'name' | 'nameRange'>; next: number } {
  let [at, inQuotes, quoted] = [from, false, false];
  let [value, last] = ['', from];
  let comment: number | undefined;
  let kept = 0;
  for (; at < text.length && text[at] !== '\n'; at += 1) {
    const character = text[at] ?? '';
    if (character === '\\' && at + 1 < text.length) {
      at += text[at + 1] === '\r' ? 2 : 1;
      const next = text[at] ?? '';
      if (next !== '\n') value += escapes[next] ?? next;
      [kept, last] = [value.length, at + 1];
    } else if (character === '"') {
      [inQuotes, quoted] = [!inQuotes, true];
      [kept, last] = [value.length, at + 1];
    } else if (!inQuotes && (character === '#' || character === ';')) {
      comment = at;
      at = lineEnd(text, at);
      break;
    } else {
      value += character;
      if (inQuotes || !/\s/.test(character)) [kept, last] = [value.length, at + 1];
    }
  }
  return { entry: { value: value.slice(0, kept), valueRange: { start: from, end: last }, quoted, comment }, next: at + 1 };
}

function lineEnd(text: string, from: number): number {
  const found = text.indexOf('\n', from);
  return found < 0 ? text.length : found;
}
