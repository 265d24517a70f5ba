/**
 * Imported for what it does: from then on `import 'vscode'` gives the few words of the editor that a file of `host/` or `commands/` uses where no window is needed.
 * What an editor does is tried in a real one (test/e2e). The file under test is imported after this one, by `await import()`.
 */
import { registerHooks } from 'node:module';

const words = `
export const l10n = { t: (text, ...values) => text.replace(/\\{(\\d+)\\}/g, (_, index) => String(values[index])) };
export class TabInputTextDiff {}
export const window = {
  tabGroups: { all: [], close: async () => true },
  setStatusBarMessage: () => {},
  showErrorMessage: async () => undefined,
  showWarningMessage: async () => undefined,
  showInformationMessage: async () => undefined,
  withProgress: (_options, run) => run({ report() {} }, { isCancellationRequested: false, onCancellationRequested() {} }),
};
export const commands = { executeCommand: async () => undefined }, env = {};
const nothing = () => ({ dispose() {} });
export const workspace = { textDocuments: [], isTrusted: true, onDidGrantWorkspaceTrust: nothing, registerFileSystemProvider: nothing, onWillSaveTextDocument: nothing, onDidCloseTextDocument: nothing };
export const ConfigurationTarget = {};
export class SnippetString {}
export class WorkspaceEdit {}
export class Position {}
export class DocumentLink { constructor(range, target) { Object.assign(this, { range, target }); } }
export class Range { constructor(line) { this.line = line; } }
export class Uri {
  static file(path) { return { fsPath: path }; }
  static parse(text) { const url = new URL(text); return { authority: url.host, href: text }; }
  static from(parts) { return { ...parts, toString: () => parts.scheme + ':' + parts.path + '?' + parts.query }; }
}
export const ProgressLocation = { Window: 10, Notification: 15 };
export const FileType = { File: 1 }, FilePermission = { Readonly: 1 };
export class EventEmitter {
  #listeners = [];
  event = (listener) => { this.#listeners.push(listener); return { dispose() {} }; };
  fire(value) { for (const listener of this.#listeners) listener(value); }
  dispose() {}
}
export class FileSystemError extends Error {
  static FileNotFound() { return new FileSystemError('FileNotFound'); }
  static FileNotADirectory() { return new FileSystemError('FileNotADirectory'); }
  static NoPermissions(why) { return new FileSystemError('NoPermissions: ' + why); }
  static Unavailable(why) { return new FileSystemError('Unavailable: ' + why); }
}
export class CancellationTokenSource {}
export class MarkdownString {}
export class ThemeColor {}
export const StatusBarAlignment = {};
export const languages = { createDiagnosticCollection: () => ({ set() {}, delete() {}, dispose() {} }) };
export class Diagnostic { constructor(range, message) { Object.assign(this, { range, message }); } }
export const DiagnosticSeverity = { Error: 0 }, FileChangeType = { Changed: 1 }, TextDocumentSaveReason = { Manual: 1, AfterDelay: 2 };
`;

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'vscode'
      ? { url: `data:text/javascript,${encodeURIComponent(words)}`, shortCircuit: true }
      : next(specifier, context),
});
