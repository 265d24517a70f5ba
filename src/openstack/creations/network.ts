import { valuesAt } from '../columns.ts';
import type { Creations } from '../creation.ts';
import type { Answers, Field } from '../field.ts';
import { description, isExternal, listed, name, post, wrapped } from './parts.ts';

const within: Field = { name: 'network_id', title: 'In which network?', as: 'resource', kind: 'network.network' };
const cidr = /^[0-9a-f.:]+\/\d{1,3}$/i;
const versionOf = (address: string) => (address.includes(':') ? 6 : 4);

/** Rules that people ask for by name: protocol and ports. */
const presets: Readonly<Record<string, readonly [protocol: string | null, from: number | null, to: number | null]>> = {
  'SSH (TCP 22)': ['tcp', 22, 22],
  'HTTP (TCP 80)': ['tcp', 80, 80],
  'HTTPS (TCP 443)': ['tcp', 443, 443],
  'DNS (UDP 53)': ['udp', 53, 53],
  'RDP (TCP 3389)': ['tcp', 3389, 3389],
  'Kubernetes API (TCP 6443)': ['tcp', 6443, 6443],
  'Kubernetes NodePorts (TCP 30000-32767)': ['tcp', 30_000, 32_767],
  'Ping (ICMP)': ['icmp', null, null],
  'All TCP': ['tcp', 1, 65_535],
  'All UDP': ['udp', 1, 65_535],
  Everything: [null, null, null],
};

function ruleOf({ preset = '', remote, direction, security_group_id }: Answers) {
  const [protocol = null, port_range_min = null, port_range_max = null] = presets[preset] ?? [];
  const version = versionOf(remote ?? '');
  return {
    security_group_id,
    direction: direction ?? 'ingress',
    ethertype: `IPv${version}`,
    protocol: protocol === 'icmp' && version === 6 ? 'ipv6-icmp' : protocol,
    port_range_min,
    port_range_max,
    ...(remote ? { remote_ip_prefix: remote } : {}),
  };
}

/** What an RBAC policy can be about, and its kind. */
const shareable: Readonly<Record<string, string>> = {
  network: 'network.network',
  security_group: 'network.security_group',
  qos_policy: 'network.qos_policy',
  subnetpool: 'network.subnet_pool',
  address_scope: 'network.address_scope',
  address_group: 'network.address_group',
};

/** Neutron: networking API reference v2, "Create …". */
export const network: Creations = {
  'network.network': { fields: [name, description], change: (answers) => wrapped('network', answers) },
  'network.subnet': {
    fields: [within, name, { name: 'cidr', title: 'Addresses', as: 'text', fits: cidr, hint: '10.0.0.0/24' }],
    change: (answers) => post({ subnet: { ...answers, ip_version: versionOf(answers['cidr'] ?? '') } }),
  },
  'network.port': { fields: [within, name], change: (answers) => wrapped('port', answers) },
  'network.router': {
    fields: [
      name,
      {
        name: 'outside',
        title: 'To which external network?',
        as: 'resource',
        kind: 'network.network',
        fits: isExternal,
        optional: true,
      },
    ],
    change: ({ outside, ...router }) =>
      post({ router: { ...router, ...(outside ? { external_gateway_info: { network_id: outside } } : {}) } }),
  },
  'network.floating_ip': {
    fields: [
      { name: 'floating_network_id', title: 'From which network?', as: 'resource', kind: 'network.network', fits: isExternal },
      {
        name: 'port_id',
        title: 'For which port?',
        as: 'resource',
        kind: 'network.port',
        fits: (port) => valuesAt(port, 'fixed_ips.ip_address').length > 0,
        optional: true,
      },
      description,
    ],
    change: (answers) => wrapped('floatingip', answers),
  },
  'network.security_group': { fields: [name, description], change: (answers) => wrapped('security_group', answers) },
  'network.security_group_rule': {
    fields: [
      { name: 'security_group_id', title: 'In which group?', as: 'resource', kind: 'network.security_group' },
      { name: 'preset', title: 'Allow what?', as: 'choice', of: Object.keys(presets) },
      { name: 'direction', title: 'Which way?', as: 'choice', of: ['ingress', 'egress'] },
      {
        name: 'remote',
        title: 'From or to which addresses?',
        as: 'text',
        value: '0.0.0.0/0',
        fits: cidr,
        hint: '203.0.113.0/24',
      },
    ],
    change: (answers) => post({ security_group_rule: ruleOf(answers) }),
  },
  'network.subnet_pool': {
    fields: [
      name,
      { name: 'prefixes', title: 'Prefixes, with commas between', as: 'text', hint: '10.10.0.0/16,10.20.0.0/16' },
      { name: 'default_prefixlen', title: 'Prefix length of a subnet', as: 'number', atLeast: 8, value: 24 },
    ],
    change: ({ prefixes, default_prefixlen, ...pool }) =>
      post({
        subnetpool: { ...pool, prefixes: listed(prefixes), default_prefixlen: Number(default_prefixlen) },
      }),
  },
  'network.rbac_policy': {
    fields: [
      { name: 'object_type', title: 'What is shared?', as: 'choice', of: Object.keys(shareable) },
      {
        name: 'object_id',
        title: 'Which one?',
        as: 'resource',
        kind: (_about, { object_type = '' }) => shareable[object_type] ?? '',
      },
      {
        name: 'action',
        title: 'How may it be used?',
        as: 'choice',
        of: (_about, { object_type }) =>
          object_type === 'network' ? ['access_as_shared', 'access_as_external'] : ['access_as_shared'],
      },
      { name: 'target_tenant', title: 'By which project?', as: 'resource', kind: 'identity.project', typed: true },
    ],
    change: (answers) => wrapped('rbac_policy', answers),
  },
};
