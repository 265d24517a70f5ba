import {
  type Disposable,
  type DocumentLink,
  type DocumentLinkProvider,
  EventEmitter,
  languages,
  type TextDocument,
  type TextDocumentContentProvider,
  Uri,
  workspace,
} from 'vscode';

/** The scheme of read-only documents made by us: a promise to whoever matches on it. */
export const documentScheme = 'hybrid-clusters';

/** Makes the text of a document anew each time it is asked for. Expected trouble is told in the text itself, as a comment. */
export type Load = () => Promise<string> | string;

/** Finds the links of a document of ours in its text. */
export type FindLinks = (document: TextDocument) => DocumentLink[] | Promise<DocumentLink[]>;

/** Read-only documents in memory: a resource as YAML or JSON, the two sides of a diff. A text is held as long as its document is open. */
export class Documents implements TextDocumentContentProvider, DocumentLinkProvider, Disposable {
  readonly #sources = new Map<string, { readonly load: Load; readonly links?: FindLinks }>();
  readonly #changed = new EventEmitter<Uri>();
  readonly #subscriptions: readonly Disposable[];
  readonly onDidChange = this.#changed.event;

  constructor() {
    this.#subscriptions = [
      workspace.registerTextDocumentContentProvider(documentScheme, this),
      languages.registerDocumentLinkProvider({ scheme: documentScheme }, this),
      workspace.onDidCloseTextDocument(({ uri }) => this.#sources.delete(uri.toString())),
    ];
  }

  /**
   * Announces a document. `path` is what the tab shows, its extension decides the language; the same path (and side of a diff) is the same document, with its text renewed.
   */
  provide(path: string, load: Load, { side, links }: { readonly side?: string; readonly links?: FindLinks } = {}): Uri {
    const uri = Uri.from({ scheme: documentScheme, path: `/${path.replace(/^\/+/, '')}`, ...(side ? { query: side } : {}) });
    this.#sources.set(uri.toString(), { load, ...(links ? { links } : {}) });
    this.#changed.fire(uri);
    return uri;
  }

  /** Asks for the text of a document that is announced once more; nothing for others. */
  renew(path: string): void {
    const uri = Uri.from({ scheme: documentScheme, path: `/${path}` });
    if (this.#sources.has(uri.toString())) this.#changed.fire(uri);
  }

  provideTextDocumentContent(uri: Uri): Promise<string> | string {
    return this.#sources.get(uri.toString())?.load() ?? '';
  }

  provideDocumentLinks(document: TextDocument): DocumentLink[] | Promise<DocumentLink[]> {
    return this.#sources.get(document.uri.toString())?.links?.(document) ?? [];
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#sources.clear();
    this.#changed.dispose();
  }
}
