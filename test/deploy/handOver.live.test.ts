/** What only a real API server can say about letting go of objects. */
import assert from 'node:assert/strict';
import { planRelease, printRelease, release } from '../../src/deploy/removal/release.ts';
import { sandboxTest } from '../support/sandbox.ts';
import { inNamespace } from './liveDeploy.ts';

const deployment = (image: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: NS}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: '${image}'}]}
`;

sandboxTest('released objects keep what they ask for; what another then applies is theirs alone', (sandbox) =>
  inNamespace(sandbox, async (live) => {
    await (await live.start(deployment('nginx:1.29'))).done;
    const { plan } = await live.plan(deployment('nginx:1.29'));
    const planned = await planRelease(plan, live.cluster);
    assert.match(
      printRelease(planned),
      /1 release\n {2}release apps\/v1\/Deployment \S+\/web\n {4}\d+ fields\n {4}no engine has applied it yet\n {4}nobody's then: /,
    );
    const spec = () =>
      live.kubectl(
        'get',
        'deployment',
        'web',
        '-n',
        live.namespace,
        '-o',
        'jsonpath={.spec.replicas} {.spec.template.spec.containers[0].image}',
      );
    const generation = () =>
      live.kubectl('get', 'deployment', 'web', '-n', live.namespace, '-o', 'jsonpath={.metadata.generation}');
    const [before, first] = [await spec(), await generation()];
    const done = await release(planned, live.cluster);
    assert.ok(done.ok);
    assert.match(done.value.sentence, /^Released on sandbox-admin\/\S+: 1 object\./);
    assert.deepEqual([await spec(), await generation()], [before, first]);
    const managers = await live.kubectl(
      'get',
      'deployment',
      'web',
      '-n',
      live.namespace,
      '--show-managed-fields',
      '-o',
      'jsonpath={.metadata.managedFields[*].manager}',
    );
    assert.doesNotMatch(managers, /hybrid-clusters/);
    assert.match(printRelease(await planRelease(plan, live.cluster)), /nothing apps\/v1\/Deployment/);
  }),
);
