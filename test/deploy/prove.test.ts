import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { failed, type Result, success } from '../../src/base/failure.ts';
import { Healing } from '../../src/deploy/proof/healing.ts';
import { describeProof, type Proof, prepareProof, printProof, provableOf, prove } from '../../src/deploy/proof/prove.ts';
import { serviceApi, serviceServedBy } from '../../src/deploy/proof/serviceApi.ts';
import { NOWHERE } from '../../src/deploy/removal/prune.ts';
import type { Step, Target } from '../../src/deploy/types.ts';
import type { KubeObject, ObjectRef } from '../../src/kubernetes/cluster.ts';
import { FakeCluster } from '../support/fakeCluster.ts';
import { fakeTarget as target } from '../support/fakeTarget.ts';

const web: ObjectRef = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' };
const owned = (kind: string, name: string, uid: string) => ({
  ownerReferences: [{ apiVersion: 'apps/v1', kind, name, uid, controller: true }],
});

const pod = (name: string, ready: boolean, uid = `uid-${name}`): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'shop', uid, labels: { app: 'web' }, ...owned('ReplicaSet', 'web-7d9', 'rs') },
  spec: { volumes: [{ name: 'scratch', emptyDir: {} }], containers: [{ name: 'web', image: 'web:1' }] },
  status: { phase: ready ? 'Running' : 'Pending', conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
});

function clusterWith(replicas: number, ...pods: KubeObject[]): FakeCluster {
  const cluster = new FakeCluster();
  cluster.put({
    ...web,
    metadata: { name: 'web', namespace: 'shop', uid: 'dep' },
    spec: { replicas, selector: { matchLabels: { app: 'web' } } },
  });
  cluster.put({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'web-7d9', namespace: 'shop', uid: 'rs', ...owned('Deployment', 'web', 'dep') },
  });
  for (const one of pods) cluster.put(one);
  return cluster;
}

async function proofOf(cluster: FakeCluster, of: Target = target, ref = web): Promise<Proof | string> {
  const made = await prepareProof(cluster, of, ref);
  return made.ok ? made.value : made.failure.message;
}

async function proof(cluster: FakeCluster): Promise<Proof> {
  const made = await proofOf(cluster);
  assert.ok(typeof made !== 'string', String(made));
  return made;
}

test('what a plan took away, or left to another, is not offered', () => {
  const stepsOf = (...actions: readonly Step['action'][]) => ({
    steps: actions.map((action) => ({
      key: action,
      ref: web,
      action,
      reason: '',
      source: NOWHERE,
      object: { ...web, metadata: { name: 'web' } },
      warnings: [],
      after: [],
    })),
  });
  assert.equal(provableOf(stepsOf('prune', 'skip')).length, 0);
  assert.deepEqual(provableOf(stepsOf('create', 'prune', 'unchanged')), [web, web]);
});

describe('before', () => {
  test('the first ready pod of the workload goes, and what that costs is said', async () => {
    const stranger = {
      ...pod('a-stranger', true),
      metadata: { ...pod('a-stranger', true).metadata, ...owned('ReplicaSet', 'other', 'x') },
    };
    assert.equal(
      describeProof(await proof(clusterWith(2, pod('web-b', true), pod('web-a', true), stranger))),
      'Pod web-a, one of 2 of Deployment web, is deleted on sandbox-admin/shop. What the pod keeps in an emptyDir is lost with it.',
    );
    assert.match(
      describeProof(await proof(clusterWith(1, pod('web-a', true)))),
      /It has one pod: until the next is ready, nobody answers\./,
    );
  });

  const cases: readonly (readonly [string, () => Promise<Proof | string>, RegExp])[] = [
    [
      'a protected context',
      () => proofOf(clusterWith(1, pod('a', true)), { ...target, protection: 'protected' }),
      /^Context sandbox-admin is protected .* Nothing was deleted\.$/,
    ],
    [
      'a read-only context',
      () => proofOf(clusterWith(1, pod('a', true)), { ...target, protection: 'readOnly' }),
      /^Context sandbox-admin is read-only .* Nothing was deleted\.$/,
    ],
    [
      'what is not whole',
      () => proofOf(clusterWith(2, pod('a', true), pod('b', false))),
      /^Deployment web on sandbox-admin is not whole: 1 of 2 ready\./,
    ],
    ['what wants no pods', () => proofOf(clusterWith(0)), /wants no pods/],
    [
      'what makes no pod anew',
      () => proofOf(clusterWith(1), target, { apiVersion: 'batch/v1', kind: 'Job', namespace: 'shop', name: 'render' }),
      /^Job render does not make its pods anew/,
    ],
  ];
  for (const [title, run, says] of cases)
    test(`${title} is refused`, async () => {
      const said = await run();
      assert.match(typeof said === 'string' ? said : 'not refused', says);
    });
});

test('a pod is deleted, another takes its place, the workload is whole', async () => {
  const cluster = clusterWith(2, pod('web-a', true), pod('web-b', true));
  const made = await proof(cluster);
  const remove = cluster.delete.bind(cluster);
  cluster.delete = async (ref) => {
    setTimeout(() => cluster.put(pod('web-c', false)), 10);
    setTimeout(() => cluster.put(pod('web-c', true)), 30);
    return remove(ref);
  };
  const done = await prove(made, { cluster, signal: new AbortController().signal });
  assert.ok(done.ok);
  assert.equal(done.value.outcome, 'healed');
  assert.equal(
    printProof(made, done.value).replaceAll(/\d+\.\d s/g, 'T s'),
    `Prove It on sandbox-admin/shop: Deployment web, 2 of 2 ready
   T s  Pod web-a is deleted
   T s  Pod web-a is gone
   T s  Pod web-c takes its place
   T s  Pod web-c is ready
   T s  Deployment web is whole: 2 of 2 ready
Deployment web on sandbox-admin was whole again T s after Pod web-a was deleted.
`,
  );
});

test('what does not heal is told with the reason; cancelled, the pod stays deleted; refused, nothing went', async () => {
  const cluster = clusterWith(1, pod('web-a', true));
  const made = await proof(cluster);
  const crashing = {
    ...pod('web-b', false),
    status: {
      phase: 'Pending',
      containerStatuses: [{ name: 'web', state: { waiting: { reason: 'ErrImagePull', message: 'not found' } } }],
    },
  };
  const remove = cluster.delete.bind(cluster);
  cluster.delete = async (ref) => {
    setTimeout(() => cluster.put(crashing), 5);
    return remove(ref);
  };
  const done = await prove(made, { cluster, signal: new AbortController().signal, timeoutMs: 60 });
  assert.ok(done.ok);
  assert.match(
    done.value.sentence,
    /^Deployment web on sandbox-admin is not whole 0\.1 s after Pod web-a was deleted: 0 of 1 ready, Pod web-b: .*web:1.* not found.*\. Look at its events\.$/,
  );

  const again = clusterWith(1, pod('web-a', true));
  const other = await proof(again);
  again.delete = async () => failed('conflict', 'Pod web-a is another one by now.');
  const refused = await prove(other, { cluster: again, signal: new AbortController().signal });
  assert.equal(refused.ok ? '' : refused.failure.message, 'Pod web-a is another one by now.');

  const third = clusterWith(1, pod('web-a', true));
  const stop = new AbortController();
  const plan = await proof(third);
  setTimeout(() => stop.abort(), 30);
  const cancelled = await prove(plan, { cluster: third, signal: stop.signal });
  assert.equal(
    cancelled.ok ? cancelled.value.sentence : '',
    'Cancelled: Pod web-a is deleted, and nobody watches Deployment web on sandbox-admin any more.',
  );
});

test('an API that falls silent and answers again is timed beside the pods', async () => {
  const made = await proof(clusterWith(1, pod('web-a', true)));
  let now = 1_000;
  const healing = new Healing(
    made,
    () => undefined,
    'compute of demo',
    () => now,
  );
  const at = (ms: number, happen: () => void) => {
    now = 1_000 + ms;
    happen();
  };
  const no = failed('unavailable', 'compute of demo answered 503.');
  healing.take({ gone: false, pod: pod('web-a', true) });
  at(0, () => healing.begin());
  at(100, () => healing.answered(success(200)));
  at(200, () => healing.take({ gone: true, pod: pod('web-a', true) }));
  at(300, () => healing.answered(no));
  at(400, () => healing.answered(no));
  at(700, () => healing.take({ gone: false, pod: pod('web-b', false) }));
  at(2_500, () => healing.take({ gone: false, pod: pod('web-b', true) }));
  at(3_200, () => healing.answered(success(200)));
  await healing.done;
  const summary = healing.summarize(false, 180_000);
  assert.equal(
    printProof(made, summary),
    `Prove It on sandbox-admin/shop: Deployment web, 1 of 1 ready
   0.0 s  Pod web-a is deleted
   0.2 s  Pod web-a is gone
   0.3 s  The API compute of demo does not answer: compute of demo answered 503
   0.7 s  Pod web-b takes its place
   2.5 s  Pod web-b is ready
   2.5 s  Deployment web is whole: 1 of 1 ready
   3.2 s  The API compute of demo answers again
Deployment web on sandbox-admin was whole again 2.5 s after Pod web-a was deleted. The API compute of demo answered again after 3.2 s.
`,
  );
  assert.deepEqual([summary.wholeAfterMs, summary.answersAfterMs], [2_500, 3_200]);
});

test('a workload of OpenStack is known by its labels, and its API by what it says', async () => {
  const labelled = (labels: object) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'x' },
    spec: { template: { metadata: { labels } } },
  });
  assert.equal(serviceServedBy(labelled({ application: 'nova', component: 'os-api' })), 'compute');
  assert.equal(serviceServedBy(labelled({ application: 'nova', component: 'scheduler' })), undefined);
  assert.equal(serviceServedBy(labelled({})), undefined);
  const answers = async (answer: Result<unknown>) =>
    (await serviceApi({ cloud: 'demo', transfer: async () => answer } as never, 'compute').ask(new AbortController().signal)).ok;
  assert.equal(await answers(success({})), true);
  assert.equal(await answers(failed('notFound', 'no such path', { status: 404 })), true);
  assert.equal(await answers(failed('unavailable', 'bad gateway', { status: 502 })), false);
  assert.equal(await answers(failed('offline', 'connection refused')), false);
});
