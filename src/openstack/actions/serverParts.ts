import { defineActions } from '../action.ts';
import { textAt, valuesAt } from '../columns.ts';
import type { Resource } from '../kind.ts';
import { post, segment } from './requests.ts';
import { isIn } from './states.ts';

/** States in which nova changes what is plugged in (nova/compute/api.py). */
const isUp = isIn('ACTIVE', 'SHUTOFF', 'PAUSED', 'SUSPENDED');
const groupsOf = (server: Resource) => [...new Set(valuesAt(server, 'security_groups.name').map(String))];
const isOn = (port: Resource, server: Resource) => port['device_id'] === server['id'];
const isAttached = (volume: Resource, server: Resource) => valuesAt(volume, 'attachments.server_id').includes(server['id']);
/** Floating addresses, as `addresses: {network: [{addr, 'OS-EXT-IPS:type'}]}` gives them. */
const floatingOf = (server: Resource) =>
  Object.values(Object(server['addresses']))
    .flat()
    .filter((one) => valuesAt(one, 'OS-EXT-IPS:type').includes('floating'))
    .flatMap((one) => valuesAt(one, 'addr').map(String));
/** Neutron knows at once whose port it is, Nova's own list of addresses some time later. */
const isOf = (address: Resource, server: Resource) =>
  textAt(address, 'port_details.device_id') === server['id'] ||
  floatingOf(server).includes(String(address['floating_ip_address']));
const isFree = (address: Resource) => textAt(address, 'port_id') === undefined;

/** What is plugged into a server, and who may talk to it. Compute API reference: "Volume attachments", "Port interfaces", "Servers - run an action". */
export const serverParts = defineActions({
  attachVolume: {
    title: 'Attach Volume…',
    verb: 'attach a volume to',
    offered: isUp,
    asks: [{ name: 'volumeId', as: 'resource', title: 'Which volume?', kind: 'block-storage.volume', fits: isIn('available') }],
    touches: ['block-storage.volume'],
    change: ({ answers }) => ({ method: 'POST', path: '/os-volume_attachments', body: { volumeAttachment: answers } }),
  },
  attachNetwork: {
    title: 'Attach Network…',
    verb: 'attach a network to',
    offered: isUp,
    asks: [{ name: 'net_id', as: 'resource', title: 'Which network?', kind: 'network.network' }],
    touches: ['network.port'],
    change: ({ answers }) => ({ method: 'POST', path: '/os-interface', body: { interfaceAttachment: answers } }),
  },
  detachVolume: {
    title: 'Detach Volume…',
    verb: 'detach a volume from',
    offered: (server) => isUp(server) && valuesAt(server, 'os-extended-volumes:volumes_attached.id').length > 0,
    risk: 'interrupts',
    asks: [{ name: 'volume', as: 'resource', title: 'Which volume?', kind: 'block-storage.volume', fits: isAttached }],
    touches: ['block-storage.volume', 'compute.volume_attachment'],
    change: ({ answers }) => ({ method: 'DELETE', path: `/os-volume_attachments/${segment(answers['volume'])}` }),
  },
  detachNetwork: {
    title: 'Detach Network…',
    verb: 'detach a network from',
    offered: isUp,
    risk: 'interrupts',
    asks: [{ name: 'port', as: 'resource', title: 'Which port?', kind: 'network.port', fits: isOn }],
    touches: ['network.port'],
    change: ({ answers }) => ({ method: 'DELETE', path: `/os-interface/${segment(answers['port'])}` }),
  },
  addSecurityGroup: {
    title: 'Add Security Group…',
    verb: 'add a security group to',
    offered: isUp,
    asks: [
      {
        name: 'name',
        as: 'resource',
        title: 'Which security group?',
        kind: 'network.security_group',
        fits: (group, one) => !groupsOf(one).includes(String(group['name'])),
      },
    ],
    touches: ['network.port'],
    reached: (now, before) => groupsOf(now).length > groupsOf(before).length,
    change: ({ answers }) => post('addSecurityGroup', answers),
  },
  removeSecurityGroup: {
    title: 'Remove Security Group…',
    verb: 'remove a security group from',
    offered: (one) => isUp(one) && groupsOf(one).length > 0,
    risk: 'interrupts',
    asks: [{ name: 'name', as: 'choice', title: 'Which security group?', of: groupsOf }],
    touches: ['network.port'],
    reached: (now, _before, { name = '' }) => !groupsOf(now).includes(name),
    change: ({ answers }) => post('removeSecurityGroup', answers),
  },
  /** Nova's own calls for it are gone since microversion 2.44: it is a change of the address. */
  addFloatingIp: {
    title: 'Associate Floating IP…',
    verb: 'associate a floating IP with',
    asks: [
      { name: 'address', as: 'resource', title: 'Which floating IP?', kind: 'network.floating_ip', fits: isFree },
      { name: 'port_id', as: 'resource', title: 'With which port?', kind: 'network.port', fits: isOn, obvious: true },
    ],
    touches: ['network.floating_ip', 'network.port'],
    change: ({ answers: { address, port_id } }) => ({
      method: 'PUT',
      service: 'network',
      collection: `/floatingips/${segment(address)}`,
      body: { floatingip: { port_id } },
    }),
  },
  removeFloatingIp: {
    title: 'Disassociate Floating IP…',
    verb: 'disassociate a floating IP from',
    risk: 'interrupts',
    asks: [
      {
        name: 'address',
        as: 'resource',
        title: 'Which floating IP?',
        kind: 'network.floating_ip',
        fits: isOf,
      },
    ],
    touches: ['network.floating_ip', 'network.port'],
    change: ({ answers: { address } }) => ({
      method: 'PUT',
      service: 'network',
      collection: `/floatingips/${segment(address)}`,
      body: { floatingip: { port_id: null } },
    }),
  },
  /** Of a volume attachment. Compute API reference, "Detach a volume from an instance". */
  detach: {
    title: 'Detach',
    verb: 'detach',
    risk: 'interrupts',
    ends: true,
    touches: ['block-storage.volume'],
    change: () => ({ method: 'DELETE' }),
  },
});
