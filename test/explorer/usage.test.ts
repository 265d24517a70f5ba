import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { failed, success } from '../../src/base/failure.ts';
import { Forest } from '../../src/explorer/forest.ts';
import { openGroups } from '../../src/explorer/groupNodes.ts';
import { ContextBranch } from '../../src/explorer/namespaceNodes.ts';
import type { Changed } from '../../src/explorer/nodes.ts';
import { Opened } from '../../src/explorer/opened.ts';
import { LiveMetrics } from '../../src/kubernetes/liveMetrics.ts';
import { MeasuredCluster } from '../support/measuredCluster.ts';
import { eventually, nodeAt, printChildren } from '../support/printTree.ts';
import { ScriptedTable } from '../support/scriptedTable.ts';
import { StandingClock } from '../support/standingClock.ts';

const pod = (limits: string) => ({
  spec: parse(`containers: [{name: app, resources: {requests: {cpu: 50m}, limits: ${limits}}}]`),
  status: { phase: 'Running', containerStatuses: [{ name: 'app', ready: true, state: { running: {} } }] },
});

/** The pods of `shop`, and the nodes, of a cluster whose clock stands. */
function world({ served = true, limits = '{cpu: 200m, memory: 128Mi}' } = {}) {
  const clock = new StandingClock();
  const cluster = new MeasuredCluster(served);
  cluster.now = () => clock.now();
  cluster.whole = pod(limits);
  const metrics = new LiveMetrics(clock);
  metrics.attend(true);
  cluster.tableOf('shop/pods').fill(['Status', 'Ready', 'Node'], ['web Running 1/1 n1', 'job Completed 0/1 n1']);
  cluster.tableOf('nodes').fill(['Status', 'Roles'], ['n1 Ready worker', 'n2 NotReady worker']);
  const forest = (namespace: string | undefined) =>
    new Forest(openGroups(cluster, namespace, { otherSide: () => undefined, metrics }));
  return { clock, cluster, metrics, pods: forest('shop'), nodes: forest(undefined) };
}

const below = async (forest: Forest, ...path: readonly string[]) => printChildren(forest, await nodeAt(forest, ...path));
const until = (forest: Forest, wanted: RegExp, ...path: readonly string[]) =>
  eventually(
    () => below(forest, ...path),
    (text) => wanted.test(text),
  );

describe('rows of pods', () => {
  test('are there first; then the figures, then with one page of pods what those may use', async () => {
    const { cluster, pods } = world();
    cluster.holds = true;
    const plain = '▸ job   Completed · 0/1 · n1\n▸ web   Running · 1/1 · n1';
    const sorted = async () => (await below(pods, 'Workloads', 'Pods')).split('\n').sort().join('\n');
    assert.equal(await sorted(), plain);
    await eventually(sorted, () => cluster.asked.length > 0);
    assert.equal(await sorted(), plain);
    cluster.release();
    await until(pods, /▮▮/, 'Workloads', 'Pods');
    assert.equal(await sorted(), '▸ job   Completed · 0/1 · n1\n▸ web   Running · ▮▮▯▯ 100m · 64Mi · 1/1 · n1');
    assert.deepEqual(cluster.asked, ['0 shop/pods', 'whole shop/pods limit 2']);
  });

  test('say in words, and not in colour alone, what nears its limit', async () => {
    const { pods } = world({ limits: '{cpu: 200m, memory: 70Mi}' });
    const rows = await until(pods, /limit/, 'Workloads', 'Pods');
    assert.match(rows, /^▸ ! web {3}Running · ▮▮▮▮ 100m · 64Mi · memory near limit: 91 % · 1\/1 · n1$/m);
  });

  test('tell a screen reader figures, and the tooltip the rest', async () => {
    const { pods, clock } = world();
    await until(pods, /▮/, 'Workloads', 'Pods');
    await clock.goTo(16);
    await until(pods, /101m/, 'Workloads', 'Pods');
    const { row } = await nodeAt(pods, 'Workloads', 'Pods', 'web');
    assert.equal(row.spoken, 'Running · CPU 101m, 51 % of limit, memory 64Mi, 50 % of limit · 1/1 · n1');
    const facts = row.facts.map((fact) => fact.join(': '));
    assert.ok(facts.includes('CPU: ▮▮▮▯ 101m · 51 % of limit 200m · requested 50m'), facts.join('\n'));
    assert.ok(facts.includes('CPU seen: ██ 100m to 101m in 15 s'), facts.join('\n'));
    assert.match(facts.join('\n'), /^measured: \d\d:\d\d:15 over 15 s$/m);
  });

  test('share one look with the containers below them', async () => {
    const { cluster, pods } = world();
    await until(pods, /▮/, 'Workloads', 'Pods');
    const table = cluster.tableOf('shop/pods');
    table.rows = table.rows.map((one) => ({ ...one, object: { ...one.object, ...cluster.whole } }));
    const rows = await until(pods, /▮/, 'Workloads', 'Pods', 'web');
    assert.equal(rows.split('\n')[0], 'app   Running · ▮▮▯▯ 100m · 64Mi');
    assert.deepEqual(
      cluster.asked.filter((line) => !line.startsWith('whole')),
      ['0 shop/pods'],
    );
  });

  test('folded, they are measured no more', async () => {
    const { clock, cluster, pods } = world();
    await until(pods, /▮/, 'Workloads', 'Pods');
    pods.collapse(await nodeAt(pods, 'Workloads', 'Pods'));
    await clock.goTo(600);
    assert.equal(cluster.asked.filter((line) => line.endsWith(' shop/pods')).length, 1);
  });

  test('stay as they are where nothing is served, or what is served is dead or forbidden', async () => {
    const plain = await below(world({ served: false }).pods, 'Workloads', 'Pods');
    for (const reason of [undefined, 'unavailable', 'forbidden', 'malformed'] as const) {
      const { cluster, pods, clock } = world({ served: reason !== undefined });
      cluster.answer = reason === 'malformed' ? success('{') : failed(reason ?? 'notFound', 'no');
      assert.equal(await below(pods, 'Workloads', 'Pods'), plain);
      await clock.goTo(100);
      assert.equal(await below(pods, 'Workloads', 'Pods'), plain);
      if (reason === undefined) assert.deepEqual(cluster.asked, []);
    }
  });
});

test('rows of nodes are measured by what is allocatable; only what is told is shown', async () => {
  const { cluster, nodes } = world();
  cluster.whole = { spec: {}, status: { allocatable: { cpu: '120m', memory: '1Gi' } } };
  const rows = await until(nodes, /▮/, 'Nodes');
  assert.equal(
    rows.split('\n').sort().join('\n'),
    ['▸ ! n1   Ready · ▮▮▮▯ 100m · 64Mi · CPU 83 % of allocatable · worker', '▸ ✗ n2   NotReady · worker'].join('\n'),
  );
  assert.deepEqual(cluster.asked, ['0 nodes', 'whole nodes limit 2']);
  cluster.put({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'shop' }, ...pod('{cpu: 60m}') });
  const { row } = await nodeAt(nodes, 'Nodes', 'n1');
  assert.deepEqual(await row.moreFacts?.(), [
    ['requested', '50m (42 %) · 0 (0 %) by 1 pod'],
    ['limits', '60m (50 %) · 0 (0 %) together'],
  ]);
});

test('a namespace tells what its pods use together, while it is open', async () => {
  const { cluster, metrics } = world();
  const namespaces = new ScriptedTable().fill(['Status'], ['default Active', 'shop Active']);
  cluster.tables.set('namespaces', namespaces);
  const parts = {
    contexts: {
      list: async () => ({ contexts: [], current: undefined, problems: [] }),
      open: async () => success(cluster),
      onDidChange: () => ({ dispose() {} }),
      dispose() {},
    },
    opened: new Opened(),
    otherSide: () => undefined,
    filter: { of: () => [], typed: () => [], onDidChange: () => ({ dispose() {} }) },
    isBound: () => false,
    protection: () => 'open' as const,
    metrics,
  };
  const forest = new Forest((changed: Changed) => new ContextBranch('dev', parts, () => {}, changed));
  assert.match(await printChildren(forest), /^▸ shop {3}namespace$/m);
  assert.deepEqual(cluster.asked, []);
  const shop = await nodeAt(forest, 'shop');
  await forest.children(shop);
  const open = await eventually(
    () => printChildren(forest),
    (text) => text.includes('100m'),
  );
  assert.match(open, /^▸ shop {3}namespace · 100m · 64Mi$/m);
  assert.match(open, /^▸ default {3}namespace$/m);
  assert.deepEqual(cluster.asked, ['0 shop/pods']);
  forest.collapse(shop);
  assert.match(await printChildren(forest), /^▸ shop {3}namespace$/m);
  forest.dispose();
});
