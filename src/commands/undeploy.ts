import { l10n, ProgressLocation, type Uri, window } from 'vscode';
import { failed, type Result, success } from '../base/failure.ts';
import type { Binding } from '../binding/binding.ts';
import { targetName } from '../deploy/plan/planText.ts';
import { type Inventory, readInventories } from '../deploy/removal/inventory.ts';
import { nothingToUndeploy, planUndeploy } from '../deploy/removal/undeploy.ts';
import { openWorkload } from '../deploy/removal/workloadCluster.ts';
import { tell } from '../host/tell.ts';
import type { ObjectRef } from '../kubernetes/cluster.ts';
import type { WindowContexts } from '../kubernetes/windowContexts.ts';
import { type ApplyParts, agreedPlan, isDeploying, showRefusal } from './applyDeploy.ts';
import { carryOut } from './carryOut.ts';
import { openTarget } from './openTarget.ts';
import { chooseBinding, openProject, type Planned, setOf } from './planDeploy.ts';

export interface UndeployParts extends ApplyParts {
  readonly windowContexts: WindowContexts;
}

/** Deletes what a set deployed, as a plan that is shown and asked about like any other. The set is that of the places, else the one that is picked from those deployed to their target. */
export async function undeploy(parts: UndeployParts, places: readonly Uri[]): Promise<void> {
  const [first] = places;
  if (isDeploying(parts)) return;
  const binding = first && (await chooseBinding(parts, first));
  if (!binding?.context) return;
  const opened = await planFor(parts, places, { ...binding, context: binding.context });
  if (!opened.ok) return tell(opened.failure, parts.log);
  const { plan, name } = opened.value;
  parts.deployments.name(plan, name);
  const nothing = nothingToUndeploy(plan);
  if (nothing !== undefined) {
    void parts.prompts.offer(nothing, []);
    return;
  }
  if (plan.blockers.length > 0) return showRefusal(parts, opened.value);
  const agreed = await agreedPlan(parts, plan, plan.target.protection === 'protected' ? 'typeName' : 'ask');
  if (agreed) await carryOut(parts, { ...opened.value, plan: agreed });
}

async function planFor(
  parts: UndeployParts,
  places: readonly Uri[],
  binding: Binding & { readonly context: string },
): Promise<Result<Planned>> {
  const { settings, contexts, windowContexts } = parts;
  const stop = new AbortController();
  const protection = { protected: settings.protectedTargets, readOnly: settings.readOnlyTargets };
  const opening = await openTarget(contexts, binding, protection, stop.signal);
  if (!opening.ok) return opening;
  const { cluster, target } = opening.value;
  const found = await readInventories(cluster, target.namespace, stop.signal);
  if (!found.ok) return found;
  const set = await chooseSet(parts, found.value.sets, await setOf(places), targetName(target));
  if (!set.ok) return set;
  const workload = (owner: ObjectRef) => openWorkload(cluster, owner, { contexts, windowContexts });
  const title = l10n.t('Planning to undeploy {0} from {1}', set.value.name, targetName(target));
  return window.withProgress({ location: ProgressLocation.Notification, title, cancellable: true }, async (_, token) => {
    token.onCancellationRequested(() => stop.abort());
    const project = await openProject(parts, binding, stop.signal);
    const named = project?.ok ? { project: project.value } : {};
    const plan = await planUndeploy({ target, set: set.value, workload, ...named }, cluster, stop.signal);
    if (!plan.ok) return plan;
    return success({ name: set.value.name, places: [], plan: plan.value, written: [], cluster, workload, ...named });
  });
}

/** The set that the places mean, without a question when it was deployed; else one of those that were. */
async function chooseSet(
  { prompts }: Pick<UndeployParts, 'prompts'>,
  sets: readonly Inventory[],
  { names, partial }: { readonly names: readonly string[]; readonly partial: boolean },
  place: string,
): Promise<Result<Inventory>> {
  const [own] = names;
  const meant = partial ? undefined : sets.find(({ name }) => name === own);
  if (meant) return success(meant);
  if (sets.length === 0)
    return failed('notFound', l10n.t('Nothing that Apply Deploy remembers was deployed to {0}. Deploy a folder first.', place));
  const choices = sets.map((set) => ({
    label: set.name,
    description: l10n.t('{0} objects', set.members.length),
    value: set,
  }));
  const chosen = await prompts.pick(choices, { title: l10n.t('Undeploy which set from {0}?', place) });
  return chosen ? success(chosen) : failed('cancelled', l10n.t('Nothing was deleted.'));
}
