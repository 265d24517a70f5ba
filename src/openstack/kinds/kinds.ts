import { defineKinds } from '../kind.ts';

/** The catalog: every kind of resource the product knows, one row each. */
export const kinds = defineKinds({
  'network.network': {
    label: ['network', 'Networks'],
    under: 'Network',
    icon: 'globe',
    path: '/v2.0/networks',
    listKey: 'networks',
    itemKey: 'network',
    columns: ['status', 'shared', 'router:external'],
    children: [{ kind: 'network.subnet', where: { network_id: 'id' } }],
  },
  'network.subnet': {
    label: ['subnet', 'Subnets'],
    under: 'Network',
    icon: 'symbol-interface',
    path: '/v2.0/subnets',
    listKey: 'subnets',
    itemKey: 'subnet',
    columns: ['cidr', 'gateway_ip', 'enable_dhcp'],
  },
});

/** A closed union: rules, relations and children are checked by the compiler. */
export type KindId = keyof typeof kinds;
