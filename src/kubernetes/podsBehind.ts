import { failed, type Result, success } from '../base/failure.ts';
import { field } from '../base/fields.ts';
import type { Cluster, KubeObject, ObjectRef, Selection } from './cluster.ts';
import { objectName } from './objectActions.ts';
import { podSelectorOf } from './podSelection.ts';

/** A port that an object offers, as its own manifest numbers it. */
export interface OfferedPort {
  readonly port: number;
  readonly name?: string;
}

/** Which pods stand behind an object, and which port of a pod a port of the object leads to. */
export interface PodsBehind {
  /** What is followed: the object itself, or what makes a pod anew when it goes. */
  readonly ref: ObjectRef;
  /** The pod that was asked for, while it is there. */
  readonly prefers?: string;
  readonly selection: Selection;
  readonly ports: readonly OfferedPort[];
  /** The number to connect to in that pod; undefined when the pod has no port of that name. */
  portIn(pod: KubeObject, port: number): number | undefined;
}

/** Kinds whose pods can be connected to. */
export const forwardableKinds: readonly string[] = [
  '/Pod',
  '/Service',
  'apps/Deployment',
  'apps/StatefulSet',
  'apps/ReplicaSet',
  'apps/DaemonSet',
  'batch/Job',
  '/ReplicationController',
];

/**
 * Reads what is needed to follow the pods of an object. A Pod leads to the workload that made it, so that its successor is found; one that nobody made is followed by its name.
 * Fails as reading fails, and with `unsupported` for a Service without a selector.
 */
export async function podsBehind(cluster: Cluster, ref: ObjectRef, signal?: AbortSignal): Promise<Result<PodsBehind>> {
  const read = await cluster.get(ref, signal);
  if (!read.ok) return read;
  const object = read.value;
  if (ref.kind !== 'Pod') return followed(cluster, ref, object, signal);
  const ports = containerPorts(object.spec);
  const owner = await workloadOf(cluster, ref, object, signal);
  if (owner) return success({ ...owner, ports, prefers: ref.name });
  const selection = { ...inNamespace(ref), fieldSelector: `metadata.name=${ref.name}` };
  return success({ ref, selection, ports, portIn: (_, port) => port });
}

/** Whether a pod takes connections: it runs, is ready, and is not on its way out. */
export function isReady({ metadata, status }: KubeObject): boolean {
  const ready = list(field(status, 'conditions')).some(
    (condition) => field(condition, 'type') === 'Ready' && field(condition, 'status') === 'True',
  );
  return ready && metadata.deletionTimestamp === undefined;
}

async function followed(cluster: Cluster, ref: ObjectRef, object: KubeObject, signal?: AbortSignal): Promise<Result<PodsBehind>> {
  const labelSelector = podSelectorOf(object);
  if (labelSelector === undefined)
    return failed(
      'unsupported',
      `${objectName(ref)} on ${cluster.context.name} selects no pods, so there is nothing to forward to. Forward to a pod instead.`,
    );
  const selection = { ...inNamespace(ref), labelSelector };
  if (ref.kind !== 'Service') {
    const ports = containerPorts(field(field(object.spec, 'template'), 'spec'));
    return success({ ref, selection, ports, portIn: (_, port) => port });
  }
  const ports = list(field(object.spec, 'ports')).filter(isTcp);
  const portIn = (pod: KubeObject, port: number) => {
    const target = field(
      ports.find((one) => field(one, 'port') === port),
      'targetPort',
    );
    if (typeof target !== 'string') return typeof target === 'number' ? target : port;
    return containerPorts(pod.spec).find(({ name }) => name === target)?.port;
  };
  if (signal?.aborted) return failed('cancelled', 'Cancelled.');
  return success({ ref, selection, ports: ports.flatMap((one) => offered(one, 'port')), portIn });
}

/** The topmost workload above a pod that selects its pods by label: a Deployment rather than its ReplicaSet. Undefined for a pod that nobody makes anew. */
async function workloadOf(
  cluster: Cluster,
  { namespace }: ObjectRef,
  pod: KubeObject,
  signal?: AbortSignal,
): Promise<PodsBehind | undefined> {
  let found: PodsBehind | undefined;
  let below = pod;
  for (;;) {
    const owner = below.metadata.ownerReferences?.find(({ controller }) => controller);
    if (!owner) return found;
    const ref = {
      apiVersion: owner.apiVersion,
      kind: owner.kind,
      name: owner.name,
      ...(namespace === undefined ? {} : { namespace }),
    };
    const read = await cluster.get(ref, signal);
    const above = read.ok ? await followed(cluster, ref, read.value, signal) : read;
    if (!read.ok || !above.ok) return found;
    found = above.value;
    below = read.value;
  }
}

/** TCP ports of containers; a sidecar's (an init container that goes on) too. */
function containerPorts(podSpec: unknown): readonly OfferedPort[] {
  const sidecars = list(field(podSpec, 'initContainers')).filter((one) => field(one, 'restartPolicy') === 'Always');
  return [...list(field(podSpec, 'containers')), ...sidecars].flatMap((container) =>
    list(field(container, 'ports'))
      .filter(isTcp)
      .flatMap((one) => offered(one, 'containerPort')),
  );
}

function offered(one: unknown, member: string): OfferedPort[] {
  const [port, name] = [field(one, member), field(one, 'name')];
  return typeof port === 'number' ? [{ port, ...(typeof name === 'string' ? { name } : {}) }] : [];
}

const isTcp = (port: unknown) => (field(port, 'protocol') ?? 'TCP') === 'TCP';
const inNamespace = ({ namespace }: ObjectRef) => (namespace === undefined ? {} : { namespace });
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
