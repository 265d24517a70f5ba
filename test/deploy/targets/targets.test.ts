/** One plan over several targets and its carrying-out, as text. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { failed, success } from '../../../src/base/failure.ts';
import { readTarget } from '../../../src/deploy/target.ts';
import { matrixDocument, printTargets, toDoOnAll } from '../../../src/deploy/targets/matrix.ts';
import { type OpenTarget, planTargets } from '../../../src/deploy/targets/planTargets.ts';
import { printTargetsRun, startTargets, targetsRunDocument } from '../../../src/deploy/targets/runTargets.ts';
import { readTargetSet } from '../../../src/deploy/targets/targetSet.ts';
import type { Project } from '../../../src/openstack/project.ts';
import { fakeCloud } from '../../support/fakeCloud.ts';
import { FakeCluster } from '../../support/fakeCluster.ts';
import { writtenFrom } from '../../support/written.ts';

const configMap = (name: string, value = '1') =>
  `{apiVersion: v1, kind: ConfigMap, metadata: {name: ${name}}, data: {a: "${value}"}}\n---\n`;

/** Clusters by the name of their context, each another one. */
function clustersOf(...names: readonly string[]): Readonly<Record<string, FakeCluster>> {
  return Object.fromEntries(
    names.map((name) => {
      const cluster = new FakeCluster({ name, server: `https://${name}:6443` });
      const uid = `uid-of-${name}`;
      cluster.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system', uid } });
      return [name, cluster];
    }),
  );
}

interface Given {
  readonly clusters: Readonly<Record<string, FakeCluster>>;
  /** What is written at the path of each target. */
  readonly texts: Readonly<Record<string, string>>;
  readonly project?: Project;
}

const opening =
  ({ clusters, texts, project }: Given): OpenTarget =>
  async ({ context, namespace, cloud, paths }) => {
    const cluster = clusters[context];
    if (!cluster) return failed('offline', `${context} gives no answer.`);
    const target = await readTarget(cluster, {
      ...(namespace && { namespace }),
      ...(cloud && { cloud }),
      ...(project && { project: project.name }),
    });
    if (!target.ok) return target;
    const written = paths.flatMap((path) => writtenFrom(texts[path] ?? '', path));
    const more = project ? { project } : {};
    return success({
      request: { target: target.value, written, findings: [], texts: new Map(Object.entries(texts)), ...more },
      context: { cluster, written, ...more },
    });
  };

async function planned(set: string, given: Given) {
  const read = readTargetSet('shop.targets.yaml', set);
  assert.ok(read.ok);
  return planTargets(read.value, opening(given));
}

const three = `namespace: shop
paths: m
targets:
  - {name: edge-1, context: a}
  - {name: edge-2, context: b}
  - {name: prod, context: prod-c}
`;

const nowhere = { places: [] };

async function carriedOut(set: string, given: Given): Promise<string> {
  const run = startTargets(await planned(set, given), nowhere, { stabilityMs: 0, timeoutMs: 5_000 });
  if (!run.ok) return run.failure.message;
  await run.value.done;
  return printTargetsRun(run.value).replaceAll(/\d+\.\d s/g, 'T');
}

test('one plan tells of each object what it becomes on each target', async () => {
  const clusters = clustersOf('a', 'b', 'prod-c');
  const given = { clusters, texts: { m: configMap('web') + configMap('cache') } };
  const mine = { namespace: 'shop', managedFields: [{ manager: 'hybrid-clusters' }] };
  clusters['b']?.put({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web', ...mine }, data: { a: '1' } });
  clusters['prod-c']?.put({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web', ...mine }, data: { a: '0' } });
  const { plan } = await planned(three, given);
  assert.equal(
    printTargets(plan),
    `shop.targets.yaml: 3 targets in 2 waves
  wave 1: edge-1 → a/shop (https://a:6443), 2 create
  wave 2: edge-2 → b/shop (https://b:6443), 1 create · 1 unchanged
  wave 2: prod → prod-c/shop (https://prod-c:6443), protected, 1 create · 1 configure
                   edge-1  edge-2     prod
  ConfigMap web    create  unchanged  configure
  ConfigMap cache  create  create     create
prod: configure ConfigMap web (data.a 0 → 1)
`,
  );
  assert.equal(
    matrixDocument(plan),
    `# shop.targets.yaml: 3 targets in 2 waves

- wave 1: edge-1 → a/shop (\`https://a:6443\`), 2 create
- wave 2: edge-2 → b/shop (\`https://b:6443\`), 1 create · 1 unchanged
- wave 2: prod → prod-c/shop (\`https://prod-c:6443\`), protected, 1 create · 1 configure

| Object | edge-1 | edge-2 | prod |
| --- | --- | --- | --- |
| ConfigMap web | create | unchanged | configure: data.a 0 → 1 |
| ConfigMap cache | create | create | create |
`,
  );
  assert.equal(toDoOnAll(plan), '2 to create on edge-1; 1 to create, 1 unchanged on edge-2; 1 to create, 1 to configure on prod');
  const twice = plan.targets.flatMap((target) => [target, target]).slice(0, 2);
  assert.equal(toDoOnAll({ targets: twice }), '2 to create on each');
  for (const cluster of Object.values(clusters))
    assert.deepEqual(
      cluster.requests.filter((request) => !request.includes('dry')),
      [],
    );
});

test('objects in the namespaces of their targets are one row', async () => {
  const set = 'context: a\npaths: m\ntargets: [{name: one, namespace: shop}, {name: two, namespace: default}]\n';
  const { plan } = await planned(set, { clusters: clustersOf('a'), texts: { m: configMap('web') } });
  assert.match(printTargets(plan), /\n {17}one {5}two\n {2}ConfigMap web {2}create {2}create\n$/);
});

test('the canary goes first and alone, the others together', async () => {
  const clusters = clustersOf('a', 'b', 'prod-c');
  const order: string[] = [];
  for (const [name, cluster] of Object.entries(clusters))
    cluster.refuse = (_object, { dryRun }) => {
      if (!dryRun) order.push(name);
      return undefined;
    };
  assert.equal(
    await carriedOut(three, { clusters, texts: { m: configMap('web') } }),
    `  wave 1: edge-1 → a/shop: succeeded. shop is up on a: 1 created, ready in T.
  wave 2: edge-2 → b/shop: succeeded. shop is up on b: 1 created, ready in T.
  wave 2: prod → prod-c/shop: succeeded. shop is up on prod-c: 1 created, ready in T.
shop.targets.yaml is up on all 3 targets in T.
`,
  );
  assert.deepEqual(order, ['a', 'b', 'prod-c']);
  assert.match(
    await carriedOut(three, { clusters, texts: { m: configMap('web') } }),
    /edge-1 → a\/shop: unchanged.*\nVerified 3 targets of shop\.targets\.yaml in T\.\n$/s,
  );
});

test('what goes wrong on the canary reaches no other target', async () => {
  const clusters = clustersOf('a', 'b', 'prod-c');
  const canary = clusters['a'];
  assert.ok(canary);
  canary.refuse = (_object, { dryRun }) =>
    dryRun ? undefined : { reason: 'forbidden', message: 'a: quota exceeded.', status: 403 };
  assert.equal(
    await carriedOut(three, { clusters, texts: { m: configMap('web') } }),
    `  wave 1: edge-1 → a/shop: failed. web is not up: a: quota exceeded (m:1).
  wave 2: edge-2 → b/shop: Not started, because edge-1 went wrong.
  wave 2: prod → prod-c/shop: Not started, because edge-1 went wrong.
shop.targets.yaml is up on 0 of 3 targets. edge-1: web is not up: a: quota exceeded (m:1). 2 not started.
`,
  );
  for (const name of ['b', 'prod-c'])
    assert.deepEqual(
      clusters[name]?.requests.filter((request) => !request.includes('dry')),
      [],
    );
});

test('a target that became another cluster since it was planned is refused, and the rest is not begun', async () => {
  const clusters = clustersOf('a', 'b', 'prod-c');
  const plan = await planned(three, { clusters, texts: { m: configMap('web') } });
  clusters['b']?.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system', uid: 'other' } });
  const run = startTargets({ ...plan, plan: { ...plan.plan, set: { ...plan.plan.set, parallel: 1 } } }, nowhere, {
    stabilityMs: 0,
  });
  assert.ok(run.ok);
  await run.value.done;
  assert.equal(
    printTargetsRun(run.value).replaceAll(/\d+\.\d s/g, 'T'),
    `  wave 1: edge-1 → a/shop: succeeded. shop is up on a: 1 created, ready in T.
  wave 2: edge-2 → b/shop: refused. https://b:6443 is another cluster than the one the plan was made for. Nothing was written; make the plan again.
  wave 2: prod → prod-c/shop: Not started, because edge-2 went wrong.
shop.targets.yaml is up on 1 of 3 targets. edge-2: https://b:6443 is another cluster than the one the plan was made for. Nothing was written; make the plan again. 1 not started.
`,
  );
  const document = targetsRunDocument(run.value);
  assert.match(document, /\| ConfigMap web \| ready \| pending \| not started \|/);
  assert.match(document, /\n- wave 1: edge-1 → a\/shop \(`https:\/\/a:6443`[,)]/);
  assert.match(
    document,
    /\n## What became of it\n\n- wave 1: edge-1 → a\/shop: succeeded\. .*\n- wave 2: edge-2 .*\n- wave 2: prod .*\n- shop\.targets\.yaml is up on 1 of 3 /,
  );
});

test('cancelled before it begins, nothing is written anywhere', async () => {
  const clusters = clustersOf('a', 'b', 'prod-c');
  const run = startTargets(await planned(three, { clusters, texts: { m: configMap('web') } }));
  assert.ok(run.ok);
  run.value.cancel();
  assert.equal(
    (await run.value.done).sentence,
    'Cancelled: shop.targets.yaml is up on 0 of 3 targets. 3 not started. What was applied stays.',
  );
});

test('who cannot be reached, or is not whom the set names, blocks all', async () => {
  const set = `namespace: shop
paths: m
targets:
  - {name: edge-1, context: a, clusterUid: uid-of-a}
  - {name: edge-2, context: b, clusterUid: uid-of-a}
  - {name: edge-3, context: gone}
`;
  const given = { clusters: clustersOf('a', 'b'), texts: { m: configMap('web') } };
  const { plan } = await planned(set, given);
  assert.equal(
    printTargets(plan),
    `shop.targets.yaml: 3 targets in 2 waves
  wave 1: edge-1 → a/shop (https://a:6443), 1 create
  wave 2: edge-2 → b/shop, not planned
  wave 2: edge-3 → gone/shop, not planned
                 edge-1  edge-2  edge-3
  ConfigMap web  create  ?       ?
blocked: edge-2 cannot be planned: Context b leads to cluster uid-of-b, not to uid-of-a, which the set names. Correct the context or clusterUid. (shop.targets.yaml:5)
blocked: edge-3 cannot be planned: gone gives no answer. (shop.targets.yaml:6)
`,
  );
  assert.match(await carriedOut(set, given), /^edge-2 cannot be planned/);
});

test('two names of one cluster may not send other content to one object', async () => {
  const clusters = clustersOf('a');
  clusters['a'] &&
    Object.assign(clusters, { again: Object.assign(new FakeCluster({ name: 'again', server: 'https://tunnel' })) });
  clusters['again']?.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system', uid: 'uid-of-a' } });
  const set =
    'namespace: shop\ntargets:\n  - {name: one, context: a, paths: [m, both]}\n  - {name: two, context: again, paths: [n, both]}\n';
  const texts = { m: configMap('web'), n: configMap('web', '2'), both: configMap('same') };
  const { plan } = await planned(set, { clusters, texts });
  const told = printTargets(plan).split('\n').slice(-4).join('\n');
  assert.equal(
    told,
    `  ConfigMap same  create  create
information: one and two are on one cluster and share ConfigMap same, with equal content.
blocked: two: ConfigMap web goes to again twice, from one and from two, with other content. Give it one place, or each its own namespace or name. (shop.targets.yaml:4)
`,
  );
});

const pool = (replicas: number, version = 'v1.34.1') => `apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: OpenStackMachineTemplate
metadata: {name: workers}
spec: {template: {spec: {flavor: large}}}
---
apiVersion: cluster.x-k8s.io/v1beta1
kind: MachineDeployment
metadata: {name: pool}
spec:
  replicas: ${replicas}
  template: {spec: {version: ${version}, infrastructureRef: {kind: OpenStackMachineTemplate, name: workers}}}
`;

test('what targets of one project ask adds up; what stands beside the old while machines are rolled counts for one wave', async () => {
  const clusters = clustersOf('a', 'b');
  for (const cluster of Object.values(clusters)) {
    for (const object of writtenFrom(pool(2, 'v1.33.0')))
      cluster.serve({ ...object.object, metadata: { ...object.object.metadata, namespace: 'shop' } });
    for (const { object } of writtenFrom(pool(2, 'v1.33.0')))
      cluster.put({
        ...object,
        metadata: { ...object.metadata, namespace: 'shop', managedFields: [{ manager: 'hybrid-clusters' }] },
      });
  }
  const quota = async (service: string) => success(service === 'compute' ? [{ name: 'servers', used: 6, limit: 10 }] : []);
  const project = { ...fakeCloud('{}'), id: 'p', name: 'edge', cloud: 'demo', quota } as unknown as Project;
  const set = 'namespace: shop\ncloud: demo\ntargets: [{name: one, context: a, paths: m}, {name: two, context: b, paths: m}]\n';
  const told = async (text: string) => {
    const { plan } = await planned(set, { clusters, texts: { m: text }, project });
    return plan.findings.map(({ severity, message }) => `${severity}: ${message}`);
  };
  assert.deepEqual(await told(pool(3, 'v1.33.0')), []);
  assert.deepEqual(await told(pool(3)), []);
  assert.deepEqual(await told(pool(4)), [
    'warning: one (3) and two (3) together ask for 5 more servers, 1 of them only while machines are rolled; the quota of project edge (cloud demo) leaves 4 of 10.',
  ]);
});

test('whatever becomes of targets, none begins before the waves before it are up, and none after one went wrong', async () => {
  const wave = fc.integer({ min: 1, max: 3 });
  const one = fc.record({ wave, fails: fc.boolean(), slow: fc.integer({ min: 0, max: 3 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(one, { minLength: 1, maxLength: 5 }), fc.integer({ min: 1, max: 3 }), async (targets, parallel) => {
      const names = targets.map((_, index) => `t${index}`);
      const clusters = clustersOf(...names);
      const log: { readonly name: string; readonly what: 'begins' | 'fails' }[] = [];
      targets.forEach(({ fails, slow }, index) => {
        const name = `t${index}`;
        const cluster = clusters[name];
        assert.ok(cluster);
        cluster.latencyMs = slow;
        cluster.refuse = (_object, { dryRun }) => {
          if (dryRun) return undefined;
          log.push({ name, what: 'begins' });
          if (fails) log.push({ name, what: 'fails' });
          return fails ? { reason: 'invalid', message: 'no', status: 422 } : undefined;
        };
      });
      const lines = targets.map((target, index) => `  - {name: t${index}, context: t${index}, wave: ${target.wave}}`);
      const set = `namespace: shop\npaths: m\nparallel: ${parallel}\ntargets:\n${lines.join('\n')}\n`;
      const run = startTargets(await planned(set, { clusters, texts: { m: configMap('web') } }), nowhere, {
        stabilityMs: 0,
        retryMs: 0,
      });
      assert.ok(run.ok);
      const { targets: ends } = await run.value.done;
      const waveOf = (name: string) => targets[names.indexOf(name)]?.wave ?? 0;
      const failed = log.filter(({ what }) => what === 'fails').map(({ name }) => name);
      const begun = log.filter(({ what }) => what === 'begins').map(({ name }) => name);
      assert.deepEqual(begun.map(waveOf), begun.map(waveOf).toSorted());
      for (const name of failed)
        assert.deepEqual(
          begun.filter((other) => waveOf(other) > waveOf(name)),
          [],
        );
      if (parallel === 1) assert.ok(failed.length <= 1);
      for (const { entry, state } of ends) {
        const expected = !begun.includes(entry.name) ? 'notStarted' : failed.includes(entry.name) ? 'failed' : 'succeeded';
        assert.equal(state, expected, entry.name);
      }
      assert.equal(
        failed.length > 0,
        ends.some(({ state }) => state === 'notStarted' || state === 'failed'),
      );
    }),
    { numRuns: 40 },
  );
});
