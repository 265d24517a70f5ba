import { defineActions } from '../action.ts';
import { textAt, valuesAt } from '../columns.ts';
import type { Field } from '../field.ts';
import type { Resource } from '../kind.ts';
import { put } from './requests.ts';
import { isOff, isOn } from './states.ts';

const isBound = (address: Resource) => textAt(address, 'port_id') !== undefined;
const hasAddress = (port: Resource) => valuesAt(port, 'fixed_ips.ip_address').length > 0;
const gatewayOf = (router: Resource) => textAt(router, 'external_gateway_info.network_id');
const groupsOf = (port: Resource) => valuesAt(port, 'security_groups').map(String);
/** `10.0.0.7 (fa:16:3e:00:00:01)`: an address that a port may use beside its own. */
const pairText = (pair: unknown) =>
  [textAt(Object(pair), 'ip_address'), textAt(Object(pair), 'mac_address')].filter(Boolean).join(' ');
const pairsOf = (port: Resource) => valuesAt(port, 'allowed_address_pairs');
const subnet: Field = { name: 'subnet_id', as: 'resource', title: 'On which subnet?', kind: 'network.subnet' };

/** Neutron: networking API reference v2. */
export const network = defineActions({
  associate: {
    title: 'Associate…',
    verb: 'associate',
    offered: (address) => !isBound(address),
    asks: [{ name: 'port_id', as: 'resource', title: 'With which port?', kind: 'network.port', fits: hasAddress }],
    touches: ['network.port'],
    reached: isBound,
    change: (asked) => put(asked, asked.answers),
  },
  disassociate: {
    title: 'Disassociate',
    verb: 'disassociate',
    offered: isBound,
    risk: 'interrupts',
    touches: ['network.port'],
    reached: (address) => !isBound(address),
    change: (asked) => put(asked, { port_id: null }),
  },
  addInterface: {
    title: 'Add Interface…',
    verb: 'add an interface to',
    asks: [subnet],
    touches: ['network.port'],
    change: ({ answers }) => ({ method: 'PUT', path: '/add_router_interface', body: answers }),
  },
  removeInterface: {
    title: 'Remove Interface…',
    verb: 'remove an interface from',
    risk: 'interrupts',
    asks: [subnet],
    touches: ['network.port'],
    change: ({ answers }) => ({ method: 'PUT', path: '/remove_router_interface', body: answers }),
  },
  setGateway: {
    title: 'Set Gateway…',
    verb: 'set the gateway of',
    risk: 'interrupts',
    asks: [
      {
        name: 'network_id',
        as: 'resource',
        title: 'To which external network?',
        kind: 'network.network',
        fits: isOn('router:external'),
      },
    ],
    reached: (now, _before, { network_id }) => gatewayOf(now) === network_id,
    change: (asked) => put(asked, { external_gateway_info: asked.answers }),
  },
  clearGateway: {
    title: 'Clear Gateway',
    verb: 'clear the gateway of',
    offered: (router) => gatewayOf(router) !== undefined,
    risk: 'interrupts',
    reached: (router) => gatewayOf(router) === undefined,
    change: (asked) => put(asked, { external_gateway_info: {} }),
  },
  setSecurityGroups: {
    title: 'Set Security Groups…',
    verb: 'set the security groups of',
    risk: 'interrupts',
    asks: [
      {
        name: 'groups',
        as: 'resources',
        title: 'Which security groups?',
        kind: 'network.security_group',
        value: groupsOf,
        optional: true,
      },
    ],
    reached: (now, _before, { groups = '' }) => groupsOf(now).toSorted().join() === listed(groups).toSorted().join(),
    change: (asked) => put(asked, { security_groups: listed(asked.answers['groups']) }),
  },
  addAddressPair: {
    title: 'Add Allowed Address Pair…',
    verb: 'add an allowed address pair to',
    asks: [
      { name: 'ip_address', as: 'text', title: 'Address or CIDR', fits: /^[0-9a-f.:]+(\/\d{1,3})?$/i, hint: '10.0.0.100' },
      {
        name: 'mac_address',
        as: 'text',
        title: "MAC address, if not the port's own",
        fits: /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i,
        hint: 'fa:16:3e:00:00:01',
        optional: true,
      },
    ],
    reached: (now, before) => pairsOf(now).length > pairsOf(before).length,
    change: (asked) => put(asked, { allowed_address_pairs: [...pairsOf(asked.resource), asked.answers] }),
  },
  removeAddressPair: {
    title: 'Remove Allowed Address Pair…',
    verb: 'remove an allowed address pair from',
    offered: (port) => pairsOf(port).length > 0,
    risk: 'interrupts',
    asks: [{ name: 'pair', as: 'choice', title: 'Which pair?', of: (port) => pairsOf(port).map(pairText) }],
    reached: (now, _before, { pair = '' }) => !pairsOf(now).map(pairText).includes(pair),
    change: (asked) =>
      put(asked, { allowed_address_pairs: pairsOf(asked.resource).filter((one) => pairText(one) !== asked.answers['pair']) }),
  },
  enableDhcp: {
    title: 'Enable DHCP',
    verb: 'enable DHCP on',
    offered: isOff('enable_dhcp'),
    reached: isOn('enable_dhcp'),
    change: (asked) => put(asked, { enable_dhcp: true }),
  },
  disableDhcp: {
    title: 'Disable DHCP',
    verb: 'disable DHCP on',
    offered: isOn('enable_dhcp'),
    risk: 'interrupts',
    reached: isOff('enable_dhcp'),
    change: (asked) => put(asked, { enable_dhcp: false }),
  },
});

/** The identities of an answer that names several. */
function listed(answer = ''): readonly string[] {
  return answer.split(',').filter((id) => id !== '');
}
