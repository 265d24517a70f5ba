import { l10n, type Memento } from 'vscode';
import { type Disposable, Emitter } from '../base/event.ts';
import type { Logger } from '../base/logger.ts';
import type { Subject } from '../explorer/nodes.ts';
import type { Prompts } from '../host/prompts.ts';
import { tell } from '../host/tell.ts';
import type { Contexts } from '../kubernetes/cluster.ts';
import { chooseContext } from './chooseObject.ts';

const wantedKey = 'hybridClusters.namespaces';
const typedKey = 'hybridClusters.typedNamespaces';

/** Which namespaces of a context the user wants to see (none named: all), and which ones were named by hand. Remembered for the workspace. */
export class NamespaceFilters implements Disposable {
  readonly #memory: Memento;
  readonly #changed = new Emitter<void>();
  readonly onDidChange = this.#changed.event;

  constructor(memory: Memento) {
    this.#memory = memory;
  }

  of(context: string): readonly string[] {
    return this.#all(wantedKey)[context] ?? [];
  }

  set(context: string, namespaces: readonly string[]): Promise<void> {
    return this.#keep(wantedKey, context, namespaces);
  }

  typed(context: string): readonly string[] {
    return this.#all(typedKey)[context] ?? [];
  }

  addTyped(context: string, namespace: string): Promise<void> {
    return this.#keep(typedKey, context, [...new Set([...this.typed(context), namespace])]);
  }

  async #keep(key: string, context: string, namespaces: readonly string[]): Promise<void> {
    const { [context]: _, ...others } = this.#all(key);
    await this.#memory.update(key, namespaces.length > 0 ? { ...others, [context]: namespaces } : others);
    this.#changed.fire();
  }

  #all(key: string): Readonly<Record<string, readonly string[]>> {
    return this.#memory.get(key, {});
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

/** Asks which namespaces of a context are shown; choosing none or all shows all, as does a click on the row that tells of the filter. */
export async function filterNamespaces(
  { filters, contexts, prompts, log }: FilterParts,
  subject: Subject | undefined,
): Promise<void> {
  const context = contextOf(subject) ?? (await chooseContext({ contexts, prompts }));
  if (!context) return;
  if (subject?.of === 'filter') return filters.set(context, []);
  const cluster = await contexts.open(context);
  const listed = cluster.ok ? await cluster.value.list('v1', 'Namespace') : cluster;
  const refused = !listed.ok && listed.failure.reason === 'forbidden';
  if (!listed.ok && !refused) return tell(listed.failure, log);
  const known = cluster.ok ? [cluster.value.context.namespace ?? 'default', ...filters.typed(context)] : [];
  const shown = filters.of(context);
  const names = listed.ok ? listed.value.items.map(({ metadata }) => metadata.name) : [...new Set([...known, ...shown])];
  const choices = names.map((name) => ({ label: name, picked: shown.includes(name), value: name }));
  const chosen = await prompts.pickMany(choices, { title: l10n.t('Show which namespaces of {0}?', context) });
  if (chosen) await filters.set(context, chosen.length === names.length ? [] : chosen);
}

/** Shows one namespace of its context alone; the row that tells of it shows all again. From the palette, which ones is asked. */
export async function focusNamespace(parts: FilterParts, subject: Subject | undefined): Promise<void> {
  if (subject?.of !== 'namespace') return filterNamespaces(parts, undefined);
  await parts.filters.set(subject.cluster.context.name, [subject.name]);
}

/** RFC 1123: what Kubernetes takes as the name of a namespace. */
const namespaceName = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** Asks for the name of a namespace that is not listed; it stands in the tree from then on. Whether it is there is told when it is opened. */
export async function typeNamespace(
  { filters, contexts, prompts }: Omit<FilterParts, 'log'>,
  subject: Subject | undefined,
): Promise<void> {
  const context = contextOf(subject) ?? (await chooseContext({ contexts, prompts }));
  if (!context) return;
  const check = (text: string) =>
    namespaceName.test(text.trim()) ? undefined : l10n.t('Lower case letters, digits and "-", at most 63.');
  const name = (await prompts.text(l10n.t('Which namespace of {0}?', context), '', check))?.trim();
  if (!name) return;
  await filters.addTyped(context, name);
  const wanted = filters.of(context);
  if (wanted.length > 0) await filters.set(context, [...new Set([...wanted, name])]);
}

function contextOf(subject: Subject | undefined): string | undefined {
  if (subject?.of === 'context') return subject.context.name;
  return subject && 'cluster' in subject ? subject.cluster.context.name : undefined;
}
