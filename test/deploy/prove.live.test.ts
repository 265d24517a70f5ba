/** Prove It against real controllers: a pod goes, another comes, and the time between them is told. */
import assert from 'node:assert/strict';
import { failed } from '../../src/base/failure.ts';
import { prepareProof, printProof, prove } from '../../src/deploy/proof/prove.ts';
import { type ServiceApi, serviceApi, serviceServedBy } from '../../src/deploy/proof/serviceApi.ts';
import type { ObjectRef } from '../../src/kubernetes/cluster.ts';
import { isReady } from '../../src/kubernetes/podsBehind.ts';
import { withDemoProject } from '../support/demoProject.ts';
import { sandboxTest } from '../support/sandbox.ts';
import { inNamespace, type LiveDeploy } from './liveDeploy.ts';

/** A workload whose pods bear these labels; `sandbox/delay`: how long a pod takes to start, beside the third of a second of every one. */
const workload = (kind: 'Deployment' | 'StatefulSet', name: string, replicas: number, labels: string, delay = '0s') => `
apiVersion: apps/v1
kind: ${kind}
metadata: {name: ${name}, namespace: NS}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {${labels}}}
  template:
    metadata: {labels: {${labels}}, annotations: {sandbox/delay: ${delay}}}
    spec: {containers: [{name: ${name}, image: 'nginx:1.29'}]}
`;

async function proven({ cluster, start, target, namespace }: LiveDeploy, yaml: string, ref: ObjectRef, api?: ServiceApi) {
  const summary = await (await start(yaml)).done;
  assert.match(summary.outcome, /^(succeeded|unchanged)$/, summary.sentence);
  const proof = await prepareProof(cluster, await target(), { ...ref, namespace });
  assert.ok(proof.ok, JSON.stringify(proof));
  const { signal } = new AbortController();
  const done = await prove(proof.value, { cluster, signal, timeoutMs: 60_000, askEveryMs: 100, ...(api ? { api } : {}) });
  assert.ok(done.ok, JSON.stringify(done));
  return { ...done.value, text: printProof(proof.value, done.value).replaceAll(namespace, 'NS') };
}

sandboxTest('one of two pods of a Deployment: whole again within seconds, each moment told', (sandbox) =>
  inNamespace(sandbox, async (live) => {
    const ref = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
    const { outcome, wholeAfterMs = 0, text } = await proven(live, workload('Deployment', 'web', 2, 'app: web'), ref);
    assert.equal(outcome, 'healed', text);
    assert.ok(wholeAfterMs > 0 && wholeAfterMs < 30_000, text);
    assert.match(
      text,
      /^Prove It on sandbox-admin\/NS: Deployment web, 2 of 2 ready\n {3}0\.0 s {2}Pod (web-\S+) is deleted\n(?:.*\n)*.* {2}Pod (web-\S+) takes its place\n(?:.*\n)*.* {2}Pod \2 is ready\n.* {2}Deployment web is whole: 2 of 2 ready\nDeployment web on sandbox-admin was whole again \d+(\.\d)? s after Pod \1 was deleted\.\n$/,
    );
  }),
);

sandboxTest('a pod of a StatefulSet comes again under its own name, and is known as another', (sandbox) =>
  inNamespace(sandbox, async (live) => {
    const ref = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db' };
    const { outcome, text } = await proven(live, workload('StatefulSet', 'db', 1, 'app: db', '1s'), ref);
    assert.equal(outcome, 'healed', text);
    assert.match(text, / {2}Pod db-0 is deleted\n(?:.*\n)*.* {2}Pod db-0 takes its place\n(?:.*\n)*.* {2}Pod db-0 is ready\n/);
  }),
);

sandboxTest(
  'the only pod of an OpenStack API goes, as openstack-helm runs it: its API answers again, and how long it did not is told',
  (sandbox) =>
    inNamespace(sandbox, (live) =>
      withDemoProject(sandbox, async (project) => {
        const labels = 'application: glance, component: api, release_group: glance';
        const yaml = workload('Deployment', 'glance-api', 1, labels, '2s');
        const ref = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'glance-api' };
        const { plan } = await live.plan(yaml);
        const service = serviceServedBy(plan.steps[0]?.object ?? assert.fail());
        assert.equal(service, 'image');
        const glance = serviceApi(project, service);
        // The sandbox's Glance runs beside the cluster: what stands before pods lets nobody through while none is ready, and so does this.
        const api: ServiceApi = {
          name: glance.name,
          ask: async (signal) => {
            const pods = await live.cluster.list(
              'v1',
              'Pod',
              { namespace: live.namespace, labelSelector: 'application=glance' },
              signal,
            );
            const isServed =
              pods.ok && pods.value.items.some((pod) => pod.metadata.deletionTimestamp === undefined && isReady(pod));
            return isServed ? glance.ask(signal) : failed('unavailable', 'the Ingress has no endpoint.', { status: 503 });
          },
        };
        const { outcome, wholeAfterMs = 0, answersAfterMs = 0, text } = await proven(live, yaml, ref, api);
        assert.equal(outcome, 'healed', text);
        assert.ok(answersAfterMs > 1_500 && answersAfterMs < 30_000 && wholeAfterMs > 1_500, text);
        assert.match(
          text,
          /The API image of demo does not answer: the Ingress has no endpoint\n(?:.*\n)*.*The API image of demo answers again\n(?:.*\n)*Deployment glance-api on sandbox-admin was whole again \d+(\.\d)? s after Pod \S+ was deleted\. The API image of demo answered again after \d+(\.\d)? s\.\n$/,
        );
        const untouched = await proven(live, yaml, ref, glance);
        assert.match(untouched.text, / The API image of demo never stopped answering\.\n$/);
      }),
    ),
);
