import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { makePlan } from '../../src/deploy/plan/plan.ts';
import { beginOf, deploySet } from '../../src/deploy/record/journal.ts';
import { JournalFolder } from '../../src/deploy/record/journalFolder.ts';
import { takeLease } from '../../src/deploy/record/lease.ts';
import { type Keeping, startRecorded } from '../../src/deploy/record/recordedRun.ts';
import { RunFolder } from '../../src/deploy/record/runFolder.ts';
import { readTarget } from '../../src/deploy/target.ts';
import { LeasingCluster } from '../support/leasingCluster.ts';
import { writtenFrom } from '../support/written.ts';

const folder = mkdtempSync(join(tmpdir(), 'recorded-'));
after(() => rmSync(folder, { recursive: true }));

const config = (value: string) => `{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {a: "${value}"}}\n`;

async function start(yaml: string, cluster: LeasingCluster, keeping: Keeping) {
  const target = await readTarget(cluster, { namespace: 'shop' });
  assert.ok(target.ok);
  const written = writtenFrom(yaml);
  const plan = await makePlan({ target: target.value, written, findings: [] }, cluster);
  assert.ok(plan.ok);
  return startRecorded(plan.value, { cluster, written }, keeping, { stabilityMs: 0 });
}

const keepingIn = (name: string, more: Partial<Keeping> = {}): Keeping => ({
  name: 'shop',
  places: [folder],
  journals: new JournalFolder(join(folder, name, 'journal')),
  runs: new RunFolder(join(folder, name, 'runs')),
  ...more,
});

test('a run takes its locks, gives them back and is kept; one that changes nothing is not', async () => {
  const cluster = new LeasingCluster();
  const keeping = keepingIn('one');
  const started = await start(config('1'), cluster, keeping);
  assert.ok(started.ok);
  assert.equal((await cluster.leases()).length, 1);
  const { record } = await started.value.end;
  assert.deepEqual(await cluster.leases(), []);
  assert.deepEqual(await keeping.journals?.unfinished(), []);
  assert.deepEqual(
    (await keeping.runs?.all())?.map(({ run, summary }) => [run, summary.outcome]),
    [[record.run, 'succeeded']],
  );
  cluster.requests.length = 0;
  const again = await start(config('1'), cluster, keeping);
  assert.ok(again.ok);
  assert.equal((await again.value.end).record.summary.outcome, 'unchanged');
  assert.equal((await keeping.runs?.all())?.length, 1);
  assert.deepEqual(cluster.requests, ['apply dry v1/ConfigMap shop/a'], 'nothing but the dry run was sent');
});

test('another window on this machine, and another person on the cluster, are told who deploys', async () => {
  const cluster = new LeasingCluster();
  let isAway = true;
  cluster.refuse = (_object, { dryRun }) => (isAway && !dryRun ? { reason: 'offline', message: 'No answer.' } : undefined);
  const first = await start(config('2'), cluster, keepingIn('two'));
  assert.ok(first.ok);
  const here = await start(config('3'), cluster, keepingIn('two'));
  assert.match(
    here.ok ? '' : here.failure.message,
    new RegExp(`^shop is being deployed to sandbox-admin/shop by .*${hostname()} since `),
  );
  const [lease] = await cluster.leases();
  assert.ok(lease);
  cluster.put({ ...lease, spec: { ...(lease['spec'] as object), holderIdentity: 'bob on his desk (1)' } });
  const there = await start(config('3'), cluster, keepingIn('elsewhere'));
  assert.match(
    there.ok ? '' : there.failure.message,
    /^shop is being deployed to sandbox-admin\/shop by bob on his desk \(1\) since /,
  );
  assert.deepEqual(await keepingIn('elsewhere').journals?.unfinished(), [], 'nothing was begun');
  isAway = false;
  await first.value.end;
});

test('whom the journal knows to be dead holds nobody up; one of whom it knows nothing does', async () => {
  const cluster = new LeasingCluster();
  const dead = { host: hostname(), pid: 2 ** 30, user: 'alice' };
  const target = await readTarget(cluster, { namespace: 'shop' });
  assert.ok(target.ok);
  const plan = await makePlan({ target: target.value, written: writtenFrom(config('5')), findings: [] }, cluster);
  assert.ok(plan.ok);
  const keeping = keepingIn('five');
  const about = { run: 'killed', set: deploySet(target.value, 'shop'), name: 'shop', places: [], holder: dead };
  const journal = await keeping.journals?.begin(beginOf(plan.value, about));
  assert.ok(journal?.ok);
  await journal.value.close();
  const onLost = () => undefined;
  const lease = await takeLease(cluster, { target: target.value, name: 'shop', holder: dead, onLost });
  assert.ok(lease.ok && 'lease' in lease.value);
  lease.value.lease.dispose();
  const elsewhere = await start(config('5'), cluster, keepingIn('six'));
  assert.match(elsewhere.ok ? '' : elsewhere.failure.message, /^shop is being deployed to sandbox-admin\/shop by alice on /);
  const next = await start(config('5'), cluster, keeping);
  assert.ok(next.ok, next.ok ? '' : next.failure.message);
  assert.equal((await next.value.end).record.summary.outcome, 'succeeded');
});

test('where no lock can be taken the run goes on and says so', async () => {
  const cluster = new LeasingCluster();
  cluster.refuseLease = () => ({ reason: 'forbidden', status: 403, message: 'admin may not create leases.' });
  const started = await start(config('4'), cluster, { name: 'shop', places: [] });
  assert.ok(started.ok);
  assert.match(started.value.note ?? '', /^No lock was taken on sandbox-admin/);
  assert.equal((await started.value.end).record.summary.outcome, 'succeeded');
});
