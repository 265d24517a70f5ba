import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { objectLinks } from '../../src/explorer/objectLinks.ts';
import { toYaml } from '../../src/manifest/toYaml.ts';
import { fakeCloud } from '../support/fakeCloud.ts';
import { FakeCluster } from '../support/fakeCluster.ts';

const id = (digit: number) => `0000000${digit}-0000-4000-8000-000000000000`;
const project = fakeCloud(`
compute.server:
  - { id: ${id(1)}, name: worker-1 }
block-storage.volume:
  - { id: ${id(2)}, name: data }
load-balancer.loadbalancer:
  - { id: ${id(3)}, name: kube_service_dev_shop_web }
network.network:
  - { id: ${id(4)}, name: public }
network.subnet: forbidden
block-storage.type:
  - { id: ${id(5)}, name: fast }
block-storage.availability_zone:
  - { zoneName: nova, zoneState: { available: true } }
identity.endpoint:
  - { id: ${id(7)}, interface: public }
network.router:
  - { id: ${id(7)}, name: edge }
`);

/** What is linked in a text: each linked run, what it is said to be, and the end of the key it leads to. */
async function links(text: string, ...projects: readonly (typeof project)[]): Promise<string> {
  const found = await objectLinks(text, new FakeCluster(), projects);
  return found
    .map(({ line, start, end, key, noun }) => {
      const [world, ...parts] = key.split('/');
      const shown = text.split('\n')[line]?.slice(start, end);
      return `${line}: ${shown} → ${noun} ${world} ${parts.slice(world === 'openstack' ? -2 : 1).join('/')}`;
    })
    .join('\n');
}

const node = `apiVersion: v1
kind: Node
metadata:
  name: worker-1
  uid: ${id(9)}
spec:
  providerID: openstack:///${id(1)}
status:
  nodeInfo:
    machineID: ${id(1).replaceAll('-', '')}
    systemUUID: ${id(1)}`;

test('a node leads to its server wherever its id stands', async () => {
  assert.equal(
    await links(node, project),
    `6: ${id(1)} → server openstack compute.server/${id(1)}
10: ${id(1)} → server openstack compute.server/${id(1)}`,
  );
  assert.equal(await links(node), '');
});

test('a pod leads to its node, its owner, its account, and to what its containers and volumes name; not to kinds the cluster does not serve', async () => {
  const pod = `apiVersion: v1
kind: Pod
metadata:
  name: web-1
  namespace: shop
  ownerReferences:
    - apiVersion: apps/v1
      kind: ReplicaSet
      name: web
      uid: ${id(8)}
    - apiVersion: example.org/v1
      kind: Robot
      name: robby
      uid: ${id(7)}
spec:
  nodeName: worker-1
  serviceAccountName: "web"
  priorityClassName: high
  containers:
    - name: web
      image: web
      env:
        - name: DOOR
          valueFrom:
            secretKeyRef: {name: door, key: code}
      envFrom:
        - configMapRef:
            name: settings
  volumes:
    - name: data
      persistentVolumeClaim:
        claimName: data
    - name: certificates
      secret:
        secretName: certificates`;
  assert.equal(
    await links(pod, project),
    `8: web → ReplicaSet kubernetes apps/ReplicaSet/shop/web
9: ${id(8)} → ReplicaSet kubernetes apps/ReplicaSet/shop/web
15: worker-1 → Node kubernetes /Node//worker-1
16: web → ServiceAccount kubernetes /ServiceAccount/shop/web
24: door → Secret kubernetes /Secret/shop/door
27: settings → ConfigMap kubernetes /ConfigMap/shop/settings
31: data → PersistentVolumeClaim kubernetes /PersistentVolumeClaim/shop/data
34: certificates → Secret kubernetes /Secret/shop/certificates`,
  );
});

const volume = `apiVersion: v1
kind: PersistentVolume
metadata:
  name: pvc-${id(9)}
spec:
  storageClassName: fast
  claimRef:
    apiVersion: v1
    kind: PersistentVolumeClaim
    namespace: shop
    name: data
    uid: ${id(9)}
  csi:
    driver: cinder.csi.openstack.org
    volumeHandle: ${id(2)}`;
const volumeLinks = (lines: readonly number[]) =>
  [
    `${lines[0]}: fast → StorageClass kubernetes storage.k8s.io/StorageClass//fast`,
    `${lines[1]}: data → PersistentVolumeClaim kubernetes /PersistentVolumeClaim/shop/data`,
    `${lines[2]}: ${id(2)} → volume openstack block-storage.volume/${id(2)}`,
  ].join('\n');

test('a volume leads to its class, its claim and the volume of the cloud, in YAML as it is shown and in JSON', async () => {
  assert.equal(await links(volume, project), volumeLinks([5, 10, 14]));
  assert.equal(await links(toYaml(parse(volume)), project), volumeLinks([5, 10, 14]));
  assert.equal(await links(JSON.stringify(parse(volume), null, 2), project), volumeLinks([7, 12, 17]));
});

test('a claim leads to its volume and its class, a class to what its rule names by name', async () => {
  assert.equal(
    await links(
      `{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data, namespace: shop}, spec: {volumeName: pv-1}}`,
    ),
    '0: pv-1 → PersistentVolume kubernetes /PersistentVolume//pv-1',
  );
  const storageClass =
    '{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: a}, provisioner: cinder.csi.openstack.org, parameters: {type: fast, availability: nova}}';
  assert.equal(
    await links(storageClass, project),
    `0: fast → volume type openstack block-storage.type/${id(5)}
0: nova → volume availability zone openstack block-storage.availability_zone/nova`,
  );
});

test('annotations of a service lead to what they name; what is absent, forbidden or one of several in a text leads nowhere', async () => {
  const service = `apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: shop
  annotations:
    loadbalancer.openstack.org/load-balancer-id: ${id(3)}
    loadbalancer.openstack.org/floating-network-id: "${id(4)}"
    loadbalancer.openstack.org/network-id: ${id(6)}
    loadbalancer.openstack.org/subnet-id: ${id(6)}
    config.kubernetes.io/depends-on: apps/namespaces/shop/Deployment/web,/namespaces/shop/Secret/web
spec:
  type: LoadBalancer`;
  assert.equal(
    await links(service, project),
    `6: ${id(3)} → load balancer openstack load-balancer.loadbalancer/${id(3)}
7: ${id(4)} → network openstack network.network/${id(4)}`,
  );
});

test('what is shared is one thing seen from two projects; what is only named alike leads nowhere', async () => {
  const storageClass = (type: string) =>
    `{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: a}, provisioner: cinder.csi.openstack.org, parameters: {type: ${type}}}`;
  const other = (type: number) =>
    fakeCloud(`{cloud: other, project: other, block-storage.type: [{id: ${id(type)}, name: fast}]}`);
  assert.equal(
    await links(storageClass('fast'), project, other(5)),
    `0: fast → volume type openstack block-storage.type/${id(5)}`,
  );
  assert.equal(await links(storageClass('fast'), project, other(6)), '');
});

test('what the resource controller made is linked by its id, unless it stands in no tree, as an endpoint does', async () => {
  const made = (kind: string) =>
    `{apiVersion: openstack.k-orc.cloud/v1alpha1, kind: ${kind}, metadata: {name: a, namespace: shop}, status: {id: ${id(7)}}}`;
  assert.equal(await links(made('Router'), project), `0: ${id(7)} → router openstack network.router/${id(7)}`);
  assert.equal(await links(made('Endpoint'), project), '');
});

test('what is no object has no links', async () => {
  assert.equal(await links('# The API server of dev did not answer.\n', project), '');
});
