/** The hard cases of deploying that the plan decides: what is written, what is there, and the plan as it is printed. What a run decides stands in hardCases.test.ts. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { gather } from '../../src/deploy/files/gather.ts';
import { noLookup } from '../../src/deploy/live/projectLookup.ts';
import type { Allowed } from '../../src/deploy/plan/decide.ts';
import { makePlan } from '../../src/deploy/plan/plan.ts';
import { printPlan } from '../../src/deploy/plan/planText.ts';
import type { SetRequest } from '../../src/deploy/removal/plannedSet.ts';
import { startRun } from '../../src/deploy/run/run.ts';
import type { Plan } from '../../src/deploy/types.ts';
import type { KubeObject } from '../../src/kubernetes/cluster.ts';
import { DeletingCluster } from '../support/deletingCluster.ts';
import { fakeTarget } from '../support/fakeTarget.ts';

interface Case {
  readonly name: string;
  readonly yaml: string;
  readonly there?: readonly string[];
  /** The plan behind its first line. */
  readonly plan: string;
}

const shop: SetRequest = { names: ['shop'], partial: false, prune: 'on' };
const job = (image: string) =>
  `{apiVersion: batch/v1, kind: Job, metadata: {generateName: migrate-}, spec: {template: {spec: {restartPolicy: Never, containers: [{name: m, image: "${image}"}]}}}}`;

const cases: readonly Case[] = [
  {
    name: 'CRD before CR in one run: the object is proven offline by the definition beside it',
    yaml: `apiVersion: toys.example/v1
kind: Robot
metadata: {name: r2}
spec: {wheels: three}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: robots.toys.example}
spec:
  group: toys.example
  scope: Namespaced
  names: {kind: Robot, plural: robots}
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {wheels: {type: integer}}}}}}
`,
    plan: `2 create
  create apiextensions.k8s.io/v1/CustomResourceDefinition robots.toys.example
  create toys.example/v1/Robot shop/r2 (verified on apply: Robot is defined in this plan)
blocked: spec.wheels takes a whole number, not a text. (a.yaml:4)
`,
  },
  {
    name: 'Object larger than an annotation holds: server-side apply takes it, and no copy of it is kept in one',
    yaml: `{apiVersion: v1, kind: ConfigMap, metadata: {name: big}, data: {a: "${'x'.repeat(300_000)}"}}`,
    plan: '1 create\n  create v1/ConfigMap shop/big\n',
  },
  {
    name: 'Object larger than etcd takes: told with its size, and nothing of it is sent',
    yaml: `{apiVersion: v1, kind: ConfigMap, metadata: {name: huge}, data: {a: "${'x'.repeat(1_700_000)}"}}`,
    plan: `nothing to deploy
blocked: ConfigMap huge has 1.62 MiB, and a cluster stores at most 1.5 MiB of an object. Divide it, or keep what is large elsewhere. (a.yaml:1)
`,
  },
  {
    name: 'List kinds, multi-doc, JSON: each object by itself, each with its line',
    yaml: `# nothing here
---
apiVersion: v1
kind: List
items:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: b, namespace: nowhere}}
---
{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "c"}}
`,
    plan: `1 invalid · 2 create
  invalid v1/ConfigMap nowhere/b (namespace nowhere is not usable)
  create v1/ConfigMap shop/a
  create v1/ServiceAccount shop/c
warning: ConfigMap b goes to namespace nowhere, not to shop, the target's. (a.yaml)
blocked: Namespace nowhere does not exist on sandbox-admin. Add a Namespace manifest for it, or create it first. (a.yaml:7)
`,
  },
  {
    name: 'Same object twice: equal copies count once, other content blocks with both places',
    yaml: `{apiVersion: v1, kind: ConfigMap, metadata: {name: same}, data: {a: "1"}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: same, namespace: shop}, data: {a: "1"}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: other}, data: {a: "1"}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: other}, data: {a: "2"}}
`,
    plan: `2 create
  create v1/ConfigMap shop/same
  create v1/ConfigMap shop/other
information: ConfigMap same is also written in a.yaml:1; the copies are equal and count once. (a.yaml)
blocked: ConfigMap other is also written in a.yaml:5, with other content. Keep one of them. (a.yaml:7)
`,
  },
  {
    name: 'Missing or wrong namespace: it comes from the target, another one is told of each object, one without a need is left out',
    yaml: `{apiVersion: v1, kind: ConfigMap, metadata: {name: plain}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: there, namespace: default}}
---
{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: fast, namespace: shop}}
`,
    plan: `3 create
  create v1/ConfigMap shop/plain
  create v1/ConfigMap default/there
  create storage.k8s.io/v1/StorageClass fast
warning: ConfigMap there goes to namespace default, not to shop, the target's. (a.yaml)
warning: StorageClass fast belongs to the whole cluster; its namespace is left out. (a.yaml)
`,
  },
  {
    name: 'API version removed: the versions that are served are named',
    yaml: '{apiVersion: extensions/v1beta1, kind: Ingress, metadata: {name: a}}\n---\n{apiVersion: apps/v1beta2, kind: Deployment, metadata: {name: b}}',
    plan: `nothing to deploy
blocked: sandbox-admin does not serve Ingress in extensions/v1beta1. It serves networking.k8s.io/v1: change apiVersion. (a.yaml:1)
blocked: sandbox-admin does not serve Deployment in apps/v1beta2. It serves apps/v1: change apiVersion. (a.yaml:3)
`,
  },
  {
    name: 'managedFields, status and uid in pasted YAML: left out and named',
    yaml: `apiVersion: v1
kind: ConfigMap
metadata:
  name: pasted
  uid: 0d1e
  resourceVersion: "7"
  creationTimestamp: "2026-01-01T00:00:00Z"
  managedFields: []
  ownerReferences: []
  annotations: {kubectl.kubernetes.io/last-applied-configuration: "{}"}
status: {}
`,
    plan: `1 create
  create v1/ConfigMap shop/pasted
information: ConfigMap pasted: status, managedFields, resourceVersion, uid, creationTimestamp, ownerReferences, kubectl.kubernetes.io/last-applied-configuration are written by the server and not sent. (a.yaml)
`,
  },
];

async function plan(yaml: string, cluster: DeletingCluster, set?: SetRequest, allowed: Allowed = {}): Promise<Plan> {
  const gathered = await gather({ files: [{ file: 'a.yaml', text: yaml }], notes: [] }, noLookup('no cloud'));
  const made = await makePlan({ target: fakeTarget, ...gathered, allowed, ...(set ? { set } : {}) }, cluster);
  assert.ok(made.ok, made.ok ? '' : made.failure.message);
  return made.value;
}

const printed = (made: Plan) => printPlan(made).split('\n').slice(1).join('\n');

describe('hard cases of plans', () => {
  for (const one of cases)
    test(one.name, async () => {
      const cluster = new DeletingCluster();
      for (const object of one.there ?? []) cluster.put(parse(object) as KubeObject);
      const made = await plan(one.yaml, cluster);
      assert.equal(printed(made), one.plan);
      for (const { object } of made.steps) assert.deepEqual(object.metadata.annotations ?? {}, {});
    });
});

test('generateName: made once for what it says, once more when that changes, and those before it are never pruned', async () => {
  const cluster = new DeletingCluster();
  const deploy = async (image: string): Promise<string> => {
    const made = await plan(job(image), cluster, shop);
    const run = startRun(made, { cluster, written: [] }, { stabilityMs: 0, timeoutMs: 1_000 });
    run.onDidChange(({ key, state } = { key: '', state: 'ready', at: 0 }) => {
      if (state !== 'waiting') return;
      const [, name = ''] = /shop\/(.*)/.exec(key) ?? [];
      const live = { apiVersion: 'batch/v1', kind: 'Job', namespace: 'shop', name };
      setImmediate(async () => {
        const found = await cluster.get(live);
        if (found.ok) cluster.put({ ...found.value, status: { conditions: [{ type: 'Complete', status: 'True' }] } });
      });
    });
    await run.done;
    return made.steps.map(({ action, ref, reason }) => `${action} ${ref.name} ${reason}`.trim()).join('\n');
  };
  const began = await deploy('shop:1');
  assert.match(began, /^create migrate-[0-9a-f]{8}$/);
  const [, first = ''] = began.split(' ');
  assert.equal(await deploy('shop:1'), `unchanged ${first}`);
  const [later = '', before] = (await deploy('shop:2')).split('\n').toSorted();
  assert.match(later, /^create migrate-[0-9a-f]{8}$/);
  assert.notEqual(later, began);
  assert.equal(before, `skip ${first} stays: each one of its generateName is there once; delete it by hand`);
});

test('Namespace that nothing makes: blocks, or is a step of the plan after a yes, of no set and never pruned', async () => {
  const cluster = new DeletingCluster();
  const yaml =
    '{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: new}}\n---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: b}}';
  const refused = await plan(yaml, cluster, shop);
  assert.match(printed(refused), /^blocked: Namespace new does not exist on sandbox-admin\..* \(a\.yaml:1\)$/m);
  assert.deepEqual(
    refused.blockers.map(({ namespace }) => namespace),
    ['new'],
  );
  assert.deepEqual((await plan(yaml, cluster, shop, { namespaces: ['other'] })).blockers, refused.blockers);
  const agreed = await plan(yaml, cluster, shop, { namespaces: ['new'] });
  assert.equal(
    printed(agreed),
    `3 create
  create v1/Namespace new
  create v1/ConfigMap new/a (verified on apply: namespace new is made in this plan)
  create v1/ConfigMap shop/b
warning: ConfigMap a goes to namespace new, not to shop, the target's. (a.yaml)
`,
  );
  const run = startRun(agreed, { cluster, written: [] }, { stabilityMs: 0, timeoutMs: 1_000 });
  run.onDidChange((event) => {
    const isActive = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'new' }, status: { phase: 'Active' } };
    if (event?.message === 'being made') setImmediate(() => cluster.put(isActive));
  });
  assert.equal((await run.done).outcome, 'succeeded');
  assert.equal(printed(await plan(yaml, cluster, shop)).split('\n')[0], '2 unchanged');
});
