import { FileSystemError, FileType, l10n, type Uri, Uri as Uris, workspace } from 'vscode';
import type { Disposable } from '../base/event.ts';
import { failed, type Result, success } from '../base/failure.ts';
import type { FileFacts, Files } from '../deploy/files/files.ts';

/** The file as the deploy engine names it: its path on disk with `/` between names, or its URI when it is not on disk. */
export function pathOf(uri: Uri): string {
  return uri.scheme === 'file' ? uri.fsPath.replaceAll('\\', '/') : uri.toString();
}

/** The way back from {@link pathOf}. */
export function uriOf(path: string): Uri {
  return /^[a-z][a-z0-9+.-]+:/i.test(path) ? Uris.parse(path) : Uris.file(path);
}

/** Paths of the folders that are open in this window. */
export function openFolders(): readonly string[] {
  return (workspace.workspaceFolders ?? []).map(({ uri }) => pathOf(uri));
}

/** Calls with the path of each YAML file of the workspace that changes on disk, comes or goes. */
export function watchYaml(changed: (path: string) => void): Disposable {
  const watcher = workspace.createFileSystemWatcher('**/*.{yaml,yml}');
  for (const on of [watcher.onDidChange, watcher.onDidCreate, watcher.onDidDelete]) on((uri) => changed(pathOf(uri)));
  return watcher;
}

/** The user's files as the editor has them: text not yet saved counts. */
export const editorFiles: Files = {
  facts: async (path) => {
    const uri = uriOf(path);
    const open = openDocument(uri);
    if (open) return success({ type: 'file', size: open.getText().length });
    return reading(uri, async () => {
      const { type, size } = await workspace.fs.stat(uri);
      return { type: typeOf(type), size };
    });
  },
  read: async (path) => {
    const uri = uriOf(path);
    const open = openDocument(uri);
    if (open) return success(open.getText());
    return reading(uri, async () => new TextDecoder().decode(await workspace.fs.readFile(uri)));
  },
  list: async (folder) => {
    const uri = uriOf(folder);
    return reading(uri, async () =>
      (await workspace.fs.readDirectory(uri)).map(([name, type]) => ({ name, type: typeOf(type) })),
    );
  },
};

const openDocument = (uri: Uri) =>
  workspace.textDocuments.find((document) => !document.isClosed && document.uri.toString() === uri.toString());

/** A link counts as what it leads to, but a linked folder is not entered: it may lead back. */
function typeOf(type: FileType): FileFacts['type'] {
  if (type & FileType.File) return 'file';
  return type === FileType.Directory ? 'folder' : 'other';
}

async function reading<T>(uri: Uri, read: () => Promise<T>): Promise<Result<T>> {
  try {
    return success(await read());
  } catch (error) {
    if (!(error instanceof FileSystemError)) throw error;
    return error.code === 'FileNotFound'
      ? failed('notFound', l10n.t('{0} does not exist.', workspace.asRelativePath(uri)))
      : failed('invalid', l10n.t('{0} cannot be read ({1}).', workspace.asRelativePath(uri), error.code));
  }
}
