import { commands, l10n } from 'vscode';
import type { Logger } from '../base/logger.ts';
import type { DeploymentSubject } from '../explorer/deploymentRows.ts';
import type { Subject } from '../explorer/nodes.ts';
import type { Documents } from '../host/documents.ts';
import type { LogAction } from '../host/logTerminal.ts';
import type { Prompts } from '../host/prompts.ts';
import { tell } from '../host/tell.ts';
import type { Cluster, Contexts, ObjectRef } from '../kubernetes/cluster.ts';
import { objectName } from '../kubernetes/objectActions.ts';
import { hasPods, podsOf } from '../kubernetes/podSelection.ts';
import { chooseNamespace } from './chooseNamespace.ts';
import { chooseCluster, chooseObject } from './chooseObject.ts';
import { LogSession, type LogTarget } from './logSession.ts';
import { mayDo } from './mayDo.ts';

export interface OpenLogsParts {
  readonly contexts: Contexts;
  readonly documents: Documents;
  readonly prompts: Prompts;
  readonly log: Logger;
}

/** The logs on the screen, each in a terminal of its own; the same one is shown, not opened twice. */
export class OpenLogs {
  readonly #parts: OpenLogsParts;
  readonly #sessions = new Map<string, LogSession>();

  constructor(parts: OpenLogsParts) {
    this.#parts = parts;
  }

  /** The log of what a row stands for: a container, a pod, the pods of a workload, a Service or anything else with a selector; without a row, of what is picked. Trouble is told. */
  async open(subject: DeploymentSubject | Subject | undefined): Promise<void> {
    const target = await this.#targetOf(subject);
    if (!target) return;
    const { cluster, pods, container } = target;
    const key = JSON.stringify([cluster.context.name, pods.selection, target.title, container]);
    const session =
      this.#sessions.get(key) ??
      new LogSession(this.#parts, target, () => {
        this.#sessions.delete(key);
        this.#tellKeys();
      });
    this.#sessions.set(key, session);
    this.#tellKeys();
    session.show();
  }

  /** Does something to the log in front, else to the one opened last. */
  async act(action: LogAction): Promise<void> {
    const all = [...this.#sessions.values()];
    await (all.find(({ isActive }) => isActive) ?? all.at(-1))?.act(action);
  }

  #tellKeys(): void {
    void commands.executeCommand('setContext', 'hybridClusters.logOpen', this.#sessions.size > 0);
  }

  async #targetOf(subject: DeploymentSubject | Subject | undefined): Promise<LogTarget | undefined> {
    if (subject === undefined) return this.#choose();
    if (subject.of === 'container') {
      const { cluster, ref, container } = subject;
      return this.#ofObject(cluster, ref, container);
    }
    if (subject.of !== 'object') return this.#choose();
    if ('cluster' in subject) return this.#ofObject(subject.cluster, subject.ref);
    const cluster = await this.#parts.contexts.open(subject.plan.target.context);
    if (cluster.ok) return this.#ofObject(cluster.value, subject.ref);
    await tell(cluster.failure, this.#parts.log);
    return undefined;
  }

  async #ofObject(cluster: Cluster, ref: ObjectRef, container?: string): Promise<LogTarget | undefined> {
    if (!(await mayDo(this.#parts, 'logs', { cluster, ref }))) return undefined;
    const pods = await podsOf(cluster, ref);
    const title = objectName(ref);
    if (!pods.ok || !pods.value) {
      const message = `${title} selects no pods, so it has no log.`;
      await tell(pods.ok ? { reason: 'unsupported', message } : pods.failure, this.#parts.log);
      return undefined;
    }
    return {
      cluster,
      title: container === undefined ? title : `${title} › ${container}`,
      name: container === undefined ? ref.name : `${ref.name}/${container}`,
      pods: pods.value,
      isPod: ref.kind === 'Pod',
      ...(container === undefined ? {} : { container }),
    };
  }

  async #choose(): Promise<LogTarget | undefined> {
    const ways = [
      { label: l10n.t('Of a pod, workload or Service'), value: 'object' },
      { label: l10n.t('Of pods by a label selector'), value: 'selector' },
    ] as const;
    const way = await this.#parts.prompts.pick(ways, { title: l10n.t('Whose log?') });
    if (way === 'selector') return this.#chooseSelector();
    const chosen = way && (await chooseObject(this.#parts, { title: l10n.t('Open Logs'), fits: hasPods }));
    return chosen && this.#ofObject(chosen.cluster, chosen.ref);
  }

  async #chooseSelector(): Promise<LogTarget | undefined> {
    const { prompts } = this.#parts;
    const cluster = await chooseCluster(this.#parts);
    if (!cluster) return undefined;
    const namespace = await chooseNamespace(prompts, cluster);
    if (namespace === undefined) return undefined;
    const title = l10n.t('Label selector of the pods, for example app=web,tier in (front,back)');
    const typed = await prompts.text(title, '', (text) => (text.trim() === '' ? title : undefined));
    const labelSelector = typed?.trim();
    if (!labelSelector) return undefined;
    return {
      cluster,
      title: `${labelSelector} · ${namespace}`,
      name: labelSelector,
      pods: { namespace, selection: { namespace, labelSelector } },
      isPod: false,
    };
  }
}
