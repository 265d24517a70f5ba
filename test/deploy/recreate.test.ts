import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Failure } from '../../src/base/failure.ts';
import { makePlan, type PlanRequest } from '../../src/deploy/plan/plan.ts';
import { printPlan } from '../../src/deploy/plan/planText.ts';
import { wordToType } from '../../src/deploy/removal/prune.ts';
import { printRun, startRun } from '../../src/deploy/run/run.ts';
import type { Plan } from '../../src/deploy/types.ts';
import type { KubeObject } from '../../src/kubernetes/cluster.ts';
import { DeletingCluster } from '../support/deletingCluster.ts';
import { fakeTarget } from '../support/fakeTarget.ts';
import { writtenFrom } from '../support/written.ts';

async function plan(text: string, cluster: DeletingCluster, more: Partial<PlanRequest> = {}): Promise<Plan> {
  const made = await makePlan({ target: fakeTarget, written: writtenFrom(text), findings: [], ...more }, cluster);
  assert.ok(made.ok);
  return made.value;
}

const steps = (made: Plan) => printPlan(made).split('\n').slice(1).join('\n');

async function run(made: Plan, text: string, cluster: DeletingCluster): Promise<string> {
  const running = startRun(
    made,
    { cluster, written: writtenFrom(text) },
    { stabilityMs: 0, timeoutMs: 200, pollMs: 1, quietMs: 30 },
  );
  await running.done;
  return printRun(running).replace(/\d+\.\d s/g, 'T');
}

/** The answer of an API server to a change of a field that may not be changed (apimachinery, `field.Invalid`, `FieldImmutableErrorMsg`). */
function immutable(field: string): Failure {
  const causes = [{ reason: 'FieldValueInvalid', message: 'Invalid value: "x": field is immutable', field }];
  return { reason: 'invalid', status: 422, message: 'invalid', detail: { message: 'is invalid', details: { causes } } };
}

/** Refuses a change of the spec of an object of these kinds that is there, in a field. */
function holdsFast(cluster: DeletingCluster, fields: Readonly<Record<string, string>>): void {
  const there = new Map<string, string>();
  const put = cluster.put.bind(cluster);
  const remove = cluster.delete.bind(cluster);
  const specOf = (object: KubeObject) => JSON.stringify(object['spec'] ?? {});
  cluster.put = (object) => {
    there.set(`${object.kind} ${object.metadata.name}`, specOf(object));
    return put(object);
  };
  cluster.delete = (ref, options) => {
    there.delete(`${ref.kind} ${ref.name}`);
    return remove(ref, options);
  };
  cluster.refuse = (object) => {
    const field = fields[object.kind];
    const before = there.get(`${object.kind} ${object.metadata.name}`);
    return field === undefined || before === undefined || before === specOf(object) ? undefined : immutable(field);
  };
}

const job = (image: string) => `apiVersion: batch/v1
kind: Job
metadata: {name: db-sync, namespace: shop}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: x, image: ${image}}]}}}
`;
const jobThere = (status: object): KubeObject => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'db-sync', namespace: 'shop', uid: 'job-1' },
  spec: {},
  status: status,
});
const complete = { conditions: [{ type: 'Complete', status: 'True' }] };

test('a finished Job whose template changed is made anew, as a step of the plan that is seen', async () => {
  const cluster = new DeletingCluster();
  holdsFast(cluster, { Job: 'spec.template' });
  cluster.put(jobThere(complete));
  const made = await plan(job('b'), cluster);
  assert.equal(
    steps(made),
    `1 recreate
  recreate batch/v1/Job shop/db-sync (its template changed: the finished Job is deleted, and runs anew)
`,
  );
  cluster.requests.length = 0;
  const said = run(made, job('b'), cluster);
  const done = await eventuallyJob(cluster);
  assert.match(await said, /Job shop\/db-sync: ready/);
  assert.deepEqual(done, ['delete batch/v1/Job shop/db-sync Foreground', 'apply batch/v1/Job shop/db-sync']);
});

/** Waits until the Job was made anew, and lets it come to its end. */
async function eventuallyJob(cluster: DeletingCluster): Promise<string[]> {
  const ref = { apiVersion: 'batch/v1', kind: 'Job', namespace: 'shop', name: 'db-sync' };
  for (;;) {
    const found = await cluster.get(ref);
    if (found.ok && found.value.metadata.uid !== 'job-1') {
      const writes = cluster.writes();
      cluster.put({ ...found.value, status: { succeeded: 1, ...complete } });
      return writes;
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

test('a Job that runs, or whose template is the same, waits for a yes', async () => {
  for (const [field, status] of [
    ['spec.template', { active: 1 }],
    ['spec.selector', complete],
  ] as const) {
    const cluster = new DeletingCluster();
    holdsFast(cluster, { Job: field });
    cluster.put(jobThere(status));
    const { blockers } = await plan(job('b'), cluster);
    assert.match(
      blockers[0]?.message ?? '',
      /^Job db-sync must be made anew: .* Delete it first, or give the new one another name\.$/,
    );
    const allowed = await plan(job('b'), cluster, { allowed: { recreate: 'all' } });
    assert.deepEqual([allowed.blockers, allowed.counts.recreate], [[], 1]);
  }
});

const claim = '{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data}, spec: {storageClassName: fast}}';

test('what is made anew says what it destroys, by key or for all, and its name is typed', async () => {
  const cluster = new DeletingCluster();
  holdsFast(cluster, { PersistentVolumeClaim: 'spec.storageClassName' });
  const ref = { apiVersion: 'v1', kind: 'PersistentVolumeClaim' };
  cluster.put({ ...ref, metadata: { name: 'data', namespace: 'shop' }, spec: { volumeName: 'pv-1' } });
  cluster.put({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: 'pv-1' },
    spec: { persistentVolumeReclaimPolicy: 'Delete', csi: { volumeHandle: '6c9e' } },
  });
  const made = await plan(claim, cluster, { allowed: { recreate: ['v1/PersistentVolumeClaim shop/data'] } });
  assert.match(
    steps(made),
    /^1 recreate\n {2}recreate v1\/PersistentVolumeClaim shop\/data \(spec\.storageClassName: .* it is deleted and made anew\)\n {4}destroys volume 6c9e, with its data\n/,
  );
  assert.equal(wordToType(made), 'data');
  const other = await plan(claim, cluster, { allowed: { recreate: ['v1/PersistentVolumeClaim shop/other'] } });
  assert.equal(other.blockers.length, 1);
});

test('a StatefulSet is made anew around its pods', async () => {
  const cluster = new DeletingCluster();
  holdsFast(cluster, { StatefulSet: 'spec.serviceName' });
  cluster.put({ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'db', namespace: 'shop' }, spec: {} });
  const text =
    '{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: db}, spec: {replicas: 0, serviceName: b, template: {spec: {containers: []}}}}';
  const made = await plan(text, cluster, { allowed: { recreate: 'all' } });
  assert.match(steps(made), /it is deleted and made anew, its pods stay\)/);
  cluster.requests.length = 0;
  await run(made, text, cluster);
  assert.deepEqual(cluster.writes(), ['delete apps/v1/StatefulSet shop/db Orphan', 'apply apps/v1/StatefulSet shop/db']);
});

test('a Namespace is never made anew, whatever is said', async () => {
  const cluster = new DeletingCluster();
  holdsFast(cluster, { Namespace: 'spec.finalizers' });
  cluster.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' }, spec: { finalizers: ['kubernetes'] } });
  const made = await plan('{apiVersion: v1, kind: Namespace, metadata: {name: shop}}', cluster, { allowed: { recreate: 'all' } });
  assert.match(
    made.blockers[0]?.message ?? '',
    /^Namespace shop cannot be changed \(.*\) and is never made anew: all that is in it would go\. Take the change back, or give the new one another name\.$/,
  );
});

const machines = (image: string) => `
apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: OpenStackMachineTemplate
metadata: {name: workers, namespace: shop}
spec: {template: {spec: {image: ${image}}}}
---
apiVersion: cluster.x-k8s.io/v1beta1
kind: MachineDeployment
metadata: {name: md, namespace: shop}
spec: {template: {spec: {infrastructureRef: {apiVersion: infrastructure.cluster.x-k8s.io/v1beta1, kind: OpenStackMachineTemplate, name: workers}}}}
`;

test('a changed template of Cluster API is cloned under another name and pointed to, never made anew', async () => {
  const cluster = new DeletingCluster();
  holdsFast(cluster, { OpenStackMachineTemplate: 'spec.template.spec' });
  const mine = { managedFields: [{ manager: 'hybrid-clusters' }] };
  for (const { object } of writtenFrom(machines('ubuntu-1')))
    cluster.putAll([{ ...object, metadata: { ...object.metadata, ...mine } }]);
  for (const allowed of [{}, { recreate: 'all' } as const]) {
    const made = await plan(machines('ubuntu-2'), cluster, { allowed });
    assert.equal(
      steps(made).replaceAll(/workers-[0-9a-f]{8}/g, 'workers-HASH'),
      `1 create · 1 configure
  create infrastructure.cluster.x-k8s.io/v1beta1/OpenStackMachineTemplate shop/workers-HASH
  configure cluster.x-k8s.io/v1beta1/MachineDeployment shop/md (name workers → workers-HASH)
information: OpenStackMachineTemplate workers cannot be changed: workers-HASH is made in its place, and what names it here is pointed to that. Write workers-HASH into test.yaml:4 to keep it so. (test.yaml)
`,
    );
    assert.deepEqual(made.blockers, []);
  }
  const made = await plan(machines('ubuntu-2'), cluster);
  for (const { object } of made.steps) cluster.put({ ...object, metadata: { ...object.metadata, ...mine } });
  assert.match(steps(await plan(machines('ubuntu-2'), cluster)), /^2 unchanged\n/);
});

test('fields of another are taken over only if that was said, and the table stays to be read', async () => {
  const cluster = new DeletingCluster();
  const time = '2026-11-21T11:58:00Z';
  cluster.put({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a', namespace: 'shop', managedFields: [{ manager: 'kim', time }] },
    data: { x: '2' },
  });
  const causes = [{ reason: 'FieldManagerConflict', message: 'conflict with "kim"', field: '.data.x' }];
  cluster.refuse = (_, { force }) =>
    force
      ? undefined
      : { reason: 'conflict', status: 409, message: 'conflict', detail: { message: 'Apply failed', details: { causes } } };
  const text = '{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {x: "1"}}';
  assert.equal((await plan(text, cluster)).blockers.length, 1);
  const made = await plan(text, cluster, { allowed: { takeOver: 'all' } });
  assert.equal(
    steps(made),
    `1 adopt
  adopt v1/ConfigMap shop/a (takes data.x from kim)
    data.x: ours 1, live 2 by kim since ${time}
`,
  );
  assert.match(await run(made, text, cluster), /ConfigMap shop\/a: ready/);
  const now = await cluster.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'a' });
  assert.deepEqual(now.ok && now.value['data'], { x: '1' });
});

test('nothing is deleted whose successor the server would refuse', async () => {
  const cluster = new DeletingCluster();
  cluster.put(jobThere(complete));
  cluster.refuse = ({ metadata }) =>
    metadata.name === 'db-sync'
      ? immutable('spec.template')
      : {
          reason: 'forbidden',
          status: 403,
          message: 'no',
          detail: { message: 'jobs.batch "x" is forbidden: images of this registry are not allowed' },
        };
  const made = await plan(job('b'), cluster, { allowed: { recreate: 'all' } });
  assert.equal(
    made.blockers[0]?.message,
    'Job db-sync would be deleted, and the new one refused: refused: images of this registry are not allowed. Nothing is deleted until it would be taken.',
  );
});

test('fields of another are left to them if that was said, and the rest is sent', async () => {
  const cluster = new DeletingCluster();
  const mine = [{ manager: 'hybrid-clusters' }, { manager: 'kim' }];
  cluster.put({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'shop', managedFields: mine },
    spec: { replicas: 5, template: { spec: { containers: [{ name: 'a', image: 'a:1' }] } } },
  });
  const conflict = (field: string) => ({ reason: 'FieldManagerConflict', message: 'conflict with "kim"', field });
  cluster.refuse = ({ spec }) => {
    const fields = spec as { replicas?: number; template: { spec: { containers: readonly { name: string; image?: string }[] } } };
    const image = fields.template.spec.containers.some((one) => one.name === 'a' && one.image !== undefined);
    const causes = [
      ...(fields.replicas === undefined ? [] : [conflict('.spec.replicas')]),
      ...(image ? [conflict('.spec.template.spec.containers[name="a"].image')] : []),
    ];
    return causes.length === 0
      ? undefined
      : { reason: 'conflict', status: 409, message: 'conflict', detail: { message: 'Apply failed', details: { causes } } };
  };
  const text =
    '{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {replicas: 2, paused: true, template: {spec: {containers: [{name: a, image: "a:2"}, {name: b, image: "b:1"}]}}}}';
  assert.equal((await plan(text, cluster)).blockers.length, 1);
  const made = await plan(text, cluster, { allowed: { keepTheirs: ['apps/v1/Deployment shop/web'] } });
  assert.deepEqual(made.blockers, []);
  const [step] = made.steps;
  assert.deepEqual(step?.object['spec'], {
    paused: true,
    template: { spec: { containers: [{ name: 'a' }, { name: 'b', image: 'b:1' }] } },
  });
  assert.match(step?.reason ?? '', /; leaves spec\.replicas to kim, spec\.template\.spec\.containers\[name="a"\]\.image to kim$/);
});

test('a field that cannot be found in the object is not left to anybody: the conflict stays', async () => {
  const cluster = new DeletingCluster();
  cluster.put({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'shop' }, data: { x: '2' } });
  const causes = [{ reason: 'FieldManagerConflict', message: 'conflict with "kim"', field: '.data.y' }];
  cluster.refuse = () => ({
    reason: 'conflict',
    status: 409,
    message: 'conflict',
    detail: { message: 'no', details: { causes } },
  });
  const text = '{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {x: "1"}}';
  const made = await plan(text, cluster, { allowed: { keepTheirs: 'all' } });
  assert.deepEqual([made.counts.conflict, made.steps[0]?.object['data']], [1, { x: '1' }]);
});
