/** What a plain block of YAML can hold. */
export type PlainValue = string | boolean | null | readonly PlainValue[] | PlainMap;

/** A mapping, and the line it begins on (from 1). */
export interface PlainMap {
  readonly line: number;
  readonly entries: ReadonlyMap<string, PlainValue>;
}

interface Line {
  readonly number: number;
  readonly indent: number;
  readonly text: string;
}

const keyed = /^([A-Za-z0-9_./-]+):(?: +(.*))?$/;
const plain = /^(?:[A-Za-z0-9_./+=]|-(?=\S))(?:[A-Za-z0-9_./+=@%,~$?&-]|:(?=[^\s])| (?=[^\s#]))*$/;
const quoted = /^"([^"\\]*)"$|^'([^']*)'$/;
/** What YAML may read as something else than the text it is written in. */
const ambiguous = /^(?:null|true|false|yes|no|on|off|[-+]?\.?\d[\d_.,eE:+-]*|0[xob][\da-f_]+|[-+]?\.(?:inf|nan))$/i;

/**
 * Reads the plain block form of YAML in which kubectl and its like write their files, some forty times faster than the whole language; undefined as soon as a line is anything
 * else (flow collections with content, anchors, tags, block scalars, escapes, numbers, comments beside values, repeated keys): then the YAML library has the word.
 */
export function readPlainYaml(text: string): PlainMap | undefined {
  const lines = linesOf(text);
  if (!lines) return undefined;
  const reader = new PlainReader(lines);
  const value = reader.block(0);
  return reader.atEnd && value !== undefined && isPlainMap(value) ? value : undefined;
}

/** Whether a value is a mapping. */
export function isPlainMap(value: PlainValue | undefined): value is PlainMap {
  return typeof value === 'object' && value !== null && 'entries' in value && value.entries instanceof Map;
}

function linesOf(text: string): Line[] | undefined {
  const lines: Line[] = [];
  const all = text.split('\n');
  for (const [index, raw] of all.entries()) {
    const line = raw.trimEnd();
    const body = line.trimStart();
    if (body === '' || body.startsWith('#')) continue;
    if (line === '---' && lines.length === 0) continue;
    const indent = line.length - body.length;
    if (line.lastIndexOf('\t') >= 0 || (indent === 0 && /^(?:---|\.\.\.|%)/.test(body))) return undefined;
    lines.push({ number: index + 1, indent, text: body });
  }
  return lines;
}

/** Recursive descent over lines; `undefined` means "not plain" and travels all the way up. */
class PlainReader {
  readonly #lines: Line[];
  #at = 0;

  constructor(lines: Line[]) {
    this.#lines = lines;
  }

  get atEnd(): boolean {
    return this.#at === this.#lines.length;
  }

  block(indent: number): PlainValue | undefined {
    const line = this.#lines[this.#at];
    if (line?.indent !== indent) return undefined;
    return isItem(line.text) ? this.#sequence(indent) : this.#mapping(indent);
  }

  #sequence(indent: number): PlainValue | undefined {
    const items: PlainValue[] = [];
    for (let line = this.#lines[this.#at]; line?.indent === indent && isItem(line.text); line = this.#lines[this.#at]) {
      const rest = line.text.slice(1).trimStart();
      const item = rest === '' ? this.#below(indent) : this.#item(line, rest);
      if (item === undefined) return undefined;
      items.push(item);
    }
    return items;
  }

  #item(line: Line, rest: string): PlainValue | undefined {
    if (!keyed.test(rest) && !isItem(rest)) {
      this.#at += 1;
      return this.#isContinued(line.indent) ? undefined : scalar(rest);
    }
    // "- name: a" is a mapping whose first line stands beside the dash.
    const indent = line.indent + line.text.length - rest.length;
    this.#lines[this.#at] = { ...line, indent, text: rest };
    return this.block(indent);
  }

  #mapping(indent: number): PlainValue | undefined {
    const entries = new Map<string, PlainValue>();
    const first = this.#lines[this.#at]?.number ?? 1;
    for (let line = this.#lines[this.#at]; line?.indent === indent && !isItem(line.text); line = this.#lines[this.#at]) {
      const [, key = '', written = ''] = keyed.exec(line.text) ?? [];
      if (key === '' || entries.has(key) || ambiguous.test(key)) return undefined;
      const value = written === '' ? this.#valueBelow(indent) : this.#value(indent, written);
      if (value === undefined) return undefined;
      entries.set(key, value);
    }
    return { line: first, entries };
  }

  #value(indent: number, written: string): PlainValue | undefined {
    this.#at += 1;
    return this.#isContinued(indent) ? undefined : scalar(written);
  }

  /** The value of "key:" alone: deeper lines, a sequence at the same depth, or nothing. */
  #valueBelow(indent: number): PlainValue | undefined {
    const next = this.#lines[this.#at + 1];
    if (next?.indent === indent && isItem(next.text)) {
      this.#at += 1;
      return this.#sequence(indent);
    }
    return this.#below(indent);
  }

  #below(indent: number): PlainValue | undefined {
    this.#at += 1;
    const next = this.#lines[this.#at];
    return next !== undefined && next.indent > indent ? this.block(next.indent) : null;
  }

  /** A deeper line after a scalar goes on with it: not plain. */
  #isContinued(indent: number): boolean {
    return (this.#lines[this.#at]?.indent ?? 0) > indent;
  }
}

function isItem(text: string): boolean {
  return text === '-' || text.startsWith('- ');
}

function scalar(written: string): PlainValue | undefined {
  if (written === '{}') return { line: 0, entries: new Map() };
  if (written === '[]') return [];
  if (written === 'true' || written === 'false') return written === 'true';
  if (written === 'null') return null;
  const inner = quoted.exec(written);
  if (inner) return inner[1] ?? inner[2] ?? '';
  return plain.test(written) && !ambiguous.test(written) ? written : undefined;
}
