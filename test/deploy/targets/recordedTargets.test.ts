/** Each target of a run over several is locked, journalled, remembered and recorded by itself. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { failed, success } from '../../../src/base/failure.ts';
import { JournalFolder } from '../../../src/deploy/record/journalFolder.ts';
import { reportOf } from '../../../src/deploy/record/report.ts';
import { resumptionOf } from '../../../src/deploy/record/resume.ts';
import { RunFolder } from '../../../src/deploy/record/runFolder.ts';
import { readInventories } from '../../../src/deploy/removal/inventory.ts';
import { readTarget } from '../../../src/deploy/target.ts';
import { printTargets } from '../../../src/deploy/targets/matrix.ts';
import { planTargets } from '../../../src/deploy/targets/planTargets.ts';
import { printTargetsRun, startTargets, type TargetsKeeping } from '../../../src/deploy/targets/runTargets.ts';
import { nameOfTarget, readTargetSet } from '../../../src/deploy/targets/targetSet.ts';
import type { KubeObject } from '../../../src/kubernetes/cluster.ts';
import { LeasingCluster } from '../../support/leasingCluster.ts';
import { writtenFrom } from '../../support/written.ts';

const folder = mkdtempSync(join(tmpdir(), 'recorded-targets-'));
after(() => rmSync(folder, { recursive: true }));

const set = `namespace: shop
paths: m
targets:
  - {name: edge-1, context: a}
  - {name: edge-2, context: b}
`;
const file = '/w/shop.targets.yaml';
const config = (name: string, value = '1') =>
  `{apiVersion: v1, kind: ConfigMap, metadata: {name: ${name}}, data: {a: "${value}"}}\n---\n`;

type Clusters = Readonly<Record<string, LeasingCluster>>;

function twoClusters(): Clusters {
  const made = ['a', 'b'].map((name) => {
    const cluster = new LeasingCluster({ name, server: `https://${name}:6443` });
    cluster.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system', uid: `uid-of-${name}` } });
    return [name, cluster] as const;
  });
  return Object.fromEntries(made);
}

/** `text` is written at every path, or at each its own. */
async function plan(clusters: Clusters, text: string | Readonly<Record<string, string>>, targets = set) {
  const read = readTargetSet(file, targets);
  assert.ok(read.ok);
  return planTargets(read.value, async (entry) => {
    const cluster = clusters[entry.context];
    if (!cluster) return failed('offline', `${entry.context} gives no answer.`);
    const target = await readTarget(cluster, { namespace: 'shop' });
    if (!target.ok) return target;
    const written = entry.paths.flatMap((path) => writtenFrom(typeof text === 'string' ? text : (text[path] ?? '')));
    const ofSet = { names: [nameOfTarget('shop', entry)], partial: false, prune: 'ask' as const };
    return success({ request: { target: target.value, written, findings: [], set: ofSet }, context: { cluster, written } });
  });
}

async function start(clusters: Clusters, text: string, keeping: TargetsKeeping = { places: [file] }) {
  const run = startTargets(await plan(clusters, text), keeping, { stabilityMs: 0, retryMs: 5 });
  assert.ok(run.ok);
  return run.value;
}

const clusterOf = (clusters: Clusters, name: string): LeasingCluster => {
  const cluster = clusters[name];
  assert.ok(cluster);
  return cluster;
};

async function inventoryOf(cluster: LeasingCluster): Promise<readonly string[]> {
  const read = await readInventories(cluster, 'shop');
  assert.ok(read.ok);
  return read.value.sets.flatMap(({ name, members }) => members.map((member) => `${name}: ${member.name}`));
}

test('each target has its lock while it runs, then its record, report and inventory; what leaves the files is pruned on each', async () => {
  const clusters = twoClusters();
  const runs = new RunFolder(join(folder, 'one', 'runs'));
  const keeping = { places: [file], runs, journals: new JournalFolder(join(folder, 'one', 'journals')) };
  const first = await start(clusters, config('web') + config('cache'), keeping);
  const held: string[] = [];
  first.onDidStart(({ entry, about }) => {
    void clusterOf(clusters, entry.context)
      .leases()
      .then((leases) => held.push(`${entry.name} ${leases.length} ${about.name}`));
  });
  const { targets } = await first.done;
  assert.deepEqual(held, ['edge-1 1 shop.targets.yaml/edge-1', 'edge-2 1 shop.targets.yaml/edge-2']);
  for (const cluster of Object.values(clusters)) assert.deepEqual(await cluster.leases(), []);
  assert.deepEqual((await runs.all()).map(({ name, target, places }) => `${name} ${target.context} ${places.join()}`).sort(), [
    `shop.targets.yaml/edge-1 a ${file}`,
    `shop.targets.yaml/edge-2 b ${file}`,
  ]);
  const [edge] = targets;
  assert.match(edge?.record ? reportOf(edge.record) : '', /^# shop\.targets\.yaml\/edge-1 → a\/shop: succeeded\n/);
  assert.deepEqual(await keeping.journals.unfinished(), []);
  assert.deepEqual(await inventoryOf(clusterOf(clusters, 'b')), ['shop/edge-2: cache', 'shop/edge-2: web']);

  const second = await plan(clusters, config('web'));
  assert.match(printTargets(second.plan), /\n {2}ConfigMap cache {2}delete {5}delete\n/);
  const again = startTargets(second, keeping, { stabilityMs: 0 });
  assert.ok(again.ok);
  assert.equal((await again.value.done).outcome, 'succeeded', printTargetsRun(again.value));
  for (const [name, cluster] of Object.entries(clusters)) {
    assert.deepEqual(await inventoryOf(cluster), [`shop/edge-${name === 'a' ? 1 : 2}: web`]);
    const cache = await cluster.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'cache' });
    assert.equal(cache.ok, false);
  }
});

test('a target that somebody else deploys now is refused, may be taken over, and keeps the rest from beginning', async () => {
  const clusters = twoClusters();
  const canary = clusterOf(clusters, 'a');
  const watched = await start(clusters, config('web'));
  const leased = new Promise<readonly KubeObject[]>((resolve) => watched.onDidStart(() => resolve(canary.leases())));
  await watched.done;
  const [lease] = await leased;
  assert.ok(lease);
  const now = new Date().toISOString();
  canary.put({
    ...lease,
    spec: { holderIdentity: 'bob on his desk (1)', acquireTime: now, renewTime: now, leaseDurationSeconds: 45 },
  });
  const held = await start(clusters, config('web', '3'));
  const { outcome, targets } = await held.done;
  assert.equal(outcome, 'refused');
  assert.deepEqual(
    targets.map(({ state, isHeld }) => [state, isHeld]),
    [
      ['refused', true],
      ['notStarted', undefined],
    ],
  );
  assert.match(
    printTargetsRun(held),
    /^ {2}wave 1: edge-1 → a\/shop: refused\. shop\/edge-1 is being deployed to a\/shop by bob on his desk \(1\) since .*\n {2}wave 2: edge-2 → b\/shop: Not started, because edge-1 went wrong\.\n/,
  );
  const taken = await start(clusters, config('web', '3'), { places: [file], takeOver: true });
  assert.equal((await taken.done).outcome, 'succeeded');
});

test('a target that was killed in its midst is known by its journal, and the next run over all carries on', async () => {
  const clusters = twoClusters();
  const canary = clusterOf(clusters, 'a');
  const path = join(folder, 'killed');
  let isDead = false;
  // nothing of a process that was killed reaches the disk any more, its end neither
  const append = async (to: FileHandle, text: string) => (isDead ? Promise.reject(new Error('killed')) : to.appendFile(text));
  canary.refuse = ({ metadata }, { dryRun }) =>
    !isDead && !dryRun && metadata.name === 'web' ? { reason: 'offline', message: 'No answer.' } : undefined;
  const dying = { places: [file], journals: new JournalFolder(path, { append }) };
  const killed = await start(clusters, config('cache') + config('web'), dying);
  killed.onDidStart(({ run }) =>
    run.onDidChange((event) => {
      if (!event?.key.endsWith('/cache') || event.state !== 'ready') return;
      isDead = true;
      killed.cancel();
    }),
  );
  assert.equal((await killed.done).targets[1]?.state, 'notStarted');
  const journals = new JournalFolder(path);
  const [left, ...others] = await journals.unfinished();
  assert.ok(left);
  assert.deepEqual([others.length, left.state.begin.name, left.state.begin.places], [0, 'shop.targets.yaml/edge-1', [file]]);

  const planned = await plan(clusters, config('cache') + config('web'));
  const [first] = planned.plan.targets;
  const resumption = first?.plan && resumptionOf(left.state, first.plan);
  assert.ok(resumption?.ok);
  assert.deepEqual(
    [resumption.value.done, resumption.value.left].map((keys) => keys.map((key) => key.split('/').at(-1))),
    [['cache'], ['web']],
  );
  const run = startTargets(planned, { places: [file], journals }, { stabilityMs: 0 });
  assert.ok(run.ok);
  assert.equal((await run.value.done).outcome, 'succeeded', printTargetsRun(run.value));
  assert.deepEqual(await journals.unfinished(), []);
});

test('an object that goes over from one target to another of the same namespace is not deleted behind the back of the second', async () => {
  const clusters = twoClusters();
  const together = `namespace: shop
targets:
  - {name: one, context: a, paths: m}
  - {name: two, context: a, paths: n}
`;
  const [m, n] = ['/w/m', '/w/n'];
  const first = await plan(clusters, { [m]: config('web') + config('moves'), [n]: config('cache') }, together);
  const run = startTargets(first, { places: [file] }, { stabilityMs: 0 });
  assert.ok(run.ok);
  assert.equal((await run.value.done).outcome, 'succeeded', printTargetsRun(run.value));
  assert.deepEqual(await inventoryOf(clusterOf(clusters, 'a')), ['shop/one: moves', 'shop/one: web', 'shop/two: cache']);
  const moved = await plan(clusters, { [m]: config('web'), [n]: config('cache') + config('moves') }, together);
  assert.deepEqual(
    moved.plan.blockers.map(({ message }) => message),
    [
      'ConfigMap moves went over from one to two: it would be deleted for the one and deployed for the other. Deploy two by itself first, then all.',
    ],
  );
  const alone = `namespace: shop\ntargets: [{name: two, context: a, paths: n}]\n`;
  const second = startTargets(
    await plan(clusters, { [n]: config('cache') + config('moves') }, alone),
    { places: [file] },
    { stabilityMs: 0 },
  );
  assert.ok(second.ok);
  await second.value.done;
  const then = await plan(clusters, { [m]: config('web'), [n]: config('cache') + config('moves') }, together);
  assert.deepEqual(then.plan.blockers, []);
  const last = startTargets(then, { places: [file] }, { stabilityMs: 0 });
  assert.ok(last.ok);
  await last.value.done;
  assert.deepEqual(await inventoryOf(clusterOf(clusters, 'a')), ['shop/one: web', 'shop/two: cache', 'shop/two: moves']);
});
