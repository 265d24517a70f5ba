import { TextDocument, type TextDocumentContentChangeEvent } from 'vscode-languageserver-textdocument';
import { annotationFindings } from '../manifest/annotations.ts';
import type { Range as OffsetRange } from '../manifest/finding.ts';
import { LineIndex } from '../manifest/lineIndex.ts';
import { type LocalManifest, localManifests } from '../manifest/manifest.ts';
import { type LocalFinding, type ParsedDocument, parseDocument } from '../manifest/parse.ts';
import { type Reference, referencesOf } from '../manifest/references.ts';
import { splitDocuments } from '../manifest/split.ts';
import type { ReferenceFinding } from '../manifest/verdict.ts';
import type { FactsLookup } from '../protocol.ts';

/** What is known of one YAML document from its text alone, and, once asked, from the cloud. Lives on while its text stands, wherever it moves in the file. */
export class Section {
  readonly text: string;
  readonly parsed: ParsedDocument;
  readonly manifests: readonly LocalManifest[];
  readonly references: readonly Reference[];
  readonly findings: readonly LocalFinding[];
  readonly lines: LineIndex;
  /** What the cloud said, under which epoch. */
  checked:
    | {
        readonly epoch: number;
        readonly findings: readonly ReferenceFinding[];
        readonly unknown: number;
        readonly paused?: string;
      }
    | undefined;
  /** The answer to each reference, for hover, links and hints. */
  readonly answers = new Map<Reference, FactsLookup>();

  constructor(text: string) {
    this.text = text;
    this.lines = new LineIndex(text);
    this.parsed = parseDocument(text);
    this.manifests = localManifests(this.parsed).filter(({ apiVersion, kind }) => apiVersion !== undefined && kind !== undefined);
    this.references = this.manifests.flatMap((manifest) => referencesOf(manifest));
    const annotated = this.parsed.template ? [] : this.manifests.flatMap((manifest) => annotationFindings(manifest));
    this.findings = [...this.parsed.findings, ...annotated];
  }

  /** True if this looks like a manifest, so that its findings are ours to tell. */
  get isManifest(): boolean {
    return this.manifests.length > 0 || /^apiVersion:/m.test(this.text);
  }
}

/** A section and where it stands in the file. */
export interface PlacedSection {
  readonly section: Section;
  readonly start: number;
  /** Line (from 0) the section begins on; it always begins a line. */
  readonly line: number;
}

/** Largest text that is looked into; beyond it nothing is said. */
const largest = 64 * 1024 * 1024;

/** An open file: its text, kept up with incremental changes, and its sections, of which only the changed ones are parsed again. */
export class OpenDocument {
  readonly uri: string;
  #document: TextDocument;
  #sections: readonly PlacedSection[] | undefined;
  #before: readonly PlacedSection[] = [];
  /** Where the last edit ended, and when: what stands there is still being typed. */
  lastEdit: { readonly offset: number; readonly at: number } | undefined;

  constructor(uri: string, version: number, text: string) {
    this.uri = uri;
    this.#document = TextDocument.create(uri, 'yaml', version, text);
  }

  get version(): number {
    return this.#document.version;
  }

  get text(): string {
    return this.#document.getText();
  }

  update(changes: readonly TextDocumentContentChangeEvent[], version: number, now: number): void {
    this.#document = TextDocument.update(this.#document, [...changes], version);
    this.#sections = undefined;
    const last = changes.at(-1);
    if (last && 'range' in last)
      this.lastEdit = { offset: this.#document.offsetAt(last.range.start) + last.text.length, at: now };
  }

  /** The sections in order. Those whose text stood before keep all that is known of them. */
  get sections(): readonly PlacedSection[] {
    this.#sections ??= this.#read();
    return this.#sections;
  }

  /** The section around an offset. */
  sectionAt(offset: number): PlacedSection | undefined {
    return this.sections.findLast(({ start }) => start <= offset);
  }

  offsetAt(position: { line: number; character: number }): number {
    return this.#document.offsetAt(position);
  }

  /** A run inside a section as lines of the file. */
  toRange({ section, line }: PlacedSection, { start, end }: OffsetRange) {
    const [from, to] = [section.lines.positionAt(start), section.lines.positionAt(end)];
    return {
      start: { line: from.line + line, character: from.character },
      end: { line: to.line + line, character: to.character },
    };
  }

  /** A section that stood before is found at its index from the front or from the end: an edit changes what lies between. */
  #read(): readonly PlacedSection[] {
    const { text } = this;
    if (text.length > largest) return [];
    const ranges = splitDocuments(text);
    const shift = this.#before.length - ranges.length;
    let line = 0;
    this.#before = ranges.map(({ start, end }, index): PlacedSection => {
      const stands = (old: PlacedSection | undefined) =>
        old?.section.text.length === end - start && text.startsWith(old.section.text, start);
      const old = [this.#before[index], this.#before[index + shift]].find(stands);
      const section = old?.section ?? new Section(text.slice(start, end));
      const placed = { section, start, line };
      line += section.lines.lineCount - 1;
      return placed;
    });
    return this.#before;
  }
}
