import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { partsOf } from '../../src/kubernetes/objectParts.ts';

/** An object of a `group/Kind` → what others can ask for within it; undefined where nobody can tell. */
const cases: readonly (readonly [to: string, object: string, parts: readonly string[] | undefined])[] = [
  ['/ConfigMap', '{ data: { a: x }, binaryData: { b: eA== } }', ['a', 'b']],
  ['/ConfigMap', '{ metadata: { name: filled by a controller } }', undefined],
  ['/ConfigMap', '{ data: {} }', undefined],
  ['/Secret', '{ data: { a: eA== }, stringData: { b: x } }', ['a', 'b']],
  ['/Secret', '{ type: Opaque, data: }', undefined],
  [
    '/Secret',
    '{ type: kubernetes.io/service-account-token, metadata: { annotations: { kubernetes.io/service-account.name: a } } }',
    undefined,
  ],
  ['/Secret', '{ type: kubernetes.io/service-account-token, data: { extra: eA== } }', undefined],
  ['/Service', '{ spec: { ports: [{ name: http, port: 80 }, { port: 443 }] } }', ['http', '80', '443']],
  ['/Service', '{ spec: {} }', []],
  ['/Service', '{ spec: { type: ExternalName, ports: [{ port: 80 }] } }', undefined],
  ['apps/Deployment', '{ data: { a: x } }', undefined],
];

for (const [to, object, parts] of cases) test(`${to} ${object}`, () => assert.deepEqual(partsOf(to, parse(object)), parts));
