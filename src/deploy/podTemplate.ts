import type { KubeObject } from '../kubernetes/cluster.ts';
import { type Fields, fieldsAt, type Path } from './fields.ts';

/** Where a kind keeps the pod it makes: path of the PodSpec. A Pod is its own. */
const POD_SPEC: Readonly<Record<string, Path>> = {
  'v1/Pod': ['spec'],
  'v1/ReplicationController': ['spec', 'template', 'spec'],
  'apps/v1/Deployment': ['spec', 'template', 'spec'],
  'apps/v1/ReplicaSet': ['spec', 'template', 'spec'],
  'apps/v1/StatefulSet': ['spec', 'template', 'spec'],
  'apps/v1/DaemonSet': ['spec', 'template', 'spec'],
  'batch/v1/Job': ['spec', 'template', 'spec'],
  'batch/v1/CronJob': ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
};

/** The PodSpec inside a workload and where it stands; undefined for kinds that make no pods. */
export function podSpecOf(object: KubeObject): { readonly spec: Fields; readonly path: Path } | undefined {
  const path = POD_SPEC[`${object.apiVersion}/${object.kind}`];
  return path && { spec: fieldsAt(object, ...path), path };
}

/** The lists of a PodSpec that hold containers, in the order in which they start. */
export const CONTAINER_LISTS = ['initContainers', 'containers', 'ephemeralContainers'] as const;
