import { colourlessText, terminalText } from '../base/terminalText.ts';

/** One line of a log, or a sentence on it. */
export interface LogLine {
  /** `web-1/app`; empty for a sentence about the whole. */
  readonly source: string;
  readonly notice: boolean;
  readonly time: string;
  readonly text: string;
}

/** What is kept of a log. Lines are numbered from 0 as they came. */
export interface KeptLog {
  /** The number of the next line. */
  readonly added: number;
  /** What is kept of those from a number on. */
  since(from: number): readonly LogLine[];
}

/** How much of its source stands before a line: nothing, `app`, or `web-1/app`. */
export type LogPrefix = 'none' | 'container' | 'whole';

/** Lets lines pass. */
export interface LogFilter {
  readonly text: string;
  passes(line: LogLine): boolean;
}

/** More lines of one batch than this are not written: the terminal of VS Code keeps 1,000 lines by default, and nobody reads faster. */
const mostWritten = { lines: 1000, characters: 256 * 1024 };
/** Colours of the theme, so that they can be read on any; none of the reds, which say that something is wrong. */
const colours = [36, 33, 32, 35, 34, 96, 93, 92, 95, 94];
const mostColoured = 1000;
const [bold, slanted, plain] = ['\u001b[1m', '\u001b[3m', '\u001b[0m'];
/** Screen and scrollback empty, no cursor to be seen. */
const empty = '\u001b[?25l\u001b[2J\u001b[3J\u001b[H';

/** A filter as the user writes it: a text in any case, `/expression/i`, and `!` before either for all other lines. A sentence when the expression is wrong. */
export function parseFilter(text: string): LogFilter | undefined | { readonly wrong: string } {
  const wanted = text.trim();
  if (wanted === '' || wanted === '!') return undefined;
  const inverted = wanted.startsWith('!');
  const words = inverted ? wanted.slice(1) : wanted;
  const written = /^\/(.+)\/([imsu]*)$/.exec(words);
  let found: (line: string) => boolean;
  try {
    const expression = written && new RegExp(written[1] ?? '', written[2]);
    const lower = words.toLowerCase();
    found = expression ? (line) => expression.test(line) : (line) => line.toLowerCase().includes(lower);
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : String(error) };
  }
  return { text: wanted, passes: ({ source, text: line }) => found(`${source} ${colourlessText(line)}`) !== inverted };
}

/** A log as it stands on a terminal: which of its lines are shown, and how. Makes the text that is written; knows no terminal. */
export class LogScreen {
  readonly #prefix: () => LogPrefix;
  readonly #colours = new Map<string, number>();
  /** The first line that may be shown, and the next one to write. */
  #first = 0;
  #next = 0;
  paused = false;
  timestamps = false;
  wrap = true;
  filter: LogFilter | undefined;

  constructor(prefix: () => LogPrefix) {
    this.#prefix = prefix;
  }

  /** What to write for the lines that came since the last time; nothing while it is paused. */
  news(log: KeptLog): string {
    if (this.paused) return '';
    const lines = log.since(this.#next);
    const lost = log.added - this.#next - lines.length;
    this.#next = log.added;
    return [...(lost > 0 ? [said(`${lost} lines came that could not be kept`)] : []), ...this.#written(lines)].join('');
  }

  /** Everything anew below a heading, as far as it is kept. */
  redraw(log: KeptLog, first = ''): string {
    this.#next = this.paused ? this.#next : log.added;
    const lines = log.since(this.#first);
    const shown = this.paused ? lines.slice(0, Math.max(0, lines.length - (log.added - this.#next))) : lines;
    return [empty, this.wrap ? '\u001b[?7h' : '\u001b[?7l', first, ...this.#written(shown)].join('');
  }

  /** What stands there now is not shown again. */
  clear(log: KeptLog): string {
    this.#first = log.added;
    this.#next = log.added;
    return empty;
  }

  /** Another log takes the place of this one. */
  begin(): string {
    this.#first = 0;
    this.#next = 0;
    return empty;
  }

  /** The lines as a file: all that are kept and pass, those that came while it is paused too. */
  text(log: KeptLog): string {
    const lines = log.since(this.#first).filter((line) => this.#passes(line));
    return lines
      .map((line) => {
        if (line.notice) return `# ${[line.source, colourlessText(line.text)].filter(Boolean).join(': ')}\n`;
        const parts = [this.#prefixOf(line), this.timestamps ? line.time : '', colourlessText(line.text)];
        return `${parts.filter((part, index) => part !== '' || index === 2).join(' ')}\n`;
      })
      .join('');
  }

  #written(lines: readonly LogLine[]): readonly string[] {
    const passed = lines.filter((line) => this.#passes(line));
    let first = passed.length;
    let characters = 0;
    while (first > 0 && passed.length - first < mostWritten.lines && characters < mostWritten.characters)
      characters += (passed[--first]?.text.length ?? 0) + 40;
    const left = first === 0 ? [] : [said(`${first} lines more: "Open Log as Document" (d) shows them`)];
    return [...left, ...passed.slice(first).map((line) => this.#print(line))];
  }

  #passes(line: LogLine): boolean {
    return line.notice || !this.filter || this.filter.passes(line);
  }

  #print(line: LogLine): string {
    const prefix = this.#prefixOf(line);
    if (line.notice) return said(`${line.source === '' ? '' : `${line.source}: `}${line.text}`);
    const colour = this.#colourOf(line.source);
    const before = prefix === '' ? '' : `\u001b[${colour}m${prefix}${plain} `;
    const time = this.timestamps && line.time !== '' ? `${line.time} ` : '';
    return `${before}${time}${terminalText(line.text)}\r\n`;
  }

  /** By the name, so that it is the same tomorrow; another one as long as there are some that nobody has. */
  #colourOf(source: string): number {
    const known = this.#colours.get(source);
    if (known !== undefined) return known;
    if (this.#colours.size >= mostColoured) this.#colours.clear();
    const taken = new Set(this.#colours.values());
    const first = hashOf(source);
    const order = colours.map((_, index) => colours[(first + index) % colours.length] ?? 0);
    const colour = order.find((one) => !taken.has(one)) ?? order[0] ?? 0;
    this.#colours.set(source, colour);
    return colour;
  }

  #prefixOf({ source }: LogLine): string {
    const prefix = this.#prefix();
    if (prefix === 'none') return '';
    return colourlessText(prefix === 'whole' ? source : source.slice(source.lastIndexOf('/') + 1));
  }
}

/** A sentence of ours among the lines of others: by its dashes, not by its colour alone. */
export function said(sentence: string): string {
  return `${slanted}── ${colourlessText(sentence)}${plain}\r\n`;
}

/** The first line of a terminal. */
export function heading(title: string, hint: string): string {
  return `${bold}${colourlessText(title)}${plain}\r\n${said(hint)}`;
}

/** FNV-1a: names that differ in one letter lie apart. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  return hash;
}
