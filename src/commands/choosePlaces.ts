import { Uri, window } from 'vscode';
import type { Prompts } from '../host/prompts.ts';
import { isManifest } from '../host/statusBar.ts';
import { chooseFolder } from './chooseFolder.ts';

/**
 * The files and folders a deploy is about: those selected where the menu was opened (VS Code hands over the one clicked, then all selected), else the manifest in front, else a
 * folder of the workspace.
 */
export async function choosePlaces(prompts: Prompts, args: readonly unknown[]): Promise<readonly Uri[]> {
  const [clicked, selected] = args;
  const several = Array.isArray(selected) ? selected.filter((one): one is Uri => one instanceof Uri) : [];
  if (several.length > 0) return several;
  if (clicked instanceof Uri) return [clicked];
  const front = window.activeTextEditor?.document;
  if (front && (isManifest(front) || front.languageId === 'json')) return [front.uri];
  const folder = await chooseFolder(prompts, undefined);
  return folder ? [folder.uri] : [];
}
