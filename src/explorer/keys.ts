import { factsOf, type KubeGroup } from '../kubernetes/kinds.ts';
import { isKindId, kindOf } from '../openstack/kinds/kinds.ts';

/** Names a resource of a cloud in the whole window. */
export interface ResourceKey {
  readonly cloud: string;
  readonly region: string | undefined;
  /** Id of the project. */
  readonly project: string;
  readonly kind: string;
  readonly id: string;
}

/** Names a Kubernetes object in the whole window. */
export interface ObjectKey {
  readonly context: string;
  /** `''` for the core group. */
  readonly group: string;
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
}

/** `openstack/cloud/region/project/kind/id`, each part encoded. */
export function resourceKey({ cloud, region, project, kind, id }: ResourceKey): string {
  return joined('openstack', cloud, region ?? '', project, kind, id);
}

/** `kubernetes/context/group/kind/namespace/name`, each part encoded. */
export function objectKey({ context, group, kind, namespace, name }: ObjectKey): string {
  return joined('kubernetes', context, group, kind, namespace ?? '', name);
}

/** The object that a key names; undefined for a resource's key. */
export function objectOfKey(key: string): ObjectKey | undefined {
  const [world, ...parts] = key.split('/').map(decodeURIComponent);
  const [context = '', group = '', kind = '', namespace = '', name = ''] = parts;
  return world === 'kubernetes' ? { context, group, kind, namespace: namespace || undefined, name } : undefined;
}

/** Where a key leads: the view, and the segments of its one canonical chain. Segments of levels that are left out are skipped on the way. Undefined for what stands in no group. */
export function chainOf(key: string): { readonly view: 'clouds' | 'clusters'; readonly segments: readonly string[] } | undefined {
  const [world, ...parts] = key.split('/').map(decodeURIComponent);
  const [first = '', second = '', third = '', fourth = '', fifth = ''] = parts;
  if (world === 'openstack' && isKindId(fourth)) {
    const group = kindOf(fourth).under;
    return group && { view: 'clouds', segments: [first, second, third, group, fourth, fifth].filter(Boolean) };
  }
  if (world !== 'kubernetes') return undefined;
  if (second === '' && third === 'Namespace') return { view: 'clusters', segments: [first, namespaceSegment(fifth)] };
  const under: KubeGroup = factsOf({ group: second, kind: third }).under;
  const custom = under === 'Custom resources' ? [second] : [];
  return {
    view: 'clusters',
    segments: [first, fourth === '' ? clusterSegment : namespaceSegment(fourth), under, ...custom, `${second}/${third}`, fifth],
  };
}

/** The segment of the row that holds what has no namespace. */
export const clusterSegment = '(cluster)';

/** Namespaces cannot collide with the row "Cluster". */
export const namespaceSegment = (name: string) => `ns:${name}`;

function joined(...parts: readonly string[]): string {
  return parts.map(encodeURIComponent).join('/');
}
