import { commands, l10n } from 'vscode';
import type { Logger } from '../base/logger.ts';
import { tell } from '../host/tell.ts';
import type { NeedyWord } from '../kubernetes/objectNeeds.ts';
import { refusalOf } from '../kubernetes/refusalOf.ts';
import type { ObjectTarget } from './actOnObject.ts';

/** Whether the API server lets the user do what a word says to all of these objects. The first refusal is told, with the way to who may. */
export async function mayDo(
  { log }: { readonly log: Logger },
  word: NeedyWord,
  ...targets: readonly ObjectTarget[]
): Promise<boolean> {
  for (const { cluster, ref } of targets) {
    const refusal = await refusalOf(cluster, ref, word);
    if (!refusal) continue;
    const { failure, access, namespace } = refusal;
    const run = () => commands.executeCommand('hybridClusters.whoCan', { context: cluster.context.name, namespace, access });
    await tell(failure, log, [{ title: l10n.t('Who Can…'), run }]);
    return false;
  }
  return true;
}
