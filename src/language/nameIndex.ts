import { isClusterWide } from '../kubernetes/objectReferences.ts';
import { creates } from '../manifest/creates.ts';
import { type ObjectName, objectNamesOf } from '../manifest/objectNames.ts';
import type { BindingAnswer, WorkspaceFiles } from '../protocol.ts';
import type { LanguageHost } from './host.ts';
import { OpenDocument, type PlacedSection } from './openDocument.ts';
import { PerSection } from './perSection.ts';

type Binding = BindingAnswer['binding'];

/** An open file and how to ask what it is bound to. */
export interface BoundDocument {
  readonly document: OpenDocument;
  readonly binding: () => Promise<BindingAnswer>;
}

/** A name in a file. `key` is the same for all names of one object: of one kind, in one namespace of one context. */
export interface PlacedName {
  readonly document: OpenDocument;
  readonly placed: PlacedSection;
  readonly name: ObjectName;
  readonly key: string;
}

/** What was found, and whether that is all: the workspace may hold more files than are read. */
export interface Names {
  readonly names: readonly PlacedName[];
  readonly complete: boolean;
}

/** A file of the workspace as it is in the editor, or else on disk. */
export interface IndexedFile {
  readonly document: OpenDocument;
  readonly binding: Binding;
  readonly isOpen: boolean;
}

/**
 * The names of Kubernetes objects in all manifests of the workspace: open files as they are in the editor, the others as they are on disk. What a client cannot tell of
 * files that are not open, is not known. Files are asked for at each gesture; the text that is unchanged is not read again.
 */
export class NameIndex {
  readonly #open: () => Iterable<BoundDocument>;
  readonly #host: LanguageHost;
  /** Of files that are not open nothing but the names is kept. */
  readonly #names = new PerSection(({ manifests }) => manifests.flatMap((manifest) => objectNamesOf(manifest)));
  readonly #created = new PerSection(({ manifests }) => manifests.flatMap((manifest) => creates(manifest)));
  readonly #placed = new WeakMap<PlacedSection, { readonly binding: Binding; readonly names: readonly PlacedName[] }>();
  #closed = new Map<string, OpenDocument>();

  constructor(open: () => Iterable<BoundDocument>, host: LanguageHost) {
    this.#open = open;
    this.#host = host;
  }

  /** The names of one open file, as far as it is read. */
  async of({ document, binding }: BoundDocument): Promise<readonly PlacedName[]> {
    const bound = (await binding()).binding;
    return document.sections.flatMap((placed) => (placed.section.isRead ? this.#placedIn(document, placed, bound) : []));
  }

  /** Where an edit did not reach, nothing is worked out again. */
  #placedIn(document: OpenDocument, placed: PlacedSection, binding: Binding): readonly PlacedName[] {
    const known = this.#placed.get(placed);
    if (known && known.binding === binding) return known.names;
    const names = toPlaced(placed.section.content.names, document, placed, binding);
    this.#placed.set(placed, { binding, names });
    return names;
  }

  /** The names of all open files. */
  async opened(): Promise<readonly PlacedName[]> {
    const names = await Promise.all([...this.#open()].map((file) => this.of(file)));
    return names.flat();
  }

  async all(signal: AbortSignal): Promise<Names> {
    const names = [...(await this.opened())];
    const listed = { complete: true };
    for await (const { document, binding, isOpen } of this.files(signal, listed)) {
      if (isOpen) continue;
      for (const placed of document.sections)
        for (const name of toPlaced(this.#names.of(placed.section), document, placed, binding)) names.push(name);
    }
    if (signal.aborted) return { names: [], complete: false };
    const open = [...this.#open()].map(({ document }) => document);
    const allRead = open.every(({ sections }) => sections.every(({ section }) => section.isRead));
    return { names, complete: listed.complete && allRead };
  }

  /** What the files of the workspace beside one bring about in the cloud that it is bound to, see {@link creates}. */
  async createdBeside({ document: one, binding }: BoundDocument, signal: AbortSignal): Promise<ReadonlySet<string>> {
    const cloud = cloudOf((await binding()).binding);
    const created = new Set<string>();
    for await (const { document, binding: theirs, isOpen } of this.files(signal)) {
      if (document.uri === one.uri || cloudOf(theirs) !== cloud) continue;
      for (const { section } of document.sections) {
        if (isOpen && !section.isRead) continue;
        for (const what of isOpen ? section.content.creates : this.#created.of(section)) created.add(what);
      }
    }
    return created;
  }

  /** The files of the workspace with what they are bound to: those that are open, then the others. `listed` is told whether these are all. Ends early when the signal fires. */
  async *files(signal: AbortSignal, listed: { complete: boolean } = { complete: true }): AsyncGenerator<IndexedFile> {
    const asked = this.#host.workspaceManifests?.().catch((): WorkspaceFiles => ({ files: [], complete: false }));
    const { files, complete } = (await asked) ?? { files: [], complete: true };
    listed.complete = complete;
    const isOpen = new Set<string>();
    for (const { document, binding } of this.#open()) {
      isOpen.add(document.uri);
      yield { document, binding: (await binding()).binding, isOpen: true };
    }
    const closed = new Map<string, OpenDocument>();
    for (const { uri, text, binding } of files) {
      if (isOpen.has(uri)) continue;
      if (signal.aborted) return;
      const known = this.#closed.get(uri);
      const document = known?.text === text ? known : new OpenDocument(uri, 0, text);
      closed.set(uri, document);
      yield { document, binding, isOpen: false };
      // Between files the editor is answered.
      await new Promise(setImmediate);
    }
    this.#closed = closed;
  }
}

const cloudOf = (binding: Binding) => JSON.stringify([binding?.cloud, binding?.project, binding?.region]);

function toPlaced(
  names: readonly ObjectName[],
  document: OpenDocument,
  placed: PlacedSection,
  binding: Binding,
): readonly PlacedName[] {
  return names.map((name) => ({ document, placed, name, key: keyOf(name, binding) }));
}

/** The name whose run holds an offset of its file. */
export function nameAt(names: readonly PlacedName[], offset: number): PlacedName | undefined {
  return names.find(({ placed, name }) => {
    const local = offset - placed.start;
    return local >= name.range.start && local <= name.range.end;
  });
}

function keyOf({ to, name, namespace }: ObjectName, binding: Binding): string {
  const place = isClusterWide(to) ? '' : (namespace ?? binding?.namespace ?? '');
  return JSON.stringify([binding?.context ?? '', to, place, name]);
}
