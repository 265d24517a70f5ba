import { type Result, success } from '../base/failure.ts';
import type { Binding } from '../binding/binding.ts';
import { type ProtectionPatterns, readTarget } from '../deploy/target.ts';
import type { Target } from '../deploy/types.ts';
import type { Cluster, Contexts } from '../kubernetes/cluster.ts';

/**
 * Opens the cluster that is deployed to and reads who it is. A gesture: a sign-in that failed before is tried again. Fails as the connection does; who may not read the server's
 * version may deploy all the same.
 */
export async function openTarget(
  contexts: Pick<Contexts, 'open'>,
  binding: Binding & { readonly context: string },
  protection: ProtectionPatterns,
  signal?: AbortSignal,
): Promise<Result<{ readonly cluster: Cluster; readonly target: Target }>> {
  const cluster = await contexts.open(binding.context);
  if (!cluster.ok) return cluster;
  const connected = await cluster.value.connect(signal);
  if (!connected.ok && connected.failure.reason !== 'forbidden') return connected;
  const target = await readTarget(cluster.value, { ...binding, protection }, signal);
  return target.ok ? success({ cluster: cluster.value, target: target.value }) : target;
}
