/** `plan` and `apply` with `--targets`, as a process of its own. Nobody answers at the addresses that the kubeconfig names. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { freePort } from '../support/freePort.ts';
import { commandLine } from './commandLine.ts';

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hybrid-clusters-targets-'));
  const port = await freePort();
  const write = (name: string, text: string) => writeFile(join(folder, name), text);
  await mkdir(join(folder, 'm'));
  await write('m/a.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n');
  await write(
    'shop.targets.yaml',
    'paths: m\nnamespace: shop\ntargets:\n  - {name: one, context: a}\n  - {name: two, context: gone}\n',
  );
  await write('wrong.targets.yaml', 'paths: m\ntargets:\n  - {name: one, contxt: a}\n');
  await write(
    'kubeconfig',
    `apiVersion: v1
kind: Config
clusters: [{name: a, cluster: {server: "http://127.0.0.1:${port}"}}]
users: [{name: a, user: {token: canary}}]
contexts: [{name: a, context: {cluster: a, user: a}}]
`,
  );
});
after(() => rm(folder, { recursive: true, force: true }));

const run = (...args: string[]) => commandLine(args, { cwd: folder, env: { KUBECONFIG: join(folder, 'kubeconfig') } });

test('what cannot be reached blocks all, and is named with its line', async () => {
  const { status, out, err } = await run('plan', '--targets', 'shop.targets.yaml');
  assert.equal(status, 5, err);
  assert.match(
    out,
    /^shop\.targets\.yaml: 2 targets in 2 waves\n {2}wave 1: one → a\/shop, not planned\n {2}wave 2: two → gone\/shop, not planned\n {4}one {2}two\nblocked: one cannot be planned: .+ \(shop\.targets\.yaml:4\)\nblocked: two cannot be planned: .+ \(shop\.targets\.yaml:5\)\n$/,
  );
  const applied = await run('apply', '--targets', 'shop.targets.yaml', '--yes', '--format', 'json', '--target', 'two');
  assert.equal(applied.status, 5);
  const { plan } = JSON.parse(applied.out) as {
    plan: { targets: { name: string; failure: string }[]; blockers: { target: string }[] };
  };
  assert.deepEqual(
    plan.targets.map(({ name }) => name),
    ['two'],
  );
  assert.deepEqual(
    plan.blockers.map(({ target }) => target),
    ['two'],
  );
  assert.doesNotMatch(out + err + applied.out + applied.err, /canary/);
});

test('a file that is wrong, or a target that it does not have, is told before anybody is contacted', async () => {
  const wrong = await run('plan', '--targets', 'wrong.targets.yaml');
  assert.deepEqual([wrong.status, wrong.err.slice(0, 46)], [1, 'wrong.targets.yaml:3: contxt means nothing her']);
  const stranger = await run('plan', '--targets', 'shop.targets.yaml', '--target', 'three');
  assert.deepEqual([stranger.status, stranger.err], [1, 'shop.targets.yaml has no target three.\n']);
  assert.equal((await run('apply', '--targets', 'none.yaml')).status, 1);
});
