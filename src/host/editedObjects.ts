import {
  Diagnostic,
  DiagnosticSeverity,
  type Disposable,
  FileChangeType,
  FilePermission,
  type FileStat,
  FileType,
  languages,
  Range,
  TextDocumentSaveReason,
  Uri,
  workspace,
} from 'vscode';
import { type Failure, failed, type Result } from '../base/failure.ts';
import { addressIn, given, SavedFiles } from './savedFiles.ts';

/** The scheme of Kubernetes objects that are open to be edited: a promise to whoever matches on it. */
export const editScheme = 'hybrid-clusters-edit';

/** Which object of which context. */
export interface EditAddress {
  readonly context: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** What the editor needs of objects. Met by shape in `commands/`, which knows clusters. */
export interface ObjectTexts {
  /** The text anew, and whether it may be saved. */
  read(address: EditAddress): Promise<Result<{ readonly text: string; readonly readOnly: boolean }>>;
  /** Asks, and changes the object. Fails with what is wrong with the text `at` its line, and with `cancelled` when the user goes back to it. */
  save(address: EditAddress, text: string, file: string): Promise<Result<void>>;
}

/** A new text after a save is told once the editor has asked for the state it saved: sooner, it would take the two for one. */
const settlesMs = 200;

/** Kubernetes objects as documents that are saved by a server-side apply. What was read is held, so that the editor itself sees no newer version: who changed what meanwhile is told by us. */
export class EditedObjects extends SavedFiles {
  readonly #load: () => Promise<ObjectTexts>;
  #loaded: Promise<ObjectTexts> | undefined;
  readonly #held = new Map<string, { readonly text: string; readonly readOnly: boolean; readonly mtime: number }>();
  readonly #problems = languages.createDiagnosticCollection('hybridClusters.edit');
  readonly #byHand = new Set<string>();
  readonly #subscriptions: readonly Disposable[];

  constructor(load: () => Promise<ObjectTexts>) {
    super(editScheme);
    this.#load = load;
    this.#subscriptions = [
      this.#problems,
      workspace.onWillSaveTextDocument(({ document, reason }) => {
        if (document.uri.scheme === editScheme && reason === TextDocumentSaveReason.Manual)
          this.#byHand.add(document.uri.toString());
      }),
      workspace.onDidCloseTextDocument(({ uri }) => this.#forget(uri)),
    ];
  }

  /** The document of an object. */
  static uriOf(address: EditAddress): Uri {
    const { context, namespace, kind, name } = address;
    const path = [context, namespace, `${kind} ${name}.yaml`]
      .filter(Boolean)
      .join('/')
      .replaceAll(/[\\?#]/g, '_');
    return Uri.from({ scheme: editScheme, path: `/${path}`, query: JSON.stringify(address) });
  }

  async stat(uri: Uri): Promise<FileStat> {
    const { text, readOnly, mtime } = this.#held.get(uri.toString()) ?? (await this.#read(uri));
    const stat = { type: FileType.File, ctime: 0, mtime, size: Buffer.byteLength(text) };
    return readOnly ? { ...stat, permissions: FilePermission.Readonly } : stat;
  }

  async readFile(uri: Uri): Promise<Uint8Array> {
    return Buffer.from((await this.#read(uri)).text);
  }

  async writeFile(uri: Uri, content: Uint8Array): Promise<void> {
    const key = uri.toString();
    // Nothing is sent to a cluster because a pause in typing or another window had the editor save.
    if (!this.#byHand.delete(key)) given(failed('cancelled', 'Not saved: save by hand, what changes is shown first.'), uri);
    const text = new TextDecoder().decode(content);
    const saved = await (await this.#texts()).save(addressOf(uri), text, key);
    this.#mark(uri, saved.ok ? undefined : saved.failure);
    given(saved, uri);
    this.#held.set(key, { text, readOnly: false, mtime: Date.now() });
    setTimeout(() => {
      this.#held.delete(key);
      this.changed.fire([{ type: FileChangeType.Changed, uri }]);
    }, settlesMs);
  }

  override dispose(): void {
    super.dispose();
    for (const one of this.#subscriptions) one.dispose();
    this.#held.clear();
  }

  /** The same ones always: they know what each text was made from. */
  #texts(): Promise<ObjectTexts> {
    this.#loaded ??= this.#load();
    return this.#loaded;
  }

  async #read(uri: Uri) {
    const read = given(await (await this.#texts()).read(addressOf(uri)), uri);
    const held = { ...read, mtime: Date.now() };
    this.#held.set(uri.toString(), held);
    return held;
  }

  #mark(uri: Uri, failure: Failure | undefined): void {
    const line = failure?.at?.line;
    const range = new Range((line ?? 1) - 1, 0, (line ?? 1) - 1, Number.MAX_SAFE_INTEGER);
    this.#problems.set(uri, failure && line ? [new Diagnostic(range, failure.message, DiagnosticSeverity.Error)] : []);
  }

  #forget(uri: Uri): void {
    if (uri.scheme !== editScheme) return;
    this.#held.delete(uri.toString());
    this.#problems.delete(uri);
  }
}

/** The object that a document is opened to edit; undefined for other documents. */
export function editedAddress(uri: Uri): EditAddress | undefined {
  return uri.scheme === editScheme ? addressOf(uri) : undefined;
}

const addressOf = (uri: Uri) => addressIn<EditAddress>(uri, ['context', 'apiVersion', 'kind', 'name']);
