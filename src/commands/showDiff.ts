import { l10n } from 'vscode';
import { actionWord, shownSteps } from '../deploy/plan/planText.ts';
import type { Plan, Step } from '../deploy/types.ts';
import type { DeploymentSubject } from '../explorer/deploymentRows.ts';
import type { Documents } from '../host/documents.ts';
import type { Prompts } from '../host/prompts.ts';
import type { Deployments } from './deployments.ts';
import { showChanges, showStep } from './showPlan.ts';

export interface DiffParts {
  readonly deployments: Deployments;
  readonly documents: Documents;
  readonly prompts: Prompts;
}

/** Shows what a step changes, or all of a plan; without a row, what is picked from the plan in view, else from the last run's. */
export async function showDiff(
  { deployments, documents, prompts }: DiffParts,
  subject: DeploymentSubject | undefined,
): Promise<void> {
  if (subject?.of === 'step') return showStep(documents, subject.plan, subject.step);
  if (subject?.of === 'plan') return showChanges(documents, subject.plan);
  const plan = deployments.pending?.plan ?? deployments.history.runs[0]?.plan;
  const chosen = plan && (await pickStep(prompts, plan));
  if (!plan || !chosen) return;
  await (chosen === 'all' ? showChanges(documents, plan) : showStep(documents, plan, chosen));
}

async function pickStep(prompts: Prompts, plan: Plan): Promise<Step | 'all' | undefined> {
  const rows = shownSteps(plan).map((step) => ({
    label: `${actionWord(step.action)} ${step.ref.kind} ${step.ref.name}`,
    description: step.reason,
    value: step,
  }));
  return prompts.pick<Step | 'all'>([{ label: l10n.t('All changes'), value: 'all' }, ...rows], {
    title: l10n.t('Show which change?'),
  });
}
