import { l10n } from 'vscode';
import { protectionOf } from '../deploy/target.ts';
import type { Prompts } from '../host/prompts.ts';
import type { Settings } from '../host/settings.ts';
import type { Cluster } from '../kubernetes/cluster.ts';

export interface MayEnterParts {
  readonly prompts: Pick<Prompts, 'confirm' | 'offer'>;
  readonly settings: Pick<Settings, 'protectedTargets' | 'readOnlyTargets'>;
}

/** Whether a program may be started in, or files written to, a pod of that context: never in a read-only one, after a yes in a protected one. `doing` names the gesture, as on the button. */
export async function mayEnter(
  { prompts, settings }: MayEnterParts,
  { context: { name, user = '?' } }: Cluster,
  doing: string,
  pod: string,
): Promise<boolean> {
  const marked = protectionOf(name, { protected: settings.protectedTargets, readOnly: settings.readOnlyTargets });
  if (marked === 'open') return true;
  if (marked === 'protected') {
    const message = l10n.t('{0}: pod {1} on the protected context {2}?', doing, pod, name);
    return prompts.confirm({ message, detail: l10n.t('{0}, as {1}', name, user), yes: doing });
  }
  const why = l10n.t('{0} is read-only here (setting hybridClusters.targets.readOnly): nothing runs in its pods.', name);
  await prompts.offer(why, [], 'warning');
  return false;
}
