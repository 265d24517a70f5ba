import { listAt, sameJson, textAt } from '../../base/fields.ts';
import type { Cluster, KubeObject, ObjectRef } from '../../kubernetes/cluster.ts';
import { groupKind, keyOf, titleOf } from '../../kubernetes/objectKey.ts';
import type { Project } from '../../openstack/project.ts';
import { lossesOf } from '../../relations/losses.ts';
import { fileName } from '../files/fileName.ts';
import { comparable } from '../plan/diff.ts';
import { FIELD_MANAGER } from '../plan/dryRun.ts';
import { LiveObjects } from '../plan/liveObjects.ts';
import { definedKind } from '../plan/order.ts';
import { KindTable } from '../plan/prepare.ts';
import { isKept } from '../run/summary.ts';
import { isStack } from '../stacks/declaration.ts';
import { findStack } from '../stacks/stackRemoval.ts';
import type { Plan, Source, Step } from '../types.ts';
import { type Inventory, type Member, memberKey, PART_OF } from './inventory.ts';
import { type Doing, keptBecause, keptByAnnotation } from './keep.ts';
import { outsideOf } from './outside.ts';
import type { PlannedSet } from './plannedSet.ts';
import { removalOrder } from './removalOrder.ts';

/** What is needed to judge deletions. */
export interface RemovalContext {
  readonly cluster: Cluster;
  readonly signal: AbortSignal;
  /** Names what goes with an object in them. */
  readonly projects: readonly Project[];
}

/** The source of a step that no file holds. */
export const NOWHERE: Source = { file: '', range: { start: 0, end: 0 }, index: -1, line: 1 };

/** Members of a set and the steps that take them away. */
export interface Removals {
  readonly steps: readonly Step[];
  /** Those that are gone already. */
  readonly forgotten: readonly Member[];
}

/**
 * The deletions of a deploy: members of the set that no document holds any more. `steps` are those of the plan. An object goes only if it still says that it is of this set and is the very one that was
 * deployed; what is kept is a step that says why. Nothing is proposed for an empty plan: a folder that could not be found is not a wish to delete everything.
 */
export async function pruneSteps(
  set: Pick<PlannedSet, 'partial' | 'prune'> & { readonly before: Inventory; readonly leftOut?: readonly string[] },
  steps: readonly Step[],
  context: RemovalContext,
): Promise<Removals> {
  if (set.partial || steps.length === 0) return { steps: [], forgotten: [] };
  const planned = new Set(steps.map(({ ref }) => memberKey(ref)));
  const left = set.before.members.filter((member) => !planned.has(memberKey(member)));
  const removals = await removalsOf(left, set.before.id, 'prune', context);
  const off = 'no longer in the files; stays, because pruning is off';
  const files = new Set(set.leftOut?.map(fileName));
  const sources = new Map(left.map((member) => [memberKey(member), member.source?.replace(/#\d+$/, '') ?? '']));
  return {
    ...removals,
    steps: removals.steps.map((step) => {
      if (step.action !== 'prune') return step;
      const source = sources.get(memberKey(step.ref)) ?? '';
      if (files.has(source)) return kept(step, `stays: ${source}, where it was written, is left out and still there`);
      if (set.prune === 'off') return kept(step, off);
      return { ...step, reason: whyGone(step, steps, left) };
    }),
  };
}

/** The steps that delete members, in safe order. `doing` decides what is never deleted. */
export async function removalsOf(
  members: readonly Member[],
  id: string,
  doing: 'prune' | 'undeploy',
  context: RemovalContext,
): Promise<Removals> {
  const kinds = await context.cluster.kinds({ signal: context.signal });
  const table = new KindTable(kinds.ok ? kinds.value : [], []);
  const served = members.map((member) => inServedVersion(member, table));
  const objects = served.map((member) => emptyStep(refOfMember(member)).object);
  const live = new LiveObjects(objects, context.cluster, context.signal);
  const going = { verb: doing, going: new Set(members.map(memberKey)) };
  const looked = await Promise.all(served.map((member) => removalOf(member, id, going, { ...context, live })));
  const steps = withKeptDefinitions(looked.flatMap(({ step }) => step ?? []));
  return { steps: inStages(steps), forgotten: looked.flatMap(({ forgotten }) => forgotten ?? []) };
}

/** A definition stays while an object of its kind does: it would take the object along. */
function withKeptDefinitions(steps: readonly Step[]): Step[] {
  const staying = steps.filter(({ action }) => action === 'skip');
  return steps.map((step) => {
    const defined = step.action === 'prune' ? definedKind(step.object) : undefined;
    const user = defined === undefined ? undefined : staying.find(({ ref }) => groupKind(ref) === defined);
    return user ? kept(step, `stays: ${titleOf(user.ref)} stays, and would go with it`) : step;
  });
}

/** Steps that delete, each with its stage, in the order in which they go; those that keep stand behind. */
export function inStages(steps: readonly Step[]): Step[] {
  const turns = removalOrder(steps.filter(({ action }) => action === 'prune'));
  const places = new Map([...turns.keys()].map((key, index) => [key, index]));
  const placeOf = ({ key }: Step) => places.get(key) ?? turns.size;
  return steps.map((step) => ({ ...step, ...turns.get(step.key) })).sort((one, other) => placeOf(one) - placeOf(other));
}

/** A version that was deployed may be gone by now, and its objects are still there in another. */
function inServedVersion(member: Member, table: KindTable): Member {
  const other = table.find(member.apiVersion, member.kind) ? undefined : table.preferred(groupKind(member));
  return other ? { ...member, apiVersion: other.apiVersion } : member;
}

function refOfMember({ apiVersion, kind, name, namespace }: Member): ObjectRef {
  return { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
}

async function removalOf(
  member: Member,
  id: string,
  doing: Doing,
  context: RemovalContext & { readonly live: LiveObjects },
): Promise<{ readonly step?: Step; readonly forgotten?: Member }> {
  const { cluster, signal } = context;
  const { uid } = member;
  const ref = refOfMember(member);
  if (isStack(ref)) return stackRemoval(member, ref, context);
  const live = await context.live.get(emptyStep(ref).object);
  if (!live.ok && live.failure.reason === 'notFound') return { forgotten: member };
  const step = emptyStep(ref);
  if (!live.ok) return { step: kept(step, `it could not be read: ${live.failure.message}`) };
  const { metadata } = live.value;
  // another set took it, or somebody let it go: either way it is not ours to remember
  if (metadata.labels?.[PART_OF] !== id) return { step: kept(step, unmarked), forgotten: member };
  if (uid !== undefined && metadata.uid !== uid && !isOurs(live.value)) return { step: kept(step, 'somebody else made it anew') };
  const why = await keptBecause(live.value, doing, cluster, signal);
  if (why !== undefined) return { step: kept(step, `stays: ${why}`) };
  return { step: await removalStep(step, live.value, context) };
}

/**
 * Why what was to go when the plan was made stays all the same, asked right before it goes: another set has taken it by now, or somebody has marked it to be kept. Undefined where it goes, and where only its deletion
 * can tell: it cannot be read, or is another object by now.
 */
export async function keptSince(
  { ref, uid, inside }: Step,
  id: string,
  { cluster, signal }: Pick<RemovalContext, 'cluster' | 'signal'>,
): Promise<string | undefined> {
  if (inside || isStack(ref)) return undefined;
  const live = await cluster.get(ref, signal);
  if (!live.ok || live.value.metadata.uid !== uid) return undefined;
  if (live.value.metadata.labels?.[PART_OF] !== id) return unmarked;
  return keptByAnnotation(live.value);
}

const unmarked = 'it is no longer marked as one of this set';

const emptyStep = (ref: ObjectRef): Step => ({
  key: keyOf(ref),
  ref,
  action: 'prune',
  reason: '',
  source: NOWHERE,
  object: { ...ref, metadata: { ...ref } },
  warnings: [],
  after: [],
});

async function stackRemoval(
  member: Member,
  ref: ObjectRef,
  { projects, signal }: RemovalContext,
): Promise<{ readonly step?: Step; readonly forgotten?: Member }> {
  const found = await findStack(member, projects, signal);
  if (!found.ok && found.failure.reason === 'notFound') return { forgotten: member };
  if (!found.ok) return { step: kept(emptyStep(ref), `stays: ${found.failure.message}`) };
  const { id: uid, destroys } = found.value;
  return { step: { ...emptyStep(ref), uid, destroys } };
}

/** A step that deletes a live object, with what goes with it. */
export async function removalStep(step: Step, object: KubeObject, { cluster, signal, projects }: RemovalContext): Promise<Step> {
  const [destroys, losses] = await Promise.all([
    outsideOf(object, cluster, signal),
    lossesOf(cluster, object, { deletes: true }, projects),
  ]);
  const shown = comparable(object);
  return {
    ...step,
    object: shown,
    live: shown,
    warnings: projects.length > 0 ? losses.lines : [],
    ...(object.metadata.uid === undefined ? {} : { uid: object.metadata.uid }),
    ...(destroys === undefined ? {} : { destroys }),
  };
}

function kept(step: Step, reason: string): Step {
  const { destroys: _, uid: __, stage: ___, ...rest } = step;
  return { ...rest, action: 'skip', reason, warnings: [], after: [] };
}

const isOurs = ({ metadata }: KubeObject) =>
  listAt(metadata, 'managedFields').some((entry) => textAt(entry, 'manager') === FIELD_MANAGER);

/** Why a member goes. A rename is a deletion and a creation, and whoever renames a database should be told so. */
function whyGone(step: Step, steps: readonly Step[], members: readonly Member[]): string {
  const source = members.find((member) => memberKey(member) === memberKey(step.ref))?.source;
  const made = steps.filter(
    ({ action, ref }) =>
      (action === 'create' || action === 'unverified') &&
      groupKind(ref) === groupKind(step.ref) &&
      ref.namespace === step.ref.namespace,
  );
  const named =
    made.find((one) => `${fileName(one.source.file)}#${one.source.index}` === source) ??
    made.find((one) => sameBut(one.object, step.object));
  if (!named) return 'no longer in the files';
  return `renamed to ${named.ref.name} in ${fileName(named.source.file)}:${named.source.line}, which makes another: this one goes with all it holds`;
}

function sameBut(one: KubeObject, other: KubeObject): boolean {
  return sameJson({ ...comparable(one), metadata: 0 }, { ...comparable(other), metadata: 0 });
}

/** A plan of what is written alone: without what the set no longer holds, whether it would go or stay. */
export function onlyWritten(plan: Plan): Plan {
  return { ...plan, steps: plan.steps.filter((step) => step.action !== 'prune' && !isKept(step)) };
}

/** The plan without its deletions of what is no longer written: they stay and are asked about again. */
export function withoutPrunes(plan: Plan): Plan {
  const steps = plan.steps.map((step) => (step.action === 'prune' ? kept(step, 'stays this time') : step));
  const { prune, skip } = plan.counts;
  return { ...plan, steps, counts: { ...plan.counts, prune: 0, skip: skip + prune } };
}

/** The steps of a plan that destroy something outside Kubernetes. */
export function casualtiesOf({ steps }: Pick<Plan, 'steps'>): readonly Step[] {
  return steps.filter(({ action, destroys }) => destroys !== undefined && (action === 'prune' || action === 'recreate'));
}

/** What is typed before something outside Kubernetes is destroyed: the names of the objects it hangs on, of many their number; undefined when nothing is. */
export function wordToType(plan: Pick<Plan, 'steps'>): string | undefined {
  const names = casualtiesOf(plan).map(({ ref }) => ref.name);
  if (names.length === 0) return undefined;
  return names.length <= 3 ? names.join(' ') : `${names.length} objects`;
}

/** `Service web: the load balancer of web at 203.0.113.5`, for a question. */
export function casualtyLine({ ref, destroys = '' }: Step): string {
  return `${titleOf(ref)}: ${destroys}`;
}
