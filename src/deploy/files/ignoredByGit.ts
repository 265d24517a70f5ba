import { failed, type Result, success } from '../../base/failure.ts';
import { askGit } from './askGit.ts';

const TIMEOUT_MS = 10_000;
/** A path that is a URI: it is on no disk that git could look at. */
const IS_URI = /^[a-z][a-z0-9+.-]+:/i;

/**
 * What git ignores below a folder (`.gitignore` there, above and below, `.git/info/exclude`, the user's own excludes): paths from the folder on, those of folders with a `/` behind; what is in such a folder is
 * not named. What is in the index is not ignored, whatever a pattern says. Nothing, where the folder itself is ignored: somebody meant it all the same. One question for all, asked of git itself, which alone knows
 * all of its rules. Fails with `notFound` outside of a repository or without git, with `unavailable` when git takes too long. Runs git: ask only where the user trusts the files.
 * Source: git, `git-ls-files` (`--others --ignored --directory`), `gitignore`.
 */
export async function ignoredByGit(folder: string, signal?: AbortSignal): Promise<Result<ReadonlySet<string>>> {
  if (IS_URI.test(folder)) return failed('notFound', `${folder} is not on the disk.`);
  const asked = ['ls-files', '--others', '--ignored', '--exclude-standard', '--directory', '-z'];
  try {
    const options = { cwd: folder, timeout: TIMEOUT_MS, maxBuffer: 256 * 1024 * 1024, ...(signal ? { signal } : {}) };
    const names = (await askGit(asked, options)).split('\0').filter((name) => name !== '');
    return success(new Set(names.includes('./') ? [] : names));
  } catch (error) {
    const isSlow = error instanceof Error && 'killed' in error && error.killed === true && !signal?.aborted;
    return isSlow
      ? failed('unavailable', `git did not say within ${TIMEOUT_MS / 1000} s what it ignores below ${folder}.`)
      : failed('notFound', `git knows nothing of ${folder}.`);
  }
}
