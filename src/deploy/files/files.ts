import type { Result } from '../../base/failure.ts';

/** What stands at a path. Sizes in bytes. */
export interface FileFacts {
  readonly type: 'file' | 'folder' | 'other';
  readonly size: number;
}

/** Access to the files of the user: the editor's, unsaved text included, or those of the disk. Paths are as the caller wrote them, with `/` between names. */
export interface Files {
  /** Fails with `notFound` or what the file system says. */
  facts(path: string): Promise<Result<FileFacts>>;
  /** The text as it stands in the editor if the file is open there, else on disk. */
  read(path: string): Promise<Result<string>>;
  /** Names in a folder with their types. */
  list(folder: string): Promise<Result<readonly { readonly name: string; readonly type: FileFacts['type'] }[]>>;
}
