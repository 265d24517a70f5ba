import { l10n, type Uri, type WorkspaceFolder, window, workspace } from 'vscode';
import type { Prompts } from '../host/prompts.ts';

/** The workspace folder that is meant: that of the place handed over, else of the document in front, else the only one, else the one picked. */
export async function chooseFolder(prompts: Prompts, place: Uri | undefined): Promise<WorkspaceFolder | undefined> {
  const front = place ?? window.activeTextEditor?.document.uri;
  const holding = front && workspace.getWorkspaceFolder(front);
  const all = workspace.workspaceFolders ?? [];
  if (holding || all.length <= 1) return holding ?? all[0];
  const choices = all.map((folder) => ({ label: folder.name, description: folder.uri.fsPath, value: folder }));
  return prompts.pick(choices, { title: l10n.t('Which folder?') });
}
