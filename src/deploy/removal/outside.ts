import { field, listAt, textAt } from '../../base/fields.ts';
import type { Cluster, KubeObject } from '../../kubernetes/cluster.ts';
import { groupKind, groupOf } from '../../kubernetes/objectKey.ts';

/** Names what goes with an object outside Kubernetes: `the load balancer at 203.0.113.5`; undefined when nothing does. */
type Outside = (object: KubeObject, cluster: Cluster, signal: AbortSignal) => Promise<string | undefined> | string | undefined;

const always =
  (what: string): Outside =>
  (object) =>
    what.replaceAll('$', object.metadata.name);

const machine = always('the machine $, and the server that it is');
const machines = always('all machines of $, with their servers and what is stored on them');

/**
 * What a deletion destroys outside Kubernetes, by `group/Kind`; a row `group/*` is for the other kinds of its group. Sources: Cluster API book, "Deleting a Cluster"; Cluster API
 * Provider OpenStack, "OpenStackCluster", "OpenStackServer"; cloud-provider-openstack, "Exposing applications using services of LoadBalancer type", "octavia-ingress-controller";
 * Kubernetes, "Persistent Volumes" (reclaiming), "StatefulSets" (PersistentVolumeClaim retention); OpenStack Resource Controller, "Managed and unmanaged resources"; Gardener, "Shoot deletion".
 */
const rows: Readonly<Record<string, Outside>> = {
  'cluster.x-k8s.io/Cluster': always('the whole cluster $: its machines, their servers, its networks and load balancers'),
  'cluster.x-k8s.io/Machine': machine,
  'cluster.x-k8s.io/MachineSet': machines,
  'cluster.x-k8s.io/MachineDeployment': machines,
  'cluster.x-k8s.io/MachinePool': machines,
  'controlplane.cluster.x-k8s.io/KubeadmControlPlane': always(
    'the control plane $: its machines, their servers, and etcd on them',
  ),
  'infrastructure.cluster.x-k8s.io/OpenStackCluster': always('network, router, security groups and load balancer of $'),
  'infrastructure.cluster.x-k8s.io/OpenStackMachine': machine,
  'infrastructure.cluster.x-k8s.io/OpenStackServer': always('server $, with its ports and root volume'),
  'infrastructure.cluster.x-k8s.io/OpenStackFloatingIPPool': always('the floating IPs that $ made'),
  'core.gardener.cloud/Shoot': always('the whole cluster $: its machines, networks, volumes and load balancers'),
  'openstack.k-orc.cloud/*': orcResource,
  '/Service': loadBalancer,
  'networking.k8s.io/Ingress': ingress,
  'gateway.networking.k8s.io/Gateway': addressed('the load balancer'),
  '/PersistentVolumeClaim': claim,
  '/PersistentVolume': (object) => (reclaims(object) ? `volume ${object.metadata.name}, with its data` : undefined),
  'apps/StatefulSet': (object) =>
    textAt(object, 'spec', 'persistentVolumeClaimRetentionPolicy', 'whenDeleted') === 'Delete' &&
    listAt(object, 'spec', 'volumeClaimTemplates').length > 0
      ? `the volumes of ${object.metadata.name}'s claims, with their data`
      : undefined,
  'snapshot.storage.k8s.io/VolumeSnapshot': always('snapshot $, if its class deletes it'),
};

/** What the deletion of a live object destroys outside Kubernetes, in words; undefined for what lives in Kubernetes alone. */
export async function outsideOf(object: KubeObject, cluster: Cluster, signal: AbortSignal): Promise<string | undefined> {
  const row = rows[groupKind(object)] ?? rows[`${groupOf(object.apiVersion)}/*`];
  return row?.(object, cluster, signal);
}

/** Whether a kind may hold something outside Kubernetes at all; asks nobody. */
export function mayReachOutside(kind: Pick<KubeObject, 'apiVersion' | 'kind'>): boolean {
  return groupKind(kind) in rows || `${groupOf(kind.apiVersion)}/*` in rows;
}

/** `managementPolicy: unmanaged` and `onDelete: detach` leave the resource alone; both have the other value by default (ORC API reference, v1alpha1). */
function orcResource(object: KubeObject): string | undefined {
  if (textAt(object, 'spec', 'managementPolicy') === 'unmanaged') return undefined;
  if (textAt(object, 'spec', 'managedOptions', 'onDelete') === 'detach') return undefined;
  const name = textAt(object, 'status', 'resource', 'name') ?? textAt(object, 'spec', 'resource', 'name') ?? object.metadata.name;
  const id = textAt(object, 'status', 'id');
  return `the OpenStack ${object.kind.toLowerCase()} ${name}${id === undefined ? '' : ` (${id})`}`;
}

function loadBalancer(object: KubeObject): string | undefined {
  if (textAt(object, 'spec', 'type') !== 'LoadBalancer') return undefined;
  return addressed('the load balancer')(object);
}

/** Keeps a floating IP that is to outlive its Service (cloud-provider-openstack, `keep-floatingip`). */
const KEEP_ADDRESS = 'loadbalancer.openstack.org/keep-floatingip';

function addressed(what: string): (object: KubeObject) => string {
  return (object) => {
    const [first] = [...listAt(object, 'status', 'loadBalancer', 'ingress'), ...listAt(object, 'status', 'addresses')];
    const address = textAt(first, 'ip') ?? textAt(first, 'hostname') ?? textAt(first, 'value');
    const kept = object.metadata.annotations?.[KEEP_ADDRESS] === 'true' ? '; its floating IP is kept' : '';
    return `${what} of ${object.metadata.name}${address === undefined ? '' : ` at ${address}`}${kept}`;
  };
}

/** One of the classes that octavia-ingress-controller answers to. */
function ingress(object: KubeObject): string | undefined {
  const named = textAt(object, 'spec', 'ingressClassName') ?? object.metadata.annotations?.['kubernetes.io/ingress.class'];
  return named === 'openstack' ? addressed('the load balancer')(object) : undefined;
}

const reclaims = (volume: KubeObject) => textAt(volume, 'spec', 'persistentVolumeReclaimPolicy') === 'Delete';

/** A volume that cannot be asked about counts as one that goes: better one question too many. */
async function claim(object: KubeObject, cluster: Cluster, signal: AbortSignal): Promise<string | undefined> {
  const name = textAt(object, 'spec', 'volumeName');
  if (name === undefined) return undefined;
  const volume = await cluster.get({ apiVersion: 'v1', kind: 'PersistentVolume', name }, signal);
  if (volume.ok && !reclaims(volume.value)) return undefined;
  const handle = volume.ok ? textAt(field(volume.value, 'spec'), 'csi', 'volumeHandle') : undefined;
  return `volume ${handle ?? name}, with its data${volume.ok ? '' : ' (if its reclaim policy is Delete: it could not be read)'}`;
}
