import { commands, type Disposable, window } from 'vscode';
import { isManifest } from './statusBar.ts';

/** Keeps the context key `hybridClusters.manifest`: the document in front is a manifest, so the editor's title offers Apply Deploy. */
export function registerContextKeys(): Disposable {
  const update = () => {
    const document = window.activeTextEditor?.document;
    void commands.executeCommand('setContext', 'hybridClusters.manifest', document !== undefined && isManifest(document));
  };
  update();
  return window.onDidChangeActiveTextEditor(update);
}
