import { posix } from 'node:path';
import { l10n } from 'vscode';
import { plainText } from '../base/plainText.ts';
import type { Prompts } from '../host/prompts.ts';
import { runInPod } from '../kubernetes/podExec.ts';
import type { ChosenContainer } from './choosePod.ts';

type Answer = { readonly take: string } | { readonly look: string } | 'type';

/** A path in a container: walked to from its root by looking into folders, or typed. A container without `ls` is typed for. */
export async function choosePodPath(
  prompts: Prompts,
  { cluster, where }: Pick<ChosenContainer, 'cluster' | 'where'>,
  title: string,
  wanted: 'any' | 'folder',
): Promise<string | undefined> {
  let folder = '/';
  for (;;) {
    const listed = await runInPod(cluster, where, ['ls', '-1Ap', folder]);
    if (!listed.ok || listed.value.code !== 0) return typed(prompts, title, folder);
    const answer = await prompts.pick(choicesIn(folder, listed.value.out.split('\n').filter(Boolean), wanted), {
      title: `${title} · ${where.pod}:${folder}`,
    });
    if (answer === undefined) return undefined;
    if (answer === 'type') return typed(prompts, title, folder);
    if ('take' in answer) return answer.take;
    folder = answer.look;
  }
}

function choicesIn(folder: string, names: readonly string[], wanted: 'any' | 'folder') {
  const choice = (label: string, value: Answer, description = '') => ({ label, description, value });
  // A name of a pod's file may hold `$(icon)` and worse.
  const shown = (name: string) => plainText(name, 120).replaceAll('$(', '\\$(');
  const below = (name: string) => posix.join(folder, name.replace(/\/$/, ''));
  return [
    ...(folder === '/' ? [] : [choice('$(check) .', { take: folder }, l10n.t('take this folder'))]),
    ...(folder === '/' ? [] : [choice('$(arrow-up) ..', { look: posix.dirname(folder) })]),
    choice(`$(edit) ${l10n.t('Type a path…')}`, 'type'),
    ...names.filter((name) => name.endsWith('/')).map((name) => choice(`$(folder) ${shown(name)}`, { look: below(name) })),
    ...names
      .filter((name) => wanted === 'any' && !name.endsWith('/'))
      .map((name) => choice(`$(file) ${shown(name)}`, { take: below(name) })),
  ];
}

function typed(prompts: Prompts, title: string, folder: string): Promise<string | undefined> {
  const check = (text: string) => (/^\/[^\0]*$/.test(text) ? undefined : l10n.t('A path that begins with /.'));
  return prompts.text(title, folder, check);
}
