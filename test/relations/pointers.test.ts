import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { isKindId } from '../../src/openstack/kinds/kinds.ts';
import { pointersOf } from '../../src/relations/pointers.ts';

/** What a resource points at, one line each, after its kind and fields as text. */
const cases: Readonly<Record<string, readonly [kind: string, fields: string, pointers: readonly string[]]>> = {
  'a floating IP its port': ['network.floating_ip', '{ id: f, port_id: p }', ['network.port p']],
  'a free floating IP nothing': ['network.floating_ip', '{ id: f, port_id: null }', []],
  'a port its server, network and subnets': [
    'network.port',
    '{ id: p, device_id: s, device_owner: "compute:nova", network_id: n, fixed_ips: [{ subnet_id: a }, { subnet_id: b }] }',
    ['compute.server s', 'network.network n', 'network.subnet a', 'network.subnet b'],
  ],
  'an interface its router': [
    'network.port',
    '{ id: p, device_id: r, device_owner: "network:router_interface" }',
    ['network.router r'],
  ],
  'an interface of an HA router, too': [
    'network.port',
    '{ id: p, device_id: r, device_owner: "network:ha_router_replicated_interface" }',
    ['network.router r'],
  ],
  'the address of a load balancer its load balancer': [
    'network.port',
    '{ id: p, device_id: lb-b, device_owner: Octavia }',
    ['load-balancer.loadbalancer b'],
  ],
  'a port of DHCP no device': ['network.port', '{ id: p, device_id: dhcp1-2, device_owner: "network:dhcp" }', []],
  'an attached volume each of its servers': [
    'block-storage.volume',
    '{ id: v, attachments: [{ server_id: s1 }, { server_id: s2 }] }',
    ['compute.server s1', 'compute.server s2'],
  ],
  'a snapshot its volume': ['block-storage.snapshot', '{ id: s, volume_id: v }', ['block-storage.volume v']],
  'a rule its group': ['network.security_group_rule', '{ id: r, security_group_id: g }', ['network.security_group g']],
};

describe('points at', () => {
  for (const [title, [kind, fields, expected]] of Object.entries(cases))
    test(title, () => {
      assert.ok(isKindId(kind));
      assert.deepEqual(
        pointersOf(kind, parse(fields)).map(({ to, id }) => `${to} ${id}`),
        expected,
      );
    });
});
