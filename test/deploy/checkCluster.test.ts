import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { failed } from '../../src/base/failure.ts';
import { type ClusterCheckOptions, checkCluster } from '../../src/deploy/live/checkCluster.ts';
import { noLookup } from '../../src/deploy/live/projectLookup.ts';
import type { KubeObject, Selection } from '../../src/kubernetes/cluster.ts';
import { pathText } from '../../src/manifest/liveObject.ts';
import { FakeCluster } from '../support/fakeCluster.ts';
import { referenceCloud } from '../support/referenceCloud.ts';

/** Notes which kinds were listed; `refused` are forbidden. */
class ListingCluster extends FakeCluster {
  readonly listed: string[] = [];
  refused: readonly string[] = [];

  override list(apiVersion: string, kind: string, selection: Selection = {}) {
    this.listed.push(`${apiVersion} ${kind}${selection.namespace === undefined ? '' : ` in ${selection.namespace}`}`);
    if (this.refused.includes(kind))
      return Promise.resolve(failed('forbidden', `You may not list objects of kind ${kind} on sandbox-admin.`));
    return super.list(apiVersion, kind, selection);
  }
}

function clusterOf(text: string): ListingCluster {
  const cluster = new ListingCluster();
  for (const document of parseAllDocuments(text)) {
    const object = document.toJS() as KubeObject;
    cluster.serve(object);
    cluster.put(object);
  }
  return cluster;
}

async function found(cluster: ListingCluster, options: Partial<ClusterCheckOptions> = {}, lookup = referenceCloud) {
  const checked = await checkCluster(cluster, () => lookup, { signal: new AbortController().signal, ...options });
  assert.ok(checked.ok, checked.ok ? '' : checked.failure.message);
  const lines = checked.value.findings.map(({ live, severity, code, message }) => {
    const where = `${live?.namespace ? `${live.namespace}/` : ''}${live?.kind} ${live?.name}`;
    return `${where}: ${pathText(live?.path ?? [])}${live?.line ? ` line ${live.line}` : ''}: ${severity} ${code} ${message}`;
  });
  return { ...checked.value, lines };
}

const network = 'loadbalancer.openstack.org/network-id';
const gone = 'd0d0d0d0-0000-4000-8000-000000000000';
const service = (name: string, value: string, more = '') => `
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop, annotations: { ${network}: ${value} }${more} }
spec: { type: LoadBalancer, ports: [{ port: 80 }] }
status: { loadBalancer: { ingress: [{ ip: '{{ not a template }}' }] } }
`;

test('what an object names and nobody has is told with its field; what is right, or on its way out, is not', async () => {
  const cluster = clusterOf(
    [
      service('pinned', gone),
      service('right', 'e53fcbba-52b1-4c7e-9a48-0c1f5f7f0b11'),
      service('going', gone, ', deletionTimestamp: 2026-01-01T00:00:00Z'),
      `
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: { name: fast, managedFields: [{ manager: kubectl }] }
provisioner: cinder.csi.openstack.org
parameters: { type: sdd }`,
    ].join('---'),
  );
  const { lines, objects, texts, findings } = await found(cluster);
  assert.deepEqual(lines, [
    `shop/Service pinned: metadata.annotations[${network}]: error reference.missing No network with id d0d0d0d0… in project demo (cloud demo, RegionOne).`,
    'StorageClass fast: parameters.type: error reference.missing No volume type named "sdd" in project demo (cloud demo, RegionOne). Did you mean "ssd"?',
  ]);
  assert.equal(objects, 4);
  assert.deepEqual(
    [...texts.keys()],
    ['sandbox-admin/shop/v1/Service/pinned', 'sandbox-admin/storage.k8s.io/v1/StorageClass/fast'],
  );
  assert.ok([...texts.values()].every((text) => !/managedFields|status:/.test(text)));
  assert.ok(findings.every((finding) => finding.fixes === undefined));
});

test('Secrets are read only if that was said; kinds without a rule are never asked for', async () => {
  const conf = `[Global]\nauth-url=https://keystone.example/v3\n[LoadBalancer]\nfloating-network-id=${gone}\n`;
  const cluster = clusterOf(
    `{apiVersion: v1, kind: Secret, metadata: {name: cloud-config, namespace: kube-system}, data: {cloud.conf: ${Buffer.from(conf).toString('base64')}}}`,
  );
  assert.deepEqual((await found(cluster)).lines, []);
  assert.deepEqual(cluster.listed, [
    'v1 ConfigMap',
    'v1 Service',
    'v1 ServiceAccount',
    'v1 PersistentVolumeClaim',
    'apps/v1 Deployment',
    'apps/v1 StatefulSet',
    'batch/v1 CronJob',
    'networking.k8s.io/v1 Ingress',
    'gateway.networking.k8s.io/v1 HTTPRoute',
    'v1 Node',
    'v1 PersistentVolume',
    'storage.k8s.io/v1 StorageClass',
  ]);
  const { lines } = await found(cluster, { secrets: true });
  assert.deepEqual(lines, [
    'kube-system/Secret cloud-config: data[cloud.conf]: error reference.missing No network with id d0d0d0d0… in project demo (cloud demo, RegionOne).',
  ]);
});

test('in a configuration file the line is told, too', async () => {
  const cluster = clusterOf(`apiVersion: v1
kind: ConfigMap
metadata: { name: cloud-config, namespace: kube-system }
data:
  cloud.conf: |
    [Global]
    auth-url=https://keystone.example/v3
    [LoadBalancer]
    floating-network-id=${gone}
`);
  assert.match(
    (await found(cluster)).lines[0] ?? '',
    /^kube-system\/ConfigMap cloud-config: data\[cloud\.conf\] line 4: error reference\.missing /,
  );
});

test('one namespace: kinds of the whole cluster are left out', async () => {
  const cluster = clusterOf([service('pinned', gone), service('other', gone).replace('shop', 'team')].join('---'));
  const { lines } = await found(cluster, { namespace: 'team' });
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? '', /^team\/Service other/);
  assert.ok(cluster.listed.every((kind) => kind.endsWith(' in team')));
  assert.ok(!cluster.listed.some((kind) => kind.includes('StorageClass')));
});

test('what may not be listed is said and accuses nobody; if it is everything, that is a failure', async () => {
  const cluster = clusterOf(service('pinned', gone));
  cluster.refused = ['StorageClass', 'Node'];
  const { lines, notListed } = await found(cluster);
  assert.equal(lines.length, 1);
  assert.deepEqual(notListed.map(({ kind, failure }) => `${kind}: ${failure.reason}`).sort(), [
    'Node: forbidden',
    'StorageClass: forbidden',
  ]);
  cluster.refused = cluster.listed.flatMap((kind) => kind.split(' ')[1] ?? []);
  const nothing = await checkCluster(cluster, () => referenceCloud, { signal: new AbortController().signal });
  assert.equal(nothing.ok ? 'ok' : nothing.failure.reason, 'forbidden');
});

test('without a cloud nothing is accused of naming what is not there', async () => {
  const { lines, unchecked, paused } = await found(
    clusterOf(service('pinned', gone)),
    {},
    noLookup('no --cloud was named') as typeof referenceCloud,
  );
  assert.deepEqual([lines, unchecked, paused], [[], 1, 'no --cloud was named']);
});

const template = `
apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: OpenStackMachineTemplate
metadata: { name: workers, namespace: shop, uid: t }
spec: { template: { spec: { flavor: m1.large, image: { filter: { name: debain-12 } } } } }
`;
const machine = (name: string, more = '') => `
apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: OpenStackMachine
metadata:
  name: ${name}
  namespace: shop
  annotations: { cluster.x-k8s.io/cloned-from-name: workers, cluster.x-k8s.io/cloned-from-groupkind: OpenStackMachineTemplate.infrastructure.cluster.x-k8s.io }
  ownerReferences: [{ apiVersion: cluster.x-k8s.io/v1beta1, kind: MachineSet, name: md-0, uid: set, controller: true }]
spec: { flavor: m1.large, image: { filter: { name: debain-12 } } }
${more}`;
const missing =
  'error reference.missing No image named "debain-12" in project demo (cloud demo, RegionOne). Did you mean "debian-12"?';

test('what is wrong with a template is not told again of the machines made after it', async () => {
  const { lines } = await found(clusterOf([template, machine('a'), machine('b')].join('---')));
  assert.deepEqual(lines, [`shop/OpenStackMachineTemplate workers: spec.template.spec.image.filter.name: ${missing}`]);
});

test('of several that one controller made, the first is told', async () => {
  const { lines } = await found(clusterOf([machine('a'), machine('b'), machine('c')].join('---')));
  assert.deepEqual(lines, [`shop/OpenStackMachine a: spec.image.filter.name: ${missing} So it is in 2 more of the same maker.`]);
});

test('a machine that runs needs its image no more; the template it came from does at the next scale-up', async () => {
  const { lines } = await found(
    clusterOf(
      [machine('a', 'status: { ready: true }'), machine('b', 'status: { initialization: { provisioned: true } }')].join('---'),
    ),
  );
  assert.deepEqual(lines, []);
});

test('before an upgrade: who still writes in a version that goes; a kind is listed for that alone, too', async () => {
  const cluster = clusterOf(`apiVersion: storage.k8s.io/v1beta1
kind: VolumeAttributesClass
metadata: { name: gold, managedFields: [{ manager: helm, apiVersion: storage.k8s.io/v1beta1 }] }
driverName: cinder.csi.openstack.org`);
  assert.deepEqual((await found(cluster)).lines, []);
  const { lines } = await found(cluster, { upgrade: { product: 'kubernetes', to: '1.37' } });
  assert.deepEqual(lines, [
    'VolumeAttributesClass gold: apiVersion: error api.removed helm wrote it as storage.k8s.io/v1beta1: Kubernetes 1.37 does not serve that any more. Use storage.k8s.io/v1.',
  ]);
});

test('progress is told for each kind, and an abort ends it', async () => {
  const cluster = clusterOf(service('pinned', gone));
  const told: string[] = [];
  await found(cluster, { onProgress: ({ done, all }) => told.push(`${done}/${all}`) });
  assert.deepEqual([told[0], told.at(-1)], ['1/12', '12/12']);
  const stop = new AbortController();
  cluster.listed.length = 0;
  await checkCluster(cluster, () => referenceCloud, { signal: stop.signal, onProgress: () => stop.abort() });
  assert.ok(cluster.listed.length < 11, cluster.listed.join());
});

const web = (more: string, metadata = '') => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop${metadata} }
spec:
  ${more}
  template:
    spec:
      serviceAccountName: runner
      containers:
        - name: web
          env:
            - { name: A, valueFrom: { configMapKeyRef: { name: conf, key: level } } }
            - { name: B, valueFrom: { configMapKeyRef: { name: conf, key: other } } }
            - { name: C, valueFrom: { secretKeyRef: { name: token, key: a } } }
            - { name: D, valueFrom: { configMapKeyRef: { name: perhaps, key: a, optional: true } } }
          envFrom: [{ configMapRef: { name: gone } }, { configMapRef: { name: gone } }]
`;
const conf = '\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: conf, namespace: shop }\ndata: { level: debug }\n';

test('what a workload needs in the cluster and is not there: pods start without it no more', async () => {
  const lines = (text: string, options?: Partial<ClusterCheckOptions>) =>
    found(clusterOf(`${text}---${conf}`), options).then((checked) => checked.lines);
  const container = 'spec.template.spec.containers[0]';
  assert.deepEqual(await lines(web('replicas: 2')), [
    `shop/Deployment web: ${container}.envFrom[0].configMapRef.name: warning object.missing ConfigMap "gone" is not in namespace shop of sandbox-admin; Deployment web needs it.`,
    `shop/Deployment web: ${container}.env[1].valueFrom.configMapKeyRef.name: warning object.missingKey ConfigMap "conf" has no key "other"; Deployment web needs it.`,
    'shop/Deployment web: spec.template.spec.serviceAccountName: warning object.missing ServiceAccount "runner" is not in namespace shop of sandbox-admin; Deployment web needs it.',
  ]);
  assert.equal((await lines(web('replicas: 2'), { secrets: true })).filter((line) => line.includes('Secret "token"')).length, 1);
  assert.deepEqual(await lines(web('replicas: 0')), []);
  assert.deepEqual(await lines(web('replicas: 2', ', deletionTimestamp: 2026-01-01T00:00:00Z')), []);
});

test('kinds that could not be listed accuse nobody of needing what is not there', async () => {
  const cluster = clusterOf(web('replicas: 2'));
  cluster.refused = ['ConfigMap', 'ServiceAccount'];
  assert.deepEqual((await found(cluster)).lines, []);
});

test('an Ingress of a class that nobody made is served by somebody if it has an address', async () => {
  const ingress = (status: string) => `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web, namespace: shop }
spec: { ingressClassName: nginx }
status: { loadBalancer: ${status} }`;
  assert.deepEqual((await found(clusterOf(ingress('{ ingress: [{ ip: 192.0.2.1 }] }')))).lines, []);
  const other = ingress('{}').replace('nginx', 'removed');
  const one = '\napiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata: { name: nginx }\nspec: { controller: a/b }';
  assert.deepEqual((await found(clusterOf(`${other}\n---${one}`))).lines, [
    'shop/Ingress web: spec.ingressClassName: warning object.missing IngressClass "removed" is not in sandbox-admin; Ingress web needs it.',
  ]);
});

test('a claim that has its volume needs its class no more', async () => {
  const claim = (phase: string) => `
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: data, namespace: shop }
spec: { storageClassName: removed }
status: { phase: ${phase} }`;
  assert.deepEqual((await found(clusterOf(claim('Bound')))).lines, []);
  assert.deepEqual((await found(clusterOf(claim('Pending')))).lines, [
    'shop/PersistentVolumeClaim data: spec.storageClassName: warning object.missing StorageClass "removed" is not in sandbox-admin; PersistentVolumeClaim data needs it.',
  ]);
});

test('of the objects by which it is known as whom others are used, the lookup hears', async () => {
  const cluster = clusterOf(`${template}---
apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: OpenStackCluster
metadata: { name: prod, namespace: shop }
spec: { identityRef: { name: cloud, cloudName: demo } }
---${conf}`);
  let heard: readonly string[] = [];
  const checked = await checkCluster(
    cluster,
    (objects) => {
      heard = objects.map(({ kind = '', name = '' }) => `${kind} ${name}`);
      return referenceCloud;
    },
    { signal: new AbortController().signal },
  );
  assert.ok(checked.ok);
  assert.deepEqual(heard, ['OpenStackMachineTemplate workers', 'OpenStackCluster prod']);
});
