import { timeOfDay } from '../../base/clock.ts';
import { listAt, textAt } from '../../base/fields.ts';
import type { Cluster, KubeObject } from '../../kubernetes/cluster.ts';
import { titleOf } from '../../kubernetes/objectKey.ts';
import { isOurManager } from '../plan/fieldOwners.ts';
import { objectHash } from '../record/objectHash.ts';
import type { Plan, Step } from '../types.ts';

/** A digest of what a plan wants, whatever is live: two plans of the same files have the same. Values of Secrets are not in it. */
export function wantedBy({ steps }: Pick<Plan, 'steps'>): string {
  return steps
    .filter(({ action }) => action !== 'prune' && action !== 'skip')
    .map(({ key, object }) => `${key} ${objectHash(object)}`)
    .sort()
    .join('\n');
}

/** The steps of a plan that would bring back what is other on the cluster. */
export function driftedSteps({ steps }: Pick<Plan, 'steps'>): readonly Step[] {
  return steps.filter(({ action }) => action !== 'unchanged' && action !== 'skip');
}

/**
 * Who changed what, for a plan whose files are the same as before: `Deployment web was changed by kubectl-edit at 12:01; ConfigMap settings is gone.` Asks the cluster for the objects that changed. Source: API
 * reference, meta/v1 ManagedFieldsEntry (`manager`, `time`); kinds of the server keep their own entries for the status, which is no drift.
 */
export async function describeDrift(plan: Pick<Plan, 'steps'>, cluster: Cluster, signal: AbortSignal): Promise<string> {
  const told = driftedSteps(plan).map(async ({ ref, action }) => {
    if (action === 'create' || action === 'unverified') return `${titleOf(ref)} is gone`;
    const live = await cluster.get(ref, signal);
    const last = live.ok ? lastHand(live.value) : undefined;
    return last === undefined ? `${titleOf(ref)} was changed` : `${titleOf(ref)} was changed by ${last}`;
  });
  return `${(await Promise.all(told)).join('; ')}.`;
}

function lastHand(live: KubeObject): string | undefined {
  const hands = listAt(live, 'metadata', 'managedFields')
    .filter((entry) => textAt(entry, 'subresource') === undefined && !isOurManager(textAt(entry, 'manager') ?? ''))
    .map((entry) => ({ manager: textAt(entry, 'manager') ?? '', at: Date.parse(textAt(entry, 'time') ?? '') }))
    .filter(({ manager, at }) => manager !== '' && !Number.isNaN(at))
    .sort((one, other) => other.at - one.at);
  const [last] = hands;
  return last && `${last.manager} at ${timeOfDay(last.at)}`;
}
