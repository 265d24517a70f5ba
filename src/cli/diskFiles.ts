import type { Dirent } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { failed, type Result, success } from '../base/failure.ts';
import type { FileFacts, Files } from '../deploy/files/files.ts';

/** The files of the disk. A link counts as what it leads to; a linked folder is not entered: it may lead back. */
export const diskFiles: Files = {
  facts: (path) => reading(path, async () => factsOf(await stat(path))),
  read: (path) => reading(path, () => readFile(path, 'utf8')),
  list: (folder) =>
    reading(folder, async () => {
      const entries = await readdir(folder, { withFileTypes: true });
      return Promise.all(entries.map(async (entry) => ({ name: entry.name, type: await typeOf(folder, entry) })));
    }),
};

function factsOf(stats: { isFile(): boolean; isDirectory(): boolean; readonly size: number }): FileFacts {
  return { type: stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : 'other', size: stats.size };
}

async function typeOf(folder: string, entry: Dirent): Promise<FileFacts['type']> {
  if (entry.isDirectory()) return 'folder';
  if (!entry.isSymbolicLink()) return entry.isFile() ? 'file' : 'other';
  const target = await stat(`${folder}/${entry.name}`).catch(() => undefined);
  return target?.isFile() ? 'file' : 'other';
}

const WORDS: Readonly<Record<string, string>> = { ENOENT: 'does not exist', EACCES: 'may not be read', EISDIR: 'is a folder' };

async function reading<T>(path: string, read: () => Promise<T>): Promise<Result<T>> {
  try {
    return success(await read());
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
    if (code === undefined) throw error;
    return failed(code === 'ENOENT' ? 'notFound' : 'invalid', `${path} ${WORDS[code] ?? `cannot be read (${code})`}.`);
  }
}
