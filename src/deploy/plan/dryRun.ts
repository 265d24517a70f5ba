import type { Failure } from '../../base/failure.ts';
import { type Path, sameJson, textAt } from '../../base/fields.ts';
import type { Cluster, KubeObject } from '../../kubernetes/cluster.ts';
import { titleOf } from '../../kubernetes/objectKey.ts';
import { secretMask } from '../record/secretMask.ts';
import { memberKey } from '../removal/inventory.ts';
import type { Attempt, Pace } from '../run/pace.ts';
import type { Blocker, Step } from '../types.ts';
import { leftFields, onceOurs, withoutDropped, withoutOurConflicts } from './clientSideApply.ts';
import { changesBetween, comparable, describeChanges } from './diff.ts';
import { FIELD_MANAGER, isOurManager } from './fieldOwners.ts';
import { wholeFieldPath, withoutFields } from './fieldPath.ts';
import type { Prepared } from './gate.ts';
import { helmReason, releaseOf } from './helmOwned.ts';
import { isAsApplied } from './isAsApplied.ts';
import type { LiveObjects } from './liveObjects.ts';
import type { After } from './order.ts';
import { refOf } from './prepare.ts';
import { conflictsOf, isTransient, readRefusal, retryAfterOf, undeclaredFields } from './refusal.ts';
import { isHeldByHandOver, isScaleConflict } from './scaleHandOver.ts';

export { FIELD_MANAGER };

/** A step and what, if anything, blocks it. */
export interface Verified {
  readonly step: Step;
  readonly blocker?: Blocker;
  /** Of a conflict, as it was asked about. */
  readonly scale?: Prepared['scale'];
}

/** What a dry run needs beside the object. */
export interface DryRunContext {
  readonly cluster: Cluster;
  readonly pace: Pace;
  readonly signal: AbortSignal;
  readonly live: LiveObjects;
  /** Keys of what the set holds already (`memberKey`): mostly as it was deployed, so it is looked at before anything is asked. */
  readonly held: ReadonlySet<string>;
}

const BUDGET_MS = 8_000;

/**
 * Asks the server what applying one object would do, and compares the answer with what is there; what the set holds already and the server notes to be as it was applied needs no question.
 * Fails only as a blocker of its step: the other steps go on.
 */
export async function verify(one: Prepared, after: readonly After[], context: DryRunContext): Promise<Verified> {
  const { cluster, pace } = context;
  const attempt: Attempt = { signal: context.signal, budgetMs: BUDGET_MS, transient: isTransient, retryAfter: retryAfterOf };
  const settled = await asHeld(one, after, attempt, context);
  if (settled) return settled;
  const lenient = one.written.chart !== undefined;
  const ask = (object: KubeObject, force = false) =>
    pace.run(() => cluster.apply(object, { dryRun: true, force, lenient, signal: context.signal }), attempt);
  const asked = await ask(one.scale?.asked ?? one.object);
  // The autoscaler was quicker than the question: the count is not ours alone any more.
  const first = one.scale && !asked.ok && isScaleConflict(asked.failure) ? await ask(one.object) : asked;
  const known = lenient && !first.ok ? withoutUndeclared(one, first.failure) : undefined;
  if (known) {
    const { step, blocker } = await verify(known.one, after, context);
    return { step: { ...step, warnings: [...known.warnings, ...step.warnings] }, ...(blocker ? { blocker } : {}) };
  }
  const failure = first.ok ? undefined : await foreignConflict(one, first.failure, context);
  // A count that we handed over once is still ours to take back: nothing else is forced here, and nothing is written.
  const isHeld = !one.scale && failure !== undefined && isHeldByHandOver(failure);
  // What Helm would do with its own object is shown whole.
  const isForced = !first.ok && (isHeld || failure === undefined || (await isHelms(one, failure, context)));
  const dry = isForced ? await ask(one.scale?.asked ?? one.object, true) : first;
  if (!dry.ok) return refused(one, after, isForced ? dry.failure : (failure ?? dry.failure), context);
  const { object: result, created, warnings } = dry.value;
  if (created) return { step: { ...stepOf(one, after, 'create', ''), result: comparable(result), warnings } };
  const live = await pace.run(() => context.live.get(one.object), attempt);
  if (!live.ok) return refused(one, after, live.failure, context);
  const step = compared(one, after, live.value, result, warnings);
  return { step: isHeld ? { ...step, scale: 'takeBack' } : step };
}

/** Undefined where only a dry run can tell. */
async function asHeld(
  one: Prepared,
  after: readonly After[],
  attempt: Attempt,
  { held, live, pace }: DryRunContext,
): Promise<Verified | undefined> {
  if (one.scale || !held.has(memberKey(refOf(one.object)))) return undefined;
  const found = await pace.run(() => live.get(one.object), attempt);
  if (!found.ok || !isAsApplied(one.object, found.value)) return undefined;
  return { step: compared(one, after, found.value, found.value, []) };
}

/** What a chart writes and the server does not declare goes as it goes with Helm, whose patches lose it on the way: left out, and told. Undefined where that is not what is wrong. */
function withoutUndeclared(
  one: Prepared,
  failure: Failure,
): { readonly one: Prepared; readonly warnings: readonly string[] } | undefined {
  const names = undeclaredFields(failure);
  const paths = names.map((name) => wholeFieldPath(name, one.object)).filter((path) => path !== undefined);
  if (paths.length === 0 || paths.length < names.length) return undefined;
  const warnings = names.map((name) => `unknown field "${name.replace(/^\./, '')}", left out`);
  const scale = one.scale && { ...one.scale, asked: withoutFields(one.scale.asked, paths) };
  return { one: { ...one, object: withoutFields(one.object, paths), ...(scale ? { scale } : {}) }, warnings };
}

/** A refusal without the conflicts about what `kubectl apply` and our own updates hold for us; undefined where it is about nothing else. */
async function foreignConflict(one: Prepared, failure: Failure, { live }: DryRunContext): Promise<Failure | undefined> {
  if (readRefusal(failure, one.object)?.action !== 'conflict') return failure;
  const found = await live.get(one.object);
  const ours = found.ok ? onceOurs(found.value, one.object, leftFields(one.scale && 'handOver')) : undefined;
  return ours ? withoutOurConflicts(failure, ours) : failure;
}

async function isHelms(one: Prepared, failure: Failure, { live }: DryRunContext): Promise<boolean> {
  if (readRefusal(failure, one.object)?.action !== 'conflict') return false;
  const found = await live.get(one.object);
  return found.ok && releaseOf(found.value) !== undefined;
}

/** A step whose dry run would only fail because something of this plan is not there yet. */
export function unverified(one: Prepared, after: readonly After[], reason: string): Step {
  return stepOf(one, after, 'unverified', reason);
}

function stepOf(one: Prepared, after: readonly After[], action: Step['action'], reason: string): Step {
  return {
    key: one.key,
    ref: refOf(one.object),
    action,
    reason,
    source: one.written.source,
    object: one.object,
    ...(one.scale ? { scale: 'handOver' as const } : {}),
    warnings: [],
    ...(one.written.chart ? { lenient: true as const } : {}),
    after,
  };
}

function compared(
  one: Prepared,
  after: readonly After[],
  live: KubeObject,
  result: KubeObject,
  warnings: readonly string[],
): Step {
  const release = releaseOf(live);
  const ours = release === undefined ? onceOurs(live, one.object, leftFields(one.scale && 'handOver')) : undefined;
  const sent = ours ? withoutDropped(result, ours.dropped) : result;
  const sides = { live: comparable(live), result: comparable(sent), warnings };
  const isSame = sameJson(sides.live, sides.result);
  const reason = isSame ? '' : describeChanges(changesBetween(sides.live, sides.result));
  if (release !== undefined) return { ...stepOf(one, after, 'skip', helmReason(release, reason)), ...sides, release };
  if (isSame) return { ...stepOf(one, after, 'unchanged', ''), ...sides };
  const takesOver = ours ? { takesOver: { fields: ours.fields, from: ours.words } } : {};
  const managers = managersOf(live);
  const foreign = managers.filter((manager) => !isOurManager(manager));
  // what kubectl applied of ours makes an object ours as much as what we applied
  if (ours || managers.includes(FIELD_MANAGER) || foreign.length === 0)
    return { ...stepOf(one, after, 'update', reason), ...sides, ...takesOver };
  return { ...stepOf(one, after, 'adopt', `${reason}; so far from ${foreign.join(', ')}`), ...sides };
}

/** Who wrote an object's fields, controllers' status aside. */
function managersOf(live: KubeObject): string[] {
  const entries = live.metadata['managedFields'];
  if (!Array.isArray(entries)) return [];
  const names = entries
    .filter((entry) => textAt(entry, 'subresource') === undefined)
    .map((entry) => textAt(entry, 'manager') ?? '');
  return [...new Set(names.filter((name) => name !== ''))];
}

async function refused(one: Prepared, after: readonly After[], said: Failure, context: DryRunContext): Promise<Verified> {
  // a server quotes what it refuses, and that may be the value of a Secret
  const mask = secretMask([one.object]);
  const failure = { ...said, message: mask(said.message, one.key) };
  const read = readRefusal(failure, one.object);
  const refusal = read && { ...read, reason: mask(read.reason, one.key) };
  const title = titleOf(refOf(one.object));
  if (refusal === undefined) {
    const step = stepOf(one, after, 'invalid', failure.message);
    return {
      step,
      blocker: { message: `${title} could not be checked: ${failure.message}`, step: one.key, failure, ...placeAt(one, []) },
    };
  }
  if (refusal.action === 'unverified') return { step: unverified(one, after, refusal.reason) };
  const step = stepOf(one, after, refusal.action, refusal.reason);
  const blocker = {
    message: blockerMessage(title, refusal.action, refusal.reason),
    step: one.key,
    failure,
    ...placeAt(one, refusal.paths[0] ?? []),
  };
  if (refusal.action !== 'conflict') return { step, blocker };
  const live = await context.cluster.get(refOf(one.object), context.signal);
  return {
    step: {
      ...step,
      ...(live.ok ? { live: comparable(live.value) } : {}),
      conflicts: conflictsOf(failure, one.object, live.ok ? live.value : undefined),
    },
    blocker,
    scale: one.scale,
  };
}

function placeAt(one: Prepared, path: Path): Pick<Blocker, 'place'> {
  return { place: one.written.placeOf(path) };
}

const NEXT: Readonly<Partial<Record<Step['action'], string>>> = {
  conflict: 'Take the field out of the manifest, or agree with its owner.',
  recreate: 'Delete it first, or give the new one another name.',
  forbidden: 'Ask for the right, or deploy as somebody who has it.',
};

function blockerMessage(title: string, action: Step['action'], reason: string): string {
  const next = NEXT[action];
  const what =
    action === 'recreate'
      ? `${title} must be made anew`
      : action === 'conflict'
        ? `${title} has another owner`
        : `${title} is refused`;
  return `${what}: ${reason}.${next === undefined ? '' : ` ${next}`}`;
}
