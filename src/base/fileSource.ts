import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { failed, type Result, success } from './failure.ts';
import type { Source } from './transfer.ts';

/** A file of the disk to be sent, whole or in parts. */
export interface FileSource extends Source {
  readonly modified: number;
  /** Bytes `start` up to `start + size`. */
  part(start: number, size: number): Source;
}

/** Looks at a file; nothing of it is read yet. Fails with `invalid` when there is none that can be sent. */
export async function fileSource(path: string): Promise<Result<FileSource>> {
  try {
    const { size, mtimeMs, isFile } = await stat(path).then((one) => ({ ...one, isFile: one.isFile() }));
    if (!isFile) return failed('invalid', `${path} is not a file.`);
    return success({
      size,
      modified: mtimeMs,
      open: () => createReadStream(path),
      part: (start, length) => ({ size: length, open: () => createReadStream(path, { start, end: start + length - 1 }) }),
    });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${error.code})` : '';
    return failed('invalid', `${path} cannot be read${code}.`);
  }
}
