import type { TextDocumentContentChangeEvent } from 'vscode-languageserver-textdocument';
import { linesAround } from '../manifest/edit.ts';
import type { Range as OffsetRange } from '../manifest/finding.ts';
import type { Replacement } from '../manifest/lineIndex.ts';
import type { SchemasOf } from '../manifest/schema/structure.ts';
import { splitDocuments } from '../manifest/split.ts';
import type { Syntax } from '../manifest/syntax.ts';
import { endsIn, Section } from './section.ts';

/** A section and where it stands in the file. */
export interface PlacedSection {
  readonly section: Section;
  readonly start: number;
  /** Line (from 0) the section begins on; it always begins a line. */
  readonly line: number;
}

/** So many UTF-16 units of a file are read by themselves, of a larger one only few; and always what somebody looks at. */
const [readUnasked, readOfLarger] = [8 * 1024 * 1024, 256 * 1024];
/** Sections of so many UTF-16 units are kept as trees until they are settled, of a larger file only few; what is more is settled at once. */
const [unsettled, unsettledOfLarger] = [1024 * 1024, 64 * 1024];

type Moving = { -readonly [K in keyof PlacedSection]: PlacedSection[K] };

/**
 * An open file as a row of sections. An edit goes to the sections it touches; only they are split and parsed again, the others keep all that is known of them and move.
 * There is no text of the whole file to be copied at each keystroke.
 */
export class OpenDocument {
  readonly uri: string;
  version: number;
  readonly #syntax: Syntax;
  #sections: Moving[];
  #looked: { readonly start: number; readonly end: number } = { start: 0, end: 0 };
  /** Where the last edit ended, and when: what stands there is still being typed. */
  lastEdit: { readonly offset: number; readonly at: number } | undefined;
  /** The generation by which all sections were read but for those that came since. */
  #settled: number | undefined;
  #fresh: readonly PlacedSection[] = [];
  /** Sections that are read and not settled, and the length of their text. */
  #unsettled: Section[] = [];
  #unsettledLength = 0;

  constructor(uri: string, version: number, text: string, syntax: Syntax = 'yaml') {
    this.uri = uri;
    this.version = version;
    this.#syntax = syntax;
    this.#sections = sectionsOf(text, syntax);
  }

  get text(): string {
    return this.#sections.map(({ section }) => section.text).join('');
  }

  update(changes: readonly TextDocumentContentChangeEvent[], version: number, now: number): void {
    this.version = version;
    for (const change of changes) {
      if ('range' in change) this.#edit(change.range.start, change.range.end, change.text, now);
      else this.#renew(sectionsOf(change.text, this.#syntax, this.#sections));
    }
  }

  /** The sections in order. Those whose text stood before keep all that is known of them. */
  get sections(): readonly PlacedSection[] {
    return this.#sections;
  }

  /** Remembers which lines somebody looks at: they are read first, however large the file is. True if there is something to read. */
  look(lines: { readonly start: number; readonly end: number }): boolean {
    this.#looked = lines;
    return this.#lookedAt().some(({ section }) => !section.isRead);
  }

  /** Reads sections for about so long, those looked at first. True while there is more to read. `generation` as of {@link Section.read}. */
  read(milliseconds: number, schemasOf: SchemasOf = () => [], generation = 0): boolean {
    const until = performance.now() + milliseconds;
    const sections = this.#settled === generation ? this.#fresh : this.#toRead();
    for (const { section } of sections) {
      const isNew = !section.isRead;
      const took = section.read(schemasOf, generation);
      if (isNew) this.#settleLater(section);
      if (took && performance.now() > until) return true;
    }
    this.#settled = this.#length > readUnasked ? undefined : generation;
    this.#fresh = [];
    return false;
  }

  #settleLater(section: Section): void {
    if (this.#unsettledLength > (this.#length > unsettled ? unsettledOfLarger : unsettled)) section.settle();
    else {
      this.#unsettled.push(section);
      this.#unsettledLength += section.text.length;
    }
  }

  /** Works out what the sections name that were read (see {@link Section.settle}), for about so long. True while there is more to do. */
  settle(milliseconds: number): boolean {
    const until = performance.now() + milliseconds;
    for (let section = this.#unsettled.pop(); section; section = this.#unsettled.pop()) {
      this.#unsettledLength -= section.text.length;
      section.settle();
      if (performance.now() > until) return this.#unsettled.length > 0;
    }
    return false;
  }

  get #length(): number {
    const last = this.#sections.at(-1);
    return last ? last.start + last.section.text.length : 0;
  }

  /** Length of what the last edit left to be read. */
  get touched(): number {
    const at = this.lastEdit && this.sectionAt(this.lastEdit.offset);
    return at && !at.section.isRead ? at.section.text.length : 0;
  }

  *#toRead(): Iterable<PlacedSection> {
    yield* this.#lookedAt();
    let left = this.#length > readUnasked ? readOfLarger : readUnasked;
    for (const placed of this.#sections) {
      left -= placed.section.text.length;
      if (left < 0) return;
      yield placed;
    }
  }

  #lookedAt(): readonly PlacedSection[] {
    const at = this.lastEdit && this.sectionAt(this.lastEdit.offset);
    const { start, end } = this.#looked;
    const first = this.#indexAt({ line: start, character: 0 });
    const last = this.#indexAt({ line: end, character: 0 });
    return [...(at ? [at] : []), ...this.#sections.slice(first, last + 1)];
  }

  /** The section around an offset. */
  sectionAt(offset: number): PlacedSection | undefined {
    return this.#sections[lastIndex(this.#sections, ({ start }) => start <= offset)];
  }

  offsetAt(position: Position): number {
    const placed = this.#sections[this.#indexAt(position)];
    return placed
      ? placed.start + placed.section.lines.offsetAt({ line: position.line - placed.line, character: position.character })
      : 0;
  }

  /** A run inside a section as lines of the file. */
  toRange({ section, line }: PlacedSection, { start, end }: OffsetRange) {
    const [from, to] = [section.lines.positionAt(start), section.lines.positionAt(end)];
    return {
      start: { line: from.line + line, character: from.character },
      end: { line: to.line + line, character: to.character },
    };
  }

  #indexAt({ line }: Position): number {
    return Math.max(
      0,
      lastIndex(this.#sections, (placed) => placed.line <= line),
    );
  }

  #edit(start: Position, end: Position, text: string, now: number): void {
    const [from, to] = [this.offsetAt(start), this.offsetAt(end)];
    this.lastEdit = { offset: from + text.length, at: now };
    let first = this.#indexAt(start);
    const last = this.#indexAt(end);
    // What begins a section may be gone, or (after `...`) all of its content: then it belongs to the one before.
    const begun = this.#sections[first];
    if (first > 0 && (begun?.line === start.line || !begun?.section.text.startsWith('---'))) first -= 1;
    const touched = this.#sections.slice(first, last + 1);
    const base = touched[0]?.start ?? 0;
    const before = touched.map(({ section }) => section.text).join('');
    const edit = { start: from - base, end: to - base, text };
    const after = before.slice(0, edit.start) + text + before.slice(edit.end);
    const hasEnd =
      touched.some(({ section }) => section.hasEnd) || endsIn(linesAround(after, edit.start, edit.start + text.length));
    const next = this.#sections[last + 1];
    // After `...` lines belong forwards, so that an edit reaches beyond its own section.
    const alone = !hasEnd && (next === undefined || next.section.text.startsWith('---'));
    if (!alone || (next !== undefined && (!after.endsWith('\n') || joinsNext(after)))) {
      const whole = this.text;
      this.#renew(sectionsOf(whole.slice(0, from) + text + whole.slice(to), this.#syntax, this.#sections));
      return;
    }
    const renewed = sectionsOf(after, this.#syntax, touched, edit);
    this.#sections.splice(first, touched.length, ...renewed);
    this.#fresh = [...this.#fresh.filter((placed) => !touched.includes(placed)), ...renewed];
    this.#place(first);
  }

  #renew(sections: Moving[]): void {
    this.#sections = sections;
    this.#settled = undefined;
  }

  /** Moves the sections from an index on to where they stand now. */
  #place(from: number): void {
    const before = this.#sections[from - 1];
    let start = before ? before.start + before.section.text.length : 0;
    let line = before ? before.line + before.section.lineCount - 1 : 0;
    for (let index = from; index < this.#sections.length; index += 1) {
      const placed = this.#sections[index];
      if (!placed) break;
      placed.start = start;
      placed.line = line;
      start += placed.section.text.length;
      line += placed.section.lineCount - 1;
    }
  }
}

interface Position {
  readonly line: number;
  readonly character: number;
}

/** Whether a text has nothing but comments and directives at its end, which belong to the document that follows. */
function joinsNext(text: string): boolean {
  return splitDocuments(`${text}---`).length === splitDocuments(text).length;
}

/** The sections of a text; what is no YAML is one. One that stood before is found at its index from the front or from the end: an edit changes what lies between. */
function sectionsOf(text: string, syntax: Syntax, before: readonly PlacedSection[] = [], edit?: Replacement): Moving[] {
  const ranges = syntax === 'yaml' ? splitDocuments(text) : [{ start: 0, end: text.length }];
  const shift = before.length - ranges.length;
  let line = 0;
  return ranges.map(({ start, end }, index): Moving => {
    const stands = (old: PlacedSection | undefined) =>
      old?.section.text.length === end - start && text.startsWith(old.section.text, start);
    const old = before.length > 0 ? [before[index], before[index + shift]].find(stands) : undefined;
    const [only] = ranges.length === 1 && before.length === 1 ? before : [];
    const section = old?.section ?? new Section(text.slice(start, end), syntax, only && { section: only.section, edit });
    const placed = { section, start, line };
    line += section.lineCount - 1;
    return placed;
  });
}

/** The last index of a sorted row for which a condition holds that holds up to some point; -1 if for none. */
function lastIndex<T>(row: readonly T[], holds: (item: T) => boolean): number {
  let [low, high] = [-1, row.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (holds(row[middle] as T)) low = middle;
    else high = middle - 1;
  }
  return low;
}
