import type { Plan, Step, StepAction } from '../deploy/types.ts';

/** What a plan asks of the user before it goes out: nothing, a click, a click on a list of what is at risk, or the context's name. */
export type Consent = 'none' | 'ask' | 'askRisky' | 'typeName';

/** What may lose something: asked for always, listed by name. */
const risky: readonly StepAction[] = ['recreate', 'prune', 'adopt', 'conflict'];

export function riskySteps(plan: Plan): readonly Step[] {
  return plan.steps.filter(({ action }) => risky.includes(action));
}

/** Whether anything would be written. */
export function changesSomething({ steps }: Plan): boolean {
  return steps.some(({ action }) => action !== 'unchanged' && action !== 'skip');
}

/**
 * Which consent a plan needs. `confirm` is the setting `deploy.confirm`; `before`: this target was deployed to from this workspace already.
 * A plan that writes nothing needs none; a protected target always wants its name.
 */
export function consentFor(plan: Plan, confirm: 'first' | 'always' | 'risky', before: boolean): Consent {
  if (!changesSomething(plan)) return 'none';
  if (plan.target.protection === 'protected') return 'typeName';
  if (riskySteps(plan).length > 0) return 'askRisky';
  if (confirm === 'always') return 'ask';
  return confirm === 'first' && !before ? 'ask' : 'none';
}
