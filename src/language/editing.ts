import type {
  DocumentHighlight,
  DocumentSymbol,
  FoldingRange,
  Location,
  Range,
  SelectionRange,
  SemanticTokens,
  WorkspaceEdit,
  WorkspaceSymbol,
} from 'vscode-languageserver-types';
import { foldingRanges, foldsOf } from './folding.ts';
import { highlights } from './highlights.ts';
import type { LanguageHost } from './host.ts';
import { type BoundDocument, NameIndex, nameAt, type PlacedName } from './nameIndex.ts';
import { definitionsOf, usesOf } from './nameLocations.ts';
import { ObjectCheck } from './objectCheck.ts';
import { documentSymbols, fullOutline, outlineOf } from './outline.ts';
import { PerSection } from './perSection.ts';
import { type Refusal, renameEdit, renameRange } from './rename.ts';
import { ResourceUses } from './resourceUses.ts';
import { selectionRange } from './selectionRanges.ts';
import { semanticTokens } from './semanticTokens.ts';
import { workspaceSymbols } from './workspaceSymbols.ts';

type Position = { readonly line: number; readonly character: number };

/** The open files, by their URI. */
export interface OpenFiles {
  get(uri: string): BoundDocument | undefined;
  all(): Iterable<BoundDocument>;
}

/** What the editor asks about the shape of files and about names that several of them share. */
export class Editing {
  readonly #files: OpenFiles;
  readonly #index: NameIndex;
  /** What files name in Kubernetes, checked. */
  readonly objects: ObjectCheck;
  /** Which manifests name a resource. */
  readonly uses: ResourceUses;
  readonly #outlines = new PerSection(outlineOf);
  readonly #folds = new PerSection(foldsOf);

  constructor(files: OpenFiles, host: LanguageHost) {
    this.#files = files;
    this.#index = new NameIndex(() => files.all(), host);
    this.objects = new ObjectCheck(host, this.#index);
    this.uses = new ResourceUses(this.#index);
  }

  /** What the files of the workspace beside one bring about in its cloud. */
  createdBeside(file: BoundDocument, signal: AbortSignal): Promise<ReadonlySet<string>> {
    return this.#index.createdBeside(file, signal);
  }

  async symbols(uri: string, signal: AbortSignal): Promise<DocumentSymbol[]> {
    const document = this.#files.get(uri)?.document;
    const full = fullOutline();
    if (!document || !(await this.#outlines.prepare(document, signal, full))) return [];
    return documentSymbols(document, (section) => this.#outlines.of(section));
  }

  async folds(uri: string, signal: AbortSignal): Promise<FoldingRange[] | null> {
    const document = this.#files.get(uri)?.document;
    if (!document || !(await this.#folds.prepare(document, signal))) return null;
    return foldingRanges(document, (section) => this.#folds.of(section));
  }

  selections(uri: string, positions: readonly Position[]): SelectionRange[] {
    const document = this.#files.get(uri)?.document;
    return document ? positions.map((position) => selectionRange(document, position)) : [];
  }

  tokens(uri: string, lines?: { readonly start: number; readonly end: number }): SemanticTokens {
    const document = this.#files.get(uri)?.document;
    return document ? semanticTokens(document, lines) : { data: [] };
  }

  async highlights(uri: string, position: Position): Promise<DocumentHighlight[] | null> {
    const file = this.#files.get(uri);
    return file ? highlights(file.document, position, await this.#index.of(file)) : null;
  }

  definitions(uri: string, position: Position, signal: AbortSignal): Promise<Location[]> {
    return this.#locations(uri, position, signal, definitionsOf);
  }

  references(uri: string, position: Position, withDeclarations: boolean, signal: AbortSignal): Promise<Location[]> {
    return this.#locations(uri, position, signal, (at, names) => usesOf(at, names, withDeclarations));
  }

  async renameRange(uri: string, position: Position, signal: AbortSignal): Promise<Range | Refusal> {
    const document = this.#files.get(uri)?.document;
    return document ? renameRange(document, position, await this.#index.all(signal)) : notOpen;
  }

  async rename(uri: string, position: Position, newName: string, signal: AbortSignal): Promise<WorkspaceEdit | Refusal> {
    const document = this.#files.get(uri)?.document;
    return document ? renameEdit(document, position, newName, await this.#index.all(signal)) : notOpen;
  }

  async workspaceSymbols(query: string, signal: AbortSignal): Promise<WorkspaceSymbol[]> {
    return workspaceSymbols(query, (await this.#index.all(signal)).names);
  }

  async #locations(
    uri: string,
    position: Position,
    signal: AbortSignal,
    find: (at: PlacedName, names: readonly PlacedName[]) => Location[],
  ): Promise<Location[]> {
    const file = this.#files.get(uri);
    const at = file && nameAt(await this.#index.of(file), file.document.offsetAt(position));
    return at ? find(at, (await this.#index.all(signal)).names) : [];
  }
}

const notOpen: Refusal = { refused: 'This file is not open as YAML.' };
