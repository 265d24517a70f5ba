import { execFile } from 'node:child_process';
import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { failed, type Result, success } from '../base/failure.ts';

const run = promisify(execFile);

/**
 * The files that git says are other than at a revision, those it does not know yet included: as a test of paths as they were given, from the folder `cwd`.
 * A range (`main...HEAD`) counts what is committed only. The files themselves are read as they stand on the disk. Fails with `invalid` and what git said.
 */
export async function changedFiles(revision: string, cwd: string): Promise<Result<ReadonlySet<string>>> {
  const git = async (...args: string[]) => (await run('git', args, { cwd, maxBuffer: 256 * 1024 * 1024 })).stdout;
  try {
    const top = (await git('rev-parse', '--show-toplevel')).trimEnd();
    // Whatever the user's configuration says: names count from the top.
    const changed = await git(
      '-c',
      'diff.relative=false',
      'diff',
      '--name-only',
      '-z',
      '--no-renames',
      '--diff-filter=d',
      '--end-of-options',
      revision,
      '--',
    );
    const unknown = revision.includes('..')
      ? ''
      : await git('ls-files', '-z', '--others', '--exclude-standard', '--full-name', ':/');
    const names = `${changed}${unknown}`.split('\0').filter((name) => name !== '');
    return success(new Set(names.map((name) => resolve(top, name))));
  } catch (error) {
    // a program that ends with another status than 0 arrives as an exception
    return failed('invalid', `git does not say what changed since ${revision}: ${sentenceOf(error)}`);
  }
}

/** Where a file really is: git tells the way behind links. */
export async function realPath(file: string, cwd: string): Promise<string> {
  const path = resolve(cwd, file);
  return realpath(path).catch(() => path);
}

function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'ENOENT') return 'git was not found.';
  const said = 'stderr' in error ? String(error.stderr) : error.message;
  const [line = 'git failed'] = said.split('\n').filter((text) => text.trim() !== '');
  return `${line.replace(/^fatal: /, '').replace(/\.$/, '')}.`;
}
