import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Failure } from '../../src/base/failure.ts';
import { textAt } from '../../src/base/fields.ts';
import { type LeaseRequest, type LeaseTimes, takeLease } from '../../src/deploy/record/lease.ts';
import { readTarget } from '../../src/deploy/target.ts';
import { eventually } from '../support/eventually.ts';
import { LeasingCluster } from '../support/leasingCluster.ts';

const read = await readTarget(new LeasingCluster(), { namespace: 'shop' });
assert.ok(read.ok);
const target = read.value;
const at = Date.UTC(2026, 0, 1, 12);
const times: LeaseTimes = { renewMs: 60_000, expiryMs: 45_000, now: () => at };
const from = (user: string, more: Partial<LeaseRequest> = {}): LeaseRequest => ({
  target,
  name: 'shop',
  holder: { host: 'desk', pid: 7, user },
  onLost: () => undefined,
  ...more,
});

async function ownerOf(cluster: LeasingCluster): Promise<string> {
  return (await cluster.leases()).map((lease) => textAt(lease, 'spec', 'holderIdentity')).join();
}

/** What came of it: `taken`, without and why, or the failure. */
async function tried(cluster: LeasingCluster, request: LeaseRequest, when = times): Promise<string> {
  const taken = await takeLease(cluster, request, when);
  if (!taken.ok) return taken.failure.message;
  if ('without' in taken.value) return taken.value.without;
  taken.value.lease.dispose();
  return 'taken';
}

describe('the lease of a set', () => {
  test('a second person is told who deploys and since when', async () => {
    const cluster = new LeasingCluster();
    assert.equal(await tried(cluster, from('alice')), 'taken');
    assert.equal(
      await tried(cluster, from('bob')),
      'shop is being deployed to sandbox-admin/shop by alice on desk (7) since 2026-01-01T12:00:00.000000Z. Nothing was written; wait for its end, or take over.',
    );
    assert.equal(await tried(cluster, from('bob', { name: 'another' })), 'taken');
    assert.equal(await tried(cluster, from('alice')), 'taken', 'the same window goes on');
  });

  test('one that was not renewed for 45 s holds nobody up', async () => {
    const cluster = new LeasingCluster();
    await tried(cluster, from('alice'));
    assert.match(await tried(cluster, from('bob'), { ...times, now: () => at + 45_000 }), /^shop is being deployed/);
    assert.equal(await tried(cluster, from('bob'), { ...times, now: () => at + 45_001 }), 'taken');
    assert.equal(await ownerOf(cluster), 'bob on desk (7)');
  });

  test('of many who want it at once one gets it', async () => {
    for (const expired of [false, true]) {
      const cluster = new LeasingCluster();
      if (expired) await tried(cluster, from('gone'), { ...times, now: () => at - 60_000 });
      const users = Array.from({ length: 9 }, (_, index) => `user${index}`);
      const results = await Promise.all(users.map((user) => tried(cluster, from(user))));
      assert.equal(results.filter((result) => result === 'taken').length, 1, results.join('\n'));
    }
  });

  test('who loses it is told by whom, once, and does not give back what is not theirs', async () => {
    const cluster = new LeasingCluster();
    const lost: Failure[] = [];
    const mine = await takeLease(cluster, from('alice', { onLost: (failure) => lost.push(failure) }), { ...times, renewMs: 5 });
    assert.ok(mine.ok && 'lease' in mine.value);
    assert.equal(await tried(cluster, from('bob', { takeOver: true })), 'taken');
    await eventually('who took it is told', async () => lost.length > 0);
    await mine.value.lease.release();
    assert.deepEqual(
      lost.map(({ message }) => message),
      ['bob on desk (7) took over the deploy of shop to sandbox-admin. Nothing more was written from here.'],
    );
    assert.equal(await ownerOf(cluster), 'bob on desk (7)');
  });

  test('it is renewed while it is held, and gone when it was given back', async () => {
    const cluster = new LeasingCluster();
    let now = at;
    const taken = await takeLease(cluster, from('alice'), { renewMs: 5, expiryMs: 45_000, now: () => now });
    assert.ok(taken.ok && 'lease' in taken.value);
    now += 40_000;
    await eventually('it is renewed', async () => {
      const [lease] = await cluster.leases();
      return textAt(lease, 'spec', 'renewTime') === '2026-01-01T12:00:40.000000Z';
    });
    await taken.value.lease.release();
    assert.deepEqual(await cluster.leases(), []);
  });

  test('where leases may not be written the deploy goes on, and that is said', async () => {
    const cluster = new LeasingCluster();
    cluster.refuseLease = () => ({ reason: 'forbidden', status: 403, message: 'admin may not create leases.' });
    assert.equal(
      await tried(cluster, from('alice')),
      'No lock was taken on sandbox-admin, so others are not kept from deploying the same: admin may not create leases.',
    );
    cluster.refuseLease = () => ({ reason: 'notFound', status: 404, message: 'namespaces "shop" not found' });
    assert.equal(
      await tried(cluster, from('alice')),
      'No lock was taken on sandbox-admin, so others are not kept from deploying the same: namespace shop is not there yet.',
    );
    cluster.refuseLease = () => ({ reason: 'offline', message: 'No answer.' });
    assert.equal(await tried(cluster, from('alice')), 'No answer.');
  });
});
