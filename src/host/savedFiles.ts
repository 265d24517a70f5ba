import {
  type Disposable,
  EventEmitter,
  type FileChangeEvent,
  type FileStat,
  FileSystemError,
  type FileSystemProvider,
  type Uri,
  workspace,
} from 'vscode';
import type { Failure, Result } from '../base/failure.ts';

/** Single documents that the editor opens, edits and saves one at a time. There are no folders to list here, and nothing is made, renamed or deleted. */
export abstract class SavedFiles implements FileSystemProvider, Disposable {
  readonly #registration: Disposable;
  protected readonly changed = new EventEmitter<FileChangeEvent[]>();
  readonly onDidChangeFile = this.changed.event;

  constructor(scheme: string) {
    this.#registration = workspace.registerFileSystemProvider(scheme, this, { isCaseSensitive: true });
  }

  abstract stat(uri: Uri): Promise<FileStat>;
  abstract readFile(uri: Uri): Promise<Uint8Array>;
  abstract writeFile(uri: Uri, content: Uint8Array): Promise<void>;

  watch(): Disposable {
    return { dispose() {} };
  }

  readDirectory(uri: Uri): never {
    throw FileSystemError.FileNotADirectory(uri);
  }

  /** Asked for before something is saved that was deleted meanwhile: its folders are in its name. */
  createDirectory(): void {}

  delete(uri: Uri): never {
    throw FileSystemError.NoPermissions(uri);
  }

  rename(uri: Uri): never {
    throw FileSystemError.NoPermissions(uri);
  }

  dispose(): void {
    this.#registration.dispose();
    this.changed.dispose();
  }
}

/** The address in the query of a document, if it has all these parts as texts. */
export function addressIn<T>(uri: Uri, parts: readonly (keyof T & string)[]): T {
  try {
    const address: unknown = JSON.parse(uri.query);
    const isWhole =
      typeof address === 'object' && address !== null && parts.every((part) => typeof Reflect.get(address, part) === 'string');
    if (isWhole) return address as T;
  } catch {
    // Not a query of ours.
  }
  throw FileSystemError.FileNotFound(uri);
}

/** The value, or the failure as the editor's own: its sentence is what the user reads. */
export function given<T>(result: Result<T>, uri: Uri): T {
  if (result.ok) return result.value;
  throw errorOf(result.failure, uri);
}

function errorOf({ reason, message }: Failure, uri: Uri): FileSystemError {
  if (reason === 'notFound') return FileSystemError.FileNotFound(uri);
  if (reason === 'forbidden' || reason === 'signedOut') return FileSystemError.NoPermissions(message);
  return FileSystemError.Unavailable(message);
}
