import { l10n, type Memento } from 'vscode';
import { type Disposable, Emitter } from '../base/event.ts';
import type { Logger } from '../base/logger.ts';
import type { Subject } from '../explorer/nodes.ts';
import type { Prompts } from '../host/prompts.ts';
import { tell } from '../host/tell.ts';
import type { Contexts } from '../kubernetes/cluster.ts';

const remembered = 'hybridClusters.namespaces';

/** Which namespaces of a context the user wants to see; none named: all. Remembered for the workspace. */
export class NamespaceFilters implements Disposable {
  readonly #memory: Memento;
  readonly #changed = new Emitter<void>();
  readonly onDidChange = this.#changed.event;

  constructor(memory: Memento) {
    this.#memory = memory;
  }

  of(context: string): readonly string[] {
    return this.#all()[context] ?? [];
  }

  async set(context: string, namespaces: readonly string[]): Promise<void> {
    const { [context]: _, ...others } = this.#all();
    await this.#memory.update(remembered, namespaces.length > 0 ? { ...others, [context]: namespaces } : others);
    this.#changed.fire();
  }

  #all(): Readonly<Record<string, readonly string[]>> {
    return this.#memory.get(remembered, {});
  }

  dispose(): void {
    this.#changed.dispose();
  }
}

export interface FilterParts {
  readonly filters: NamespaceFilters;
  readonly contexts: Contexts;
  readonly prompts: Prompts;
  readonly log: Logger;
}

/** Asks which namespaces of a context are shown; choosing none or all shows all. */
export async function filterNamespaces(
  { filters, contexts, prompts, log }: FilterParts,
  subject: Subject | undefined,
): Promise<void> {
  const context = contextOf(subject) ?? (await pickContext(contexts, prompts));
  if (!context) return;
  const cluster = await contexts.open(context);
  const listed = cluster.ok ? await cluster.value.list('v1', 'Namespace') : cluster;
  if (!listed.ok) return tell(listed.failure, log);
  const shown = filters.of(context);
  const names = listed.value.items.map(({ metadata }) => metadata.name);
  const choices = names.map((name) => ({ label: name, picked: shown.includes(name), value: name }));
  const chosen = await prompts.pickMany(choices, { title: l10n.t('Show which namespaces of {0}?', context) });
  if (chosen) await filters.set(context, chosen.length === names.length ? [] : chosen);
}

function contextOf(subject: Subject | undefined): string | undefined {
  if (subject?.of === 'context') return subject.context.name;
  return subject && 'cluster' in subject ? subject.cluster.context.name : undefined;
}

async function pickContext(contexts: Contexts, prompts: Prompts): Promise<string | undefined> {
  const { contexts: all } = await contexts.list();
  const [only] = all;
  if (only && all.length === 1) return only.name;
  return prompts.pick(
    all.map(({ name, server = '' }) => ({ label: name, description: server, value: name })),
    { title: l10n.t('Which cluster?') },
  );
}
