import { l10n } from 'vscode';
import { toDoLine } from '../deploy/plan/planText.ts';
import { casualtiesOf, casualtyLine } from '../deploy/removal/prune.ts';
import { guardOf } from '../deploy/target.ts';
import type { Plan } from '../deploy/types.ts';

/** Where stacks go, which is no cluster. */
export function placesOfStacks({ steps }: Plan): readonly string[] {
  const places = steps.flatMap(({ stack }) =>
    stack ? [l10n.t('Stacks go to project {0} of cloud {1}.', stack.project.name, stack.cloud)] : [],
  );
  return [...new Set(places)];
}

/** Before anything goes to a protected context or project: its name is typed. */
export function nameQuestion(plan: Plan) {
  const { server, user = '' } = plan.target;
  const { word } = guardOf(plan.target);
  return {
    message: l10n.t('{0} is protected', word),
    detail: [
      l10n.t('{0} on {1} as {2}. Type {3} to deploy.', toDoLine(plan.counts), server, user, word),
      ...placesOfStacks(plan),
    ].join(' '),
    word,
    yes: l10n.t('Deploy'),
  };
}

/** Before something outside Kubernetes goes: what hangs on it is typed. */
export function destroyQuestion(plan: Plan, word: string) {
  const lines = casualtiesOf(plan).map(casualtyLine).join('; ');
  return {
    message: l10n.t('this cannot be undone'),
    detail: l10n.t('This deletes on {0} {1}. Type {2} to go on.', plan.target.context, lines, word),
    word,
    yes: l10n.t('Destroy'),
  };
}
