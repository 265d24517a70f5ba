import type { Plan, RunSummary } from '../deploy/types.ts';
import { findingRows } from './findingRows.ts';

/** A plan for programs: what is done to which object and why, where it is written, what blocks. The objects themselves stay out: they may hold secrets. */
export function planJson(plan: Plan, texts: ReadonlyMap<string, string>): object {
  return {
    target: plan.target,
    counts: plan.counts,
    steps: plan.steps.map(({ key, action, reason, source, conflicts, warnings, after }) => ({
      key,
      action,
      reason,
      file: source.file,
      line: source.line,
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

/** What a run's outcome means for the shell. */
export function exitStatusOf(outcome: RunSummary['outcome']): number {
  return { succeeded: 0, unchanged: 0, failed: 1, partial: 3, refused: 4, cancelled: 130 }[outcome];
}
