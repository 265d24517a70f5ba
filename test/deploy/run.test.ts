import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Failure } from '../../src/base/failure.ts';
import { makePlan } from '../../src/deploy/plan/plan.ts';
import type { ApplyOptions } from '../../src/deploy/run/apply.ts';
import { printRun, type Run, startRun } from '../../src/deploy/run/run.ts';
import type { KubeObject } from '../../src/kubernetes/cluster.ts';
import { fakeCloud } from '../support/fakeCloud.ts';
import { FakeCluster } from '../support/fakeCluster.ts';
import { fakeTarget as target } from '../support/fakeTarget.ts';
import { writtenFrom } from '../support/written.ts';

const quick: ApplyOptions = { stabilityMs: 0, timeoutMs: 5_000 };

async function start(yaml: string, cluster: FakeCluster, options: ApplyOptions = quick): Promise<Run> {
  const written = writtenFrom(yaml);
  const plan = await makePlan({ target, written, findings: [] }, cluster);
  assert.ok(plan.ok);
  cluster.requests.length = 0;
  return startRun(plan.value, { cluster, written }, options);
}

/** The run as text, the time it took aside. */
function text(run: Run): string {
  return printRun(run).replace(/\d+\.\d s/g, 'T');
}

const configMap = (name: string, more = '') =>
  `{apiVersion: v1, kind: ConfigMap, metadata: {name: ${name}${more}}, data: {a: "1"}}\n---\n`;

test('objects go out in order, and the sentence counts them', async () => {
  const cluster = new FakeCluster();
  const run = await start(
    `${configMap('a')}{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, uid: x}, spec: {replicas: 0, paused: true, template: {spec: {containers: [{name: w, envFrom: [{configMapRef: {name: a}}]}]}}}}`,
    cluster,
  );
  await run.done;
  assert.deepEqual(cluster.requests, ['apply v1/ConfigMap shop/a', 'apply apps/v1/Deployment shop/web']);
  assert.equal(
    text(run),
    `sandbox-admin/shop: 2 create
  v1/ConfigMap shop/a: ready
  apps/v1/Deployment shop/web: ready paused
shop is up on sandbox-admin: 2 created, ready in T.
`,
  );
});

test('a second run sends nothing and says verified', async () => {
  const cluster = new FakeCluster();
  await (await start(configMap('a') + configMap('b'), cluster)).done;
  const second = await start(configMap('a') + configMap('b'), cluster);
  await second.done;
  assert.deepEqual(cluster.requests, []);
  assert.equal(second.summary?.outcome, 'unchanged');
  assert.match(text(second), /Verified 2 objects on sandbox-admin\/shop in T\.\n$/);
});

test('what fails is named with its line, what needs it is skipped, the rest goes on', async () => {
  const cluster = new FakeCluster();
  const run = await start(
    `${configMap('other')}apiVersion: v1
kind: ConfigMap
metadata: {name: a}
data:
  bad: value
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: b
  annotations: {config.kubernetes.io/depends-on: /namespaces/shop/ConfigMap/a}
`,
    cluster,
  );
  cluster.refuse = ({ metadata }) =>
    metadata.name === 'a'
      ? {
          reason: 'invalid',
          status: 422,
          message: 'no',
          detail: { message: 'no', details: { causes: [{ field: 'data.bad', message: 'Invalid value: "value": is bad' }] } },
        }
      : undefined;
  await run.done;
  assert.equal(
    text(run),
    `sandbox-admin/shop: 3 create
  v1/ConfigMap shop/other: ready
  v1/ConfigMap shop/a: failed data.bad: "value" is bad · test.yaml:7
  v1/ConfigMap shop/b: skipped needs ConfigMap a, which failed
a is not up: data.bad: "value" is bad (test.yaml:7).
`,
  );
  assert.equal(run.summary?.outcome, 'partial');
});

test('a server that comes back is met with patience', async () => {
  const cluster = new FakeCluster();
  const run = await start(configMap('a'), cluster);
  let failures = 2;
  cluster.refuse = (): Failure | undefined => (failures-- > 0 ? { reason: 'offline', message: 'refused' } : undefined);
  await run.done;
  assert.equal(run.summary?.outcome, 'succeeded');
  assert.equal(cluster.requests.length, 3);
});

test('at most 16 are in flight', async () => {
  const cluster = new FakeCluster();
  cluster.latencyMs = 5;
  const run = await start(Array.from({ length: 60 }, (_, index) => configMap(`c${index}`)).join(''), cluster);
  cluster.mostInFlight = 0;
  await run.done;
  assert.equal(run.summary?.outcome, 'succeeded');
  assert.equal(cluster.mostInFlight, 16);
});

test('cancel sends nothing more and tells what became of each', async () => {
  const cluster = new FakeCluster();
  cluster.latencyMs = 20;
  const run = await start(Array.from({ length: 40 }, (_, index) => configMap(`c${index}`)).join(''), cluster);
  await new Promise((resolve) => setTimeout(resolve, 10));
  const sent = cluster.requests.length;
  const cancelled = performance.now();
  run.cancel();
  const summary = await run.done;
  assert.ok(performance.now() - cancelled < 200);
  assert.equal(cluster.requests.length, sent);
  assert.equal(summary.outcome, 'cancelled');
  assert.deepEqual(new Set(summary.results.map(({ state }) => state)), new Set(['ready', 'cancelled']));
});

test('a target that is another cluster now is not written to', async () => {
  const cluster = new FakeCluster();
  const run = await start(configMap('a'), cluster);
  assert.ok(await run.done);
  const second = new FakeCluster();
  second.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system', uid: 'another' } });
  const refused = startRun(run.plan, { cluster: second, written: [] }, quick);
  const summary = await refused.done;
  assert.equal(summary.outcome, 'refused');
  assert.equal(
    summary.sentence,
    'https://127.0.0.1:6443 is another cluster than the one the plan was made for. Nothing was written; make the plan again.',
  );
  assert.deepEqual(second.requests, []);
});

const web = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  template:
    spec:
      containers:
        - name: server
          image: registry.example/render:1.3
`;

/** What the controllers would write of a Deployment: its ReplicaSet and one pod. */
function rollOut(cluster: FakeCluster, podStatus: KubeObject['status'], ready = 0): void {
  const owner = (kind: string, uid: string) => [{ apiVersion: 'apps/v1', kind, name: 'web', uid }];
  const revision = { 'deployment.kubernetes.io/revision': '1' };
  const place = { namespace: 'shop' };
  const uid = 'uid-apps/v1/Deployment shop/web';
  const counts = { replicas: 1, updatedReplicas: 1, readyReplicas: ready, availableReplicas: ready };
  const conditions = ready === 1 ? [{ type: 'Available', status: 'True' }] : [];
  const spec = { replicas: 1, template: { spec: { containers: [{ name: 'server', image: 'registry.example/render:1.3' }] } } };
  cluster.put({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'web-1', uid: 'rs', annotations: revision, ownerReferences: owner('Deployment', uid), ...place },
  });
  cluster.put({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', annotations: revision, ...place },
    spec,
    status: { ...counts, conditions },
  });
  cluster.put({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web-1-x', uid: 'pod', ownerReferences: owner('ReplicaSet', 'rs'), ...place },
    spec: { containers: [{ name: 'server', image: 'registry.example/render:1.3' }] },
    status: podStatus,
  });
}

const pulling = (reason: string, message: string) => ({
  phase: 'Pending',
  containerStatuses: [{ name: 'server', restartCount: 0, state: { waiting: { reason, message } } }],
});

test('a wrong image ends the run at once, at its line', async () => {
  const cluster = new FakeCluster();
  const run = await start(web, cluster);
  setTimeout(() => rollOut(cluster, pulling('ErrImagePull', 'manifest unknown')), 100);
  await run.done;
  assert.equal(
    text(run),
    `sandbox-admin/shop: 1 create
  apps/v1/Deployment shop/web: failed image registry.example/render:1.3 not found · test.yaml:11
web is not up: image registry.example/render:1.3 not found (test.yaml:11).
`,
  );
  assert.deepEqual(
    run.latest
      .get('apps/v1/Deployment shop/web')
      ?.children?.map(({ ref, state, bad }) => `${ref.kind} ${ref.name} ${state} ${bad}`),
    ['ReplicaSet web-1 0/0 false', 'Pod web-1-x ErrImagePull true'],
  );
});

test('trouble that heals turns green, as long as the run goes on', async () => {
  const cluster = new FakeCluster();
  const run = await start(
    `${web}---\n{apiVersion: batch/v1, kind: Job, metadata: {name: slow}, spec: {template: {spec: {containers: [{name: j}]}}}}`,
    cluster,
  );
  setTimeout(() => rollOut(cluster, pulling('ErrImagePull', 'not found')), 50);
  setTimeout(() => rollOut(cluster, { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] }, 1), 400);
  setTimeout(
    () =>
      cluster.put({
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name: 'slow', namespace: 'shop' },
        status: { conditions: [{ type: 'Complete', status: 'True' }] },
      }),
    900,
  );
  await run.done;
  const states = run.events.filter(({ key }) => key.includes('web')).map(({ state }) => state);
  assert.ok(states.indexOf('failed') >= 0 && states.indexOf('failed') < states.lastIndexOf('ready'), states.join(' '));
  assert.equal(run.summary?.outcome, 'succeeded');
});

test('a load balancer on its way is told in the words of the cloud', async () => {
  const cluster = new FakeCluster();
  const written = writtenFrom('{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {type: LoadBalancer}}');
  const plan = await makePlan({ target, written, findings: [] }, cluster);
  assert.ok(plan.ok);
  const project = fakeCloud(`
cloud: demo
load-balancer.loadbalancer:
  - {id: lb1, name: kube_service_prod_other_web, provisioning_status: ERROR}
  - {id: lb2, name: kube_service_prod_shop_web, provisioning_status: PENDING_CREATE}
`);
  const run = startRun(plan.value, { cluster, written, project }, quick);
  const address = { loadBalancer: { ingress: [{ ip: '203.0.113.45' }] } };
  setTimeout(
    () =>
      cluster.put({
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'web', namespace: 'shop' },
        spec: { type: 'LoadBalancer' },
        status: address,
      }),
    600,
  );
  await run.done;
  const said = run.events.map(({ state, message }) => `${state} ${message ?? ''}`.trim());
  assert.deepEqual(said.slice(-2), ['waiting load balancer PENDING_CREATE in demo', 'ready at 203.0.113.45']);
});

test('what somebody deletes meanwhile is not waited for any longer', async () => {
  const cluster = new FakeCluster();
  const run = await start('{apiVersion: v1, kind: Service, metadata: {name: lb}, spec: {type: LoadBalancer}}', cluster);
  setTimeout(() => cluster.delete({ apiVersion: 'v1', kind: 'Service', namespace: 'shop', name: 'lb' }), 200);
  await run.done;
  assert.match(run.summary?.sentence ?? '', /^lb is not up: somebody deleted it while it was waited for \(test\.yaml:1\)\.$/);
});

test('what does not become ready in time says what it still waited for', async () => {
  const cluster = new FakeCluster();
  const run = await start('{apiVersion: v1, kind: Service, metadata: {name: lb}, spec: {type: LoadBalancer}}', cluster, {
    timeoutMs: 300,
  });
  await run.done;
  assert.equal(run.summary?.outcome, 'failed');
  assert.match(
    run.summary?.sentence ?? '',
    /^lb is not up: stalled, nothing has moved for 0 s: load balancer has no address yet \(test\.yaml:1\)\.$/,
  );
});
