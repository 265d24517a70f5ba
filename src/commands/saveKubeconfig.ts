import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { commands, l10n, window } from 'vscode';
import type { Result } from '../base/failure.ts';
import type { Logger } from '../base/logger.ts';
import { readPrivateFile, writePrivateFile } from '../base/privateFile.ts';
import type { Documents } from '../host/documents.ts';
import type { Choice, Prompts } from '../host/prompts.ts';
import { tell } from '../host/tell.ts';
import type { Contexts } from '../kubernetes/cluster.ts';
import { type Merged, maskKubeconfig } from '../kubernetes/mergeKubeconfig.ts';

export interface SaveKubeconfigParts {
  readonly prompts: Prompts;
  readonly log: Logger;
  readonly documents: Documents;
  readonly contexts: Contexts;
}

/** A change of a kubeconfig that is to be shown and saved. */
export interface KubeconfigChange {
  /** What the tab's path begins with: where the entries come from. */
  readonly from: string;
  readonly file: string;
  readonly merge: (before: string) => Result<Merged>;
  /** What follows from it for whoever can read the file, in a sentence. */
  readonly warning: string;
}

/** Shows what a kubeconfig would become, its secrets masked, and writes it after two yeses, for its owner alone. True if it was written. */
export async function saveKubeconfig(parts: SaveKubeconfigParts, change: KubeconfigChange): Promise<boolean> {
  const { prompts, log, documents } = parts;
  const { file, from, merge, warning } = change;
  const before = await readPrivateFile(file);
  const merged = before.ok ? merge(before.value) : before;
  if (!merged.ok || !before.ok) {
    if (!merged.ok) await tell(merged.failure, log);
    return false;
  }
  const { text: after, contexts } = merged.value;
  if (after === before.value) {
    await prompts.offer(l10n.t('{0} holds all of it already. Nothing is written.', file), []);
    return false;
  }
  const names = contexts.join(', ');
  const sides = (['before', 'after'] as const).map((side) => {
    const text = maskKubeconfig(side === 'before' ? before.value : after);
    return documents.provide(`${from}/${basename(file)}.yaml`, () => text, { side });
  });
  await commands.executeCommand('vscode.diff', ...sides, l10n.t('{0}: context {1}', basename(file), names));
  const save = l10n.t('Save…');
  const seen = await prompts.offer(l10n.t('This would be the change of {0}. Nothing is written yet.', file), [save]);
  const question = { message: l10n.t('Add context {0} to {1}?', names, file), detail: warning, yes: l10n.t('Save') };
  if (seen !== save || !(await prompts.confirm(question))) return false;
  const written = await writePrivateFile(file, after, before.value);
  if (!written.ok) {
    await tell(written.failure, log);
    return false;
  }
  log.info(`context ${names} · added to ${file}`);
  window.setStatusBarMessage(l10n.t('$(check) Context {0} is in {1}', names, file), 8000);
  return true;
}

/** One of the files that are read here, the usual one, or another. */
export async function chooseKubeconfig(
  { prompts, contexts }: Pick<SaveKubeconfigParts, 'prompts' | 'contexts'>,
  title: string,
  name: string,
): Promise<string | undefined> {
  const read = (await contexts.list()).contexts.flatMap(({ source }) => source?.file ?? []);
  const usual = join(homedir(), '.kube', 'config');
  const other = l10n.t('Another file…');
  const choices: Choice<string>[] = [...new Set([...read, usual])].map((value) => ({ label: value, value }));
  const chosen = await prompts.pick([...choices, { label: other, value: '' }], { title });
  return chosen === '' ? prompts.saveAs(title, `${name}.kubeconfig`) : chosen;
}
