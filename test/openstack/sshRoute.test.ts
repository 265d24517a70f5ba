import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Resource } from '../../src/openstack/kind.ts';
import { addressesOf, bastionsFor, userOf } from '../../src/openstack/sshRoute.ts';

/** `network: fixed 10.0.0.5, floating 192.0.2.1` */
function server(id: string, addresses: string, more: Resource = {}): Resource {
  const networks = addresses.split(';').map((part) => {
    const [network = '', list = ''] = part.split(': ');
    const items = list.split(', ').map((item) => {
      const [type, addr = ''] = item.split(' ');
      return { addr, version: addr.includes(':') ? 6 : 4, 'OS-EXT-IPS:type': type };
    });
    return [network.trim(), items];
  });
  return { id, name: id, status: 'ACTIVE', addresses: addresses ? Object.fromEntries(networks) : {}, ...more };
}

describe('the way to a server', () => {
  const web = server('web', 'private: fixed 10.0.0.5, floating 192.0.2.1');
  const db = server('db', 'private: fixed fd00::7, fixed 10.0.0.7');

  it('is its floating address, else a fixed one, IPv4 first', () => {
    assert.deepEqual(addressesOf(web), { outside: ['192.0.2.1'], inside: ['10.0.0.5'] });
    assert.deepEqual(addressesOf(db), { outside: [], inside: ['10.0.0.7', 'fd00::7'] });
    assert.deepEqual(addressesOf({ addresses: null }), { outside: [], inside: [] });
  });

  it('leads through servers of the same network that are reached from outside, those named so first', () => {
    const bastion = server('jump-1', 'private: fixed 10.0.0.2, floating 192.0.2.9');
    const stopped = server('bastion-old', 'private: fixed 10.0.0.3, floating 192.0.2.8', { status: 'SHUTOFF' });
    const elsewhere = server('bastion-far', 'other: fixed 10.9.0.2, floating 192.0.2.7');
    assert.deepEqual(
      bastionsFor(db, [web, db, bastion, stopped, elsewhere]).map(({ name, address }) => `${name} ${address}`),
      ['jump-1 192.0.2.9', 'web 192.0.2.1'],
    );
  });

  const images = [
    { id: 'i1', name: 'debian-12' },
    { id: 'i2', name: 'golden', os_distro: 'ubuntu' },
    { id: 'i3', name: 'golden', os_distro: 'ubuntu', os_admin_user: 'ops' },
    { id: 'i4', name: 'mystery' },
  ];
  for (const [image, user] of [
    ['i1', 'debian'],
    ['i2', 'ubuntu'],
    ['i3', 'ops'],
    ['i4', 'root'],
    ['none', 'root'],
  ] as const)
    it(`signs in as ${user} with image ${image}`, () => assert.equal(userOf({ image: { id: image } }, images), user));
});
