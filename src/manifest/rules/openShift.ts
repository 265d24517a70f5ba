import type { Rule } from '../rule.ts';
import { param } from './capo.ts';
import { external } from './external.ts';

type Place = Pick<Rule, 'in' | 'when'>;

const installConfig = 'install-config.yaml';
const securityGroup = { to: 'network.security_group', unknown: 'error' } as const;
const computeZone = { to: 'compute.availability_zone', by: 'name', unknown: 'error' } as const;
const volumeZone = { to: 'block-storage.availability_zone', by: 'name', unknown: 'error' } as const;
const volumeType = { to: 'block-storage.type', unknown: 'error' } as const;
const network = { to: 'network.network', by: 'id', unknown: 'error', confused: ['network.subnet'] } as const;
const subnet = { to: 'network.subnet', by: 'id', unknown: 'error', confused: ['network.network'] } as const;

/** Machines of one role, as the installer is told of them. Source: openshift/installer, `pkg/types/openstack/machinepool.go`. */
function machinePool(at: string): Rule[] {
  const pool = { in: installConfig } as const;
  return [
    { ...pool, at: `${at}.type`, to: 'compute.flavor', by: 'name', unknown: 'error' },
    { ...pool, ...volumeType, at: `${at}.rootVolume.type`, by: 'name', field: 'rootVolume.type' },
    { ...pool, ...volumeType, at: `${at}.rootVolume.types[*]`, by: 'name', field: 'rootVolume.types' },
    { ...pool, ...volumeZone, at: `${at}.rootVolume.zones[*]`, field: 'rootVolume.zones' },
    { ...pool, ...computeZone, at: `${at}.zones[*]`, field: 'zones' },
    { ...pool, ...network, at: `${at}.additionalNetworkIDs[*]`, field: 'additionalNetworkIDs' },
    { ...pool, ...securityGroup, at: `${at}.additionalSecurityGroupIDs[*]`, by: 'id', field: 'additionalSecurityGroupIDs' },
  ];
}

/** What the installer is told of the cloud. Source: openshift/installer, `pkg/types/openstack/platform.go`, `pkg/asset/installconfig/openstack/validation`. */
function platform(at: string): Rule[] {
  const whole = { in: installConfig } as const;
  const address = { ...whole, to: 'network.floating_ip', by: 'name', unknown: 'error' } as const;
  return [
    { ...whole, at: `${at}.externalNetwork`, to: 'network.network', by: 'name', unknown: 'error', demands: [external] },
    { ...address, at: `${at}.apiFloatingIP` },
    { ...address, at: `${at}.lbFloatingIP` },
    { ...address, at: `${at}.ingressFloatingIP` },
    { ...whole, ...subnet, at: `${at}.machinesSubnet` },
    // An address is downloaded from; only what is none is the name of an image.
    { ...whole, at: `${at}.clusterOSImage`, to: 'image.image', by: 'name', part: /^(?!\w+:\/\/)(.+)$/, unknown: 'error' },
    { ...whole, at: `${at}.computeFlavor`, to: 'compute.flavor', by: 'name', unknown: 'error' },
    ...machinePool(`${at}.defaultMachinePlatform`),
  ];
}

/** Conditions of the machine API's filters; those that it does not evaluate, or that cannot be evaluated here, are not judged. */
const filterKeys: NonNullable<Rule['filterKeys']> = {
  tenantId: 'project_id',
  projectId: 'project_id',
  ...Object.fromEntries(
    ['tagsAny', 'notTags', 'notTagsAny', 'limit', 'marker', 'sortKey', 'sortDir', 'status', 'adminStateUp', 'shared']
      .concat(['enableDhcp', 'subnetpoolId', 'networkId'])
      .map((key) => [key, null]),
  ),
};

/** An OpenstackProviderSpec. Source: openshift/api, `machine/v1alpha1/types_openstack.go`. */
function machine(kind: string, at: string): Rule[] {
  const place: Place = { in: kind, when: { [`${at}.kind`]: 'OpenstackProviderSpec' } };
  const filter = { ...place, by: 'filter', unknown: 'error', filterKeys } as const;
  return [
    { ...place, at: `${at}.flavor`, to: 'compute.flavor', by: 'idOrName', unknown: 'error' },
    {
      ...place,
      at: `${at}.image`,
      to: 'image.image',
      by: 'idOrName',
      unknown: 'error',
      // The root volume is made of this one then.
      unless: { [`${at}.rootVolume.sourceUUID`]: 'anything' },
    },
    {
      ...place,
      at: `${at}.keyName`,
      to: 'compute.keypair',
      by: 'name',
      unknown: 'information',
      unknownToUser: 'error',
      consequence: 'Key pairs belong to users: the one in cloudsSecret must have it.',
    },
    { ...place, ...network, at: `${at}.networks[*].uuid`, field: 'networks.uuid' },
    { ...filter, at: `${at}.networks[*].filter`, to: 'network.network', field: 'networks.filter' },
    { ...place, ...subnet, at: `${at}.networks[*].subnets[*].uuid`, field: 'subnets.uuid' },
    { ...filter, at: `${at}.networks[*].subnets[*].filter`, to: 'network.subnet', field: 'subnets.filter' },
    { ...place, ...network, at: `${at}.ports[*].networkID` },
    {
      ...place,
      ...subnet,
      at: `${at}.ports[*].fixedIPs[*].subnetID`,
      demands: [
        {
          field: 'network_id',
          is: { idAt: `${at}.ports[*].networkID` },
          otherwise: 'does not belong to the network of the port',
          code: 'reference.otherNetwork',
        },
      ],
    },
    { ...place, ...securityGroup, at: `${at}.ports[*].securityGroups[*]`, by: 'id', field: 'securityGroups' },
    { ...place, ...securityGroup, at: `${at}.securityGroups[*].uuid`, by: 'id', field: 'securityGroups.uuid' },
    // Read as a filter by cluster-api-provider-openstack, `pkg/cloud/services/networking/securitygroups.go`.
    { ...place, ...securityGroup, at: `${at}.securityGroups[*].name`, by: 'name', several: 'used', field: 'securityGroups.name' },
    { ...filter, at: `${at}.securityGroups[*].filter`, to: 'network.security_group', field: 'securityGroups.filter' },
    { ...place, ...computeZone, at: `${at}.availabilityZone` },
    { ...place, ...volumeType, at: `${at}.rootVolume.volumeType`, by: 'idOrName' },
    { ...place, ...volumeZone, at: `${at}.rootVolume.availabilityZone`, field: 'rootVolume.availabilityZone' },
    { ...place, ...volumeType, at: `${at}.additionalBlockDevices[*].storage.volume.type`, by: 'idOrName', field: 'volume.type' },
    {
      ...place,
      ...volumeZone,
      at: `${at}.additionalBlockDevices[*].storage.volume.availabilityZone`,
      field: 'volume.availabilityZone',
    },
    { ...place, at: `${at}.serverGroupID`, to: 'compute.server_group', by: 'id', unknown: 'error' },
    // A group of this name is made when there is none.
    { ...place, at: `${at}.serverGroupName`, to: 'compute.server_group', by: 'name', unknown: 'allow' },
  ];
}

const controlPlaneSet = 'machine.openshift.io/v1 ControlPlaneMachineSet';
const template = 'spec.template.machines_v1beta1_machine_openshift_io';
const domain = `${template}.failureDomains.openstack[*]`;
const hosted = 'hypershift.openshift.io/v1beta1 HostedCluster';
const nodePool = 'hypershift.openshift.io/v1beta1 NodePool';

/** OpenShift: the installer's file, the machine API, hosted clusters and what else of a cluster names a resource. */
export const openShiftRules: readonly Rule[] = [
  ...platform('platform.openstack'),
  ...machinePool('controlPlane.platform.openstack'),
  ...machinePool('compute[*].platform.openstack'),
  ...machine('machine.openshift.io/v1beta1 Machine', 'spec.providerSpec.value'),
  ...machine('machine.openshift.io/v1beta1 MachineSet', 'spec.template.spec.providerSpec.value'),
  ...machine(controlPlaneSet, `${template}.spec.providerSpec.value`),
  { in: controlPlaneSet, ...computeZone, at: `${domain}.availabilityZone` },
  { in: controlPlaneSet, ...volumeZone, at: `${domain}.rootVolume.availabilityZone`, field: 'rootVolume.availabilityZone' },
  { in: controlPlaneSet, ...volumeType, at: `${domain}.rootVolume.volumeType`, by: 'idOrName' },
  {
    in: 'operator.openshift.io/v1 IngressController',
    at: 'spec.endpointPublishingStrategy.loadBalancer.providerParameters.openstack.floatingIP',
    to: 'network.floating_ip',
    by: 'name',
    unknown: 'warning',
    consequence: 'As a rule only an administrator may create a chosen address.',
  },
  {
    in: 'imageregistry.operator.openshift.io/v1 Config',
    at: 'spec.storage.swift.container',
    to: 'object-store.container',
    by: 'name',
    unknown: 'allow',
  },
  ...param(hosted, 'spec.platform.openstack.network', { to: 'network.network', confused: ['network.subnet'] }),
  ...param(hosted, 'spec.platform.openstack.externalNetwork', { to: 'network.network', demands: [external] }),
  ...param(hosted, 'spec.platform.openstack.router', { to: 'network.router' }),
  ...param(hosted, 'spec.platform.openstack.subnets[*]', { to: 'network.subnet', confused: ['network.network'] }),
  { in: nodePool, at: 'spec.platform.openstack.flavor', to: 'compute.flavor', by: 'name', unknown: 'error' },
  { in: nodePool, at: 'spec.platform.openstack.imageName', to: 'image.image', by: 'name', unknown: 'error' },
  { in: nodePool, ...computeZone, at: 'spec.platform.openstack.availabilityZone' },
];
