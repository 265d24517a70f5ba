import type { RolledBack } from '../deploy/record/rollBackAfter.ts';
import type { RolledBackTarget } from '../deploy/targets/rollBackTargets.ts';
import type { TargetsSummary } from '../deploy/targets/runTargets.ts';
import type { TargetsPlan } from '../deploy/targets/types.ts';
import type { Plan, RunSummary } from '../deploy/types.ts';
import { CANCELLED, CHANGES, COULD_NOT_RUN, PARTIAL, REFUSED, WRONG } from './exitStatus.ts';
import { findingRows } from './findingRows.ts';

/** A plan for programs: what is done to which object and why, where it is written, what blocks. The objects themselves stay out: they may hold secrets. */
export function planJson(plan: Plan, texts: ReadonlyMap<string, string>): object {
  return {
    target: plan.target,
    counts: plan.counts,
    steps: plan.steps.map(({ key, action, reason, source, conflicts, destroys, warnings, after }) => ({
      key,
      action,
      reason,
      ...(source.file === '' ? {} : { file: source.file, line: source.line }),
      ...(destroys === undefined ? {} : { destroys }),
      ...(conflicts === undefined ? {} : { conflicts }),
      warnings,
      after,
    })),
    findings: findingRows(plan.findings, texts),
    blockers: plan.blockers.map(({ message, step, place, finding }) => ({
      message,
      ...(step === undefined ? {} : { step }),
      ...(place === undefined ? {} : { file: place.file, line: place.line }),
      ...(finding === undefined ? {} : { code: finding.code, file: finding.file }),
    })),
    took: Math.round(plan.took),
  };
}

/** The end of a run for programs. */
export function summaryJson({ outcome, sentence, tookMs, results }: RunSummary): object {
  return {
    outcome,
    sentence,
    tookMs: Math.round(tookMs),
    results: results.map(({ source, ...result }) => ({
      ...result,
      ...(source === undefined ? {} : { file: source.file, line: source.line }),
    })),
  };
}

/** What was done by itself about a run that failed, for programs. */
export function rolledBackJson({ sentence, back }: Pick<RolledBack, 'sentence' | 'back'>): object {
  return { sentence, ...(back ? { outcome: back.summary.outcome, run: back.run, to: back.backTo?.run } : {}) };
}

/** A plan over several targets for programs: each target with its plan or why there is none, then what counts for all. */
export function targetsJson({ set, targets, findings, blockers }: TargetsPlan, texts: ReadonlyMap<string, string>): object {
  return {
    file: set.file,
    targets: targets.map(({ entry: { name, wave, context }, plan, failure }) => ({
      name,
      wave,
      context,
      ...(plan ? { plan: planJson(plan, texts) } : {}),
      ...(failure ? { failure: failure.message } : {}),
    })),
    findings: findings.map(({ severity, code, message }) => ({ severity, code, message })),
    blockers: blockers.map(({ message, target, place }) => ({
      message,
      ...(target === undefined ? {} : { target }),
      ...(place ? { file: place.file, line: place.line } : {}),
    })),
  };
}

/** The end of a run over several targets for programs. */
export function targetsRunJson(
  { outcome, sentence, tookMs, targets }: TargetsSummary,
  rolledBack: readonly RolledBackTarget[] = [],
): object {
  const backOf = (entry: RolledBackTarget['entry']) => rolledBack.find((one) => one.entry === entry);
  return {
    outcome,
    sentence,
    tookMs: Math.round(tookMs),
    targets: targets.map(({ entry, state, sentence: said, run, notes }) => ({
      name: entry.name,
      wave: entry.wave,
      state,
      sentence: said,
      ...(notes ? { notes } : {}),
      ...(run?.summary ? { run: summaryJson(run.summary) } : {}),
      ...rolledBackOf(backOf(entry)),
    })),
  };
}

const rolledBackOf = (one: RolledBackTarget | undefined) => (one ? { rolledBack: rolledBackJson(one) } : {});

/** What a run's outcome means for the shell. */
export function exitStatusOf(outcome: RunSummary['outcome']): number {
  return { succeeded: 0, unchanged: 0, failed: COULD_NOT_RUN, partial: PARTIAL, refused: REFUSED, cancelled: CANCELLED }[outcome];
}

/** What a plan means for the shell before anything of it went out: 0 nothing to do, 2 changes, 5 something is wrong; to `apply`, 4 where Flux or Argo CD keeps what would change. That may be planned, and is theirs to apply. */
export function planStatusOf({ steps, blockers }: Pick<Plan, 'steps' | 'blockers'>, applies: boolean): number {
  if (blockers.some(({ engine }) => engine === undefined)) return WRONG;
  if (blockers.length > 0) return applies ? REFUSED : CHANGES;
  return steps.every(({ action }) => action === 'unchanged' || action === 'skip') ? 0 : CHANGES;
}
