import assert from 'node:assert/strict';
import { sandboxTest } from '../support/sandbox.ts';
import { brokenSarif, type SarifLog } from '../support/sarifSchema.ts';
import { inFolder } from './liveFolder.ts';

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

sandboxTest('files are read by the schemas of the cluster, and an upgrade tells what it takes of them', (sandbox) =>
  inFolder(sandbox, async ({ write, run, namespace }) => {
    await write('web.yaml', deployment('nginx').replace('selector:', 'replicsa: 2\n  selector:'));
    await write('old.yaml', 'apiVersion: v1\nkind: Endpoints\nmetadata: {name: a}\n');
    const where = ['--context', 'sandbox-admin', '--namespace', namespace];
    const checked = await run('check', 'old.yaml', 'web.yaml', ...where, '--upgrade', 'kubernetes=1.37');
    assert.deepEqual(checked.out.trimEnd().split('\n'), [
      'old.yaml:1:13 warning api.deprecated v1 Endpoints: deprecated since Kubernetes 1.33. Use discovery.k8s.io/v1.',
      'web.yaml:6:3 warning schema.unknownField spec has no field "replicsa", so the server drops or refuses it. Did you mean "replicas"?',
    ]);
    assert.equal(checked.status, 0, checked.err);
  }),
);

sandboxTest('the live objects of a namespace: text, JSON and SARIF tell the same; a baseline knows it', (sandbox) =>
  inFolder(sandbox, async ({ namespace, write, run }) => {
    await write(
      'template.yaml',
      `apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: OpenStackMachineTemplate
metadata: {name: workers, namespace: NS}
spec: {template: {spec: {flavor: m1.small, image: {filter: {name: ubuntu-removed}}}}}
`,
    );
    const applied = await run('apply', 'template.yaml', '--context', 'sandbox-admin', '--namespace', namespace, '--yes');
    assert.equal(applied.status, 0, applied.err + applied.out);
    const args = ['check', '--live', '--context', 'sandbox-admin', '--namespace', namespace, '--cloud', 'demo'];
    const message = 'No image named "ubuntu-removed" in project demo (cloud demo, RegionOne).';
    const object = `sandbox-admin/${namespace}/infrastructure.cluster.x-k8s.io`;
    const path = 'spec.template.spec.image.filter.name';
    const plain = await run(...args);
    assert.equal(plain.status, 5, plain.err);
    assert.match(
      plain.out,
      new RegExp(`^${object}/v1beta[12]/OpenStackMachineTemplate/workers:${path} error reference\\.missing No image`),
    );
    assert.match(plain.err, /^\d+ objects of \d+ kinds on sandbox-admin were checked\.\n$/);
    const [row] = JSON.parse((await run(...args, '--format', 'json')).out) as [Record<string, unknown>];
    assert.deepEqual([row['path'], row['code'], row['message']], [path, 'reference.missing', message]);
    const sarif = JSON.parse((await run(...args, '--format', 'sarif')).out) as SarifLog;
    assert.deepEqual(brokenSarif(sarif), []);
    assert.ok(sarif.runs[0].results[0]?.locations[0].logicalLocations?.[0]?.fullyQualifiedName.startsWith(object));
    assert.equal((await run(...args, '--baseline', 'known.json', '--write-baseline')).status, 0);
    const known = await run(...args, '--baseline', 'known.json');
    assert.equal(known.status, 0, known.out);
    assert.match(known.out, / \(known\)\n$/);
  }),
);
