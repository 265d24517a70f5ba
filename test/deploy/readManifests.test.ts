import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readManifests } from '../../src/deploy/files/readManifests.ts';

/** Objects as `kind name @line`, findings as `code @line text`. */
function read(text: string): string[] {
  const { manifests, written, findings: own } = readManifests({ file: 'a.yaml', text });
  const findings = [...manifests.flatMap((manifest) => manifest.findings), ...own];
  const line = (offset: number) => text.slice(0, offset).split('\n').length;
  return [
    ...written.map(({ object, placeOf }) => `${object.kind} ${object.metadata.name} @${placeOf(['metadata', 'name']).line}`),
    ...findings.map(({ code, range }) => `${code} @${line(range.start)} ${text.slice(range.start, range.end)}`),
  ];
}

test('documents, lists and their items keep their lines', () => {
  assert.deepEqual(
    read(`# only a comment
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: a
---
apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: Secret
    metadata:
      name: b
  - {apiVersion: v1, kind: Service, metadata: {name: c}}
---
values: are no object
`),
    ['ConfigMap a @6', 'Secret b @14', 'Service c @15'],
  );
});

test('JSON is read as well', () => {
  assert.deepEqual(read('{\n  "apiVersion": "v1",\n  "kind": "ConfigMap",\n  "metadata": {"name": "a"}\n}\n'), [
    'ConfigMap a @4',
  ]);
});

test('an object without metadata is told', () => {
  assert.deepEqual(read('apiVersion: v1\nkind: ConfigMap\n'), ['object.unreadable @2 ConfigMap']);
});

test('templates are refused, broken text and open merges are found', () => {
  assert.deepEqual(read('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "{{ .Values.name }}"}\n'), [
    'manifest.template @3 {{',
  ]);
  assert.deepEqual(read('apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${CLUSTER_NAME}\n'), ['manifest.template @4 ${']);
  const encrypted = 'ENC[AES256_GCM,data:a,iv:b,tag:c,type:str]';
  assert.deepEqual(
    read(`apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {a: "${encrypted}"}\nsops:\n  mac: x\n`),
    ['manifest.template @4 EN'],
  );
  assert.deepEqual(
    read('apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  name: b\n')
      .slice(-1)
      .map((line) => line.slice(0, 20)),
    ['yaml.duplicateKey @5'],
  );
  assert.deepEqual(read('apiVersion: v1\n<<<<<<< HEAD\nkind: ConfigMap\n=======\n'), ['yaml.conflict @2 <<<<<<<']);
});
