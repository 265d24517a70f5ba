import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { parse } from 'yaml';
import { changesBetween, comparable, describeChanges } from '../../src/deploy/plan/diff.ts';
import { sanitize } from '../../src/deploy/plan/sanitize.ts';
import type { KubeObject } from '../../src/kubernetes/cluster.ts';

function difference(before: string, after: string): string {
  return describeChanges(changesBetween(comparable(parse(before) as KubeObject), comparable(parse(after) as KubeObject)));
}

test('the reason names what changes', () => {
  const before =
    '{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {replicas: 2, containers: [{name: log, image: l}, {name: web, image: a}]}}';
  const after =
    '{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {replicas: 3, containers: [{name: web, image: b}, {name: log, image: l}]}}';
  assert.equal(difference(before, after), 'replicas 2 → 3, image a → b');
});

test('what only the server writes is no difference', () => {
  const before =
    '{apiVersion: v1, kind: ConfigMap, metadata: {name: a, uid: u, resourceVersion: "5", generation: 2, managedFields: [{manager: x}], annotations: {kubectl.kubernetes.io/last-applied-configuration: "{}"}}, data: {a: b}, status: {x: 1}}';
  assert.equal(difference(before, '{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {a: b}}'), '');
});

test('many changes are counted, added and removed fields are marked', () => {
  const before = '{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {a: "1", gone: "2", c: "3", d: "4"}}';
  const after = '{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {a: "2", new: x, c: "4", d: "5"}}';
  assert.equal(difference(before, after), 'data.a 1 → 2, +data.new x, data.c 3 → 4 and 2 more');
});

test('the values of a Secret show neither in the difference nor on its sides', () => {
  const before = parse(
    '{apiVersion: v1, kind: Secret, metadata: {name: a}, data: {password: aHVudGVyMg==, same: eA==}}',
  ) as KubeObject;
  const after = parse(
    '{apiVersion: v1, kind: Secret, metadata: {name: a}, data: {password: c3dvcmRmaXNo, same: eA==}}',
  ) as KubeObject;
  const sides = JSON.stringify([comparable(before), comparable(after)]);
  assert.doesNotMatch(sides, /aHVudGVyMg|c3dvcmRmaXNo/);
  assert.equal(
    describeChanges(changesBetween(comparable(before), comparable(after))),
    'password changed'.replace('password', 'data.password'),
  );
});

test('nor do they show in the copies that other tools keep of a Secret in its annotations', () => {
  const copy = JSON.stringify({ kind: 'Secret', stringData: { password: 'hunter2hunter2' } });
  const packed = gzipSync(copy).toString('base64');
  const annotations = { 'kapp.k14s.io/original': copy, 'objectset.rio.cattle.io/applied': packed, team: 'data' };
  const secret: KubeObject = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a', annotations } };
  const shown = JSON.stringify(comparable(secret));
  assert.doesNotMatch(shown, /hunter2|H4sI/);
  assert.match(shown, /"team":"data"/);
  const configuration = { ...secret, kind: 'ConfigMap' };
  assert.deepEqual(comparable(configuration).metadata.annotations, annotations);
});

test('an object copied from a cluster loses what belongs to the server', () => {
  const copied = parse(`
apiVersion: v1
kind: ConfigMap
metadata:
  name: a
  uid: 1-2-3
  resourceVersion: "99"
  creationTimestamp: 2026-01-01T00:00:00Z
  managedFields: []
  ownerReferences: []
  annotations: {kubectl.kubernetes.io/last-applied-configuration: "{}", mine: kept}
data: {a: b}
status: {}
`) as KubeObject;
  const { object, stripped } = sanitize(copied);
  assert.deepEqual(object, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a', annotations: { mine: 'kept' } },
    data: { a: 'b' },
  });
  assert.deepEqual(
    stripped.map((path) => path.at(-1)),
    [
      'status',
      'managedFields',
      'resourceVersion',
      'uid',
      'creationTimestamp',
      'ownerReferences',
      'kubectl.kubernetes.io/last-applied-configuration',
    ],
  );
});
