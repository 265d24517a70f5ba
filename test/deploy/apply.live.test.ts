import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { printPlan } from '../../src/deploy/plan/planText.ts';
import { sandboxTest } from '../support/sandbox.ts';
import { inNamespace, lastWords } from './liveDeploy.ts';

const deployment = (name: string, more: string, replicas = 1) => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: NS}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      containers:
        - name: server
${more}
`;

sandboxTest('create, then nothing to do, then configure', (sandbox) =>
  inNamespace(sandbox, async (live) => {
    const yaml = (level: string, replicas: number) =>
      `{apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: NS}, data: {LEVEL: ${level}}}\n---${deployment('web', '          image: nginx:1.29\n          envFrom: [{configMapRef: {name: settings}}]', replicas)}`;
    const first = await (await live.start(yaml('info', 2))).done;
    assert.match(first.sentence, /^deploy-test-\w+ is up on sandbox-admin: 2 created, ready in \d+\.\d s\.$/);
    assert.deepEqual([...(await live.writes())].sort(), ['patch configmaps', 'patch deployments']);

    const second = await (await live.start(yaml('info', 2))).done;
    assert.match(second.sentence, /^Verified 2 objects on sandbox-admin\/deploy-test-\w+ in \d+\.\d s\.$/);
    assert.equal((await live.writes()).length, 2, 'the second run sends dry runs only');

    const { plan } = await live.plan(yaml('debug', 3));
    assert.deepEqual(
      plan.steps.map(({ action, reason }) => `${action} ${reason}`),
      ['update data.LEVEL info → debug', 'update replicas 2 → 3'],
    );
    const third = await (await live.start(yaml('debug', 3))).done;
    assert.match(third.sentence, /2 configured, ready in/);
  }),
);

sandboxTest('the namespace, a definition and its object in one run', (sandbox) =>
  inNamespace(sandbox, async (live) => {
    const group = `${live.namespace}.example`;
    const yaml = `
{apiVersion: ${group}/v1, kind: Robot, metadata: {name: r2, namespace: NS-b}, spec: {arms: 2}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: NS-b}, data: {a: b}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: NS-b}}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: robots.${group}}
spec:
  group: ${group}
  scope: Namespaced
  names: {kind: Robot, plural: robots, singular: robot, listKind: RobotList}
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {arms: {type: integer}}}}}}
`;
    try {
      const run = await live.start(yaml);
      const summary = await run.done;
      assert.equal(summary.outcome, 'succeeded', summary.sentence);
      assert.equal(
        await live.kubectl('get', `robots.${group}`, 'r2', '-n', `${live.namespace}-b`, '-o', 'jsonpath={.spec.arms}'),
        '2',
      );
    } finally {
      await live.kubectl('delete', 'crd', `robots.${group}`, '--ignore-not-found', '--wait=false');
      await live.kubectl('delete', 'namespace', `${live.namespace}-b`, '--ignore-not-found', '--wait=false');
    }
  }),
);

sandboxTest('a wrong image is told within seconds, at its line', (sandbox) =>
  inNamespace(sandbox, async (live) => {
    const run = await live.start(deployment('render', '          image: registry.example/render:1.3'));
    const summary = await run.done;
    assert.deepEqual(lastWords(run, live.namespace), [
      'apps/v1/Deployment NS/render: failed image registry.example/render:1.3 not found :13',
    ]);
    assert.equal(summary.sentence, 'render is not up: image registry.example/render:1.3 not found (test.yaml:13).');
    assert.ok(summary.tookMs < 10_000, `${summary.tookMs} ms`);
    const children = run.latest.get(`apps/v1/Deployment ${live.namespace}/render`)?.children ?? [];
    assert.deepEqual(
      children.map(({ ref, bad }) => `${ref.kind} ${bad}`),
      ['ReplicaSet false', 'Pod true'],
    );
  }),
);

sandboxTest('a missing ConfigMap is warned of in the plan and told at its line', (sandbox) =>
  inNamespace(sandbox, async (live) => {
    const yaml = deployment(
      'shop',
      '          image: nginx:1.29\n          envFrom:\n            - configMapRef: {name: checkout-settings}',
    );
    const { plan } = await live.plan(yaml);
    assert.match(
      plan.findings[0]?.message ?? '',
      /^ConfigMap "checkout-settings" is neither in namespace \S+ of sandbox-admin nor in this deploy; Deployment shop needs it\.$/,
    );
    const run = await live.start(yaml);
    assert.equal((await run.done).sentence, 'shop is not up: ConfigMap "checkout-settings" not found (test.yaml:15).');
  }),
);

sandboxTest('a full quota is told with its numbers, at the resources', (sandbox) =>
  inNamespace(sandbox, async (live) => {
    await live.kubectl('create', 'quota', 'tight', '--hard=requests.cpu=1', '-n', live.namespace);
    // A quota refuses nothing before its controller has counted for the first time.
    await live.kubectl('wait', '--for=jsonpath={.status.hard}', 'quota/tight', '-n', live.namespace, '--timeout=30s');
    const run = await live.start(
      deployment('big', '          image: nginx:1.29\n          resources:\n            requests: {cpu: "2"}'),
    );
    const summary = await run.done;
    assert.match(
      summary.sentence,
      /^big is not up: its pods are refused: exceeded quota: tight, requested: requests\.cpu=2, used: requests\.cpu=0, limited: requests\.cpu=1 \(test\.yaml:15\)\.$/,
    );
  }),
);

sandboxTest('a refusal by admission blocks the plan with the policy’s words', (sandbox) =>
  inNamespace(sandbox, async (live) => {
    const { plan } = await live.plan(
      '{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: NS, labels: {tier: forbidden}}}',
    );
    assert.equal(plan.counts.invalid, 1);
    assert.match(
      plan.blockers[0]?.message ?? '',
      /^ConfigMap a is refused: .*the label tier=forbidden is not allowed in this cluster/,
    );
  }),
);

sandboxTest('a field of another manager is a conflict with its table, never forced', (sandbox) =>
  inNamespace(sandbox, async (live) => {
    await live
      .start('{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: NS}, data: {x: "1"}}')
      .then(({ done }) => done);
    await live.kubectl('patch', 'configmap', 'a', '-n', live.namespace, '--field-manager=kim', '-p', '{"data":{"x":"2"}}');
    const { plan } = await live.plan('{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: NS}, data: {x: "1"}}');
    const [step] = plan.steps;
    assert.deepEqual(
      step?.conflicts?.map(({ field, manager, ours, live: theirs, since }) => [field, manager, ours, theirs, typeof since]),
      [['data.x', 'kim', '1', '2', 'string']],
    );
    assert.match(printPlan(plan), /blocked: ConfigMap a has another owner: data\.x belongs to kim\./);
    assert.equal(await live.kubectl('get', 'configmap', 'a', '-n', live.namespace, '-o', 'jsonpath={.data.x}'), '2');
  }),
);

sandboxTest('an immutable field blocks before anything runs; a Job that is over is made anew for its new template', (sandbox) =>
  inNamespace(sandbox, async (live) => {
    const job = (image: string) => `
apiVersion: batch/v1
kind: Job
metadata: {name: j, namespace: NS}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: x, image: ${image}}]}}}
---
{apiVersion: v1, kind: Secret, metadata: {name: s, namespace: NS}, immutable: true, stringData: {of: ${image}}}`;
    const first = await live.start(job('node:24-alpine'));
    assert.equal((await first.done).outcome, 'succeeded');
    const { plan } = await live.plan(job('nginx:1.29'));
    assert.deepEqual(
      plan.blockers.map(({ message }) => message),
      [
        'Secret s must be made anew: data: field is immutable when `immutable` is set. Delete it first, or give the new one another name.',
      ],
    );
    const run = await live.start(job('nginx:1.29'), undefined, { allowed: { recreate: [plan.blockers[0]?.step ?? ''] } });
    assert.equal((await run.done).outcome, 'succeeded');
    assert.deepEqual(
      run.plan.steps.map(({ ref, action, reason }) => `${action} ${ref.kind}: ${reason}`),
      [
        'recreate Job: its template changed: the finished Job is deleted, and runs anew',
        'recreate Secret: data: field is immutable when `immutable` is set; it is deleted and made anew',
      ],
    );
  }),
);

sandboxTest('a field that no schema has is named at its line', (sandbox) =>
  inNamespace(sandbox, async (live) => {
    const { plan } = await live.plan(deployment('web', '          imag: nginx:1.29'));
    assert.match(plan.blockers[0]?.message ?? '', /imag: no such field/);
    assert.equal(plan.blockers[0]?.place?.line, 13);
  }),
);

sandboxTest('who may not write is told before anything is written', (sandbox) =>
  inNamespace(
    sandbox,
    async (live) => {
      const { plan } = await live.plan('{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: NS}}');
      assert.equal(plan.counts.forbidden, 1);
      assert.match(
        plan.blockers[0]?.message ?? '',
        /^ConfigMap a is refused: alice may not patch configmaps in namespace deploy-test-\w+\. Ask for the right, or deploy as somebody who has it\.$/,
      );
    },
    'alice',
  ),
);

sandboxTest('a load balancer Service is ready when it has its address', (sandbox) =>
  inNamespace(sandbox, async (live) => {
    const run = await live.start(
      '{apiVersion: v1, kind: Service, metadata: {name: web, namespace: NS}, spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80}]}}',
    );
    const summary = await run.done;
    assert.equal(summary.outcome, 'succeeded', summary.sentence);
    assert.match(lastWords(run, live.namespace)[0] ?? '', /^v1\/Service NS\/web: ready at \d+\.\d+\.\d+\.\d+$/);
    // its load balancer goes with it, before the namespace does
    await live.kubectl('delete', 'service', 'web', '-n', live.namespace);
  }),
);

sandboxTest('cancel leaves what was applied and ends at once', (sandbox) =>
  inNamespace(sandbox, async (live) => {
    const yaml = Array.from(
      { length: 150 },
      (_, index) => `{apiVersion: v1, kind: ConfigMap, metadata: {name: c${index}, namespace: NS}, data: {a: b}}`,
    ).join('\n---\n');
    const run = await live.start(yaml);
    await sleep(60);
    const cancelled = performance.now();
    run.cancel();
    const summary = await run.done;
    assert.equal(summary.outcome, 'cancelled');
    assert.ok(performance.now() - cancelled < 2_000);
    const there = (await live.kubectl('get', 'configmaps', '-n', live.namespace, '-o', 'name'))
      .split('\n')
      .filter((name) => /\/c\d+$/.test(name));
    assert.equal(there.length, summary.results.filter(({ applied }) => applied === 'created').length);
    assert.ok(there.length < 150);
  }),
);
