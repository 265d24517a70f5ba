import type { Path } from '../../base/fields.ts';
import type { KubeObject, ObjectMeta } from '../../kubernetes/cluster.ts';

/** What a manifest becomes before it is sent. */
export interface Sanitized {
  readonly object: KubeObject;
  /** Paths taken out because only the server may write them. */
  readonly stripped: readonly Path[];
}

/** Fields of metadata that the server writes; found in manifests pasted from `kubectl get -o yaml`. */
const SERVER_METADATA = [
  'managedFields',
  'resourceVersion',
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'generation',
  'selfLink',
  'ownerReferences',
];
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * Takes out of a manifest what belongs to the server (uid, resourceVersion, managedFields, status, …), so that an object copied from a cluster can be
 * applied to any. Names each path it took out; the object given stays as it is.
 */
export function sanitize(object: KubeObject): Sanitized {
  const stripped: Path[] = [];
  const { status, ...rest } = object;
  if (status !== undefined) stripped.push(['status']);
  const metadata: Record<string, unknown> = { ...object.metadata };
  for (const name of SERVER_METADATA) {
    if (!(name in metadata)) continue;
    delete metadata[name];
    stripped.push(['metadata', name]);
  }
  const annotations = object.metadata.annotations;
  if (annotations && LAST_APPLIED in annotations) {
    const { [LAST_APPLIED]: _, ...others } = annotations;
    metadata['annotations'] = others;
    stripped.push(['metadata', 'annotations', LAST_APPLIED]);
  }
  return { object: { ...rest, metadata: { ...metadata, name: object.metadata.name } as ObjectMeta } as KubeObject, stripped };
}

/** The object in a namespace, or without one when `undefined` (kinds of the whole cluster). */
export function inNamespace(object: KubeObject, namespace: string | undefined): KubeObject {
  const { namespace: _, ...metadata } = object.metadata;
  return { ...object, metadata: namespace === undefined ? { ...metadata } : { ...metadata, namespace } } as KubeObject;
}
