import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { makePlan } from '../../src/deploy/plan/plan.ts';
import { printPlan } from '../../src/deploy/plan/planText.ts';
import { deploySet } from '../../src/deploy/record/journal.ts';
import { rollbackTo } from '../../src/deploy/record/rollBack.ts';
import { RunFolder } from '../../src/deploy/record/runFolder.ts';
import { type RunRecord, recordOf } from '../../src/deploy/record/runRecord.ts';
import { startRun } from '../../src/deploy/run/run.ts';
import { readTarget } from '../../src/deploy/target.ts';
import type { KubeObject } from '../../src/kubernetes/cluster.ts';
import { FakeCluster } from '../support/fakeCluster.ts';
import { writtenFrom } from '../support/written.ts';

const folder = mkdtempSync(join(tmpdir(), 'runs-'));
after(() => rmSync(folder, { recursive: true }));

const CANARY = 'canary-77c0de';
const holder = { host: 'desk', pid: 1 };

async function targetOf(cluster: FakeCluster) {
  const target = await readTarget(cluster, { namespace: 'shop' });
  assert.ok(target.ok);
  return target.value;
}

async function deploy(yaml: string, run: string, cluster: FakeCluster): Promise<RunRecord> {
  const target = await targetOf(cluster);
  const written = writtenFrom(yaml);
  const plan = await makePlan({ target, written, findings: [] }, cluster);
  assert.ok(plan.ok);
  const started = startRun(plan.value, { cluster, written }, { stabilityMs: 0 });
  await started.done;
  const record = recordOf(started, { run, set: deploySet(target, 'shop'), name: 'shop', places: ['/w'], holder });
  return { ...record, startedAt: Number(run) };
}

const config = (name: string, value: string) =>
  `{apiVersion: v1, kind: ConfigMap, metadata: {name: ${name}}, data: {a: "${value}"}}\n---\n`;
const secret = (value: string) => `{apiVersion: v1, kind: Secret, metadata: {name: s}, stringData: {password: ${value}}}\n---\n`;

describe('roll back to an earlier run', () => {
  test('is a plan of what that run deployed; what came later stays, and is named', async () => {
    const cluster = new FakeCluster();
    const first = await deploy(config('a', 'one') + config('b', 'same') + secret(CANARY), '1', cluster);
    const second = await deploy(config('a', 'two') + config('b', 'same') + config('new', 'x') + secret(CANARY), '2', cluster);
    const target = await targetOf(cluster);
    // the API server keeps stringData as data
    const live = await cluster.get({ apiVersion: 'v1', kind: 'Secret', namespace: 'shop', name: 's' });
    assert.ok(live.ok);
    const { stringData: _, ...stored } = live.value;
    cluster.put({ ...stored, data: { password: Buffer.from(CANARY).toString('base64') } } as KubeObject);
    const back = await rollbackTo(first, [second, first], target, cluster);
    assert.ok(back.ok);
    assert.deepEqual(back.value.notes, ['v1/ConfigMap shop/new came after run 1 and stays.']);
    const plan = await makePlan({ target, written: back.value.written, findings: [], blockers: back.value.blockers }, cluster);
    assert.equal(
      plan.ok && printPlan(plan.value),
      `Target sandbox-admin/shop (https://127.0.0.1:6443 as admin)
1 configure · 1 unchanged
  configure v1/ConfigMap shop/a (data.a two → one)
  unchanged v1/ConfigMap shop/b
`,
    );
  });

  test('values of a Secret were not kept: another one stays, one that is gone blocks', async () => {
    const cluster = new FakeCluster();
    const first = await deploy(secret(CANARY), '1', cluster);
    const target = await targetOf(cluster);
    const ref = { apiVersion: 'v1', kind: 'Secret', namespace: 'shop', name: 's' };
    cluster.put({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace: 'shop' }, data: { password: 'b3RoZXI=' } });
    const changed = await rollbackTo(first, [first], target, cluster);
    assert.deepEqual(changed.ok && changed.value.notes, [
      'Secret s had other values in run 1. They were not kept: it stays as it is.',
    ]);
    await cluster.delete(ref);
    const gone = await rollbackTo(first, [first], target, cluster);
    assert.deepEqual(gone.ok && gone.value.blockers.map(({ message }) => message), [
      'Secret s is gone, and its values were not kept with run 1. Deploy it from its manifest first.',
    ]);
  });

  test('a run of another cluster is refused', async () => {
    const first = await deploy(config('a', 'one'), '1', new FakeCluster());
    const other = new FakeCluster();
    other.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system', uid: 'another' } });
    const back = await rollbackTo(first, [first], await targetOf(other), other);
    assert.match(back.ok ? '' : back.failure.message, /is another cluster/);
  });
});

describe('runs on the disk', () => {
  test('newest first, the last ones and the last that succeeded, readable by their owner only, without secrets', async () => {
    const runs = new RunFolder(folder, 2);
    const cluster = new FakeCluster();
    const records = [await deploy(secret(CANARY) + config('a', '1'), '1', cluster)];
    for (const run of ['2', '3', '4']) {
      cluster.refuse = () => ({ reason: 'invalid', status: 422, message: 'no' });
      const target = await targetOf(cluster);
      const plan = { ...(await planned(target, cluster)), blockers: [] };
      const started = startRun(plan, { cluster, written: [] }, { stabilityMs: 0 });
      await started.done;
      records.push({
        ...recordOf(started, { run, set: records[0]?.set ?? '', name: 'shop', places: ['/w'], holder }),
        startedAt: Number(run),
      });
    }
    for (const record of records) assert.ok((await runs.keep(record)).ok);
    const [set = ''] = readdirSync(folder);
    const kept = await runs.of(records[0]?.set ?? '');
    assert.deepEqual(
      kept.map(({ run, summary }) => `${run} ${summary.outcome}`),
      ['4 failed', '3 failed', '1 succeeded'],
    );
    assert.deepEqual(kept[2], records[0]);
    for (const name of readdirSync(join(folder, set))) {
      assert.equal(statSync(join(folder, set, name)).mode & 0o777, 0o600);
      const text = gunzipSync(readFileSync(join(folder, set, name))).toString();
      assert.ok(!text.includes(CANARY) && !text.includes(Buffer.from(CANARY).toString('base64')));
    }
    writeFileSync(join(folder, set, '5.run.json.gz'), 'torn');
    assert.equal((await runs.all()).length, 3);
  });
});

async function planned(target: Awaited<ReturnType<typeof targetOf>>, cluster: FakeCluster) {
  const plan = await makePlan({ target, written: writtenFrom(config('z', '1')), findings: [] }, cluster);
  assert.ok(plan.ok);
  return { ...plan.value, steps: plan.value.steps.map((step) => ({ ...step, action: 'create' as const })) };
}
