import { chmod, mkdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { failed, type Result, success } from './failure.ts';
import { partBeside } from './partBeside.ts';

/** The text of a file; empty where there is none. Fails with `invalid` when it cannot be read. */
export async function readPrivateFile(path: string): Promise<Result<string>> {
  try {
    return success(await readFile(path, 'utf8'));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return success('');
    return failed('invalid', `${path} cannot be read (${codeOf(error)}).`);
  }
}

/**
 * Replaces a file by a text that only its owner may read (mode 0600), whole or not at all; where `path` is a link, what it leads to. `before` is the text it was made from: a file that
 * holds another one by now fails with `conflict` and stays as it is.
 */
export async function writePrivateFile(path: string, text: string, before: string): Promise<Result<void>> {
  const now = await readPrivateFile(path);
  if (!now.ok) return now;
  if (now.value !== before) return failed('conflict', `${path} was changed meanwhile, and was not written. Begin again.`);
  return writePrivateBytes(path, text);
}

/** The same whatever is there now. */
export async function writePrivateBytes(path: string, content: string | Uint8Array): Promise<Result<void>> {
  let part: string | undefined;
  try {
    const target = await realpath(path).catch(() => path);
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    part = partBeside(target);
    await writeFile(part, content, { mode: 0o600, flag: 'wx' });
    await chmod(part, 0o600);
    await rename(part, target);
    return success(undefined);
  } catch (error) {
    return failed('invalid', `${path} cannot be written (${codeOf(error)}).`);
  } finally {
    if (part !== undefined) await rm(part, { force: true });
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
