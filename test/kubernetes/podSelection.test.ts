import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import type { KubeObject, ObjectRef } from '../../src/kubernetes/cluster.ts';
import { hasPods, podSelectorOf, podsOf } from '../../src/kubernetes/podSelection.ts';
import { FakeCluster } from '../support/fakeCluster.ts';

const kinds: readonly (readonly [what: string, object: string, selector: string | undefined])[] = [
  ['a Deployment', '{spec: {selector: {matchLabels: {app: web, tier: front}}}}', 'app=web,tier=front'],
  [
    'expressions',
    '{spec: {selector: {matchLabels: {app: web}, matchExpressions: [{key: tier, operator: In, values: [a, b]}, {key: old, operator: NotIn, values: [x]}, {key: here, operator: Exists}, {key: gone, operator: DoesNotExist}]}}}',
    'app=web,tier in (a,b),old notin (x),here,!gone',
  ],
  ['a Service', '{spec: {selector: {app: web}, ports: []}}', 'app=web'],
  ['a Service without a selector', '{spec: {type: ExternalName}}', undefined],
  ['something that scales and tells its selector in words', '{spec: {replicas: 2}, status: {selector: "app=web"}}', 'app=web'],
  ['a ConfigMap', '{data: {selector: x}}', undefined],
  ['a selector of another sort', '{spec: {selector: [a, b]}}', undefined],
];

describe('the labels by which an object finds its pods', () => {
  for (const [what, text, selector] of kinds) test(what, () => assert.equal(podSelectorOf(parse(text) as KubeObject), selector));
});

test('which kinds have logs: those with pods, and whatever scales', () => {
  const of = (group: string, kind: string, ...subresources: readonly string[]) => hasPods({ group, kind, subresources });
  assert.deepEqual(
    [of('', 'Pod'), of('batch', 'CronJob'), of('apps', 'StatefulSet', 'scale'), of('example.dev', 'Database', 'scale')],
    [true, true, true, true],
  );
  assert.deepEqual(
    [of('', 'ConfigMap'), of('example.dev', 'Service'), of('apiextensions.k8s.io', 'CustomResourceDefinition', 'scale')],
    [false, false, false],
  );
});

describe('the pods of an object', () => {
  const ref = (kind: string, name: string): ObjectRef => ({
    apiVersion: kind === 'Pod' ? 'v1' : 'batch/v1',
    kind,
    namespace: 'shop',
    name,
  });

  test('a pod is itself and is not asked for', async () => {
    const pods = await podsOf(new FakeCluster(), ref('Pod', 'web-1'));
    assert.deepEqual(pods.ok && pods.value?.selection, { namespace: 'shop', fieldSelector: 'metadata.name=web-1' });
  });

  test('an object that cannot be read is its failure', async () => {
    const pods = await podsOf(new FakeCluster(), ref('Job', 'none'));
    assert.equal(!pods.ok && pods.failure.reason, 'notFound');
  });

  test('those of a CronJob are those of its jobs, by uid, of jobs that come later too', async () => {
    const cluster = new FakeCluster();
    const owned = (name: string, uid: string): KubeObject => ({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name, namespace: 'shop', ownerReferences: [{ apiVersion: 'batch/v1', kind: 'CronJob', name: 'backup', uid }] },
    });
    const selects = (job: string): KubeObject => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `${job}-x`, namespace: 'shop', labels: { 'batch.kubernetes.io/job-name': job } },
    });
    // FakeCluster knows no CronJobs, and a get needs none: it is served as it was put.
    cluster.put({ apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'backup', namespace: 'shop', uid: 'uid-backup' } });
    cluster.put(owned('backup-1', 'uid-backup'));
    cluster.put(owned('backup-9', 'uid-of-another'));
    const pods = await podsOf(cluster, ref('CronJob', 'backup'));
    const fits = pods.ok ? pods.value?.fits : undefined;
    assert.ok(fits);
    assert.deepEqual(
      [await fits(selects('backup-1')), await fits(selects('backup-9')), await fits(selects('none'))],
      [true, false, false],
    );
    cluster.put(owned('backup-2', 'uid-backup'));
    assert.equal(await fits(selects('backup-2')), true);
  });
});
