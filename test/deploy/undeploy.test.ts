import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failed, success } from '../../src/base/failure.ts';
import { printPlan } from '../../src/deploy/plan/planText.ts';
import type { JournalRecord } from '../../src/deploy/record/journal.ts';
import { asMember, emptyInventory, type Inventory, parentObject, readInventories } from '../../src/deploy/removal/inventory.ts';
import { outsideOf } from '../../src/deploy/removal/outside.ts';
import { wordToType } from '../../src/deploy/removal/prune.ts';
import { nothingToUndeploy, planUndeploy, type UndeployRequest } from '../../src/deploy/removal/undeploy.ts';
import { printRun, startRun } from '../../src/deploy/run/run.ts';
import type { Plan } from '../../src/deploy/types.ts';
import type { KubeObject, ObjectRef } from '../../src/kubernetes/cluster.ts';
import { DeletingCluster } from '../support/deletingCluster.ts';
import { fakeCloud } from '../support/fakeCloud.ts';
import { fakeTarget } from '../support/fakeTarget.ts';
import { writtenFrom } from '../support/written.ts';

/** A cluster in which a set deployed these documents. */
function deployed(yaml: string): { readonly cluster: DeletingCluster; readonly set: Inventory } {
  const cluster = new DeletingCluster();
  const empty = emptyInventory('shop', 'shop');
  const objects = writtenFrom(yaml).map(({ object }) => asMember(object, empty.id));
  cluster.putAll(objects);
  const set = {
    ...empty,
    members: objects.map(({ apiVersion, kind, metadata: { name, namespace } }) => ({
      apiVersion,
      kind,
      name,
      ...(namespace === undefined ? {} : { namespace }),
    })),
  };
  cluster.put(parentObject(set));
  return { cluster, set };
}

async function plan(cluster: DeletingCluster, set: Inventory, workload?: UndeployRequest['workload']): Promise<Plan> {
  const made = await planUndeploy({ target: fakeTarget, set, ...(workload ? { workload } : {}) }, cluster);
  assert.ok(made.ok);
  return made.value;
}

const steps = (made: Plan) => printPlan(made).split('\n').slice(1).join('\n');

async function run(made: Plan, cluster: DeletingCluster, workload?: UndeployRequest['workload']): Promise<string> {
  const running = startRun(made, { cluster, written: [], ...(workload ? { workload } : {}) }, { pollMs: 1, quietMs: 40 });
  await running.done;
  return printRun(running).replace(/\d+\.\d s/g, 'T');
}

const app = `
{apiVersion: v1, kind: Namespace, metadata: {name: shop}}
---
{apiVersion: v1, kind: Secret, metadata: {name: keys, namespace: shop}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: shop}}
---
{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data, namespace: shop}, spec: {volumeName: pv-1}}
---
{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}, spec: {type: LoadBalancer}, status: {loadBalancer: {ingress: [{ip: 203.0.113.5}]}}}
---
{apiVersion: v1, kind: Service, metadata: {name: db, namespace: shop}, spec: {}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {template: {spec: {containers: [{name: w, envFrom: [{configMapRef: {name: settings}}, {secretRef: {name: keys}}]}], volumes: [{name: d, persistentVolumeClaim: {claimName: data}}]}}}
`;

test('what a set deployed goes in safe order, credentials last; what others live in stays', async () => {
  const { cluster, set } = deployed(app);
  const made = await plan(cluster, set);
  assert.equal(
    steps(made),
    `6 delete · 1 skip
  delete v1/Service shop/web
    destroys the load balancer of web at 203.0.113.5
  delete v1/Service shop/db
  delete apps/v1/Deployment shop/web
  delete v1/PersistentVolumeClaim shop/data
    destroys volume pv-1, with its data (if its reclaim policy is Delete: it could not be read)
  delete v1/ConfigMap shop/settings
  delete v1/Secret shop/keys
  skip v1/Namespace shop (stays: everything in it would go with it, of others too; delete it by hand)
`,
  );
  assert.equal(wordToType(made), 'web data');
  assert.match(await run(made, cluster), /\nshop is gone from sandbox-admin: 6 deleted in T\.\n$/);
  assert.deepEqual(cluster.writes(), [
    'delete v1/Service shop/web',
    'delete v1/Service shop/db',
    'delete apps/v1/Deployment shop/web Foreground',
    'delete v1/PersistentVolumeClaim shop/data',
    'delete v1/ConfigMap shop/settings',
    'delete v1/Secret shop/keys',
  ]);
  const left = await readInventories(cluster, 'shop');
  assert.deepEqual(left.ok && left.value.sets.map(({ members }) => members.map(({ kind }) => kind)), [['Namespace']]);
});

const operator = (annotations = '{}') => `
{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: robots.toys}, spec: {group: toys, scope: Namespaced, names: {kind: Robot}, versions: [{name: v1}]}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: operator, namespace: shop}, spec: {template: {spec: {containers: []}}}}
---
{apiVersion: toys/v1, kind: Robot, metadata: {name: r2, namespace: shop, annotations: ${annotations}}}
---
{apiVersion: v1, kind: ServiceAccount, metadata: {name: operator, namespace: shop}}
`;

test('a definition of which only the set has objects goes: the objects while their controller lives, then the controller, then it', async () => {
  const { cluster, set } = deployed(operator());
  const made = await plan(cluster, set);
  assert.equal(
    steps(made),
    `4 delete
  delete toys/v1/Robot shop/r2
  delete apps/v1/Deployment shop/operator
  delete apiextensions.k8s.io/v1/CustomResourceDefinition robots.toys
  delete v1/ServiceAccount shop/operator
`,
  );
  await run(made, cluster);
  const left = await readInventories(cluster, 'shop');
  assert.deepEqual(left.ok && left.value.sets, []);
});

test('a definition stays while somebody else has an object of its kind, or one of the set is kept', async () => {
  const shared = deployed(operator());
  shared.cluster.putAll([{ apiVersion: 'toys/v1', kind: 'Robot', metadata: { name: 'bb8', namespace: 'other' } }]);
  const definitionOf = ({ steps: all }: Plan) => all.find(({ ref }) => ref.name === 'robots.toys');
  const reason = '1 Robot object of the cluster (other/bb8) would go with it; delete it by hand';
  const [one, other] = [
    definitionOf(await plan(shared.cluster, shared.set)),
    deployed(operator('{hybrid-clusters/keep: "true"}')),
  ];
  assert.deepEqual([one?.action, one?.reason], ['skip', `stays: ${reason}`]);
  const kept = definitionOf(await plan(other.cluster, other.set));
  assert.deepEqual([kept?.action, kept?.reason], ['skip', 'stays: Robot r2 stays, and would go with it']);
});

test('without a member the inventory goes, too', async () => {
  const { cluster, set } = deployed('{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: shop}}');
  await run(await plan(cluster, set), cluster);
  assert.deepEqual(await readInventories(cluster, 'shop'), success({ sets: [], broken: [] }));
  assert.equal(nothingToUndeploy(await plan(cluster, set)), 'Nothing of shop is left on sandbox-admin.');
});

test('what Flux keeps is not undeployed: it would come back; of one that is suspended it is told', async () => {
  const ofFlux = 'labels: {kustomize.toolkit.fluxcd.io/name: shop, kustomize.toolkit.fluxcd.io/namespace: flux-system}';
  const { cluster, set } = deployed(
    `{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: shop, ${ofFlux}}}\n---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: b, namespace: shop}}`,
  );
  const kustomization = (spec: object): KubeObject => ({
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name: 'shop', namespace: 'flux-system' },
    spec: { interval: '10m', path: './deploy', sourceRef: { kind: 'GitRepository', name: 'shop' }, ...spec },
  });
  cluster.serve(kustomization({}));
  cluster.put(kustomization({}));
  const made = await plan(cluster, set);
  assert.match(
    steps(made),
    /^2 delete\n {2}delete v1\/ConfigMap shop\/a\n {2}delete v1\/ConfigMap shop\/b\nblocked: 1 of 2 objects on sandbox-admin is kept by Kustomization flux-system\/shop of Flux \(.*\)\. Flux will make it again within 10 m\. So this is a plan only\. .* or suspend the Kustomization\.\n$/,
  );
  assert.match(await run(made, cluster), /kept by Kustomization flux-system\/shop/);
  assert.deepEqual(cluster.writes(), []);
  cluster.put(kustomization({ suspend: true }));
  const halted = await plan(cluster, set);
  assert.deepEqual(halted.blockers, []);
  assert.match(steps(halted), /kept by Kustomization flux-system\/shop of Flux\./);
});

const capi = `
{apiVersion: v1, kind: Secret, metadata: {name: cloud-config, namespace: shop}}
---
apiVersion: cluster.x-k8s.io/v1beta1
kind: Cluster
metadata: {name: prod-1, namespace: shop}
spec:
  infrastructureRef: {apiVersion: infrastructure.cluster.x-k8s.io/v1beta1, kind: OpenStackCluster, name: prod-1}
---
{apiVersion: infrastructure.cluster.x-k8s.io/v1beta1, kind: OpenStackCluster, metadata: {name: prod-1, namespace: shop}, spec: {identityRef: {name: cloud-config, cloudName: demo}}}
---
{apiVersion: infrastructure.cluster.x-k8s.io/v1beta1, kind: OpenStackMachineTemplate, metadata: {name: workers, namespace: shop}, spec: {}}
---
apiVersion: cluster.x-k8s.io/v1beta1
kind: MachineDeployment
metadata: {name: md, namespace: shop}
spec: {clusterName: prod-1, template: {spec: {infrastructureRef: {apiVersion: infrastructure.cluster.x-k8s.io/v1beta1, kind: OpenStackMachineTemplate, name: workers}}}}
---
{apiVersion: openstack.k-orc.cloud/v1alpha1, kind: Network, metadata: {name: net, namespace: shop}, spec: {cloudCredentialsRef: {secretName: cloud-config}}}
---
{apiVersion: openstack.k-orc.cloud/v1alpha1, kind: Subnet, metadata: {name: sub, namespace: shop}, spec: {resource: {networkRef: net}, cloudCredentialsRef: {secretName: cloud-config}}}
`;

function workloadOf(yaml: string) {
  const inner = new DeletingCluster({ name: 'shop/prod-1@sandbox-admin' });
  inner.putAll(writtenFrom(yaml).map(({ object }) => object));
  return { inner, workload: async (_: ObjectRef) => success(inner) };
}

const inside = `
{apiVersion: v1, kind: Service, metadata: {name: ingress, namespace: edge}, spec: {type: LoadBalancer}}
---
{apiVersion: v1, kind: Service, metadata: {name: plain, namespace: edge}, spec: {}}
---
{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data, namespace: edge}, spec: {volumeName: pv-9}}
---
{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: kept, namespace: edge}, spec: {volumeName: pv-8}}
---
{apiVersion: v1, kind: PersistentVolume, metadata: {name: pv-9}, spec: {persistentVolumeReclaimPolicy: Delete, csi: {volumeHandle: 6c9e}}}
---
{apiVersion: v1, kind: PersistentVolume, metadata: {name: pv-8}, spec: {persistentVolumeReclaimPolicy: Retain}}
`;

test('a cluster is undeployed from the inside out', async () => {
  const { cluster, set } = deployed(capi);
  const { inner, workload } = workloadOf(inside);
  const made = await plan(cluster, set, workload);
  assert.equal(
    steps(made),
    `9 delete
  delete v1/Service edge/ingress in cluster prod-1
    destroys the load balancer of ingress
  delete v1/PersistentVolumeClaim edge/data in cluster prod-1
    destroys volume 6c9e, with its data
  delete cluster.x-k8s.io/v1beta1/Cluster shop/prod-1
    destroys the whole cluster prod-1: its machines, their servers, its networks and load balancers
  delete infrastructure.cluster.x-k8s.io/v1beta1/OpenStackCluster shop/prod-1
    destroys network, router, security groups and load balancer of prod-1
  delete cluster.x-k8s.io/v1beta1/MachineDeployment shop/md
    destroys all machines of md, with their servers and what is stored on them
  delete infrastructure.cluster.x-k8s.io/v1beta1/OpenStackMachineTemplate shop/workers
  delete openstack.k-orc.cloud/v1alpha1/Subnet shop/sub
    destroys the OpenStack subnet sub
  delete openstack.k-orc.cloud/v1alpha1/Network shop/net
    destroys the OpenStack network net
  delete v1/Secret shop/cloud-config
`,
  );
  assert.equal(wordToType(made), '7 objects');
  cluster.requests.length = 0;
  await run(made, cluster, workload);
  assert.deepEqual(inner.writes(), ['delete v1/Service edge/ingress', 'delete v1/PersistentVolumeClaim edge/data']);
  assert.deepEqual(
    cluster.writes().map((line) => line.replace(/^delete .*\//, '')),
    ['prod-1', 'prod-1', 'md', 'workers', 'sub', 'net', 'cloud-config'],
  );
});

test('a claim that a pod still uses keeps its Cluster, and all that its deletion needs', async () => {
  const { cluster, set } = deployed(capi);
  const { inner, workload } = workloadOf(
    inside.replace('name: data,', 'name: data, finalizers: [kubernetes.io/pvc-protection],'),
  );
  inner.release = () => false;
  cluster.requests.length = 0;
  const said = await run(await plan(cluster, set, workload), cluster, workload);
  assert.match(
    said,
    /data in prod-1: failed PersistentVolumeClaim data is still there, and nothing moved for 0 s: a pod still uses it \(kubernetes\.io\/pvc-protection\)\./,
  );
  assert.match(said, /Cluster shop\/prod-1: skipped stays, because PersistentVolumeClaim data is still there/);
  assert.match(said, /Secret shop\/cloud-config: skipped stays, because PersistentVolumeClaim data is still there/);
  assert.deepEqual(cluster.writes(), []);
  const left = await readInventories(cluster, 'shop');
  assert.equal(left.ok && left.value.sets[0]?.members.length, 7);
});

test('a workload cluster that does not answer is told, with what may be left behind', async () => {
  const { cluster, set } = deployed(capi);
  const made = await plan(cluster, set, async () => failed('offline', 'https://10.0.0.1:6443 does not answer.'));
  assert.match(
    steps(made),
    /Cluster shop\/prod-1\n {4}destroys the whole cluster prod-1.*\n {4}warning: The load balancers and volumes of its Services and claims could not be listed, and may stay in OpenStack: https:\/\/10\.0\.0\.1:6443 does not answer\.\n/,
  );
  assert.match(steps(await plan(cluster, set)), /may stay in OpenStack: nobody opens its workload cluster here\.\n/);
});

test('a cancelled undeploy says what was not deleted, and remembers it', async () => {
  const { cluster, set } = deployed(
    app.replace('name: web, namespace: shop}, spec: {type', 'name: web, namespace: shop, finalizers: [a/b]}, spec: {type'),
  );
  cluster.release = () => false;
  const running = startRun(await plan(cluster, set), { cluster, written: [] }, { pollMs: 1, quietMs: 10_000 });
  running.onDidChange((event) => event?.state === 'waiting' && running.cancel());
  const { outcome } = await running.done;
  assert.equal(outcome, 'cancelled');
  assert.match(
    printRun(running),
    /Service shop\/web: cancelled its deletion goes on; not waited for\n.*Service shop\/db: cancelled not deleted/,
  );
  const left = await readInventories(cluster, 'shop');
  assert.equal(left.ok && left.value.sets[0]?.members.length, 7);
});

const withStack = (cluster: DeletingCluster, set: Inventory, project: string): Inventory => {
  const stack = { apiVersion: 'hybrid-clusters/v1', kind: 'Stack', name: 'shop-net', project };
  const more = { ...set, members: [...set.members, stack] };
  cluster.put(parentObject(more));
  return more;
};

const heat = (status = 'CREATE_COMPLETE') =>
  fakeCloud(`
orchestration.stack: [{ id: 5t4c, stack_name: shop-net, stack_status: ${status}, stack_status_reason: "Resource DELETE failed: port in use" }]
orchestration.resource: [{ resource_name: net, resource_type: "OS::Neutron::Net", physical_resource_id: n1 }, { resource_name: sub, resource_type: "OS::Neutron::Subnet", physical_resource_id: n2 }]
`);

test('a Heat stack of the set goes behind what used it, with all it made named; that of another project stays', async () => {
  const { cluster, set } = deployed('{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: shop}}');
  const project = heat('DELETE_COMPLETE');
  const made = await planUndeploy({ target: fakeTarget, set: withStack(cluster, set, 'demo/demo'), project }, cluster);
  assert.ok(made.ok);
  assert.equal(
    steps(made.value),
    `2 delete
  delete hybrid-clusters/v1/Stack shop-net
    destroys stack shop-net (5t4c) in project demo, with all it made: net (OS::Neutron::Net), sub (OS::Neutron::Subnet)
  delete v1/ConfigMap shop/a
`,
  );
  assert.equal(wordToType(made.value), 'shop-net');
  const running = startRun(made.value, { cluster, written: [], project }, { pollMs: 1, quietMs: 40 });
  assert.equal((await running.done).outcome, 'succeeded');
  assert.ok(project.asked.includes('act orchestration.stack 5t4c delete'));
  const other = await planUndeploy({ target: fakeTarget, set: withStack(cluster, set, 'demo/other'), project }, cluster);
  assert.match(
    other.ok ? steps(other.value) : '',
    /skip hybrid-clusters\/v1\/Stack shop-net \(stays: its project demo\/other is not bound here\)/,
  );
});

test('a stack that Heat cannot delete is told in its words', async () => {
  const { cluster, set } = deployed('{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: shop}}');
  const project = heat('DELETE_FAILED');
  const made = await planUndeploy({ target: fakeTarget, set: withStack(cluster, set, 'demo/demo'), project }, cluster);
  assert.ok(made.ok);
  const running = startRun(made.value, { cluster, written: [], project }, { pollMs: 1, quietMs: 40 });
  const { sentence } = await running.done;
  assert.equal(sentence, 'shop-net is not gone: Stack shop-net could not be deleted: Resource DELETE failed: port in use.');
});

test('each deletion is noted in the journal before and after it', async () => {
  const { cluster, set } = deployed('{apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: shop}}');
  const made = await plan(cluster, set);
  const noted: string[] = [];
  const journal = {
    write: async (record: JournalRecord) => {
      noted.push(record.is);
      return success(undefined);
    },
  };
  await startRun(made, { cluster, written: [], journal }, { pollMs: 1, quietMs: 40 }).done;
  assert.deepEqual(noted, ['before', 'after', 'end']);
});

test('what the journal cannot note is not deleted', async () => {
  const { cluster, set } = deployed('{apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: shop}}');
  const made = await plan(cluster, set);
  cluster.requests.length = 0;
  const journal = { write: async () => failed('invalid', 'The disk is full.') };
  const summary = await startRun(made, { cluster, written: [], journal }, { pollMs: 1, quietMs: 40 }).done;
  assert.equal(`${summary.outcome}: ${summary.sentence}`, 'refused: The disk is full.');
  assert.deepEqual(cluster.writes(), []);
});

test('a context that is pointed elsewhere meanwhile stops the deletions', async () => {
  const { cluster, set } = deployed(app);
  const made = await plan(cluster, set);
  const kubeSystem = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system', uid: 'another' } };
  const get = cluster.get.bind(cluster);
  let looks = 0;
  cluster.get = (ref) => (ref.name === 'kube-system' && ++looks > 1 ? Promise.resolve(success(kubeSystem)) : get(ref));
  cluster.requests.length = 0;
  const said = await run(made, cluster);
  assert.match(
    said,
    /Service shop\/web: failed https:\/\/127\.0\.0\.1:6443 is another cluster than the one the plan was made for\./,
  );
  assert.deepEqual(cluster.writes(), []);
});

/** What the deletion of each of these destroys outside Kubernetes. */
const outside: readonly (readonly [yaml: string, destroys: string | undefined])[] = [
  ['{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}', undefined],
  ['{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {type: ClusterIP}}', undefined],
  [
    '{apiVersion: v1, kind: Service, metadata: {name: a, annotations: {loadbalancer.openstack.org/keep-floatingip: "true"}}, spec: {type: LoadBalancer}}',
    'the load balancer of a; its floating IP is kept',
  ],
  ['{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: a}, spec: {}}', undefined],
  ['{apiVersion: v1, kind: PersistentVolume, metadata: {name: a}, spec: {persistentVolumeReclaimPolicy: Retain}}', undefined],
  [
    '{apiVersion: v1, kind: PersistentVolume, metadata: {name: a}, spec: {persistentVolumeReclaimPolicy: Delete}}',
    'volume a, with its data',
  ],
  ['{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: a}, spec: {ingressClassName: nginx}}', undefined],
  [
    '{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: a}, spec: {ingressClassName: openstack}}',
    'the load balancer of a',
  ],
  [
    '{apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: {name: a}, status: {addresses: [{value: 203.0.113.9}]}}',
    'the load balancer of a at 203.0.113.9',
  ],
  ['{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: a}, spec: {volumeClaimTemplates: [{}]}}', undefined],
  [
    '{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: a}, spec: {volumeClaimTemplates: [{}], persistentVolumeClaimRetentionPolicy: {whenDeleted: Delete}}}',
    "the volumes of a's claims, with their data",
  ],
  ['{apiVersion: cluster.x-k8s.io/v1beta1, kind: Machine, metadata: {name: a}}', 'the machine a, and the server that it is'],
  ['{apiVersion: cluster.x-k8s.io/v1beta1, kind: MachineHealthCheck, metadata: {name: a}}', undefined],
  [
    '{apiVersion: core.gardener.cloud/v1beta1, kind: Shoot, metadata: {name: a}}',
    'the whole cluster a: its machines, networks, volumes and load balancers',
  ],
  [
    '{apiVersion: openstack.k-orc.cloud/v1alpha1, kind: Image, metadata: {name: a}, spec: {managementPolicy: managed}}',
    'the OpenStack image a',
  ],
  [
    '{apiVersion: openstack.k-orc.cloud/v1alpha1, kind: Image, metadata: {name: a}, spec: {managementPolicy: unmanaged}}',
    undefined,
  ],
  [
    '{apiVersion: openstack.k-orc.cloud/v1alpha1, kind: Image, metadata: {name: a}, spec: {managedOptions: {onDelete: detach}}}',
    undefined,
  ],
];

for (const [yaml, destroys] of outside)
  test(`${yaml} destroys ${destroys ?? 'nothing outside'}`, async () => {
    const [written] = writtenFrom(yaml);
    assert.ok(written);
    const object: KubeObject = written.object;
    assert.equal(await outsideOf(object, new DeletingCluster(), new AbortController().signal), destroys);
  });
