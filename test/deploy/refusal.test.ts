import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import type { Failure } from '../../src/base/failure.ts';
import { conflictsOf, isTransient, readRefusal } from '../../src/deploy/plan/refusal.ts';
import type { KubeObject } from '../../src/kubernetes/cluster.ts';

const object = parse(`
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, annotations: {a.example/b: c}}
spec: {replicas: x, template: {spec: {containers: [{name: log}, {name: web, imag: y}]}}}
`) as KubeObject;

/** A failure as the client makes it of a Status, which stands in `detail` as the real API server wrote it. */
function status(reason: Failure['reason'], code: number, message: string, causes: readonly object[] = []): Failure {
  return { reason, status: code, message: 'a sentence', detail: { kind: 'Status', message, details: { causes } } };
}

test('fields that no schema has are named with their place', () => {
  const failure = status(
    'unavailable',
    500,
    'failed to create typed patch object (/d; apps/v1, Kind=Deployment): errors:\n  .spec.replicas: expected numeric (int or float), got string\n  .spec.template.spec.containers[name="web"].imag: field not declared in schema',
  );
  assert.deepEqual(readRefusal(failure, object), {
    action: 'invalid',
    reason:
      'spec.replicas: expected numeric (int or float), got string; spec.template.spec.containers[name="web"].imag: no such field',
    paths: [
      ['spec', 'replicas'],
      ['spec', 'template', 'spec', 'containers', 1, 'imag'],
    ],
  });
  assert.equal(isTransient(failure), false);
});

test('validation causes lead to their fields, whole structs are left out', () => {
  const failure = status('invalid', 422, 'Deployment.apps "web" is invalid: …', [
    { reason: 'FieldValueRequired', message: 'Required value', field: 'spec.template.spec.containers[1].image' },
    {
      reason: 'FieldValueInvalid',
      message: 'Invalid value: {"a":"c"}: `selector` does not match template `labels`',
      field: 'spec.template.metadata.labels',
    },
  ]);
  const refusal = readRefusal(failure, object);
  assert.equal(
    refusal?.reason,
    'spec.template.spec.containers[1].image: is required; spec.template.metadata.labels: `selector` does not match template `labels`',
  );
  assert.deepEqual(refusal?.paths, [
    ['spec', 'template', 'spec', 'containers', 1],
    ['spec', 'template'],
  ]);
});

test('what stands where something else belongs is named by its type, never quoted: it may be of a Secret', () => {
  const said = (value: string) =>
    readRefusal(
      status(
        'unavailable',
        500,
        `failed to create typed patch object (shop/s; /v1, Kind=Secret): .stringData.x: expected string, got &value.valueUnstructured{Value:${value}}`,
      ),
      object,
    )?.reason;
  assert.deepEqual(
    ['[]interface {}{"hunter2"}', 'map[string]interface {}{"a":"hunter2"}', '4711', 'true', '"hunter2"'].map(said),
    ['list', 'map', 'number', 'boolean', 'string'].map((type) => `stringData.x: expected string, got ${type}`),
  );
});

test('an immutable field means that the object must be made anew', () => {
  const failure = status('invalid', 422, 'Job.batch "j" is invalid', [
    { message: 'Invalid value: {"labels":{"a":"b"}}: field is immutable', field: 'spec.template' },
  ]);
  const refusal = readRefusal(failure, object);
  assert.equal(refusal?.action, 'recreate');
  assert.equal(refusal?.reason, 'spec.template: field is immutable');
  const kept = status('invalid', 422, 'Secret "s" is invalid', [
    { message: 'Forbidden: field is immutable when `immutable` is set', field: 'data' },
  ]);
  const said = (message: string, field: string) =>
    [readRefusal(status('invalid', 422, 'x "x" is invalid', [{ message, field }]), object)].map((one) => [
      one?.action,
      one?.reason,
    ]);
  assert.deepEqual(said('Invalid value: ["10.96.0.77"]: may not change once set', 'spec.clusterIPs[0]'), [
    ['recreate', 'spec.clusterIPs[0]: may not change once set'],
  ]);
  assert.deepEqual(said('Forbidden: spec is immutable after creation\n@@ -1,6 +1,6 @@\n {\n', 'spec'), [
    ['recreate', 'spec: spec is immutable after creation'],
  ]);
  const secret = readRefusal(kept, object);
  assert.deepEqual([secret?.action, secret?.reason], ['recreate', 'data: field is immutable when `immutable` is set']);
});

test('missing rights and a full quota are both 403 and not the same', () => {
  const rights = status(
    'forbidden',
    403,
    'configmaps "q" is forbidden: User "alice" cannot patch resource "configmaps" in API group "" in the namespace "x"',
  );
  const quota = status(
    'forbidden',
    403,
    'pods "p" is forbidden: exceeded quota: tight, requested: cpu=2, used: cpu=0, limited: cpu=1',
  );
  assert.equal(readRefusal(rights, object)?.action, 'forbidden');
  assert.deepEqual(
    [readRefusal(quota, object)?.action, readRefusal(quota, object)?.reason],
    ['invalid', 'refused: exceeded quota: tight, requested: cpu=2, used: cpu=0, limited: cpu=1'],
  );
});

test('a conflict becomes a table: field, owner, both values, since when', () => {
  const failure = status('conflict', 409, 'Apply failed with 1 conflict', [
    { reason: 'FieldManagerConflict', message: 'conflict with "kim" using v1', field: '.metadata.annotations.a.example/b' },
  ]);
  const live = {
    ...object,
    metadata: {
      name: 'web',
      annotations: { 'a.example/b': 'd' },
      managedFields: [{ manager: 'kim', time: '2026-11-21T11:58:00Z' }],
    },
  };
  assert.deepEqual(conflictsOf(failure, object, live), [
    { field: 'metadata.annotations.a.example/b', manager: 'kim', ours: 'c', live: 'd', since: '2026-11-21T11:58:00Z' },
  ]);
  assert.equal(isTransient(failure), false);
});

test('a count that is handed over is ours, and no conflict beside those of others', () => {
  const deployment = { ...object, apiVersion: 'apps/v1', kind: 'Deployment', spec: { replicas: 3, paused: true } };
  const failure = status('conflict', 409, 'Apply failed with 2 conflicts', [
    { reason: 'FieldManagerConflict', message: 'conflict with "hybrid-clusters-scale" using apps/v1', field: '.spec.replicas' },
    { reason: 'FieldManagerConflict', message: 'conflict with "kim" using apps/v1', field: '.spec.paused' },
  ]);
  const refusal = readRefusal(failure, deployment);
  assert.deepEqual([refusal?.reason, refusal?.paths], ['spec.paused belongs to kim', [['spec', 'paused']]]);
  assert.deepEqual(
    conflictsOf(failure, deployment, undefined).map(({ field, manager }) => `${field} ${manager}`),
    ['spec.paused kim'],
  );
});

test('what passes by itself is tried again, what does not is not', () => {
  const cases: readonly (readonly [Failure, boolean])[] = [
    [{ reason: 'offline', message: 'gone' }, true],
    [{ reason: 'throttled', message: 'slow down' }, true],
    [status('unavailable', 500, 'Internal error occurred: failed calling webhook "x": connection refused'), true],
    [status('conflict', 409, 'the object has been modified'), true],
    [status('forbidden', 403, 'cannot patch resource'), false],
    [status('invalid', 422, 'is invalid'), false],
    [{ reason: 'signedOut', message: 'no' }, false],
  ];
  for (const [failure, expected] of cases) assert.equal(isTransient(failure), expected, failure.message);
});

test('the table of a conflict does not show the values of a Secret', () => {
  const failure = status('conflict', 409, 'Apply failed with 1 conflict', [
    { message: 'conflict with "kim"', field: '.data.password' },
  ]);
  const secret = (password: string) => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, data: { password } });
  const [conflict] = conflictsOf(failure, secret('aHVudGVyMg=='), secret('c3dvcmRmaXNo'));
  assert.match(String(conflict?.ours), /^sha256:/);
  assert.match(String(conflict?.live), /^sha256:/);
  assert.notEqual(conflict?.ours, conflict?.live);
});
