import { field, listAt, type Path, textAt } from '../../base/fields.ts';
import type { KubeObject } from '../../kubernetes/cluster.ts';
import { referencesOf } from '../../kubernetes/objectReferences.ts';
import { CONTAINER_LISTS, podSpecOf } from '../../kubernetes/podTemplate.ts';
import type { Cause } from '../readiness/status.ts';

/** Where in the object as written the cause of its trouble stands: the image of the container, the reference to the missing ConfigMap, the resources. */
export function locate(cause: Cause, written: KubeObject): Path {
  switch (cause.kind) {
    case 'image':
      return [...containerPath(written, cause.container), 'image'];
    case 'container':
      return containerPath(written, cause.container);
    case 'probe':
      return [...containerPath(written, cause.container), cause.probe];
    case 'reference':
      return referencePath(written, cause);
    case 'resources':
      return resourcesPath(written);
    case 'pod':
      return [...(podSpecOf(written)?.path ?? ['spec']), ...cause.path];
    case 'volume':
      return volumesPath(written, cause.claim);
    case 'field':
      return cause.path;
  }
}

function containerPath(written: KubeObject, name: string): Path {
  const pod = podSpecOf(written);
  if (pod === undefined) return ['spec'];
  for (const list of CONTAINER_LISTS) {
    const index = listAt(pod.spec, list).findIndex((container) => textAt(container, 'name') === name);
    if (index >= 0) return [...pod.path, list, index];
  }
  return pod.path;
}

function referencePath(written: KubeObject, cause: Extract<Cause, { kind: 'reference' }>): Path {
  const same = referencesOf(written).filter(({ to, name }) => to === cause.to && name === cause.name);
  const withKey = cause.key === undefined ? undefined : same.find(({ key }) => key === cause.key);
  if (withKey) return [...withKey.at.slice(0, -1), 'key'];
  return same[0]?.at ?? podSpecOf(written)?.path ?? ['spec'];
}

function resourcesPath(written: KubeObject): Path {
  const pod = podSpecOf(written);
  if (pod === undefined) return ['spec'];
  const index = listAt(pod.spec, 'containers').findIndex((container) => field(container, 'resources') !== undefined);
  return index < 0 ? pod.path : [...pod.path, 'containers', index, 'resources'];
}

function volumesPath(written: KubeObject, claim: string | undefined): Path {
  const pod = podSpecOf(written);
  if (pod === undefined) return ['spec'];
  const index = listAt(pod.spec, 'volumes').findIndex((volume) => textAt(volume, 'persistentVolumeClaim', 'claimName') === claim);
  if (claim !== undefined && index >= 0) return [...pod.path, 'volumes', index, 'persistentVolumeClaim', 'claimName'];
  return field(pod.spec, 'volumes') === undefined ? pod.path : [...pod.path, 'volumes'];
}
