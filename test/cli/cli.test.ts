import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { commandLine } from './commandLine.ts';

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hybrid-clusters-cli-'));
  const write = (name: string, text: string) => writeFile(join(folder, name), text);
  await write('clean.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n');
  await write('broken.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  labels: {a: b\n');
  await write('twice.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  key: one\n  key: two\n');
  await write(
    'reference.yaml',
    'apiVersion: v1\nkind: Service\nmetadata:\n  name: s\n  annotations:\n    loadbalancer.openstack.org/network-id: 7d0e6f3a-52b1-4c7e-9a48-0c1f5f7f0b11\nspec: {type: LoadBalancer}\n',
  );
  await write('chart.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "{{ .Values.name }}"}\n');
});
after(() => rm(folder, { recursive: true, force: true }));

const run = (...args: string[]) => commandLine(args, { cwd: folder });

test('a clean file: nothing is said, status 0', async () => {
  assert.deepEqual(await run('check', 'clean.yaml'), { status: 0, out: '', err: '' });
  assert.deepEqual(await run('check', 'clean.yaml', '--format', 'json'), { status: 0, out: '[]\n', err: '' });
});

test('errors: their rows as JSON, lines and columns from 1, status 5', async () => {
  const { status, out } = await run('check', 'twice.yaml', '--format', 'json');
  const rows = JSON.parse(out) as Record<string, unknown>[];
  assert.equal(status, 5);
  assert.deepEqual(
    rows.map(({ file, line, column, endLine, severity, code }) => ({ file, line, column, endLine, severity, code })),
    [{ file: 'twice.yaml', line: 7, column: 3, endLine: 7, severity: 'error', code: 'yaml.duplicateKey' }],
  );
  assert.deepEqual(Object.keys(rows[0] ?? {}).sort(), [
    'code',
    'column',
    'endColumn',
    'endLine',
    'file',
    'fingerprint',
    'line',
    'message',
    'severity',
  ]);
  assert.equal((await run('check', 'broken.yaml')).status, 5);
});

test('references that nobody could check are counted on stderr, and fail only when asked to', async () => {
  const counted = '1 of 1 references could not be checked: no --cloud was named.\n';
  assert.deepEqual(await run('check', 'reference.yaml'), { status: 0, out: '', err: counted });
  assert.deepEqual(await run('check', 'reference.yaml', '--require-live'), { status: 5, out: '', err: counted });
});

test('a template is told and not accused', async () => {
  const { status, out } = await run('check', 'chart.yaml');
  assert.equal(status, 0);
  assert.match(out, /^chart\.yaml:3:19 information manifest\.template This is a template;/);
});

test('what cannot run has status 1 and a sentence', async () => {
  assert.deepEqual(await run('check', 'none.yaml'), {
    status: 1,
    out: '',
    err: 'none.yaml does not exist.\n',
  });
  assert.match((await run('plan', 'clean.yaml')).err, /^plan needs --context: nothing is contacted that was not named\./);
  const unknown = await run('check', 'clean.yaml', '--cloud', 'nowhere');
  assert.equal(unknown.status, 1);
  assert.match(unknown.err, /nowhere/);
});

test('who reads no further has seen enough: it ends without a word', async () => {
  const twice = (index: number) =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a${index}}\ndata:\n  key: one\n  key: two\n`;
  const input = Array.from({ length: 5_000 }, (_, index) => twice(index)).join('---\n');
  const { status, err } = await commandLine(['check', '-'], {
    cwd: folder,
    input,
    whileRunning: (_out, _signal, close) => close(),
  });
  assert.equal(status, 5);
  assert.doesNotMatch(err, /EPIPE|^\s+at /m);
});

test('--help prints how it is used', async () => {
  const { status, out } = await run('--help');
  assert.equal(status, 0);
  assert.match(out, /^usage: hybrid-clusters check FILE…/);
});

test('a declared stack is checked with its template, and what it makes is not missing', async () => {
  const declaration = 'apiVersion: hybrid-clusters/v1\nkind: Stack\nmetadata: {name: net}\nspec: {template: heat/net.yaml}\n';
  const template =
    'heat_template_version: 2018-08-31\nresources:\n  net: {type: OS::Neutron::Net, properties: {name: net}}\n  sub: {type: OS::Neutron::Subnet}\n';
  await mkdir(join(folder, 'stacks', 'heat'), { recursive: true });
  await writeFile(join(folder, 'stacks', 'net.yaml'), declaration);
  const missing = await run('check', 'stacks', '--offline');
  assert.deepEqual(
    [missing.status, missing.err],
    [1, 'Stack net: stacks/net.yaml names heat/net.yaml: stacks/heat/net.yaml does not exist.\n'],
  );
  await writeFile(join(folder, 'stacks', 'heat', 'net.yaml'), template);
  const { status, out } = await run('check', 'stacks/net.yaml', '--offline');
  assert.equal(status, 5);
  assert.match(out, /stacks\/heat\/net\.yaml:4/);
  assert.match(out, /OS::Neutron::Subnet needs/);
});
