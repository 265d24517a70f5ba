import { l10n, type Terminal, window } from 'vscode';
import type { Node } from '../explorer/nodes.ts';
import type { StreamRequest } from '../kubernetes/podExec.ts';
import type { ChooseObjectParts } from './chooseObject.ts';
import { type ChosenContainer, chooseContainer } from './choosePod.ts';
import { mayDo } from './mayDo.ts';
import { type MayEnterParts, mayEnter } from './mayEnter.ts';
import { PodTerminal, type PodTerminalOptions } from './podTerminal.ts';

export type TerminalParts = ChooseObjectParts & MayEnterParts;

/** Likeliest first; the last two are those of a Windows container. */
const shells = ['bash', 'ash', 'sh', 'powershell', 'cmd'];

/** Opens a terminal with a shell in a container: the first that it has. One without any is offered a debug container. */
export async function openTerminal(parts: TerminalParts, node: Node | undefined): Promise<void> {
  const title = l10n.t('Open Terminal');
  const chosen = await chooseContainer(parts, node, title);
  if (!chosen || !(await mayDo(parts, 'enter', chosen))) return;
  if (!(await mayEnter(parts, chosen.cluster, title, chosen.where.pod))) return;
  const requests = shells.map((shell) => ({ command: [shell], stdin: true, tty: true }));
  showTerminal(parts, chosen, requests, { onMissing: () => void offerDebug(parts, chosen) });
}

/** Opens a terminal on what runs in a container already: what it writes from now on, and its input if it takes any. */
export async function attach(parts: TerminalParts, node: Node | undefined): Promise<void> {
  const title = l10n.t('Attach');
  const chosen = await chooseContainer(parts, node, title);
  if (!chosen || !(await mayDo(parts, 'attach', chosen))) return;
  if (!(await mayEnter(parts, chosen.cluster, title, chosen.where.pod))) return;
  const { stdin, tty } = chosen;
  showTerminal(parts, chosen, [{ stdin, tty }]);
}

/** A terminal of the editor on a container. */
export function showTerminal(
  { contexts }: Pick<TerminalParts, 'contexts'>,
  { cluster, where }: Pick<ChosenContainer, 'cluster' | 'where'>,
  requests: readonly StreamRequest[],
  more: Pick<PodTerminalOptions, 'onMissing' | 'once'> = {},
): Terminal {
  const pty = new PodTerminal({ cluster, reopen: () => contexts.open(cluster.context.name), where, requests, ...more });
  const terminal = window.createTerminal({ name: `${where.pod} · ${where.container}`, pty });
  terminal.show();
  return terminal;
}

async function offerDebug(parts: TerminalParts, { cluster, ref, where }: ChosenContainer): Promise<void> {
  const debug = l10n.t('Start Debug Container…');
  const message = l10n.t('Container {0} of pod {1} has no shell. A debug container brings its own.', where.container, where.pod);
  if ((await parts.prompts.offer(message, [debug])) !== debug) return;
  const { startDebugContainer } = await import('./debugPod.ts');
  await startDebugContainer(parts, { cluster, ref }, where.container);
}
