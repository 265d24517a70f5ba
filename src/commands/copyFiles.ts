import { existsSync } from 'node:fs';
import { basename, join, posix } from 'node:path';
import { commands, l10n, ProgressLocation, Uri, window } from 'vscode';
import type { Result } from '../base/failure.ts';
import type { Node } from '../explorer/nodes.ts';
import { tell } from '../host/tell.ts';
import { type Copied, type Copying, copyFromPod, copyToPod } from '../kubernetes/podFiles.ts';
import { chooseContainer } from './choosePod.ts';
import { choosePodPath } from './choosePodPath.ts';
import { mayDo } from './mayDo.ts';
import { mayEnter } from './mayEnter.ts';
import type { TerminalParts } from './openTerminal.ts';

/** Copies a file or folder of a container into a folder of this machine. Reading only: allowed on a read-only context. */
export async function copyFrom(parts: TerminalParts, node: Node | undefined): Promise<void> {
  const { prompts } = parts;
  const title = l10n.t('Copy from Pod');
  const chosen = await chooseContainer(parts, node, title);
  if (!chosen || !(await mayDo(parts, 'enter', chosen))) return;
  const path = await choosePodPath(prompts, chosen, l10n.t('Copy which file or folder?'), 'any');
  if (path === undefined) return;
  const folder = (await prompts.paths(l10n.t('Copy {0} into which folder?', path), 'folders', l10n.t('Copy Here'), 'one'))[0];
  if (folder === undefined) return;
  const here = join(folder, posix.basename(path));
  const replace = { message: l10n.t('{0} is there already.', here), yes: l10n.t('Write Over') };
  if (existsSync(here) && !(await prompts.confirm(replace))) return;
  const { cluster, where } = chosen;
  const copied = await withProgress(path, (copying) => copyFromPod(cluster, where, path, folder, copying));
  parts.log.info(`copy ${where.namespace}/${where.pod}:${path} to ${here} · ${cluster.context.name} · ${outcomeOf(copied)}`);
  if (!copied.ok) return tell(copied.failure, parts.log);
  const show = l10n.t('Show');
  if ((await prompts.offer(sentenceOf(copied.value, here), [show])) === show)
    await commands.executeCommand('revealFileInOS', Uri.file(here));
}

/** Copies a file or folder of this machine into a folder of a container. */
export async function copyTo(parts: TerminalParts, node: Node | undefined): Promise<void> {
  const { prompts } = parts;
  const title = l10n.t('Copy to Pod');
  const chosen = await chooseContainer(parts, node, title);
  if (!chosen || !(await mayDo(parts, 'enter', chosen))) return;
  if (!(await mayEnter(parts, chosen.cluster, title, chosen.where.pod))) return;
  const kinds = [
    { label: l10n.t('File…'), value: 'file' as const },
    { label: l10n.t('Folder…'), value: 'folder' as const },
  ];
  const kind = await prompts.pick(kinds, { title: l10n.t('Copy what?') });
  if (!kind) return;
  const question = l10n.t('Copy to pod {0}', chosen.where.pod);
  const path =
    kind === 'file' ? await prompts.file(question) : (await prompts.paths(question, 'folders', l10n.t('Copy'), 'one'))[0];
  if (path === undefined) return;
  const folder = await choosePodPath(prompts, chosen, l10n.t('Copy {0} into which folder?', basename(path)), 'folder');
  if (folder === undefined) return;
  const { cluster, where } = chosen;
  const copied = await withProgress(basename(path), (copying) => copyToPod(cluster, where, path, folder, copying));
  const there = `${where.pod}:${posix.join(folder, basename(path))}`;
  parts.log.info(`copy ${path} to ${where.namespace}/${there} · ${cluster.context.name} · ${outcomeOf(copied)}`);
  if (!copied.ok) return tell(copied.failure, parts.log);
  await prompts.offer(sentenceOf(copied.value, there), []);
}

function withProgress(what: string, run: (copying: Copying) => Promise<Result<Copied>>): Thenable<Result<Copied>> {
  const options = { location: ProgressLocation.Notification, title: l10n.t('Copying {0}', what), cancellable: true };
  return window.withProgress(options, (progress, token) => {
    const ending = new AbortController();
    token.onCancellationRequested(() => ending.abort());
    let shown = 0;
    const onProgress = (bytes: number, path: string) => {
      if (Date.now() - shown < 200) return;
      shown = Date.now();
      progress.report({ message: `${sizeOf(bytes)} · ${path}` });
    };
    return run({ signal: ending.signal, onProgress });
  });
}

/** "Copied 3 files (1.2 MB) to …. 1 link was left out: a." */
function sentenceOf({ files, bytes, skipped }: Copied, to: string): string {
  const done =
    files === 1
      ? l10n.t('Copied 1 file ({0}) to {1}.', sizeOf(bytes), to)
      : l10n.t('Copied {0} files ({1}) to {2}.', files, sizeOf(bytes), to);
  const [first = ''] = skipped;
  if (skipped.length === 0) return done;
  const left =
    skipped.length === 1
      ? l10n.t('Left out, for it is a link: {0}.', first)
      : l10n.t('Left out {0} links, such as {1}.', skipped.length, first);
  return `${done} ${left}`;
}

const outcomeOf = (copied: Result<Copied>) => (copied.ok ? `${copied.value.bytes} bytes` : copied.failure.message);

function sizeOf(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  let [value, unit] = [bytes, 0];
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}
