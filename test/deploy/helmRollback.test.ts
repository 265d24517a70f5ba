/** What going back to a revision of a Helm release does, over manifests as text. That Helm merges so is its own source (`createPatch`); the merge keys are those of the API reference. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { planRollback } from '../../src/deploy/helmRollback.ts';
import { threeWay } from '../../src/deploy/plan/threeWay.ts';
import type { KubeObject } from '../../src/kubernetes/cluster.ts';
import type { Release } from '../../src/kubernetes/helmRelease.ts';
import { FakeCluster } from '../support/fakeCluster.ts';

const MERGES: readonly (readonly [name: string, original: string, target: string, live: string, result: string])[] = [
  ['the target’s word holds', '{a: 1}', '{a: 2}', '{a: 3}', '{a: 2}'],
  ['what only the original said goes', '{a: 1, b: 1}', '{a: 1}', '{a: 1, b: 5, c: 1}', '{a: 1, c: 1}'],
  [
    'defaults of the server stay',
    '{spec: {x: 1}}',
    '{spec: {x: 1}}',
    '{spec: {x: 1, d: y}, status: {}}',
    '{spec: {x: 1, d: y}, status: {}}',
  ],
  [
    'items of containers are one by name, each with its defaults',
    '{containers: [{name: a, image: a:2, env: [{name: NEW, value: x}, {name: OLD, value: x}]}]}',
    '{containers: [{name: a, image: a:1, env: [{name: OLD, value: x}]}]}',
    '{containers: [{name: a, image: a:2, pull: Always, env: [{name: NEW, value: x}, {name: OLD, value: x}]}, {name: injected}]}',
    '{containers: [{name: a, image: a:1, pull: Always, env: [{name: OLD, value: x}]}, {name: injected}]}',
  ],
  ['a list without a key goes whole', '{args: [a]}', '{args: [b]}', '{args: [a, c]}', '{args: [b]}'],
  [
    'ports are one by number',
    '{ports: [{port: 80}]}',
    '{ports: [{port: 80, name: web}]}',
    '{ports: [{port: 80, nodePort: 30000}]}',
    '{ports: [{port: 80, nodePort: 30000, name: web}]}',
  ],
  ['a null takes away', '{a: 1}', '{a: null}', '{a: 1}', '{}'],
];

describe('a merge in three ways', () => {
  for (const [name, original, target, live, result] of MERGES)
    it(name, () => assert.deepEqual(threeWay(parse(original), parse(target), parse(live)), parse(result)));
});

const release = (version: number, manifest: string, more: object = {}): Release => ({
  name: 'web',
  namespace: 'shop',
  version,
  manifest,
  ...more,
});
const FIRST = release(
  1,
  `---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {level: info}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {ports: [{port: 80}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: old}
data: {rule: "{{ $value }}"}
---
# Source: web/templates/empty.yaml
---
apiVersion: v1
kind: ConfigMap
metadata: {name: taken}
`,
  {
    hooks: [
      { name: 'migrate', events: ['post-rollback', 'post-upgrade'] },
      { name: 'test', events: ['test'] },
    ],
  },
);
const THIRD = release(
  3,
  `---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {level: debug, extra: "yes"}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {ports: [{port: 80}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: new}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: vanished}
`,
);
const LIVE = `
- {apiVersion: v1, kind: ConfigMap, metadata: {name: settings}, data: {level: debug, extra: "yes", mine: kept}}
- {apiVersion: v1, kind: Service, metadata: {name: web}, spec: {clusterIP: 10.0.0.1, ports: [{port: 80, nodePort: 30000}]}}
- {apiVersion: v1, kind: ConfigMap, metadata: {name: new}}
- {apiVersion: v1, kind: ConfigMap, metadata: {name: taken}}
- {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data, annotations: {helm.sh/resource-policy: keep}}}
`;

describe('a rollback', () => {
  it('is planned: what is changed, made, deleted, kept and refused, and which hooks run', async () => {
    const cluster = new FakeCluster();
    for (const object of parse(LIVE) as KubeObject[])
      cluster.put({ ...object, metadata: { ...object.metadata, namespace: 'shop' } });
    const plan = await planRollback(cluster, THIRD, FIRST);
    assert.ok(plan.ok, JSON.stringify(plan));
    assert.deepEqual(
      plan.value.steps.map(({ ref, action, reason }) => `${action} ${ref.kind} ${ref.namespace}/${ref.name}: ${reason}`),
      [
        'update ConfigMap shop/settings: data.level debug → info, −data.extra',
        'unchanged Service shop/web: ',
        'create ConfigMap shop/old: not there now',
        'refused ConfigMap shop/taken: it is there and not of this release: helm refuses',
        'delete ConfigMap shop/new: not in that revision',
        'keep PersistentVolumeClaim shop/data: leaves the release and stays (helm.sh/resource-policy)',
      ],
    );
    assert.deepEqual([plan.value.from, plan.value.to, plan.value.hooks], [3, 1, ['migrate']]);
    assert.deepEqual(plan.value.steps[0]?.result?.['data'], { level: 'info', mine: 'kept' });
    assert.deepEqual(cluster.requests, [], 'nothing is sent');
  });

  it('of a manifest that cannot be read is none', async () => {
    const plan = await planRollback(new FakeCluster(), THIRD, release(1, 'apiVersion: v1\nkind: ConfigMap\nmetadata: [\n'));
    assert.match(plan.ok ? 'planned' : plan.failure.message, /manifest of revision 1 of web cannot be read/);
  });
});
