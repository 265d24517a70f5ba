import type { Rule } from '../rule.ts';
import { active, external, externalNetworkId } from './external.ts';

type Place = Pick<Rule, 'in' | 'when'>;

/** The cloud's part of a Cluster. Source: kubernetes/kops, `pkg/apis/kops/componentconfig.go`. */
function cloud(kind: string, at: string): Rule[] {
  const place = { in: kind } as const;
  return [
    { ...place, at: `${at}.router.externalNetwork`, to: 'network.network', by: 'name', unknown: 'error', demands: [external] },
    { ...place, at: `${at}.router.externalSubnet`, to: 'network.subnet', by: 'name', unknown: 'allow' },
    {
      ...place,
      at: `${at}.loadbalancer.provider`,
      to: 'load-balancer.provider',
      by: 'name',
      unknown: 'error',
      field: 'provider',
    },
    {
      ...place,
      at: `${at}.loadbalancer.floatingNetwork`,
      to: 'network.network',
      by: 'name',
      unknown: 'error',
      demands: [external],
    },
    {
      ...place,
      at: `${at}.loadbalancer.floatingNetworkID`,
      ...externalNetworkId,
    },
    {
      ...place,
      at: `${at}.loadbalancer.subnetID`,
      to: 'network.subnet',
      by: 'id',
      unknown: 'error',
      confused: ['network.network'],
    },
    {
      ...place,
      at: `${at}.loadbalancer.flavorID`,
      to: 'load-balancer.flavor',
      by: 'id',
      unknown: 'error',
      confused: ['compute.flavor'],
    },
    {
      ...place,
      at: `${at}.blockStorage.override-volume-az`,
      to: 'block-storage.availability_zone',
      by: 'name',
      unknown: 'error',
    },
    {
      ...place,
      at: `${at}.network.publicNetworkNames[*]`,
      to: 'network.network',
      by: 'name',
      unknown: 'warning',
      field: 'publicNetworkNames',
    },
    {
      ...place,
      at: `${at}.network.internalNetworkNames[*]`,
      to: 'network.network',
      by: 'name',
      unknown: 'warning',
      field: 'internalNetworkNames',
    },
  ];
}

/** Fields that kOps has for every cloud: names of this one only where the Cluster says so. */
function shared(place: Place, networking: string): Rule[] {
  return [
    { ...place, at: `${networking}.networkID`, to: 'network.network', by: 'id', unknown: 'error', confused: ['network.subnet'] },
    {
      ...place,
      at: `${networking}.subnets[*].id`,
      to: 'network.subnet',
      by: 'id',
      unknown: 'error',
      field: 'subnets.id',
      confused: ['network.network'],
    },
    {
      ...place,
      at: `${networking}.subnets[*].zone`,
      to: 'compute.availability_zone',
      by: 'name',
      unknown: 'error',
      field: 'subnets.zone',
    },
    {
      ...place,
      at: 'spec.etcdClusters[*].etcdMembers[*].volumeType',
      to: 'block-storage.type',
      by: 'idOrName',
      unknown: 'error',
    },
    { ...place, at: 'spec.configBase', to: 'object-store.container', by: 'name', part: /^swift:\/\/([^/]+)/, unknown: 'allow' },
    {
      ...place,
      at: 'spec.sshKeyName',
      to: 'compute.keypair',
      by: 'name',
      unknown: 'information',
      consequence: 'Key pairs belong to users: the one that kOps signs in as must have it.',
    },
  ];
}

const versions = ['v1alpha2', 'v1alpha3'] as const;
/** An InstanceGroup does not say which cloud it is for, unless one of these annotations does. */
const volumeBoot = 'metadata.annotations[openstack.kops.io/osVolumeBoot]';

function instanceGroup(kind: string): Rule[] {
  const [marked, unmarked] = [
    { in: kind, when: { [volumeBoot]: 'anything' }, unknown: 'error' },
    { in: kind, unless: { [volumeBoot]: 'anything' }, unknown: 'allow' },
  ] as const;
  return [marked, unmarked].flatMap((place): Rule[] => [
    { ...place, at: 'spec.machineType', to: 'compute.flavor', by: 'name' },
    { ...place, at: 'spec.image', to: 'image.image', by: 'name', demands: [active] },
  ]);
}

/** kOps. Source: kubernetes/kops, `pkg/apis/kops`, `docs/getting_started/openstack.md`, `upup/pkg/fi/cloudup/openstack`. */
export const kopsRules: readonly Rule[] = [
  ...cloud('kops.k8s.io/v1alpha2 Cluster', 'spec.cloudConfig.openstack'),
  ...shared({ in: 'kops.k8s.io/v1alpha2 Cluster', when: { 'spec.cloudProvider': 'openstack' } }, 'spec'),
  ...cloud('kops.k8s.io/v1alpha3 Cluster', 'spec.cloudProvider.openstack'),
  ...shared({ in: 'kops.k8s.io/v1alpha3 Cluster', when: { 'spec.cloudProvider.openstack': 'anything' } }, 'spec.networking'),
  ...versions.flatMap((version) => instanceGroup(`kops.k8s.io/${version} InstanceGroup`)),
];
