import { failed, type Result, success } from '../base/failure.ts';
import type { Cluster, KubeObject, ObjectRef } from './cluster.ts';
import { apiVersionOf, pathOf } from './discovery.ts';
import { exactJson } from './exactJson.ts';
import type { GroupObject, ObjectAction, ObjectChange } from './objectActions.ts';

/** So often what follows from the object is worked out anew, because somebody wrote to it in between. */
const mostTries = 4;

/**
 * Sends what an action changes. What follows from the object as it is (a list with one entry replaced) is bound to the version that was read; a controller writes status at any time, so
 * that it is read and worked out again after a conflict. Fails as the server refuses it.
 */
export async function sendAction(
  cluster: Cluster,
  ref: ObjectRef,
  action: Pick<ObjectAction, 'reads' | 'change'>,
  answers: readonly string[],
): Promise<Result<void>> {
  for (let tries = 1; ; tries++) {
    const now = action.reads ? await cluster.get(ref) : success({ ...ref, metadata: { name: ref.name } });
    if (!now.ok) return now;
    const sent = await sendChange(cluster, ref, action.change(answers, now.value));
    if (sent.ok || sent.failure.reason !== 'conflict' || !action.reads || tries === mostTries) return sent;
  }
}

/** Sends a change as it stands, once. */
async function sendChange(cluster: Cluster, ref: ObjectRef, change: ObjectChange): Promise<Result<void>> {
  if ('delete' in change) return cluster.delete(ref, { propagation: change.delete });
  if ('patch' in change)
    return cluster.patch(ref, change.patch, change.subresource === undefined ? {} : { subresource: change.subresource });
  if ('patches' in change) return sendPatches(cluster, change.patches);
  return createObject(cluster, change.create);
}

/** Creates an object. Sent at most once; fails as the server refuses it (`conflict`: one of that name is there). */
export async function createObject(cluster: Cluster, object: KubeObject): Promise<Result<void>> {
  const kind = await cluster.kind(object.apiVersion, object.kind);
  const path = kind.ok ? pathOf(kind.value, object.metadata.namespace) : kind;
  if (!path.ok) return path;
  const made = await cluster.raw(`${path.value}?fieldManager=hybrid-clusters`, {
    method: 'POST',
    body: exactJson(object),
    contentType: 'application/json',
  });
  return made.ok ? success(undefined) : made;
}

/** One after the other; the first that is refused ends it. */
async function sendPatches(
  cluster: Cluster,
  patches: readonly { readonly to: GroupObject; readonly patch: unknown }[],
): Promise<Result<void>> {
  const kinds = await cluster.kinds();
  if (!kinds.ok) return kinds;
  for (const { to, patch } of patches) {
    const { group, kind, name, namespace } = to;
    const served = kinds.value.find((one) => one.group === group && one.kind === kind);
    if (!served) return failed('notFound', `${cluster.context.name} does not serve ${kind} of ${group}.`);
    const ref = { apiVersion: apiVersionOf(served), kind, name, ...(namespace === undefined ? {} : { namespace }) };
    const sent = await cluster.patch(ref, patch);
    if (!sent.ok) return sent;
  }
  return success(undefined);
}
