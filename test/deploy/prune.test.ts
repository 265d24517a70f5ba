import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failed } from '../../src/base/failure.ts';
import { makePlan, type PlanRequest } from '../../src/deploy/plan/plan.ts';
import { printPlan } from '../../src/deploy/plan/planText.ts';
import { PART_OF, parentObject, printInventory, readInventories } from '../../src/deploy/removal/inventory.ts';
import type { SetRequest } from '../../src/deploy/removal/plannedSet.ts';
import { withoutPrunes, wordToType } from '../../src/deploy/removal/prune.ts';
import { printRun, startRun } from '../../src/deploy/run/run.ts';
import type { Plan } from '../../src/deploy/types.ts';
import type { KubeObject } from '../../src/kubernetes/cluster.ts';
import { DeletingCluster } from '../support/deletingCluster.ts';
import { fakeTarget } from '../support/fakeTarget.ts';
import { writtenFrom } from '../support/written.ts';

const shop: SetRequest = { names: ['shop'], partial: false, prune: 'ask' };

const map = (name: string, more = '') =>
  `{apiVersion: v1, kind: ConfigMap, metadata: {name: ${name}${more}}, data: {of: ${name}}}`;
const yaml = (...documents: readonly string[]) => documents.join('\n---\n');

async function plan(text: string, cluster: DeletingCluster, more: Partial<PlanRequest> = {}): Promise<Plan> {
  const made = await makePlan({ target: fakeTarget, written: writtenFrom(text), findings: [], set: shop, ...more }, cluster);
  assert.ok(made.ok, made.ok ? '' : made.failure.message);
  return made.value;
}

/** The plan without its first line, and the ids of sets in words. */
const steps = (made: Plan) =>
  printPlan(made)
    .split('\n')
    .slice(1)
    .join('\n')
    .replaceAll(/applyset-[\w-]+-v1/g, 'SET');

async function run(made: Plan, text: string, cluster: DeletingCluster): Promise<string> {
  cluster.requests.length = 0;
  const running = startRun(
    made,
    { cluster, written: writtenFrom(text) },
    { stabilityMs: 0, timeoutMs: 300, pollMs: 1, quietMs: 30, retryMs: 0 },
  );
  await running.done;
  return printRun(running).replace(/\d+\.\d s/g, 'T');
}

async function deploy(text: string, cluster: DeletingCluster, more: Partial<PlanRequest> = {}): Promise<string> {
  return run(await plan(text, cluster, more), text, cluster);
}

async function inventories(cluster: DeletingCluster): Promise<string> {
  const found = await readInventories(cluster, 'shop');
  return found.ok ? found.value.sets.map(printInventory).join('') : found.failure.message;
}

/** Puts a change of a live object, as a controller or another user makes it. */
async function change(
  cluster: DeletingCluster,
  kind: string,
  name: string,
  by: (object: KubeObject) => KubeObject,
): Promise<void> {
  const found = await cluster.get({ apiVersion: 'v1', kind, name, namespace: 'shop' });
  assert.ok(found.ok);
  cluster.put(by(found.value));
}

test('what a set deployed is remembered in the cluster, marked as an ApplySet', async () => {
  const cluster = new DeletingCluster();
  await deploy(yaml(map('a'), map('b')), cluster);
  assert.equal(
    await inventories(cluster),
    `set shop in shop: 2 objects
  /ConfigMap shop/a from test.yaml#0
  /ConfigMap shop/b from test.yaml#1
`,
  );
  const parent = await cluster.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'hybrid-clusters-set-shop' });
  const member = await cluster.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'a' });
  assert.ok(parent.ok && member.ok);
  // base64url(sha256('hybrid-clusters-set-shop.shop.ConfigMap.')), as KEP-3659 says
  const id = 'applyset-8lplzql3RwOJqXRkQj2aL02UV2rQNXhsWCIxmbSz-qs-v1';
  assert.deepEqual(
    [parent.value.metadata.labels, parent.value.metadata.annotations, member.value.metadata.labels],
    [
      { 'applyset.kubernetes.io/id': id },
      {
        'applyset.kubernetes.io/tooling': 'hybrid-clusters/v1',
        'applyset.kubernetes.io/contains-group-kinds': 'ConfigMap',
        'applyset.kubernetes.io/additional-namespaces': '',
        'hybrid-clusters/set': 'shop',
      },
      { 'applyset.kubernetes.io/part-of': id },
    ],
  );
});

test('a second run with nothing changed writes nothing, not even its inventory', async () => {
  const cluster = new DeletingCluster();
  await deploy(yaml(map('a'), map('b')), cluster);
  assert.match(await deploy(yaml(map('a'), map('b')), cluster), /Verified 2 objects/);
  assert.deepEqual(
    cluster.requests.filter((request) => !request.includes(' dry ')),
    [],
  );
});

test('what is no longer written is pruned after the rest is up, and forgotten', async () => {
  const cluster = new DeletingCluster();
  await deploy(yaml(map('a'), map('b')), cluster);
  const text = map('a', ', labels: {x: "1"}');
  const made = await plan(text, cluster);
  assert.equal(
    steps(made),
    `1 delete · 1 configure
  delete v1/ConfigMap shop/b (no longer in the files)
  configure v1/ConfigMap shop/a (+labels.x 1)
`,
  );
  assert.equal(
    await run(made, text, cluster),
    `sandbox-admin/shop: 1 delete · 1 configure
  v1/ConfigMap shop/a: ready
  v1/ConfigMap shop/b: deleted
shop is up on sandbox-admin: 1 configured, 1 deleted, ready in T.
`,
  );
  assert.deepEqual(cluster.writes(), ['apply v1/ConfigMap shop/a', 'delete v1/ConfigMap shop/b']);
  assert.match(await inventories(cluster), /^set shop in shop: 1 object\n {2}\/ConfigMap shop\/a from test\.yaml#0\n$/);
});

test('what was deployed from a file that is left out by now stays, since it is written there still', async () => {
  const cluster = new DeletingCluster();
  await deploy(yaml(map('a'), map('b')), cluster);
  const made = await plan(map('a'), cluster, { set: { ...shop, prune: 'on' }, leftOut: ['/w/local/test.yaml'] });
  assert.match(
    steps(made),
    /skip v1\/ConfigMap shop\/b \(stays: test\.yaml, where it was written, is left out and still there\)/,
  );
  assert.match(await run(made, map('a'), cluster), /^sandbox-admin\/shop: 1 skip · 1 unchanged/);
  assert.match(await inventories(cluster), /shop: 2 objects/);
});

test('pruning is off, asked for, or left for this time', async () => {
  const cluster = new DeletingCluster();
  await deploy(yaml(map('a'), map('b')), cluster);
  const off = await plan(map('a'), cluster, { set: { ...shop, prune: 'off' } });
  assert.equal(
    steps(off),
    `1 skip · 1 unchanged
  skip v1/ConfigMap shop/b (no longer in the files; stays, because pruning is off)
  unchanged v1/ConfigMap shop/a
`,
  );
  assert.equal(
    steps(withoutPrunes(await plan(map('a'), cluster))),
    `1 skip · 1 unchanged
  skip v1/ConfigMap shop/b (stays this time)
  unchanged v1/ConfigMap shop/a
`,
  );
  assert.match(
    await run(off, map('a'), cluster),
    /kept no longer in the files; stays, because pruning is off\nVerified 1 object /,
  );
  assert.match(await inventories(cluster), /shop: 2 objects/);
});

test('a renamed object is a deletion, and that is said', async () => {
  const cluster = new DeletingCluster();
  await deploy(yaml(map('keep'), map('old')), cluster);
  const made = await plan(yaml(map('keep'), map('new')), cluster);
  assert.equal(
    steps(made),
    `1 delete · 1 create · 1 unchanged
  delete v1/ConfigMap shop/old (renamed to new in test.yaml:3, which makes another: this one goes with all it holds)
  create v1/ConfigMap shop/new
  unchanged v1/ConfigMap shop/keep
`,
  );
});

test('what must stay is kept, each with its reason', async () => {
  const cluster = new DeletingCluster();
  const claim = '{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data}, spec: {}}';
  const space = '{apiVersion: v1, kind: Namespace, metadata: {name: more}}';
  const definition =
    '{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: robots.toys}, spec: {group: toys, scope: Namespaced, names: {kind: Robot}, versions: [{name: v1}]}}';
  const token = '{apiVersion: v1, kind: Secret, metadata: {name: token}, type: kubernetes.io/service-account-token}';
  await deploy(
    yaml(
      map('a'),
      map('helm', ', annotations: {helm.sh/resource-policy: keep}'),
      map('flux'),
      map('moved'),
      map('anew'),
      map('gone'),
      claim,
      space,
      definition,
      token,
    ),
    cluster,
  );
  cluster.putAll(
    ['r2', 'bb8'].map((name) => ({ apiVersion: 'toys/v1', kind: 'Robot', metadata: { name, namespace: 'default' } })),
  );
  await change(cluster, 'ConfigMap', 'flux', (object) => ({
    ...object,
    metadata: {
      ...object.metadata,
      labels: {
        ...object.metadata.labels,
        'kustomize.toolkit.fluxcd.io/name': 'apps',
        'kustomize.toolkit.fluxcd.io/namespace': 'flux-system',
      },
    },
  }));
  await change(cluster, 'ConfigMap', 'moved', (object) => ({ ...object, metadata: { ...object.metadata, labels: {} } }));
  await change(cluster, 'ConfigMap', 'anew', (object) => ({
    ...object,
    metadata: { ...object.metadata, uid: 'another', managedFields: [{ manager: 'kim' }] },
  }));
  await cluster.delete({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'gone' });
  const made = await plan(map('a'), cluster);
  assert.equal(
    steps(made),
    `8 skip · 1 unchanged
  skip v1/ConfigMap shop/anew (somebody else made it anew)
  skip v1/ConfigMap shop/flux (stays: Kustomization apps keeps it)
  skip v1/ConfigMap shop/helm (stays: its annotation helm.sh/resource-policy says so)
  skip v1/ConfigMap shop/moved (it is no longer marked as one of this set)
  skip v1/Namespace more (stays: everything in it would go with it, of others too; delete it by hand)
  skip v1/PersistentVolumeClaim shop/data (stays: its data would go with it; Undeploy deletes it, or delete it by hand)
  skip v1/Secret shop/token (stays: it is the token of a ServiceAccount)
  skip apiextensions.k8s.io/v1/CustomResourceDefinition robots.toys (stays: 2 Robot objects of the cluster (default/r2, default/bb8) would go with it; delete it by hand)
  unchanged v1/ConfigMap shop/a
`,
  );
});

test('nothing is pruned by an empty plan, by part of a set, or by a plan that is blocked', async () => {
  const cluster = new DeletingCluster();
  await deploy(yaml(map('a'), map('b')), cluster);
  assert.equal(steps(await plan('', cluster)), 'nothing to deploy\n');
  assert.equal((await plan(map('a'), cluster, { set: { ...shop, partial: true } })).counts.prune, 0);
  assert.equal((await plan(map('a'), cluster, { set: { ...shop, names: ['shop/part', 'shop'] } })).counts.prune, 0);
  assert.equal((await plan(map('a'), cluster, { blockers: [{ message: 'shop.yaml cannot be read.' }] })).counts.prune, 0);
});

test('what reaches outside Kubernetes is listed by name, and the name is typed', async () => {
  const cluster = new DeletingCluster();
  const orc = (name: string, more = '') =>
    `{apiVersion: openstack.k-orc.cloud/v1alpha1, kind: Network, metadata: {name: ${name}, namespace: shop}, spec: {cloudCredentialsRef: {cloudName: demo}${more}}}`;
  const service = '{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {type: LoadBalancer, ports: [{port: 80}]}}';
  cluster.serve({ apiVersion: 'openstack.k-orc.cloud/v1alpha1', kind: 'Network', metadata: { name: '', namespace: 'shop' } });
  const ready = { status: { conditions: [{ type: 'Available', status: 'True' }], id: '6c9e' } };
  const before = yaml(
    map('a'),
    service,
    orc('net', ', resource: {name: backbone}'),
    orc('shared', ', managementPolicy: unmanaged'),
    orc('kept', ', managedOptions: {onDelete: detach}'),
  );
  const first = await plan(before, cluster);
  for (const { object } of first.steps) cluster.put(object);
  await change(cluster, 'Service', 'web', (object) => ({
    ...object,
    status: { loadBalancer: { ingress: [{ ip: '203.0.113.5' }] } },
  }));
  const net = await cluster.get({
    apiVersion: 'openstack.k-orc.cloud/v1alpha1',
    kind: 'Network',
    namespace: 'shop',
    name: 'net',
  });
  assert.ok(net.ok);
  cluster.put({ ...net.value, ...ready });
  await run({ ...first, steps: first.steps.filter(({ ref }) => ref.name === 'a') }, before, cluster);
  const made = await plan(map('a'), cluster);
  assert.equal(
    steps(made),
    `4 delete · 1 unchanged
  delete v1/Service shop/web (no longer in the files)
    destroys the load balancer of web at 203.0.113.5
  delete openstack.k-orc.cloud/v1alpha1/Network shop/shared (no longer in the files)
  delete openstack.k-orc.cloud/v1alpha1/Network shop/net (no longer in the files)
    destroys the OpenStack network backbone (6c9e)
  delete openstack.k-orc.cloud/v1alpha1/Network shop/kept (no longer in the files)
  unchanged v1/ConfigMap shop/a
`,
  );
  assert.equal(wordToType(made), 'web net');
  assert.equal(wordToType(withoutPrunes(made)), undefined);
});

test('a run that does not come up prunes nothing, and what holds a deletion is named', async () => {
  const cluster = new DeletingCluster();
  await deploy(yaml(map('a'), map('b', ', finalizers: [example.com/guard]')), cluster);
  cluster.release = () => false;
  const text = map('a');
  assert.equal(
    await deploy(text, cluster),
    `sandbox-admin/shop: 1 delete · 1 unchanged
  v1/ConfigMap shop/a: ready
  v1/ConfigMap shop/b: failed ConfigMap b is still there, and nothing moved for 0 s: finalizer example.com/guard holds it.
b is not gone: ConfigMap b is still there, and nothing moved for 0 s: finalizer example.com/guard holds it.
`,
  );
  const made = await plan(map('a', ', labels: {x: "1"}'), cluster);
  cluster.refuse = () => ({ reason: 'invalid', status: 422, message: 'no', detail: { message: 'no' } });
  const refused = await run(
    { ...made, set: { ...(made.set as NonNullable<Plan['set']>), members: made.set?.before.members ?? [] } },
    text,
    cluster,
  );
  assert.match(refused, /shop\/b: skipped stays, because not all that was deployed is up/);
  assert.match(await inventories(cluster), /shop: 2 objects/);
});

test('an object that was made anew since the plan stays', async () => {
  const cluster = new DeletingCluster();
  await deploy(yaml(map('a'), map('b')), cluster);
  const made = await plan(map('a'), cluster);
  await change(cluster, 'ConfigMap', 'b', (object) => ({ ...object, metadata: { ...object.metadata, uid: 'another' } }));
  assert.match(
    await run(made, map('a'), cluster),
    /shop\/b: failed ConfigMap b was made anew since the plan; it stays\. Make the plan again\./,
  );
});

test('a crash forgets nothing: all is noted before anything is applied', async () => {
  const cluster = new DeletingCluster();
  const made = await plan(yaml(map('a'), map('b')), cluster);
  cluster.refuse = ({ metadata }, { dryRun }) =>
    metadata.name === 'b' && !dryRun ? { reason: 'invalid', status: 422, message: 'no', detail: { message: 'no' } } : undefined;
  await run(made, yaml(map('a'), map('b')), cluster);
  assert.match(cluster.requests[0] ?? '', /^apply v1\/ConfigMap shop\/hybrid-clusters-set-shop$/);
  assert.match(await inventories(cluster), /ConfigMap shop\/b from test\.yaml#1, not seen yet/);
});

test('the set of a namespace that this deploy makes is noted as soon as there is one', async () => {
  const cluster = new DeletingCluster();
  const there = { ...fakeTarget, namespace: 'fresh' };
  const text = yaml('{apiVersion: v1, kind: Namespace, metadata: {name: fresh}}', map('a'));
  const made = await plan(text, cluster, { target: there });
  cluster.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other' } });
  const said = await run({ ...made, steps: made.steps.map((step) => step) }, text, cluster);
  assert.deepEqual(cluster.requests.slice(0, 3), [
    'apply v1/Namespace fresh',
    'apply v1/ConfigMap fresh/hybrid-clusters-set-shop',
    'apply v1/ConfigMap fresh/a',
  ]);
  assert.match(said, /v1\/ConfigMap fresh\/a: ready/);
});

test('who may not note a set deploys without one, and is told', async () => {
  const cluster = new DeletingCluster();
  cluster.refuse = ({ metadata }) =>
    metadata.name.startsWith('hybrid-clusters-set-')
      ? { reason: 'forbidden', status: 403, message: 'alice may not patch configmaps.' }
      : undefined;
  const made = await plan(map('a'), cluster);
  assert.equal(
    steps(made),
    `1 create
  create v1/ConfigMap shop/a
warning: What is deployed cannot be noted in shop on sandbox-admin, so nothing is pruned later: alice may not patch configmaps. (test.yaml)
`,
  );
  assert.equal(made.steps[0]?.object.metadata.labels, undefined);
});

test('an inventory that cannot be read proposes no deletion', async () => {
  const cluster = new DeletingCluster();
  await deploy(yaml(map('a'), map('b')), cluster);
  await change(cluster, 'ConfigMap', 'hybrid-clusters-set-shop', (object) => ({
    ...object,
    binaryData: { 'members.json.gz': 'AAAA' },
  }));
  assert.match(
    steps(await plan(map('a'), cluster)),
    /^1 unchanged\n.*\nwarning: ConfigMap shop\/hybrid-clusters-set-shop should hold what was deployed, and cannot be read\./s,
  );
});

test('an object of another set is taken out of it visibly, and no longer pruned there', async () => {
  const cluster = new DeletingCluster();
  await deploy(yaml(map('a'), map('b')), cluster);
  const other: SetRequest = { names: ['other'], partial: false, prune: 'ask' };
  const made = await plan(map('b'), cluster, { set: other });
  assert.match(steps(made), /adopt v1\/ConfigMap shop\/b \(.*so far of another set \(SET\)\)/);
  await run(made, map('b'), cluster);
  assert.match(steps(await plan(map('a'), cluster)), /skip v1\/ConfigMap shop\/b \(it is no longer marked as one of this set\)/);
  await deploy(map('a'), cluster);
  assert.match(await inventories(cluster), /^set other in shop: 1 object\n.*shop\/b.*\nset shop in shop: 1 object\n.*shop\/a/);
});

test('no value of a Secret is in a plan that prunes it, nor in the inventory', async () => {
  const cluster = new DeletingCluster();
  const secret = '{apiVersion: v1, kind: Secret, metadata: {name: s}, stringData: {password: canary-4711}}';
  await deploy(yaml(map('a'), secret), cluster);
  const made = await plan(map('a'), cluster);
  assert.equal(made.counts.prune, 1);
  assert.doesNotMatch(JSON.stringify(made), /canary-4711/);
});

test('an object whose version is no longer served is found in the one that is', async () => {
  const cluster = new DeletingCluster();
  await deploy(map('a'), cluster);
  const found = await readInventories(cluster, 'shop');
  assert.ok(found.ok && found.value.sets[0]);
  const [set] = found.value.sets;
  const old = { apiVersion: 'apps/v1beta1', kind: 'Deployment', namespace: 'shop', name: 'web' };
  cluster.put(parentObject({ ...set, members: [...set.members, old] }));
  cluster.put({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'shop', labels: { [PART_OF]: set.id } },
  });
  assert.match(steps(await plan(map('a'), cluster)), /delete apps\/v1\/Deployment shop\/web \(no longer in the files\)/);
});

/** Ends all writes after so many: what a crash of this window, or of the server, leaves behind. */
function crashAfter(cluster: DeletingCluster, writes: number): () => void {
  const [apply, remove] = [cluster.apply, cluster.delete];
  let left = writes;
  const offline = async () => failed('offline', 'The server does not answer.');
  cluster.apply = (object, options) => (options?.dryRun || left-- > 0 ? apply.call(cluster, object, options) : offline());
  cluster.delete = (ref, options) => (left-- > 0 ? remove.call(cluster, ref, options) : offline());
  return () => Object.assign(cluster, { apply, delete: remove });
}

test('a crash after any write leaves no object that the inventory does not know, and the next run makes all as written', async () => {
  const first = yaml(map('a'), map('b'), map('old'));
  const second = yaml(map('a', ', labels: {x: "1"}'), map('b'), map('new'));
  const said: string[] = [];
  for (let writes = 0; writes < 7; writes++) {
    const cluster = new DeletingCluster();
    await deploy(first, cluster);
    const made = await plan(second, cluster);
    const restart = crashAfter(cluster, writes);
    await run(made, second, cluster);
    restart();
    const marked = async () => {
      const all = await cluster.list('v1', 'ConfigMap', { labelSelector: PART_OF });
      return all.ok ? all.value.items.map(({ metadata }) => metadata.name).sort() : [];
    };
    const known = async () => [...(await inventories(cluster)).matchAll(/shop\/(\w+) from/g)].map(([, name = '']) => name);
    const [left, remembered] = [await marked(), await known()];
    assert.deepEqual(
      left.filter((name) => !remembered.includes(name)),
      [],
      `after ${writes} writes`,
    );
    said.push(left.join(' '));
    await deploy(second, cluster);
    assert.deepEqual(
      [await marked(), await known()],
      [
        ['a', 'b', 'new'],
        ['a', 'b', 'new'],
      ],
    );
  }
  assert.deepEqual([said[0], said.at(-1)], ['a b old', 'a b new']);
});
