import type { Rule } from '../rule.ts';
import { active, enabled, external } from './external.ts';

const group = 'infrastructure.cluster.x-k8s.io';
const networkKeys = { projectID: 'project_id', tagsAny: null, notTags: null, notTagsAny: null } as const;
const subnetKeys = {
  ...networkKeys,
  ipVersion: 'ip_version',
  gatewayIP: 'gateway_ip',
  ipv6AddressMode: 'ipv6_address_mode',
  ipv6RAMode: 'ipv6_ra_mode',
} as const;
type Target = Pick<Rule, 'to' | 'confused' | 'filterKeys' | 'demands'>;
const network: Target = { to: 'network.network', confused: ['network.subnet'], filterKeys: networkKeys };
const externalNetwork: Target = { ...network, demands: [external] };
const subnet: Target = { to: 'network.subnet', confused: ['network.network'], filterKeys: subnetKeys };
const router: Target = { to: 'network.router', filterKeys: networkKeys };
const securityGroup: Target = { to: 'network.security_group', filterKeys: networkKeys };
const serverGroup: Target = { to: 'compute.server_group' };
const image: Target = { to: 'image.image', demands: [active] };
const flavor: Target = { to: 'compute.flavor', confused: ['load-balancer.flavor'] };

/** A subnet that must lie in the network whose id stands beside it. */
function subnetIn(idAt: string): Target {
  const otherwise = 'does not belong to the network named beside it';
  return { ...subnet, demands: [{ field: 'network_id', is: { idAt }, otherwise, code: 'reference.otherNetwork' }] };
}

/** A "param" object of CAPO: exactly one of `id` and `filter`. Source: cluster-api-provider-openstack, `api/v1beta1/types.go`. */
export function param(kind: string, at: string, target: Target): Rule[] {
  const field = at.slice(at.lastIndexOf('.') + 1);
  return [
    { in: kind, at: `${at}.id`, by: 'id', unknown: 'error', field: `${field}.id`, ...target },
    { in: kind, at: `${at}.filter`, by: 'filter', unknown: 'error', field: `${field}.filter`, ...target },
  ];
}

/** Fields of a machine's spec that all versions have. */
function machine(kind: string, spec: string): Rule[] {
  return [
    ...param(kind, `${spec}.image`, image),
    {
      in: kind,
      at: `${spec}.sshKeyName`,
      to: 'compute.keypair',
      by: 'name',
      // Whoever stands in identityRef may have it, and nobody else can see it.
      unknown: 'information',
      unknownToUser: 'error',
      consequence: 'Key pairs belong to users: the one in identityRef must have it.',
    },
    ...param(kind, `${spec}.ports[*].network`, network),
    ...param(kind, `${spec}.ports[*].fixedIPs[*].subnet`, subnetIn(`${spec}.ports[*].network.id`)),
    ...param(kind, `${spec}.ports[*].securityGroups[*]`, securityGroup),
    ...param(kind, `${spec}.securityGroups[*]`, securityGroup),
    ...param(kind, `${spec}.serverGroup`, serverGroup),
    {
      in: kind,
      at: `${spec}.rootVolume.type`,
      to: 'block-storage.type',
      by: 'idOrName',
      unknown: 'error',
      field: 'rootVolume.type',
    },
    {
      in: kind,
      at: `${spec}.rootVolume.availabilityZone.name`,
      to: 'block-storage.availability_zone',
      by: 'name',
      unknown: 'error',
      field: 'rootVolume.availabilityZone',
    },
    {
      in: kind,
      at: `${spec}.additionalBlockDevices[*].storage.volume.type`,
      to: 'block-storage.type',
      by: 'idOrName',
      unknown: 'error',
      field: 'volume.type',
    },
    {
      in: kind,
      at: `${spec}.additionalBlockDevices[*].storage.volume.availabilityZone.name`,
      to: 'block-storage.availability_zone',
      by: 'name',
      unknown: 'error',
      field: 'volume.availabilityZone',
    },
  ];
}

/** v1beta1 names a flavor by text, v1beta2 by a param object. */
function flavorOf(kind: string, spec: string, version: 'v1beta1' | 'v1beta2'): Rule[] {
  if (version === 'v1beta2') return param(kind, `${spec}.flavor`, flavor);
  return [
    { in: kind, at: `${spec}.flavor`, by: 'name', unknown: 'error', ...flavor },
    { in: kind, at: `${spec}.flavorID`, by: 'id', unknown: 'error', ...flavor },
  ];
}

/** A floating IP by its address; one that is not there is asked for. */
function address(kind: string, at: string): Rule {
  const consequence = 'Exactly this address is asked for then, which as a rule only an administrator may.';
  return { in: kind, at, to: 'network.floating_ip', by: 'name', unknown: 'warning', consequence };
}

function cluster(kind: string, spec: string, version: 'v1beta1' | 'v1beta2'): Rule[] {
  const balancer = version === 'v1beta1' ? 'apiServerLoadBalancer' : 'apiServer.managedLoadBalancer';
  const routerAddresses = version === 'v1beta1' ? 'externalRouterIPs[*]' : 'managedRouter.externalIPs[*]';
  return [
    ...param(kind, `${spec}.network`, network),
    ...param(kind, `${spec}.subnets[*]`, subnetIn(`${spec}.network.id`)),
    ...param(kind, `${spec}.primarySubnet`, subnet),
    ...param(kind, `${spec}.router`, router),
    ...param(kind, `${spec}.externalNetwork`, externalNetwork),
    ...param(kind, `${spec}.${routerAddresses}.subnet`, subnetIn(`${spec}.externalNetwork.id`)),
    ...securityRules.map(
      (rules): Rule => ({
        in: kind,
        at: `${spec}.managedSecurityGroups.${rules}[*].remoteGroupID`,
        to: 'network.security_group',
        by: 'id',
        unknown: 'error',
      }),
    ),
    ...param(kind, `${spec}.${balancer}.network`, network),
    ...param(kind, `${spec}.${balancer}.subnets[*]`, subnetIn(`${spec}.${balancer}.network.id`)),
    {
      in: kind,
      at: `${spec}.${balancer}.flavor`,
      to: 'load-balancer.flavor',
      demands: [enabled],
      by: 'name',
      unknown: 'warning',
      field: 'load balancer flavor',
      confused: ['compute.flavor'],
      consequence: 'The default flavor would be used silently.',
    },
    {
      in: kind,
      at: `${spec}.${balancer}.availabilityZone`,
      to: 'load-balancer.availability_zone',
      demands: [enabled],
      by: 'name',
      unknown: 'error',
      field: 'availabilityZone',
    },
    {
      in: kind,
      at: `${spec}.controlPlaneAvailabilityZones[*]`,
      to: 'compute.availability_zone',
      by: 'name',
      unknown: 'error',
      field: 'controlPlaneAvailabilityZones',
    },
    {
      in: kind,
      at: `${spec}.bastion.availabilityZone`,
      to: 'compute.availability_zone',
      by: 'name',
      unknown: 'error',
      field: 'bastion.availabilityZone',
    },
    address(kind, `${spec}.bastion.floatingIP`),
    address(kind, version === 'v1beta1' ? `${spec}.apiServerFloatingIP` : `${spec}.apiServer.floatingIP`),
    ...machine(kind, `${spec}.bastion.spec`),
    ...flavorOf(kind, `${spec}.bastion.spec`, version),
  ];
}

const securityRules = [
  'clusterNodesSecurityGroupRules',
  'allNodesSecurityGroupRules',
  'controlPlaneNodesSecurityGroupRules',
  'workerNodesSecurityGroupRules',
] as const;
const versions = ['v1beta1', 'v1beta2'] as const;

/** Cluster API for OpenStack; versions are rows of their own because fields changed. Source: cluster-api-provider-openstack, `config/crd/bases`. */
export const capoRules: readonly Rule[] = [
  ...versions.flatMap((version) => [
    ...machine(`${group}/${version} OpenStackMachine`, 'spec'),
    ...flavorOf(`${group}/${version} OpenStackMachine`, 'spec', version),
    ...machine(`${group}/${version} OpenStackMachineTemplate`, 'spec.template.spec'),
    ...flavorOf(`${group}/${version} OpenStackMachineTemplate`, 'spec.template.spec', version),
    ...cluster(`${group}/${version} OpenStackCluster`, 'spec', version),
    ...cluster(`${group}/${version} OpenStackClusterTemplate`, 'spec.template.spec', version),
  ]),
  ...machine(`${group}/v1alpha1 OpenStackServer`, 'spec'),
  ...flavorOf(`${group}/v1alpha1 OpenStackServer`, 'spec', 'v1beta1'),
  {
    in: `${group}/v1alpha1 OpenStackServer`,
    at: 'spec.availabilityZone',
    to: 'compute.availability_zone',
    by: 'name',
    unknown: 'error',
  },
  {
    in: `${group}/v1alpha1 OpenStackFloatingIPPool`,
    at: 'spec.preAllocatedFloatingIPs[*]',
    to: 'network.floating_ip',
    by: 'name',
    unknown: 'error',
    field: 'preAllocatedFloatingIPs',
  },
  ...param(`${group}/v1alpha1 OpenStackFloatingIPPool`, 'spec.floatingIPNetwork', externalNetwork),
];
