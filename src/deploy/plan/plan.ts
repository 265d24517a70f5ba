import { type Result, success } from '../../base/failure.ts';
import type { Cluster } from '../../kubernetes/cluster.ts';
import { titleOf } from '../../kubernetes/objectKey.ts';
import type { Finding } from '../../manifest/finding.ts';
import type { Manifest } from '../../manifest/manifest.ts';
import type { Severities } from '../../manifest/severities.ts';
import type { Project } from '../../openstack/project.ts';
import type { Check } from '../checks/check.ts';
import type { Written } from '../files/written.ts';
import { asMember, memberKey, PART_OF } from '../removal/inventory.ts';
import { membersOf, type OpenSet, openSet, type PlannedSet, type SetRequest } from '../removal/plannedSet.ts';
import { NOWHERE, pruneSteps } from '../removal/prune.ts';
import { Pace } from '../run/pace.ts';
import { isStack } from '../stacks/declaration.ts';
import { planStacks, stackObject } from '../stacks/planStacks.ts';
import { stackDemands } from '../stacks/stackDemand.ts';
import type { StackSet } from '../stacks/stackSet.ts';
import type { Blocker, Plan, Step, StepAction, Target } from '../types.ts';
import { creationEdges } from './creationEdges.ts';
import { type Allowed, decide } from './decide.ts';
import { type DryRunContext, unverified, type Verified, verify } from './dryRun.ts';
import { respectEngines } from './engineOwners.ts';
import { blockersOf, type Prepared, ratedForPlan, withoutDuplicates } from './gate.ts';
import { leaveToHelm } from './helmOwned.ts';
import { keepRandom } from './keepRandom.ts';
import { LiveObjects } from './liveObjects.ts';
import { missingReferences } from './missing.ts';
import { namespacesOf, type Places, wantedNamespaces } from './namespaces.ts';
import { offerRenames } from './offerRenames.ts';
import { type After, orderObjects } from './order.ts';
import { movedFindings, orderOfOthers, withoutOtherHooks } from './orderOfOthers.ts';
import { KindTable, prepare, refOf } from './prepare.ts';
import { askedOf, quotaLeft, withFlavors } from './quotaLeft.ts';
import { inRanks } from './ranks.ts';
import { checkRights } from './rights.ts';
import { leaveDrivenScales } from './scaleDrivers.ts';
import { clonedTemplates } from './templates.ts';

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
  /** How much each finding matters to the user, see {@link ratedForPlan}. */
  readonly severities?: Severities;
  /** The bound project: what the plan asks of it is compared with what its quota leaves. */
  readonly project?: Project;
  /** The set that is deployed: its objects are marked, and what it no longer holds is pruned. Without one nothing is remembered. */
  readonly set?: SetRequest;
  /** Files that hold manifests and are left out of this deploy: what was deployed from one of that name is still written down, and stays. */
  readonly leftOut?: readonly string[];
  /** What was said may be made anew or taken over. */
  readonly allowed?: Allowed;
  /** The Heat stacks that are declared beside the objects. */
  readonly stacks?: StackSet;
  /** Checks of one's own, done once all is up. */
  readonly checks?: readonly Check[];
  /** The manifests by whose references objects and stacks wait for what makes the resources that they name. */
  readonly manifests?: readonly Manifest[];
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
  const first = await planOnce(request, cluster, options);
  const spaces = first.ok ? wantedNamespaces(first.value, request.allowed) : [];
  const wanted = { ...request, written: [...spaces, ...request.written] };
  const plan = spaces.length === 0 ? first : await planOnce(wanted, cluster, options);
  const cloned = plan.ok ? clonedTemplates(plan.value, wanted.written) : undefined;
  if (!cloned) return plan;
  return planOnce({ ...wanted, written: cloned.written, findings: [...request.findings, ...cloned.notes] }, cluster, options);
}

async function planOnce(request: PlanRequest, cluster: Cluster, options: PlanOptions): Promise<Result<Plan>> {
  const began = performance.now();
  const signal = options.signal ?? new AbortController().signal;
  const read = await readObjects(request, cluster, signal);
  if (!read.ok) return read;
  const { table, single, prepared } = read.value;
  const live = new LiveObjects(
    single.objects.map(({ object }) => object),
    cluster,
    signal,
  );
  const kept = await keepRandom(single.objects, (object) => live.get(object));
  const [set, replicasLeft] = await Promise.all([
    request.set ? openSet(request.set, request.target, cluster, signal) : nobodysSet,
    leaveDrivenScales(kept.objects, cluster, table, live, signal),
  ]);
  if (!set.ok) return set;
  const { inventory } = set.value;
  const scaled = { ...replicasLeft, objects: replicasLeft.objects.map((one) => (inventory ? marked(one, inventory.id) : one)) };
  const objects = scaled.objects.map(({ object }) => object);
  const pace = new Pace({ parallel: options.parallel, quickestMs: cluster.quickestMs });
  const held = new Set(inventory?.members.map(memberKey));
  const context: DryRunContext = { cluster, signal, pace, live, held };
  const stacks = request.stacks ?? { stacks: [], blockers: [] };
  const others = orderOfOthers(scaled.objects, (inventory?.members.length ?? 0) > 0);
  const order = orderObjects(
    [...stacks.stacks.map(stackObject), ...objects],
    [...creationEdges(scaled.objects, stacks.stacks, request.manifests ?? []), ...others.edges],
  );
  const after = order.ok ? order.value : new Map<string, readonly After[]>();
  const places = await namespacesOf(scaled.objects, request.target, cluster, signal);
  const { project } = request;
  const [looked, missing, ofStacks, ofObjects, preparedFindings] = await Promise.all([
    verifyAll(scaled.objects, after, table, places, context, options.onProgress).then((all) => checkRights(all, table, cluster)),
    missingReferences(scaled.objects, table, request.target, context),
    planStacks(stacks, project, after, signal),
    project ? askedOf(scaled.objects, (object) => context.live.get(object), project, signal) : [],
    offerRenames(prepared.findings, request.written, table, request.target, context),
  ]);
  const asks = project ? [...ofObjects, ...(await withFlavors(stackDemands(ofStacks.made), project, signal))] : [];
  const quota = project ? await quotaLeft(asks, project, signal) : [];
  const decided = await decide(looked, request.allowed ?? {}, context);
  const verified = inventory ? decided.map((one) => fromAnotherSet(one, inventory.id)) : decided;
  const ranked = inRanks(after, others.rankings, settledOf(verified));
  const found = [
    ...request.findings,
    ...notesAt(request.written, set.value.notes),
    ...preparedFindings,
    ...single.findings,
    ...kept.notes,
    ...scaled.notes,
    ...movedFindings(ranked.moved, scaled.objects),
    ...missing,
    ...quota,
  ];
  const findings = ratedForPlan(found, request.severities ?? {}, request.texts);
  const respected = await respectEngines(verified, cluster);
  const steps = inOrder([...ofStacks.steps, ...respected.verified.map(({ step }) => step)], ranked.order);
  const blockers = [
    ...respected.blockers,
    ...(request.blockers ?? []),
    ...blockersOf(findings, request.texts),
    ...places.blockers,
    ...stacks.blockers,
    ...ofStacks.blockers,
    ...(order.ok ? [] : [{ message: order.failure.message, failure: order.failure }]),
    ...respected.verified.flatMap(({ blocker }) => blocker ?? []),
  ];
  const { set: planned, removals } = await plannedSet(request, set.value, { steps, blockers }, context);
  // what an engine keeps is put back when it is deleted, too
  const spared = await respectEngines(
    removals.map((step) => ({ step })),
    cluster,
  );
  const all = [...steps, ...spared.verified.map(({ step }) => step)];
  return success({
    target: request.target,
    steps: all,
    blockers: [...blockers, ...spared.blockers],
    findings,
    counts: countsOf(all),
    asks: asks.map(({ one: _, ...demand }) => demand),
    took: performance.now() - began,
    ...(request.checks && request.checks.length > 0 ? { checks: request.checks } : {}),
    ...(planned ? { set: planned } : {}),
  });
}

const nobodysSet = success<OpenSet>({ inventory: undefined, partial: true, notes: [] });

/** A namespace that no file holds was made for others, too. */
function marked(one: Prepared, id: string): Prepared {
  if (one.written.source === NOWHERE) return one;
  const { object, scale } = one;
  return { ...one, object: asMember(object, id), ...(scale ? { scale: { ...scale, asked: asMember(scale.asked, id) } } : {}) };
}

/** What the set will hold, and the deletions of what it no longer does. A plan that is blocked may lack documents: nothing is proposed to go. */
async function plannedSet(
  { set, project, target, leftOut = [] }: PlanRequest,
  { inventory: before, partial }: OpenSet,
  { steps, blockers }: Pick<Plan, 'steps' | 'blockers'>,
  { cluster, signal }: DryRunContext,
): Promise<{ readonly set?: PlannedSet; readonly removals: readonly Step[] }> {
  if (!set || !before) return { removals: [] };
  const { prune } = set;
  const judging = { cluster, signal, projects: project ? [project] : [] };
  const removals =
    blockers.length > 0 ? { steps: [], forgotten: [] } : await pruneSteps({ before, partial, prune, leftOut }, steps, judging);
  const planned = { before, members: membersOf(steps, target), forgotten: removals.forgotten, partial, prune };
  return { set: planned, removals: removals.steps };
}

/** Notes about the set have no line of their own: they stand at the first file. */
function notesAt([first]: readonly Written[], notes: readonly string[]): Finding[] {
  if (!first) return [];
  const { file } = first.source;
  return notes.map((message) => ({ file, range: { start: 0, end: 0 }, severity: 'warning', code: 'deploy.notNoted', message }));
}

/** An object that another set deployed is taken out of it: seen and asked about, never by the way. */
function fromAnotherSet(one: Verified, id: string): Verified {
  const { step } = one;
  const other = step.live?.metadata.labels?.[PART_OF];
  if (other === undefined || other === id || step.action !== 'update') return one;
  return { ...one, step: { ...step, action: 'adopt', reason: `${step.reason}; so far of another set (${other})` } };
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

async function readObjects(
  { written: all, target }: Pick<PlanRequest, 'target' | 'written'>,
  cluster: Cluster,
  signal: AbortSignal,
) {
  // No cluster knows a declared stack.
  const { written, findings: left } = withoutOtherHooks(all.filter(({ object }) => !isStack(object)));
  const kinds = await cluster.kinds({ signal });
  if (!kinds.ok) return kinds;
  const table = new KindTable(
    kinds.value,
    written.map(({ object }) => object),
  );
  const { objects, findings } = prepare(written, table, target);
  const prepared = { objects, findings: [...left, ...findings] };
  return success({ table, prepared, single: withoutDuplicates(prepared.objects) });
}

/** Those that nothing is sent of: they wait for nobody. */
function settledOf(verified: readonly Verified[]): ReadonlySet<string> {
  return new Set(verified.flatMap(({ step: { key, action } }) => (action === 'unchanged' || action === 'skip' ? [key] : [])));
}

function inOrder(steps: readonly Step[], order: ReadonlyMap<string, readonly After[]>): Step[] {
  const position = new Map([...order.keys()].map((key, index) => [key, index]));
  return steps
    .map((step) => ({ ...step, after: order.get(step.key) ?? step.after }))
    .sort((one, other) => (position.get(one.key) ?? 0) - (position.get(other.key) ?? 0));
}

/** How many steps there are of each action. */
export function countsOf(steps: readonly Step[]): Record<StepAction, number> {
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
  const verified = leaveToHelm(objects, await Promise.all(objects.map(look)));
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
