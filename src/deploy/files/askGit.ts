import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Where and for how long git is asked. */
export interface GitOptions {
  readonly cwd: string;
  /** In ms. */
  readonly timeout: number;
  /** Most bytes of the answer; default 1 MiB. */
  readonly maxBuffer?: number;
  readonly signal?: AbortSignal;
}

/** What git answers to a question that writes nothing. Throws as `execFile` does: without git, outside of a repository, when it takes too long. Runs git: ask only where the user trusts the files. */
export async function askGit(args: readonly string[], options: GitOptions): Promise<string> {
  // a repository may name a program as its monitor: that is not run for a question
  return (await run('git', ['--no-optional-locks', '-c', 'core.fsmonitor=false', ...args], options)).stdout;
}
