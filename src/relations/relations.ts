import type { KubeObject, ObjectRef } from '../kubernetes/cluster.ts';
import { valuesAt } from '../openstack/columns.ts';
import type { Resource } from '../openstack/kind.ts';
import type { KindId } from '../openstack/kinds/kinds.ts';
import { orcKinds } from '../openstack/kinds/orcKinds.ts';

/** One way in which an object of a cluster and a resource of a cloud are the same thing, read in both directions. */
export interface Relation {
  /** `group/Kind` of the object, `/Kind` for the core group. */
  readonly object: string;
  readonly resource: KindId;
  /** Objects that it does not hold for are left alone; default: all. */
  readonly concerns?: (object: KubeObject) => boolean;
  /** The id that the object itself names: then nothing else counts. */
  readonly id?: (object: KubeObject) => string | undefined;
  /** The region that the object names; absent or empty: any. */
  readonly region?: (object: KubeObject) => string | undefined;
  /** Marks by which a resource belongs to an object that names no id. Several that bear them are candidates. */
  readonly bears?: (resource: Resource, object: KubeObject) => boolean;
  /** Weaker marks, looked at only when no resource bears those: always candidates. */
  readonly resembles?: (resource: Resource, object: KubeObject) => boolean;
  /** Whether the resource itself says that a cluster made it: worth a word while no cluster is open. */
  readonly made?: (resource: Resource) => boolean;
  /** The object counts through another, which holds the relation: a claim through its volume. */
  readonly through?: {
    readonly object: string;
    /** The other object of ours. */
    readonly to: (object: KubeObject) => ObjectRef | undefined;
    /** Ours of the other. */
    readonly back: (other: KubeObject) => ObjectRef | undefined;
  };
}

const loadBalancerId = 'loadbalancer.openstack.org/load-balancer-id';
const loadBalancerAddress = 'loadbalancer.openstack.org/load-balancer-address';
const cinder = 'cinder.csi.openstack.org';

/** The id and region of a provider id: `openstack:///id`, `openstack://region/id` (cloud-provider-openstack) and `openstack:///region/id` (Gardener). */
export function parseProviderId(text: string | undefined): { readonly id: string; readonly region?: string } | undefined {
  const path = /^openstack:\/\/(.+)$/.exec(text ?? '')?.[1];
  const parts = (path ?? '').split('/').filter((part) => part !== '');
  const id = parts.at(-1);
  if (id === undefined || parts.length > 2) return undefined;
  const [region] = parts.slice(0, -1);
  return region === undefined ? { id } : { id, region };
}

const provider = (object: KubeObject) => parseProviderId(textAt(object, 'spec.providerID'));

/** Servers behind Nodes and the machines of Cluster API. */
const servers: readonly Relation[] = [
  {
    object: '/Node',
    resource: 'compute.server',
    id: (node) => provider(node)?.id,
    region: (node) => provider(node)?.region,
    // Without a cloud controller: the machine's own id, else name and address together. Other networks have the same addresses.
    bears: (server, node) =>
      sameText(server['id'], textAt(node, 'status.nodeInfo.systemUUID')) ||
      (server['name'] === node.metadata.name && sharesAddress(server, node)),
    resembles: sharesAddress,
  },
  {
    object: 'cluster.x-k8s.io/Machine',
    resource: 'compute.server',
    id: (machine) => provider(machine)?.id,
    region: (machine) => provider(machine)?.region,
  },
  {
    object: 'infrastructure.cluster.x-k8s.io/OpenStackMachine',
    resource: 'compute.server',
    id: (machine) => provider(machine)?.id ?? textAt(machine, 'status.instanceID') ?? textAt(machine, 'spec.instanceID'),
    region: (machine) => provider(machine)?.region,
  },
];

/** Volumes, snapshots and shares behind what the CSI drivers of Cinder and Manila made. */
const storage: readonly Relation[] = [
  {
    object: '/PersistentVolume',
    resource: 'block-storage.volume',
    concerns: (volume) => volumeId(volume) !== undefined,
    id: volumeId,
    made: (volume) => valuesAt(volume, `metadata.${cinder}/cluster`).length > 0,
  },
  {
    object: '/PersistentVolumeClaim',
    resource: 'block-storage.volume',
    id: volumeId,
    through: {
      object: '/PersistentVolume',
      to: (claim) => {
        const name = textAt(claim, 'spec.volumeName');
        return name === undefined ? undefined : { apiVersion: 'v1', kind: 'PersistentVolume', name };
      },
      back: claimOf,
    },
  },
  {
    object: '/PersistentVolume',
    resource: 'shared-file-system.share',
    concerns: (volume) => textAt(volume, 'spec.csi.driver')?.endsWith('manila.csi.openstack.org') === true,
    id: (volume) => textAt(volume, 'spec.csi.volumeAttributes.shareID'),
  },
  {
    object: 'snapshot.storage.k8s.io/VolumeSnapshotContent',
    resource: 'block-storage.snapshot',
    concerns: (content) => textAt(content, 'spec.driver') === cinder,
    id: (content) => textAt(content, 'status.snapshotHandle'),
  },
];

/** What the cloud controller makes for Services. Names and tags: cloud-provider-openstack, `kube_service_<cluster>_<namespace>_<service>`. */
const services: readonly Relation[] = [
  {
    object: '/Service',
    resource: 'load-balancer.loadbalancer',
    concerns: isBalanced,
    id: (service) => service.metadata.annotations?.[loadBalancerId],
    bears: (balancer, service) =>
      [balancer['name'], ...valuesAt(balancer, 'tags')].some((mark) => isNamedAfter(mark, service)) ||
      balancer['name'] === legacyName(service),
    made: (balancer) => [balancer['name'], ...valuesAt(balancer, 'tags')].some((mark) => /^kube_service_/.test(String(mark))),
  },
  {
    object: '/Service',
    resource: 'network.floating_ip',
    concerns: isBalanced,
    bears: (address, service) => {
      const shown = [service.metadata.annotations?.[loadBalancerAddress], ...valuesAt(service, 'status.loadBalancer.ingress.ip')];
      return shown.some((ip) => ip !== undefined && ip === address['floating_ip_address']);
    },
    made: (address) => /^Floating IP for Kubernetes external service /.test(String(address['description'])),
  },
];

/** The OpenStack resource controller writes the id of what it made, or imported, into `status.id`. */
const orc: readonly Relation[] = Object.entries(orcKinds).map(([kind, resource]) => ({
  object: `openstack.k-orc.cloud/${kind}`,
  resource,
  id: (object: KubeObject) => textAt(object, 'status.id'),
  concerns: (object: KubeObject) => textAt(object, 'status.id') !== undefined,
}));

/** Every relation between the two worlds, one row each. */
export const relations: readonly Relation[] = [...servers, ...storage, ...services, ...orc];

/** How surely an object and a resource belong together: by the id that the object names, by the resource's marks, or by weaker ones. */
export type Match = 'named' | 'marked' | 'resembling';

/** Whether an object and a resource of that relation belong together, and how surely. */
export function matchOf({ id, bears, resembles, concerns }: Relation, object: KubeObject, resource: Resource): Match | undefined {
  if (concerns && !concerns(object)) return undefined;
  const named = id?.(object);
  if (named !== undefined) return sameText(resource['id'] ?? resource['name'], named) ? 'named' : undefined;
  if (bears?.(resource, object)) return 'marked';
  return resembles?.(resource, object) ? 'resembling' : undefined;
}

function volumeId(volume: KubeObject): string | undefined {
  const driver = textAt(volume, 'spec.csi.driver');
  return driver === cinder ? textAt(volume, 'spec.csi.volumeHandle') : textAt(volume, 'spec.cinder.volumeID');
}

function claimOf(volume: KubeObject): ObjectRef | undefined {
  const [name, namespace] = [textAt(volume, 'spec.claimRef.name'), textAt(volume, 'spec.claimRef.namespace')];
  if (name === undefined || namespace === undefined) return undefined;
  return { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name };
}

function isBalanced(service: KubeObject): boolean {
  return textAt(service, 'spec.type') === 'LoadBalancer' || service.metadata.annotations?.[loadBalancerId] !== undefined;
}

/** The cluster's own name is the controller's setting and not known here. */
function isNamedAfter(mark: unknown, { metadata }: KubeObject): boolean {
  const text = String(mark);
  return text.startsWith('kube_service_') && text.endsWith(`_${metadata.namespace ?? 'default'}_${metadata.name}`);
}

/** `a` and the uid without dashes, cut to 32: the name that Kubernetes itself once gave. */
function legacyName({ metadata: { uid } }: KubeObject): string | undefined {
  return uid === undefined ? undefined : `a${uid.replaceAll('-', '')}`.slice(0, 32);
}

function sharesAddress(server: Resource, node: KubeObject): boolean {
  const addresses = addressesOf(server);
  return valuesAt(node, 'status.addresses.address').some((address) => addresses.includes(address));
}

function addressesOf(server: Resource): readonly unknown[] {
  const networks = server['addresses'];
  return typeof networks === 'object' && networks !== null ? valuesAt(Object.values(networks), 'addr') : [];
}

/** Ids are compared without regard to case: firmware writes them in capitals. */
function sameText(one: unknown, other: string | undefined): boolean {
  return typeof one === 'string' && other !== undefined && one.toLowerCase() === other.toLowerCase();
}

function textAt(object: KubeObject, path: string): string | undefined {
  const [value] = valuesAt(object, path);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
