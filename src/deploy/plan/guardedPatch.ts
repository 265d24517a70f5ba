import type { Result } from '../../base/failure.ts';
import type { Cluster, KubeObject, ObjectRef } from '../../kubernetes/cluster.ts';
import { changeGuarded } from './changeGuarded.ts';

/** Patches an object by what its live state asks for, as {@link changeGuarded} changes one: nothing to do where `patchOf` gives nothing. */
export async function patchGuarded(
  cluster: Cluster,
  ref: ObjectRef,
  patchOf: (live: KubeObject) => { readonly metadata: object } | undefined,
  signal?: AbortSignal,
): Promise<Result<void>> {
  const send = (live: KubeObject) => {
    const patch = patchOf(live);
    const { resourceVersion } = live.metadata;
    return patch && cluster.patch(ref, { ...patch, metadata: { resourceVersion, ...patch.metadata } }, signal ? { signal } : {});
  };
  return changeGuarded(cluster, ref, send, signal);
}
