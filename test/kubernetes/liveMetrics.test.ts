import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { failed, type Result, success } from '../../src/base/failure.ts';
import type { ApiKind } from '../../src/kubernetes/cluster.ts';
import { LiveMetrics, nextLookMs } from '../../src/kubernetes/liveMetrics.ts';
import type { Measured } from '../../src/kubernetes/metricsApi.ts';
import { MeasuredCluster } from '../support/measuredCluster.ts';
import { StandingClock } from '../support/standingClock.ts';

const shop: Measured = { of: 'pods', namespace: 'shop' };

/** Followers of one cluster, and the seconds at which it was asked. */
function world({ attended = true, served = true } = {}) {
  const clock = new StandingClock();
  const cluster = new MeasuredCluster(served);
  cluster.now = () => clock.now();
  const metrics = new LiveMetrics(clock);
  metrics.attend(attended);
  let changes = 0;
  const follow = (measured = shop) => metrics.follow(cluster, measured, () => changes++);
  const settle = () => clock.goTo(clock.now() / 1000).then(() => new Promise((done) => setImmediate(done)));
  return { clock, cluster, metrics, follow, settle, changes: () => changes };
}

test('the wait follows what the server gives: newer figures, a burden, trouble', () => {
  const cases = [
    'all is well: took 0.1 s, same 0, failures 0 => 15 s',
    'measured less often: took 0.1 s, same 1, failures 0 => 22.5 s',
    'measured seldom: took 0.1 s, same 9, failures 0 => 60 s',
    'a hundred thousand pods: took 6 s, same 0, failures 0 => 120 s',
    'the first failure: took 10 s, same 0, failures 1 => 30 s',
    'the third: took 10 s, same 0, failures 3 => 120 s',
    'for hours: took 10 s, same 0, failures 30 => 600 s',
  ];
  for (const line of cases) {
    const [, took, same, failures, wait] = /took ([\d.]+) s, same (\d+), failures (\d+) => ([\d.]+) s/.exec(line) ?? [];
    const next = nextLookMs({ tookMs: Number(took) * 1000, same: Number(same), failures: Number(failures) });
    assert.equal(next / 1000, Number(wait), line);
  }
});

describe('use that is followed', () => {
  test('is asked for once a namespace, however many follow; what was seen grows, and is forgotten with the last', async () => {
    const { clock, cluster, follow, settle } = world();
    const [one, other] = [follow(), follow()];
    await settle();
    assert.equal(one.of('web')?.usage.cpu, 100e6);
    assert.equal(one.of('db'), undefined);
    await clock.goTo(31);
    assert.deepEqual(cluster.asked, ['0 shop/pods', '15 shop/pods', '30 shop/pods']);
    assert.deepEqual(
      one.of('web')?.samples.map(({ cpu }) => cpu / 1e6),
      [100, 101, 102],
    );
    assert.equal(one.total()?.usage.cpu, 102e6);
    one.dispose();
    one.dispose();
    await clock.goTo(46);
    assert.equal(cluster.asked.length, 4);
    other.dispose();
    await clock.goTo(600);
    assert.equal(cluster.asked.length, 4);
    const again = follow();
    await settle();
    assert.equal(again.of('web')?.samples.length, 1);
  });

  test('is kept for a bounded time', async () => {
    const { clock, follow, settle } = world();
    const followed = follow();
    await settle();
    followed.of('web');
    await clock.goTo(3600);
    assert.equal(followed.of('web')?.samples.length, 40);
  });

  test('rests while nobody looks, and goes on at once', async () => {
    const { clock, cluster, metrics, follow, settle } = world({ attended: false });
    follow();
    await settle();
    assert.deepEqual(cluster.asked, []);
    metrics.attend(true);
    await settle();
    metrics.attend(false);
    await clock.goTo(600);
    metrics.attend(true);
    await settle();
    assert.deepEqual(cluster.asked, ['0 shop/pods', '600 shop/pods']);
  });

  test('of nodes is one request; namespaces are asked one after the other', async () => {
    const { cluster, follow, settle } = world();
    cluster.holds = true;
    follow({ of: 'nodes' });
    follow();
    follow({ of: 'pods', namespace: 'default' });
    await settle();
    assert.deepEqual(cluster.asked, ['0 nodes']);
    cluster.release();
    await settle();
    assert.deepEqual(cluster.asked, ['0 nodes', '0 shop/pods']);
  });
});

describe('trouble is silence', () => {
  test('where the API is not served nothing is asked', async () => {
    const { clock, cluster, follow, settle, changes } = world({ served: false });
    const followed = follow();
    await settle();
    await clock.goTo(600);
    assert.deepEqual([cluster.asked, followed.of('web'), followed.total(), changes()], [[], undefined, undefined, 0]);
  });

  test('a dead one is asked ever less often, and old figures go', async () => {
    const { clock, cluster, follow, settle } = world();
    const followed = follow();
    await settle();
    cluster.answer = failed('unavailable', 'The metrics API does not answer.');
    await clock.goTo(100);
    assert.equal(followed.of('web')?.usage.cpu, 100e6);
    await clock.goTo(1000);
    assert.deepEqual(
      cluster.asked.map((line) => Number(line.split(' ')[0])),
      [0, 15, 45, 105, 225, 465, 945],
    );
    assert.equal(followed.of('web'), undefined);
    cluster.answer = undefined;
    await clock.goTo(1600);
    assert.ok(followed.of('web'));
  });

  const ends: readonly Result<never>[] = [failed('forbidden', 'no'), failed('notFound', 'no'), failed('signedOut', 'no')];
  for (const answer of ends)
    test(`what is ${answer.ok ? '' : answer.failure.reason} is not asked again, and others are`, async () => {
      const { clock, cluster, follow, settle } = world();
      cluster.answer = answer;
      const followed = follow();
      await settle();
      cluster.answer = undefined;
      const nodes = follow({ of: 'nodes' });
      await settle();
      await clock.goTo(40);
      assert.deepEqual(cluster.asked, ['0 shop/pods', '0 nodes', '15 nodes', '30 nodes']);
      assert.deepEqual([followed.of('web'), nodes.of('n1') !== undefined], [undefined, true]);
    });

  test('nonsense is a failure, not figures', async () => {
    const { clock, cluster, follow, settle, changes } = world();
    cluster.answer = success('<html>');
    const followed = follow();
    await settle();
    await clock.goTo(14);
    assert.deepEqual([cluster.asked.length, followed.total(), changes()], [1, undefined, 0]);
  });
});

test('a served kind without list is not asked', async () => {
  const { clock, cluster, follow, settle } = world();
  cluster.change = (kind: ApiKind) => ({ ...kind, verbs: ['get'] });
  follow();
  await settle();
  await clock.goTo(60);
  assert.deepEqual(cluster.asked, []);
});
