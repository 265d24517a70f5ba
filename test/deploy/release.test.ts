import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failed } from '../../src/base/failure.ts';
import { emptyInventory, parentObject } from '../../src/deploy/removal/inventory.ts';
import { planRelease, printRelease, release, releasePatch } from '../../src/deploy/removal/release.ts';
import type { Plan } from '../../src/deploy/types.ts';
import type { KubeObject } from '../../src/kubernetes/cluster.ts';
import { DeletingCluster } from '../support/deletingCluster.ts';
import { FakeCluster } from '../support/fakeCluster.ts';
import { fakeTarget as target } from '../support/fakeTarget.ts';

const ours = (fieldsV1: object) => ({
  manager: 'hybrid-clusters',
  operation: 'Apply',
  apiVersion: 'v1',
  fieldsType: 'FieldsV1',
  fieldsV1,
});
const theirs = (manager: string, fieldsV1: object) => ({ ...ours(fieldsV1), manager });
const data = (...keys: string[]) => ({ 'f:data': Object.fromEntries(keys.map((key) => [`f:${key}`, {}])) });
const partOf = { 'f:metadata': { 'f:labels': { 'f:applyset.kubernetes.io/part-of': {} } } };

const configMap = (name: string, managedFields: readonly object[], labels: Record<string, string> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'shop', labels, managedFields },
  data: { a: '1', b: '2', c: '3' },
});

const live = {
  both: configMap('both', [ours(data('a', 'b')), theirs('kustomize-controller', data('a', 'b', 'c'))]),
  marked: configMap('marked', [ours({ ...data('a', 'b', 'c'), ...partOf }), theirs('kustomize-controller', data('a'))], {
    'applyset.kubernetes.io/part-of': 'applyset-x-v1',
    app: 'shop',
  }),
  alone: configMap('alone', [ours(data('a'))]),
  foreign: configMap('foreign', [theirs('kubectl', data('a'))]),
};

const steps = (...names: string[]) =>
  names.map((name) => ({ ref: { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name } })) as unknown as Plan['steps'];

function clusterOf(...objects: KubeObject[]): FakeCluster {
  const cluster = new FakeCluster();
  for (const object of objects) cluster.put(object);
  return cluster;
}

test('the plan says of each object what letting go of it means', async () => {
  const cluster = clusterOf(...Object.values(live));
  const get = cluster.get.bind(cluster);
  cluster.get = async (ref) => (ref.name === 'hidden' ? failed('forbidden', 'alice may not read ConfigMap hidden.') : get(ref));
  const plan = await planRelease({ target, steps: steps('both', 'marked', 'alone', 'foreign', 'gone', 'hidden') }, cluster);
  assert.equal(
    printRelease(plan),
    `Release on sandbox-admin/shop: 3 release · 1 nothing · 1 missing · 1 unreadable
  release v1/ConfigMap shop/both
    2 fields
    kustomize-controller has applied it
  release v1/ConfigMap shop/marked
    4 fields
    kustomize-controller has applied it
    nobody's then: 2 fields, as they stand
    label applyset.kubernetes.io/part-of goes
  release v1/ConfigMap shop/alone
    1 field
    no engine has applied it yet
    nobody's then: 1 field, as they stand
  nothing v1/ConfigMap shop/foreign
    no field of it is ours
  missing v1/ConfigMap shop/gone
    it is not there
  unreadable v1/ConfigMap shop/hidden
    alice may not read ConfigMap hidden.
`,
  );
  assert.deepEqual(cluster.requests, []);
});

test('the patch names the other managers and nothing else, guarded by the version it was made for', () => {
  const [, flux] = live.both.metadata['managedFields'] as object[];
  const at = (object: KubeObject): KubeObject => ({ ...object, metadata: { ...object.metadata, resourceVersion: '7' } });
  assert.deepEqual(releasePatch(at(live.both)), { metadata: { resourceVersion: '7', managedFields: [flux] } });
  assert.deepEqual(releasePatch(at(live.alone)), { metadata: { resourceVersion: '7', managedFields: [{}] } });
  assert.equal(releasePatch(at(live.foreign)), undefined);
  assert.deepEqual((releasePatch(at(live.marked)) as { metadata: { labels: unknown } }).metadata.labels, {
    'applyset.kubernetes.io/part-of': null,
  });
});

test('a label that somebody else set, too, is theirs to keep', () => {
  const shared = configMap('shared', [ours(partOf), theirs('argocd-controller', partOf)], {
    'applyset.kubernetes.io/part-of': 'x',
  });
  assert.equal('labels' in (releasePatch(shared) as { metadata: object }).metadata, false);
});

test('what meets with a controller is tried again; what fails is told, and the others are released', async () => {
  const cluster = clusterOf(live.both, live.alone, live.marked);
  const send = cluster.patch.bind(cluster);
  let conflicts = 0;
  cluster.patch = async (ref, patch, options) => {
    if (ref.name === 'both' && conflicts++ === 0) return failed('conflict', 'the object has been modified');
    if (ref.name === 'alone') return failed('forbidden', 'alice may not patch ConfigMap alone.');
    return send(ref, patch, options);
  };
  const plan = await planRelease({ target, steps: steps('both', 'alone', 'marked') }, cluster);
  const done = await release(plan, cluster);
  assert.ok(done.ok);
  assert.equal(
    done.value.sentence,
    '2 of 3 objects on sandbox-admin/shop are released. ConfigMap alone is not: alice may not patch ConfigMap alone. Release once more to go on.',
  );
  assert.deepEqual(cluster.requests.map((request) => request.split(' {')[0]).sort(), [
    'patch v1/ConfigMap shop/both',
    'patch v1/ConfigMap shop/marked',
  ]);
});

test('a read-only target, or another cluster than planned for, is not touched', async () => {
  const cluster = clusterOf(live.both);
  const plan = await planRelease({ target: { ...target, protection: 'readOnly' }, steps: steps('both') }, cluster);
  const refused = await release(plan, cluster);
  assert.equal(refused.ok ? '' : refused.failure.reason, 'forbidden');
  const other = await release({ ...plan, target: { ...target, clusterUid: 'another' } }, cluster);
  assert.equal(other.ok ? '' : other.failure.reason, 'conflict');
  assert.deepEqual(cluster.requests, []);
});

/** A set of ours that holds the objects of these names. */
function setOf(names: readonly string[], partial = false): Pick<Plan, 'set'> {
  const members = names.map((name) => ({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name }));
  return { set: { before: { ...emptyInventory('shop', 'shop'), members }, members, forgotten: [], partial, prune: 'off' } };
}

const inventories: readonly (readonly [what: string, set: Pick<Plan, 'set'>, goes: boolean])[] = [
  ['all of the set is released', setOf(['both']), true],
  ['the set holds what is not released', setOf(['both', 'other']), false],
  ['only a part of the set was chosen', setOf(['both'], true), false],
  ['nobody keeps a set', {}, false],
];
for (const [what, set, goes] of inventories)
  test(`${what}: its inventory ${goes ? 'goes' : 'stays'}`, async () => {
    const cluster = new DeletingCluster();
    cluster.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system', uid: target.clusterUid ?? '' } });
    cluster.put(live.both);
    if (set.set) cluster.put(parentObject(set.set.before));
    const plan = await planRelease({ target, steps: steps('both'), ...set }, cluster);
    assert.equal(/delete ConfigMap/.test(printRelease(plan)), goes);
    const done = await release(plan, cluster);
    assert.ok(done.ok, done.ok ? '' : done.failure.message);
    assert.equal(
      cluster.requests.some((request) => request.startsWith('delete ')),
      goes,
    );
  });
