import { eachOf } from '../../base/eachOf.ts';
import { type RolledBack, rollBackAfter, type WayBack } from '../record/rollBackAfter.ts';
import type { RunRecord } from '../record/runRecord.ts';
import type { RunContext } from '../run/run.ts';
import type { PlannedTargets } from './planTargets.ts';
import type { TargetsRun } from './runTargets.ts';
import type { TargetEntry } from './targetSet.ts';

/** What was done by itself about a target that failed. */
export interface RolledBackTarget extends RolledBack {
  readonly entry: TargetEntry;
}

/** What the way back of one target needs beside its context. */
export type WayBackOf = (entry: TargetEntry, failed: RunRecord, context: RunContext) => Omit<WayBack, 'context'>;

/** Goes back on each target that failed, by itself and apart from the others, see {@link rollBackAfter}: those that came up stay. In the order of the set. */
export async function rollBackTargets(
  { targets, plan: { set } }: Pick<TargetsRun, 'targets' | 'plan'>,
  contexts: PlannedTargets['contexts'],
  wayOf: WayBackOf,
): Promise<readonly RolledBackTarget[]> {
  const came = new Map<TargetEntry, RolledBackTarget>();
  await eachOf(targets, set.parallel, async ({ entry, record }) => {
    const context = contexts.get(entry.name);
    if (!record || !context) return;
    const back = await rollBackAfter(record, { ...wayOf(entry, record, context), context });
    if (back) came.set(entry, { ...back, entry });
  });
  return targets.flatMap(({ entry }) => came.get(entry) ?? []);
}

/** A line for each target that failed: `edge-2: Rolled back to the deploy of 12:03: …`. */
export function rolledBackLines(targets: readonly RolledBackTarget[]): readonly string[] {
  return targets.map(({ entry, sentence }) => `${entry.name}: ${sentence}`);
}
