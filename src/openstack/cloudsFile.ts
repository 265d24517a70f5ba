import { randomUUID } from 'node:crypto';
import { mkdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { failed, type Result, success } from '../base/failure.ts';

/** The text of a clouds file as it is now; undefined when there is none. Fails with `invalid` when it cannot be read. */
export async function readCloudsFile(path: string): Promise<Result<string | undefined>> {
  try {
    return success(await readFile(path, 'utf8'));
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT') return success(undefined);
    return failed('invalid', `${path} cannot be read (${code}). Check its permissions.`, { at: { file: path } });
  }
}

/**
 * Puts a text in place of the one that was `before` (undefined: of none), whole or not at all. A new file is for its owner only (0600, in folders of 0700), another one keeps its mode; a
 * link is followed. Tells whether a folder was made. Fails with `conflict` when the file is no longer as it was, and with `invalid` when it cannot be written.
 */
export async function saveCloudsFile(
  path: string,
  before: string | undefined,
  text: string,
): Promise<Result<{ readonly newFolder: boolean }>> {
  const now = await readCloudsFile(path);
  if (!now.ok) return now;
  if (now.value !== before)
    return failed('conflict', `${path} was changed meanwhile. Look at the difference again.`, { at: { file: path } });
  try {
    const made = before === undefined ? await mkdir(dirname(path), { recursive: true, mode: 0o700 }) : undefined;
    const target = before === undefined ? path : await realpath(path);
    const mode = before === undefined ? 0o600 : (await stat(target)).mode & 0o777;
    const beside = join(dirname(target), `.clouds-${randomUUID()}`);
    try {
      await writeFile(beside, text, { mode, flag: 'wx' });
      await rename(beside, target);
    } finally {
      await rm(beside, { force: true });
    }
    return success({ newFolder: made !== undefined });
  } catch (error) {
    return failed('invalid', `${path} cannot be written (${codeOf(error)}). Check its permissions.`, { at: { file: path } });
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
