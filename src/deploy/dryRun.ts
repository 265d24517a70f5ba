import type { Failure } from '../base/failure.ts';
import type { Cluster, KubeObject } from '../kubernetes/cluster.ts';
import { changesBetween, comparable, describeChanges } from './diff.ts';
import { type Path, sameJson, textAt } from './fields.ts';
import type { Prepared } from './gate.ts';
import { titleOf } from './key.ts';
import type { LiveObjects } from './liveObjects.ts';
import type { After } from './order.ts';
import type { Attempt, Pace } from './pace.ts';
import { refOf } from './prepare.ts';
import { conflictsOf, isTransient, readRefusal, retryAfterOf } from './refusal.ts';
import type { Blocker, Step } from './types.ts';

/** Our name in managedFields. A promise: changing it would orphan every field applied so far. */
export const FIELD_MANAGER = 'hybrid-clusters';

/** A step and what, if anything, blocks it. */
export interface Verified {
  readonly step: Step;
  readonly blocker?: Blocker;
}

/** What a dry run needs beside the object. */
export interface DryRunContext {
  readonly cluster: Cluster;
  readonly pace: Pace;
  readonly signal: AbortSignal;
  readonly live: LiveObjects;
}

const BUDGET_MS = 8_000;

/**
 * Asks the server what applying one object would do, and compares the answer with what is there. Fails only as a blocker of its step: the other steps go on.
 */
export async function verify(one: Prepared, after: readonly After[], context: DryRunContext): Promise<Verified> {
  const { cluster, pace } = context;
  const attempt: Attempt = { signal: context.signal, budgetMs: BUDGET_MS, transient: isTransient, retryAfter: retryAfterOf };
  const dry = await pace.run(() => cluster.apply(one.object, { dryRun: true, signal: context.signal }), attempt);
  if (!dry.ok) return refused(one, after, dry.failure, context);
  const { object: result, created, warnings } = dry.value;
  if (created) return { step: { ...stepOf(one, after, 'create', ''), result: comparable(result), warnings } };
  const live = await pace.run(() => context.live.get(one.object), attempt);
  if (!live.ok) return refused(one, after, live.failure, context);
  return { step: compared(one, after, live.value, result, warnings) };
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
    warnings: [],
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
  const sides = { live: comparable(live), result: comparable(result), warnings };
  if (sameJson(sides.live, sides.result)) return { ...stepOf(one, after, 'unchanged', ''), ...sides };
  const reason = describeChanges(changesBetween(sides.live, sides.result));
  const foreign = managersOf(live).filter((manager) => manager !== FIELD_MANAGER);
  if (managersOf(live).includes(FIELD_MANAGER) || foreign.length === 0)
    return { ...stepOf(one, after, 'update', reason), ...sides };
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

async function refused(one: Prepared, after: readonly After[], failure: Failure, context: DryRunContext): Promise<Verified> {
  const refusal = readRefusal(failure, one.object);
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
