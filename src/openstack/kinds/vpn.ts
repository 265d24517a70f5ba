import { named, textAt, titled } from '../columns.ts';
import type { Kind, Resource, StatusField } from '../kind.ts';
import { without } from './quirks.ts';

/** A connection whose other side is away is DOWN, which is not an error of ours: quiet. */
const status: readonly StatusField[] = [{ field: 'status', good: ['ACTIVE'], busy: ['PENDING*'], bad: ['ERROR'] }];

const lifetime = {
  title: 'lifetime',
  of: (policy: Resource) => {
    const value = textAt(policy, 'lifetime.value');
    return value && `${value} ${textAt(policy, 'lifetime.units') ?? ''}`;
  },
} as const;

/** Neutron's VPN as a service. Fields: networking API reference v2, VPNaaS 2.0. */
export const vpn = {
  'network.vpn_service': {
    label: ['VPN service', 'VPN services'],
    under: 'Network',
    icon: 'lock',
    path: '/vpn/vpnservices',
    listKey: 'vpnservices',
    itemKey: 'vpnservice',
    optional: true,
    status,
    columns: [
      titled('external address', 'external_v4_ip'),
      named('router', 'router_id', 'network.router'),
      named('subnet', 'subnet_id', 'network.subnet'),
      titled('external IPv6 address', 'external_v6_ip'),
      'description',
      'id',
    ],
    children: [{ kind: 'network.vpn_connection', where: { vpnservice_id: 'id' } }],
    can: ['rename', 'delete'],
  },
  'network.vpn_connection': {
    label: ['VPN site connection', 'VPN site connections'],
    under: 'Network',
    icon: 'arrow-both',
    path: '/vpn/ipsec-site-connections',
    listKey: 'ipsec_site_connections',
    // The pre-shared key comes with every answer.
    quirk: without('psk'),
    get: false,
    optional: true,
    status,
    columns: [
      titled('peer', 'peer_address'),
      titled('peer networks', 'peer_cidrs'),
      titled('initiator', 'initiator'),
      named('IKE policy', 'ikepolicy_id', 'network.vpn_ike_policy'),
      named('IPsec policy', 'ipsecpolicy_id', 'network.vpn_ipsec_policy'),
      named('local endpoints', 'local_ep_group_id', 'network.vpn_endpoint_group'),
      named('peer endpoints', 'peer_ep_group_id', 'network.vpn_endpoint_group'),
      'description',
      'id',
    ],
    can: ['rename', 'delete'],
  },
  'network.vpn_endpoint_group': {
    label: ['VPN endpoint group', 'VPN endpoint groups'],
    under: 'Network',
    icon: 'symbol-array',
    path: '/vpn/endpoint-groups',
    listKey: 'endpoint_groups',
    itemKey: 'endpoint_group',
    optional: true,
    columns: ['type', 'endpoints', 'description', 'id'],
    can: ['rename', 'delete'],
  },
  'network.vpn_ike_policy': {
    label: ['VPN IKE policy', 'VPN IKE policies'],
    under: 'Network',
    icon: 'key',
    path: '/vpn/ikepolicies',
    listKey: 'ikepolicies',
    itemKey: 'ikepolicy',
    optional: true,
    columns: [
      titled('version', 'ike_version'),
      titled('encryption', 'encryption_algorithm'),
      titled('authentication', 'auth_algorithm'),
      titled('perfect forward secrecy', 'pfs'),
      lifetime,
      'description',
      'id',
    ],
    children: [{ kind: 'network.vpn_connection', where: { ikepolicy_id: 'id' } }],
    can: ['rename', 'delete'],
  },
  'network.vpn_ipsec_policy': {
    label: ['VPN IPsec policy', 'VPN IPsec policies'],
    under: 'Network',
    icon: 'shield',
    path: '/vpn/ipsecpolicies',
    listKey: 'ipsecpolicies',
    itemKey: 'ipsecpolicy',
    optional: true,
    columns: [
      titled('protocol', 'transform_protocol'),
      titled('encryption', 'encryption_algorithm'),
      titled('authentication', 'auth_algorithm'),
      titled('mode', 'encapsulation_mode'),
      titled('perfect forward secrecy', 'pfs'),
      lifetime,
      'description',
      'id',
    ],
    children: [{ kind: 'network.vpn_connection', where: { ipsecpolicy_id: 'id' } }],
    can: ['rename', 'delete'],
  },
} as const satisfies Readonly<Record<string, Kind>>;
