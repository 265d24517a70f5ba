/** Patches of a target as text: what becomes of the objects, and where each field stands then. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { patchObjects } from '../../src/deploy/files/patchObjects.ts';
import { writtenFrom } from '../support/written.ts';

const web = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 1
  template:
    spec:
      containers:
        - name: web
          image: web:1
          args: [a, b]
        - name: proxy
          image: proxy:1
          env: [{name: A, value: "1"}]
`;

const patch = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: {site: edge}
spec:
  replicas: 3
  template:
    spec:
      containers:
        - name: proxy
          image: proxy:2
          env:
            - {name: B, value: "2"}
        - name: web
          args: null
`;

const patched = (text: string, ...patches: readonly string[]) =>
  patchObjects(
    writtenFrom(text, 'web.yaml'),
    patches.map((one, index) => ({ file: `p${index}.yaml`, text: one })),
  );

test('mappings merge, null takes out, items of a pod are found by their names', () => {
  const { written, findings } = patched(web, patch);
  assert.deepEqual(findings, []);
  assert.deepEqual(written[0]?.object, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', labels: { site: 'edge' } },
    spec: {
      replicas: 3,
      template: {
        spec: {
          containers: [
            { name: 'web', image: 'web:1' },
            {
              name: 'proxy',
              image: 'proxy:2',
              env: [
                { name: 'A', value: '1' },
                { name: 'B', value: '2' },
              ],
            },
          ],
        },
      },
    },
  });
});

test('each field stands where it was set', () => {
  const [one] = patched(web, patch).written;
  const containers = ['spec', 'template', 'spec', 'containers'];
  const places = [
    ['spec', 'replicas'],
    ['metadata', 'labels', 'site'],
    [...containers, 0, 'image'],
    [...containers, 1, 'image'],
    [...containers, 1, 'env', 0, 'value'],
    [...containers, 1, 'env', 1, 'value'],
  ].map((path) => one?.placeOf(path));
  assert.deepEqual(
    places.map((place) => `${place?.file}:${place?.line}`),
    ['p0.yaml:7', 'p0.yaml:5', 'web.yaml:11', 'p0.yaml:12', 'web.yaml:15', 'p0.yaml:14'],
  );
});

test('the last patch counts; a list without keys goes whole', () => {
  const of = (spec: string) => `{apiVersion: v1, kind: Service, metadata: {name: web}, spec: ${spec}}`;
  const { written } = patched(of('{ports: [{port: 1}, {port: 2}]}'), of('{ports: [{port: 3}]}'), of('{type: NodePort}'));
  assert.deepEqual(structuredClone(written[0]?.object['spec']), { ports: [{ port: 3 }], type: 'NodePort' });
});

test('a patch that changes nothing is an error at its name', () => {
  const { findings } = patched(web, patch.replace('name: web\n  labels', 'name: wep\n  labels'));
  assert.deepEqual(
    findings.map(({ severity, code, message, file }) => `${severity} ${code} ${file}: ${message}`),
    [
      'error deploy.patchUnmatched p0.yaml: Nothing that is deployed here is Deployment wep of apps/v1, which this patch changes. Correct its name, or take it out.',
    ],
  );
});
