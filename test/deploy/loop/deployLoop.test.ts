/** Deploying the same every few minutes: when a round begins, when none does, and what of it a person hears. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeployLoop } from '../../../src/deploy/loop/deployLoop.ts';
import { successRate, type Tick, type TickOutcome, worthTelling } from '../../../src/deploy/loop/tick.ts';
import { StandingClock } from '../../support/standingClock.ts';

const MINUTE = 60_000;
/** One whose round says that it is the last. */
function loopThatEnds() {
  const clock = new StandingClock();
  const heard: string[] = [];
  const loop = new DeployLoop({
    clock,
    everyMs: () => 5 * MINUTE,
    random: () => 0.5,
    pausedBecause: () => undefined,
    round: async () => ({ outcome: 'failed', sentence: 'web is not up. Rolled back to the deploy of 12:03.', ends: true }),
  });
  loop.onDidTick(({ tick, before }) => heard.push(worthTelling(before, tick)?.sentence ?? 'quiet'));
  return { loop, clock, heard };
}

const settled = () => new Promise((done) => setImmediate(done));

/** A loop of five minutes whose rounds come to what `outcomes` says, the last one for ever; `heard` is what was told, by the second. */
function loopOf(outcomes: readonly (readonly [TickOutcome, string])[], random = 0.5) {
  const clock = new StandingClock();
  const heard: string[] = [];
  let paused: string | undefined;
  let rounds = 0;
  const loop = new DeployLoop({
    clock,
    everyMs: () => 5 * MINUTE,
    random: () => random,
    pausedBecause: () => paused,
    round: async () => {
      const [outcome, sentence] = outcomes[Math.min(rounds++, outcomes.length - 1)] ?? assert.fail('no outcome');
      return { outcome, sentence };
    },
  });
  loop.onDidTick(({ tick, before }) => {
    const told = worthTelling(before, tick)?.severity ?? 'quiet';
    heard.push(`${tick.at / 1000} s ${tick.trigger} ${tick.outcome}: ${told}`);
  });
  const pause = (why: string | undefined) => {
    paused = why;
  };
  return { loop, clock, heard, pause };
}

test('every five minutes, a tenth more or less; a round that verified is quiet', async () => {
  for (const [random, seconds] of [
    [0, 270],
    [0.5, 300],
    [1, 330],
  ] as const) {
    const { loop, clock, heard } = loopOf([['verified', 'Verified 3 objects.']], random);
    await clock.goTo(2 * seconds);
    assert.deepEqual(heard, [`${seconds} s time verified: quiet`, `${2 * seconds} s time verified: quiet`]);
    loop.dispose();
    await loop.ended;
  }
});

test('a save is followed by one round 0.8 s after the last of them, and the minutes are counted from there', async () => {
  const { loop, clock, heard } = loopOf([['applied', 'web is up.']]);
  await clock.goTo(100);
  loop.saved();
  await settled();
  await clock.goTo(100.5);
  loop.saved();
  await settled();
  await clock.goTo(402);
  assert.deepEqual(heard, ['101.3 s save applied: information', '401.3 s time applied: information']);
  loop.dispose();
});

test('trouble is told once, other trouble again, and its end; three times the same, and time begins no more rounds until a save', async () => {
  const trouble = ['failed', 'web is not up: image nginx:9.99 not found.'] as const;
  const { loop, clock, heard } = loopOf([
    ['asks', 'ConfigMap old would be deleted.'],
    trouble,
    trouble,
    trouble,
    ['verified', 'Verified 3 objects.'],
  ]);
  await clock.goTo(3000);
  assert.deepEqual(heard, [
    '300 s time asks: warning',
    '600 s time failed: error',
    '900 s time failed: quiet',
    '1200 s time failed: quiet',
  ]);
  assert.equal(loop.paused, 'the same trouble 3 times; it goes on with the next save');
  loop.saved();
  await settled();
  await clock.goTo(3002);
  assert.deepEqual(heard.slice(4), ['3000.8 s save verified: information']);
  assert.equal(loop.paused, undefined);
  loop.dispose();
});

test('nobody looks: time begins no round; whoever comes back gets one at once', async () => {
  const { loop, clock, heard, pause } = loopOf([['verified', 'Verified 3 objects.']]);
  pause('nobody looked for 30 min');
  await clock.goTo(1000);
  assert.deepEqual([heard, loop.paused], [[], 'nobody looked for 30 min']);
  pause(undefined);
  loop.now();
  await settled();
  await clock.goTo(1001);
  assert.deepEqual(heard, ['1000 s gesture verified: quiet']);
  loop.dispose();
});

test('a round that is under way when the loop ends is told to stop, and heard of no more', async () => {
  const clock = new StandingClock();
  let stopped = false;
  const heard: Tick[] = [];
  const loop = new DeployLoop({
    clock,
    everyMs: () => MINUTE,
    random: () => 0.5,
    pausedBecause: () => undefined,
    round: (_, signal) =>
      new Promise((over) => {
        signal.addEventListener('abort', () => {
          stopped = true;
          over({ outcome: 'failed', sentence: 'Cancelled.' });
        });
      }),
  });
  loop.onDidTick(({ tick }) => heard.push(tick));
  loop.now();
  await settled();
  await clock.goTo(1);
  assert.equal(loop.runs, true);
  loop.dispose();
  await loop.ended;
  assert.deepEqual([stopped, heard], [true, []]);
});

test('how far it can be relied on: the rounds of a day', () => {
  const at = (hours: number, outcome: TickOutcome): Tick => ({ at: hours * 3_600_000, trigger: 'time', outcome, sentence: '' });
  const ticks = [at(0, 'failed'), at(2, 'verified'), at(10, 'failed'), at(25, 'applied')];
  assert.equal(successRate(ticks, 25 * 3_600_000), '2 of 3 rounds were good in the last 24 h (66.6 %)');
  assert.equal(successRate([], 0), '0 of 0 rounds were good in the last 24 h');
  assert.equal(successRate(ticks.slice(3), 25 * 3_600_000), '1 of 1 round was good in the last 24 h (100 %)');
});

test('after a round that rolled back there is none more, whoever asks', async () => {
  const { loop, clock, heard } = loopThatEnds();
  await clock.goTo(301);
  loop.saved();
  loop.now();
  await settled();
  await clock.goTo(3_000);
  await loop.ended;
  assert.deepEqual(heard, ['web is not up. Rolled back to the deploy of 12:03.']);
  loop.dispose();
});

test('on battery time begins no round, and says why; a save does', async () => {
  const clock = new StandingClock();
  const rounds: string[] = [];
  const said: (string | undefined)[] = [];
  let battery = true;
  const loop = new DeployLoop({
    clock,
    everyMs: () => 5 * MINUTE,
    random: () => 0.5,
    pausedBecause: async () => (battery ? 'on battery' : undefined),
    round: async (trigger) => {
      rounds.push(`${clock.now() / 1000} s ${trigger}`);
      return { outcome: 'verified', sentence: 'Verified 3 objects.' };
    },
  });
  loop.onDidChange(() => said.push(loop.paused));
  await clock.goTo(301);
  await settled();
  loop.saved();
  await settled();
  await clock.goTo(310);
  battery = false;
  await clock.goTo(700);
  assert.deepEqual(rounds, ['301.8 s save', '601.8 s time']);
  assert.deepEqual([said[0], said.at(-1)], ['on battery', undefined]);
  loop.dispose();
  await loop.ended;
});
