import assert from 'node:assert/strict';
import { test } from 'node:test';
import { orderOfOthers } from '../../src/deploy/plan/orderOfOthers.ts';
import { makePlan } from '../../src/deploy/plan/plan.ts';
import { printPlan } from '../../src/deploy/plan/planText.ts';
import { inRanks } from '../../src/deploy/plan/ranks.ts';
import { recordOf } from '../../src/deploy/record/runRecord.ts';
import { startRun } from '../../src/deploy/run/run.ts';
import type { Plan } from '../../src/deploy/types.ts';
import type { KubeObject } from '../../src/kubernetes/cluster.ts';
import { FakeCluster } from '../support/fakeCluster.ts';
import { fakeTarget } from '../support/fakeTarget.ts';
import { writtenFrom } from '../support/written.ts';

async function planOf(yaml: string, cluster = new FakeCluster()): Promise<Plan> {
  const made = await makePlan({ target: fakeTarget, written: writtenFrom(yaml), findings: [] }, cluster);
  assert.ok(made.ok);
  return made.value;
}

/** The steps in their order, each with whom it waits for and why, then what is said of the order. */
async function order(yaml: string, cluster?: FakeCluster): Promise<string> {
  return textOf(await planOf(yaml, cluster));
}

function textOf(plan: Plan): string {
  const lines = plan.steps.flatMap(({ ref, after }) => [
    `${ref.kind} ${ref.name}`,
    ...after.map(({ key, until, why }) => `  ← ${key.replace(/^\S+\/(\S+) shop\//, '$1 ')} ${until}${why ? `: ${why}` : ''}`),
  ]);
  return [...lines, ...plan.findings.map(({ message }) => message), ...plan.blockers.map(({ message }) => message)].join('\n');
}

/** A ConfigMap with annotations, which nothing else refers to. */
const settings = (name: string, annotations: string) =>
  `{apiVersion: v1, kind: ConfigMap, metadata: {name: ${name}, annotations: {${annotations}}}}`;
const job = (name: string, annotations: string) =>
  `{apiVersion: batch/v1, kind: Job, metadata: {name: ${name}, annotations: {${annotations}}}, spec: {template: {spec: {containers: []}}}}`;
const files = (...documents: readonly string[]) => documents.join('\n---\n');

test('the phases and waves of Argo CD: each waits until the one before works, zero is said by saying nothing', async () => {
  assert.equal(
    await order(
      files(
        settings('last', 'argocd.argoproj.io/hook: PostSync'),
        settings('second', 'argocd.argoproj.io/sync-wave: "2"'),
        settings('plain', ''),
        settings('early', 'argocd.argoproj.io/sync-wave: "-1"'),
        job('migrate', 'argocd.argoproj.io/hook: "PreSync, Sync"'),
      ),
    ),
    `Job migrate
ConfigMap early
  ← Job migrate ready: PreSync before sync wave -1
ConfigMap plain
  ← ConfigMap early ready: sync wave -1 before sync wave 0
ConfigMap second
  ← ConfigMap plain ready: sync wave 0 before sync wave 2
ConfigMap last
  ← ConfigMap second ready: sync wave 2 before PostSync`,
  );
});

test('hooks of Helm: before, the chart, behind it by weight; what comes behind waits until the chart is sent, not until it works', async () => {
  assert.equal(
    await order(
      files(
        job('check', 'helm.sh/hook: "post-install,post-upgrade", helm.sh/hook-weight: "5"'),
        job('seed', 'helm.sh/hook: post-install'),
        settings('web', ''),
        job('migrate', 'helm.sh/hook: "pre-install,pre-upgrade"'),
        settings('urls', 'helm.sh/hook: pre-install, helm.sh/hook-weight: "-5"'),
      ),
    ),
    `ConfigMap urls
Job migrate
  ← ConfigMap urls ready: pre hooks of weight -5 before pre hooks
ConfigMap web
  ← Job migrate ready: pre hooks before the rest
Job seed
  ← ConfigMap web present: the rest before post hooks
Job check
  ← Job seed ready: post hooks before post hooks of weight 5`,
  );
});

test('a hook of both occasions stands where the one at hand says', () => {
  const text = files(settings('web', ''), job('schema', 'helm.sh/hook: "post-install,pre-upgrade"'));
  const prepared = writtenFrom(text).map((written) => ({ key: written.object.metadata.name, object: written.object, written }));
  const names = (isUpgrade: boolean) =>
    [
      ...inRanks(
        new Map([
          ['web', []],
          ['schema', []],
        ]),
        orderOfOthers(prepared, isUpgrade).rankings,
      ).order.keys(),
    ].join(' ');
  assert.equal(names(false), 'web schema');
  assert.equal(names(true), 'schema web');
});

test('hooks that are for other occasions are left out, and said', async () => {
  assert.equal(
    await order(
      files(
        settings('web', ''),
        job('probe', 'helm.sh/hook: test'),
        job('clean', 'helm.sh/hook: "pre-delete, post-delete"'),
        job('alarm', 'argocd.argoproj.io/hook: SyncFail'),
        job('never', 'argocd.argoproj.io/hook: Skip'),
      ),
    ),
    `ConfigMap web
Job probe is left out, since it is a hook for another occasion (test).
Job clean is left out, since it is a hook for another occasion (pre-delete, post-delete).
Job alarm is left out, since it is a hook for another occasion (SyncFail).
Job never is left out, since it is a hook for another occasion (Skip).`,
  );
});

test('rules of kapp: before and after a group, one that nobody is in counts for nothing', async () => {
  assert.equal(
    await order(
      files(
        settings(
          'web',
          'kapp.k14s.io/change-rule: upsert after upserting db/migrations, kapp.k14s.io/change-rule.x: delete before deleting db/migrations',
        ),
        job('migrate', 'kapp.k14s.io/change-group.db: db/migrations, kapp.k14s.io/change-rule.a: upsert after upserting nobody'),
        settings('import', 'kapp.k14s.io/change-rule.first: upsert before upserting db/migrations'),
      ),
    ),
    `ConfigMap import
Job migrate
  ← ConfigMap import ready: kapp.k14s.io/change-rule: upsert before upserting db/migrations
ConfigMap web
  ← Job migrate ready: kapp.k14s.io/change-rule: upsert after upserting db/migrations`,
  );
});

test('weights and dependencies of werf: who has dependencies goes by those and not by a weight', async () => {
  assert.equal(
    await order(
      files(
        settings('late', 'werf.io/weight: "10"'),
        settings('free', 'werf.io/weight: "20", werf.io/deploy-dependency-db: "state=present,kind=ConfigMap,name=db"'),
        settings('alien', 'werf.io/deploy-dependency-x: "state=ready,kind=Secret,name=db"'),
        settings('db', ''),
      ),
    ),
    `ConfigMap db
ConfigMap late
  ← ConfigMap db ready: the rest before weight 10
ConfigMap free
  ← ConfigMap db present: werf.io/deploy-dependency-db
ConfigMap alien`,
  );
});

test('what Flux waits for itself is only sent first', async () => {
  const cluster = new FakeCluster();
  const kustomization = (name: string, more: string): KubeObject => ({
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name, namespace: 'shop' },
    spec: more === '' ? {} : { dependsOn: [{ name: more }] },
  });
  const objects = [kustomization('apps', 'infra'), kustomization('infra', '')];
  for (const object of objects) cluster.serve(object);
  assert.equal(
    await order(files(...objects.map((object) => JSON.stringify(object))), cluster),
    `Kustomization infra
Kustomization apps
  ← Kustomization infra present: dependsOn of Flux`,
  );
});

test('a wave gives way to a reference, through others too, and it is said', async () => {
  assert.equal(
    await order(
      files(
        `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, annotations: {argocd.argoproj.io/sync-wave: "-1"}}
spec: {template: {spec: {serviceAccountName: web, containers: []}}}`,
        `apiVersion: v1
kind: ServiceAccount
metadata: {name: web, annotations: {config.kubernetes.io/depends-on: /namespaces/shop/ConfigMap/late}}`,
        settings('late', 'argocd.argoproj.io/sync-wave: "3"'),
        settings('between', ''),
      ),
    ),
    `ConfigMap late
ServiceAccount web
  ← ConfigMap late ready: config.kubernetes.io/depends-on
Deployment web
  ← ServiceAccount web present
ConfigMap between
  ← Deployment web ready: sync wave -1 before sync wave 0
  ← ServiceAccount web ready: sync wave -1 before sync wave 0
  ← ConfigMap late ready: sync wave -1 before sync wave 0
ConfigMap late goes out with sync wave -1 rather than with sync wave 3, as it is annotated: ServiceAccount web needs it then.`,
  );
});

test('rules that contradict each other are a circle, which is drawn', async () => {
  assert.match(
    await order(
      files(
        settings('a', 'kapp.k14s.io/change-group: a, kapp.k14s.io/change-rule: upsert after upserting b'),
        settings('b', 'kapp.k14s.io/change-group: b, kapp.k14s.io/change-rule: upsert after upserting a'),
      ),
    ),
    /These objects wait for each other: v1\/ConfigMap shop\/a → v1\/ConfigMap shop\/b → v1\/ConfigMap shop\/a\./,
  );
});

test('a plan says who waits by an annotation, and for whom', async () => {
  const waves = [...'abcde'].map((name) => settings(name, ''));
  const text = printPlan(await planOf(files(...waves, settings('z', 'argocd.argoproj.io/sync-wave: "1"'))));
  assert.match(
    text,
    /\n {2}create v1\/ConfigMap shop\/z\n {4}after ConfigMap a, ConfigMap b, ConfigMap c and 2 more: sync wave 0 before sync wave 1\n/,
  );
});

const finished = (object: KubeObject): KubeObject => ({
  ...object,
  status: { conditions: [{ type: 'Complete', status: 'True' }] },
});

test('a wave that is unchanged holds nobody up, and does not let anybody past the one before', async () => {
  const cluster = new FakeCluster();
  const text = files(
    job('first', 'argocd.argoproj.io/sync-wave: "-1"'),
    settings('same', ''),
    settings('last', 'argocd.argoproj.io/sync-wave: "1"'),
  );
  const before = await planOf(text, cluster);
  const same = before.steps.find(({ ref }) => ref.name === 'same');
  assert.ok(same);
  await cluster.apply(same.object);
  cluster.requests.length = 0;
  const plan = await planOf(text, cluster);
  const deploy = startRun(plan, { cluster, written: [] }, { stabilityMs: 0 });
  await new Promise((resolve) => setTimeout(resolve, 50));
  const sent = () => cluster.requests.filter((request) => request.startsWith('apply') && !request.includes('dry'));
  assert.deepEqual(sent(), ['apply batch/v1/Job shop/first']);
  cluster.put(finished({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'first', namespace: 'shop' } }));
  await deploy.done;
  assert.deepEqual(sent(), ['apply batch/v1/Job shop/first', 'apply v1/ConfigMap shop/last']);
});

test('a thousand objects in ten waves are ordered within a moment', async () => {
  const all = Array.from({ length: 1_000 }, (_, index) => settings(`c${index}`, `argocd.argoproj.io/sync-wave: "${index % 10}"`));
  const plan = await planOf(files(...all));
  const waits = plan.steps.map(({ after }) => after.length);
  assert.deepEqual([...new Set(waits)], [0, 100]);
  assert.ok(plan.took < 5_000, `took ${plan.took} ms`);
});

test('waves of hundreds go out without delay, and a record of them stays small', async () => {
  const cluster = new FakeCluster();
  const half = (wave: number) =>
    Array.from({ length: 300 }, (_, index) => settings(`w${wave}-${index}`, `argocd.argoproj.io/sync-wave: "${wave}"`));
  const plan = await planOf(files(...half(0), ...half(1)), cluster);
  cluster.requests.length = 0;
  const deploy = startRun(plan, { cluster, written: [] }, { stabilityMs: 0 });
  await deploy.done;
  assert.ok(cluster.requests.slice(0, 300).every((request) => request.includes('shop/w0-')));
  assert.equal(cluster.requests.length, 600);
  const about = { run: '1', set: 'shop', name: 'shop', places: [], holder: { host: 'desk', pid: 7 } };
  const { steps } = recordOf(deploy, about);
  assert.deepEqual([...new Set(steps.map(({ after }) => after.length))], [0, 1]);
});
