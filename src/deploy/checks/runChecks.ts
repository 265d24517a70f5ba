import { systemClock } from '../../base/clock.ts';
import { spell } from '../readiness/patience.ts';
import { verifyTarget } from '../target.ts';
import type { Place, Plan, RunEvent, RunSummary } from '../types.ts';
import type { Check, CheckContext, CheckKind, Looked } from './check.ts';
import { checkRows } from './checkRows.ts';

/** What checks run with. */
export interface ChecksContext extends Omit<CheckContext, 'namespace' | 'everyMs'> {
  readonly emit: (event: RunEvent) => void;
  /** Between two looks; default 1,000 ms. */
  readonly everyMs?: number;
}

type Result = RunSummary['results'][number];

/** Does the checks of a plan that is carried out, all at once, and tells each in events. Resolves when each has passed, failed, run out of its time, or was cancelled. */
export async function runChecks(plan: Plan, checks: readonly Check[], context: ChecksContext): Promise<readonly Result[]> {
  const same = await verifyTarget(plan.target, context.cluster, context.signal);
  return Promise.all(
    checks.map((check) =>
      same.ok ? run(check, plan, context) : told(check, { is: 'failed', said: same.failure.message }, context),
    ),
  );
}

async function run(check: Check, { target }: Plan, context: ChecksContext): Promise<Result> {
  const { everyMs = 1_000, emit } = context;
  const limit = AbortSignal.timeout(check.withinMs);
  const signal = AbortSignal.any([context.signal, limit]);
  let looked: Looked = { is: 'notYet', said: 'not looked at' };
  let said = '';
  emit({ at: Date.now(), key: check.key, state: 'waiting' });
  while (!signal.aborted) {
    const next = await look(check, { ...context, namespace: target.namespace, signal, everyMs });
    // a look that was cut off saw nothing
    if (!signal.aborted || next.is !== 'notYet' || looked.said === 'not looked at') looked = next;
    if (looked.is !== 'notYet') break;
    if (looked.said !== said) emit({ at: Date.now(), key: check.key, state: 'waiting', message: looked.said });
    said = looked.said;
    await systemClock.sleep(everyMs, signal);
  }
  if (looked.is === 'notYet' && !context.signal.aborted)
    looked = { is: 'failed', said: `${looked.said}, for ${spell(check.withinMs)}` };
  return told(check, looked, context);
}

function look<K extends CheckKind>({ kind, spec }: Check<K>, context: CheckContext): Promise<Looked> {
  return checkRows[kind].look(spec, context);
}

function told({ key, place: source }: Check, { is, said, children }: Looked, { emit, signal }: ChecksContext): Result {
  const state = is === 'passed' ? 'ready' : signal.aborted ? 'cancelled' : 'failed';
  const bad: { readonly source?: Place } = state === 'failed' ? { source } : {};
  const message = state === 'cancelled' ? {} : { message: said };
  const at = Date.now();
  emit({ at, key, state, ...message, ...bad });
  // the last words of a program stand behind its failure
  if (children && state === 'failed') emit({ at, key, state, ...message, ...bad, children });
  return { key, applied: state, state, ...message, ...bad };
}
