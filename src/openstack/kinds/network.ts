import { count, mark, named, textAt, titled } from '../columns.ts';
import type { Kind, Resource } from '../kind.ts';

/** Neutron. A floating IP or port that is DOWN because nothing is plugged in is normal: DOWN is quiet. Fields: networking API reference v2. */
export const network = {
  'network.network': {
    label: ['network', 'Networks'],
    under: 'Network',
    icon: 'globe',
    path: '/networks',
    listKey: 'networks',
    itemKey: 'network',
    shared: true,
    status: [{ field: 'status', good: ['ACTIVE'], busy: ['BUILD'], bad: ['ERROR'] }],
    facts: ['router:external', 'shared', 'subnets', 'status', 'tags'],
    columns: [
      mark('external', 'router:external'),
      mark('shared', 'shared'),
      count('subnets', 'subnets'),
      titled('MTU', 'mtu'),
      titled('availability zones', 'availability_zones'),
      'tags',
      'description',
      'id',
    ],
    children: [
      { kind: 'network.subnet', where: { network_id: 'id' } },
      { kind: 'network.port', where: { network_id: 'id' } },
    ],
  },
  'network.subnet': {
    label: ['subnet', 'Subnets'],
    under: 'Network',
    icon: 'symbol-interface',
    path: '/subnets',
    listKey: 'subnets',
    itemKey: 'subnet',
    shared: true,
    facts: ['network_id', 'cidr', 'ip_version', 'gateway_ip', 'enable_dhcp', 'tags'],
    columns: [
      titled('CIDR', 'cidr'),
      titled('gateway', 'gateway_ip'),
      titled('DHCP', 'enable_dhcp'),
      titled('IP version', 'ip_version'),
      named('network', 'network_id', 'network.network'),
      titled('DNS servers', 'dns_nameservers'),
      {
        title: 'pools',
        of: (subnet: Resource) => {
          const pools = subnet['allocation_pools'];
          if (!Array.isArray(pools)) return undefined;
          return pools.map((pool: Resource) => `${pool['start']}–${pool['end']}`).join(', ') || undefined;
        },
      },
      'tags',
      'id',
    ],
    children: [{ kind: 'network.port', where: { 'fixed_ips.subnet_id': 'id' } }],
  },
  'network.port': {
    label: ['port', 'Ports'],
    under: 'Network',
    icon: 'plug',
    path: '/ports',
    listKey: 'ports',
    itemKey: 'port',
    nameless: 'fixed_ips.ip_address',
    status: [
      { field: 'status', good: ['ACTIVE'], busy: ['BUILD'], bad: ['ERROR'] },
      { field: 'binding:vif_type', bad: ['binding_failed'] },
    ],
    facts: ['network_id', 'fixed_ips', 'device_id', 'device_owner', 'status'],
    columns: [
      titled('addresses', 'fixed_ips.ip_address'),
      titled('owner', 'device_owner'),
      titled('MAC', 'mac_address'),
      named('network', 'network_id', 'network.network'),
      named('security groups', 'security_groups', 'network.security_group'),
      titled('device', 'device_id'),
      'tags',
      'id',
    ],
    children: [{ kind: 'network.floating_ip', where: { port_id: 'id' } }],
  },
  'network.router': {
    label: ['router', 'Routers'],
    under: 'Network',
    icon: 'circuit-board',
    path: '/routers',
    listKey: 'routers',
    itemKey: 'router',
    status: [{ field: 'status', good: ['ACTIVE'], busy: ['ALLOCATING'], bad: ['ERROR'] }],
    facts: ['external_gateway_info.network_id', 'status'],
    columns: [
      named('external network', 'external_gateway_info.network_id', 'network.network'),
      titled('external address', 'external_gateway_info.external_fixed_ips.ip_address'),
      titled('SNAT', 'external_gateway_info.enable_snat'),
      mark('HA', 'ha'),
      mark('distributed', 'distributed'),
      'tags',
      'id',
    ],
    children: [{ kind: 'network.port', where: { device_id: 'id' }, label: 'Interfaces' }],
  },
  'network.floating_ip': {
    label: ['floating IP', 'Floating IPs'],
    under: 'Network',
    icon: 'pin',
    path: '/floatingips',
    listKey: 'floatingips',
    itemKey: 'floatingip',
    name: 'floating_ip_address',
    status: [{ field: 'status', good: ['ACTIVE'], bad: ['ERROR'] }],
    facts: ['floating_network_id', 'port_id', 'status'],
    columns: [
      { title: 'fixed address', of: (ip: Resource) => textAt(ip, 'fixed_ip_address') ?? 'not bound' },
      named('network', 'floating_network_id', 'network.network'),
      named('router', 'router_id', 'network.router'),
      titled('bound to', 'port_details.device_owner'),
      'dns_name',
      'description',
      'tags',
      'id',
    ],
  },
  'network.security_group': {
    label: ['security group', 'Security groups'],
    under: 'Network',
    icon: 'shield',
    path: '/security-groups',
    listKey: 'security_groups',
    itemKey: 'security_group',
    facts: ['project_id'],
    columns: [count('rules', 'security_group_rules'), 'description', mark('shared', 'shared'), 'tags', 'id'],
    children: [{ kind: 'network.security_group_rule', where: { security_group_id: 'id' } }],
  },
  'network.security_group_rule': {
    label: ['security group rule', 'Security group rules'],
    icon: 'law',
    path: '/security-group-rules',
    listKey: 'security_group_rules',
    itemKey: 'security_group_rule',
    nameless: (rule) => `${textAt(rule, 'direction') ?? ''} ${trafficOf(rule)}`,
    columns: [
      {
        title: 'remote',
        of: (rule: Resource) => textAt(rule, 'remote_ip_prefix') ?? textAt(rule, 'remote_group_id') ?? 'anywhere',
      },
      titled('IP version', 'ethertype'),
      'direction',
      { title: 'traffic', of: trafficOf },
      'description',
      'id',
    ],
  },
  'network.subnet_pool': {
    label: ['subnet pool', 'Subnet pools'],
    under: 'Network',
    icon: 'list-flat',
    path: '/subnetpools',
    listKey: 'subnetpools',
    itemKey: 'subnetpool',
    shared: true,
    columns: [
      'prefixes',
      titled('prefix length', 'default_prefixlen'),
      mark('shared', 'shared'),
      mark('default', 'is_default'),
      'tags',
      'id',
    ],
    children: [{ kind: 'network.subnet', where: { subnetpool_id: 'id' } }],
  },
  'network.trunk': {
    label: ['trunk', 'Trunks'],
    under: 'Network',
    icon: 'git-branch',
    path: '/trunks',
    listKey: 'trunks',
    itemKey: 'trunk',
    status: [{ field: 'status', good: ['ACTIVE'], busy: ['BUILD'], bad: ['ERROR', 'DEGRADED'] }],
    columns: [named('port', 'port_id', 'network.port'), count('subports', 'sub_ports'), 'tags', 'id'],
  },
} as const satisfies Readonly<Record<string, Kind>>;

/** `tcp 22`, `udp 8000–8100`, `any protocol`. */
function trafficOf(rule: Resource): string {
  const from = textAt(rule, 'port_range_min');
  const to = textAt(rule, 'port_range_max');
  const ports = from === undefined ? '' : ` ${from === to ? from : `${from}–${to}`}`;
  return `${textAt(rule, 'protocol') ?? 'any protocol'}${ports}`;
}
