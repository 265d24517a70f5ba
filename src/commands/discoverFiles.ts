import { workspace } from 'vscode';
import { type Discovered, type DiscoverOptions, discover } from '../deploy/files/discover.ts';
import { ignoredByGit } from '../deploy/files/ignoredByGit.ts';
import { editorFiles } from './editorFiles.ts';

/** {@link discover} among the files of the editor. What git ignores is passed over where the folders are trusted: else no git is run. */
export function discoverFiles(paths: readonly string[], options: Omit<DiscoverOptions, 'ignored'>): Promise<Discovered> {
  return discover(paths, editorFiles, { ...options, ...(workspace.isTrusted ? { ignored: ignoredByGit } : {}) });
}
