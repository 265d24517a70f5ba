/** Going back by itself and checks of one's own, on the sandbox's real API server and Octavia, through the command line. */
import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sandboxTest } from '../support/sandbox.ts';
import { inFolder, type LiveFolder } from './liveFolder.ts';

const web = (image: string) => `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: NS}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: server, image: "${image}", ports: [{containerPort: 8080, name: http}]}]}
---
{apiVersion: v1, kind: Service, metadata: {name: web, namespace: NS}, spec: {selector: {app: web}, ports: [{port: 80, targetPort: http}]}}
`;
const smoke = (program: string) => `apiVersion: batch/v1
kind: Job
metadata: {name: smoke}
spec: {backoffLimit: 0, template: {spec: {restartPolicy: Never, containers: [{name: test, image: "busybox:1.37", command: [${program}]}]}}}
`;

const apply = ({ run, namespace }: LiveFolder, ...more: string[]) =>
  run('apply', 'shop', '--context', 'sandbox-admin', '-n', namespace, '--set', 'shop', '--yes', ...more);
const imageOf = ({ kubectl, namespace }: LiveFolder) =>
  kubectl('-n', namespace, 'get', 'deployment', 'web', '-o', 'jsonpath={.spec.template.spec.containers[0].image}');

sandboxTest('a deploy that fails goes back by itself to the last one that came up, and the report tells both', (sandbox) =>
  inFolder(sandbox, async (live) => {
    await mkdir(join(live.folder, 'shop'));
    await live.write('shop/web.yaml', web('nginx:no-such-tag'));
    const none = await apply(live, '--roll-back');
    assert.equal(none.status, 3, none.out + none.err);
    assert.match(none.out, /No earlier deploy of shop that succeeded is kept: nothing was rolled back\.\n$/);

    await live.write('shop/web.yaml', web('nginx:1.29'));
    const first = await apply(live, '--roll-back');
    assert.equal(first.status, 0, first.out + first.err);

    await live.write('shop/web.yaml', web('nginx:no-such-tag'));
    const broken = await apply(live, '--roll-back', '--report', 'report.md');
    assert.equal(broken.status, 3, broken.out + broken.err);
    const [last = ''] = broken.out.trimEnd().split('\n').slice(-1);
    assert.match(
      last,
      /^web is not up: .*no-such-tag.* \(web\.yaml:\d+\)\. Rolled back to the deploy of \d\d:\d\d: cli-test-\w+ is up on sandbox-admin: 1 configured, 1 unchanged, ready in \d+(?:\.\d)? s\.$/,
    );
    assert.equal(await imageOf(live), 'nginx:1.29');
    const report = await readFile(join(live.folder, 'report.md'), 'utf8');
    assert.match(
      report,
      /partly failed\n[\s\S]*Rolled back to the deploy of[\s\S]*: succeeded\n[\s\S]*by itself, after run `[\w-]+` failed/,
    );

    const json = await apply(live, '--roll-back', '--format', 'json');
    const told = JSON.parse(json.out) as { rolledBack: { outcome: string }; run: { outcome: string } };
    assert.deepEqual([json.status, told.run.outcome, told.rolledBack.outcome], [3, 'partial', 'succeeded']);
    assert.equal(await imageOf(live), 'nginx:1.29');
  }),
);

sandboxTest('checks run once all is up: through a forwarded port, of an object, as a Job', (sandbox) =>
  inFolder(sandbox, async (live) => {
    await mkdir(join(live.folder, 'shop'));
    await live.write('shop/web.yaml', web('nginx:1.29'));
    await live.write('shop/smoke.yaml', smoke('"true"'));
    const checks = (text: string) => `checks:
  - {http: web, port: 80, path: /healthz, status: 200, contains: "${text}", within: 5s}
  - {condition: deployment/web, is: condition=Available}
  - {condition: deploy.apps/web, is: "jsonpath={.status.readyReplicas}=1"}
  - {job: smoke.yaml}
`;
    await live.write('shop/checks.yaml', checks('a pod of the sandbox'));
    const good = await apply(live);
    assert.equal(good.status, 0, good.out + good.err);
    assert.match(good.out, / 4 checks passed\.\n$/);
    const jobs = () => live.kubectl('-n', live.namespace, 'get', 'jobs', '-o', 'name');
    assert.equal(await jobs(), '', 'the Job was deleted, and not deployed beside');

    await live.write('shop/checks.yaml', checks('another page'));
    await live.write('shop/smoke.yaml', smoke('"false"'));
    const bad = await apply(live, '--report', 'report.md');
    assert.equal(bad.status, 3, bad.out + bad.err);
    assert.match(
      bad.out,
      /Verified 2 objects .* 2 of 4 checks passed; check http web:80\/healthz: answered 200 without "another page", for 5 s \(checks\.yaml:2\)\. 1 more failed\.\n$/,
    );
    assert.match(bad.out, /check job smoke\.yaml: smoke-\w{5}-\w+\/test ended with:\n {2}\| /);
    assert.equal(await jobs(), '');
    assert.match(await readFile(join(live.folder, 'report.md'), 'utf8'), /## Checks\n[\s\S]*\| job smoke\.yaml \| failed \|/);
  }),
);

sandboxTest('the members of the load balancer of a Service are asked of Octavia', (sandbox) =>
  inFolder(sandbox, async (live) => {
    await mkdir(join(live.folder, 'shop'));
    await live.write(
      'shop/web.yaml',
      '{apiVersion: v1, kind: Service, metadata: {name: web, namespace: NS}, spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80}]}}\n',
    );
    await live.write('shop/checks.yaml', 'checks: [{members: web, within: 20s}]\n');
    const done = await apply(live, '--cloud', 'demo', '--project', 'demo');
    assert.equal(done.status, 0, done.out + done.err);
    assert.match(done.out, /check members web: ready, (\d+) of \1 members work\n/);
    const gone = await live.run(
      'undeploy',
      '--set',
      'shop',
      '--context',
      'sandbox-admin',
      '-n',
      live.namespace,
      '--yes',
      '--destroy',
      'web',
    );
    assert.equal(gone.status, 0, gone.out + gone.err);
  }),
);

sandboxTest('of several targets the one that failed goes back, the other keeps what it got', (sandbox) =>
  inFolder(sandbox, async (live) => {
    for (const folder of ['one', 'two']) await mkdir(join(live.folder, folder));
    const settings = (colour: string) =>
      `{apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: NS}, data: {colour: ${colour}}}\n`;
    await live.write(
      'shop.targets.yaml',
      'context: sandbox-admin\nnamespace: NS\ntargets: [{name: one, paths: one, wave: 1}, {name: two, paths: two, wave: 1}]\n',
    );
    const deploy = () => live.run('apply', '--targets', 'shop.targets.yaml', '--set', 'shop', '--yes', '--roll-back');
    await live.write('one/web.yaml', web('nginx:1.29'));
    await live.write('two/settings.yaml', settings('red'));
    const first = await deploy();
    assert.equal(first.status, 0, first.out + first.err);
    await live.write('one/web.yaml', web('nginx:no-such-tag'));
    await live.write('two/settings.yaml', settings('blue'));
    const second = await deploy();
    assert.equal(second.status, 3, second.out + second.err);
    assert.match(second.out, /\none: Rolled back to the deploy of \d\d:\d\d: cli-test-\w+ is up on .*\n$/);
    const colour = await live.kubectl('-n', live.namespace, 'get', 'configmap', 'settings', '-o', 'jsonpath={.data.colour}');
    assert.deepEqual([await imageOf(live), colour], ['nginx:1.29', 'blue']);
  }),
);
