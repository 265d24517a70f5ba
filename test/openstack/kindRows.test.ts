import assert from 'node:assert/strict';
import { test } from 'node:test';
import { columnsOf, descriptionOf, healthOf, idOf, nameOf } from '../../src/openstack/display.ts';
import type { Resource } from '../../src/openstack/kind.ts';
import { type KindId, kindOf } from '../../src/openstack/kinds/kinds.ts';
import type { Project } from '../../src/openstack/project.ts';
import { pointersOf } from '../../src/relations/pointers.ts';
import { scriptedCloud } from '../support/scriptedCloud.ts';

/** A list as lines `health name | description`, or why there is none. */
async function lines(project: Project, kind: KindId, parent?: Resource): Promise<readonly string[]> {
  const list = await project.list(kind, parent && { parent });
  if (!list.ok) return [`${list.failure.reason}: ${list.failure.message}`];
  return list.value.items.map((item) =>
    `${healthOf(kind, item)?.health ?? 'stateless'} ${nameOf(kind, item)} | ${descriptionOf(kind, item)}`.trimEnd(),
  );
}

/**
 * Kinds that the sandbox's services are without or have none of, with the examples of their API references: neutron-lib `api-ref/source/v2/samples`, designate
 * `api-ref/source/samples/zones`, octavia `api-ref/source/v2/examples`, keystone's federation extension; shortened by fields that no row reads. An amphora
 * names its load balancer `loadbalancer_id`, as octavia's `api/v2/types/amphora.py` has it, and not as the example does.
 */
const samples: readonly {
  readonly kind: KindId;
  readonly parent?: Resource;
  readonly asked: string;
  readonly body: Readonly<Record<string, readonly Resource[]>>;
  readonly reads: readonly string[];
}[] = [
  {
    kind: 'network.vpn_service',
    asked: 'GET /network/v2.0/vpn/vpnservices?limit=1000',
    body: {
      vpnservices: [
        {
          router_id: '66e3b16c-8ce5-40fb-bb49-ab6d8dc3f2aa',
          status: 'PENDING_CREATE',
          name: 'myservice',
          external_v6_ip: '2001:db8::1',
          subnet_id: null,
          external_v4_ip: '172.32.1.11',
          id: '5c561d9d-eaea-45f6-ae3e-08d1a7080828',
          description: '',
        },
      ],
    },
    reads: ['busy myservice | PENDING_CREATE · 172.32.1.11 · 66e3b16c-8ce5-40fb-bb49-ab6d8dc3f2aa'],
  },
  {
    kind: 'network.vpn_connection',
    asked: 'GET /network/v2.0/vpn/ipsec-site-connections?limit=1000',
    body: {
      ipsec_site_connections: [
        {
          status: 'PENDING CREATE',
          psk: 'secret',
          initiator: 'bi-directional',
          name: 'vpnconnection1',
          auth_mode: 'psk',
          peer_cidrs: [],
          peer_ep_group_id: '9ad5a7e0-6dac-41b4-b20d-a7b8645fddf1',
          ikepolicy_id: '9b00d6b0-6c93-4ca5-9747-b8ade7bb514f',
          vpnservice_id: '5c561d9d-eaea-45f6-ae3e-08d1a7080828',
          peer_address: '172.24.4.226',
          id: '851f280f-5639-4ea3-81aa-e298525ab74b',
        },
      ],
    },
    reads: ['busy vpnconnection1 | PENDING CREATE · 172.24.4.226 · bi-directional'],
  },
  {
    kind: 'network.vpn_endpoint_group',
    asked: 'GET /network/v2.0/vpn/endpoint-groups?limit=1000',
    body: {
      endpoint_groups: [
        { endpoints: ['10.2.0.0/24', '10.3.0.0/24'], type: 'cidr', id: '6ecd9cf3-ca64-46c7-863f-f2eb1b9e838a', name: 'peers' },
      ],
    },
    reads: ['stateless peers | cidr · 10.2.0.0/24, 10.3.0.0/24'],
  },
  {
    kind: 'network.vpn_ike_policy',
    asked: 'GET /network/v2.0/vpn/ikepolicies?limit=1000',
    body: {
      ikepolicies: [
        {
          name: 'ikepolicy1',
          auth_algorithm: 'sha1',
          encryption_algorithm: 'aes-256',
          pfs: 'group5',
          lifetime: { units: 'seconds', value: 3600 },
          ike_version: 'v1',
          id: '5522aff7-1b3c-48dd-9c3c-b50f016b73db',
        },
      ],
    },
    reads: ['stateless ikepolicy1 | v1 · aes-256'],
  },
  {
    kind: 'network.vpn_ipsec_policy',
    asked: 'GET /network/v2.0/vpn/ipsecpolicies?limit=1000',
    body: {
      ipsecpolicies: [
        {
          name: 'ipsecpolicy1',
          transform_protocol: 'esp',
          encryption_algorithm: 'aes-128',
          lifetime: { units: 'seconds', value: 3600 },
          id: '5291b189-fd84-46e5-84bd-78f40c05d69c',
        },
      ],
    },
    reads: ['stateless ipsecpolicy1 | esp · aes-128'],
  },
  {
    kind: 'dns.zone_share',
    parent: { id: 'a3365b47-ee93-43ad-9a60-2b2ca96b1898', name: 'example.org.' },
    asked: 'GET /dns/v2/zones/a3365b47-ee93-43ad-9a60-2b2ca96b1898/shares?limit=500',
    body: {
      shared_zones: [
        {
          id: '4495ffbb-b7d1-43e0-9423-f0a4172e5f9e',
          zone_id: 'a3365b47-ee93-43ad-9a60-2b2ca96b1898',
          target_project_id: '232e37df46af42089710e2ae39111c2f',
          created_at: '2022-12-01T23:02:49.000000',
        },
      ],
    },
    reads: ['stateless 232e37df46af42089710e2ae39111c2f | 2022-12-01T23:02:49.000000'],
  },
  {
    kind: 'dns.zone_transfer',
    asked: 'GET /dns/v2/zones/tasks/transfer_requests?limit=500',
    body: {
      transfer_requests: [
        {
          description: 'This was created by the requesting project',
          id: 'f2ad17b5-807a-423f-a991-e06236c247be',
          key: '9Z2R50Y0',
          status: 'ACTIVE',
          target_project_id: '123456',
          zone_id: '6b78734a-aef1-45cd-9708-8eb3c2d26ff8',
          zone_name: 'qa.dev.example.com.',
        },
      ],
    },
    reads: ['good qa.dev.example.com. | ACTIVE · 6b78734a-aef1-45cd-9708-8eb3c2d26ff8 · 123456'],
  },
  {
    kind: 'network.port_forwarding',
    parent: { id: '2f245a7b-796b-4f26-9cf9-9e82d248fda7' },
    asked: 'GET /network/v2.0/floatingips/2f245a7b-796b-4f26-9cf9-9e82d248fda7/port_forwardings?limit=1000',
    body: {
      port_forwardings: [
        {
          protocol: 'tcp',
          internal_ip_address: '10.0.0.24',
          internal_port: 25,
          internal_port_id: '070ef0b2-0175-4299-be5c-01fea8cca522',
          external_port: 2229,
          id: '1798dc82-c0ed-4b79-b12d-4c3c18f90eb2',
        },
      ],
    },
    reads: ['stateless tcp 2229 | 10.0.0.24 · 25'],
  },
  {
    kind: 'load-balancer.l7_policy',
    asked: 'GET /load-balancer/v2/lbaas/l7policies?limit=1000',
    body: {
      l7policies: [
        {
          listener_id: '023f2e34-7806-443b-bfae-16c324569a3d',
          provisioning_status: 'ACTIVE',
          redirect_pool_id: null,
          redirect_prefix: null,
          redirect_url: 'http://www.example.com',
          action: 'REDIRECT_TO_URL',
          position: 1,
          id: '8a1412f0-4c32-4257-8b07-af4770b604fd',
          operating_status: 'ONLINE',
          name: 'redirect-example.com',
        },
      ],
    },
    reads: ['good redirect-example.com | ACTIVE · REDIRECT_TO_URL · http://www.example.com'],
  },
  {
    kind: 'load-balancer.l7_rule',
    parent: { id: '8a1412f0-4c32-4257-8b07-af4770b604fd' },
    asked: 'GET /load-balancer/v2/lbaas/l7policies/8a1412f0-4c32-4257-8b07-af4770b604fd/rules?limit=1000',
    body: {
      rules: [
        {
          compare_type: 'REGEX',
          provisioning_status: 'ACTIVE',
          invert: false,
          value: '/images*',
          key: null,
          type: 'PATH',
          id: '16621dbb-a736-4888-a57a-3ecd53df784c',
          operating_status: 'ONLINE',
        },
      ],
    },
    reads: ['good PATH | ACTIVE · REGEX · /images*'],
  },
  {
    kind: 'load-balancer.amphora',
    asked: 'GET /load-balancer/v2/octavia/amphorae?limit=1000',
    body: {
      amphorae: [
        {
          id: '6bd55cd3-802e-447e-a518-1e74e23bb106',
          loadbalancer_id: '09eedfc6-2c55-41a8-a75c-2cd4e95212ca',
          compute_id: 'f0f79f90-733d-417a-8d70-cc6be62cd54d',
          lb_network_ip: '192.168.1.2',
          ha_ip: '192.168.1.10',
          role: 'MASTER',
          status: 'ALLOCATED',
        },
      ],
    },
    reads: ['good master | ALLOCATED · 192.168.1.2 · 192.168.1.10'],
  },
  {
    kind: 'identity.federation_protocol',
    parent: { id: 'ACME' },
    asked: 'GET /identity/v3/OS-FEDERATION/identity_providers/ACME/protocols',
    body: { protocols: [{ id: 'saml2', mapping_id: 'xyz234' }] },
    reads: ['stateless saml2 | xyz234'],
  },
];

for (const { kind, parent, asked, body, reads } of samples) {
  test(`${kind} reads its API reference's example, and a cloud without it says so`, async () => {
    await using scripted = await scriptedCloud({ [asked]: { json: body } });
    assert.deepEqual(await lines(scripted.project, kind, parent), reads);
    await using bare = await scriptedCloud({});
    const [answer = ''] = await lines(bare.project, kind, parent);
    assert.match(answer, kindOf(kind).optional ? /^unsupported: The \S+ service of cloud scripted knows no / : /^notFound: /);
  });
}

test('lists that hold no objects: texts, a dictionary of objects, a dictionary of numbers', async () => {
  const provider = '/placement/resource_providers/p1';
  await using scripted = await scriptedCloud({
    [`GET ${provider}/traits`]: { json: { traits: ['CUSTOM_GOLD', 'HW_CPU_X86_AVX'], resource_provider_generation: 1 } },
    [`GET ${provider}/inventories`]: {
      json: {
        inventories: { VCPU: { total: 64, allocation_ratio: 16, reserved: 2 }, DISK_GB: { total: 100, allocation_ratio: 1 } },
      },
    },
    [`GET ${provider}/usages`]: { json: { usages: { VCPU: 9 } } },
  });
  const parent = { uuid: 'p1', name: 'compute1' };
  const { project } = scripted;
  assert.deepEqual(await lines(project, 'placement.trait', parent), ['stateless CUSTOM_GOLD |', 'stateless HW_CPU_X86_AVX |']);
  assert.deepEqual(await lines(project, 'placement.inventory', parent), [
    'stateless VCPU | 64 · × 16',
    'stateless DISK_GB | 100',
  ]);
  assert.deepEqual(await lines(project, 'placement.usage', parent), ['stateless VCPU | 9']);
});

test('a parent may fill the query; without one, and below a name that would ask for another path, nothing is asked', async () => {
  const rule = { id: 'r', access_type: 'ip', access_to: '10.0.0.0/24', access_level: 'rw', state: 'queued_to_apply' };
  await using scripted = await scriptedCloud({
    'GET /shared-file-system/v2/share-access-rules?share_id=s1': { json: { access_list: [rule] } },
  });
  const { project } = scripted;
  assert.deepEqual(await lines(project, 'shared-file-system.access_rule', { id: 's1' }), [
    'busy 10.0.0.0/24 | queued_to_apply · rw · ip',
  ]);
  assert.deepEqual(await lines(project, 'object-store.object', { name: '..' }), [
    'unsupported: Objects are only known below one container.',
  ]);
  assert.equal(scripted.asked().length, 1);
});

/** What a service sends along, and must not stay in the extension host where the details of a resource are shown. */
const secrets: readonly (readonly [kind: KindId, url: string, body: unknown, parent?: Resource])[] = [
  [
    'network.vpn_connection',
    'network/v2.0/vpn/ipsec-site-connections?limit=1000',
    { ipsec_site_connections: [{ id: 'i', name: 'n', psk: 'canary' }] },
  ],
  ['identity.credential', 'identity/v3/credentials', { credentials: [{ id: 'i', type: 'ec2', blob: '{"secret":"canary"}' }] }],
  ['dns.zone_transfer', 'dns/v2/zones/tasks/transfer_requests?limit=500', { transfer_requests: [{ id: 'i', key: 'canary' }] }],
  [
    'block-storage.attachment',
    'block-storage/v3/demo-id/attachments/detail?limit=1000',
    { attachments: [{ id: 'i', connection_info: { auth_password: 'canary' } }] },
  ],
  [
    'shared-file-system.access_rule',
    'shared-file-system/v2/share-access-rules?share_id=s1',
    { access_list: [{ id: 'i', access_key: 'canary' }] },
    { id: 's1' },
  ],
  [
    'shared-file-system.security_service',
    'shared-file-system/v2/security-services/detail?limit=1000',
    { security_services: [{ id: 'i', password: 'canary' }] },
  ],
  [
    'orchestration.software_deployment',
    'orchestration/v1/demo-id/software_deployments',
    { software_deployments: [{ id: 'i', input_values: { token: 'canary' }, output_values: { deploy_stdout: 'canary' } }] },
  ],
];

test('what is secret in a list is dropped as it comes, and one resource is taken from the list', async () => {
  for (const [kind, url, body, parent] of secrets) {
    await using scripted = await scriptedCloud({
      [`GET /${url.slice(0, url.indexOf('/'))}/*`]: ({ url: asked }) => ({ json: asked.includes(lastPart(url)) ? body : {} }),
    });
    const list = await scripted.project.list(kind, parent && { parent });
    assert.ok(list.ok, `${kind} ${JSON.stringify(list)}`);
    const one = await scripted.project.get(kind, 'i', { freshness: 'fresh', ...(parent && { parent }) });
    assert.ok(one.ok, `${kind} ${JSON.stringify(one)}`);
    assert.equal(idOf(kind, one.value), 'i');
    assert.doesNotMatch(JSON.stringify([list.value, one.value, columnsOf(kind, one.value)]), /canary/, kind);
  }
});

const lastPart = (url: string) => url.replace(/\?.*/, '').split('/').at(-1) ?? '';

test('what only administrators may list, once refused, is no longer offered until a refresh; neither is an extension that is not there', async () => {
  await using scripted = await scriptedCloud(
    {
      'GET /compute/v2.1/os-aggregates': {
        status: 403,
        json: { forbidden: { code: 403, message: 'Policy does not allow it.' } },
      },
      'GET /compute/v2.1/os-server-groups*': {
        status: 403,
        json: { forbidden: { code: 403, message: 'Policy does not allow it.' } },
      },
    },
    { roles: ['member', 'aggregate_viewer'] },
  );
  const { project } = scripted;
  const kinds = ['compute.aggregate', 'compute.server_group', 'network.vpn_service', 'network.qos_policy'] as const;
  const offered = () => kinds.filter((kind) => project.offers(kind));
  assert.deepEqual(offered(), kinds);
  for (const kind of kinds.slice(0, 3)) assert.equal((await project.list(kind)).ok, false);
  assert.deepEqual(offered(), ['compute.server_group', 'network.qos_policy']);
  project.refresh(['compute.aggregate']);
  assert.deepEqual(offered(), ['compute.aggregate', 'compute.server_group', 'network.qos_policy']);
  project.refresh();
  assert.deepEqual(offered(), kinds);
});

test('what only administrators may list is not offered to who has none but ordinary roles, and nobody is asked', async () => {
  await using scripted = await scriptedCloud({}, { roles: ['member', 'reader', 'load-balancer_member'] });
  assert.deepEqual([scripted.project.offers('compute.aggregate'), scripted.project.offers('compute.server')], [false, true]);
});

test('a microversion that the cloud names in a header of its own is taken (Ironic)', async () => {
  await using scripted = await scriptedCloud({
    'GET /baremetal/v1/nodes/detail*': ({ headers }) =>
      headers['x-openstack-ironic-api-version'] === '1.65'
        ? { json: { nodes: [{ uuid: 'u', name: 'metal-0', provision_state: 'clean failed', power_state: 'power off' }] } }
        : {
            status: 406,
            headers: { 'x-openstack-ironic-api-maximum-version': '1.65' },
            json: {
              error_message: '{"faultstring": "Version 1.80 was requested but is not supported. The range is: [1.1, 1.65]."}',
            },
          },
  });
  assert.deepEqual(await lines(scripted.project, 'baremetal.node'), ['bad metal-0 | clean failed · power off']);
});

test('a role assignment has no id of its own: whom, what and where together', async () => {
  const assignment = (scope: object) => ({ user: { id: 'u', name: 'alice' }, role: { id: 'r', name: 'member' }, scope });
  await using scripted = await scriptedCloud({
    'GET /identity/v3/role_assignments?include_names=true': {
      json: {
        role_assignments: [
          assignment({ project: { id: 'p', name: 'demo' } }),
          assignment({ domain: { id: 'd', name: 'Default' }, 'OS-INHERIT:inherited_to': 'projects' }),
          assignment({ system: { all: true } }),
        ],
      },
    },
  });
  const list = await scripted.project.list('identity.role_assignment');
  assert.ok(list.ok);
  assert.deepEqual(
    list.value.items.map(
      (item) => `${idOf('identity.role_assignment', item)} ${descriptionOf('identity.role_assignment', item)}`,
    ),
    [
      'u/-/r/p/-/-/- project demo · member',
      'u/-/r/-/d/-/projects domain Default · member',
      'u/-/r/-/-/{"all":true}/- the whole system · member',
    ],
  );
});

test('a resource leads back to what it lies below, also where the identity is no `id`', () => {
  assert.deepEqual(pointersOf('baremetal.port', { uuid: 'p', node_uuid: 'n' }), [
    { to: 'baremetal.node', id: 'n', field: 'node_uuid' },
  ]);
  assert.deepEqual(
    pointersOf('load-balancer.l7_policy', { id: 'p', listener_id: 'l' }).map(({ to, id }) => `${to} ${id}`),
    ['load-balancer.listener l'],
  );
});
