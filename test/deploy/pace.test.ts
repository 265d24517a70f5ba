import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failed, type Result, success } from '../../src/base/failure.ts';
import { type Attempt, Pace } from '../../src/deploy/run/pace.ts';

const throttled = failed('throttled', 'slow down', { status: 429, retryAfterMs: 20 });
const attempt = (more: Partial<Attempt> = {}): Attempt => ({
  signal: new AbortController().signal,
  budgetMs: 1_000,
  transient: ({ reason }) => reason === 'throttled',
  ...more,
});

test('a throttled server halves what is in flight, successes raise it again', async () => {
  const pace = new Pace({ parallel: 8, firstMs: 1, longestMs: 2 });
  let throttles = 2;
  const ask = async (): Promise<Result<number>> => (throttles-- > 0 ? throttled : success(1));
  await pace.run(ask, attempt());
  assert.equal(pace.limit, 2);
  for (let count = 0; count < 40; count++) await pace.run(ask, attempt());
  assert.equal(pace.limit, 8);
});

test('a long line has more in flight than a server beside us, unless somebody said how many', () => {
  const limits = [{}, { quickestMs: undefined }, { quickestMs: 2 }, { quickestMs: 22 }, { quickestMs: 22, parallel: 4 }];
  assert.deepEqual(
    limits.map((options) => new Pace(options).limit),
    [16, 16, 16, 40, 4],
  );
});

test('nothing is sent before the time that the server asks for', async () => {
  const pace = new Pace({ firstMs: 1 });
  const times: number[] = [];
  const ask = async (): Promise<Result<number>> => {
    times.push(performance.now());
    return times.length === 1 ? throttled : success(1);
  };
  await pace.run(ask, attempt());
  assert.ok((times[1] ?? 0) - (times[0] ?? 0) >= 19);
});

test('a failure that stays is returned when the budget is used up', async () => {
  const pace = new Pace({ firstMs: 5, longestMs: 5 });
  let asked = 0;
  const ask = async (): Promise<Result<number>> => {
    asked++;
    return throttled;
  };
  const result = await pace.run(ask, attempt({ budgetMs: 60 }));
  assert.equal(result.ok, false);
  assert.ok(asked > 1 && asked < 20, String(asked));
});

test('an abort ends a pause at once', async () => {
  const pace = new Pace({ firstMs: 10_000 });
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 10);
  const began = performance.now();
  await pace.run(async () => failed('throttled', 'slow'), attempt({ signal: stop.signal, budgetMs: 60_000 }));
  assert.ok(performance.now() - began < 500);
});
