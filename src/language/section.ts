import { creates } from '../manifest/creates.ts';
import { fixedFindings } from '../manifest/fixedValues.ts';
import { LineIndex } from '../manifest/lineIndex.ts';
import { type LocalManifest, localManifests } from '../manifest/manifest.ts';
import { type LocalFinding, parseDocument } from '../manifest/parse.ts';
import { type Reference, referencesOf } from '../manifest/references.ts';
import type { ReferenceFinding } from '../manifest/verdict.ts';
import type { FactsLookup } from '../protocol.ts';

/** What a document says by itself. */
interface Content {
  readonly references: readonly Reference[];
  readonly findings: readonly LocalFinding[];
  /** The resources its manifests bring about. */
  readonly creates: readonly string[];
  /** True if this looks like a manifest, so that its findings are ours to tell. */
  readonly isManifest: boolean;
}

/** What the cloud said about the references of a section. */
export interface SectionCheck {
  readonly findings: readonly ReferenceFinding[];
  readonly unknown: number;
  readonly paused?: string;
}

/**
 * One YAML document of an open file: what is known of it from its text alone, read when somebody first wants to know, and, once asked, from the cloud. Lives on while its
 * text stands, wherever it moves in the file.
 */
export class Section {
  readonly text: string;
  readonly lineCount: number;
  checked: SectionCheck | undefined;
  /** True when the cloud may have changed since: what is known stands until it is asked again. */
  outdated = false;
  /** The answer to each reference, for hover, links and hints. */
  readonly answers = new Map<Reference, FactsLookup>();
  #content: Content | undefined;
  #lines: LineIndex | undefined;

  constructor(text: string) {
    this.text = text;
    this.lineCount = countLines(text);
  }

  get isRead(): boolean {
    return this.#content !== undefined;
  }

  /** Reads the text if nobody has yet. The syntax tree is not kept: few sections are ever looked into again. */
  get content(): Content {
    this.#content ??= read(this.text);
    return this.#content;
  }

  /** The manifests with their syntax trees, parsed for the one who asks. */
  get manifests(): readonly LocalManifest[] {
    return manifestsIn(localManifests(parseDocument(this.text)));
  }

  get lines(): LineIndex {
    this.#lines ??= new LineIndex(this.text);
    return this.#lines;
  }
}

function read(text: string): Content {
  const parsed = parseDocument(text);
  const manifests = manifestsIn(localManifests(parsed));
  const fixed = parsed.template ? [] : manifests.flatMap((manifest) => fixedFindings(manifest));
  return {
    references: manifests.flatMap((manifest) => referencesOf(manifest)),
    findings: [...parsed.findings, ...fixed],
    creates: manifests.flatMap((manifest) => creates(manifest) ?? []),
    isManifest: manifests.length > 0 || /^apiVersion:/m.test(text),
  };
}

function manifestsIn(all: readonly LocalManifest[]): readonly LocalManifest[] {
  return all.filter(({ apiVersion, kind }) => apiVersion !== undefined && kind !== undefined);
}

function countLines(text: string): number {
  let count = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}
