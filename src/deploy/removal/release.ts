import { eachOf } from '../../base/eachOf.ts';
import { type Failure, type Result, success } from '../../base/failure.ts';
import { fieldsAt, isFields, textAt } from '../../base/fields.ts';
import type { Cluster, KubeObject, ObjectRef } from '../../kubernetes/cluster.ts';
import { keyOf, titleOf } from '../../kubernetes/objectKey.ts';
import { isOurManager } from '../plan/fieldOwners.ts';
import { patchGuarded } from '../plan/guardedPatch.ts';
import { targetName } from '../plan/planText.ts';
import { verifyTarget } from '../target.ts';
import type { Plan, Target } from '../types.ts';
import { memberKey, parentRef } from './inventory.ts';
import type { PlannedSet } from './plannedSet.ts';

/** What becomes of one object when we let go of it. `nothing`: no field of it is ours. */
export interface ReleaseStep {
  readonly key: string;
  readonly ref: ObjectRef;
  readonly action: 'release' | 'nothing' | 'missing' | 'unreadable';
  /** One line: how many fields, who has applied it beside us, what goes. */
  readonly reason: string;
  /** The engines that have applied it, by their field managers. */
  readonly engines: readonly string[];
}

/** What letting go of a deploy's objects will do, before it is done. No object changes in what it asks for: only who owns its fields, and our own labels. */
export interface ReleasePlan {
  readonly target: Target;
  readonly steps: readonly ReleaseStep[];
  /** The inventory of the set, where all of the set is let go of: it goes, too. */
  readonly inventory?: ObjectRef;
}

/** The end of a release. `results`: one line for each object that was to be released. */
export interface ReleaseSummary {
  readonly sentence: string;
  readonly results: readonly { readonly key: string; readonly failure?: Failure }[];
}

/** Labels by which an object belongs to a set of ours. Source: Kubernetes, KEP-3659 (ApplySet), "labels and annotations of members". */
const OUR_LABELS: readonly string[] = ['applyset.kubernetes.io/part-of'];
/** As whom the engines apply. Sources: fluxcd/kustomize-controller and helm-controller, `controllerName`; Argo CD, "Server-Side Apply", field manager. */
const ENGINES = /^(kustomize-controller|helm-controller|argocd-(controller|application-controller))$/;
const AT_ONCE = 8;

/** Looks at each object of a plan and says what letting go of it means. Nothing is written. What cannot be read is a step of its own. */
export async function planRelease(
  { target, steps, set }: Pick<Plan, 'target' | 'steps' | 'set'>,
  cluster: Cluster,
  signal?: AbortSignal,
): Promise<ReleasePlan> {
  const found = new Map<string, ReleaseStep>();
  await eachOf(steps, AT_ONCE, async ({ ref }) => {
    const key = keyOf(ref);
    const live = await cluster.get(ref, signal);
    found.set(key, { key, ref, ...(live.ok ? judge(live.value) : unread(live.failure)) });
  });
  return {
    target,
    steps: steps.flatMap(({ ref }) => found.get(keyOf(ref)) ?? []),
    ...(set && isWhole(set, steps) ? { inventory: parentRef(set.before) } : {}),
  };
}

/** Whether all that a set holds is among the steps: else its inventory is still needed. */
function isWhole({ partial, before }: PlannedSet, steps: Plan['steps']): boolean {
  const keys = new Set(steps.map(({ ref }) => memberKey(ref)));
  return !partial && before.members.length > 0 && before.members.every((member) => keys.has(memberKey(member)));
}

/** The plan as text: a line for each object, why in the lines below it. */
export function printRelease({ target, steps, inventory }: ReleasePlan): string {
  const counts = [...Map.groupBy(steps, ({ action }) => action)].map(([action, all]) => `${all.length} ${action}`);
  const lines = [
    ...steps.flatMap(({ action, key, reason }) => [`  ${action} ${key}`, ...reason.split('; ').map((part) => `    ${part}`)]),
    ...(inventory ? [`  delete ${titleOf(inventory)}`, '    what was deployed is noted in it'] : []),
  ];
  return `${[`Release on ${targetName(target)}: ${counts.join(' · ') || 'nothing'}`, ...lines].join('\n')}\n`;
}

/**
 * Lets go of what a plan says: takes our entries out of each object's managedFields, and our labels off it. Nothing that it asks for changes. Fails before anything is written as {@link verifyTarget} does; what fails
 * for one object is told in the summary, and the others go on.
 */
export async function release(
  plan: ReleasePlan,
  cluster: Cluster,
  { signal, onProgress }: { readonly signal?: AbortSignal; readonly onProgress?: (done: number, of: number) => void } = {},
): Promise<Result<ReleaseSummary>> {
  const same = await verifyTarget(plan.target, cluster, signal);
  if (!same.ok) return same;
  const steps = plan.steps.filter(({ action }) => action === 'release');
  const results: { readonly key: string; readonly failure?: Failure }[] = [];
  const work = async ({ key, ref }: ReleaseStep): Promise<void> => {
    const done = await patchGuarded(cluster, ref, releasePatch, signal);
    results.push(done.ok ? { key } : { key, failure: done.failure });
    onProgress?.(results.length, steps.length);
  };
  await eachOf(steps, AT_ONCE, work, signal);
  if (plan.inventory && results.length === steps.length && !results.some(({ failure }) => failure)) {
    const gone = await cluster.delete(plan.inventory, signal ? { signal } : {});
    if (!gone.ok && gone.failure.reason !== 'notFound') return gone;
  }
  return success({ sentence: sentenceOf(plan, results), results });
}

function sentenceOf({ target, steps }: ReleasePlan, results: ReleaseSummary['results']): string {
  const wanted = steps.filter(({ action }) => action === 'release').length;
  const failures = results.flatMap(({ key, failure }) => (failure ? [{ key, failure }] : []));
  const [first] = failures;
  const done = results.length - failures.length;
  if (wanted === 0) return `Nothing on ${targetName(target)} is ours any more.`;
  const step = first && steps.find(({ key }) => key === first.key);
  if (first && step)
    return `${done} of ${wanted} objects on ${targetName(target)} are released. ${titleOf(step.ref)} is not: ${first.failure.message.replace(/\.$/, '')}. Release once more to go on.`;
  if (done < wanted)
    return `Cancelled on ${targetName(target)}: ${done} of ${wanted} objects are released. Release once more to go on.`;
  return `Released on ${targetName(target)}: ${done === 1 ? '1 object' : `${done} objects`}. Nothing of what they ask for has changed.`;
}

/**
 * The merge patch that takes us out of an object, guarded by its resource version; undefined where nothing of it is ours. A manager is let go of by writing the list of the others: an apply
 * that no longer names the fields would delete those that nobody else owns. An empty list would be ignored, one empty entry is not.
 * Sources: Kubernetes, "Server-Side Apply", "Clearing managedFields"; client-go, util/csaupgrade, which changes managers in the same way.
 */
export function releasePatch(live: KubeObject): { readonly metadata: object } | undefined {
  const others = entriesOf(live).filter((entry) => !isOurManager(managerOf(entry)));
  const labels = ourLabels(live);
  if (others.length === entriesOf(live).length && labels.length === 0) return undefined;
  return {
    metadata: {
      resourceVersion: live.metadata.resourceVersion,
      managedFields: others.length === 0 ? [{}] : others,
      ...(labels.length === 0 ? {} : { labels: Object.fromEntries(labels.map((label) => [label, null])) }),
    },
  };
}

type Judged = Pick<ReleaseStep, 'action' | 'reason' | 'engines'>;

function judge(live: KubeObject): Judged {
  const entries = entriesOf(live);
  const ours = pathsOf(entries.filter((entry) => isOurManager(managerOf(entry))));
  const labels = ourLabels(live);
  if (ours.size === 0 && labels.length === 0) return { action: 'nothing', reason: 'no field of it is ours', engines: [] };
  const others = entries.filter((entry) => !isOurManager(managerOf(entry)));
  const theirs = pathsOf(others);
  const left = [...ours].filter((path) => !theirs.has(path) && !labels.some((label) => path.endsWith(`f:${label}`))).length;
  const engines = [...new Set(others.map(managerOf).filter((manager) => ENGINES.test(manager)))];
  const parts = [
    amount(ours.size),
    engines.length > 0 ? `${engines.join(', ')} has applied it` : 'no engine has applied it yet',
    ...(left > 0 ? [`nobody's then: ${amount(left)}, as they stand`] : []),
    ...labels.map((label) => `label ${label} goes`),
  ];
  return { action: 'release', reason: parts.join('; '), engines };
}

function unread(failure: Failure): Judged {
  return failure.reason === 'notFound'
    ? { action: 'missing', reason: 'it is not there', engines: [] }
    : { action: 'unreadable', reason: failure.message, engines: [] };
}

const amount = (fields: number) => (fields === 1 ? '1 field' : `${fields} fields`);

function entriesOf({ metadata }: KubeObject): readonly unknown[] {
  const entries = metadata['managedFields'];
  return Array.isArray(entries) ? entries : [];
}

const managerOf = (entry: unknown) => textAt(entry, 'manager') ?? '';

/** Our labels that nobody else set, too. */
function ourLabels(live: KubeObject): readonly string[] {
  const others = entriesOf(live).filter((entry) => !isOurManager(managerOf(entry)));
  return OUR_LABELS.filter(
    (label) =>
      live.metadata.labels?.[label] !== undefined &&
      !others.some((entry) => `f:${label}` in fieldsAt(entry, 'fieldsV1', 'f:metadata', 'f:labels')),
  );
}

/** The leaves of field sets as paths (FieldsV1: `f:` a member, `k:` and `v:` an item, `.` the thing itself). */
function pathsOf(entries: readonly unknown[]): ReadonlySet<string> {
  const paths = new Set<string>();
  const walk = (fields: unknown, path: string): void => {
    const below = isFields(fields) ? Object.entries(fields).filter(([name]) => name !== '.') : [];
    if (below.length === 0 && path !== '') paths.add(path);
    for (const [name, inner] of below) walk(inner, `${path}/${name}`);
  };
  for (const entry of entries) walk(fieldsAt(entry, 'fieldsV1'), '');
  return paths;
}
