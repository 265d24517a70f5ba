import { l10n } from 'vscode';
import type { Prompts } from '../host/prompts.ts';
import type { Cluster } from '../kubernetes/cluster.ts';

/** The name of a namespace of a cluster: picked, or typed where they cannot be listed. Undefined when dismissed. */
export async function chooseNamespace(prompts: Pick<Prompts, 'pick' | 'text'>, cluster: Cluster): Promise<string | undefined> {
  const title = l10n.t('In which namespace?');
  const listed = await cluster.list('v1', 'Namespace');
  const names = listed.ok ? listed.value.items.map(({ metadata }) => metadata.name) : [];
  const own = cluster.context.namespace ?? 'default';
  if (names.length === 0) return prompts.text(title, own, (text) => (text.trim() === '' ? own : undefined));
  return prompts.pick(
    names.map((name) => ({ label: name, value: name })),
    { title },
  );
}
