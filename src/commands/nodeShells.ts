import { l10n, type Memento } from 'vscode';
import type { Logger } from '../base/logger.ts';
import type { Prompts } from '../host/prompts.ts';
import type { Contexts } from '../kubernetes/cluster.ts';

/** The pod of a shell on a node. */
export interface ShellPod {
  readonly context: string;
  readonly namespace: string;
  readonly name: string;
}

interface NodeShellsParts {
  /** Of the workspace: what a window that ended without notice has left is known to the next one. */
  readonly memory: Memento;
  readonly contexts: Pick<Contexts, 'open'>;
  readonly prompts: Pick<Prompts, 'offer'>;
  readonly log: Logger;
}

const remembered = 'hybridClusters.nodeShells';

/** The privileged pods that this workspace has made and not deleted yet. Each is known before it is made, and forgotten once it is gone. */
export class NodeShells {
  readonly #parts: NodeShellsParts;
  /** Those of this window, as the command that deletes them. */
  readonly #own = new Set<string>();

  constructor(parts: NodeShellsParts) {
    this.#parts = parts;
  }

  get open(): readonly ShellPod[] {
    return this.#parts.memory.get<readonly ShellPod[]>(remembered) ?? [];
  }

  async add(pod: ShellPod): Promise<void> {
    this.#own.add(commandFor(pod));
    await this.#parts.memory.update(remembered, [...this.open, pod]);
  }

  async forget(pod: ShellPod): Promise<void> {
    const others = this.open.filter((one) => commandFor(one) !== commandFor(pod));
    await this.#parts.memory.update(remembered, others);
  }

  /** Deletes a pod. One that cannot be deleted is told with the command that does it. */
  async remove(pod: ShellPod): Promise<void> {
    const { contexts, log, prompts } = this.#parts;
    const { context, namespace, name } = pod;
    const cluster = await contexts.open(context);
    const gone = cluster.ok ? await cluster.value.delete({ apiVersion: 'v1', kind: 'Pod', namespace, name }) : cluster;
    if (gone.ok || (cluster.ok && gone.failure.reason === 'notFound')) {
      await this.forget(pod);
      return log.info(`node shell: pod ${namespace}/${name} · ${context} · deleted`);
    }
    const message = left(pod, gone.failure.message);
    log.warn(message);
    void prompts.offer(message, [], 'warning');
  }

  /** Deletes those of this window: it ends. */
  async end(): Promise<void> {
    await Promise.all(this.open.filter((one) => this.#own.has(commandFor(one))).map((pod) => this.remove(pod)));
  }

  /** Tells of what an earlier window left, and deletes it after a yes; contacts nobody before. */
  async tellLeft(): Promise<void> {
    const { log, prompts } = this.#parts;
    for (const pod of this.open) {
      const message = left(pod, l10n.t('The window ended before it was deleted.'));
      log.warn(message);
      const [remove, forget] = [l10n.t('Delete Pod'), l10n.t('It Is Gone')];
      const chosen = await prompts.offer(message, [remove, forget], 'warning');
      if (chosen === remove) await this.remove(pod);
      if (chosen === forget) await this.forget(pod);
    }
  }
}

function left(pod: ShellPod, why: string): string {
  const { context, namespace, name } = pod;
  const which = l10n.t('The privileged pod {0} may still be on {1}.', `${namespace}/${name}`, context);
  return `${which} ${why} ${l10n.t('Delete it with: {0}', commandFor(pod))}`;
}

/** `kubectl --context 'prod' --namespace 'default' delete pod 'node-debugger-n1-x'`, for a POSIX shell. */
function commandFor({ context, namespace, name }: ShellPod): string {
  const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
  return `kubectl --context ${quoted(context)} --namespace ${quoted(namespace)} delete pod ${quoted(name)}`;
}
