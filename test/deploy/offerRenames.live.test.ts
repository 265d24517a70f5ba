/** What the real API server takes under another version as it is, and what not. */
import assert from 'node:assert/strict';
import { sandboxTest } from '../support/sandbox.ts';
import { inNamespace } from './liveDeploy.ts';

sandboxTest('a rename is offered where the server takes the object as it is, and not where more has changed', (sandbox) =>
  inNamespace(sandbox, async ({ plan, writes }) => {
    const pod = 'containers: [{name: c, image: "busybox:1.37"}], restartPolicy: Never';
    const made = await plan(`apiVersion: batch/v1beta1
kind: CronJob
metadata: {name: nightly, namespace: NS}
spec: {schedule: "0 1 * * *", jobTemplate: {spec: {template: {spec: {${pod}}}}}}
---
apiVersion: extensions/v1beta1
kind: Ingress
metadata: {name: web, namespace: NS}
spec: {backend: {serviceName: web, servicePort: 80}}
---
apiVersion: apps/v1beta1
kind: Deployment
metadata: {name: web, namespace: NS}
spec: {template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: "nginx:1.29"}]}}}
`);
    assert.deepEqual(
      made.plan.blockers.map(({ message, finding }) => [message.split(' in ')[0], finding?.fixes?.[0]?.newText]),
      [
        ['sandbox-admin does not serve CronJob', 'batch/v1'],
        ['sandbox-admin does not serve Ingress', undefined],
        ['sandbox-admin does not serve Deployment', undefined],
      ],
    );
    assert.deepEqual(await writes(), []);
  }),
);
