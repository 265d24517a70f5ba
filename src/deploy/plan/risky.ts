import type { Plan, Step, StepAction } from '../types.ts';
import { actionWord } from './planText.ts';

/** What may lose something: asked for always, listed by name. */
const risky: readonly StepAction[] = ['recreate', 'prune', 'adopt', 'conflict'];

/** What is pruned by a standing yes (setting `deploy.prune`) is no question, unless something outside Kubernetes goes with it. An update of a stack that takes something away is one. */
export function riskySteps({ steps, set }: Pick<Plan, 'steps' | 'set'>): readonly Step[] {
  const agreed = ({ action, destroys }: Step) => action === 'prune' && set?.prune === 'on' && destroys === undefined;
  const loses = ({ stack }: Step) => stack !== undefined && stack.losses.length > 0;
  return steps.filter((step) => (risky.includes(step.action) && !agreed(step)) || loses(step));
}

/** Whether anything would be written. */
export function changesSomething({ steps }: Pick<Plan, 'steps'>): boolean {
  return steps.some(({ action }) => action !== 'unchanged' && action !== 'skip');
}

/** `delete Service web`, `configure Stack net, which deletes or replaces subnet (OS::Neutron::Subnet)`; of several targets with `where`. */
export function riskLine({ action, ref, stack }: Step, where?: string): string {
  const lost = stack && stack.losses.length > 0 ? `, which deletes or replaces ${stack.losses.join(', ')}` : '';
  return `${actionWord(action)} ${ref.kind} ${ref.name}${where === undefined ? '' : ` (${where})`}${lost}`;
}

/** Whether a protected target gets something although all is as written: the Job of a check is an object like any other, so its name is typed for it. */
export function checksProtected({ target, checks = [] }: Pick<Plan, 'target' | 'checks'>): boolean {
  return target.protection === 'protected' && checks.some(({ kind }) => kind === 'job');
}
