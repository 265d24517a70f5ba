/** What real controllers write, and what the rules of readiness make of it. */
import assert from 'node:assert/strict';
import { readOverrides } from '../../src/deploy/readiness/override.ts';
import { startRun } from '../../src/deploy/run/run.ts';
import { sandboxTest } from '../support/sandbox.ts';
import { inNamespace } from './liveDeploy.ts';

const HOOK = `{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingWebhookConfiguration, metadata: {name: NS}, webhooks: [{name: guard.hooks.example, clientConfig: {service: {name: guard, namespace: NS}}, rules: [{apiGroups: [toys.example], apiVersions: [v1], operations: [CREATE], resources: [robots]}], failurePolicy: Ignore, sideEffects: None, admissionReviewVersions: [v1]}]}`;

sandboxTest('an autoscaler is able to scale before it counts, metrics or none', (sandbox) =>
  inNamespace(sandbox, async (live) => {
    const run =
      await live.start(`{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: NS}, spec: {replicas: 1, selector: {matchLabels: {a: web}}, template: {metadata: {labels: {a: web}}, spec: {containers: [{name: web, image: "nginx:1.29"}]}}}}
---
{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: web, namespace: NS}, spec: {minReplicas: 1, maxReplicas: 3, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}}`);
    const summary = await run.done;
    assert.equal(summary.outcome, 'succeeded', summary.sentence);
  }),
);

sandboxTest('a webhook configuration waits for the endpoints behind its Service', (sandbox) =>
  inNamespace(sandbox, async (live) => {
    try {
      const run = await live.start(HOOK);
      let asked = false;
      run.onDidChange((event) => {
        if (asked || !event?.message?.startsWith('no endpoint of its Service')) return;
        asked = true;
        void live.cluster.apply({
          apiVersion: 'discovery.k8s.io/v1',
          kind: 'EndpointSlice',
          metadata: { name: 'guard-1', namespace: live.namespace, labels: { 'kubernetes.io/service-name': 'guard' } },
          addressType: 'IPv4',
          endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready: true } }],
          ports: [{ port: 443, protocol: 'TCP' }],
        });
      });
      const summary = await run.done;
      assert.equal(summary.outcome, 'succeeded', summary.sentence);
      assert.ok(asked, 'it was ready before anything answered');
    } finally {
      await live.kubectl('delete', 'validatingwebhookconfiguration', live.namespace, '--ignore-not-found');
    }
  }),
);

sandboxTest('what a user says of a kind counts instead of its rule', (sandbox) =>
  inNamespace(sandbox, async (live) => {
    const { plan, written } = await live.plan(
      '{apiVersion: v1, kind: ConfigMap, metadata: {name: late, namespace: NS}, data: {a: b}}',
    );
    const { overrides } = readOverrides({ ConfigMap: { ready: 'jsonpath={.metadata.labels.filled}=yes', within: '60s' } });
    const run = startRun(plan, { cluster: live.cluster, written }, { readiness: overrides });
    run.onDidChange((event) => {
      if (event?.state === 'waiting')
        void live.kubectl('label', 'configmap', 'late', 'filled=yes', '--overwrite', '-n', live.namespace);
    });
    const summary = await run.done;
    assert.equal(summary.outcome, 'succeeded', summary.sentence);
    assert.ok(run.events.some(({ message }) => message === 'waits for jsonpath={.metadata.labels.filled}=yes'));
  }),
);
