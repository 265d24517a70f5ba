import type { Rule } from '../rule.ts';
import { external } from './external.ts';

type Target = Pick<Rule, 'to' | 'by' | 'unknown'> & Partial<Rule>;

const either = { by: 'idOrName', unknown: 'error' } as const;
/** `name{domain}` names one of another domain. What is not seen may be there: the list is cut to what one may open. */
const ofKeystone = {
  by: 'idOrName',
  unknown: 'information',
  part: /^([^{}]+?)(?:\{[^{}]*\})?$/,
  several: 'told',
  consequence: 'It may be hidden from this user.',
} as const;

/**
 * Heat's constraints, each with what it looks for and how. Those that only look at the spelling are not here.
 * Source: openstack/heat, `setup.cfg` (heat.constraints), `heat/engine/clients/os/*.py`.
 */
const constraints: Readonly<Record<string, Target>> = {
  'nova.flavor': { to: 'compute.flavor', confused: ['load-balancer.flavor'], ...either },
  'nova.keypair': {
    to: 'compute.keypair',
    by: 'name',
    unknown: 'information',
    consequence: 'Key pairs belong to users: the one that makes the stack must have it.',
  },
  'nova.server': { to: 'compute.server', by: 'id', unknown: 'error' },
  'glance.image': { to: 'image.image', ...either },
  'cinder.volume': { to: 'block-storage.volume', by: 'id', unknown: 'error', confused: ['block-storage.snapshot'] },
  'cinder.snapshot': { to: 'block-storage.snapshot', by: 'id', unknown: 'error', confused: ['block-storage.volume'] },
  'cinder.backup': { to: 'block-storage.backup', by: 'id', unknown: 'error', confused: ['block-storage.volume'] },
  'cinder.vtype': { to: 'block-storage.type', ...either },
  'cinder.qos_specs': { to: 'block-storage.qos_spec', ...either },
  'neutron.network': { to: 'network.network', confused: ['network.subnet'], ...either },
  'neutron.subnet': { to: 'network.subnet', confused: ['network.network'], ...either },
  'neutron.port': { to: 'network.port', ...either },
  'neutron.router': { to: 'network.router', ...either },
  'neutron.subnetpool': { to: 'network.subnet_pool', ...either },
  'neutron.security_group': { to: 'network.security_group', ...either },
  'neutron.address_scope': { to: 'network.address_scope', ...either },
  'neutron.qos_policy': { to: 'network.qos_policy', ...either },
  'neutron.segment': { to: 'network.segment', ...either },
  'octavia.loadbalancer': { to: 'load-balancer.loadbalancer', ...either },
  'octavia.listener': { to: 'load-balancer.listener', ...either },
  'octavia.pool': { to: 'load-balancer.pool', ...either },
  'octavia.l7policy': { to: 'load-balancer.l7_policy', ...either },
  'octavia.flavor': { to: 'load-balancer.flavor', confused: ['compute.flavor'], ...either },
  'octavia.flavorprofile': { to: 'load-balancer.flavor_profile', ...either },
  'octavia.availabilityzone': {
    to: 'load-balancer.availability_zone',
    by: 'name',
    unknown: 'error',
    confused: ['compute.availability_zone'],
  },
  'octavia.availabilityzoneprofile': { to: 'load-balancer.availability_zone_profile', ...either },
  'designate.zone': { to: 'dns.zone', ...either },
  'manila.share_network': { to: 'shared-file-system.share_network', confused: ['network.network'], ...either },
  'manila.share_type': { to: 'shared-file-system.share_type', ...either },
  'manila.share_snapshot': { to: 'shared-file-system.snapshot', ...either },
  'barbican.secret': { to: 'key-manager.secret', by: 'url', unknown: 'error' },
  'barbican.container': { to: 'key-manager.container', by: 'url', unknown: 'error' },
  'keystone.user': { to: 'identity.user', ...ofKeystone },
  'keystone.group': { to: 'identity.group', ...ofKeystone },
  'keystone.project': { to: 'identity.project', ...ofKeystone },
  'keystone.domain': { to: 'identity.domain', ...ofKeystone },
  'keystone.role': { to: 'identity.role', ...ofKeystone },
  'keystone.service': { to: 'identity.service', ...ofKeystone },
  'keystone.region': { to: 'identity.region', by: 'idOrName', unknown: 'warning' },
  'magnum.cluster_template': { to: 'container-infrastructure-management.cluster_template', ...either },
  'ironic.node': { to: 'baremetal.node', ...either },
  'ironic.portgroup': { to: 'baremetal.port_group', ...either },
};

/** What a property looks for beyond its constraint, or without one: Heat has none for zones, addresses and groups in lists. */
const unconstrained: Readonly<Record<string, Target>> = {
  // An administrator may write `zone:host`.
  'compute zone': { to: 'compute.availability_zone', by: 'name', unknown: 'error', part: /^([^:]+)$/ },
  'volume zone': { to: 'block-storage.availability_zone', by: 'name', unknown: 'error' },
  'external network': { ...(constraints['neutron.network'] as Target), demands: [external] },
  'floating IP': { to: 'network.floating_ip', by: 'id', unknown: 'error' },
  'balancer provider': { to: 'load-balancer.provider', by: 'name', unknown: 'error' },
};

const networksOfMember = { 'networks[*].network': 'neutron.network', 'networks[*].port': 'neutron.port' } as const;

/**
 * Properties that name resources, by type; the older spellings (`network_id`) are read as well.
 * Source: openstack/heat, `heat/engine/resources/openstack/**`, the properties schemas and their translation rules.
 */
const properties: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'OS::Nova::Server': {
    image: 'glance.image',
    flavor: 'nova.flavor',
    key_name: 'nova.keypair',
    availability_zone: 'compute zone',
    'security_groups[*]': 'neutron.security_group',
    ...networksOfMember,
    'networks[*].uuid': 'neutron.network',
    'networks[*].port_extra_properties.qos_policy': 'neutron.qos_policy',
    'networks[*].subnet': 'neutron.subnet',
    'block_device_mapping[*].volume_id': 'cinder.volume',
    'block_device_mapping[*].snapshot_id': 'cinder.snapshot',
    'block_device_mapping_v2[*].volume_id': 'cinder.volume',
    'block_device_mapping_v2[*].snapshot_id': 'cinder.snapshot',
    'block_device_mapping_v2[*].image': 'glance.image',
    'block_device_mapping_v2[*].image_id': 'glance.image',
    'block_device_mapping_v2[*].volume_type': 'cinder.vtype',
  },
  'OS::Nova::KeyPair': { user: 'keystone.user' },
  'OS::Nova::Flavor': { 'tenants[*]': 'keystone.project' },
  'OS::Nova::Quota': { project: 'keystone.project' },
  'OS::Neutron::Net': { qos_policy: 'neutron.qos_policy' },
  'OS::Neutron::Subnet': {
    network: 'neutron.network',
    network_id: 'neutron.network',
    subnetpool: 'neutron.subnetpool',
    segment: 'neutron.segment',
  },
  'OS::Neutron::SubnetPool': { address_scope: 'neutron.address_scope' },
  'OS::Neutron::Port': {
    network: 'neutron.network',
    network_id: 'neutron.network',
    'fixed_ips[*].subnet': 'neutron.subnet',
    'fixed_ips[*].subnet_id': 'neutron.subnet',
    'security_groups[*]': 'neutron.security_group',
    qos_policy: 'neutron.qos_policy',
  },
  'OS::Neutron::Router': {
    'external_gateway_info.network': 'external network',
    'external_gateway_info.external_fixed_ips[*].subnet': 'neutron.subnet',
  },
  'OS::Neutron::RouterInterface': {
    router: 'neutron.router',
    router_id: 'neutron.router',
    subnet: 'neutron.subnet',
    subnet_id: 'neutron.subnet',
    port: 'neutron.port',
    port_id: 'neutron.port',
  },
  'OS::Neutron::FloatingIP': {
    floating_network: 'external network',
    floating_network_id: 'external network',
    floating_subnet: 'neutron.subnet',
    port_id: 'neutron.port',
  },
  'OS::Neutron::FloatingIPAssociation': { floatingip_id: 'floating IP', port_id: 'neutron.port' },
  'OS::Neutron::SecurityGroup': { 'rules[*].remote_group_id': 'neutron.security_group' },
  'OS::Neutron::SecurityGroupRule': { security_group: 'neutron.security_group', remote_group: 'neutron.security_group' },
  'OS::Neutron::Trunk': { port: 'neutron.port', 'sub_ports[*].port': 'neutron.port' },
  'OS::Neutron::Quota': { project: 'keystone.project' },
  'OS::Cinder::Volume': {
    availability_zone: 'volume zone',
    snapshot_id: 'cinder.snapshot',
    backup_id: 'cinder.backup',
    volume_type: 'cinder.vtype',
    image: 'glance.image',
    source_volid: 'cinder.volume',
  },
  'OS::Cinder::VolumeAttachment': { instance_uuid: 'nova.server', volume_id: 'cinder.volume' },
  'OS::Cinder::VolumeType': { 'projects[*]': 'keystone.project' },
  'OS::Cinder::Quota': { project: 'keystone.project' },
  'OS::Octavia::LoadBalancer': {
    vip_subnet: 'neutron.subnet',
    tenant_id: 'keystone.project',
    flavor: 'octavia.flavor',
    availability_zone: 'octavia.availabilityzone',
    provider: 'balancer provider',
  },
  'OS::Octavia::Listener': { loadbalancer: 'octavia.loadbalancer', default_pool: 'octavia.pool' },
  'OS::Octavia::Pool': { loadbalancer: 'octavia.loadbalancer', listener: 'octavia.listener' },
  'OS::Octavia::PoolMember': { pool: 'octavia.pool', subnet: 'neutron.subnet' },
  'OS::Octavia::HealthMonitor': { pool: 'octavia.pool' },
  'OS::Octavia::L7Policy': { redirect_pool: 'octavia.pool', listener: 'octavia.listener' },
  'OS::Octavia::L7Rule': { l7policy: 'octavia.l7policy' },
  'OS::Designate::RecordSet': { zone: 'designate.zone' },
  'OS::Manila::Share': {
    snapshot: 'manila.share_snapshot',
    share_network: 'manila.share_network',
    share_type: 'manila.share_type',
  },
  'OS::Manila::ShareNetwork': { neutron_network: 'neutron.network', neutron_subnet: 'neutron.subnet' },
  'OS::Barbican::Order': { source_container_ref: 'barbican.container' },
  'OS::Keystone::Project': { domain: 'keystone.domain', parent: 'keystone.project' },
  'OS::Keystone::User': {
    domain: 'keystone.domain',
    default_project: 'keystone.project',
    'groups[*]': 'keystone.group',
  },
  'OS::Keystone::UserRoleAssignment': { user: 'keystone.user' },
  'OS::Magnum::ClusterTemplate': {
    image: 'glance.image',
    flavor: 'nova.flavor',
    master_flavor: 'nova.flavor',
    keypair: 'nova.keypair',
    external_network: 'external network',
    fixed_network: 'neutron.network',
    fixed_subnet: 'neutron.subnet',
  },
  'OS::Magnum::Cluster': { cluster_template: 'magnum.cluster_template', keypair: 'nova.keypair' },
  'OS::Heat::Stack': { 'context.region_name': 'keystone.region' },
  'OS::Ironic::Port': { node: 'ironic.node', portgroup: 'ironic.portgroup' },
  'OS::Trove::Instance': networksOfMember,
  'OS::Zun::Container': { ...networksOfMember, 'mounts[*].volume_id': 'cinder.volume' },
};

/** Properties of resources in Heat templates, and defaults of parameters that a constraint says the kind of. */
export const heatRules: readonly Rule[] = [
  ...Object.entries(constraints).map(([name, target]): Rule => ({ in: `constraint ${name}`, at: 'default', ...target })),
  ...Object.entries(properties).flatMap(([type, all]) =>
    Object.entries(all).flatMap(([at, name]): Rule[] => {
      const target = constraints[name] ?? unconstrained[name];
      return target ? [{ in: type, at, ...target }] : [];
    }),
  ),
];
