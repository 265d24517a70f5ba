/** What names a resource of a cloud waits for the object that makes it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readManifests } from '../../src/deploy/files/readManifests.ts';
import { creationEdges } from '../../src/deploy/plan/creationEdges.ts';
import { refOf } from '../../src/deploy/plan/prepare.ts';
import { keyOf } from '../../src/kubernetes/objectKey.ts';

const edges = (text: string): readonly string[] => {
  const { manifests, written } = readManifests({ file: 'a.yaml', text });
  const objects = written.map((one) => ({ key: keyOf(refOf(one.object)), object: one.object, written: one }));
  return creationEdges(objects, [], manifests).map(({ from, key, until }) => `${from} ← ${key} ${until}`);
};
const network = (policy: string) => `apiVersion: openstack.k-orc.cloud/v1alpha1
kind: Network
metadata: {name: net, namespace: shop}
spec: {managementPolicy: ${policy}, resource: {name: shop-net}}
`;
const cluster = (name: string) => `apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: OpenStackCluster
metadata: {name: c, namespace: shop}
spec: {externalNetwork: {filter: {name: ${name}}}}
`;

test('a cluster waits for the network that an object of ORC makes by that name', () => {
  assert.deepEqual(edges(`${cluster('shop-net')}---\n${network('managed')}`), [
    'infrastructure.cluster.x-k8s.io/v1beta1/OpenStackCluster shop/c ← openstack.k-orc.cloud/v1alpha1/Network shop/net ready',
  ]);
});

test('what is written in a configuration file within a Secret counts', () => {
  const subnet = `apiVersion: openstack.k-orc.cloud/v1alpha1
kind: Subnet
metadata: {name: sub, namespace: shop}
spec: {managementPolicy: managed, resource: {name: shop-sub}}
`;
  const conf = `apiVersion: v1
kind: Secret
metadata: {name: cloud-config, namespace: shop}
stringData: {cloud.conf: "[Global]\\nuse-clouds=true\\n[LoadBalancer]\\nfloating-subnet=shop-sub\\n"}
`;
  assert.deepEqual(edges(`${conf}---\n${subnet}`), [
    'v1/Secret shop/cloud-config ← openstack.k-orc.cloud/v1alpha1/Subnet shop/sub ready',
  ]);
});

test('not for one of another name, nor for one that is only imported', () => {
  assert.deepEqual(edges(`${cluster('public')}---\n${network('managed')}`), []);
  assert.deepEqual(edges(`${cluster('shop-net')}---\n${network('unmanaged')}`), []);
});
