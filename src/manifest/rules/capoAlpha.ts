import type { Rule } from '../rule.ts';
import { externalNetworkId } from './external.ts';

const group = 'infrastructure.cluster.x-k8s.io';
type Version = 'v1alpha5' | 'v1alpha6' | 'v1alpha7';
type Target = Pick<Rule, 'to' | 'confused' | 'demands'>;

/** Tags are one text here, whose commas the newer versions made a list of; an id has a row of its own. */
const filterKeys = {
  id: null,
  tags: null,
  tagsAny: null,
  notTags: null,
  notTagsAny: null,
  limit: null,
  marker: null,
  sortKey: null,
  sortDir: null,
  projectId: 'project_id',
  tenantId: 'project_id',
  ipVersion: 'ip_version',
  ipv6AddressMode: 'ipv6_address_mode',
  ipv6RaMode: 'ipv6_ra_mode',
} as const;
const network: Target = { to: 'network.network', confused: ['network.subnet'] };
const securityGroup: Target = { to: 'network.security_group' };
const zone = { to: 'compute.availability_zone', by: 'name', unknown: 'error' } as const;

function subnetIn(idAt: string): Target {
  const otherwise = 'does not belong to the network named beside it';
  const demands = [{ field: 'network_id', is: { idAt }, otherwise, code: 'reference.otherNetwork' }];
  return { to: 'network.subnet', confused: ['network.network'], demands };
}

/** An object of conditions, an id among them. */
function filter(kind: string, at: string, target: Target): Rule[] {
  return [
    { in: kind, at: `${at}.id`, by: 'id', unknown: 'error', ...target, field: called(at, 'id') },
    { in: kind, at, by: 'filter', unknown: 'error', filterKeys, ...target },
  ];
}

/** An id beside a filter. */
function param(kind: string, at: string, target: Target): Rule[] {
  const id: Rule = { in: kind, at: `${at}.uuid`, by: 'id', unknown: 'error', ...target, field: called(at, 'uuid') };
  return [id, ...filter(kind, `${at}.filter`, target)];
}

/** `network.id` of `spec.ports[*].network`. */
function called(at: string, last: string): string {
  return `${at.replaceAll('[*]', '').split('.').at(-1)}.${last}`;
}

function machine(kind: string, spec: string, version: Version): Rule[] {
  const port = `${spec}.ports[*]`;
  const isOld = version !== 'v1alpha7';
  const groups = (at: string) =>
    isOld
      ? [
          ...param(kind, at, securityGroup),
          { in: kind, at: `${at}.name`, by: 'name', unknown: 'error', ...securityGroup } as const,
        ]
      : filter(kind, at, securityGroup);
  const older: Rule[] = [
    ...param(kind, `${spec}.networks[*]`, network),
    ...param(kind, `${spec}.networks[*].subnets[*]`, subnetIn(`${spec}.networks[*].uuid`)),
    { in: kind, at: `${spec}.subnet`, to: 'network.subnet', by: 'id', unknown: 'error', confused: ['network.network'] },
    { in: kind, at: `${spec}.ports[*].securityGroups[*]`, by: 'id', unknown: 'error', ...securityGroup, field: 'securityGroups' },
    {
      in: kind,
      at: `${spec}.floatingIP`,
      to: 'network.floating_ip',
      by: 'name',
      unknown: 'error',
      consequence: 'It must be there and be free.',
    },
  ];
  const newer: Rule[] = [
    {
      in: kind,
      at: `${spec}.additionalBlockDevices[*].storage.volume.type`,
      to: 'block-storage.type',
      by: 'idOrName',
      unknown: 'error',
      field: 'volume.type',
    },
  ];
  return [
    { in: kind, at: `${spec}.flavor`, to: 'compute.flavor', by: 'name', unknown: 'error', confused: ['load-balancer.flavor'] },
    {
      in: kind,
      at: `${spec}.image`,
      // With the id beside it the name is not read.
      unless: { [`${spec}.imageUUID`]: 'anything' },
      to: 'image.image',
      by: 'name',
      unknown: 'error',
    },
    { in: kind, at: `${spec}.imageUUID`, to: 'image.image', by: 'id', unknown: 'error' },
    {
      in: kind,
      at: `${spec}.sshKeyName`,
      to: 'compute.keypair',
      by: 'name',
      unknown: 'information',
      consequence: 'Key pairs belong to users: the one in identityRef must have it.',
    },
    ...filter(kind, `${port}.network`, network),
    ...filter(kind, `${port}.fixedIPs[*].subnet`, subnetIn(`${port}.network.id`)),
    ...groups(`${port}.securityGroupFilters[*]`),
    ...groups(`${spec}.securityGroups[*]`),
    { in: kind, at: `${spec}.serverGroupID`, to: 'compute.server_group', by: 'id', unknown: 'error' },
    {
      in: kind,
      at: `${spec}.rootVolume.volumeType`,
      to: 'block-storage.type',
      by: 'idOrName',
      unknown: 'error',
      field: 'rootVolume.volumeType',
    },
    {
      in: kind,
      at: `${spec}.rootVolume.availabilityZone`,
      to: 'block-storage.availability_zone',
      by: 'name',
      unknown: 'error',
      field: 'rootVolume.availabilityZone',
    },
    ...(isOld ? older : newer),
  ];
}

function cluster(kind: string, spec: string, version: Version): Rule[] {
  const consequence = 'Exactly this address is asked for then, which as a rule only an administrator may.';
  const outer = subnetIn(`${spec}.externalNetworkId`);
  return [
    { in: kind, at: `${spec}.externalNetworkId`, ...externalNetworkId },
    ...filter(kind, `${spec}.network`, network),
    ...filter(kind, `${spec}.subnet`, subnetIn(`${spec}.network.id`)),
    ...(version === 'v1alpha7'
      ? [
          ...filter(kind, `${spec}.router`, { to: 'network.router' }),
          ...filter(kind, `${spec}.externalRouterIPs[*].subnet`, outer),
          {
            in: kind,
            at: `${spec}.apiServerLoadBalancer.provider`,
            to: 'load-balancer.provider',
            by: 'name',
            unknown: 'warning',
          } as const,
        ]
      : param(kind, `${spec}.externalRouterIPs[*].subnet`, outer)),
    { in: kind, at: `${spec}.apiServerFloatingIP`, to: 'network.floating_ip', by: 'name', unknown: 'warning', consequence },
    { in: kind, at: `${spec}.controlPlaneAvailabilityZones[*]`, ...zone, field: 'controlPlaneAvailabilityZones' },
    { in: kind, at: `${spec}.bastion.availabilityZone`, ...zone, field: 'bastion.availabilityZone' },
    ...machine(kind, `${spec}.bastion.instance`, version),
  ];
}

const versions: readonly Version[] = ['v1alpha5', 'v1alpha6', 'v1alpha7'];

/** Versions of Cluster API for OpenStack that newer releases convert, and the newest do not serve. Source: cluster-api-provider-openstack, `api/v1alpha5`, `api/v1alpha6`, `api/v1alpha7`. */
export const capoAlphaRules: readonly Rule[] = versions.flatMap((version) => [
  ...machine(`${group}/${version} OpenStackMachine`, 'spec', version),
  ...machine(`${group}/${version} OpenStackMachineTemplate`, 'spec.template.spec', version),
  ...cluster(`${group}/${version} OpenStackCluster`, 'spec', version),
  ...cluster(`${group}/${version} OpenStackClusterTemplate`, 'spec.template.spec', version),
]);
