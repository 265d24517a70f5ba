import { titleOf } from '../../kubernetes/objectKey.ts';
import type { Plan, RunEvent, Step } from '../types.ts';

/** States of a step that is with the server: it is present for those that only need that. */
const PRESENT: ReadonlySet<RunEvent['state']> = new Set([
  'created',
  'configured',
  'unchanged',
  'recreated',
  'waiting',
  'ready',
  'notReady',
]);

/**
 * What a step that has not gone out waits for, down to the one that holds all up, with its words: `waits for Job migrate → Deployment db (0 of 1 ready; pod db-0: waits for claim data: no volume yet)`;
 * which annotation says so, where no reference does. Undefined when nothing keeps it.
 */
export function waitsFor(plan: Plan, latest: ReadonlyMap<string, RunEvent>, key: string): string | undefined {
  const steps = new Map(plan.steps.map((step) => [step.key, step]));
  const chain: Step[] = [];
  const first = holderOf(steps.get(key), steps, latest);
  for (let next = first?.step; next && !chain.includes(next); ) {
    chain.push(next);
    next = holderOf(next, steps, latest)?.step;
  }
  const last = chain.at(-1);
  if (last === undefined) return undefined;
  const message = latest.get(last.key)?.message;
  const words = chain.map(({ ref }) => titleOf(ref)).join(' → ');
  const why = first?.why === undefined ? '' : `; ${first.why}`;
  return `waits for ${words}${message === undefined ? '' : ` (${message})`}${why}`;
}

/** The first step that a step needs and does not have. */
function holderOf(
  step: Step | undefined,
  steps: ReadonlyMap<string, Step>,
  latest: ReadonlyMap<string, RunEvent>,
): { readonly step: Step; readonly why: string | undefined } | undefined {
  if (step === undefined || (latest.has(step.key) && latest.get(step.key)?.state !== 'pending')) return undefined;
  const open = step.after.find(({ key, until }) => {
    if (steps.get(key)?.action === 'skip') return false;
    const state = latest.get(key)?.state ?? 'pending';
    if (until === 'gone') return state !== 'pruned';
    return until === 'ready' ? state !== 'ready' : !PRESENT.has(state);
  });
  const holder = open && steps.get(open.key);
  return holder && { step: holder, why: open.why };
}
