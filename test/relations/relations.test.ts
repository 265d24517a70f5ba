import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import type { KubeObject } from '../../src/kubernetes/cluster.ts';
import { nameOf } from '../../src/openstack/display.ts';
import type { Project } from '../../src/openstack/project.ts';
import { isMadeByCluster, objectsOf, resourcesOf } from '../../src/relations/related.ts';
import { parseProviderId, relations } from '../../src/relations/relations.ts';
import { fakeCloud } from '../support/fakeCloud.ts';
import { FakeCluster } from '../support/fakeCluster.ts';

const objects = (text: string): KubeObject[] => parseAllDocuments(text).map((document) => document.toJS() as KubeObject);

/** What an object is in these projects: `compute.server worker-1 · demo`, a question mark for a candidate. */
async function forward(text: string, ...projects: readonly Project[]): Promise<string> {
  const cluster = new FakeCluster();
  const [first, ...others] = objects(text);
  assert.ok(first);
  for (const other of others) cluster.put(other);
  const group = first.apiVersion.includes('/') ? first.apiVersion.split('/')[0] : '';
  const answer = await resourcesOf(cluster, `${group}/${first.kind}`, first, projects);
  return [
    ...answer.found.map(
      ({ kind, project, resource, certain }) => `${kind} ${nameOf(kind, resource)} · ${project.name}${certain ? '' : ' ?'}`,
    ),
    ...answer.absent.map(({ kind, id, region }) => `absent ${kind} ${id}${region ? ` in ${region}` : ''}`),
    ...answer.failures.map(({ message }) => `failed ${message}`),
  ].join('\n');
}

/** What a resource of a project is in a cluster of these objects. */
async function backward(text: string, project: Project, kind: Parameters<Project['get']>[0], id: string): Promise<string> {
  const cluster = new FakeCluster();
  for (const object of objects(text)) cluster.put(object);
  const resource = await project.get(kind, id);
  assert.ok(resource.ok);
  const { found } = await objectsOf(kind, resource.value, [cluster]);
  return found.map(({ object, certain }) => `${object.kind} ${object.metadata.name}${certain ? '' : ' ?'}`).join('\n');
}

describe('the server that a provider id names', () => {
  const cases: Readonly<Record<string, { id: string; region?: string } | undefined>> = {
    'openstack:///abc': { id: 'abc' },
    'openstack://RegionOne/abc': { id: 'abc', region: 'RegionOne' },
    'openstack:///RegionOne/abc': { id: 'abc', region: 'RegionOne' },
    'openstack://': undefined,
    'openstack://a/b/c': undefined,
    'aws:///eu-west-1a/i-0abc': undefined,
    '': undefined,
  };
  for (const [text, expected] of Object.entries(cases))
    test(text || 'empty', () => assert.deepEqual(parseProviderId(text), expected));
});

const node = (spec: string) => `{ apiVersion: v1, kind: Node, metadata: { name: w1 }, ${spec} }`;

describe('Node ↔ server', () => {
  const demo = fakeCloud('compute.server:\n  - { id: abc, name: w1, addresses: { private: [{ addr: 10.0.0.5 }] } }');
  const ops = fakeCloud('project: ops\nregion: RegionTwo\ncompute.server: [{ id: def, name: w1 }]');

  test('by its provider id, in the region it names', async () => {
    assert.equal(await forward(node('spec: { providerID: "openstack:///abc" }'), demo, ops), 'compute.server w1 · demo');
    assert.equal(await forward(node('spec: { providerID: "openstack:///RegionTwo/def" }'), demo, ops), 'compute.server w1 · ops');
    assert.deepEqual(
      demo.asked.filter((line) => line.includes('def')),
      [],
      'a project of another region is not asked',
    );
  });
  test('an id that nobody has is told with its region, and names do not count then', async () => {
    assert.equal(
      await forward(node('spec: { providerID: "openstack:///RegionOne/gone" }'), demo),
      'absent compute.server gone in RegionOne',
    );
    assert.equal(await forward(node('spec: { providerID: "openstack:///abc" }')), 'absent compute.server abc');
  });
  test('without one by the id of its machine, or by name and address together', async () => {
    assert.equal(await forward(node('status: { nodeInfo: { systemUUID: ABC } }'), demo), 'compute.server w1 · demo');
    assert.equal(
      await forward(node('status: { addresses: [{ type: InternalIP, address: 10.0.0.5 }] }'), demo),
      'compute.server w1 · demo',
    );
    assert.equal(await forward(node('status: { addresses: [{ type: InternalIP, address: 10.9.9.9 }] }'), demo), '');
  });
  test('an address alone makes a candidate, in both directions, unless a better mark is there', async () => {
    const two = fakeCloud(`
compute.server:
  - { id: abc, name: w1, addresses: { private: [{ addr: 10.0.0.5 }] } }
  - { id: other, name: db, addresses: { backup: [{ addr: 10.0.0.5 }] } }
`);
    const text = node('status: { addresses: [{ type: InternalIP, address: 10.0.0.5 }] }');
    const renamed = text.replace('name: w1', 'name: w1.example');
    assert.equal(await forward(text, two), 'compute.server w1 · demo');
    assert.equal(await forward(renamed, demo), 'compute.server w1 · demo ?');
    assert.equal(await backward(renamed, demo, 'compute.server', 'abc'), 'Node w1.example ?');
    assert.equal(await backward(text, two, 'compute.server', 'abc'), 'Node w1');
    assert.equal(await backward(node('spec: { providerID: "openstack:///zzz" }'), demo, 'compute.server', 'abc'), '');
  });
  test('a cloud that may not be asked is a failure, not an absence', async () => {
    const closed = fakeCloud('compute.server: forbidden');
    assert.equal(await forward(node('spec: { providerID: "openstack:///abc" }'), closed), 'failed Servers: forbidden.');
  });
});

describe('PersistentVolume, claim ↔ volume', () => {
  const demo = fakeCloud(`
block-storage.volume:
  - { id: v1, name: pvc-1, metadata: { cinder.csi.openstack.org/cluster: prod } }
  - { id: v2, name: by-hand }
shared-file-system.share: [{ id: sh1, name: pvc-2 }]
`);
  const volume = `
apiVersion: v1
kind: PersistentVolume
metadata: { name: pv1 }
spec:
  claimRef: { namespace: shop, name: data }
  csi: { driver: cinder.csi.openstack.org, volumeHandle: v1 }
`;
  const claim = `
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: data, namespace: shop }
spec: { volumeName: pv1 }
`;
  test('by the handle; a claim through its volume', async () => {
    assert.equal(await forward(volume, demo), 'block-storage.volume pvc-1 · demo');
    assert.equal(await forward(`${claim}---${volume}`, demo), 'block-storage.volume pvc-1 · demo');
  });
  test('of another driver, a handle is something else', async () => {
    assert.equal(await forward(volume.replace('cinder.csi', 'other.csi'), demo), '');
  });
  test('a share by its attribute', async () => {
    const shared = volume.replace(
      'driver: cinder.csi.openstack.org, volumeHandle: v1',
      'driver: nfs.manila.csi.openstack.org, volumeAttributes: { shareID: sh1 }',
    );
    assert.equal(await forward(shared, demo), 'shared-file-system.share pvc-2 · demo');
  });
  test('back to both, and the driver left its mark', async () => {
    assert.equal(
      await backward(`${claim}---${volume}`, demo, 'block-storage.volume', 'v1'),
      'PersistentVolume pv1\nPersistentVolumeClaim data',
    );
    assert.equal(await backward(`${claim}---${volume}`, demo, 'block-storage.volume', 'v2'), '');
    const [marked, plain] = [await demo.get('block-storage.volume', 'v1'), await demo.get('block-storage.volume', 'v2')];
    assert.ok(marked.ok && plain.ok);
    assert.equal(isMadeByCluster('block-storage.volume', marked.value), true);
    assert.equal(isMadeByCluster('block-storage.volume', plain.value), false);
  });
});

describe('Service ↔ load balancer ↔ floating IP', () => {
  const demo = fakeCloud(`
load-balancer.loadbalancer:
  - { id: lb1, name: kube_service_prod_shop_web }
  - { id: lb2, name: kube_service_test_shop_web }
  - { id: lb3, name: shared, tags: [kube_service_prod_shop_api, kube_service_prod_shop_admin] }
  - { id: lb4, name: a0123456789abcdef0123456789abcde }
network.floating_ip:
  - { id: f1, floating_ip_address: 203.0.113.5 }
`);
  const service = (name: string, more = '') => `
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop, ${more} }
spec: { type: LoadBalancer }
`;
  test('the id that the controller wrote decides', async () => {
    const text = service('web', 'annotations: { loadbalancer.openstack.org/load-balancer-id: lb2 }');
    assert.equal(await forward(text, demo), 'load-balancer.loadbalancer kube_service_test_shop_web · demo');
    assert.equal(await backward(text, demo, 'load-balancer.loadbalancer', 'lb1'), '');
    assert.equal(await backward(text, demo, 'load-balancer.loadbalancer', 'lb2'), 'Service web');
  });
  test('by name several are candidates', async () => {
    assert.equal(
      await forward(service('web'), demo),
      'load-balancer.loadbalancer kube_service_prod_shop_web · demo ?\nload-balancer.loadbalancer kube_service_test_shop_web · demo ?',
    );
  });
  test('that two clusters claim a load balancer, by a name that both would give, is said on the way back', async () => {
    const balancer = await demo.get('load-balancer.loadbalancer', 'lb1');
    assert.ok(balancer.ok);
    const claiming = (context: string) => {
      const cluster = new FakeCluster({ name: context });
      for (const object of objects(service('web'))) cluster.put(object);
      return cluster;
    };
    const claims = async (...contexts: readonly string[]) => {
      const { found } = await objectsOf('load-balancer.loadbalancer', balancer.value, contexts.map(claiming));
      return found.map(({ cluster, certain }) => `${cluster.context.name}${certain ? '' : ' ?'}`).join(', ');
    };
    assert.equal(await claims('prod'), 'prod');
    assert.equal(await claims('prod', 'test'), 'prod ?, test ?');
  });
  test('a shared one by its tag; an old one by the uid', async () => {
    assert.equal(await forward(service('api'), demo), 'load-balancer.loadbalancer shared · demo');
    assert.equal(
      await forward(service('old', 'uid: 01234567-89ab-cdef-0123-456789abcdef'), demo),
      'load-balancer.loadbalancer a0123456789abcdef0123456789abcde · demo',
    );
  });
  test('the floating IP by the address it shows', async () => {
    const text = `${service('front')}status: { loadBalancer: { ingress: [{ ip: 203.0.113.5 }] } }`;
    assert.equal(await forward(text, demo), 'network.floating_ip 203.0.113.5 · demo');
    assert.equal(await backward(text, demo, 'network.floating_ip', 'f1'), 'Service front');
  });
  test('a Service inside the cluster has none', async () => {
    assert.equal(await forward(service('web').replace('LoadBalancer', 'ClusterIP'), demo), '');
  });
});

test('an administrator who sees a resource from two projects sees it once, in the one whose it is, else in the first', async () => {
  const cases = {
    '': 'demo',
    'tenant_id: ops-id': 'ops',
    'project_id: ops-id': 'ops',
    'tenant_id: demo-id': 'demo',
    'tenant_id: of-neither': 'demo',
  };
  for (const [owner, expected] of Object.entries(cases)) {
    const seenFrom = (project: string) => fakeCloud(`project: ${project}\ncompute.server: [{ id: abc, name: w1, ${owner} }]`);
    const text = await forward(node('spec: { providerID: "openstack:///abc" }'), seenFrom('demo'), seenFrom('ops'));
    assert.equal(text, `compute.server w1 · ${expected}`, owner);
  }
});

test('what the resource controller made, by the id in its status', async () => {
  const demo = fakeCloud('network.network: [{ id: n1, name: shop-net }]');
  const text =
    '{ apiVersion: openstack.k-orc.cloud/v1alpha1, kind: Network, metadata: { name: net, namespace: shop }, status: { id: n1 } }';
  assert.equal(await forward(text, demo), 'network.network shop-net · demo');
  assert.equal(await forward(text.replace('{ id: n1 }', '{}'), demo), '');
});

test('every relation has a way to be found', () => {
  assert.deepEqual(
    relations.filter(({ id, bears }) => !id && !bears).map(({ object }) => object),
    [],
  );
});
