import { type Fields, fieldsAt, type Path, textsAt } from '../base/fields.ts';
import type { KubeObject } from './cluster.ts';

/** Where a kind keeps the pod it makes: path of the PodSpec. A Pod is its own. */
export const podSpecPaths: Readonly<Record<string, Path>> = {
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
  const path = podSpecPaths[`${object.apiVersion}/${object.kind}`];
  return path && { spec: fieldsAt(object, ...path), path };
}

/** The labels that a workload gives its pods; none for kinds that make no pods. */
export function podTemplateLabels(object: KubeObject): Readonly<Record<string, string>> {
  const pod = podSpecOf(object);
  return pod ? textsAt(object, ...pod.path.slice(0, -1), 'metadata', 'labels') : {};
}

/** The lists of a PodSpec that hold containers, in the order in which they start. */
export const CONTAINER_LISTS = ['initContainers', 'containers', 'ephemeralContainers'] as const;
