/** Files of patches of a target: read and put in, or a reason not to deploy. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Gathered } from '../../../src/deploy/files/gather.ts';
import { readPatches } from '../../../src/deploy/targets/readPatches.ts';
import { filesOf } from '../../support/filesOf.ts';
import { writtenFrom } from '../../support/written.ts';

const gathered: Gathered = {
  written: writtenFrom('{apiVersion: v1, kind: ConfigMap, metadata: {name: web}, data: {a: "1", b: "1"}}', 'web.yaml'),
  manifests: [],
  findings: [],
  blockers: [],
  references: 0,
  unchecked: 0,
  texts: new Map([['web.yaml', '']]),
};
const patch = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata:\n  b: "2"\n';

test('each file is put in after the other, and its text comes along', async () => {
  const files = filesOf({ 'one.yaml': patch, 'two.yaml': patch.replace('"2"', '"3"') });
  const { written, texts, blockers } = await readPatches(gathered, ['one.yaml', 'two.yaml'], files);
  assert.deepEqual(written[0]?.object['data'], { a: '1', b: '3' });
  assert.deepEqual([...texts.keys()], ['web.yaml', 'one.yaml', 'two.yaml']);
  assert.deepEqual(blockers, []);
});

test('a file that is not there, or is broken, keeps the target from going out', async () => {
  const files = filesOf({ 'broken.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web\n' });
  const read = await readPatches(gathered, ['gone.yaml', 'broken.yaml'], files);
  assert.deepEqual(
    read.blockers.map(({ message }) => message),
    ['gone.yaml does not exist.'],
  );
  assert.ok(read.findings.some(({ severity, file }) => severity === 'error' && file === 'broken.yaml'));
});

test('an encrypted or templated patch is no patch', async () => {
  const files = filesOf({ 'one.yaml': patch.replace('"2"', '{{ .Values.b }}') });
  const { findings } = await readPatches(gathered, ['one.yaml'], files);
  assert.deepEqual(
    findings.map(({ severity, code }) => `${severity} ${code}`),
    ['error manifest.template'],
  );
});
