/** Going back by itself after a run that failed: to what, when not, and what is said. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { success } from '../../src/base/failure.ts';
import { makePlan } from '../../src/deploy/plan/plan.ts';
import { startRecorded } from '../../src/deploy/record/recordedRun.ts';
import { reportOf } from '../../src/deploy/record/report.ts';
import { type RolledBack, rollBackAfter } from '../../src/deploy/record/rollBackAfter.ts';
import { RunFolder } from '../../src/deploy/record/runFolder.ts';
import type { RunRecord } from '../../src/deploy/record/runRecord.ts';
import { readTarget } from '../../src/deploy/target.ts';
import { planTargets } from '../../src/deploy/targets/planTargets.ts';
import { rollBackTargets, rolledBackLines } from '../../src/deploy/targets/rollBackTargets.ts';
import { startTargets } from '../../src/deploy/targets/runTargets.ts';
import { readTargetSet } from '../../src/deploy/targets/targetSet.ts';
import { LeasingCluster } from '../support/leasingCluster.ts';
import { writtenFrom } from '../support/written.ts';

const folder = mkdtempSync(join(tmpdir(), 'back-'));
after(() => rmSync(folder, { recursive: true }));

const QUICK = { stabilityMs: 0, retryMs: 5 };
/** `a=1 b=2`: ConfigMaps with a value each. */
const configs = (words: string) =>
  words
    .split(' ')
    .map((word) => word.split('='))
    .map(([name, value]) => `{apiVersion: v1, kind: ConfigMap, metadata: {name: ${name}}, data: {value: "${value}"}}\n---\n`)
    .join('');

/** A cluster that says yes to a dry run of `broken` and no when it is to be written. */
function clusterCalled(name = 'sandbox-admin'): LeasingCluster {
  const cluster = new LeasingCluster({ name, server: `https://${name}:6443` });
  cluster.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system', uid: `uid-of-${name}` } });
  cluster.refuse = ({ data }, { dryRun }) =>
    !dryRun && (data as { value?: string } | undefined)?.value === 'broken'
      ? { reason: 'invalid', status: 422, message: 'broken is not allowed' }
      : undefined;
  return cluster;
}

/** Deploys one text after the other and goes back after the last; the moments are written as `12:03`, the times as `0 s`. */
async function story(
  cluster: LeasingCluster,
  texts: readonly string[],
  change: (failed: RunRecord) => RunRecord = (same) => same,
) {
  const runs = new RunFolder(mkdtempSync(join(folder, 'runs-')));
  const keeping = { name: 'shop', places: [folder], runs };
  let last: RunRecord | undefined;
  for (const text of texts) {
    const target = await readTarget(cluster, { namespace: 'shop' });
    assert.ok(target.ok);
    const written = writtenFrom(configs(text));
    const plan = await makePlan({ target: target.value, written, findings: [] }, cluster);
    assert.ok(plan.ok);
    const started = await startRecorded(plan.value, { cluster, written }, keeping, QUICK);
    assert.ok(started.ok);
    last = (await started.value.end).record;
  }
  assert.ok(last);
  const failed = change(last);
  cluster.requests.length = 0;
  const kept = async () => success(await runs.of(failed.set));
  const back = await rollBackAfter(failed, { kept, context: { cluster }, keeping, options: QUICK });
  return { back, runs, failed, said: back && wordsOf(back) };
}

const wordsOf = ({ sentence }: Pick<RolledBack, 'sentence'>) =>
  sentence.replace(/\d\d:\d\d/, '12:03').replace(/[\d.]+ s\b/, '0 s');

async function dataOf(cluster: LeasingCluster, name: string): Promise<unknown> {
  const live = await cluster.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name });
  return live.ok ? live.value['data'] : live.failure.reason;
}

test('it goes back to the last run that succeeded, and both runs tell it', async () => {
  const cluster = clusterCalled();
  const { back, runs, failed, said } = await story(cluster, ['a=1 b=1', 'a=2 b=2', 'a=3 b=broken c=3']);
  assert.equal(failed.summary.outcome, 'partial');
  assert.equal(said, 'Rolled back to the deploy of 12:03: shop is up on sandbox-admin: 1 configured, 1 unchanged, ready in 0 s.');
  assert.deepEqual([await dataOf(cluster, 'a'), await dataOf(cluster, 'b')], [{ value: '2' }, { value: '2' }]);
  assert.deepEqual(await dataOf(cluster, 'c'), { value: '3' }, 'what came new stays');
  assert.deepEqual(back?.notes, [`v1/ConfigMap shop/c came after run ${back?.back?.backTo?.run} and stays.`]);
  assert.deepEqual(await cluster.leases(), []);
  const [newest, before] = (await runs.of(failed.set)).toSorted((one, other) => other.startedAt - one.startedAt);
  assert.deepEqual([newest?.run, before?.run], [back?.back?.run, failed.run]);
  assert.ok(before && reportOf(before).includes('Rolled back to the deploy of '), 'the report of the run that failed');
  assert.ok(newest && reportOf(newest).includes(`by itself, after run \`${failed.run}\` failed`), 'the report of the way back');
});

test('what went back does not go back again, nor what was cancelled, refused or stopped', async () => {
  const texts = ['a=1', 'a=2 b=broken'];
  for (const change of [
    (one: RunRecord) => ({ ...one, backTo: { run: 'x', startedAt: 1 } }),
    (one: RunRecord) => ({ ...one, summary: { ...one.summary, outcome: 'cancelled' as const } }),
    (one: RunRecord) => ({ ...one, summary: { ...one.summary, outcome: 'refused' as const } }),
    (one: RunRecord) => ({ ...one, summary: { ...one.summary, stopped: true as const } }),
    (one: RunRecord) => ({ ...one, steps: one.steps.map((step) => ({ ...step, action: 'prune' as const })) }),
  ]) {
    const cluster = clusterCalled();
    assert.equal((await story(cluster, texts, change)).back, undefined);
    assert.deepEqual(cluster.requests, []);
  }
  const good = clusterCalled();
  assert.equal((await story(good, ['a=1', 'a=2'])).back, undefined);
});

test('without an earlier success it says so', async () => {
  const { back, said } = await story(clusterCalled(), ['a=1 b=broken', 'a=2 b=broken']);
  assert.equal(said, 'No earlier deploy of shop that succeeded is kept: nothing was rolled back.');
  assert.equal(back?.offers, undefined);
});

test('a protected target is offered the way back, and left alone', async () => {
  const cluster = clusterCalled('live');
  const { back, said } = await story(cluster, ['a=1 b=1', 'a=2 b=broken']);
  assert.equal(said, 'Context live is protected: Roll Back Deploy goes to the deploy of 12:03, once its name is typed.');
  assert.equal(back?.offers?.summary.outcome, 'succeeded');
  assert.deepEqual(cluster.requests, []);
  assert.deepEqual(await dataOf(cluster, 'a'), { value: '2' });
});

test('a plan that would need a question is offered, and not carried out', async () => {
  const cluster = clusterCalled();
  const { back, said } = await story(cluster, ['a=1 b=1', 'a=2 b=broken'], (failed) => {
    cluster.refuse = ({ metadata }) =>
      metadata.name === 'a' ? { reason: 'forbidden', status: 403, message: 'exceeded quota: of the evening' } : undefined;
    return failed;
  });
  assert.match(said ?? '', /^Not rolled back to the deploy of 12:03: .*exceeded quota/);
  assert.equal(back?.offers?.summary.outcome, 'succeeded');
  assert.deepEqual(await dataOf(cluster, 'a'), { value: '2' });
});

test('where the files of then are what is there, nothing is sent', async () => {
  const cluster = clusterCalled();
  const { back, said } = await story(cluster, ['a=1', 'a=1 b=broken']);
  assert.equal(said, 'All is as the deploy of 12:03 left it: there is nothing to roll back.');
  assert.deepEqual([back?.back, cluster.requests], [undefined, ['apply dry v1/ConfigMap shop/a']]);
});

test('somebody else who deploys meanwhile is not disturbed', async () => {
  const cluster = clusterCalled();
  cluster.refuseLease = () => undefined;
  const { said } = await story(cluster, ['a=1 b=1', 'a=2 b=broken'], (failed) => {
    cluster.refuseLease = () => ({ reason: 'conflict', status: 409, message: 'the object has been modified' });
    return failed;
  });
  assert.match(said ?? '', /^Not rolled back to the deploy of 12:03: /);
  assert.deepEqual(await dataOf(cluster, 'a'), { value: '2' });
});

test('of several targets each goes back by itself: one failed, the other came up and stays', async () => {
  const clusters = new Map(['a', 'b'].map((name) => [name, clusterCalled(name)]));
  const runs = new RunFolder(join(folder, 'targets'));
  const set = readTargetSet(
    '/w/targets.yaml',
    'namespace: shop\npaths: m\ntargets: [{name: one, context: a, wave: 1}, {name: two, context: b, wave: 1}]',
  );
  assert.ok(set.ok);
  const deploy = async (text: string) => {
    const planned = await planTargets(set.value, async ({ context }) => {
      const cluster = clusters.get(context) ?? assert.fail(context);
      const target = await readTarget(cluster, { namespace: 'shop' });
      const written = writtenFrom(configs(context === 'b' ? text.replace('broken', 'fine') : text));
      return target.ok
        ? success({ request: { target: target.value, written, findings: [] }, context: { cluster, written } })
        : target;
    });
    const run = startTargets(planned, { places: ['/w/targets.yaml'], runs }, QUICK);
    assert.ok(run.ok, run.ok ? '' : run.failure.message);
    await run.value.done;
    return { run: run.value, contexts: planned.contexts };
  };
  await deploy('x=1 y=1');
  const { run, contexts } = await deploy('x=2 y=broken');
  const backs = await rollBackTargets(run, contexts, (_, { set: name }) => ({
    kept: async () => success(await runs.of(name)),
    keeping: { places: ['/w/targets.yaml'], runs },
    options: QUICK,
  }));
  assert.deepEqual(
    rolledBackLines(backs).map((sentence) => wordsOf({ sentence })),
    ['one: Rolled back to the deploy of 12:03: shop is up on a: 1 configured, 1 unchanged, ready in 0 s.'],
  );
  const values = await Promise.all([...clusters.values()].map((cluster) => dataOf(cluster, 'x')));
  assert.deepEqual(values, [{ value: '1' }, { value: '2' }]);
});
