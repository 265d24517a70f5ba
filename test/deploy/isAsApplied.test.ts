import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { isAsApplied } from '../../src/deploy/plan/isAsApplied.ts';
import type { KubeObject } from '../../src/kubernetes/cluster.ts';

/** What is applied, what is live beside its managedFields, and what we hold there. */
function judge(object: string, live: string, held: string, entry: object = {}): boolean {
  const identity = { apiVersion: 'v1', kind: 'Thing', metadata: { name: 'a', namespace: 'shop' } };
  const whole = (text: string): KubeObject => {
    const { metadata = {}, ...rest } = (parse(text) ?? {}) as { metadata?: object };
    return { ...identity, ...rest, metadata: { ...identity.metadata, ...metadata } };
  };
  const there = whole(live);
  const managedFields = [
    { manager: 'hybrid-clusters', operation: 'Apply', apiVersion: 'v1', fieldsV1: parse(held), ...entry },
    { manager: 'kube-controller-manager', operation: 'Update', apiVersion: 'v1', fieldsV1: { 'f:status': {} } },
  ];
  return isAsApplied(whole(object), { ...there, metadata: { ...there.metadata, managedFields } });
}

/** Answers of Kubernetes 1.36, shortened: what is applied, what is live, what we hold there. */
const ROWS = {
  'the same': ['data: {a: x}', 'data: {a: x}', 'f:data: {f:a: {}}', true],
  'another value': ['data: {a: y}', 'data: {a: x}', 'f:data: {f:a: {}}', false],
  'of others is more there': ['data: {a: x}', 'data: {a: x, b: y}', 'f:data: {f:a: {}}', true],
  'one more field': ['data: {a: x, b: y}', 'data: {a: x, b: y}', 'f:data: {f:a: {}}', false],
  'a field is taken out': ['data: {a: x}', 'data: {a: x, b: y}', 'f:data: {f:a: {}, f:b: {}}', false],
  'the last field is taken out': ['', 'data: {a: x}', 'f:data: {f:a: {}}', false],
  'a label': [
    'metadata: {labels: {a: b}}',
    'metadata: {uid: u, labels: {a: b, c: d}}',
    'f:metadata: {f:labels: {f:a: {}}}',
    true,
  ],
  'a label is taken out': [
    'metadata: {labels: {a: b}}',
    'metadata: {labels: {a: b, c: d}}',
    'f:metadata: {f:labels: {f:a: {}, f:c: {}}}',
    false,
  ],
  'all labels are taken out': ['', 'metadata: {labels: {a: b}}', 'f:metadata: {f:labels: {f:a: {}}}', false],
  'whole, the same': ['s: {a: {b: c}}', 's: {a: {b: c}}', 'f:s: {}', true],
  'whole, and less': ['s: {a: {b: c}}', 's: {a: {b: c, d: e}}', 'f:s: {}', false],
  'the server writes it otherwise': ['cpu: 1000m', 'cpu: "1"', 'f:cpu: {}', false],
  nothing: ['a: null', '{}', 'f:a: {}', false],
  'items by keys, one with its default': [
    'ports: [{port: 80}, {port: 53, protocol: UDP}]',
    'ports: [{port: 80, protocol: TCP, nodePort: 30080}, {port: 53, protocol: UDP}]',
    'f:ports: {"k:{\\"port\\":80,\\"protocol\\":\\"TCP\\"}": {".": {}, f:port: {}}, "k:{\\"port\\":53,\\"protocol\\":\\"UDP\\"}": {".": {}, f:port: {}, f:protocol: {}}}',
    true,
  ],
  'items by keys that the defaults leave open': [
    'ports: [{port: 53}, {port: 53, protocol: UDP}]',
    'ports: [{port: 53, protocol: TCP}, {port: 53, protocol: UDP}]',
    'f:ports: {"k:{\\"port\\":53,\\"protocol\\":\\"TCP\\"}": {".": {}, f:port: {}}, "k:{\\"port\\":53,\\"protocol\\":\\"UDP\\"}": {".": {}, f:port: {}, f:protocol: {}}}',
    false,
  ],
  'an item of others between ours': [
    'c: [{n: a}, {n: b}]',
    'c: [{n: a}, {n: x}, {n: b}]',
    'f:c: {"k:{\\"n\\":\\"a\\"}": {".": {}, f:n: {}}, "k:{\\"n\\":\\"b\\"}": {".": {}, f:n: {}}}',
    true,
  ],
  'items in another order': [
    'c: [{n: a}, {n: b}]',
    'c: [{n: b}, {n: a}]',
    'f:c: {"k:{\\"n\\":\\"a\\"}": {".": {}, f:n: {}}, "k:{\\"n\\":\\"b\\"}": {".": {}, f:n: {}}}',
    false,
  ],
  'an item is taken out': [
    'c: [{n: a}]',
    'c: [{n: a}, {n: b}]',
    'f:c: {"k:{\\"n\\":\\"a\\"}": {".": {}, f:n: {}}, "k:{\\"n\\":\\"b\\"}": {".": {}, f:n: {}}}',
    false,
  ],
  'an item is gone': ['c: [{n: a}]', 'c: []', 'f:c: {"k:{\\"n\\":\\"a\\"}": {".": {}, f:n: {}}}', false],
  'a set': ['f: [x, y]', 'f: [x, z, y]', 'f:f: {"v:\\"x\\"": {}, "v:\\"y\\"": {}}', true],
  'a set with one less': ['f: [x]', 'f: [x, y]', 'f:f: {"v:\\"x\\"": {}, "v:\\"y\\"": {}}', false],
  'by index, which no server writes': ['f: [x]', 'f: [x]', 'f:f: {"i:0": {}}', false],
  'it is being deleted': [
    'data: {a: x}',
    'metadata: {deletionTimestamp: "2026-01-01T00:00:00Z"}\ndata: {a: x}',
    'f:data: {f:a: {}}',
    false,
  ],
} satisfies Readonly<Record<string, readonly [object: string, live: string, held: string, settled: boolean]>>;

for (const [name, [object, live, held, settled]] of Object.entries(ROWS))
  test(`${name}: ${settled ? 'as applied' : 'a dry run tells'}`, () => assert.equal(judge(object, live, held), settled));

test('what another applied, we updated, or applied by another version says nothing', () => {
  const same = ['data: {a: x}', 'data: {a: x}', 'f:data: {f:a: {}}'] as const;
  for (const entry of [{ manager: 'kubectl' }, { operation: 'Update' }, { apiVersion: 'v1beta1' }, { subresource: 'scale' }])
    assert.equal(judge(...same, entry), false, JSON.stringify(entry));
});
