import { l10n, window } from 'vscode';
import type { Node } from '../explorer/nodes.ts';
import { tell } from '../host/tell.ts';
import type { ApiKind, Cluster } from '../kubernetes/cluster.ts';
import { untilItRuns } from '../kubernetes/containerStart.ts';
import { type NodeShell, nodeShellContainer, nodeShellPod } from '../kubernetes/nodeShellPod.ts';
import { createObject } from '../kubernetes/sendChange.ts';
import { type ActOnObjectParts, mayChange } from './actOnObject.ts';
import { chooseObject } from './chooseObject.ts';
import { askImage, type DebugParts, whileStarting } from './debugPod.ts';
import { mayDo } from './mayDo.ts';
import type { NodeShells, ShellPod } from './nodeShells.ts';
import { showTerminal } from './openTerminal.ts';

export type NodeShellParts = ActOnObjectParts & DebugParts & { readonly nodeShells: NodeShells };

/** Opens a terminal with a shell on a node, in a privileged pod that lives as long as the terminal; asks for the image and for a yes to what that means. */
export async function openNodeShell(parts: NodeShellParts, node: Node | undefined): Promise<void> {
  const title = l10n.t('Open Node Shell');
  const subject = node?.row.subject;
  const fits = ({ group, kind }: ApiKind) => group === '' && kind === 'Node';
  const isNode = subject?.of === 'object' && subject.ref.kind === 'Node' && subject.ref.apiVersion === 'v1';
  const target = isNode ? subject : await chooseObject(parts, { title, fits });
  if (!target) return;
  const { cluster, ref } = target;
  const namespace = cluster.context.namespace ?? 'default';
  const random = Math.random().toString(36).slice(2, 7);
  const name = `${nodeShellPod({ node: ref.name, namespace, image: '' }, random).metadata.name}`;
  if (!(await mayDo(parts, 'openNodeShell', { cluster, ref: { apiVersion: 'v1', kind: 'Pod', namespace, name } }))) return;
  const image = await askImage(parts, l10n.t('{0} on {1}: image', title, ref.name));
  if (image === undefined) return;
  const detail = l10n.t(
    'A privileged pod with image {0} runs on node {1} of {2} in namespace {3}, with all the rights of the node; it is deleted when the terminal is closed.',
    image,
    ref.name,
    cluster.context.name,
    namespace,
  );
  if (!(await mayChange(parts, { title: l10n.t('Enter'), risk: 'interrupts', detail }, [target], []))) return;
  await runShell(parts, cluster, { node: ref.name, namespace, image }, random);
}

/** The pod is gone in the end, whatever comes in between. */
async function runShell(parts: NodeShellParts, cluster: Cluster, shell: NodeShell, random: string): Promise<void> {
  const { nodeShells, log } = parts;
  const object = nodeShellPod(shell, random);
  const { namespace, image } = shell;
  const { name } = object.metadata;
  const pod: ShellPod = { context: cluster.context.name, namespace, name };
  await nodeShells.add(pod);
  const made = await createObject(cluster, object);
  if (!made.ok) {
    // An answer that was lost leaves open whether it is there.
    const isSure = !['offline', 'unavailable', 'cancelled', 'malformed'].includes(made.failure.reason);
    await (isSure ? nodeShells.forget(pod) : nodeShells.remove(pod));
    return tell(made.failure, log);
  }
  log.info(`node shell: pod ${namespace}/${name} (${image}) · ${cluster.context.name} · made`);
  const ref = { apiVersion: 'v1', kind: 'Pod', namespace, name };
  const container = { of: 'containerStatuses', name: nodeShellContainer, image } as const;
  const runs = await whileStarting(l10n.t('Starting {0} on node {1}…', image, shell.node), (signal) =>
    untilItRuns(cluster, ref, container, signal),
  );
  if (!runs.ok) {
    await nodeShells.remove(pod);
    return tell(runs.failure, log);
  }
  const where = { namespace, pod: name, container: nodeShellContainer };
  const terminal = showTerminal(parts, { cluster, where }, [{ stdin: true, tty: true }], { once: true });
  const closing = window.onDidCloseTerminal((closed) => {
    if (closed !== terminal) return;
    closing.dispose();
    void nodeShells.remove(pod);
  });
}
