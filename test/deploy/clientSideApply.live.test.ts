import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { field, fieldsAt } from '../../src/base/fields.ts';
import { printPlan } from '../../src/deploy/plan/planText.ts';
import type { KubeObject } from '../../src/kubernetes/cluster.ts';
import { sandboxTest } from '../support/sandbox.ts';
import { inNamespace, type LiveDeploy } from './liveDeploy.ts';

const web = (image: string, env: string, data: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: NS}
spec:
  replicas: 1
  paused: true
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: server, image: ${image}, ports: [{containerPort: 80}], env: [${env}]}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: NS}
data: {${data}}
`;

async function kubectlApply(live: LiveDeploy, text: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'client-side-apply-'));
  try {
    const file = join(folder, 'all.yaml');
    await writeFile(file, text.replaceAll('NS', live.namespace));
    await live.kubectl('apply', '-f', file);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function read(live: LiveDeploy, kind: string, name: string): Promise<KubeObject> {
  const text = await live.kubectl('get', kind, name, '-n', live.namespace, '--show-managed-fields', '-o', 'json');
  return JSON.parse(text) as KubeObject;
}

const managers = ({ metadata }: KubeObject) =>
  (metadata['managedFields'] as { manager: string; operation: string; subresource?: string }[])
    .filter(({ subresource }) => subresource === undefined)
    .map(({ manager, operation }) => `${manager} ${operation}`);
const container = (object: KubeObject) => fieldsAt(object, 'spec', 'template', 'spec', 'containers', 0);

sandboxTest(
  'what kubectl applied and edited is taken over without a question; a field that leaves the files leaves the cluster',
  (sandbox) =>
    inNamespace(sandbox, async (live) => {
      const [one, both] = ['{name: A, value: a}', '{name: A, value: a}, {name: B, value: b}'];
      await kubectlApply(live, web('nginx:1.28', both, 'a: "1", b: "2", c: "3"'));
      const edit = JSON.stringify({ data: { c: 'edited', own: 'kept' } });
      const editing = ['--type=merge', '-p', edit, '--field-manager=kubectl-edit'];
      await live.kubectl('patch', 'configmap', 'settings', '-n', live.namespace, ...editing);

      const changed = web('nginx:1.29', one, 'a: "1", c: "3"');
      const { plan } = await live.plan(changed);
      assert.deepEqual(plan.blockers, []);
      assert.match(
        printPlan(plan).replaceAll(live.namespace, 'NS'),
        /configure apps\/v1\/Deployment NS\/web \(image nginx:1\.28 → nginx:1\.29, −B\)\n {4}takes over \d+ fields, set by kubectl apply\n {2}\w+ v1\/ConfigMap NS\/settings \(data\.c edited → 3, −data\.b[^\n]*\)\n {4}takes over 3 fields, set by kubectl apply, kubectl edit\n/,
      );
      await (await live.start(changed)).done;
      const [settings, deployment] = [await read(live, 'configmap', 'settings'), await read(live, 'deployment', 'web')];
      assert.deepEqual(settings['data'], { a: '1', c: '3', own: 'kept' });
      assert.deepEqual(managers(settings), ['hybrid-clusters Apply', 'kubectl-edit Update']);
      assert.deepEqual(managers(deployment), ['hybrid-clusters Apply']);
      assert.deepEqual(container(deployment)['env'], [{ name: 'A', value: 'a' }]);
      assert.equal(container(deployment)['image'], 'nginx:1.29');
      assert.equal(field(deployment, 'spec', 'progressDeadlineSeconds'), 600);
      assert.equal(field(settings, 'metadata', 'annotations'), undefined);

      const less = web('nginx:1.29', '', 'c: "3"').replace('  paused: true\n', '');
      await (await live.start(less.replace('replicas: 1', 'replicas: 0'))).done;
      const after = await read(live, 'deployment', 'web');
      assert.deepEqual((await read(live, 'configmap', 'settings'))['data'], { c: '3', own: 'kept' });
      assert.equal(container(after)['env'], undefined);
      assert.equal(field(after, 'spec', 'paused'), undefined);

      const again = await live.plan(less.replace('replicas: 1', 'replicas: 0'));
      assert.equal(again.plan.counts.unchanged, 2);
    }),
);

sandboxTest('a count that kubectl applied and an autoscaler now drives stays with kubectl, and does not fall', (sandbox) =>
  inNamespace(sandbox, async (live) => {
    const scaled = (image: string) =>
      (web(image, '', '').split('---')[0] ?? '').replace('replicas: 1\n  paused: true', 'replicas: 2');
    const autoscaler = `---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web, namespace: NS}
spec:
  minReplicas: 1
  maxReplicas: 9
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}]
`;
    await kubectlApply(live, scaled('nginx:1.28'));
    await (await live.start(scaled('nginx:1.29') + autoscaler)).done;
    const after = await read(live, 'deployment', 'web');
    assert.equal(field(after, 'spec', 'replicas'), 2);
    assert.equal(container(after)['image'], 'nginx:1.29');
    assert.deepEqual(managers(after), ['hybrid-clusters Apply', 'kubectl-client-side-apply Update']);
  }),
);
