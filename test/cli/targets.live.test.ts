/** Several targets on the sandbox's real API server: namespaces of one cluster, an overlay of its own for each, a canary that keeps the rest from going out. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type SandboxEnvironment, sandboxTest } from '../support/sandbox.ts';
import { commandLine } from './commandLine.ts';

const exec = promisify(execFile);

const files = (id: string): Readonly<Record<string, string>> => ({
  'base/kustomization.yaml': 'resources: [web.yaml]\n',
  'base/web.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata:\n  colour: red\n',
  'overlays/one/kustomization.yaml': 'resources: [../../base]\n',
  'overlays/two/kustomization.yaml': 'resources: [../../base]\npatches: [{path: colour.yaml}]\n',
  'overlays/two/colour.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata:\n  colour: blue\n',
  'patch.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata:\n  site: two\n',
  'chart/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
  'chart/templates/all.yaml':
    'apiVersion: v1\nkind: Secret\nmetadata: {name: web}\nstringData: {password: {{ randAlphaNum 8 }}}\n',
  // draws as a chart does, and has a field that no Service has
  'bin/helm': `#!${process.execPath}
console.log(\`---
# Source: web/templates/all.yaml
apiVersion: v1
kind: Secret
metadata: {name: web}
stringData: {password: "\${Math.random()}"}
---
# Source: web/templates/all.yaml
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {type: ExternalName, externalName: example.dev, colour: red}
\`);
`,
  'shop.targets.yaml': `context: sandbox-admin
targets:
  - {name: one, namespace: ${id}-1, paths: overlays/one}
  - {name: two, namespace: ${id}-2, paths: overlays/two, patches: patch.yaml}
`,
});

async function inFolder(
  { kubernetes, openstack }: SandboxEnvironment,
  body: (live: {
    readonly id: string;
    readonly folder: string;
    kubectl(...args: string[]): Promise<string>;
    run(...args: string[]): ReturnType<typeof commandLine>;
  }) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'hybrid-clusters-targets-'));
  const id = `targets-test-${randomBytes(3).toString('hex')}`;
  const kubectl = async (...args: string[]) =>
    (await exec(kubernetes.kubectl, ['--kubeconfig', kubernetes.kubeconfig, ...args])).stdout;
  // kustomizations are rendered by the user's own kubectl
  const path = [join(folder, 'bin'), dirname(kubernetes.kubectl), process.env['PATH']].join(':');
  const { admin, alice } = kubernetes.kubeconfigs;
  const env = { KUBECONFIG: `${admin}:${alice}`, OS_CLIENT_CONFIG_FILE: openstack.clouds, PATH: path };
  try {
    for (const name of [`${id}-1`, `${id}-2`]) await kubectl('create', 'namespace', name);
    for (const [name, text] of Object.entries(files(id))) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text, { mode: name === 'bin/helm' ? 0o755 : 0o644 });
    }
    await body({ id, folder, kubectl, run: (...args) => commandLine(args, { cwd: folder, env }) });
  } finally {
    for (const name of [`${id}-1`, `${id}-2`]) await kubectl('delete', 'namespace', name, '--wait=false', '--ignore-not-found');
    await rm(folder, { recursive: true, force: true });
  }
}

sandboxTest('an overlay for each target, one plan, wave after wave; the second run changes nothing', (sandbox) =>
  inFolder(sandbox, async ({ id, kubectl, run }) => {
    const plan = await run('plan', '--targets', 'shop.targets.yaml');
    assert.equal(plan.status, 2, plan.err);
    assert.match(plan.out, /\n {17}one {5}two\n {2}ConfigMap web {2}create {2}create\n$/);
    const applied = await run('apply', '--targets', 'shop.targets.yaml', '--yes');
    assert.equal(applied.status, 0, applied.out + applied.err);
    const data = async (namespace: string) =>
      JSON.parse(await kubectl('get', 'configmap', 'web', '-n', namespace, '-o', 'jsonpath={.data}')) as unknown;
    assert.deepEqual(await data(`${id}-1`), { colour: 'red' });
    assert.deepEqual(await data(`${id}-2`), { colour: 'blue', site: 'two' });
    const again = await run('apply', '--targets', 'shop.targets.yaml', '--yes');
    assert.equal(again.status, 0);
    assert.match(again.out, /Verified 2 targets of shop\.targets\.yaml in \d+\.\d s\.\n$/);
  }),
);

sandboxTest(
  'targets of two users remember what each deployed; what leaves the files is pruned on both, and reported',
  (sandbox) =>
    inFolder(sandbox, async ({ id, folder, kubectl, run }) => {
      await kubectl('create', 'rolebinding', 'alice', '-n', `${id}-2`, '--clusterrole=edit', '--group=demo-editors');
      await writeFile(
        join(folder, 'users.targets.yaml'),
        `paths: m
targets:
  - {name: admin, context: sandbox-admin, namespace: ${id}-1}
  - {name: alice, context: sandbox-alice, namespace: ${id}-2}
`,
      );
      const config = (name: string) => `{apiVersion: v1, kind: ConfigMap, metadata: {name: ${name}}, data: {a: b}}\n`;
      await mkdir(join(folder, 'm'));
      await writeFile(join(folder, 'm/web.yaml'), config('web'));
      await writeFile(join(folder, 'm/cache.yaml'), config('cache'));
      const apply = (...more: string[]) => run('apply', '--targets', 'users.targets.yaml', '--set', 'shop', '--yes', ...more);
      const first = await apply();
      assert.equal(first.status, 0, first.out + first.err);
      assert.equal(first.err, '', 'each has its lock and its inventory');
      await rm(join(folder, 'm/cache.yaml'));
      const second = await apply('--prune', '--report', join(folder, 'report.md'));
      assert.equal(second.status, 0, second.out + second.err);
      for (const namespace of [`${id}-1`, `${id}-2`]) {
        const named = await kubectl('get', 'configmaps', '-n', namespace, '-o', 'name');
        assert.deepEqual(
          named
            .trim()
            .split('\n')
            .filter((name) => !name.includes('kube-root-ca')),
          [`configmap/hybrid-clusters-set-shop.${namespace.endsWith('1') ? 'admin' : 'alice'}`, 'configmap/web'],
        );
        assert.equal(await kubectl('get', 'leases', '-n', namespace, '-o', 'name'), '', 'locks are given back');
      }
      const report = await readFile(join(folder, 'report.md'), 'utf8');
      assert.match(report, /\| ConfigMap cache \| deleted \| deleted \|/);
      assert.match(report, /\n# shop\/admin → .*: succeeded\n.*\n# shop\/alice → .*: succeeded\n/s);
      const undeployed = await run(
        'undeploy',
        '--set',
        'shop/alice',
        '--context',
        'sandbox-alice',
        '--namespace',
        `${id}-2`,
        '--yes',
      );
      assert.equal(undeployed.status, 0, undeployed.out + undeployed.err);
      assert.equal(await kubectl('get', 'configmap', 'web', '-n', `${id}-2`, '--ignore-not-found'), '');
      assert.match(await kubectl('get', 'configmap', 'web', '-n', `${id}-1`), /web/);
    }),
);

sandboxTest('what the API server refuses on the canary reaches no other target', (sandbox) =>
  inFolder(sandbox, async ({ id, kubectl, run }) => {
    await kubectl('create', '-n', `${id}-1`, 'quota', 'none', '--hard=count/configmaps=0');
    const ended = await run('apply', '--targets', 'shop.targets.yaml', '--yes');
    assert.notEqual(ended.status, 0, ended.out);
    assert.equal(await kubectl('get', 'configmap', 'web', '-n', `${id}-2`, '--ignore-not-found'), '');
  }),
);

sandboxTest('what a chart draws is drawn once: the second run changes nothing, and its unknown field is a warning', (sandbox) =>
  inFolder(sandbox, async ({ id, kubectl, run }) => {
    const apply = () => run('apply', 'chart', '--context', 'sandbox-admin', '--namespace', `${id}-1`, '--yes');
    const password = () => kubectl('get', 'secret', 'web', '-n', `${id}-1`, '-o', 'jsonpath={.data.password}');
    const first = await apply();
    assert.equal(first.status, 0, first.out + first.err);
    assert.match(first.out, /warning: unknown field "spec\.colour"/);
    const drawn = await password();
    const second = await apply();
    assert.equal(second.status, 0, second.out + second.err);
    assert.match(second.out, /Secret web: chart chart draws stringData\.password at random; the live value is kept\./);
    assert.match(second.out, /Verified 2 objects/);
    assert.equal(await password(), drawn);
    assert.notEqual(drawn, '');
  }),
);
