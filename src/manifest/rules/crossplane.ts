import type { Rule } from '../rule.ts';
import { external } from './external.ts';

type Target = Pick<Rule, 'to' | 'by'> & Partial<Rule>;

const network: Target = { to: 'network.network', by: 'id', confused: ['network.subnet'] };
const subnet: Target = { to: 'network.subnet', by: 'id', confused: ['network.network'] };
const port: Target = { to: 'network.port', by: 'id' };
const router: Target = { to: 'network.router', by: 'id' };
const volumeType: Target = { to: 'block-storage.type', by: 'idOrName' };
const keypair: Target = {
  to: 'compute.keypair',
  by: 'name',
  unknown: 'information',
  consequence: 'Key pairs belong to users: the one in the ProviderConfig must have it.',
};

/** Service → kind → field of `spec.forProvider` → what it names. A field may be left to a reference beside it (`networkIdRef`); what is written here is meant literally. */
const fields: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, Target>>>>>> = {
  compute: {
    InstanceV2: {
      flavorId: { to: 'compute.flavor', by: 'id', confused: ['load-balancer.flavor'] },
      flavorName: { to: 'compute.flavor', by: 'name' },
      imageId: { to: 'image.image', by: 'id' },
      imageName: { to: 'image.image', by: 'name' },
      keyPair: keypair,
      availabilityZone: { to: 'compute.availability_zone', by: 'name', part: /^([^:]+)$/ },
      'securityGroups[*]': { to: 'network.security_group', by: 'name', field: 'securityGroups' },
      'network[*].uuid': { ...network, field: 'network.uuid' },
      'network[*].name': { to: 'network.network', by: 'name', field: 'network.name' },
      'network[*].port': { ...port, field: 'network.port' },
      'blockDevice[*].volumeType': { ...volumeType, field: 'blockDevice.volumeType' },
    },
  },
  networking: {
    SubnetV2: { networkId: network },
    PortV2: { networkId: network, 'fixedIp[*].subnetId': subnet },
    RouterV2: { externalNetworkId: { ...network, demands: [external] } },
    RouterInterfaceV2: { routerId: router, subnetId: subnet, portId: port },
    FloatingipV2: { pool: { to: 'network.network', by: 'name', demands: [external] }, portId: port, subnetId: subnet },
    SecgroupRuleV2: { securityGroupId: { to: 'network.security_group', by: 'id' } },
  },
  blockstorage: {
    VolumeV3: {
      volumeType,
      availabilityZone: { to: 'block-storage.availability_zone', by: 'name' },
      imageId: { to: 'image.image', by: 'id' },
      snapshotId: { to: 'block-storage.snapshot', by: 'id', confused: ['block-storage.volume'] },
    },
  },
  lb: {
    LoadbalancerV2: {
      vipSubnetId: subnet,
      vipNetworkId: network,
      flavorId: { to: 'load-balancer.flavor', by: 'id', confused: ['compute.flavor'] },
      loadbalancerProvider: { to: 'load-balancer.provider', by: 'name' },
    },
  },
  dns: { RecordsetV2: { zoneId: { to: 'dns.zone', by: 'id' } } },
  containerinfra: {
    ClusterV1: {
      clusterTemplateId: { to: 'container-infrastructure-management.cluster_template', by: 'id' },
      keypair,
      fixedNetwork: { ...network, by: 'idOrName' },
      fixedSubnet: { ...subnet, by: 'idOrName' },
    },
  },
};

/** Crossplane's resources for OpenStack, of the whole cluster and of a namespace. Source: crossplane-contrib/provider-openstack, `package/crds`. */
export const crossplaneRules: readonly Rule[] = Object.entries(fields).flatMap(([service, kinds]) =>
  Object.entries(kinds).flatMap(([kind, all]) =>
    ['openstack.crossplane.io', 'openstack.m.crossplane.io'].flatMap((group) =>
      Object.entries(all).map(
        ([at, target]): Rule => ({
          in: `${service}.${group}/v1alpha1 ${kind}`,
          at: `spec.forProvider.${at}`,
          unknown: 'error',
          ...target,
        }),
      ),
    ),
  ),
);
