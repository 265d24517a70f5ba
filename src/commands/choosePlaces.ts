import { Uri, window } from 'vscode';
import { isTargetSet } from '../deploy/targets/targetFile.ts';
import { documentScheme } from '../host/documents.ts';
import type { Prompts } from '../host/prompts.ts';
import { isManifest } from '../host/statusBar.ts';
import { chooseFolder } from './chooseFolder.ts';

/**
 * The files and folders a deploy is about: those selected where the menu was opened (VS Code hands over the one clicked, then all selected), else the manifest in front, else those that it was about the
 * last time, if what we told of it is in front, else a folder of the workspace.
 */
export async function choosePlaces(
  prompts: Prompts,
  args: readonly unknown[],
  last: readonly Uri[] = [],
): Promise<readonly Uri[]> {
  const [clicked, selected] = args;
  const several = Array.isArray(selected) ? selected.filter((one): one is Uri => one instanceof Uri) : [];
  if (several.length > 0) return several;
  if (clicked instanceof Uri) return [clicked];
  const shown = window.activeTextEditor?.document;
  // a page of ours is shown: a report, the next steps, an object as it is
  const isPage = shown ? shown.uri.scheme.startsWith(documentScheme) : window.tabGroups.activeTabGroup.activeTab !== undefined;
  if (isPage && last.length > 0) return last;
  const front = isPage ? undefined : shown;
  if (front && (isManifest(front) || front.languageId === 'json' || isTargetSet(front.fileName))) return [front.uri];
  const folder = await chooseFolder(prompts, undefined);
  return folder ? [folder.uri] : [];
}
