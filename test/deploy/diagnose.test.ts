/** Where in a file the cause of a trouble stands: the line to fix. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Cause } from '../../src/deploy/readiness/status.ts';
import { locate } from '../../src/deploy/run/diagnose.ts';
import { writtenFrom } from '../support/written.ts';

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  template:
    spec:
      nodeSelector: { disk: ssd }
      initContainers:
        - name: migrate
          image: migrate:1
      containers:
        - name: web
          image: registry.example/web:1.3
          resources: { requests: { cpu: 64 } }
          readinessProbe: { httpGet: { path: /, port: 80 } }
          envFrom:
            - configMapRef: { name: settings }
          env:
            - name: KEY
              valueFrom:
                secretKeyRef:
                  name: secrets
                  key: api
      volumes:
        - name: data
          persistentVolumeClaim: { claimName: data }
`;

const cases: readonly (readonly [name: string, cause: Cause, line: number])[] = [
  ['an image that is not there', { kind: 'image', container: 'web' }, 13],
  ['the image of an init container', { kind: 'image', container: 'migrate' }, 10],
  ['a container that crashes', { kind: 'container', container: 'web' }, 12],
  ['a container of nobody (put in by a webhook)', { kind: 'container', container: 'sidecar' }, 7],
  ['a probe that says no', { kind: 'probe', container: 'web', probe: 'readinessProbe' }, 15],
  ['a missing ConfigMap', { kind: 'reference', to: '/ConfigMap', name: 'settings', container: 'web' }, 17],
  ['a missing key', { kind: 'reference', to: '/Secret', name: 'secrets', key: 'api', container: 'web' }, 23],
  ['too much memory', { kind: 'resources' }, 14],
  ['a label that no node has', { kind: 'pod', path: ['nodeSelector'] }, 7],
  ['a taint, where no toleration is written', { kind: 'pod', path: ['tolerations'] }, 7],
  ['a claim', { kind: 'volume', claim: 'data' }, 26],
  ['some volume', { kind: 'volume' }, 25],
  ['a field', { kind: 'field', path: ['spec', 'replicas'] }, 5],
];

describe('the line to fix', () => {
  const [written] = writtenFrom(deployment);
  assert.ok(written);
  for (const [name, cause, line] of cases)
    test(name, () => assert.equal(written.placeOf(locate(cause, written.object)).line, line));
});
