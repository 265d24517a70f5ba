import { l10n, type Memento, ProgressLocation, window } from 'vscode';
import type { Node } from '../explorer/nodes.ts';
import { tell } from '../host/tell.ts';
import type { Cluster, ObjectRef } from '../kubernetes/cluster.ts';
import { addDebugContainer } from '../kubernetes/debugContainer.ts';
import { choosePod, containersOf } from './choosePod.ts';
import { mayDo } from './mayDo.ts';
import { mayEnter } from './mayEnter.ts';
import { showTerminal, type TerminalParts } from './openTerminal.ts';

const remembered = 'hybridClusters.debugImage';
const usualImage = 'busybox:1.37';

export type DebugParts = TerminalParts & { readonly memory?: Memento };

/** Adds a debug container to a pod and opens a terminal on it. */
export async function debugPod(parts: DebugParts, node: Node | undefined): Promise<void> {
  const chosen = await choosePod(parts, node, l10n.t('Debug'));
  const subject = node?.row.subject;
  if (chosen) await startDebugContainer(parts, chosen, subject?.of === 'container' ? subject.container : undefined);
}

/** Asks for the image and, unless it is known, whose processes it shall see. */
export async function startDebugContainer(
  parts: DebugParts,
  { cluster, ref }: { readonly cluster: Cluster; readonly ref: ObjectRef },
  target?: string,
): Promise<void> {
  const title = l10n.t('Start Debug Container');
  if (!(await mayDo(parts, 'debugPod', { cluster, ref }))) return;
  if (!(await mayEnter(parts, cluster, title, ref.name))) return;
  const of = target ?? (await chooseTarget(parts, cluster, ref, title));
  if (of === undefined) return;
  const image = await askImage(parts, l10n.t('{0} in pod {1}: image', title, ref.name));
  if (image === undefined) return;
  const started = await whileStarting(l10n.t('Starting {0} in pod {1}…', image, ref.name), (signal) =>
    addDebugContainer(cluster, ref, { image, target: of || undefined }, signal),
  );
  if (!started.ok) return tell(started.failure, parts.log);
  const { namespace = cluster.context.namespace ?? 'default', name: pod } = ref;
  parts.log.info(`debug container ${started.value} (${image}) in ${namespace}/${pod} · ${cluster.context.name}`);
  showTerminal(parts, { cluster, where: { namespace, pod, container: started.value } }, [{ stdin: true, tty: true }]);
}

/** The image to look around with, at first the last one that was named; undefined when dismissed. */
export async function askImage(
  { memory, prompts }: Pick<DebugParts, 'memory' | 'prompts'>,
  title: string,
): Promise<string | undefined> {
  const check = (text: string) => (/^[\w][\w./:@-]*$/.test(text.trim()) ? undefined : l10n.t('The name of an image.'));
  const image = (await prompts.text(title, memory?.get<string>(remembered) ?? usualImage, check))?.trim();
  if (image !== undefined) await memory?.update(remembered, image);
  return image;
}

/** Shows that something is on its way, until it is there or cancelled. */
export async function whileStarting<T>(title: string, start: (signal: AbortSignal) => Promise<T>): Promise<T> {
  return window.withProgress({ location: ProgressLocation.Notification, title, cancellable: true }, (_, token) => {
    const ending = new AbortController();
    token.onCancellationRequested(() => ending.abort());
    return start(ending.signal);
  });
}

/** The container whose processes are seen, empty for none; undefined when dismissed. */
async function chooseTarget(
  { prompts, log }: DebugParts,
  cluster: Cluster,
  ref: ObjectRef,
  title: string,
): Promise<string | undefined> {
  const pod = await cluster.get(ref);
  if (!pod.ok) {
    await tell(pod.failure, log);
    return undefined;
  }
  const own = containersOf(pod.value).filter(({ role }) => role === 'container');
  const choices = own.map(({ name, image }) => ({ label: name, description: image, value: name }));
  const none = { label: l10n.t('None'), description: l10n.t('the pod only: its network and volumes'), value: '' };
  return prompts.pick([...choices, none], { title: `${title} · ${l10n.t('Whose processes shall it see?')}` });
}
