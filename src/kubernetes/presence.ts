import type { Cluster } from './cluster.ts';
import { groupKind } from './objectKey.ts';
import { partsOf } from './objectParts.ts';
import type { ObjectPresence, WantedObject } from './wantedObject.ts';

/** Whether a cluster has something. Of a Secret nothing but the names of its keys is looked at. */
export async function presenceOf(
  cluster: Cluster,
  { part, selector, ...ref }: WantedObject,
  signal?: AbortSignal,
): Promise<ObjectPresence> {
  if (selector !== undefined) return presenceOfAny(cluster, ref, selector, signal);
  const got = await cluster.get(ref, signal);
  if (!got.ok) return got.failure.reason === 'notFound' ? 'missing' : 'unknown';
  const parts = part === undefined ? undefined : partsOf(groupKind(got.value), got.value);
  return parts && part !== undefined && !parts.includes(part) ? 'lacking' : 'found';
}

async function presenceOfAny(
  cluster: Cluster,
  { apiVersion, kind, namespace }: WantedObject,
  labelSelector: string,
  signal: AbortSignal | undefined,
): Promise<ObjectPresence> {
  const served = await cluster.kind(apiVersion, kind, signal ? { signal } : {});
  if (!served.ok) return 'unknown';
  const place = namespace === undefined ? {} : { namespace };
  const page = await cluster.table(served.value, {
    ...place,
    labelSelector,
    limit: 1,
    include: 'None',
    ...(signal ? { signal } : {}),
  });
  return !page.ok ? 'unknown' : page.value.rows.length > 0 ? 'found' : 'missing';
}
