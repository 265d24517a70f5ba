import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isAddress, whoHas } from '../../src/openstack/addressSearch.ts';
import { nameOf } from '../../src/openstack/display.ts';
import { fakeCloud } from '../support/fakeCloud.ts';

const project = fakeCloud(`
network.port:
  - { id: p1, name: web, mac_address: 'fa:16:3e:00:00:01', fixed_ips: [{ ip_address: 10.0.3.7 }, { ip_address: 'fd00::7' }] }
  - { id: p2, name: shared, fixed_ips: [{ ip_address: 10.0.3.8 }], allowed_address_pairs: [{ ip_address: 10.0.3.7 }] }
network.floating_ip:
  - { id: f1, floating_ip_address: 203.0.113.7, fixed_ip_address: 10.0.3.7 }
load-balancer.loadbalancer: forbidden
network.router: []
network.subnet:
  - { id: s1, name: private, gateway_ip: 10.0.3.1 }
absent: [dns]
`);

describe('who has an address', () => {
  for (const [address, holders] of [
    ['10.0.3.7', 'port web, port shared, floating IP 203.0.113.7'],
    ['FD00:0:0::7', 'port web'],
    ['FA:16:3E:00:00:01', 'port web'],
    ['203.0.113.7', 'floating IP 203.0.113.7'],
    ['10.0.3.1', 'subnet private'],
    ['10.0.3.70', ''],
  ] as const)
    it(`${address}: ${holders || 'nobody'}; who could not be asked is told`, async () => {
      const { found, failures } = await whoHas(` ${address} `, [project]);
      const label = { 'network.port': 'port', 'network.floating_ip': 'floating IP', 'network.subnet': 'subnet' } as Record<
        string,
        string
      >;
      assert.equal(found.map(({ kind, resource }) => `${label[kind]} ${nameOf(kind, resource)}`).join(', '), holders);
      assert.deepEqual(
        failures.map(({ reason }) => reason),
        ['forbidden'],
      );
    });

  it('is asked for by something that is an address', () => {
    assert.deepEqual(['10.0.3.7', 'fd00::7', 'fa:16:3e:00:00:01', '10.0.3.256', '10.0.3', 'web', 'fd00::zz', ''].map(isAddress), [
      true,
      true,
      true,
      false,
      false,
      false,
      false,
      false,
    ]);
  });
});
