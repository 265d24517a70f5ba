import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { ClusterRuns } from '../../src/deploy/record/clusterRuns.ts';
import type { RunRecord } from '../../src/deploy/record/runRecord.ts';
import type { StepState } from '../../src/deploy/types.ts';
import type { KubeObject } from '../../src/kubernetes/cluster.ts';
import { FakeCluster } from '../support/fakeCluster.ts';

const counts = {
  ...{ create: 1, update: 0, unchanged: 0, recreate: 0, adopt: 0, prune: 0 },
  ...{ conflict: 0, forbidden: 0, invalid: 0, unverified: 0, skip: 0 },
};

/** A run of one ConfigMap that holds `value`. */
function record(run: string, value = 'small', name = 'shop'): RunRecord {
  const object: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'shop' }, data: { value } };
  const state: StepState = 'ready';
  return {
    format: 1,
    run,
    set: 'set',
    name,
    places: ['/home/alice/shop'],
    target: { context: 'c', server: 's', user: 'u', namespace: 'shop', protection: 'open' },
    holder: { host: 'desk', pid: 1 },
    startedAt: Number(run.replace(/\D/g, '')),
    counts,
    blockers: [],
    summary: { outcome: 'succeeded', sentence: 'up', tookMs: 1 },
    steps: [
      {
        ...{ key: 'v1/ConfigMap shop/a', action: 'create', reason: '', hash: 'h', object, after: [], retries: 0, children: [] },
        ...{
          file: '/home/alice/shop/a.yaml',
          line: 1,
          place: { file: '/home/alice/shop/a.yaml', line: 2 },
          state,
          applied: state,
        },
      },
    ],
  };
}

async function secrets(cluster: FakeCluster): Promise<readonly KubeObject[]> {
  const list = await cluster.list('v1', 'Secret', { namespace: 'shop' });
  return list.ok ? list.value.items : [];
}

async function names(cluster: FakeCluster, name?: string): Promise<readonly string[]> {
  const all = await new ClusterRuns(cluster, 'shop').all(name);
  return all.ok ? all.value.map(({ run }) => run) : [all.failure.message];
}

describe('runs kept on the cluster', () => {
  test('come back as they were, but for the paths of the machine', async () => {
    const cluster = new FakeCluster();
    assert.ok((await new ClusterRuns(cluster, 'shop').keep(record('run-1'))).ok);
    const all = await new ClusterRuns(cluster, 'shop').all();
    const { steps, ...rest } = record('run-1');
    const [step] = steps;
    assert.deepEqual(all.ok && all.value, [
      { ...rest, places: [], steps: [{ ...step, file: 'a.yaml', place: { file: 'a.yaml', line: 2 } }] },
    ]);
  });

  test('the last ten of each set stay, other Secrets are not touched', async () => {
    const cluster = new FakeCluster();
    cluster.put({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'mine', namespace: 'shop' }, data: { password: 'eA==' } });
    await new ClusterRuns(cluster, 'shop').keep(record('run-00', 'x', 'other'));
    for (let run = 10; run < 23; run++) await new ClusterRuns(cluster, 'shop').keep(record(`run-${run}`));
    assert.deepEqual(
      await names(cluster, 'shop'),
      Array.from({ length: 10 }, (_, index) => `run-${22 - index}`),
    );
    assert.deepEqual(await names(cluster, 'other'), ['run-00']);
    assert.equal((await secrets(cluster)).length, 12);
  });

  test('the last that succeeded stays, however many failed after it', async () => {
    const cluster = new FakeCluster();
    const runs = new ClusterRuns(cluster, 'shop', 3);
    const failing = (run: string): RunRecord => ({ ...record(run), summary: { outcome: 'failed', sentence: 'no', tookMs: 1 } });
    for (const one of [record('run-1'), record('run-2'), ...['3', '4', '5', '6'].map((run) => failing(`run-${run}`))])
      assert.ok((await runs.keep(one)).ok);
    assert.deepEqual(await names(cluster), ['run-6', 'run-5', 'run-4', 'run-2']);
  });

  test('a large one is kept in parts that a Secret can hold; without one of them it is not there', async () => {
    const cluster = new FakeCluster();
    // what is random does not pack
    const large = record('run-1', randomBytes(1_500_000).toString('base64'));
    assert.ok((await new ClusterRuns(cluster, 'shop').keep(large)).ok);
    const parts = await secrets(cluster);
    assert.equal(parts.length, 2);
    for (const { data } of parts) assert.ok(Buffer.from((data as { part: string }).part, 'base64').length <= 900 * 1024);
    const all = await new ClusterRuns(cluster, 'shop').all();
    assert.deepEqual(all.ok && all.value[0]?.steps[0]?.object, large.steps[0]?.object);
    const [part] = parts;
    assert.ok(part);
    await cluster.delete({ apiVersion: 'v1', kind: 'Secret', namespace: 'shop', name: part.metadata.name });
    assert.deepEqual(await names(cluster), []);
  });

  test('that it may not be kept is a failure with its words', async () => {
    const cluster = new FakeCluster();
    cluster.refuse = () => ({ reason: 'forbidden', status: 403, message: 'alice may not create secrets.' });
    const kept = await new ClusterRuns(cluster, 'shop').keep(record('run-1'));
    assert.equal(kept.ok ? '' : kept.failure.message, 'alice may not create secrets.');
  });
});
