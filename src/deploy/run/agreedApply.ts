import type { Result } from '../../base/failure.ts';
import type { Applied, Cluster, KubeObject } from '../../kubernetes/cluster.ts';
import { conflictsOf, readRefusal } from '../plan/refusal.ts';
import type { FieldConflict } from '../types.ts';

export interface AgreedOptions {
  /** The fields that somebody agreed to take over, and from whom. */
  readonly agreed: readonly FieldConflict[];
  /** Fields that the server does not know are dropped with a warning. */
  readonly lenient?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Applies an object gently, and with force only where every field that the server refuses to take from another manager is one that was agreed to: force takes all of them at once
 * (`fieldManager` and `force` of server-side apply, KEP-555). Fails as `Cluster.apply` does, with `conflict` for what somebody else took since it was asked.
 */
export async function agreedApply(
  cluster: Cluster,
  object: KubeObject,
  { agreed, lenient = false, signal }: AgreedOptions,
): Promise<Result<Applied>> {
  const options = { lenient, ...(signal && { signal }) };
  const gently = await cluster.apply(object, options);
  if (agreed.length === 0 || gently.ok || readRefusal(gently.failure, object)?.action !== 'conflict') return gently;
  const known = new Set(agreed.map(({ field, manager }) => `${manager} ${field}`));
  const isAgreed = conflictsOf(gently.failure, object, undefined).every(({ field, manager }) => known.has(`${manager} ${field}`));
  return isAgreed ? cluster.apply(object, { ...options, force: true }) : gently;
}
