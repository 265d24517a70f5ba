import { type Result, success } from '../../base/failure.ts';
import { textAt } from '../../base/fields.ts';
import type { Cluster, KubeObject, ObjectRef } from '../../kubernetes/cluster.ts';
import { groupKind, keyOf, titleOf } from '../../kubernetes/objectKey.ts';
import type { Project } from '../../openstack/project.ts';
import { respectEngines } from '../plan/engineOwners.ts';
import { countsOf } from '../plan/plan.ts';
import { refOf } from '../plan/prepare.ts';
import type { Plan, Step, Target } from '../types.ts';
import type { Inventory } from './inventory.ts';
import { inStages, NOWHERE, type RemovalContext, removalStep, removalsOf } from './prune.ts';

/** What is to be undeployed, and where. */
export interface UndeployRequest {
  readonly target: Target;
  readonly set: Inventory;
  readonly project?: Project;
  /** Opens the workload cluster of a Cluster of Cluster API; absent where nobody can. */
  readonly workload?: (owner: ObjectRef) => Promise<Result<Cluster>>;
}

/**
 * The plan that deletes what a set deployed, in safe order: what holds load balancers and volumes in the workload clusters of its Clusters first, then the Clusters, then what made them,
 * credentials last. Nothing is written. What Flux or Argo CD keeps blocks it, as it blocks a deploy: it would come back. A workload cluster that does not answer is told with what may be left
 * behind, and blocks nothing: it may be dead, which is why it goes.
 */
export async function planUndeploy(
  { target, set, project, workload }: UndeployRequest,
  cluster: Cluster,
  signal: AbortSignal = new AbortController().signal,
): Promise<Result<Plan>> {
  const began = performance.now();
  const reached = await cluster.kinds({ signal });
  if (!reached.ok) return reached;
  const context: RemovalContext = { cluster, signal, projects: project ? [project] : [] };
  const removals = await removalsOf(set.members, set.id, 'undeploy', context);
  const kept = await respectEngines(
    removals.steps.map((step) => ({ step })),
    cluster,
  );
  const own = kept.verified.map(({ step }) => step);
  const clusters = own.filter(({ action, ref }) => action === 'prune' && groupKind(ref) === 'cluster.x-k8s.io/Cluster');
  const insides = await Promise.all(clusters.map((step) => insideOf(step, workload, context)));
  const warned = new Map(insides.flatMap(({ owner, warning }) => (warning === undefined ? [] : [[owner, warning] as const])));
  const steps = inStages([...insides.flatMap((one) => one.steps), ...own.map((step) => withWarning(step, warned.get(step.key)))]);
  return success({
    target,
    steps,
    blockers: kept.blockers,
    findings: [],
    counts: countsOf(steps),
    took: performance.now() - began,
    set: { before: set, members: [], forgotten: removals.forgotten, partial: false, prune: 'ask' },
  });
}

function withWarning(step: Step, warning: string | undefined): Step {
  return warning === undefined ? step : { ...step, warnings: [...step.warnings, warning] };
}

interface Inside {
  readonly owner: string;
  readonly steps: readonly Step[];
  readonly warning?: string;
}

/** What in a workload cluster holds something in OpenStack that its Cluster's deletion would leave there. */
const holding: readonly { readonly kind: string; readonly holds: (object: KubeObject) => boolean }[] = [
  { kind: 'Service', holds: (object) => textAt(object, 'spec', 'type') === 'LoadBalancer' },
  { kind: 'PersistentVolumeClaim', holds: (object) => textAt(object, 'spec', 'volumeName') !== undefined },
];

async function insideOf(owner: Step, workload: UndeployRequest['workload'], context: RemovalContext): Promise<Inside> {
  const lost = (why: string): Inside => ({
    owner: owner.key,
    steps: [],
    warning: `The load balancers and volumes of its Services and claims could not be listed, and may stay in OpenStack: ${why}`,
  });
  const opened = await workload?.(owner.ref);
  if (!opened) return lost('nobody opens its workload cluster here.');
  if (!opened.ok) return lost(opened.failure.message);
  const lists = await Promise.all(holding.map(({ kind }) => opened.value.list('v1', kind, {}, context.signal)));
  const failure = lists.flatMap((list) => (list.ok ? [] : [list.failure]))[0];
  if (failure) return lost(failure.message);
  const found = lists.flatMap((list, index) =>
    list.ok ? list.value.items.map((item) => ({ ...item, apiVersion: 'v1', kind: holding[index]?.kind ?? '' })) : [],
  );
  const inside = { ...context, cluster: opened.value };
  const steps = found
    .filter((object) => holding.some(({ kind, holds }) => object.kind === kind && holds(object)))
    .map((object) => {
      const ref = refOf(object);
      const step: Step = {
        key: `${keyOf(ref)} in ${owner.ref.name}`,
        ref,
        action: 'prune',
        reason: '',
        source: NOWHERE,
        object,
        warnings: [],
        after: [],
        inside: owner.ref,
      };
      return removalStep(step, object, inside);
    });
  return { owner: owner.key, steps: (await Promise.all(steps)).filter(({ destroys }) => destroys !== undefined) };
}

/** `Nothing of shop is left on sandbox-admin`, when a plan has nothing to delete; what is kept is told by its steps. */
export function nothingToUndeploy({ set, target, steps }: Plan): string | undefined {
  if (steps.some(({ action }) => action === 'prune')) return undefined;
  const kept = steps.map(({ ref, reason }) => `${titleOf(ref)} ${reason}`);
  const name = set?.before.name ?? target.namespace;
  if (kept.length === 0) return `Nothing of ${name} is left on ${target.context}.`;
  return `Nothing of ${name} is deleted on ${target.context}: ${kept.join('; ')}.`;
}
