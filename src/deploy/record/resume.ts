import { failed, type Result, success } from '../../base/failure.ts';
import { targetName } from '../plan/planText.ts';
import type { Plan, Target } from '../types.ts';
import { sameIdentity } from './identity.ts';
import { type JournalState, restOf } from './journal.ts';
import { objectHash } from './objectHash.ts';

/** What carrying on with a killed run means: its manifests planned anew, compared with what its journal knows. Lists of keys, each in the order of the plan. */
export interface Resumption {
  /** Carried out like any other: what had arrived is unchanged in it and is not sent again. */
  readonly plan: Plan;
  /** Known to be applied, and still so. */
  readonly done: readonly string[];
  /** Sent without an answer noted, and there after all. */
  readonly arrived: readonly string[];
  readonly left: readonly string[];
  /** Written otherwise in the files since. */
  readonly edited: readonly string[];
  /** Applied by the killed run, and changed on the cluster by somebody since. */
  readonly drifted: readonly string[];
  /** In the killed run and no longer in the files. They stay on the cluster. */
  readonly gone: readonly string[];
}

/** Whether the target is the one a killed run wrote to. Fails with `conflict` when the context leads elsewhere now. */
export function sameTarget(was: Target, now: Target): Result<void> {
  if (was.context !== now.context || was.namespace !== now.namespace)
    return failed('conflict', `The run went to ${targetName(was)}, not to ${targetName(now)}. Nothing was written.`);
  if (was.server !== now.server && was.clusterUid === undefined && was.fingerprint === undefined)
    return failed('conflict', `Context ${was.context} now points to ${now.server}, not to ${was.server}. Nothing was written.`);
  return sameIdentity({ ...was, server: now.server }, now);
}

/** Compares a killed run with a plan that was made anew from the same places. Fails with `conflict` when the plan is for another target. */
export function resumptionOf(state: JournalState, plan: Plan): Result<Resumption> {
  const same = sameTarget(state.begin.target, plan.target);
  if (!same.ok) return same;
  const hashes = new Map(state.begin.steps.map(({ key, hash }) => [key, hash]));
  const rest = new Set(restOf(state).map(({ key }) => key));
  const keysWhere = (fits: (key: string, isThere: boolean, isEdited: boolean) => boolean) =>
    plan.steps
      .filter(({ key, action, object }) => fits(key, action === 'unchanged', hashes.get(key) !== objectHash(object)))
      .map(({ key }) => key);
  const planned = new Set(plan.steps.map(({ key }) => key));
  return success({
    plan,
    done: keysWhere((key, isThere, isEdited) => isThere && !isEdited && !rest.has(key)),
    arrived: keysWhere((key, isThere, isEdited) => isThere && !isEdited && rest.has(key)),
    left: keysWhere((key, isThere, isEdited) => !isThere && !isEdited && rest.has(key)),
    edited: keysWhere((_key, _isThere, isEdited) => isEdited),
    drifted: keysWhere((key, isThere, isEdited) => !isThere && !isEdited && !rest.has(key)),
    gone: state.begin.steps.filter(({ key, action }) => action !== 'prune' && !planned.has(key)).map(({ key }) => key),
  });
}

/** Whether it does nothing but what the killed run was about to do: who agreed to that one has agreed to this one, too. */
export function addsNothing({ plan, left, edited, drifted }: Resumption): boolean {
  const agreed = new Set(left);
  const writes = plan.steps.filter(({ action }) => action !== 'unchanged' && action !== 'skip');
  return edited.length === 0 && drifted.length === 0 && writes.every(({ key }) => agreed.has(key));
}

/** A resumption as text: a line that counts, then what is not as expected. */
export function printResumption({ plan, done, arrived, left, edited, drifted, gone }: Resumption): string {
  const there = done.length + arrived.length;
  const listed = (keys: readonly string[], words: string) => keys.map((key) => `  ${words}: ${key}`);
  return `${[
    `${targetName(plan.target)}: ${there} of ${plan.steps.length} are there, ${left.length} left`,
    ...listed(left, 'left'),
    ...listed(arrived, 'arrived after all'),
    ...listed(edited, 'changed in the files since'),
    ...listed(drifted, 'changed on the cluster since'),
    ...listed(gone, 'no longer in the files, stays'),
  ].join('\n')}\n`;
}
