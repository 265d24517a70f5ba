import { type Result, success } from '../../base/failure.ts';
import type { Cluster, KubeObject, ObjectRef } from '../../kubernetes/cluster.ts';

/** A controller writes an object's status at any time: only that many meetings with it are put up with, as client-go does. */
const TRIES = 5;

/**
 * Changes an object as its live state asks for, and begins anew when somebody else wrote in between: `change` binds what it sends to the version that it was given. Nothing to do where it gives nothing, or
 * the object is gone. Fails as the server refuses.
 */
export async function changeGuarded(
  cluster: Cluster,
  ref: ObjectRef,
  change: (live: KubeObject) => Promise<Result<void>> | undefined,
  signal?: AbortSignal,
): Promise<Result<void>> {
  for (let attempt = 1; ; attempt++) {
    const live = await cluster.get(ref, signal);
    if (!live.ok) return live.failure.reason === 'notFound' ? success(undefined) : live;
    const changed = await change(live.value);
    if (changed === undefined) return success(undefined);
    if (changed.ok || changed.failure.reason !== 'conflict' || attempt === TRIES) return changed;
  }
}
