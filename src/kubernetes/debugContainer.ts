import { type Result, success } from '../base/failure.ts';
import type { Cluster, ObjectRef } from './cluster.ts';
import { listIn, untilItRuns } from './containerStart.ts';

/** A container that is added to a running pod, to look around in. */
export interface DebugContainer {
  readonly image: string;
  /** Whose processes it sees; undefined: its own only. */
  readonly target: string | undefined;
}

/**
 * Adds an ephemeral container with a terminal and waits until it runs; answers its name. It cannot be taken out again while the pod lives.
 * Fails with `forbidden` without the right to patch `pods/ephemeralcontainers`, `invalid` for an image that cannot be had, `offline` when it does not start within two minutes.
 * Source: Kubernetes, "Ephemeral Containers"; named as kubectl names its own (pkg/cmd/debug).
 */
export async function addDebugContainer(
  cluster: Cluster,
  ref: ObjectRef,
  { image, target }: DebugContainer,
  signal?: AbortSignal,
): Promise<Result<string>> {
  const pod = await cluster.get(ref, signal);
  if (!pod.ok) return pod;
  const name = `debugger-${Math.random().toString(36).slice(2, 7)}`;
  const container = { name, image, stdin: true, tty: true, ...(target === undefined ? {} : { targetContainerName: target }) };
  const there = listIn(pod.value.spec, 'ephemeralContainers');
  // The list goes out whole, so that it must be the one that was read.
  const { resourceVersion } = pod.value.metadata;
  const patch = { metadata: { resourceVersion }, spec: { ephemeralContainers: [...there, container] } };
  const patched = await cluster.patch(ref, patch, { subresource: 'ephemeralcontainers', ...(signal && { signal }) });
  if (!patched.ok) return patched;
  const runs = await untilItRuns(cluster, ref, { of: 'ephemeralContainerStatuses', name, image }, signal);
  return runs.ok ? success(name) : runs;
}
