import type { FixedValue, FixedValues } from '../rule.ts';

const words = (...all: readonly string[]): FixedValue => ({ words: all });
const from = (least: number, to?: number): FixedValue => ({ integer: { from: least, ...(to === undefined ? {} : { to }) } });
const port = from(1, 65_535);
const quota = from(-1);
const protocol = words('TCP', 'HTTP', 'HTTPS', 'TERMINATED_HTTPS', 'PROXY', 'UDP', 'SCTP');
const ttl = from(1, 2_147_483_647);
const ipv6Mode = words('dhcpv6-stateful', 'dhcpv6-stateless', 'slaac');
const never = /(?!)/;
const traffic = {
  direction: words('ingress', 'egress'),
  ethertype: words('IPv4', 'IPv6'),
  port_range_min: from(0, 65_535),
  port_range_max: from(0, 65_535),
};

/** Type, and the mapping in its properties (itself when empty), → what each property may hold. */
const table: readonly (readonly [type: string, at: string, keys: FixedValues['keys']])[] = [
  [
    'OS::Nova::Server',
    '',
    {
      flavor_update_policy: words('RESIZE', 'REPLACE'),
      image_update_policy: words('REBUILD', 'REPLACE', 'REBUILD_PRESERVE_EPHEMERAL'),
      user_data_format: words('HEAT_CFNTOOLS', 'RAW', 'SOFTWARE_CONFIG'),
      user_data_update_policy: words('REPLACE', 'IGNORE', 'REBUILD'),
      software_config_transport: words('POLL_SERVER_CFN', 'POLL_SERVER_HEAT', 'POLL_TEMP_URL', 'ZAQAR_MESSAGE'),
      diskConfig: words('AUTO', 'MANUAL'),
    },
  ],
  ['OS::Nova::Server', 'networks[*]', { allocate_network: words('none', 'auto') }],
  [
    'OS::Nova::Server',
    'block_device_mapping_v2[*]',
    {
      device_type: words('cdrom', 'disk'),
      disk_bus: words('ide', 'lame_bus', 'sata', 'scsi', 'usb', 'virtio'),
      ephemeral_format: words('ext2', 'ext3', 'ext4', 'xfs', 'ntfs'),
      ephemeral_size: from(1),
    },
  ],
  ['OS::Nova::KeyPair', '', { type: words('ssh', 'x509') }],
  ['OS::Nova::Quota', '', { cores: quota, instances: quota, ram: quota, key_pairs: quota, server_groups: quota }],
  ['OS::Neutron::ProviderNet', '', { network_type: words('local', 'vlan', 'vxlan', 'gre', 'geneve', 'flat') }],
  [
    'OS::Neutron::Subnet',
    '',
    { ip_version: words('4', '6'), ipv6_ra_mode: ipv6Mode, ipv6_address_mode: ipv6Mode, prefixlen: from(0) },
  ],
  ['OS::Neutron::SecurityGroup', 'rules[*]', traffic],
  ['OS::Neutron::SecurityGroupRule', '', traffic],
  [
    'OS::Neutron::RBACPolicy',
    '',
    {
      object_type: words('network', 'qos_policy', 'security_group', 'address_scope', 'subnetpool'),
      action: words('access_as_shared', 'access_as_external'),
    },
  ],
  ['OS::Neutron::Quota', '', { network: quota, subnet: quota, port: quota, router: quota, floatingip: quota }],
  ['OS::Cinder::Volume', '', { size: from(1) }],
  ['OS::Cinder::Quota', '', { gigabytes: quota, volumes: quota, snapshots: quota, backups: quota, backup_gigabytes: quota }],
  [
    'OS::Glance::WebImage',
    '',
    { visibility: words('public', 'private', 'community', 'shared'), min_disk: from(0), min_ram: from(0) },
  ],
  ['OS::Octavia::Listener', '', { protocol_port: port, protocol, connection_limit: quota }],
  ['OS::Octavia::Pool', '', { protocol, lb_algorithm: words('ROUND_ROBIN', 'LEAST_CONNECTIONS', 'SOURCE_IP', 'SOURCE_IP_PORT') }],
  ['OS::Octavia::Pool', 'session_persistence', { type: words('SOURCE_IP', 'HTTP_COOKIE', 'APP_COOKIE') }],
  ['OS::Octavia::PoolMember', '', { protocol_port: port, monitor_port: port, weight: from(0, 256) }],
  [
    'OS::Octavia::HealthMonitor',
    '',
    {
      delay: from(0),
      timeout: from(0),
      max_retries: from(1, 10),
      http_method: words('GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'TRACE', 'OPTIONS', 'CONNECT', 'PATCH'),
    },
  ],
  ['OS::Octavia::L7Policy', '', { action: words('REJECT', 'REDIRECT_TO_POOL', 'REDIRECT_TO_URL', 'REDIRECT_PREFIX') }],
  ['OS::Octavia::L7Rule', '', { compare_type: words('REGEX', 'STARTS_WITH', 'ENDS_WITH', 'CONTAINS', 'EQUAL_TO') }],
  ['OS::Designate::Zone', '', { ttl, type: words('PRIMARY', 'SECONDARY') }],
  ['OS::Designate::RecordSet', '', { ttl }],
  ['OS::Manila::Share', '', { share_protocol: words('NFS', 'CIFS', 'GlusterFS', 'HDFS', 'CEPHFS') }],
  [
    'OS::Manila::Share',
    'access_rules[*]',
    { access_type: words('ip', 'user', 'cert', 'cephx'), access_level: words('ro', 'rw') },
  ],
  ['OS::Barbican::Secret', '', { secret_type: words('symmetric', 'public', 'private', 'certificate', 'passphrase', 'opaque') }],
  ['OS::Barbican::Order', '', { type: words('key', 'asymmetric', 'certificate') }],
  [
    'OS::Magnum::ClusterTemplate',
    '',
    { coe: words('kubernetes', 'swarm', 'mesos'), server_type: words('vm', 'bm'), docker_volume_size: from(1) },
  ],
  ['OS::Magnum::Cluster', '', { node_count: from(1), master_count: from(1) }],
  ['OS::Heat::ResourceGroup', '', { count: from(0), removal_policies_mode: words('append', 'update') }],
  ['OS::Heat::AutoScalingGroup', '', { min_size: from(0), max_size: from(0) }],
  ['OS::Heat::WaitCondition', '', { timeout: from(1, 43_200), count: from(1) }],
];

/** What properties of resources in Heat templates may hold. Source: openstack/heat, `heat/engine/resources/openstack/**`, the constraints of the properties schemas. */
export const heatValues: readonly FixedValues[] = table.map(([type, at, keys]) => ({
  in: type,
  at,
  called: 'property',
  reader: 'Heat',
  own: never,
  typed: true,
  keys,
  otherwise: { said: 'is refused by Heat', severity: 'error' },
}));
