import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { askGit } from './askGit.ts';

/** What was checked out when a run began. */
export interface Commit {
  /** 40 hex digits. */
  readonly id: string;
  /** Files below the place are other than in it. */
  readonly dirty: boolean;
}

const TIMEOUT_MS = 1_500;

/** The commit of the place that is deployed; undefined outside of a git repository, without git, or when it takes too long. Runs git: ask only where the user trusts the files. */
export async function commitOf(place: string): Promise<Commit | undefined> {
  try {
    const cwd = (await stat(place)).isDirectory() ? place : dirname(place);
    const git = (...args: string[]) => askGit(args, { cwd, timeout: TIMEOUT_MS });
    const [id, changed] = await Promise.all([git('rev-parse', 'HEAD'), git('status', '--porcelain', '--', place)]);
    return { id: id.trim(), dirty: changed.trim() !== '' };
  } catch {
    return undefined;
  }
}
