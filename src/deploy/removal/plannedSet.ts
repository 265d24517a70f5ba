import { failed, type Result, success } from '../../base/failure.ts';
import type { Cluster, KubeObject } from '../../kubernetes/cluster.ts';
import { fileName } from '../files/fileName.ts';
import { refOf } from '../plan/prepare.ts';
import { isStack } from '../stacks/declaration.ts';
import { projectOf } from '../stacks/stackRemoval.ts';
import type { Plan, Step, Target } from '../types.ts';
import {
  emptyInventory,
  type Inventory,
  type Member,
  memberKey,
  parentObject,
  parentRef,
  readInventories,
  readParent,
  sameMembers,
  union,
} from './inventory.ts';
import { NOWHERE } from './prune.ts';

/** Which set a deploy belongs to, and what becomes of what the set no longer holds. */
export interface SetRequest {
  /** The set's own name, then those of the folders around it, nearest first: the first that was deployed before counts, else the first. */
  readonly names: readonly string[];
  /** True when less than the whole of the first name is deployed (single files of a folder): nothing is pruned then. */
  readonly partial: boolean;
  /** `off`: what is no longer written stays. `ask`: it is deleted after a question. `on`: a target that is not protected is not asked about, unless something outside Kubernetes goes. */
  readonly prune: 'off' | 'ask' | 'on';
}

/** The set of a plan: what it held before, and what the plan puts into it. */
export interface PlannedSet {
  readonly before: Inventory;
  /** What the plan holds, by name; their uids are known after the run. */
  readonly members: readonly Member[];
  /** Members that are gone from the cluster: nobody deletes them twice. */
  readonly forgotten: readonly Member[];
  readonly partial: boolean;
  readonly prune: SetRequest['prune'];
}

/** What became of asking for a set. */
export interface OpenSet {
  readonly inventory: Inventory | undefined;
  readonly partial: boolean;
  /** Why there is none, or why it is not complete, for the reader of the plan. */
  readonly notes: readonly string[];
}

/**
 * Finds the set's inventory in the target's namespace. Who may not read or write it there deploys without one, and is told: then nothing is labelled, noted or pruned.
 * Fails as the connection fails.
 */
export async function openSet(
  request: SetRequest,
  target: Target,
  cluster: Cluster,
  signal: AbortSignal,
): Promise<Result<OpenSet>> {
  const { namespace, context } = target;
  const [own = namespace] = request.names;
  const none = (why: string): Result<OpenSet> => success({ inventory: undefined, partial: request.partial, notes: [why] });
  const found = await readInventories(cluster, namespace, signal);
  if (!found.ok && found.failure.reason !== 'forbidden') return found;
  if (!found.ok)
    return none(`What was deployed to ${namespace} on ${context} cannot be read, so nothing is pruned: ${found.failure.message}`);
  const { sets, broken } = found.value;
  if (broken[0] !== undefined) return none(broken[0]);
  const name = request.names.find((one) => sets.some((set) => set.name === one)) ?? own;
  const inventory = sets.find((set) => set.name === name);
  const partial = request.partial || name !== own;
  if (inventory) return success({ inventory, partial, notes: [] });
  const fresh = emptyInventory(name, namespace);
  const written = await cluster.apply(parentObject(fresh), { dryRun: true, signal });
  if (!written.ok && written.failure.reason === 'forbidden')
    return none(
      `What is deployed cannot be noted in ${namespace} on ${context}, so nothing is pruned later: ${written.failure.message}`,
    );
  return success({ inventory: fresh, partial, notes: [] });
}

/** The members that the steps of a deploy put into a set. */
export function membersOf(steps: readonly Step[], target: Target): Member[] {
  const project = projectOf(target);
  // what is left to somebody else, or stands in no file, is no member
  const ours = steps.filter(({ action, source }) => action !== 'skip' && source !== NOWHERE);
  return ours.map(({ ref, source }) => ({
    ...ref,
    source: `${fileName(source.file)}#${source.index}`,
    ...(isStack(ref) && project !== undefined ? { project } : {}),
  }));
}

/** What was written before the steps of a run. */
export interface NotedBefore {
  /** The namespace of the set if it is of the plan and was made, by its step's key. */
  readonly made: ReadonlyMap<string, KubeObject>;
  /** The set as it was noted then. Undefined where nothing was to be noted. */
  readonly noted?: Inventory;
  /** The version of the object that holds it. */
  readonly version?: string | undefined;
}

/** Whether a plan puts something into its set that is not noted there. */
function isToNote({ before, members }: PlannedSet): boolean {
  return !sameMembers(union(before.members, members), before.members);
}

/** The set of a plan as it is noted now, where something is to be noted in it before the run: read while something else is asked, for it writes nothing. Fails as reading does. */
export async function readBefore({ set }: Plan, cluster: Cluster, signal: AbortSignal): Promise<Result<Inventory | undefined>> {
  return set && isToNote(set) ? readNow(set.before, cluster, signal) : success(undefined);
}

/**
 * Notes what is about to be deployed, beside all that was: a crash at any point forgets nothing. The namespace of the set is made first when it is of this plan. `before` as {@link readBefore} has it. Fails,
 * before anything else is written, as the write fails.
 */
export async function noteBefore(
  plan: Plan,
  before: Inventory | undefined,
  cluster: Cluster,
  signal: AbortSignal,
): Promise<Result<NotedBefore>> {
  const none = new Map<string, KubeObject>();
  if (!plan.set || !before) return success({ made: none });
  const all = union(before.members, plan.set.members);
  const space = plan.steps.find(
    ({ ref, action }) => ref.kind === 'Namespace' && ref.name === before.namespace && action === 'create',
  );
  const made = space && (await cluster.apply(space.object, { signal }));
  if (made && !made.ok) return made;
  const noted = { ...before, members: all };
  const written = await cluster.apply(parentObject(noted), { signal });
  if (!written.ok)
    return failed(written.failure.reason, `${whatFails(before)}: ${written.failure.message} Nothing was deployed.`);
  const { resourceVersion: version } = written.value.object.metadata;
  return success({ made: space && made ? new Map([[space.key, made.value.object]]) : none, noted, version });
}

/** The set as it is noted now: another deploy of it may have ended since the plan was made, and what that one deployed is not to be forgotten. Fails as reading does. */
async function readNow(planned: Inventory, cluster: Cluster, signal?: AbortSignal): Promise<Result<Inventory>> {
  const live = await cluster.get(parentRef(planned), signal);
  if (!live.ok)
    return live.failure.reason === 'notFound'
      ? success(planned)
      : failed(live.failure.reason, `${whatFails(planned)}: ${live.failure.message}`);
  const now = readParent(live.value);
  return now.ok ? success({ ...planned, members: union(planned.members, now.value.members) }) : now;
}

const whatFails = (set: Inventory) => `What is deployed could not be noted in ConfigMap ${set.namespace}/${parentRef(set).name}`;

/** What a run did to the members of a set. */
export interface RunOfSet {
  /** What was noted before it. */
  readonly before: NotedBefore;
  /** The objects that are there now, by the key of their step. */
  readonly applied: ReadonlyMap<string, KubeObject>;
  /** Keys of the steps whose objects are gone. */
  readonly gone: ReadonlySet<string>;
}

/** Notes what is there now. Without a member the inventory goes, too. Fails as the write fails: then the next run finds more than there is, which does no harm. */
export async function noteAfter(
  plan: Plan,
  { before: { noted, version }, applied, gone }: RunOfSet,
  cluster: Cluster,
  signal?: AbortSignal,
): Promise<Result<void>> {
  if (!plan.set) return success(undefined);
  const { before: planned, members, forgotten } = plan.set;
  const uids = new Map([...applied.values()].map((object) => [memberKey(refOf(object)), object.metadata.uid]));
  const left = new Set([
    ...forgotten.map(memberKey),
    ...plan.steps.filter(({ key }) => gone.has(key)).map(({ ref }) => memberKey(ref)),
  ]);
  const seen = members.map((member) => {
    const uid = uids.get(memberKey(member));
    return uid === undefined ? member : { ...member, uid };
  });
  const after = (earlier: readonly Member[]) => union(earlier, seen).filter((member) => !left.has(memberKey(member)));
  const expected = after(planned.members);
  if (expected.length > 0 && sameMembers(expected, union(planned.members, members))) return success(undefined);
  // Nobody else wrote there since, as the server sees to: what was noted need not be read again.
  const stay = noted ? after(noted.members) : [];
  if (noted && version !== undefined && stay.length > 0) {
    const object = parentObject({ ...noted, members: stay });
    const metadata = { ...object.metadata, resourceVersion: version };
    const written = await cluster.apply({ ...object, metadata }, signal ? { signal } : {});
    if (written.ok) return success(undefined);
  }
  const read = await readNow(planned, cluster, signal);
  if (!read.ok) return read;
  const before = read.value;
  const now = after(before.members);
  if (now.length === 0) {
    const deleted = await cluster.delete(parentRef(before), signal ? { signal } : {});
    return deleted.ok || deleted.failure.reason === 'notFound' ? success(undefined) : deleted;
  }
  const written = await cluster.apply(parentObject({ ...before, members: now }), signal ? { signal } : {});
  return written.ok ? success(undefined) : failed(written.failure.reason, `${whatFails(before)}: ${written.failure.message}`);
}
