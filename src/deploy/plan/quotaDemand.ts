import { field, fieldsAt, listAt, textAt } from '../../base/fields.ts';
import type { KubeObject } from '../../kubernetes/cluster.ts';
import { groupKind } from '../../kubernetes/objectKey.ts';
import type { Query } from '../../openstack/lookup.ts';

/** What an object will take of a project beyond what it has already. `each` names the flavor of the servers, whose cores and memory count as well. */
export interface Demand {
  /** Service and name of the limit as `openstack/quota.ts` calls them. */
  readonly service: string;
  readonly name: string;
  readonly amount: number;
  readonly flavor?: Query;
  /** Only as long as machines are rolled: given back when the old ones are gone. */
  readonly whileRolled?: true;
}

/** Finds an object that the plan makes: the template of a pool. */
export type Planned = (groupKind: string, namespace: string | undefined, name: string) => KubeObject | undefined;

const clusterApi = 'cluster.x-k8s.io';
const infrastructure = 'infrastructure.cluster.x-k8s.io';
const compute = 'compute';
const network = 'network';
const storage = 'block-storage';

/** Kinds of the OpenStack resource controller → the limit that one of them counts against. */
const ofOrc: Readonly<Record<string, readonly [service: string, name: string]>> = {
  Server: [compute, 'servers'],
  Volume: [storage, 'volumes'],
  FloatingIP: [network, 'floating IPs'],
  Network: [network, 'networks'],
  Subnet: [network, 'subnets'],
  Router: [network, 'routers'],
  Port: [network, 'ports'],
  SecurityGroup: [network, 'security groups'],
};

/**
 * What applying an object asks of the cloud beyond what is live: machines beyond those of the live pool, and those that stand beside the old ones while a pool is rolled (surge). What is
 * not known is not counted. Source: Cluster API, `MachineDeployment` and `KubeadmControlPlane` (maxSurge is 1 by default); CAPO, OpenStackMachineTemplate; ORC, managementPolicy.
 */
export function demandOf(object: KubeObject, live: KubeObject | undefined, planned: Planned): readonly Demand[] {
  const [group = '', kind = ''] = groupKind(object).split('/');
  if (group === clusterApi || group === `controlplane.${clusterApi}`) return ofPool(object, live, planned);
  if (live) return [];
  if (group === infrastructure && (kind === 'OpenStackMachine' || kind === 'OpenStackServer'))
    return ofMachines(1, fieldsAt(object, 'spec'));
  const own = group === 'openstack.k-orc.cloud' ? ofOrc[kind] : undefined;
  if (own) return ofResource(object, own);
  return group === '' && kind === 'Service' ? ofService(object) : [];
}

/** Whether an object is a pool of machines: what it asks for may follow from the live count alone. */
export function isPool(object: KubeObject): boolean {
  return machinesOf(object) !== undefined;
}

function ofPool(object: KubeObject, live: KubeObject | undefined, planned: Planned): Demand[] {
  const machines = machinesOf(object);
  const before = live ? Number(field(live['spec'], 'replicas') ?? 0) : 0;
  // A count that is left to an autoscaler stays as it is, and is rolled all the same.
  const replicas = field(object['spec'], 'replicas') ?? (live ? before : undefined);
  if (!machines || typeof replicas !== 'number') return [];
  const template = planned(`${infrastructure}/OpenStackMachineTemplate`, object.metadata.namespace, machines.template);
  const rolled = live !== undefined && machinesOf(live)?.mark !== machines.mark;
  const machine = fieldsAt(template, 'spec', 'template', 'spec');
  const surge = ofMachines(rolled ? surgeOf(object, replicas) : 0, machine);
  return [
    ...ofMachines(Math.max(0, replicas - before), machine),
    ...surge.map((one) => ({ ...one, whileRolled: true as const })),
  ];
}

/** The template of a pool, and what, when it is another, makes all of its machines anew. */
function machinesOf(object: KubeObject): { readonly template: string; readonly mark: string } | undefined {
  const { kind, spec } = object;
  const at: Readonly<Record<string, readonly (readonly string[])[]>> = {
    MachineDeployment: [['template', 'spec', 'infrastructureRef']],
    MachineSet: [['template', 'spec', 'infrastructureRef']],
    KubeadmControlPlane: [
      ['machineTemplate', 'infrastructureRef'],
      ['machineTemplate', 'spec', 'infrastructureRef'],
    ],
  };
  const reference = (at[kind] ?? []).map((path) => fieldsAt(spec, ...path)).find((one) => 'name' in one);
  const name = textAt(reference, 'name');
  if (name === undefined || textAt(reference, 'kind') !== 'OpenStackMachineTemplate') return undefined;
  const version = textAt(spec, 'version') ?? textAt(spec, 'template', 'spec', 'version') ?? '';
  return { template: name, mark: `${name} ${version}` };
}

function surgeOf({ kind, spec }: KubeObject, replicas: number): number {
  if (kind === 'MachineSet') return 0;
  const strategies = [['strategy'], ['rolloutStrategy'], ['rollout', 'strategy']].map((path) => fieldsAt(spec, ...path));
  const strategy = strategies.find((one) => Object.keys(one).length > 0) ?? {};
  if (strategy['type'] === 'OnDelete') return 0;
  const surge = field(strategy['rollingUpdate'], 'maxSurge') ?? 1;
  const percent = /^(\d+)%$/.exec(String(surge))?.[1];
  return percent === undefined ? Number(surge) : Math.ceil((replicas * Number(percent)) / 100);
}

/** Servers by the spec of a machine, with the volumes that each of them boots from or has. */
function ofMachines(count: number, spec: Readonly<Record<string, unknown>>): Demand[] {
  const flavor = flavorOf(spec);
  const volumes = [
    field(spec['rootVolume'], 'sizeGiB'),
    ...listAt(spec, 'additionalBlockDevices').map((one) =>
      textAt(one, 'storage', 'type') === 'Volume' ? field(one, 'sizeGiB') : undefined,
    ),
  ].filter((size) => typeof size === 'number');
  const gigabytes = volumes.reduce((sum, size) => sum + size, 0);
  return [
    { service: compute, name: 'servers', amount: count, ...(flavor ? { flavor } : {}) },
    { service: storage, name: 'volumes', amount: count * volumes.length },
    { service: storage, name: 'GiB', amount: count * gigabytes },
  ].filter(({ amount }) => amount > 0);
}

function flavorOf(spec: Readonly<Record<string, unknown>>): Query | undefined {
  const id = textAt(spec, 'flavorID') ?? textAt(spec, 'flavor', 'id');
  const name = textAt(spec, 'flavor') ?? textAt(spec, 'flavor', 'filter', 'name');
  if (id !== undefined) return { by: 'id', value: id };
  return name === undefined ? undefined : { by: 'name', value: name };
}

function ofResource(object: KubeObject, [service, name]: readonly [string, string]): Demand[] {
  if (textAt(object, 'spec', 'managementPolicy') === 'unmanaged') return [];
  const size = field(fieldsAt(object, 'spec', 'resource'), 'size');
  const gigabytes = name === 'volumes' && typeof size === 'number' ? [{ service, name: 'GiB', amount: size }] : [];
  return [{ service, name, amount: 1 }, ...gigabytes];
}

const internal = 'service.beta.kubernetes.io/openstack-internal-load-balancer';
const shared = 'loadbalancer.openstack.org/load-balancer-id';

function ofService({ metadata, spec }: KubeObject): Demand[] {
  if (textAt(spec, 'type') !== 'LoadBalancer' || textAt(spec, 'loadBalancerClass') !== undefined) return [];
  const annotations = metadata.annotations ?? {};
  if (annotations[shared] !== undefined) return [];
  const balancer = { service: 'load-balancer', name: 'load balancers', amount: 1 };
  // An address that is named may be there already.
  const isOpen = annotations[internal] !== 'true' && textAt(spec, 'loadBalancerIP') === undefined;
  return isOpen ? [balancer, { service: network, name: 'floating IPs', amount: 1 }] : [balancer];
}
