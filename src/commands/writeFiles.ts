import { commands, l10n, Uri, window, workspace } from 'vscode';
import type { FileToWrite } from '../deploy/handOver/handOver.ts';
import type { Documents } from '../host/documents.ts';
import type { Prompts } from '../host/prompts.ts';
import { editorFiles, pathOf, uriOf } from './editorFiles.ts';

export interface WriteFilesParts {
  readonly prompts: Pick<Prompts, 'decide' | 'offer'>;
  readonly documents: Documents;
}

/** A file as it is to be, beside what is there. */
interface Change extends FileToWrite {
  readonly uri: Uri;
  /** The text that is there; undefined where nothing is. */
  readonly before: string | undefined;
}

/**
 * Writes files below a folder: all of them shown as one diff first, a yes asked for, one more for those that are there and say something else. What is there and says the same is left alone.
 * False if it was dismissed, or a file became another while it was asked for: that one is left alone.
 */
export async function writeFiles(
  { prompts, documents }: WriteFilesParts,
  root: string,
  title: string,
  files: readonly FileToWrite[],
): Promise<boolean> {
  const all = await Promise.all(files.map((file) => changeOf(root, file)));
  const unreadable = all.find((one) => typeof one === 'string');
  if (typeof unreadable === 'string') {
    await prompts.offer(unreadable, [], 'error');
    return false;
  }
  const changes = all.filter((one): one is Change => typeof one !== 'string' && one.before !== one.text);
  if (changes.length === 0) {
    await prompts.offer(l10n.t('{0}: the files are there already and say the same.', title), []);
    return true;
  }
  await showChanges(documents, title, changes);
  const replaced = changes.filter(({ before }) => before !== undefined);
  const made = changes.filter(({ before }) => before === undefined);
  const chosen = await ask(prompts, title, made, replaced);
  if (!chosen) return false;
  const kept: string[] = [];
  for (const change of chosen) if (!(await write(change))) kept.push(change.path);
  if (kept.length > 0)
    await prompts.offer(
      l10n.t('{0}: changed meanwhile and left alone: {1}. Do it again to see the difference.', title, kept.join(', ')),
      [],
      'warning',
    );
  window.setStatusBarMessage(l10n.t('{0}: {1} files written.', title, chosen.length - kept.length), 5000);
  return kept.length === 0;
}

async function changeOf(root: string, file: FileToWrite): Promise<Change | string> {
  const path = `${root.replace(/\/+$/, '')}/${file.path}`;
  const read = await editorFiles.read(path);
  if (read.ok) return { ...file, uri: uriOf(path), before: read.value };
  return read.failure.reason === 'notFound' ? { ...file, uri: uriOf(path), before: undefined } : read.failure.message;
}

/** One editor with all differences; what is new stands against nothing. */
async function showChanges(documents: Documents, title: string, changes: readonly Change[]): Promise<void> {
  const resources = changes.map(({ path, text, uri, before }) => {
    const after = documents.provide(path, () => text, { side: 'written' });
    return [after, before === undefined ? undefined : uri, after];
  });
  await commands.executeCommand('vscode.changes', title, resources);
}

/** The files that may be written; undefined for none. */
async function ask(
  prompts: WriteFilesParts['prompts'],
  title: string,
  made: readonly Change[],
  replaced: readonly Change[],
): Promise<readonly Change[] | undefined> {
  const lines = [
    ...made.map(({ path }) => l10n.t('new: {0}', path)),
    ...replaced.map(({ path }) => l10n.t('replaced: {0}', path)),
  ];
  const question = { message: l10n.t('{0}: write what the editor shows?', title), detail: lines.join('\n') };
  if (replaced.length === 0) {
    const yes = l10n.t('Write');
    return (await prompts.decide(question, [yes])) === yes ? made : undefined;
  }
  const [both, fresh] = [l10n.t('Write and Replace'), l10n.t('Write New Files Only')];
  const chosen = await prompts.decide(question, made.length > 0 ? [both, fresh] : [both]);
  if (chosen === both) return [...made, ...replaced];
  return chosen === fresh ? made : undefined;
}

/** False if something else stands there by now than was shown. */
async function write({ uri, text, before }: Change): Promise<boolean> {
  const now = await editorFiles.read(pathOf(uri));
  if ((now.ok ? now.value : undefined) !== before) return false;
  await workspace.fs.createDirectory(Uri.joinPath(uri, '..'));
  await workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  return true;
}
