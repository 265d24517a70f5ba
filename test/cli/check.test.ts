import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, before, test } from 'node:test';
import { success } from '../../src/base/failure.ts';
import { parseCommandLine } from '../../src/cli/commandLine.ts';
import { diskFiles } from '../../src/cli/diskFiles.ts';
import { gatherBound, withRenderings } from '../../src/cli/renderedCheck.ts';
import { discover } from '../../src/deploy/files/discover.ts';
import type { ResourceLookup } from '../../src/manifest/resourceLookup.ts';
import { fakeCloud } from '../support/fakeCloud.ts';
import { brokenSarif, type SarifLog } from '../support/sarifSchema.ts';
import { commandLine } from './commandLine.ts';

const twice = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  key: one\n  key: two\n';
let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hybrid-clusters-check-'));
  const git = (...args: string[]) => execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { cwd: folder });
  await mkdir(join(folder, 'shop'));
  await write('shop/old.yaml', twice);
  await write('shop/touched.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: b\n');
  await write('deps/kustomization.yaml', 'resources: [none.yaml]\n');
  git('init', '-q');
  git('add', '.');
  git('commit', '-qm', 'first');
  await write('shop/touched.yaml', twice);
  await write('shop/new.yaml', twice);
});
after(() => rm(folder, { recursive: true, force: true }));

async function write(name: string, text: string): Promise<void> {
  await mkdir(join(folder, name, '..'), { recursive: true });
  await writeFile(join(folder, name), text);
}

const run = (args: string, input?: string, cwd = folder) =>
  commandLine(args.split(' '), { cwd, ...(input === undefined ? {} : { input }) });
const places = (out: string) =>
  out
    .trim()
    .split('\n')
    .map((line) => line.split(' ').slice(0, 3).join(' '));

test('standard input is a file called -', async () => {
  const { status, out } = await run('check - --offline', twice);
  assert.deepEqual([status, places(out)], [5, ['-:7:3 error yaml.duplicateKey']]);
  assert.deepEqual(await run('check - --offline', twice.replace('  key: two\n', '')), { status: 0, out: '', err: '' });
});

test('only what is other than at a revision is told, new files included', async () => {
  const changed = ['shop/new.yaml:7:3 error yaml.duplicateKey', 'shop/touched.yaml:7:3 error yaml.duplicateKey'];
  const { status, out, err } = await run('check shop --since HEAD');
  assert.deepEqual([status, places(out), err], [5, changed, '']);
  const inside = await run('check --since HEAD', undefined, join(folder, 'shop'));
  assert.deepEqual(
    places(inside.out),
    changed.map((line) => line.replace('shop/', './')),
  );
});

test('what is other is found inside a folder, too, where git is told to name it from there', async () => {
  execFileSync('git', ['config', 'diff.relative', 'true'], { cwd: folder });
  const { out } = await run('check --since HEAD', undefined, join(folder, 'shop'));
  execFileSync('git', ['config', '--unset', 'diff.relative'], { cwd: folder });
  assert.deepEqual(places(out), ['./new.yaml:7:3 error yaml.duplicateKey', './touched.yaml:7:3 error yaml.duplicateKey']);
});

test('a kustomization that cannot be rendered is told, and only when a file of it changed', async () => {
  assert.equal((await run('check deps --since HEAD')).out, '');
  const { status, out } = await run('check deps');
  assert.match(out, /^deps\/kustomization\.yaml:1:1 (?:warning render\.failed|information render\.unavailable) /);
  assert.equal(status, 0);
});

test('a network that a manifest beside an overlay brings about is not missing in the overlay', async () => {
  const path = process.env['PATH'];
  const [w, bin] = [join(folder, 'orc'), join(folder, 'bin')];
  await write('orc/overlay/kustomization.yaml', 'resources: [cluster.yaml]\n');
  await write(
    'orc/overlay/cluster.yaml',
    'apiVersion: infrastructure.cluster.x-k8s.io/v1beta2\nkind: OpenStackCluster\nmetadata: {name: a}\nspec: {network: {filter: {name: shop}}}\n',
  );
  const network = (policy: string) =>
    `apiVersion: openstack.k-orc.cloud/v1alpha1\nkind: Network\nmetadata: {name: shop}\nspec: {managementPolicy: ${policy}}\n`;
  await write('bin/kustomize', `#!/bin/sh\nexec cat '${w}/overlay/cluster.yaml'\n`);
  await chmod(join(bin, 'kustomize'), 0o755);
  const request = parseCommandLine(['check', w, '--offline']);
  assert.ok(request.ok && request.value !== 'help');
  const asked = {
    openLookup: async () => success(fakeCloud('network.network: []') as ResourceLookup),
    schemas: undefined,
    only: () => true,
  };
  process.env['PATH'] = [bin, path].join(delimiter);
  for (const [policy, told] of [
    ['unmanaged', ['reference.missing']],
    ['managed', []],
  ] as const) {
    await write('orc/network.yaml', network(policy));
    const found = await withRenderings(await discover([w], diskFiles), request.value, diskFiles);
    const gathered = await gatherBound(found, request.value, asked, new AbortController().signal);
    assert.ok(gathered.ok);
    assert.deepEqual([found.renderings.length, gathered.value.findings.map(({ code }) => code)], [1, told]);
  }
  process.env['PATH'] = path;
});

test('plan leaves a kustomization to who renders it', async () => {
  const { err } = await run('plan deps --context nowhere');
  assert.match(err, /nowhere/);
});

test('a revision that git does not know', async () => {
  const { status, err } = await run('check shop --since nowhere');
  assert.equal(status, 1);
  assert.match(err, /^git does not say what changed since nowhere: bad revision 'nowhere'\.\n$/);
});

test('a baseline is written, then its findings are told and fail nothing, then a new one does', async () => {
  const baseline = '--baseline known.json';
  assert.deepEqual(await run(`check shop ${baseline}`), {
    status: 1,
    out: '',
    err: 'The baseline known.json cannot be read (ENOENT).\n',
  });
  assert.deepEqual(await run(`check shop ${baseline} --write-baseline`), {
    status: 0,
    out: '',
    err: 'known.json knows 3 findings now.\n',
  });
  assert.match(await readFile(join(folder, 'known.json'), 'utf8'), /"file":"shop\/old\.yaml","code":"yaml\.duplicateKey"/);
  await write('shop/old.yaml', `# moved\n\n${twice}`);
  const again = await run(`check ./shop ${baseline}`);
  assert.deepEqual([again.status, again.err], [0, 'Findings: 3 known.\n']);
  assert.match(again.out, /^\.\/shop\/old\.yaml:9:3 error yaml\.duplicateKey .* \(known\)$/m);
  await write('shop/old.yaml', `${twice}  key: three\n`);
  assert.equal((await run(`check shop ${baseline}`)).status, 5);
  await write('shop/old.yaml', twice);
});

test('SARIF of a run without a cloud, with a severity and a comment', async () => {
  await write(
    'one.yaml',
    twice.replace('  key: two', '  key: two # hybrid-clusters: ignore yaml.duplicateKey – as it came\n  on: x'),
  );
  const { status, out, err } = await run('check one.yaml --offline --format sarif --severity yaml.ambiguous=error');
  const log = JSON.parse(out) as SarifLog;
  assert.deepEqual(brokenSarif(log), []);
  const [{ results, properties, invocations }] = log.runs;
  assert.deepEqual(
    results.map(({ ruleId, level, suppressions }) => [ruleId, level, suppressions.map(({ justification }) => justification)]),
    [
      ['yaml.duplicateKey', 'error', ['as it came']],
      ['yaml.ambiguous', 'error', []],
    ],
  );
  assert.deepEqual(properties, { offline: true, unchecked: 0 });
  assert.deepEqual([status, invocations[0].exitCode, err], [5, 5, 'Findings: 1 ignored by a comment.\n']);
});

test('values for a Heat template are read as Heat reads them, not as kubectl does', async () => {
  await write('heat/stack.yaml', 'heat_template_version: 2021-04-16\nparameters:\n  flavor: {type: string}\n');
  await write('heat/prod.yaml', 'parameters:\n  flavr: m1.tiny\n  flavor: yes\n');
  const { status, out } = await run('check heat --offline');
  assert.deepEqual([status, places(out)], [5, ['heat/prod.yaml:2:3 error environment.parameter']]);
});
