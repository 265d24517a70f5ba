import { changesSomething, checksProtected, riskySteps } from '../deploy/plan/risky.ts';
import type { Plan } from '../deploy/types.ts';

/** What a plan asks of the user before it goes out: nothing, a click, a click on a list of what is at risk, or the context's name. */
export type Consent = 'none' | 'ask' | 'askRisky' | 'typeName';

/**
 * Which consent a plan needs. `confirm` is the setting `deploy.confirm`; `before`: this target was deployed to from this workspace already.
 * A plan that writes nothing needs none; a protected target always wants its name.
 */
export function consentFor(plan: Plan, confirm: 'first' | 'always' | 'risky', before: boolean): Consent {
  if (!changesSomething(plan)) return checksProtected(plan) ? 'typeName' : 'none';
  if (plan.target.protection === 'protected') return 'typeName';
  if (riskySteps(plan).length > 0) return 'askRisky';
  if (confirm === 'always') return 'ask';
  return confirm === 'first' && !before ? 'ask' : 'none';
}
