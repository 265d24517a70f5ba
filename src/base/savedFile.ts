import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Writable } from 'node:stream';
import type { Result } from './failure.ts';
import { failed } from './failure.ts';
import { partBeside } from './partBeside.ts';

/**
 * Writes a file whole or not at all: `fill` writes to a part beside it, which takes its place once that went well and is removed otherwise.
 * Folders on the way are made. Fails as `fill` does, and with `invalid` when the place cannot be written.
 */
export async function saveFile<T>(path: string, fill: (open: () => Writable) => Promise<Result<T>>): Promise<Result<T>> {
  const part = partBeside(path);
  try {
    await mkdir(dirname(path), { recursive: true });
    const filled = await fill(() => createWriteStream(part));
    if (filled.ok) await rename(part, path);
    return filled;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${error.code})` : '';
    return failed('invalid', `${path} cannot be written${code}. Choose another place.`);
  } finally {
    await rm(part, { force: true });
  }
}
