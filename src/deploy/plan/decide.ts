import { listAt, textAt } from '../../base/fields.ts';
import type { KubeObject } from '../../kubernetes/cluster.ts';
import { groupKind, titleOf } from '../../kubernetes/objectKey.ts';
import { outsideOf } from '../removal/outside.ts';
import type { Blocker } from '../types.ts';
import { comparable } from './diff.ts';
import { type DryRunContext, type Verified, verify } from './dryRun.ts';
import { wholeFieldPath, withoutFields } from './fieldPath.ts';
import { readRefusal } from './refusal.ts';

/** What somebody said may be done with steps that else block a plan: by their keys, or all of them. */
export interface Allowed {
  /** Delete and make anew what cannot be changed. */
  readonly recreate?: readonly string[] | 'all';
  /** Take fields from whoever has them. */
  readonly takeOver?: readonly string[] | 'all';
  /** Leave fields to whoever has them: they are not sent this time. */
  readonly keepTheirs?: readonly string[] | 'all';
  /** Namespaces to make that are missing, by name. They are of no set: others may live in them by the time it goes. */
  readonly namespaces?: readonly string[] | 'all';
}

/** How an object that cannot be changed is made anew, by `group/Kind`; the others wait for a yes and go with what they own. */
interface Recreation {
  /** Never, whatever is said: the reason. */
  readonly never?: string;
  /** Its pods stay and belong to the new one. */
  readonly orphan?: true;
}

/** Sources: Kubernetes, "StatefulSets" (deletion with `--cascade=orphan`), "Namespaces", "Persistent Volumes", "Custom Resources". */
const rows: Readonly<Record<string, Recreation>> = {
  '/Namespace': { never: 'all that is in it would go' },
  '/PersistentVolume': { never: 'its data would go' },
  'apiextensions.k8s.io/CustomResourceDefinition': { never: 'all objects of its kind would go' },
  'apps/StatefulSet': { orphan: true },
};

/** Whether a step's object is deleted so that its pods stay. */
export function leavesPods(object: Pick<KubeObject, 'apiVersion' | 'kind'>): boolean {
  return rows[groupKind(object)]?.orphan === true;
}

/**
 * What becomes of steps that cannot go as they are: what was allowed loses its blocker and says what it will do and destroy. A Job that is over is made anew without being asked for, if its
 * template is another: it could not run otherwise, and loses nothing.
 */
export async function decide(verified: readonly Verified[], allowed: Allowed, context: DryRunContext): Promise<Verified[]> {
  return Promise.all(
    verified.map((one) => {
      if (one.step.action === 'recreate') return recreated(one, allowed, context);
      if (one.step.action !== 'conflict') return one;
      if (isAmong(one.step.key, allowed.takeOver)) return takenOver(one, context);
      return isAmong(one.step.key, allowed.keepTheirs) ? leftToThem(one, context) : one;
    }),
  );
}

/** Whether something was said of this one, or of all. */
export const isAmong = (key: string, keys: readonly string[] | 'all' = []) => keys === 'all' || keys.includes(key);

async function recreated(one: Verified, allowed: Allowed, { cluster, signal }: DryRunContext): Promise<Verified> {
  const { step, blocker } = one;
  const title = titleOf(step.ref);
  const never = rows[groupKind(step.object)]?.never;
  if (never !== undefined) {
    const message = `${title} cannot be changed (${step.reason}) and is never made anew: ${never}. Take the change back, or give the new one another name.`;
    return { step, blocker: { ...blocker, message } };
  }
  const found = await cluster.get(step.ref, signal);
  if (!found.ok) return one;
  const live = found.value;
  const reason = whyAnew(live, step.object, blocker);
  if (reason === undefined && !isAmong(step.key, allowed.recreate)) return one;
  const refused = await refusalOfNew(step.object, { cluster, signal });
  if (refused !== undefined) {
    const message = `${title} would be deleted, and the new one refused: ${refused}. Nothing is deleted until it would be taken.`;
    return { step, blocker: { ...blocker, message } };
  }
  const destroys = await outsideOf(live, cluster, signal);
  const { uid } = live.metadata;
  return {
    step: {
      ...step,
      reason: reason ?? `${step.reason}; it is deleted and made anew${leavesPods(live) ? ', its pods stay' : ''}`,
      live: comparable(live),
      result: comparable(step.object),
      ...(uid === undefined ? {} : { uid }),
      ...(destroys === undefined ? {} : { destroys }),
    },
  };
}

/** What the one that still lives uses up says nothing about its successor. */
const TAKEN_NOW = /exceeded quota|already allocated/;

/** Why the server would not take the new object: asked by a dry run under a name that nobody has, before the old one is deleted. */
async function refusalOfNew(
  object: KubeObject,
  { cluster, signal }: Pick<DryRunContext, 'cluster' | 'signal'>,
): Promise<string | undefined> {
  const { name } = object.metadata;
  const probe = { ...object, metadata: { ...object.metadata, name: `${name.slice(0, 50).replace(/[-.]+$/, '')}-anew` } };
  const dry = await cluster.apply(probe, { dryRun: true, signal });
  const refusal = dry.ok ? undefined : readRefusal(dry.failure, probe);
  return refusal === undefined || refusal.action === 'unverified' || TAKEN_NOW.test(refusal.reason) ? undefined : refusal.reason;
}

/** Why a Job is made anew without a word: it is over, and its template is what changed. */
function whyAnew(live: KubeObject, object: KubeObject, blocker: Blocker | undefined): string | undefined {
  if (groupKind(object) !== 'batch/Job') return undefined;
  const end = listAt(live, 'status', 'conditions').find(
    (condition) => textAt(condition, 'status') === 'True' && ['Complete', 'Failed'].includes(textAt(condition, 'type') ?? ''),
  );
  const refusal = blocker?.failure && readRefusal(blocker.failure, object);
  const ofTemplate = refusal?.paths.some(([spec, template]) => spec === 'spec' && template === 'template') ?? false;
  if (!end || !ofTemplate) return undefined;
  const how = textAt(end, 'type') === 'Failed' ? 'failed' : 'finished';
  return `its template changed: the ${how} Job is deleted, and runs anew`;
}

async function takenOver(one: Verified, { cluster, signal }: DryRunContext): Promise<Verified> {
  const { step } = one;
  const forced = await cluster.apply(one.scale?.asked ?? step.object, { dryRun: true, force: true, signal });
  if (!forced.ok) return one;
  const takes = (step.conflicts ?? []).map(({ field, manager }) => `${field} from ${manager}`).join(', ');
  return {
    step: {
      ...step,
      action: 'adopt',
      reason: `takes ${takes}`,
      result: comparable(forced.value.object),
      warnings: forced.value.warnings,
      force: true,
    },
  };
}

/** The step without the fields that others have. They own them, so that their values stay; what cannot be found in the object stays a conflict. */
async function leftToThem(one: Verified, context: DryRunContext): Promise<Verified> {
  const { step, blocker } = one;
  const fields = (step.conflicts ?? []).map(({ field }) => field);
  const found = fields.map((name) => wholeFieldPath(`.${name}`, step.object));
  const paths = found.filter((path) => path !== undefined);
  if (paths.length === 0 || paths.length < found.length) return one;
  const object = withoutFields(step.object, paths);
  const scale = one.scale && { ...one.scale, asked: withoutFields(one.scale.asked, paths) };
  const place = blocker?.place ?? { ...step.source };
  const written = { object, source: step.source, placeOf: () => place };
  const again = await verify({ key: step.key, object, written, ...(scale ? { scale } : {}) }, step.after, context);
  const owners = (step.conflicts ?? []).map(({ field: name, manager }) => `${name} to ${manager}`).join(', ');
  const reason = [again.step.reason, `leaves ${owners}`].filter(Boolean).join('; ');
  return { ...again, step: { ...again.step, reason } };
}
