import { type Failure, type Result, success } from '../../base/failure.ts';
import { listAt, numberAt, textAt } from '../../base/fields.ts';
import type { Cluster, KubeObject, ObjectRef } from '../../kubernetes/cluster.ts';
import { pathOf } from '../../kubernetes/discovery.ts';
import { exactJson } from '../../kubernetes/exactJson.ts';
import { changeGuarded } from './changeGuarded.ts';
import { isScaleOursAlone, ownersOfField, SCALE_MANAGER } from './fieldOwners.ts';
import { refOf } from './prepare.ts';

/**
 * Gives `spec.replicas` of a live object into other hands with the value it has now, so that the field stays when we no longer apply it. Nothing to do where it is not there, or somebody else holds
 * it already. Bound to the version that was read: a count that an autoscaler changes in between is never put back. Fails as the server refuses.
 */
export async function handOverScale(cluster: Cluster, ref: ObjectRef, signal: AbortSignal): Promise<Result<void>> {
  return settle(cluster, ref, signal, (live) => (isScaleOursAlone(live) ? numberAt(live, 'spec', 'replicas') : undefined));
}

/** Gives a count that was handed over, and that nobody has changed since, the value of the manifest, so that we may apply it. */
export async function takeBackScale(cluster: Cluster, object: KubeObject, signal: AbortSignal): Promise<Result<void>> {
  const wanted = numberAt(object, 'spec', 'replicas');
  return settle(cluster, refOf(object), signal, (live) => {
    const owners = ownersOfField(live, ['spec', 'replicas']);
    return owners.length > 0 && owners.every(({ manager }) => manager === SCALE_MANAGER) ? wanted : undefined;
  });
}

/** Lets go of a count that we apply ourselves again. */
export async function releaseScale(cluster: Cluster, ref: ObjectRef, signal: AbortSignal): Promise<Result<void>> {
  const live = await cluster.get(ref, signal);
  if (!live.ok) return live;
  const others = ownersOfField(live.value, ['spec', 'replicas']).some(({ manager }) => manager !== SCALE_MANAGER);
  return others ? apply(cluster, live.value, undefined, signal) : success(undefined);
}

/** Applies, as {@link SCALE_MANAGER}, the count that `choose` gives for the live object; again when somebody wrote in between. */
async function settle(
  cluster: Cluster,
  ref: ObjectRef,
  signal: AbortSignal,
  choose: (live: KubeObject) => number | undefined,
): Promise<Result<void>> {
  const send = (live: KubeObject) => {
    const replicas = choose(live);
    return replicas === undefined ? undefined : apply(cluster, live, replicas, signal);
  };
  return changeGuarded(cluster, ref, send, signal);
}

async function apply(
  cluster: Cluster,
  { apiVersion, kind, metadata }: KubeObject,
  replicas: number | undefined,
  signal: AbortSignal,
): Promise<Result<void>> {
  const { name, namespace, resourceVersion } = metadata;
  const served = await cluster.kind(apiVersion, kind, { signal });
  const path = served.ok ? pathOf(served.value, namespace, name) : served;
  if (!path.ok) return path;
  const body = {
    apiVersion,
    kind,
    // Without the version, an object that is deleted meanwhile would be made anew of nothing but its count.
    metadata: { name, namespace, resourceVersion },
    ...(replicas === undefined ? {} : { spec: { replicas } }),
  };
  const sent = await cluster.raw(`${path.value}?fieldManager=${SCALE_MANAGER}`, {
    method: 'PATCH',
    contentType: 'application/apply-patch+yaml',
    body: exactJson(body),
    signal,
  });
  return sent.ok ? success(undefined) : sent;
}

/** Whether an apply is refused for nothing but a count that is handed over, and that no autoscaler has written since. */
export function isHeldByHandOver(failure: Failure): boolean {
  return scaleConflicts(failure)?.every((words) => words.startsWith(`conflict with "${SCALE_MANAGER}"`)) ?? false;
}

/** Whether an apply is refused for the count, beside other fields or not: an autoscaler wrote it meanwhile. */
export function isScaleConflict(failure: Failure): boolean {
  return listAt(failure.detail, 'details', 'causes').some(
    (cause) => textAt(cause, 'field') === '.spec.replicas' && textAt(cause, 'reason') === 'FieldManagerConflict',
  );
}

/** What the server says of the count; undefined where it says nothing, or something of another field. */
function scaleConflicts(failure: Failure): readonly string[] | undefined {
  const causes = listAt(failure.detail, 'details', 'causes');
  if (causes.length === 0 || causes.some((cause) => textAt(cause, 'field') !== '.spec.replicas')) return undefined;
  return causes.some((cause) => textAt(cause, 'reason') !== 'FieldManagerConflict')
    ? undefined
    : causes.map((cause) => textAt(cause, 'message') ?? '');
}
