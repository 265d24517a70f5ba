import { eachOf } from '../../base/eachOf.ts';
import { type Failure, failed, type Result } from '../../base/failure.ts';
import type { Project } from '../../openstack/project.ts';
import { makePlan, type PlanOptions, type PlanRequest } from '../plan/plan.ts';
import type { RunContext } from '../run/run.ts';
import { onOneCluster } from './onOneCluster.ts';
import { sharedQuota } from './sharedQuota.ts';
import type { TargetEntry, TargetSet } from './targetSet.ts';
import type { PlannedTarget, TargetsPlan } from './types.ts';

/** What a front door brings of one target: the request for its plan, and what carrying it out needs. */
export interface OpenedTarget {
  readonly request: PlanRequest;
  readonly context: RunContext;
}

/** Opens what a target names, and reads what goes there. Fails as connections and files do. */
export type OpenTarget = (entry: TargetEntry, signal: AbortSignal) => Promise<Result<OpenedTarget>>;

/** A plan over several targets, and what carrying it out needs, by the name of the target. */
export interface PlannedTargets {
  readonly plan: TargetsPlan;
  readonly contexts: ReadonlyMap<string, RunContext>;
}

/**
 * Makes one plan over all targets of a set. Nothing is written. A target that cannot be reached, or is another cluster than the set says, blocks all: half a rollout that nobody decided on
 * is worse than none. Never fails: what goes wrong is in the plan.
 */
export async function planTargets(
  set: TargetSet,
  open: OpenTarget,
  { onProgress, ...options }: PlanOptions = {},
): Promise<PlannedTargets> {
  const signal = options.signal ?? new AbortController().signal;
  const planned = new Map<TargetEntry, PlannedTarget>();
  const contexts = new Map<string, RunContext>();
  await eachOf(
    set.targets,
    set.parallel,
    async (entry) => {
      const opened = await openChecked(entry, open, signal);
      const plan = opened.ok ? await makePlan(opened.value.request, opened.value.context.cluster, options) : opened;
      if (opened.ok) contexts.set(entry.name, opened.value.context);
      planned.set(entry, plan.ok ? { entry, plan: plan.value } : { entry, failure: plan.failure });
      onProgress?.(planned.size, set.targets.length);
    },
    signal,
  );
  const targets = set.targets.map((entry) => planned.get(entry) ?? { entry, failure: cancelled });
  const projects = new Map<string, Project>();
  for (const [name, { project }] of contexts) if (project) projects.set(name, project);
  const shared = onOneCluster(targets);
  const findings = [...shared.findings, ...(await sharedQuota(targets, projects, signal))];
  const blockers = [
    ...targets.flatMap(({ entry, failure }) => (failure ? [unplanned(entry, failure)] : [])),
    ...shared.blockers,
    ...targets.flatMap(({ entry, plan }) => (plan?.blockers ?? []).map((blocker) => ({ ...blocker, target: entry.name }))),
  ];
  return { plan: { set, targets, findings, blockers }, contexts };
}

const cancelled: Failure = { reason: 'cancelled', message: 'Planning was cancelled.' };

function unplanned({ name, place }: TargetEntry, { message }: Failure) {
  return { message: `${name} cannot be planned: ${message}`, place, target: name };
}

async function openChecked(entry: TargetEntry, open: OpenTarget, signal: AbortSignal): Promise<Result<OpenedTarget>> {
  const opened = await open(entry, signal);
  if (!opened.ok) return opened;
  const { target } = opened.value.request;
  if (entry.clusterUid === undefined || entry.clusterUid === target.clusterUid) return opened;
  const told = target.clusterUid === undefined ? 'a cluster that does not tell its uid' : `cluster ${target.clusterUid}`;
  return failed(
    'conflict',
    `Context ${entry.context} leads to ${told}, not to ${entry.clusterUid}, which the set names. Correct the context or clusterUid.`,
  );
}
