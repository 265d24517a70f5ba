import { failed, type Result, success } from '../base/failure.ts';
import type { ApiKind, Cluster, KubeObject, ObjectRef, Selection } from '../kubernetes/cluster.ts';
import { apiVersionOf } from '../kubernetes/discovery.ts';
import type { GroupObject } from '../kubernetes/objectActions.ts';

/** What happens to whoever changes an object behind its owner's back, and what to do instead; empty where the change is right as it is. */
export interface Said {
  readonly follows: string;
  readonly instead: string;
}

/** `apps/Deployment`, `/Pod`. */
export function groupKindOf({ apiVersion, kind }: Pick<ObjectRef, 'apiVersion' | 'kind'>): string {
  return `${apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''}/${kind}`;
}

/** An object in whichever version its kind is served. */
export async function readObject(cluster: Cluster, { group, kind, name, namespace }: GroupObject): Promise<Result<KubeObject>> {
  const served = await servedKind(cluster, `${group}/${kind}`);
  if (!served.ok) return served;
  const ref = { apiVersion: apiVersionOf(served.value), kind, name };
  return cluster.get(namespace === undefined ? ref : { ...ref, namespace });
}

/** All objects of a kind (`group/Kind`) in a selection; none of a kind that is not served. */
export async function readAll(
  cluster: Cluster,
  groupKind: string,
  selection: Selection = {},
): Promise<Result<readonly KubeObject[]>> {
  const served = await servedKind(cluster, groupKind);
  if (!served.ok) return served.failure.reason === 'notFound' ? success([]) : served;
  const list = await cluster.list(apiVersionOf(served.value), served.value.kind, selection);
  return list.ok ? success(list.value.items) : list;
}

async function servedKind(cluster: Cluster, groupKind: string): Promise<Result<ApiKind>> {
  const kinds = await cluster.kinds();
  if (!kinds.ok) return kinds;
  const served = kinds.value.find((one) => `${one.group}/${one.kind}` === groupKind);
  return served ? success(served) : failed('notFound', `${cluster.context.name} does not serve ${groupKind}.`);
}
