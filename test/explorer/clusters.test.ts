import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Emitter } from '../../src/base/event.ts';
import { type Failure, failed, success } from '../../src/base/failure.ts';
import { openContextRows } from '../../src/explorer/clustersNodes.ts';
import { Forest } from '../../src/explorer/forest.ts';
import { chainOf, objectKey } from '../../src/explorer/keys.ts';
import { shortMemory } from '../../src/explorer/memory.ts';
import { pluralOf } from '../../src/explorer/objectNodes.ts';
import { Opened } from '../../src/explorer/opened.ts';
import { namespaceKey, Places } from '../../src/explorer/places.ts';
import type { ContextSummary, Contexts } from '../../src/kubernetes/cluster.ts';
import { eventually, nodeAt, printChildren } from '../support/printTree.ts';
import { countTables, ScriptedCluster } from '../support/scriptedTable.ts';

/** One open context, one that is protected, one whose entry is wrong. */
function world() {
  const cluster = new ScriptedCluster({ name: 'dev' });
  const base = cluster.context;
  const problem: Failure = {
    reason: 'invalid',
    message: 'Context prod names user kim, which no kubeconfig defines (line 31). The other contexts are fine.',
    at: { file: 'config', line: 31 },
  };
  const all: readonly ContextSummary[] = [base, { ...base, name: 'live' }, { ...base, name: 'prod', problem }];
  const changed = new Emitter<void>();
  const contexts: Contexts = {
    list: async () => ({ contexts: all, current: 'dev', problems: [] }),
    open: async (name) => (name === 'dev' ? success(cluster) : failed('offline', `The API server of ${name} did not answer.`)),
    onDidChange: changed.event,
    dispose: () => {},
  };
  const filtered = new Emitter<void>();
  let wanted: readonly string[] = [];
  const typed: string[] = [];
  const places = new Places(shortMemory(), shortMemory());
  const opened = new Opened();
  const forest = new Forest(
    openContextRows({
      contexts,
      opened,
      otherSide: () => undefined,
      filter: { of: (context) => (context === 'dev' ? wanted : []), typed: () => typed, onDidChange: filtered.event },
      isBound: (context) => context === 'dev',
      places,
      protection: (context) => (context === 'live' ? 'protected' : 'open'),
    }),
  );
  const filter = (...names: readonly string[]) => {
    wanted = names;
    filtered.fire();
  };
  cluster.tableOf('namespaces').fill(['Status', 'Age'], ['default Active 4m', 'shop Active 4m']);
  return { cluster, forest, filter, opened, typed, places };
}

const under = async (forest: Forest, ...path: readonly string[]) => printChildren(forest, await nodeAt(forest, ...path));

describe('contexts', () => {
  test('one row each, with what is known without asking', async () => {
    const { forest, cluster } = world();
    assert.equal(
      await printChildren(forest),
      [
        '▸ dev   not opened · current · bound to this folder',
        '▸ ! live   protected · not opened',
        '▸ ✗ prod   not usable as written',
      ].join('\n'),
    );
    assert.deepEqual(cluster.taken, []);
    assert.match(await under(forest, 'prod'), /^✗ Context prod names user kim/);
  });

  test('an opened one tells its version and where it is; one that does not answer says so, beside the others', async () => {
    const { forest } = world();
    assert.equal(await under(forest, 'live'), '✗ The API server of live did not answer.');
    await under(forest, 'dev');
    const rows = await eventually(
      () => printChildren(forest),
      (text) => text.includes('v1.36') && text.includes('unreachable'),
    );
    assert.match(rows, /^▸ dev {3}v1\.36\.3 · 127\.0\.0\.1:6443 · current · bound to this folder\n▸ ✗ live {3}unreachable$/m);
  });
});

describe('a context that is closed while it connects', () => {
  for (const step of ['connect', 'kinds'] as const)
    test(`watches nothing afterwards: ${step}`, async () => {
      const { forest, cluster, opened } = world();
      const tables = countTables(cluster);
      const answer: () => Promise<unknown> = cluster[step].bind(cluster);
      const { promise, resolve } = Promise.withResolvers<void>();
      Object.assign(cluster, { [step]: () => promise.then(answer) });
      const dev = await nodeAt(forest, 'dev');
      const rows = forest.children(dev);
      await new Promise((settled) => setImmediate(settled));
      forest.collapse(dev);
      resolve();
      await rows;
      assert.deepEqual(tables(), { opened: [], open: [] });
      if (step === 'connect') assert.deepEqual(opened.clusters, []);
    });
});

describe('namespaces', () => {
  test('all, then Cluster', async () => {
    const { forest } = world();
    assert.equal(
      await under(forest, 'dev'),
      '▸ default   namespace\n▸ shop   namespace\n▸ Cluster   nodes, volumes, classes, access, definitions',
    );
  });

  test('one that goes away says so', async () => {
    const { forest, cluster } = world();
    cluster.tableOf('namespaces').fill(['Status'], ['old Terminating'], () => ({ deletionTimestamp: '2026-01-01T00:00:00Z' }));
    assert.match(await under(forest, 'dev'), /^▸ ~ old {3}namespace · Terminating$/m);
  });

  test('a filter is a row that leads back; clearing it shows all', async () => {
    const { forest, filter } = world();
    filter('shop');
    assert.equal(
      (await under(forest, 'dev')).split('\n').slice(0, 2).join('\n'),
      'Showing one namespace only   click to show all\n▸ shop   namespace',
    );
    filter();
    assert.match(await under(forest, 'dev'), /^▸ default/);
  });

  test('who may not list them sees the one of the context and those named by hand, and why not the others', async () => {
    const { forest, cluster, typed } = world();
    const table = cluster.tableOf('namespaces').fill([], []);
    table.state = 'failed';
    table.failure = { reason: 'forbidden', message: 'bob may not list namespaces in dev.' };
    typed.push('team-7', 'default');
    assert.equal(
      await under(forest, 'dev'),
      [
        '▸ default   namespace',
        '▸ team-7   namespace',
        '! bob may not list namespaces in dev.',
        'Name a namespace…   they cannot be listed here',
        '▸ Cluster   nodes, volumes, classes, access, definitions',
      ].join('\n'),
    );
  });
});

describe('arranged namespaces', () => {
  test('the pinned ones stand first, the hidden ones are a number', async () => {
    const { forest, places } = world();
    const place = (name: string) => ({ key: namespaceKey('dev', name), label: name });
    await places.pin(place('shop'), true);
    assert.match(await under(forest, 'dev'), /^▸ shop {3}namespace · pinned\n▸ default {3}namespace\n/);
    await places.hide(place('default'), true);
    assert.match(await under(forest, 'dev'), /^▸ shop {3}namespace · pinned\n1 hidden\n▸ Cluster/);
  });
});

describe('objects', () => {
  const path = ['dev', 'shop', 'Workloads', 'Deployments'] as const;

  test('their state in the words of the server; on its way is busy', async () => {
    const { forest, cluster } = world();
    cluster.tableOf('shop/deployments').fill(['Ready', 'Age'], ['web 2/2 4m', 'render 1/2 9s']);
    assert.equal(await under(forest, ...path), '▸ web   2/2 · 4m\n▸ ~ render   1/2 · 9s');
  });

  test('none: one line', async () => {
    const { forest } = world();
    assert.equal(await under(forest, ...path), 'No Deployments in shop.');
  });

  test('stale rows stay and say since when, a list that is polled says so, one that failed is its sentence', async () => {
    const { forest, cluster } = world();
    const table = cluster.tableOf('shop/deployments').fill(['Ready', 'Age'], ['web 2/2 4m']);
    table.state = 'stale';
    assert.equal(await under(forest, ...path), '▸ web   2/2 · 4m · stale since 12:03');
    table.state = 'polling';
    assert.equal(
      await under(forest, ...path),
      '▸ web   2/2 · 4m\nWatching is not allowed here: asked every 15 s, last at 12:03.',
    );
    table.state = 'failed';
    table.failure = { reason: 'forbidden', message: 'bob may not list deployments in shop.' };
    assert.equal(await under(forest, ...path), '! bob may not list deployments in shop.');
  });

  test('a page at a time', async () => {
    const { forest, cluster } = world();
    const table = cluster.tableOf('shop/pods').fill(
      ['Status'],
      Array.from({ length: 200 }, (_, index) => `p${index} Running`),
    );
    table.hasMore = true;
    table.next = [...table.rows.slice(0, 1)].map((row) => ({ ...row, object: { ...row.object, metadata: { name: 'last' } } }));
    const pods = await forest.children(await nodeAt(forest, 'dev', 'shop', 'Workloads', 'Pods'));
    assert.equal(pods.at(-1)?.row.label, 'Load more (200 shown)');
    const chain = chainOf(objectKey({ context: 'dev', group: '', kind: 'Pod', namespace: 'shop', name: 'last' }));
    const found = await forest.find(chain?.segments ?? []);
    assert.equal(found?.row.label, 'last');
  });

  test('a change is told at the row, and a collapsed list is let go of', async () => {
    const { forest, cluster } = world();
    const table = cluster.tableOf('shop/deployments').fill(['Ready', 'Age'], ['web 1/2 4m', 'db 1/1 4m']);
    const [list, web] = [await nodeAt(forest, ...path), await nodeAt(forest, ...path, 'web')];
    await new Promise((resolve) => setTimeout(resolve, 100));
    const told: (string | undefined)[] = [];
    forest.onDidChange((node) => told.push(node?.row.label));
    table.fill(['Ready', 'Age'], ['web 2/2 4m', 'db 1/1 4m']);
    table.tell();
    table.tell();
    await new Promise((resolve) => setTimeout(resolve, 150));
    assert.deepEqual(told, ['web']);
    assert.equal(await nodeAt(forest, ...path, 'web'), web);
    forest.collapse(list);
    assert.equal(table.disposed, true);
    forest.expand(list);
    assert.deepEqual(told, ['web', 'Deployments'], 'seen again, it is asked for anew');
    await forest.children(list);
    assert.equal(table.disposed, false);
  });

  test('what they own, by uid, narrowed by their selector', async () => {
    const { forest, cluster } = world();
    cluster.tableOf('shop/deployments').fill(['Ready', 'Age'], ['web 2/2 4m']);
    cluster.put({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'shop' },
      spec: { selector: { matchLabels: { app: 'web' } } },
    });
    const owner = (name: string) => [
      { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: name === 'web-1' ? 'uid-web' : 'uid-other' },
    ];
    cluster
      .tableOf('shop/replicasets')
      .fill(['Ready', 'Desired'], ['web-1 2 2', 'stray 1 1'], (name) => ({ ownerReferences: owner(name) }));
    assert.equal(await under(forest, ...path, 'web'), `▸ web-1   2 · 2\n${relations}`);
    assert.ok(cluster.taken.includes('shop/replicasets?app=web'), cluster.taken.join());
  });
});

test('what an object owns is opened once for all who ask at once, and closed whole', async () => {
  const { forest, cluster } = world();
  cluster.tableOf('shop/deployments').fill(['Ready', 'Age'], ['web 2/2 4m']);
  const { row } = await nodeAt(forest, 'dev', 'shop', 'Workloads', 'Deployments', 'web');
  const tables = countTables(cluster);
  for (const wanted of [['shop/replicasets'], ['shop/replicasets', 'shop/replicasets']]) {
    const branch = row.open?.(() => {});
    await Promise.all([branch?.rows(), branch?.rows()]);
    assert.deepEqual(tables(), { opened: wanted, open: ['shop/replicasets'] });
    branch?.dispose();
    await new Promise((settled) => setImmediate(settled));
    assert.deepEqual(tables().open, []);
  }
});

/** The last row below an object: nobody is asked before it is opened. */
const relations = '▸ Relations   owners, what it uses, and what uses it';

test('a pod shows its containers, live with the pod itself, and asks for nothing else', async () => {
  const { forest, cluster } = world();
  const pods = cluster.tableOf('shop/pods').fill(['Status'], ['web Running']);
  const [shown] = pods.rows;
  assert.ok(shown);
  const pod = (state: object) => ({
    ...shown.object,
    spec: { containers: [{ name: 'app', image: 'registry.example/team/web:1.4@sha256:0a1b' }] },
    status: { containerStatuses: [{ name: 'app', restartCount: 2, state }] },
  });
  pods.rows = [{ ...shown, object: pod({ waiting: { reason: 'CrashLoopBackOff' } }) }];
  assert.equal(
    await under(forest, 'dev', 'shop', 'Workloads', 'Pods', 'web'),
    `✗ app   Waiting: CrashLoopBackOff · 2 restarts · web:1.4\n${relations}`,
  );
  assert.deepEqual(cluster.taken.slice(-2), ['shop/pods', 'shop/pods?metadata.name=web']);
  pods.rows = [{ ...shown, object: pod({ terminated: { reason: 'Completed', exitCode: 0 } }) }];
  pods.tell();
  const rows = () => under(forest, 'dev', 'shop', 'Workloads', 'Pods', 'web');
  assert.equal(
    await eventually(rows, (text) => text.includes('Completed')),
    `app   Completed · 2 restarts · web:1.4\n${relations}`,
  );
});

test('the plural of a kind keeps its capitals', () => {
  const of = (kind: string, resource: string) => pluralOf({ kind, resource });
  assert.deepEqual(
    [of('NetworkPolicy', 'networkpolicies'), of('Ingress', 'ingresses'), of('Endpoints', 'endpoints'), of('Robot', 'machines')],
    ['NetworkPolicies', 'Ingresses', 'Endpoints', 'machines'],
  );
});
