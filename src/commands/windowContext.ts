import { l10n, window } from 'vscode';
import { lendWorkload } from '../deploy/removal/workloadCluster.ts';
import type { Subject } from '../explorer/nodes.ts';
import { tell } from '../host/tell.ts';
import type { ApiKind } from '../kubernetes/cluster.ts';
import type { WindowContexts } from '../kubernetes/windowContexts.ts';
import { type ChooseObjectParts, chooseContext, chooseObject } from './chooseObject.ts';

export interface WindowContextParts extends ChooseObjectParts {
  readonly windowContexts: WindowContexts;
}

/** Opens the workload cluster of a Cluster API Cluster as a context of this window: its kubeconfig is the Secret `<cluster>-kubeconfig` (Cluster API, `util/secret`). Nothing is written. */
export async function openAsContext(parts: WindowContextParts, subject: Subject | undefined): Promise<void> {
  const title = l10n.t('Open as Context');
  const fits = ({ group, kind }: ApiKind) => group === 'cluster.x-k8s.io' && kind === 'Cluster';
  const chosen = subject?.of === 'object' ? subject : await chooseObject(parts, { title, fits });
  if (!chosen) return;
  const { cluster, ref } = chosen;
  const { name } = ref;
  const lent = await lendWorkload(cluster, ref, parts.windowContexts);
  if (!lent.ok) {
    const waiting = l10n.t(
      '{0} has no kubeconfig yet: Cluster API writes the Secret {0}-kubeconfig once the control plane is initialised.',
      name,
    );
    return tell(lent.failure.reason === 'notFound' ? { ...lent.failure, message: waiting } : lent.failure, parts.log);
  }
  const context = lent.value;
  window.setStatusBarMessage(l10n.t('$(check) {0} is in Clusters, for this window', context), 8000);
}

/** Lets go of a context that was opened for this window. */
export async function closeContext(parts: WindowContextParts, subject: Subject | undefined): Promise<void> {
  const { windowContexts, prompts, contexts } = parts;
  const lent = (await contexts.list()).contexts.filter(({ name }) => windowContexts.isLent(name));
  const choices = lent.map(({ name }) => ({ label: name, value: name }));
  const name =
    subject?.of === 'context' ? subject.context.name : await prompts.pick(choices, { title: l10n.t('Close which context?') });
  if (name !== undefined) windowContexts.close(name);
}

/** Asks whom a context acts as in this window, and in which groups; an empty user ends it. The API server decides whether that is allowed. */
export async function actAs(parts: WindowContextParts, subject: Subject | undefined): Promise<void> {
  const { windowContexts, prompts } = parts;
  const context = subject?.of === 'context' ? subject.context.name : await chooseContext(parts);
  if (context === undefined) return;
  const now = windowContexts.actingAs(context);
  const title = l10n.t(
    '{0}: act as which user, in this window? (system:serviceaccount:namespace:name; empty: nobody else)',
    context,
  );
  const user = (await prompts.text(title, now?.user ?? '', fitsHeader))?.trim();
  if (user === undefined) return;
  if (user === '') return windowContexts.actAs(context, undefined);
  const groups = await prompts.text(
    l10n.t('In which groups? (commas between; may be empty)'),
    now?.groups.join(', ') ?? '',
    fitsHeader,
  );
  if (groups === undefined) return;
  const names = groups.split(',').map((group) => group.trim());
  windowContexts.actAs(context, { user, groups: names.filter((group) => group !== '') });
}

/** Users and groups travel as HTTP headers. */
function fitsHeader(text: string): string | undefined {
  return /^[\x20-\x7e]*$/.test(text) ? undefined : l10n.t('Letters, digits and signs of ASCII only.');
}
