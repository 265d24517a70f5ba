import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type SandboxEnvironment, sandboxTest } from '../support/sandbox.ts';
import { commandLine, type Ended } from './commandLine.ts';

const exec = promisify(execFile);

interface Live {
  readonly namespace: string;
  kubectl(...args: string[]): Promise<unknown>;
  write(name: string, text: string): Promise<void>;
  run(...args: string[]): Promise<Ended>;
  runWatching(watch: (out: string, signal: (name: 'SIGINT') => void) => void, ...args: string[]): Promise<Ended>;
}

async function inFolder({ kubernetes, openstack }: SandboxEnvironment, body: (live: Live) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'hybrid-clusters-cli-'));
  const namespace = `cli-test-${randomBytes(3).toString('hex')}`;
  const kubectl = (...args: string[]) => exec(kubernetes.kubectl, ['--kubeconfig', kubernetes.kubeconfig, ...args]);
  await kubectl('create', 'namespace', namespace);
  const options = { cwd: folder, env: { KUBECONFIG: kubernetes.kubeconfig, OS_CLIENT_CONFIG_FILE: openstack.clouds } };
  try {
    await body({
      namespace,
      kubectl,
      write: (name, text) => writeFile(join(folder, name), text.replaceAll('NS', namespace)),
      run: (...args) => commandLine(args, options),
      runWatching: (whileRunning, ...args) => commandLine(args, { ...options, whileRunning }),
    });
  } finally {
    await kubectl('delete', 'namespace', namespace, '--wait=false');
    await rm(folder, { recursive: true, force: true });
  }
}

const configMap = (name: string) => `{apiVersion: v1, kind: ConfigMap, metadata: {name: ${name}}, data: {a: b}}\n`;
const deployment = (image: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: ${image}
`;

sandboxTest('references are checked in the named cloud: the error at its place, with what was meant', (sandbox) =>
  inFolder(sandbox, async ({ write, run }) => {
    const storageClass = (type: string) =>
      `apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: s}\nprovisioner: cinder.csi.openstack.org\nparameters:\n  type: ${type}\n`;
    await write('good.yaml', storageClass('ssd'));
    await write('bad.yaml', storageClass('hddd'));
    assert.deepEqual(await run('check', 'good.yaml', '--cloud', 'demo', '--require-live'), { status: 0, out: '', err: '' });
    assert.deepEqual(await run('check', 'bad.yaml', '--cloud', 'demo'), {
      status: 5,
      out: 'bad.yaml:6:9 error reference.missing No volume type named "hddd" in project demo (cloud demo, RegionOne). Did you mean "hdd"?\n',
      err: '',
    });
  }),
);

sandboxTest('plan, refuse without a yes, apply, verify: each with its status', (sandbox) =>
  inFolder(sandbox, async ({ namespace, write, run }) => {
    await write('a.yaml', configMap('a'));
    const where = ['--context', 'sandbox-admin', '--namespace', namespace];
    const plan = await run('plan', 'a.yaml', ...where);
    assert.equal(plan.status, 2, plan.err);
    assert.match(
      plan.out,
      /^Target sandbox-admin\/cli-test-\w+ \(https:\/\/127\.0\.0\.1:\d+ as \w+\)\n1 create\n {2}create v1\/ConfigMap cli-test-\w+\/a\n$/,
    );
    await write(
      'reference.yaml',
      '{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: NS}, provisioner: cinder.csi.openstack.org, parameters: {type: ssd}}\n',
    );
    const blind = await run('apply', 'reference.yaml', ...where, '--yes', '--require-live');
    assert.deepEqual([blind.status, blind.err], [5, '1 of 1 references could not be checked: no --cloud was named.\n']);
    const refused = await run('apply', 'a.yaml', ...where);
    assert.deepEqual([refused.status, refused.err], [4, 'Nobody is there to confirm. Add --yes. Nothing was applied.\n']);
    const applied = await run('apply', 'a.yaml', ...where, '--yes');
    assert.equal(applied.status, 0, applied.err);
    assert.match(applied.out, /cli-test-\w+ is up on sandbox-admin: 1 created, ready in \d+\.\d s\.\n$/);
    assert.equal((await run('plan', 'a.yaml', ...where)).status, 0);
    const again = await run('apply', 'a.yaml', ...where, '--yes', '--format', 'json');
    assert.equal(again.status, 0);
    assert.equal((JSON.parse(again.out) as { run: { outcome: string } }).run.outcome, 'unchanged');
  }),
);

sandboxTest('what fails, what fails in part, what is wrong before it starts', (sandbox) =>
  inFolder(sandbox, async ({ namespace, write, run }) => {
    const where = ['--context', 'sandbox-admin', '--namespace', namespace, '--yes'];
    await write('image.yaml', deployment('registry.example/render:1.3'));
    const failed = await run('apply', 'image.yaml', ...where);
    assert.equal(failed.status, 1);
    assert.match(failed.out, /web is not up: image registry\.example\/render:1\.3 not found \(image\.yaml:12\)\.\n$/);
    await write('both.yaml', `${configMap('a')}---${deployment('registry.example/render:1.3')}`);
    assert.equal((await run('apply', 'both.yaml', ...where)).status, 3);
    await write('wrong.yaml', '{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, dota: {a: b}}\n');
    const wrong = await run('apply', 'wrong.yaml', ...where);
    assert.equal(wrong.status, 5);
    assert.match(wrong.out, /blocked: ConfigMap a is refused: dota: no such field\. \(wrong\.yaml:1\)\n$/);
    const checked = await run('check', 'both.yaml', '--context', 'sandbox-admin', '--namespace', namespace, '--format', 'json');
    assert.deepEqual([checked.status, checked.out], [0, '[]\n']);
  }),
);

sandboxTest('while a Service waits for its address, its load balancer is told in the words of the cloud', (sandbox) =>
  inFolder(sandbox, async ({ namespace, write, run, kubectl }) => {
    await write(
      'lb.yaml',
      '{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {type: LoadBalancer, ports: [{port: 80}]}}\n',
    );
    const applied = await run(
      'apply',
      'lb.yaml',
      '--context',
      'sandbox-admin',
      '--namespace',
      namespace,
      '--cloud',
      'demo',
      '--yes',
    );
    assert.equal(applied.status, 0, applied.out);
    assert.match(applied.out, /Service \S+\/web: waiting, load balancer (PENDING_CREATE|ACTIVE) in demo\n/);
    assert.match(applied.out, /Service \S+\/web: ready, at \d+\.\d+\.\d+\.\d+\n/);
    // its load balancer goes with it, before the namespace does
    await kubectl('delete', 'service', 'web', '-n', namespace);
  }),
);

sandboxTest('Ctrl+C ends the wait and says what stays', (sandbox) =>
  inFolder(sandbox, async ({ namespace, write, runWatching }) => {
    await write(
      'slow.yaml',
      '{apiVersion: v1, kind: Service, metadata: {name: s}, spec: {type: LoadBalancer, loadBalancerClass: example.com/none, ports: [{port: 80}]}}\n',
    );
    let sent = false;
    const ended = await runWatching(
      (out, signal) => {
        if (sent || !out.includes('waiting')) return;
        sent = true;
        signal('SIGINT');
      },
      ...['apply', 'slow.yaml', '--context', 'sandbox-admin', '--namespace', namespace, '--yes'],
    );
    assert.equal(ended.status, 130);
    assert.match(ended.out, /Cancelled on sandbox-admin: 1 created\. What was applied stays\.\n$/);
  }),
);
