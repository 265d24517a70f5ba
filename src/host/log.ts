import { type LogOutputChannel, window } from 'vscode';

/** The one log of the extension: its level is chosen by the user in VS Code; the language server's lines go here too. */
export function createLog(): LogOutputChannel {
  return window.createOutputChannel('Hybrid Clusters', { log: true });
}
