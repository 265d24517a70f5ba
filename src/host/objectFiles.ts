import { FilePermission, type FileStat, FileType, Uri } from 'vscode';
import type { Result } from '../base/failure.ts';
import { addressIn, given, SavedFiles } from './savedFiles.ts';

/** The scheme of objects of an object store that are open in an editor and may be saved: a promise to whoever matches on it. */
export const objectScheme = 'hybrid-clusters-object';

/** Where an object is; the project by its id. */
export interface ObjectAddress {
  readonly cloud: string;
  readonly region?: string | undefined;
  readonly project: string;
  readonly container: string;
  readonly name: string;
}

/** A version of an object. */
interface Version {
  readonly etag: string;
  readonly size: number;
}

/** What the editor needs of objects. Met by shape in `commands/`, which knows clouds. */
export interface ObjectBytes {
  head(address: ObjectAddress): Promise<Result<Version & { readonly modified: number; readonly segmented: boolean }>>;
  read(address: ObjectAddress): Promise<Result<{ readonly bytes: Uint8Array; readonly etag: string }>>;
  /** `seen` is the etag of the version that may be replaced, absent for any; another one fails with `conflict`. Answers with the etag of what was written. */
  write(address: ObjectAddress, bytes: Uint8Array, seen: string | undefined): Promise<Result<string>>;
}

/**
 * Objects of an object store as files of the editor. Before VS Code saves, it asks for the state of the file, which is a HEAD each time. If the version of
 * somebody else is of another size, VS Code itself asks whether to overwrite; of one that is as long, it takes no notice, and we ask. Source: VS Code, `platform/files/common/fileService.ts`, `validateWriteFile`.
 */
export class ObjectFiles extends SavedFiles {
  readonly #load: () => Promise<ObjectBytes>;
  readonly #mayReplace: (message: string) => Promise<boolean>;
  /** What the editor has read or written last. */
  readonly #held = new Map<string, Version>();
  /** What there was when the editor last looked. */
  readonly #seen = new Map<string, Version>();

  constructor(load: () => Promise<ObjectBytes>, mayReplace: (message: string) => Promise<boolean>) {
    super(objectScheme);
    this.#load = load;
    this.#mayReplace = mayReplace;
  }

  /** The document of an object. What the tab shows is its path; the exact name, which may hold what a path cannot, is in the query. */
  static uriOf(address: ObjectAddress): Uri {
    const shown = address.name.split('/').filter((part) => !/^\.{0,2}$/.test(part));
    const path = `/${[address.cloud, address.container, ...shown].join('/')}`;
    return Uri.from({ scheme: objectScheme, path, query: JSON.stringify(address) });
  }

  async stat(uri: Uri): Promise<FileStat> {
    const { size, modified, etag, segmented } = given(await (await this.#load()).head(addressOf(uri)), uri);
    this.#seen.set(uri.toString(), { etag, size });
    const stat = { type: FileType.File, ctime: modified, mtime: modified, size };
    return segmented ? { ...stat, permissions: FilePermission.Readonly } : stat;
  }

  async readFile(uri: Uri): Promise<Uint8Array> {
    const { bytes, etag } = given(await (await this.#load()).read(addressOf(uri)), uri);
    this.#held.set(uri.toString(), { etag, size: bytes.byteLength });
    return bytes;
  }

  async writeFile(uri: Uri, content: Uint8Array): Promise<void> {
    const [store, address, key] = [await this.#load(), addressOf(uri), uri.toString()];
    const [held, seen] = [this.#held.get(key), this.#seen.get(key)];
    const hasAsked = held !== undefined && seen !== undefined && held.size !== seen.size;
    let written = await store.write(address, content, hasAsked ? seen.etag : (held ?? seen)?.etag);
    if (!written.ok && written.failure.reason === 'conflict' && (await this.#mayReplace(written.failure.message)))
      written = await store.write(address, content, undefined);
    this.#held.set(key, { etag: given(written, uri), size: content.byteLength });
  }

  override dispose(): void {
    super.dispose();
    this.#seen.clear();
    this.#held.clear();
  }
}

const addressOf = (uri: Uri) => addressIn<ObjectAddress>(uri, ['cloud', 'project', 'container', 'name']);
