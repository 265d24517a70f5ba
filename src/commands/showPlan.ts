import { commands, l10n, type Uri } from 'vscode';
import { comparable } from '../deploy/diff.ts';
import { printPlan } from '../deploy/planText.ts';
import type { Plan, Step } from '../deploy/types.ts';
import type { Documents } from '../host/documents.ts';
import type { KubeObject } from '../kubernetes/cluster.ts';
import { toYaml } from './toYaml.ts';

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
    return [result, live, result];
  });
  await commands.executeCommand('vscode.changes', l10n.t('Changes on {0}', plan.target.context), resources);
}

/** Opens the whole plan as text. */
export async function showPlanText(documents: Documents, plan: Plan): Promise<void> {
  const uri = documents.provide(`${plan.target.context}/plan.txt`, () => printPlan(plan));
  await commands.executeCommand('vscode.open', uri);
}

function sides(documents: Documents, context: string, step: Step): readonly [live: Uri, result: Uri] {
  const side = (name: string, object: KubeObject | undefined) =>
    documents.provide(`${context}/${name}/${step.key}.yaml`, () => (object ? toYaml(comparable(object)) : ''));
  return [side('live', step.live), side('after', step.result ?? step.object)];
}

const titleOf = ({ ref }: Step) => `${ref.kind} ${[ref.namespace, ref.name].filter(Boolean).join('/')}`;
