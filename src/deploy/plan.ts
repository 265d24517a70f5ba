import { type Result, success } from '../base/failure.ts';
import type { Cluster, KubeObject } from '../kubernetes/cluster.ts';
import type { Finding } from '../manifest/finding.ts';
import { type DryRunContext, unverified, type Verified, verify } from './dryRun.ts';
import { blockersOf, type Prepared, withoutDuplicates } from './gate.ts';
import { groupKind, titleOf } from './key.ts';
import { LiveObjects } from './liveObjects.ts';
import { missingReferences } from './missing.ts';
import { type After, orderObjects } from './order.ts';
import { Pace } from './pace.ts';
import { KindTable, leaveReplicas, prepare, refOf, scaledBy } from './prepare.ts';
import type { Blocker, Plan, Step, StepAction, Target } from './types.ts';
import type { Written } from './written.ts';

/** What is to be deployed, and where. */
export interface PlanRequest {
  readonly target: Target;
  readonly written: readonly Written[];
  /** What the gate found in the documents; errors among them block the plan. */
  readonly findings: readonly Finding[];
  /** What keeps anything from being deployed beside findings: a kustomization that cannot be rendered, say. */
  readonly blockers?: readonly Blocker[];
  /** The text of each file as it was read: gives the findings their lines. */
  readonly texts?: ReadonlyMap<string, string>;
}

/** How a plan is made. */
export interface PlanOptions {
  readonly signal?: AbortSignal;
  /** Most requests in flight; default 16. */
  readonly parallel?: number;
  /** Counts the objects looked at. */
  readonly onProgress?: (done: number, of: number) => void;
}

/**
 * Makes the plan: proves each object by a server-side dry run, compares it with what is there, puts all in order. Nothing is written. Fails only as the connection fails;
 * whatever is wrong with one object is a blocker of the plan.
 */
export async function makePlan(request: PlanRequest, cluster: Cluster, options: PlanOptions = {}): Promise<Result<Plan>> {
  const began = performance.now();
  const signal = options.signal ?? new AbortController().signal;
  const read = await readObjects(request, cluster, signal);
  if (!read.ok) return read;
  const { table, single, prepared } = read.value;
  const scaled = await withoutScaledReplicas(single.objects, cluster, signal);
  const objects = scaled.objects.map(({ object }) => object);
  const context: DryRunContext = {
    cluster,
    signal,
    pace: new Pace(options.parallel === undefined ? {} : { parallel: options.parallel }),
    live: new LiveObjects(objects, cluster, signal),
  };
  const order = orderObjects(objects);
  const after = order.ok ? order.value : new Map<string, readonly After[]>();
  const places = await namespacesOf(scaled.objects, request.target, cluster, signal);
  const [verified, missing] = await Promise.all([
    verifyAll(scaled.objects, after, table, places, context, options.onProgress),
    missingReferences(scaled.objects, table, request.target, context),
  ]);
  const findings = [...request.findings, ...prepared.findings, ...single.findings, ...scaled.notes, ...missing];
  const steps = inOrder(verified, after);
  const blockers = [
    ...(request.blockers ?? []),
    ...blockersOf(findings, request.texts),
    ...places.blockers,
    ...(order.ok ? [] : [{ message: order.failure.message, failure: order.failure }]),
    ...verified.flatMap(({ blocker }) => blocker ?? []),
  ];
  return success({ target: request.target, steps, blockers, findings, counts: countsOf(steps), took: performance.now() - began });
}

/**
 * What is wrong with objects as far as it can be told without a dry run, so without the right to change anything: kinds the server does not serve, duplicates, objects that are
 * named and do not exist. Adds to the findings of the gate. Fails as the connection fails.
 */
export async function checkObjects(
  request: Pick<PlanRequest, 'target' | 'written' | 'findings'>,
  cluster: Cluster,
  signal: AbortSignal = new AbortController().signal,
): Promise<Result<readonly Finding[]>> {
  const read = await readObjects(request, cluster, signal);
  if (!read.ok) return read;
  const { table, single, prepared } = read.value;
  const missing = await missingReferences(single.objects, table, request.target, { cluster, signal, pace: new Pace() });
  return success([...request.findings, ...prepared.findings, ...single.findings, ...missing]);
}

async function readObjects({ written, target }: Pick<PlanRequest, 'target' | 'written'>, cluster: Cluster, signal: AbortSignal) {
  const kinds = await cluster.kinds({ signal });
  if (!kinds.ok) return kinds;
  const table = new KindTable(
    kinds.value,
    written.map(({ object }) => object),
  );
  const prepared = prepare(written, table, target);
  return success({ table, prepared, single: withoutDuplicates(prepared.objects) });
}

function inOrder(verified: readonly Verified[], after: ReadonlyMap<string, unknown>): Step[] {
  const position = new Map([...after.keys()].map((key, index) => [key, index]));
  return verified.map(({ step }) => step).sort((one, other) => (position.get(one.key) ?? 0) - (position.get(other.key) ?? 0));
}

function countsOf(steps: readonly Step[]): Record<StepAction, number> {
  const counts: Record<StepAction, number> = {
    create: 0,
    update: 0,
    unchanged: 0,
    recreate: 0,
    adopt: 0,
    prune: 0,
    conflict: 0,
    forbidden: 0,
    invalid: 0,
    unverified: 0,
    skip: 0,
  };
  for (const { action } of steps) counts[action]++;
  return counts;
}

/** The namespaces of a plan: which of them are still to be made, and what is wrong with the others. */
interface Places {
  readonly toMake: ReadonlySet<string>;
  readonly broken: ReadonlySet<string>;
  readonly blockers: readonly Blocker[];
}

async function namespacesOf(
  objects: readonly Prepared[],
  target: Target,
  cluster: Cluster,
  signal: AbortSignal,
): Promise<Places> {
  const planned = new Set(
    objects.filter(({ object }) => groupKind(object) === '/Namespace').map(({ object }) => object.metadata.name),
  );
  const used = new Map<string, Prepared>();
  for (const one of objects)
    if (one.object.metadata.namespace !== undefined && !used.has(one.object.metadata.namespace))
      used.set(one.object.metadata.namespace, one);
  const toMake = new Set<string>();
  const broken = new Set<string>();
  const blockers: Blocker[] = [];
  const look = async ([name, first]: readonly [string, Prepared]): Promise<void> => {
    const found = await cluster.get({ apiVersion: 'v1', kind: 'Namespace', name }, signal);
    if (!found.ok && found.failure.reason === 'notFound' && planned.has(name)) return void toMake.add(name);
    const problem = found.ok ? isEnding(found.value, name, target) : missingNamespace(found.failure.reason, name, target);
    if (problem === undefined) return;
    broken.add(name);
    blockers.push({ message: problem, step: first.key, place: first.written.placeOf(['metadata', 'namespace']) });
  };
  await Promise.all([...used].map(look));
  return { toMake, broken, blockers };
}

function isEnding(namespace: KubeObject, name: string, target: Target): string | undefined {
  if (namespace.metadata.deletionTimestamp === undefined) return undefined;
  return `Namespace ${name} on ${target.context} is being deleted. Wait until it is gone, or choose another.`;
}

function missingNamespace(reason: string, name: string, target: Target): string | undefined {
  return reason === 'notFound'
    ? `Namespace ${name} does not exist on ${target.context}. Add a Namespace manifest for it, or create it first.`
    : undefined;
}

async function withoutScaledReplicas(
  objects: readonly Prepared[],
  cluster: Cluster,
  signal: AbortSignal,
): Promise<{ objects: readonly Prepared[]; notes: readonly Finding[] }> {
  const scalable = objects.filter(
    ({ object }) => object.apiVersion === 'apps/v1' && ['Deployment', 'StatefulSet', 'ReplicaSet'].includes(object.kind),
  );
  const inPlan = objects
    .map(({ object }) => object)
    .filter((object) => groupKind(object) === 'autoscaling/HorizontalPodAutoscaler');
  const namespaces = new Set(scalable.map(({ object }) => object.metadata.namespace ?? ''));
  // an unreadable list leaves replicas as written: at worst a conflict with the autoscaler, which the dry run then shows
  const lists = await Promise.all(
    [...namespaces].map((namespace) => cluster.list('autoscaling/v2', 'HorizontalPodAutoscaler', { namespace }, signal)),
  );
  const scaled = scaledBy([...lists.flatMap((list) => (list.ok ? list.value.items : [])), ...inPlan]);
  const left = objects.map((one) => leaveReplicas(one, scaled));
  return { objects: left.map(({ prepared }) => prepared), notes: left.flatMap(({ note }) => note ?? []) };
}

async function verifyAll(
  objects: readonly Prepared[],
  after: ReadonlyMap<string, readonly After[]>,
  table: KindTable,
  places: Places,
  context: DryRunContext,
  onProgress: PlanOptions['onProgress'],
): Promise<Verified[]> {
  const titles = new Map(objects.map((one) => [one.key, titleOf(refOf(one.object))]));
  let done = 0;
  const look = async (one: Prepared): Promise<Verified> => {
    const before = after.get(one.key) ?? [];
    const early = tooEarly(one, table, places);
    const verified =
      early === undefined
        ? await verify(one, before, context)
        : { step: early.blocked ? skipped(one, before, early.reason) : unverified(one, before, early.reason) };
    onProgress?.(++done, objects.length);
    return verified;
  };
  const verified = await Promise.all(objects.map(look));
  return verified.map((one) => forgive(one, verified, titles));
}

function skipped(one: Prepared, after: readonly After[], reason: string): Step {
  return { ...unverified(one, after, reason), action: 'invalid' };
}

function tooEarly(one: Prepared, table: KindTable, places: Places): { reason: string; blocked: boolean } | undefined {
  const { apiVersion, kind, metadata } = one.object;
  const { namespace } = metadata;
  if (namespace !== undefined && places.toMake.has(namespace))
    return { reason: `verified on apply: namespace ${namespace} is made in this plan`, blocked: false };
  if (namespace !== undefined && places.broken.has(namespace))
    return { reason: `namespace ${namespace} is not usable`, blocked: true };
  if (table.find(apiVersion, kind)?.planned)
    return { reason: `verified on apply: ${kind} is defined in this plan`, blocked: false };
  return undefined;
}

/** A refusal that names an object which this very plan is about to make (a ServiceAccount, a PriorityClass) says nothing yet. */
function forgive(one: Verified, all: readonly Verified[], titles: ReadonlyMap<string, string>): Verified {
  if (one.step.action !== 'invalid' || one.blocker === undefined) return one;
  const { reason, after } = one.step;
  const made = after.find(({ key }) => {
    const other = all.find(({ step }) => step.key === key)?.step;
    return other?.action === 'create' && reason.includes(other.ref.name) && /not found|no .* with name/i.test(reason);
  });
  if (made === undefined) return one;
  return {
    step: {
      ...one.step,
      action: 'unverified',
      reason: `verified on apply: ${titles.get(made.key) ?? made.key} is made in this plan`,
    },
  };
}
