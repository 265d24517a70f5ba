import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Failure } from '../../src/base/failure.ts';
import type { Watched } from '../../src/explorer/forest.ts';
import { Polling, pendingMs } from '../../src/explorer/polling.ts';
import { StandingClock } from '../support/standingClock.ts';

/** A view with lists in it; `looks` are the seconds at which each was looked at since it was last read. */
function view(setting = 60) {
  const clock = new StandingClock();
  const lists = new Map<string, { branch: object; pending: string; failure?: Failure }>();
  const seen: string[] = [];
  const watched = (): readonly Watched[] =>
    [...lists].map(([name, list]) => ({
      branch: list.branch,
      pending: list.pending,
      again: async () => {
        seen.push(`${name} ${Math.round(clock.now() / 100) / 10}`);
        return list.failure;
      },
    }));
  const state = { setting };
  const polling = new Polling({ clock, random: () => 0.5, watched, seconds: () => state.setting });
  const show = (name: string, pending = '', failure?: Failure) => {
    lists.set(name, { branch: lists.get(name)?.branch ?? {}, pending, ...(failure && { failure }) });
    polling.wake();
  };
  const close = (name: string) => {
    lists.delete(name);
    polling.wake();
  };
  const until = async (seconds: number) => {
    await clock.goTo(seconds);
    return seen.splice(0).join(', ');
  };
  return { clock, polling, show, close, until, state };
}

const offline: Failure = { reason: 'offline', message: 'No answer.' };

test('an open list is looked at at the user’s pace, each by itself, and not at all with the setting 0', async () => {
  const { polling, show, close, until, state } = view();
  polling.attend(true);
  show('servers');
  assert.equal(await until(40), '');
  show('networks');
  assert.equal(await until(125), 'servers 60, networks 100, servers 120');
  close('servers');
  assert.equal(await until(165), 'networks 160');
  state.setting = 0;
  polling.restart();
  assert.equal(await until(1000), '');
});

test('what is on its way is looked at soon, then ever less often; when it is otherwise, soon again; when it has come, at the usual pace', async () => {
  const { polling, show, until } = view();
  polling.attend(true);
  show('servers', 'web-1 BUILD');
  assert.equal(await until(30), 'servers 2, servers 5, servers 9.5, servers 16.3, servers 26.4');
  show('servers', 'web-1 REBUILD');
  assert.equal(await until(33), 'servers 32');
  show('servers');
  assert.equal(await until(100), 'servers 93');
  assert.deepEqual([0, 1, 5, 8].map(pendingMs), [2_000, 3_000, 15_187.5, 30_000]);
});

test('with the setting 0 what is on its way is still followed', async () => {
  const { polling, show, until } = view(0);
  polling.attend(true);
  show('servers', 'web-1 BUILD');
  assert.equal(await until(6), 'servers 2, servers 5');
});

test('nobody looks while nobody sees; what came due meanwhile is looked at at once', async () => {
  const { polling, show, until, clock } = view();
  show('servers', 'web-1 BUILD');
  show('networks');
  assert.equal(await until(100), '');
  assert.equal(clock.sleepers, 0);
  polling.attend(true);
  assert.equal(await until(101), 'servers 100, networks 100');
  polling.attend(false);
  assert.equal(await until(1000), '');
  assert.equal(clock.sleepers, 0);
});

test('a list that fails is tried less and less often, and at its pace once it is well', async () => {
  const { polling, show, until } = view();
  polling.attend(true);
  show('servers', '', offline);
  assert.equal(await until(2000), 'servers 60, servers 180, servers 420, servers 900, servers 1500');
  show('servers', 'web-1 stale', offline);
  show('servers');
  assert.equal(await until(2165), 'servers 2100, servers 2160');
});

test('Retry-After is kept to', async () => {
  const { polling, show, until } = view();
  polling.attend(true);
  show('servers', 'web-1 BUILD', { reason: 'throttled', message: 'Patience.', retryAfterMs: 500_000 });
  assert.equal(await until(501), 'servers 2');
  assert.equal(await until(503), 'servers 502');
});

for (const reason of ['signedOut', 'forbidden', 'unsupported', 'untrusted'] as const) {
  test(`what asking again does not end is not asked again by itself: ${reason}`, async () => {
    const { polling, show, close, until } = view();
    polling.attend(true);
    show('servers', 'web-1 BUILD', { reason, message: 'No.' });
    assert.equal(await until(3000), 'servers 2');
    show('servers', 'web-1 BUILD (stale)', { reason, message: 'No.' });
    assert.equal(await until(6000), '');
    close('servers');
    show('servers', 'web-1 BUILD');
    assert.equal(await until(6003), 'servers 6002');
  });
}

test('a list whose answer does not come keeps no other waiting, and is not asked twice meanwhile', async () => {
  const clock = new StandingClock();
  const looked: string[] = [];
  const answer = Promise.withResolvers<undefined>();
  const look = (name: string, wait?: Promise<undefined>) => ({
    branch: { name },
    pending: '',
    again: async () => {
      looked.push(`${name} ${clock.now() / 1000}`);
      return await wait;
    },
  });
  const watched = [look('slow', answer.promise), look('quick')];
  const polling = new Polling({ clock, random: () => 0.5, watched: () => watched, seconds: () => 60 });
  polling.attend(true);
  await clock.goTo(190);
  assert.deepEqual(looked, ['slow 60', 'quick 60', 'quick 120', 'quick 180']);
  answer.resolve(undefined);
  await new Promise((settled) => setImmediate(settled));
  await clock.goTo(251);
  assert.deepEqual(looked.slice(4), ['quick 240', 'slow 250']);
  polling.dispose();
});

test('a disposed one sleeps for good', async () => {
  const { polling, show, until, clock } = view();
  polling.attend(true);
  show('servers');
  polling.dispose();
  assert.equal(await until(1000), '');
  assert.equal(clock.sleepers, 0);
});
