import type { BindingAnswer } from '../protocol.ts';
import type { HostLookup } from './host.ts';
import type { OpenDocument } from './openDocument.ts';
import type { Section } from './section.ts';

/** A file that is open in the editor, and what goes on about it. */
export class Opened {
  readonly document: OpenDocument;
  /** A new one when the world changes: an answer on its way then falls into the old one. */
  lookup: HostLookup;
  binding: Promise<BindingAnswer> | undefined;
  /** The context it is bound to, once that is known. */
  context: string | undefined;
  running = new AbortController();
  /** Of the check that reads it now, in turns. */
  reading: AbortSignal | undefined;
  /** The schemas that were asked for while the rest of it was read. */
  early: Promise<void> | undefined;
  /** Ends when the check that goes on does. */
  checked: Promise<void> = Promise.resolve();
  typing: NodeJS.Timeout | undefined;
  again: NodeJS.Timeout | undefined;
  /** What the manifests of the file bring about. */
  own: ReadonlySet<string> = new Set();
  /** What they and those beside them did when references were last judged. */
  created: ReadonlySet<string> = new Set();
  /** What the other files of the workspace do, when it was looked at last: only where something is missing. */
  beside: { readonly at: number; readonly created: ReadonlySet<string> } | undefined;
  /** The links that the editor was given last, and of which version of the text. */
  links: { readonly version: number; readonly given: string } | undefined;

  constructor(document: OpenDocument, lookup: HostLookup) {
    this.document = document;
    this.lookup = lookup;
  }

  /** The sections that are read, each once. */
  get sections(): readonly Section[] {
    const read = new Set<Section>();
    for (const { section } of this.document.sections) if (section.isRead) read.add(section);
    return [...read];
  }

  stop(): void {
    this.running.abort();
    clearTimeout(this.typing);
    clearTimeout(this.again);
  }
}
