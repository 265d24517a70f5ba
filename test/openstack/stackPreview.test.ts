import assert from 'node:assert/strict';
import { test } from 'node:test';
import { previewed } from '../../src/openstack/stackPreview.ts';

const resource = (name: string, type: string, properties?: unknown) => ({
  resource_name: name,
  resource_type: type,
  resource_action: 'INIT',
  ...(properties === undefined ? {} : { properties }),
});

test('a new stack is told as its resources, with the properties that are set', () => {
  const answer = {
    stack: {
      stack_name: 'shop',
      resources: [
        resource('net', 'OS::Neutron::Net', { name: 'shop-net', mtu: null }),
        resource('nothing', 'OS::Heat::None', {}),
        [resource('nested', 'OS::Heat::ResourceGroup')],
      ],
    },
  };
  assert.deepEqual(previewed(answer), {
    created: {
      net: { type: 'OS::Neutron::Net', properties: { name: 'shop-net' } },
      nothing: 'OS::Heat::None',
      nested: 'OS::Heat::ResourceGroup',
    },
  });
});

test('an update is told by what becomes of each resource, the worst first', () => {
  const none = { added: [], deleted: [], replaced: [], updated: [], unchanged: [] };
  const gone = resource('old', 'OS::Nova::Server');
  const told = previewed({
    resource_changes: { ...none, added: [resource('new', 'OS::Neutron::Port', { name: 'x' })], deleted: [gone] },
  });
  assert.equal(JSON.stringify(told), '{"deleted":{"old":"OS::Nova::Server"},"added":{"new":"OS::Neutron::Port"}}');
  assert.deepEqual(previewed({ resource_changes: none }), {});
});

for (const odd of [undefined, 'text', [], { stack: 7 }, { stack: { resources: 'none' } }])
  test(`no preview: ${JSON.stringify(odd)}`, () => assert.equal(previewed(odd), undefined));
