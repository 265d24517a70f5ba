import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import {
  childrenOf,
  columnsOf,
  descriptionOf,
  factsMatching,
  healthOf,
  idOf,
  nameOf,
  toFacts,
} from '../../src/openstack/display.ts';
import type { Resource } from '../../src/openstack/kind.ts';
import { isKindId, type KindId } from '../../src/openstack/kinds/kinds.ts';

/** Resources as the services send them, and under each what its row reads as: health, name, description. */
const rows = `
- compute.server: { id: s1, name: web-1, status: ACTIVE, "OS-EXT-STS:task_state": null, flavor: { original_name: m1.small },
    addresses: { private: [{ addr: 203.0.113.9, "OS-EXT-IPS:type": floating }, { addr: 10.0.0.5, "OS-EXT-IPS:type": fixed }] }, image: "" }
  reads: good web-1 | ACTIVE · m1.small · 10.0.0.5, 203.0.113.9
- compute.server: { id: s2, name: web-2, status: ACTIVE, "OS-EXT-STS:task_state": powering-off, flavor: { id: f } }
  reads: busy web-2 | ACTIVE / powering-off · f
- compute.server: { id: s3, name: web-3, status: ERROR, fault: { message: "No valid host was found.\\nTraceback" }, flavor: { original_name: m1.huge } }
  reads: bad web-3 | ERROR · No valid host was found. Traceback · m1.huge
- compute.server: { id: s4, status: UNKNOWN, tenant_id: t, created: 2026-01-01 }
  reads: bad s4 | UNKNOWN · 2026-01-01
- compute.server: { id: s5, name: off, status: SHUTOFF }
  reads: quiet off | SHUTOFF
- compute.flavor: { id: "1", name: m1.small, vcpus: 2, ram: 2048, disk: 20 }
  reads: stateless m1.small | 2 vCPU · 2 GiB
- compute.availability_zone: { zoneName: nova, zoneState: { available: false }, hosts: null }
  reads: stateless nova | not available
- network.network: { id: n1, name: public, status: ACTIVE, shared: true, "router:external": true, subnets: [a, b], mtu: 1500 }
  reads: good public | ACTIVE · external · shared
- network.network: { id: n2, name: down, status: DOWN, shared: false, "router:external": false, subnets: [a] }
  reads: quiet down | DOWN · 1 subnet
- network.subnet: { id: s, name: v4, cidr: 10.0.0.0/24, gateway_ip: null, allocation_pools: [{ start: 10.0.0.2, end: 10.0.0.9 }], enable_dhcp: true }
  reads: stateless v4 | 10.0.0.0/24 · yes
- network.floating_ip: { id: f, floating_ip_address: 203.0.113.9, status: DOWN, port_id: null, fixed_ip_address: null }
  reads: quiet 203.0.113.9 | DOWN · not bound
- network.port: { id: p, name: "", status: DOWN, device_owner: Octavia, fixed_ips: [{ ip_address: 10.0.0.4 }] }
  reads: quiet 10.0.0.4 | DOWN · Octavia
- network.port: { id: p, name: boot, status: DOWN, "binding:vif_type": binding_failed }
  reads: bad boot | DOWN / binding_failed
- network.security_group_rule: { id: r, direction: ingress, protocol: tcp, port_range_min: 22, port_range_max: 22, remote_ip_prefix: 0.0.0.0/0 }
  reads: stateless ingress tcp 22 | 0.0.0.0/0 · ingress
- load-balancer.loadbalancer: { id: l, name: lb, provisioning_status: ACTIVE, operating_status: ONLINE, vip_address: 10.0.0.8 }
  reads: good lb | ACTIVE · 10.0.0.8
- load-balancer.loadbalancer: { id: l, name: lb, provisioning_status: PENDING_UPDATE, operating_status: DEGRADED }
  reads: bad lb | PENDING_UPDATE / DEGRADED
- load-balancer.member: { id: m, name: "", address: 10.0.0.6, protocol_port: 80, provisioning_status: ACTIVE, operating_status: NO_MONITOR, weight: 1 }
  reads: good 10.0.0.6 | ACTIVE · 80 · 1
- block-storage.volume: { id: v, name: data, status: in-use, size: 10, attachments: [{ device: /dev/vdb, server_id: s1 }], volume_type: ssd }
  reads: good data | in-use · 10 GiB · /dev/vdb
- block-storage.volume: { id: v, name: data, status: error_deleting, size: 1 }
  reads: bad data | error_deleting · 1 GiB
- image.image: { id: i, name: debian, status: active, size: 2147483648, visibility: public, min_disk: 0 }
  reads: good debian | active · 2.0 GiB · public
- orchestration.stack: { id: k, stack_name: app, stack_status: UPDATE_FAILED, description: shop }
  reads: bad app | UPDATE_FAILED · shop
- key-manager.secret: { secret_ref: "https://b/v1/secrets/0a1b", name: "", status: ACTIVE, secret_type: passphrase, expiration: null }
  reads: good 0a1b | ACTIVE · passphrase · does not expire
- object-store.container: { name: backups, count: 3, bytes: 2048 }
  reads: stateless backups | 3 objects · 2.0 KiB
- network.network: { id: n3, name: "evil\\u202e\\u001b[31m\\nname", status: ACTIVE }
  reads: good evil name | ACTIVE
- network.network: { id: empty }
  reads: "stateless empty | "
`;

for (const { reads, ...row } of parse(rows) as readonly Readonly<Record<string, unknown>>[]) {
  const [kind, resource] = Object.entries(row)[0] ?? [];
  test(`${kind} reads ${reads}`, () => {
    assert.ok(kind !== undefined && isKindId(kind));
    const item = resource as Resource;
    assert.equal(`${healthOf(kind, item)?.health ?? 'stateless'} ${nameOf(kind, item)} | ${descriptionOf(kind, item)}`, reads);
  });
}

test('ids in columns become names where they are known without asking', () => {
  const known = (kind: KindId, id: string) => (kind === 'network.network' && id === 'n1' ? 'private' : undefined);
  const subnet = { id: 's', name: 'v4', cidr: '10.0.0.0/24', network_id: 'n1' };
  assert.deepEqual(Object.fromEntries(columnsOf('network.subnet', subnet, { lookups: known }))['network'], 'private');
  assert.deepEqual(Object.fromEntries(columnsOf('network.subnet', subnet))['network'], 'n1');
});

test('what lies below: by a field of ours, by our path, and not where we lack the field', () => {
  const lines = (kind: KindId, resource: Resource) =>
    childrenOf(kind, resource).map(
      ({ kind: child, label, where, parent }) => `${label}: ${child} ${JSON.stringify(where)}${parent ? ' in path' : ''}`,
    );
  assert.deepEqual(lines('load-balancer.loadbalancer', { id: 'l', vip_port_id: 'p' }), [
    'Listeners: load-balancer.listener {"loadbalancers.id":"l"}',
    'Pools: load-balancer.pool {"loadbalancers.id":"l"}',
    'Floating IPs: network.floating_ip {"port_id":"p"}',
    'Amphorae: load-balancer.amphora {"loadbalancer_id":"l"}',
  ]);
  assert.deepEqual(lines('load-balancer.loadbalancer', { id: 'l', vip_port_id: null }).length, 3);
  assert.deepEqual(lines('dns.pool', { id: 'p' }), ['Zones: dns.zone {"pool_id":"p"}']);
  assert.deepEqual(lines('load-balancer.l7_policy', { id: 'p' }), ['L7 rules: load-balancer.l7_rule {} in path']);
  assert.deepEqual(lines('network.router', { id: 'r' }), [
    'Interfaces: network.port {"device_id":"r"}',
    'VPN services: network.vpn_service {"router_id":"r"}',
  ]);
  assert.deepEqual(lines('image.image', { id: 'i', visibility: 'shared' }), ['Image members: image.member {} in path']);
  assert.deepEqual(lines('image.image', { id: 'i', visibility: 'public' }), []);
});

test('facts hold columns, state and the fields asked for, and nothing else of the resource', () => {
  const server = {
    id: 's',
    name: 'web',
    status: 'ACTIVE',
    user_data: 'canary',
    adminPass: 'canary',
    metadata: { key: 'canary' },
    flavor: { original_name: 'm1' },
    tags: ['a'],
  };
  const facts = toFacts('compute.server', server, ['status', 'flavor.original_name', 'absent']);
  assert.doesNotMatch(JSON.stringify(facts), /canary/);
  assert.deepEqual(facts.fields, { status: 'ACTIVE', 'flavor.original_name': 'm1' });
  assert.equal(facts.state, 'ACTIVE');
  assert.equal(idOf('key-manager.container', { container_ref: 'https://b/v1/containers/0a/' }), '0a');
});

test('of many, those whose name holds a text or whose id begins with it, so many of them and whether there are more', () => {
  const servers = ['web-1', 'db-1', 'Web-2', '', 'my-web'].map((name, at) => ({ id: `S${at}`, name, adminPass: 'canary' }));
  const names = (text: string, limit: number) => {
    const { items, more } = factsMatching('compute.server', servers, text, limit);
    assert.doesNotMatch(JSON.stringify(items), /canary/);
    return `${items.map(({ name }) => name).join(' ')}${more ? ' …' : ''}`;
  };
  assert.equal(names('WEB', 3), 'web-1 Web-2 my-web');
  assert.equal(names('web', 2), 'web-1 Web-2 …');
  assert.equal(names('s3', 9), 'S3');
  assert.equal(names('', 9), 'web-1 db-1 Web-2 S3 my-web');
  assert.equal(names('none', 9), '');
});
