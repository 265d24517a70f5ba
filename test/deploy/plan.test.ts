import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countsOf, makePlan } from '../../src/deploy/plan/plan.ts';
import { countsLine, printPlan, toDoLine } from '../../src/deploy/plan/planText.ts';
import type { Target } from '../../src/deploy/types.ts';
import type { Finding } from '../../src/manifest/finding.ts';
import type { Severities } from '../../src/manifest/severities.ts';
import { FakeCluster } from '../support/fakeCluster.ts';
import { writtenFrom } from '../support/written.ts';

const target: Target = {
  context: 'sandbox-admin',
  server: 'https://127.0.0.1:6443',
  user: 'admin',
  namespace: 'shop',
  cloud: 'demo',
  project: 'demo',
  clusterUid: 'uid-kube-system',
  protection: 'open',
};

async function plan(yaml: string, cluster = new FakeCluster()): Promise<string> {
  const made = await makePlan(
    { target, written: writtenFrom(yaml), findings: [], texts: new Map([['test.yaml', yaml]]) },
    cluster,
  );
  return made.ok ? printPlan(made.value) : made.failure.message;
}

test('a plan reads like what will happen', async () => {
  const cluster = new FakeCluster();
  const mine = { managedFields: [{ manager: 'hybrid-clusters' }] };
  cluster.put({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'same', namespace: 'shop', ...mine }, data: { a: '1' } });
  cluster.put({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'shop', ...mine },
    spec: { replicas: 2, template: { spec: { containers: [{ name: 'web', image: 'a' }] } } },
  });
  const text = await plan(
    `
{apiVersion: v1, kind: ConfigMap, metadata: {name: same}, data: {a: "1"}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: new}, data: {a: "1"}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {replicas: 3, template: {spec: {containers: [{name: web, image: b}]}}}
`,
    cluster,
  );
  assert.equal(
    text,
    `Target sandbox-admin/shop (https://127.0.0.1:6443 as admin, cloud demo project demo)
1 create · 1 configure · 1 unchanged
  create v1/ConfigMap shop/new
  configure apps/v1/Deployment shop/web (replicas 2 → 3, image a → b)
  unchanged v1/ConfigMap shop/same
`,
  );
  assert.deepEqual(
    cluster.requests.filter((request) => !request.includes('dry')),
    [],
  );
});

test('what only this plan makes is verified on apply', async () => {
  assert.equal(
    await plan(`
{apiVersion: v1, kind: Namespace, metadata: {name: new}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: new}}
---
{apiVersion: toys.example/v1, kind: Robot, metadata: {name: r2}}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: robots.toys.example}
spec: {group: toys.example, scope: Cluster, names: {kind: Robot}, versions: [{name: v1}]}
`),
    `Target sandbox-admin/shop (https://127.0.0.1:6443 as admin, cloud demo project demo)
4 create
  create v1/Namespace new
  create v1/ConfigMap new/a (verified on apply: namespace new is made in this plan)
  create apiextensions.k8s.io/v1/CustomResourceDefinition robots.toys.example
  create toys.example/v1/Robot r2 (verified on apply: Robot is defined in this plan)
warning: ConfigMap a goes to namespace new, not to shop, the target's. (test.yaml)
`,
  );
});

test('what is wrong blocks, each with its sentence', async () => {
  assert.equal(
    await plan(`
{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: nowhere}}
---
{apiVersion: toys.example/v1, kind: Robot, metadata: {name: r2}}
---
{apiVersion: apps/v1beta1, kind: Deployment, metadata: {name: old}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {}}
---
{apiVersion: v1, kind: Secret, metadata: {name: twice}, data: {a: YQ==}}
---
{apiVersion: v1, kind: Secret, metadata: {name: twice}, data: {a: Yg==}}
`),
    `Target sandbox-admin/shop (https://127.0.0.1:6443 as admin, cloud demo project demo)
1 invalid · 1 create
  invalid v1/ConfigMap nowhere/a (namespace nowhere is not usable)
  create v1/Secret shop/twice
warning: ConfigMap a goes to namespace nowhere, not to shop, the target's. (test.yaml)
blocked: sandbox-admin does not serve Robot in toys.example/v1. Add its CustomResourceDefinition to the deploy, or install what defines it. (test.yaml:4)
blocked: sandbox-admin does not serve Deployment in apps/v1beta1. It serves apps/v1: change apiVersion. (test.yaml:6)
blocked: ConfigMap has no name. Give it metadata.name. (test.yaml:8)
blocked: Secret twice is also written in test.yaml:10, with other content. Keep one of them. (test.yaml:12)
blocked: Namespace nowhere does not exist on sandbox-admin. Add a Namespace manifest for it, or create it first. (test.yaml:2)
`,
  );
});

test('missing objects and keys are warned of where they are named', async () => {
  const cluster = new FakeCluster();
  cluster.put({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'there', namespace: 'shop' }, data: { b: '' } });
  const text = await plan(
    `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers:
        - name: web
          envFrom: [{configMapRef: {name: gone}}, {configMapRef: {name: maybe, optional: true}}]
          env: [{name: A, valueFrom: {configMapKeyRef: {name: there, key: a}}}]
`,
    cluster,
  );
  assert.match(
    text,
    /warning: ConfigMap "gone" is neither in namespace shop of sandbox-admin nor in this deploy; Deployment web needs it\. \(test\.yaml\)\nwarning: ConfigMap "there" has no key "a"; Deployment web needs it\. \(test\.yaml\)\n$/,
  );
});

test('replicas that an autoscaler sets are not sent', async () => {
  const cluster = new FakeCluster();
  cluster.put({
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'web-scaler', namespace: 'shop' },
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } },
  });
  const yaml = '{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {replicas: 2, paused: false}}';
  const made = await makePlan({ target, written: writtenFrom(yaml), findings: [] }, cluster);
  assert.ok(made.ok);
  assert.deepEqual(made.value.steps[0]?.object['spec'], { paused: false });
  assert.match(made.value.findings[0]?.message ?? '', /HorizontalPodAutoscaler web-scaler sets the replicas of web/);
});

test('fields that Helm set of its own release are no conflict: what its upgrade would change is shown, and nothing blocks', async () => {
  const cluster = new FakeCluster();
  const labels = { 'app.kubernetes.io/managed-by': 'Helm' };
  const annotations = { 'meta.helm.sh/release-name': 'web' };
  cluster.put({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a', namespace: 'shop', labels, annotations },
    data: { x: '1' },
  });
  const causes = [{ reason: 'FieldManagerConflict', message: 'conflict with "helm"', field: '.data.x' }];
  cluster.refuse = (_object, { force }) =>
    force ? undefined : { reason: 'conflict', status: 409, message: 'conflict', detail: { details: { causes } } };
  assert.equal(
    await plan('{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: shop}, data: {x: "2"}}', cluster),
    `Target sandbox-admin/shop (https://127.0.0.1:6443 as admin, cloud demo project demo)
1 skip
  skip v1/ConfigMap shop/a (Helm's: release web; helm upgrade web would change data.x 1 → 2)
`,
  );
  assert.deepEqual(
    cluster.requests.filter((request) => !request.includes('dry')),
    [],
  );
});

test('a conflict is shown with its table and blocks', async () => {
  const cluster = new FakeCluster();
  cluster.put({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a', namespace: 'shop', managedFields: [{ manager: 'kim', time: '2026-11-21T11:58:00Z' }] },
    data: { x: '2' },
  });
  cluster.refuse = () => ({
    reason: 'conflict',
    status: 409,
    message: 'conflict',
    detail: {
      message: 'Apply failed',
      details: { causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "kim"', field: '.data.x' }] },
    },
  });
  assert.equal(
    await plan('{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {x: "1"}}', cluster),
    `Target sandbox-admin/shop (https://127.0.0.1:6443 as admin, cloud demo project demo)
1 conflict
  conflict v1/ConfigMap shop/a (data.x belongs to kim)
    data.x: ours 1, live 2 by kim since 2026-11-21T11:58:00Z
blocked: ConfigMap a has another owner: data.x belongs to kim. Take the field out of the manifest, or agree with its owner. (test.yaml:1)
`,
  );
});

test('a namespace that is being deleted blocks', async () => {
  const cluster = new FakeCluster();
  cluster.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', deletionTimestamp: '2026-01-01T00:00:00Z' } });
  assert.match(
    await plan('{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}', cluster),
    /blocked: Namespace shop on sandbox-admin is being deleted\. Wait until it is gone, or choose another\. \(test\.yaml:1\)/,
  );
});

test('what belongs to the server is not sent, and that is said', async () => {
  assert.match(
    await plan('{apiVersion: v1, kind: ConfigMap, metadata: {name: a, uid: u, resourceVersion: "5"}, status: {}}'),
    /create v1\/ConfigMap shop\/a\ninformation: ConfigMap a: status, resourceVersion, uid are written by the server and not sent\. \(test\.yaml\)/,
  );
});

test('many objects of a kind are read as one list', async () => {
  const cluster = new FakeCluster();
  const names = Array.from({ length: 40 }, (_, index) => `c${index}`);
  for (const name of names)
    cluster.put({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'shop' }, data: { a: '1' } });
  let lists = 0;
  let gets = 0;
  const [list, get] = [cluster.list.bind(cluster), cluster.get.bind(cluster)];
  cluster.list = (...args) => {
    lists++;
    return list(...args);
  };
  cluster.get = (ref) => {
    if (ref.kind === 'ConfigMap') gets++;
    return get(ref);
  };
  const yaml = names
    .map((name) => `{apiVersion: v1, kind: ConfigMap, metadata: {name: ${name}}, data: {a: "1"}}`)
    .join('\n---\n');
  const made = await makePlan({ target, written: writtenFrom(yaml), findings: [] }, cluster);
  assert.ok(made.ok);
  assert.equal(made.value.counts.unchanged, 40);
  assert.deepEqual([lists, gets], [1, 0]);
});

test('a finding blocks as much as its code matters to the user; an object that cannot be sent always does', async () => {
  const yaml = `
{apiVersion: v1, kind: ConfigMap, metadata: {name: twice}, data: {a: "1"}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: twice}, data: {a: "2"}}
---
apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {serviceAccountName: gone, containers: [{name: web, image: a}]}
`;
  const at = { file: 'test.yaml', range: { start: 0, end: 1 } };
  const findings: Finding[] = [
    { ...at, severity: 'error', code: 'reference.missing', message: 'No network is named a.' },
    { ...at, severity: 'error', code: 'reference.ambiguous', message: 'Two networks are named b.' },
    { ...at, severity: 'error', code: 'yaml.syntax', message: 'This is no YAML.' },
  ];
  /** What is said beside the steps, without the places. */
  const saidWith = async (severities: Severities, text = yaml) => {
    const texts = new Map([['test.yaml', text]]);
    const made = await makePlan({ target, written: writtenFrom(yaml), findings, severities, texts }, new FakeCluster());
    assert.ok(made.ok);
    const said = printPlan(made.value).match(/^(error|warning|information|hint|blocked): [^.]*\./gm);
    return said?.join('\n');
  };
  assert.equal(
    await saidWith({}),
    `warning: ServiceAccount "gone" is neither in namespace shop of sandbox-admin nor in this deploy; Pod web needs it.
blocked: No network is named a.
blocked: Two networks are named b.
blocked: This is no YAML.
blocked: ConfigMap twice is also written in test.`,
  );
  assert.equal(
    await saidWith({}, `x # hybrid-clusters: ignore reference.missing, yaml.syntax – made later\n${yaml}`),
    `warning: ServiceAccount "gone" is neither in namespace shop of sandbox-admin nor in this deploy; Pod web needs it.
blocked: Two networks are named b.
blocked: This is no YAML.
blocked: ConfigMap twice is also written in test.`,
  );
  assert.equal(
    await saidWith({ 'reference.missing': 'warning', 'reference.*': 'off', 'yaml.*': 'off', 'object.duplicate': 'hint' }),
    `warning: No network is named a.
warning: ServiceAccount "gone" is neither in namespace shop of sandbox-admin nor in this deploy; Pod web needs it.
blocked: This is no YAML.
blocked: ConfigMap twice is also written in test.`,
  );
  assert.equal(
    await saidWith({ 'reference.*': 'information', 'object.missing': 'error' }),
    `information: No network is named a.
information: Two networks are named b.
blocked: This is no YAML.
blocked: ConfigMap twice is also written in test.
blocked: ServiceAccount "gone" is neither in namespace shop of sandbox-admin nor in this deploy; Pod web needs it.`,
  );
});

test('what is to be done is counted in one word for each action, and asked about in a sentence', () => {
  const none = countsOf([]);
  const counts = { ...none, create: 2, unverified: 1, update: 1, prune: 1, unchanged: 3 };
  assert.equal(countsLine(counts), '1 delete · 3 create · 1 configure · 3 unchanged');
  assert.equal(toDoLine(counts), '1 to delete, 3 to create, 1 to configure, 3 unchanged');
  assert.equal(toDoLine(none), 'nothing to deploy');
});
