import { valuesAt } from '../../openstack/columns.ts';
import { nameOf } from '../../openstack/display.ts';
import type { Resource } from '../../openstack/kind.ts';
import type { Severity } from '../finding.ts';

/** What must be true of two resources that a manifest names in the same place. */
export interface CrossRule {
  /** As of a rule. */
  readonly in: string;
  /** Patterns of the reference that is told, and of the one it is compared with, in the same items. */
  readonly at: readonly string[];
  readonly with: readonly string[];
  /** Patterns that, if anything stands there, make the comparison void. */
  readonly unless?: readonly string[];
  readonly code: string;
  readonly severity: Severity;
  /** The sentence, or undefined where all is well or nobody can tell. */
  readonly judge: (one: Resource, other: Resource) => string | undefined;
}

const text = (resource: Resource, field: string) => valuesAt(resource, field).map(String)[0];
const amount = (resource: Resource, field: string) => {
  const [value] = valuesAt(resource, field);
  return typeof value === 'number' ? value : undefined;
};

/** A limit of an image in the words of a sentence; undefined where the flavor meets it. A disk of 0 is as large as the image. */
function tooSmall(flavor: Resource, image: Resource, field: 'ram' | 'disk'): string | undefined {
  const [has, wants] = [amount(flavor, field), amount(image, `min_${field}`)];
  if (has === undefined || wants === undefined || has >= wants || (field === 'disk' && has === 0)) return undefined;
  const [unit, of] = field === 'ram' ? ['MiB', 'of RAM'] : ['GiB', 'of disk'];
  return `Flavor "${nameOf('compute.flavor', flavor)}" has ${has} ${unit} ${of}; image "${nameOf('image.image', image)}" wants ${wants}.`;
}

/** Nova refuses a server whose flavor has less memory or disk than its image asks for. Source: nova, `nova/compute/api.py` (FlavorMemoryTooSmall, FlavorDiskSmallerThanMinDisk). */
function fits(kind: string, flavors: readonly string[], images: readonly string[], volumes: readonly string[] = []): CrossRule[] {
  const row = { in: kind, at: flavors, with: images, code: 'reference.tooSmall', severity: 'error' } as const;
  return [
    { ...row, judge: (flavor, image) => tooSmall(flavor, image, 'ram') },
    // The disk of a server that boots from a volume is the volume.
    { ...row, unless: volumes, judge: (flavor, image) => tooSmall(flavor, image, 'disk') },
  ];
}

/** A volume type may be bound to zones. Source: cinder, "Availability-zone types" (`RESKEY:availability_zones`), which users see. */
function inZone(kind: string, type: string, zone: string): CrossRule {
  return {
    in: kind,
    at: [type],
    with: [zone],
    code: 'reference.otherZone',
    severity: 'error',
    judge: (volumeType, { zoneName }) => {
      const zones = text(volumeType, 'extra_specs.RESKEY:availability_zones')
        ?.split(',')
        .map((one) => one.trim());
      if (!zones || typeof zoneName !== 'string' || zones.includes(zoneName)) return undefined;
      return `Volume type "${nameOf('block-storage.type', volumeType)}" is for ${zones.join(', ')} only; here it is asked for in "${zoneName}".`;
    },
  };
}

/** A subnet lies in one network. By their ids beside each other the rows say so themselves; this is for names and filters. */
function inNetwork(kind: string, subnets: readonly string[], networks: readonly string[]): CrossRule {
  return {
    in: kind,
    at: subnets,
    with: networks,
    code: 'reference.otherNetwork',
    severity: 'error',
    judge: (subnet, network) =>
      subnet['network_id'] === undefined || subnet['network_id'] === network['id']
        ? undefined
        : `Subnet "${nameOf('network.subnet', subnet)}" does not belong to network "${nameOf('network.network', network)}".`,
  };
}

/** A floating IP is an address of one external network. */
function ofNetwork(kind: string, addresses: readonly string[], networks: readonly string[]): CrossRule {
  return {
    in: kind,
    at: addresses,
    with: networks,
    code: 'reference.otherNetwork',
    severity: 'error',
    judge: (address, network) =>
      address['floating_network_id'] === undefined || address['floating_network_id'] === network['id']
        ? undefined
        : `Floating IP ${nameOf('network.floating_ip', address)} is not of network "${nameOf('network.network', network)}".`,
  };
}

const group = 'infrastructure.cluster.x-k8s.io';
const param = (at: string) => [`${at}.id`, `${at}.filter`];

function machine(kind: string, spec: string): CrossRule[] {
  const flavors = [`${spec}.flavor`, `${spec}.flavorID`, ...param(`${spec}.flavor`)];
  return [
    ...fits(kind, flavors, param(`${spec}.image`), [`${spec}.rootVolume.sizeGiB`]),
    inZone(kind, `${spec}.rootVolume.type`, `${spec}.rootVolume.availabilityZone.name`),
    inZone(
      kind,
      `${spec}.additionalBlockDevices[*].storage.volume.type`,
      `${spec}.additionalBlockDevices[*].storage.volume.availabilityZone.name`,
    ),
    inNetwork(kind, param(`${spec}.ports[*].fixedIPs[*].subnet`), [`${spec}.ports[*].network.filter`]),
  ];
}

function cluster(kind: string, spec: string, version: 'v1beta1' | 'v1beta2'): CrossRule[] {
  const balancer = version === 'v1beta1' ? 'apiServerLoadBalancer' : 'apiServer.managedLoadBalancer';
  const addresses = [version === 'v1beta1' ? 'apiServerFloatingIP' : 'apiServer.floatingIP', 'bastion.floatingIP'];
  return [
    ...machine(kind, `${spec}.bastion.spec`),
    inNetwork(kind, param(`${spec}.subnets[*]`), [`${spec}.network.filter`]),
    inNetwork(kind, param(`${spec}.${balancer}.subnets[*]`), [`${spec}.${balancer}.network.filter`]),
    ofNetwork(
      kind,
      addresses.map((one) => `${spec}.${one}`),
      param(`${spec}.externalNetwork`),
    ),
  ];
}

const service = 'v1 Service';
const annotation = (name: string) => `metadata.annotations[loadbalancer.openstack.org/${name}]`;

/** Every rule about two references, as rows; what a single resource must be is a demand of its own row. */
export const crossRules: readonly CrossRule[] = [
  ...(['v1beta1', 'v1beta2'] as const).flatMap((version) => [
    ...machine(`${group}/${version} OpenStackMachine`, 'spec'),
    ...machine(`${group}/${version} OpenStackMachineTemplate`, 'spec.template.spec'),
    ...cluster(`${group}/${version} OpenStackCluster`, 'spec', version),
    ...cluster(`${group}/${version} OpenStackClusterTemplate`, 'spec.template.spec', version),
  ]),
  ...machine(`${group}/v1alpha1 OpenStackServer`, 'spec'),
  inZone('storage.k8s.io/v1 StorageClass', 'parameters.type', 'parameters.availability'),
  ofNetwork(service, ['spec.loadBalancerIP'], [annotation('floating-network-id')]),
  ...['flavor_id', 'master_flavor_id'].flatMap((flavor) =>
    fits('magnum cluster template', [flavor], ['image_id'], ['labels.boot_volume_size']),
  ),
  inNetwork('magnum cluster template', ['fixed_subnet'], ['fixed_network']),
  ...['kops.k8s.io/v1alpha2', 'kops.k8s.io/v1alpha3'].flatMap((version) =>
    fits(
      `${version} InstanceGroup`,
      ['spec.machineType'],
      ['spec.image'],
      ['metadata.annotations[openstack.kops.io/osVolumeBoot]'],
    ),
  ),
  ...fits(
    'rke-machine-config.cattle.io/v1 OpenstackConfig',
    ['flavorId', 'flavorName'],
    ['imageId', 'imageName'],
    ['bootFromVolume'],
  ),
];

const byForm = Map.groupBy(crossRules, (rule) => rule.in);

/** The rules about two references whose first stands at a pattern of a form. */
export function crossRulesAt(form: string | undefined, at: string): readonly CrossRule[] {
  return (form === undefined ? undefined : byForm.get(form))?.filter((rule) => rule.at.includes(at)) ?? [];
}

/** Form → pattern of a flavor of load balancers → pattern of the provider that is chosen beside it. */
export const providersBeside: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  ...Object.fromEntries(
    (['v1beta1', 'v1beta2'] as const).flatMap((version) =>
      [
        ['OpenStackCluster', 'spec'],
        ['OpenStackClusterTemplate', 'spec.template.spec'],
      ].map(([kind, spec]) => {
        const balancer = `${spec}.${version === 'v1beta1' ? 'apiServerLoadBalancer' : 'apiServer.managedLoadBalancer'}`;
        return [`${group}/${version} ${kind}`, { [`${balancer}.flavor`]: `${balancer}.provider` }] as const;
      }),
    ),
  ),
  'cloud.conf': { 'LoadBalancer[*].flavor-id': 'LoadBalancer[*].lb-provider' },
  'octavia-ingress-controller': { 'octavia.flavor-id': 'octavia.provider' },
};
