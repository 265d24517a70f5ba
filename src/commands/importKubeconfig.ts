import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { env, l10n } from 'vscode';
import { failed, type Result, success } from '../base/failure.ts';
import { tell } from '../host/tell.ts';
import { importKubeconfig, programsIn } from '../kubernetes/mergeKubeconfig.ts';
import { addToSetting } from './addFile.ts';
import { chooseKubeconfig, type SaveKubeconfigParts, saveKubeconfig } from './saveKubeconfig.ts';

/** Takes the contexts of a kubeconfig, of the clipboard or of a file, into one that the user picks, after its difference was shown and a yes. */
export async function takeKubeconfig(parts: SaveKubeconfigParts, from: 'clipboard' | 'file'): Promise<void> {
  const given = await (from === 'clipboard' ? fromClipboard() : fromFile(parts));
  if (!given) return;
  if (!given.ok) return tell(given.failure, parts.log);
  const { text, folder } = given.value;
  const alone = importKubeconfig('', text, folder);
  if (!alone.ok) return tell(alone.failure, parts.log);
  const names = alone.value.contexts.join(', ');
  const file = await chooseKubeconfig(parts, l10n.t('Into which kubeconfig does {0} go?', names), 'imported');
  if (file === undefined) return;
  const programs = programsIn(text);
  const warning = [
    l10n.t('Its credentials then lie in that file: it will be readable by you alone (mode 0600).'),
    ...(programs.length > 0 ? [l10n.t('It signs in by running {0}; you are asked before that.', programs.join(', '))] : []),
  ].join(' ');
  const read = new Set((await parts.contexts.list()).files);
  const change = { from, file, merge: (before: string) => importKubeconfig(before, text, folder), warning };
  if ((await saveKubeconfig(parts, change)) && !read.has(file)) await addToSetting('kubeconfig.files', [file]);
}

interface Given {
  readonly text: string;
  /** What paths in it are relative to. */
  readonly folder?: string;
}

async function fromClipboard(): Promise<Result<Given>> {
  const text = await env.clipboard.readText();
  return text.trim() === ''
    ? failed('invalid', l10n.t('The clipboard holds no text. Copy the kubeconfig, then choose this again.'))
    : success({ text });
}

async function fromFile({ prompts }: SaveKubeconfigParts): Promise<Result<Given> | undefined> {
  const path = await prompts.file(l10n.t('Import which kubeconfig?'));
  if (path === undefined) return undefined;
  return readFile(path, 'utf8').then(
    (text) => success({ text, folder: dirname(path) }),
    (error: NodeJS.ErrnoException) => failed('invalid', l10n.t('{0} cannot be read ({1}).', path, error.code ?? '?')),
  );
}
