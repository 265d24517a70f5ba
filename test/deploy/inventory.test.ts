import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  emptyInventory,
  type Member,
  parentObject,
  parentRef,
  printInventory,
  readParent,
  union,
} from '../../src/deploy/removal/inventory.ts';

/** A name of a set and that of the object which holds its inventory; H stands for a hash. */
const names = `
shop                shop
shop/deploy         shop.deploy
Shop                shop-H
shop.deploy         shop.deploy-H
my shop/über        my-shop.ber-H
-/_                 -H
${'a/'.repeat(120)}b   ${'a.'.repeat(99)}a-H
`;
for (const line of names.trim().split('\n')) {
  const [set = '', name = ''] = line.split(/ {3,}/);
  test(`the inventory of ${set} has a name that an object may have`, () => {
    const parent = parentRef({ name: set, namespace: 'shop' }).name;
    assert.equal(parent.replace(/-[0-9a-f]{8}$/, '-H'), `hybrid-clusters-set-${name}`);
    // Kubernetes, "Object Names and IDs", DNS subdomain names
    assert.match(parent, /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/);
    assert.ok(parent.length <= 253);
  });
}

const member = (name: string, more: Partial<Member> = {}): Member => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  namespace: 'shop',
  name,
  ...more,
});

test('what is written is what is read, and five thousand members stay below what etcd takes', () => {
  const members = Array.from({ length: 5_000 }, (_, index) =>
    member(`settings-${index}`, { uid: crypto.randomUUID(), source: `settings.yaml#${index}` }),
  );
  const inventory = { ...emptyInventory('shop/deploy', 'shop'), members: union([], members) };
  const parent = parentObject(inventory);
  assert.ok(JSON.stringify(parent).length < 1_000_000, `${JSON.stringify(parent).length} bytes`);
  assert.deepEqual(readParent(parent), { ok: true, value: inventory });
});

test('a union keeps what is known of both', () => {
  const earlier = [
    member('a', { uid: 'u1', source: 'a.yaml#0' }),
    member('b', { uid: 'u2' }),
    { ...member('d'), apiVersion: 'apps/v1beta1', kind: 'Deployment' },
  ];
  const later = [member('a', { source: 'c.yaml#0' }), member('c'), { ...member('d'), apiVersion: 'apps/v1', kind: 'Deployment' }];
  assert.equal(
    printInventory({ ...emptyInventory('shop', 'shop'), members: union(earlier, later) }),
    `set shop in shop: 4 objects
  /ConfigMap shop/a from c.yaml#0
  /ConfigMap shop/b
  /ConfigMap shop/c, not seen yet
  apps/Deployment shop/d, not seen yet
`,
  );
});

test('an inventory that was copied to another name or namespace is none', () => {
  const parent = parentObject(emptyInventory('shop', 'shop'));
  const copied = { ...parent, metadata: { ...parent.metadata, namespace: 'other' } };
  assert.match(readParent(copied).ok ? '' : 'broken', /broken/);
});

test('a stack is a member, and no kind that kubectl is to look for', () => {
  const stack = { apiVersion: 'hybrid-clusters/v1', kind: 'Stack', name: 'net', project: 'demo/shop' };
  const parent = parentObject({ ...emptyInventory('shop', 'shop'), members: [member('a'), stack] });
  assert.equal(parent.metadata.annotations?.['applyset.kubernetes.io/contains-group-kinds'], 'ConfigMap');
  const read = readParent(parent);
  assert.deepEqual(read.ok && read.value.members, [member('a'), stack]);
});
