import type { Demand, Rule } from '../rule.ts';
import { external, externalNetworkId } from './external.ts';

type Place = Pick<Rule, 'in' | 'when'>;

const extension = (kind: string): Place => ({
  in: `extensions.gardener.cloud/v1alpha1 ${kind}`,
  when: { 'spec.type': 'openstack' },
});
const shoot: Place = { in: 'core.gardener.cloud/v1beta1 Shoot', when: { 'spec.provider.type': 'openstack' } };
const profile: Place = { in: 'core.gardener.cloud/v1beta1 CloudProfile', when: { 'spec.type': 'openstack' } };
const machineClass: Place = { in: 'machine.sapcloud.io/v1alpha1 MachineClass', when: { provider: 'OpenStack' } };

function inNetwork(idAt: string): Demand {
  const otherwise = 'does not belong to the network named beside it';
  return { field: 'network_id', is: { idAt }, otherwise, code: 'reference.otherNetwork' };
}

/** An InfrastructureConfig. */
function infrastructure(place: Place, at: string): Rule[] {
  return [
    { ...place, at: `${at}.floatingPoolName`, to: 'network.network', by: 'name', unknown: 'error', demands: [external] },
    { ...place, at: `${at}.floatingPoolSubnetName`, to: 'network.subnet', by: 'pattern', unknown: 'allow' },
    {
      ...place,
      at: `${at}.networks.id`,
      to: 'network.network',
      by: 'id',
      unknown: 'error',
      field: 'networks.id',
      confused: ['network.subnet'],
    },
    { ...place, at: `${at}.networks.router.id`, to: 'network.router', by: 'id', unknown: 'error', field: 'router.id' },
    {
      ...place,
      at: `${at}.networks.subnetPool.id`,
      to: 'network.subnet_pool',
      by: 'id',
      unknown: 'error',
      field: 'subnetPool.id',
    },
    { ...place, at: `${at}.networks.ipv6.subnetPoolID`, to: 'network.subnet_pool', by: 'id', unknown: 'error' },
  ];
}

/** Classes of load balancers, in a ControlPlaneConfig and in a CloudProfileConfig. */
function classes(place: Place, at: string): Rule[] {
  const one = `${at}.loadBalancerClasses[*]`;
  return [
    {
      ...place,
      at: `${one}.floatingNetworkID`,
      ...externalNetworkId,
    },
    {
      ...place,
      at: `${one}.floatingSubnetID`,
      to: 'network.subnet',
      by: 'id',
      // The subnets of an external network may be hidden from a project that may use them.
      unknown: 'information',
      consequence: 'It may be hidden from this project.',
      confused: ['network.network'],
      demands: [inNetwork(`${one}.floatingNetworkID`)],
    },
    { ...place, at: `${one}.floatingSubnetName`, to: 'network.subnet', by: 'pattern', unknown: 'allow' },
    { ...place, at: `${one}.floatingSubnetTags`, to: 'network.subnet', by: 'tags', unknown: 'allow' },
    { ...place, at: `${one}.subnetID`, to: 'network.subnet', by: 'id', unknown: 'error', confused: ['network.network'] },
  ];
}

function controlPlane(place: Place, at: string): Rule[] {
  return [
    { ...place, at: `${at}.loadBalancerProvider`, to: 'load-balancer.provider', by: 'name', unknown: 'error' },
    ...classes(place, at),
  ];
}

/** A pool of workers and the WorkerConfig within it. */
function workers(place: Place, at: string, machineType: string): Rule[] {
  return [
    { ...place, at: `${at}.${machineType}`, to: 'compute.flavor', by: 'name', unknown: 'error', field: machineType },
    {
      ...place,
      at: `${at}.volume.type`,
      to: 'block-storage.type',
      by: 'name',
      unknown: 'error',
      field: 'volume.type',
    },
    { ...place, at: `${at}.zones[*]`, to: 'compute.availability_zone', by: 'name', unknown: 'error', field: 'zones' },
    {
      ...place,
      at: `${at}.providerConfig.additionalSecurityGroups[*]`,
      to: 'network.security_group',
      by: 'name',
      unknown: 'error',
      field: 'additionalSecurityGroups',
    },
  ];
}

const constraints = 'spec.providerConfig.constraints';
const image = 'spec.providerConfig.machineImages[*].versions[*]';
const spec = 'providerSpec.spec';

/**
 * Gardener's extension for OpenStack, in a Shoot and in the objects that Gardener makes of it, and its machine controller. A CloudProfile serves several regions: what is
 * not in this one may be in another. Source: gardener/gardener-extension-provider-openstack, `pkg/apis/openstack/v1alpha1`;
 * gardener/machine-controller-manager-provider-openstack, `pkg/apis/openstack`.
 */
export const gardenerRules: readonly Rule[] = [
  { ...shoot, at: 'spec.region', to: 'identity.region', by: 'name', unknown: 'error' },
  ...infrastructure(shoot, 'spec.provider.infrastructureConfig'),
  ...controlPlane(shoot, 'spec.provider.controlPlaneConfig'),
  ...workers(shoot, 'spec.provider.workers[*]', 'machine.type'),
  ...infrastructure(extension('Infrastructure'), 'spec.providerConfig'),
  ...controlPlane(extension('ControlPlane'), 'spec.providerConfig'),
  ...workers(extension('Worker'), 'spec.pools[*]', 'machineType'),
  {
    in: 'extensions.gardener.cloud/v1alpha1 DNSRecord',
    when: { 'spec.type': 'openstack-designate' },
    at: 'spec.zone',
    to: 'dns.zone',
    by: 'id',
    unknown: 'error',
  },
  { ...profile, at: 'spec.machineTypes[*].name', to: 'compute.flavor', by: 'name', unknown: 'warning', field: 'machine type' },
  { ...profile, at: `${constraints}.floatingPools[*].name`, to: 'network.network', by: 'pattern', unknown: 'allow' },
  ...classes(profile, `${constraints}.floatingPools[*]`).map((rule): Rule => ({ ...rule, unknown: 'allow' })),
  { ...profile, at: `${constraints}.loadBalancerProviders[*].name`, to: 'load-balancer.provider', by: 'name', unknown: 'allow' },
  { ...profile, at: `${image}.image`, to: 'image.image', by: 'name', unknown: 'allow' },
  { ...profile, at: `${image}.regions[*].id`, to: 'image.image', by: 'id', unknown: 'allow' },
  { ...machineClass, at: `${spec}.imageID`, to: 'image.image', by: 'id', unknown: 'error' },
  { ...machineClass, at: `${spec}.imageName`, to: 'image.image', by: 'name', unknown: 'error' },
  { ...machineClass, at: `${spec}.flavorName`, to: 'compute.flavor', by: 'name', unknown: 'error' },
  { ...machineClass, at: `${spec}.availabilityZone`, to: 'compute.availability_zone', by: 'name', unknown: 'error' },
  { ...machineClass, at: `${spec}.region`, to: 'identity.region', by: 'name', unknown: 'error' },
  {
    ...machineClass,
    at: `${spec}.networkID`,
    to: 'network.network',
    by: 'id',
    unknown: 'error',
    confused: ['network.subnet'],
  },
  { ...machineClass, at: `${spec}.networks[*].id`, to: 'network.network', by: 'id', unknown: 'error', field: 'networks.id' },
  {
    ...machineClass,
    at: `${spec}.networks[*].name`,
    to: 'network.network',
    by: 'name',
    unknown: 'error',
    field: 'networks.name',
  },
  { ...machineClass, at: `${spec}.subnetID`, to: 'network.subnet', by: 'id', unknown: 'error', confused: ['network.network'] },
  {
    ...machineClass,
    at: `${spec}.securityGroups[*]`,
    to: 'network.security_group',
    by: 'name',
    unknown: 'error',
    field: 'securityGroups',
  },
  { ...machineClass, at: `${spec}.serverGroupID`, to: 'compute.server_group', by: 'id', unknown: 'error' },
  { ...machineClass, at: `${spec}.rootDiskType`, to: 'block-storage.type', by: 'idOrName', unknown: 'error' },
];
