import assert from 'node:assert/strict';
import { printPlan } from '../../src/deploy/plan/planText.ts';
import { readInventories } from '../../src/deploy/removal/inventory.ts';
import type { SetRequest } from '../../src/deploy/removal/plannedSet.ts';
import { wordToType } from '../../src/deploy/removal/prune.ts';
import { planUndeploy } from '../../src/deploy/removal/undeploy.ts';
import { startRun } from '../../src/deploy/run/run.ts';
import { withControllers } from '../support/controllers.ts';
import { sandboxTest } from '../support/sandbox.ts';
import { inNamespace, type LiveDeploy } from './liveDeploy.ts';

const set: SetRequest = { names: ['shop'], partial: false, prune: 'ask' };

const map = (name: string) => `{apiVersion: v1, kind: ConfigMap, metadata: {name: ${name}, namespace: NS}, data: {a: b}}`;
const service =
  '{apiVersion: v1, kind: Service, metadata: {name: web, namespace: NS}, spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80}]}}';
const secret = '{apiVersion: v1, kind: Secret, metadata: {name: keys, namespace: NS}, stringData: {password: canary-4711}}';
const yaml = (...documents: readonly string[]) => documents.join('\n---\n');

/** The steps of a plan, the namespace written as NS and addresses as ADDRESS. */
const steps = (text: string, { namespace }: LiveDeploy) =>
  text
    .split('\n')
    .slice(1)
    .join('\n')
    .replaceAll(namespace, 'NS')
    .replace(/\d+\.\d+\.\d+\.\d+/g, 'ADDRESS');

sandboxTest('what is no longer written is pruned, and seen by kubectl as an ApplySet until then', (sandbox) =>
  inNamespace(sandbox, async (live) => {
    await (await live.start(yaml(map('a'), map('b')), undefined, { set })).done;
    const marked = await live.kubectl(
      'get',
      'configmaps',
      '-n',
      live.namespace,
      '-l',
      'applyset.kubernetes.io/part-of',
      '-o',
      'name',
    );
    assert.deepEqual(marked.trim().split('\n'), ['configmap/a', 'configmap/b']);
    const { plan } = await live.plan(map('a'), { set });
    assert.equal(
      steps(printPlan(plan), live),
      `1 delete · 1 unchanged
  delete v1/ConfigMap NS/b (no longer in the files)
  unchanged v1/ConfigMap NS/a
`,
    );
    const summary = await (await live.start(map('a'), undefined, { set })).done;
    assert.equal(summary.outcome, 'succeeded', summary.sentence);
    assert.equal(await live.kubectl('get', 'configmap', 'b', '-n', live.namespace, '--ignore-not-found', '-o', 'name'), '');
    const before = (await live.writes()).length;
    const again = await (await live.start(map('a'), undefined, { set })).done;
    assert.equal(again.outcome, 'unchanged');
    assert.equal((await live.writes()).length, before);
  }),
);

sandboxTest('a set is undeployed: its load balancer first, its credentials last', (sandbox) =>
  inNamespace(sandbox, async (live) => {
    await (await live.start(yaml(secret, map('a'), service), undefined, { set })).done;
    const target = await live.target();
    const found = await readInventories(live.cluster, live.namespace);
    assert.ok(found.ok && found.value.sets[0]);
    const made = await planUndeploy({ target, set: found.value.sets[0] }, live.cluster);
    assert.ok(made.ok);
    assert.equal(
      steps(printPlan(made.value), live),
      `3 delete
  delete v1/Service NS/web
    destroys the load balancer of web at ADDRESS
  delete v1/ConfigMap NS/a
  delete v1/Secret NS/keys
`,
    );
    assert.equal(wordToType(made.value), 'web');
    assert.doesNotMatch(JSON.stringify(made.value), /canary-4711/);
    const run = startRun(made.value, { cluster: live.cluster, written: [] }, { quietMs: 60_000 });
    const summary = await run.done;
    assert.equal(summary.outcome, 'succeeded', summary.sentence);
    assert.deepEqual(
      run.events.filter(({ state }) => state === 'pruned').map(({ key }) => key.replace(/^.*\//, '')),
      ['web', 'a', 'keys'],
    );
    const left = await readInventories(live.cluster, live.namespace);
    assert.deepEqual(left.ok && left.value.sets, []);
  }),
);

const kustomization = `
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: shop, namespace: SPACE}
spec: {interval: 10m, path: ./shop, prune: true, sourceRef: {kind: GitRepository, name: shop}}
status: {conditions: [{type: Ready, status: 'True', reason: ReconciliationSucceeded, message: Applied, lastTransitionTime: '2026-01-01T00:00:00Z'}]}
`;

sandboxTest('a set that Flux came to keep is not undeployed until Flux is suspended', (sandbox) =>
  inNamespace(sandbox, async (live) => {
    const { namespace, kubectl, cluster } = live;
    await (await live.start(yaml(map('a'), map('b')), undefined, { set })).done;
    const flux = `${namespace}-flux`;
    // as its controller marks what it applies
    const marks = ['kustomize.toolkit.fluxcd.io/name=shop', `kustomize.toolkit.fluxcd.io/namespace=${flux}`];
    for (const name of ['a', 'b']) await kubectl('label', 'configmap', name, '-n', namespace, ...marks);
    const undeploy = async () => {
      const found = await readInventories(cluster, namespace);
      assert.ok(found.ok && found.value.sets[0]);
      const made = await planUndeploy({ target: await live.target(), set: found.value.sets[0] }, cluster);
      assert.ok(made.ok);
      return made.value;
    };
    await withControllers(cluster, flux, kustomization, async () => {
      const kept = await undeploy();
      assert.match(
        steps(printPlan(kept), live),
        /\nblocked: All 2 objects on sandbox-admin are kept by Kustomization NS-flux\/shop of Flux \(.*\)\. Flux will make it again within 10 m\. So this is a plan only\. .* or suspend the Kustomization\.\n/,
      );
      const refused = await startRun(kept, { cluster, written: [] }).done;
      assert.equal(refused.outcome, 'refused');
      const left = await kubectl('get', 'configmaps', 'a', 'b', '-n', namespace, '-o', 'name');
      assert.equal(left.trim(), 'configmap/a\nconfigmap/b');
      const suspend = ['patch', 'kustomizations.kustomize.toolkit.fluxcd.io', 'shop', '-n', flux, '--type=merge'];
      await kubectl(...suspend, '-p', '{"spec":{"suspend":true}}');
      const halted = await undeploy();
      assert.deepEqual(halted.blockers, []);
      assert.match(steps(printPlan(halted), live), /kept by Kustomization NS-flux\/shop of Flux\. It is suspended; /);
      const done = await startRun(halted, { cluster, written: [] }).done;
      assert.equal(done.outcome, 'succeeded', done.sentence);
    });
  }),
);

sandboxTest('a Deployment whose selector changed is made anew only when that was said', (sandbox) =>
  inNamespace(sandbox, async (live) => {
    const deployment = (app: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: NS}
spec:
  replicas: 1
  selector: {matchLabels: {app: ${app}}}
  template:
    metadata: {labels: {app: ${app}}}
    spec: {containers: [{name: web, image: "nginx:1.29"}]}
`;
    await (await live.start(deployment('one'))).done;
    const { plan: blocked } = await live.plan(deployment('two'));
    assert.match(blocked.blockers[0]?.message ?? '', /^Deployment web must be made anew: /);
    const summary = await (await live.start(deployment('two'), undefined, { allowed: { recreate: 'all' } })).done;
    assert.equal(summary.outcome, 'succeeded', summary.sentence);
    assert.equal(summary.results[0]?.applied, 'recreated');
  }),
);

sandboxTest('fields of another are taken over when that was said', (sandbox) =>
  inNamespace(sandbox, async (live) => {
    await (await live.start(map('a'))).done;
    await live.kubectl('patch', 'configmap', 'a', '-n', live.namespace, '--field-manager=kim', '-p', '{"data":{"a":"2"}}');
    const { plan } = await live.plan(map('a'), { allowed: { takeOver: 'all' } });
    assert.equal(plan.steps[0]?.reason, 'takes data.a from kim');
    await (await live.start(map('a'), undefined, { allowed: { takeOver: 'all' } })).done;
    assert.equal(await live.kubectl('get', 'configmap', 'a', '-n', live.namespace, '-o', 'jsonpath={.data.a}'), 'b');
  }),
);
