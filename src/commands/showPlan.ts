import { commands, l10n, type Uri } from 'vscode';
import { comparable } from '../deploy/plan/diff.ts';
import type { Plan, Step } from '../deploy/types.ts';
import type { Documents } from '../host/documents.ts';
import type { KubeObject } from '../kubernetes/cluster.ts';
import { toYaml } from '../manifest/toYaml.ts';

/** Opens the native diff of one step: live left, what the dry run says would be right. */
export async function showStep(documents: Documents, { target }: Plan, step: Step): Promise<void> {
  const [live, result] = sides(documents, target.context, step);
  await commands.executeCommand('vscode.diff', live, result, l10n.t('{0} (live ↔ after the deploy)', titleOf(step)));
}

/** Opens the diffs of all steps that change something, in one editor; of one step, its own. */
export async function showChanges(documents: Documents, plan: Plan): Promise<void> {
  const changing = plan.steps.filter(({ action }) => action !== 'unchanged' && action !== 'skip');
  const [only] = changing;
  if (only && changing.length === 1) return showStep(documents, plan, only);
  const resources = changing.map((step) => {
    const [live, result] = sides(documents, plan.target.context, step);
    return [result, step.live ? live : undefined, step.action === 'prune' ? undefined : result];
  });
  await commands.executeCommand('vscode.changes', l10n.t('Changes on {0}', plan.target.context), resources);
}

/** The two sides of a step's diff under one name, so that the editor sees one changed file and not two. */
function sides(
  documents: Documents,
  context: string,
  { ref, action, live, result, object }: Step,
): readonly [live: Uri, result: Uri] {
  const path = [context, ref.namespace, `${ref.kind} ${ref.name}.yaml`].filter(Boolean).join('/');
  const side = (name: string, shown: KubeObject | undefined) =>
    documents.provide(path, () => (shown ? toYaml(comparable(shown)) : ''), { side: name });
  return [side('live', live), side('after', action === 'prune' ? undefined : (result ?? object))];
}

const titleOf = ({ ref }: Step) => `${ref.kind} ${[ref.namespace, ref.name].filter(Boolean).join('/')}`;
