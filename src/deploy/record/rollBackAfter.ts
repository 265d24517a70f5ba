import { moment } from '../../base/clock.ts';
import type { Result } from '../../base/failure.ts';
import { changesSomething, riskySteps } from '../plan/risky.ts';
import type { ApplyOptions } from '../run/apply.ts';
import type { RunContext } from '../run/run.ts';
import { canGoBackTo } from '../run/summary.ts';
import { guardOf } from '../target.ts';
import { type Keeping, keepRecord, type RecordedRun, startRecorded } from './recordedRun.ts';
import { planRollback } from './rollBack.ts';
import type { RunRecord } from './runRecord.ts';

/** What the way back needs beside the run that failed. */
export interface WayBack {
  /** The runs that are kept: those of the same set and name count. */
  readonly kept: () => Promise<Result<readonly RunRecord[]>>;
  readonly context: Omit<RunContext, 'journal' | 'written'>;
  readonly keeping: Omit<Keeping, 'name' | 'backTo'>;
  readonly options?: ApplyOptions;
  readonly signal?: AbortSignal;
  /** It goes out: whoever shows and cancels runs follows it. */
  readonly onStart?: (started: RecordedRun) => void;
}

/** What was done by itself about a run that failed. */
export interface RolledBack {
  /** The run that failed, which tells it, too. */
  readonly failed: RunRecord;
  /** What stands behind the sentence of the run that failed: that the target was rolled back, or why not. */
  readonly sentence: string;
  /** The run that went back, over. */
  readonly back?: RunRecord;
  /** The earlier run that a person may go back to, where that is not done by itself. */
  readonly offers?: RunRecord;
  /** What a person is to know beside the sentence: what stays as it is. */
  readonly notes: readonly string[];
}

/**
 * Goes back to the last run of the set that succeeded, after one that failed: planned as Roll Back Deploy does, with the same guard, order and waits. What would need a question (a protected target, a deletion,
 * fields of somebody else) is left alone and said. Undefined where there is nothing to go back from: the run did not fail, was cancelled, refused or stopped, deletes only, or went back itself: so
 * nothing goes back and forth.
 */
export async function rollBackAfter(failed: RunRecord, way: WayBack): Promise<RolledBack | undefined> {
  const { summary, backTo, steps } = failed;
  if (summary.stopped || backTo !== undefined || (summary.outcome !== 'partial' && summary.outcome !== 'failed'))
    return undefined;
  if (steps.every(({ action }) => action === 'prune')) return undefined;
  const came = await goBack(failed, way);
  const told = { ...failed, rolledBack: came.sentence };
  const unkept = await keepRecord(told, way.keeping, way.context.cluster);
  return { notes: [], ...came, failed: told, ...(unkept.length > 0 ? { notes: [...(came.notes ?? []), ...unkept] } : {}) };
}

type Came = Pick<RolledBack, 'sentence' | 'back' | 'offers'> & Partial<Pick<RolledBack, 'notes'>>;

async function goBack(failed: RunRecord, { kept, context, keeping, options = {}, signal, onStart }: WayBack): Promise<Came> {
  const { target, name, run, set, startedAt } = failed;
  const { cluster } = context;
  const runs = await kept();
  if (!runs.ok) return { sentence: `Nothing was rolled back: ${runs.failure.message}` };
  const earlierOnes = runs.value.filter((one) => one.set === set && one.name === name && one.startedAt < startedAt);
  const good = earlierOnes.filter(({ summary, steps }) => canGoBackTo(summary.outcome, steps));
  const [to] = good.sort((one, other) => other.startedAt - one.startedAt);
  if (!to) return { sentence: `No earlier deploy of ${name} that succeeded is kept: nothing was rolled back.` };
  const earlier = `the deploy of ${moment(to.startedAt, startedAt)}`;
  if (target.protection !== 'open')
    return {
      sentence: `${guardOf(target).title} is protected: Roll Back Deploy goes to ${earlier}, once its name is typed.`,
      offers: to,
    };
  const { parallel } = options;
  const planned = await planRollback(to, runs.value, target, cluster, {
    ...(parallel === undefined ? {} : { parallel }),
    ...(signal ? { signal } : {}),
  });
  if (!planned.ok) return { sentence: `Not rolled back to ${earlier}: ${planned.failure.message}`, offers: to };
  const { plan, written, notes } = planned.value;
  const [blocker] = plan.blockers;
  if (blocker) return { sentence: `Not rolled back to ${earlier}: ${blocker.message}`, offers: to, notes };
  const risky = riskySteps(plan).map(({ action, key }) => `${action} ${key}`);
  if (risky.length > 0)
    return { sentence: `Not rolled back to ${earlier}, because that asks first: ${risky.join(', ')}.`, offers: to, notes };
  if (!changesSomething(plan)) return { sentence: `All is as ${earlier} left it: there is nothing to roll back.`, notes };
  const back = { run: to.run, startedAt: to.startedAt, after: run };
  const started = await startRecorded(
    plan,
    { ...context, written },
    { ...keeping, name, backTo: back, takeOver: false },
    options,
  );
  if (!started.ok) return { sentence: `Not rolled back to ${earlier}: ${started.failure.message}`, offers: to, notes };
  const cancel = () => started.value.run.cancel();
  signal?.addEventListener('abort', cancel);
  if (signal?.aborted) cancel();
  onStart?.(started.value);
  const end = await started.value.end;
  signal?.removeEventListener('abort', cancel);
  const { outcome, sentence } = end.record.summary;
  const came = outcome === 'succeeded' || outcome === 'unchanged' ? 'Rolled back' : 'It did not come back up when rolled back';
  return { sentence: `${came} to ${earlier}: ${sentence}`, back: end.record, notes: [...notes, ...end.notes] };
}
