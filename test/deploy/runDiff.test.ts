import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countsOf } from '../../src/deploy/plan/plan.ts';
import { diffOfRuns, runBefore } from '../../src/deploy/record/runDiff.ts';
import type { RecordedStep, RunRecord } from '../../src/deploy/record/runRecord.ts';
import { fakeTarget as target } from '../support/fakeTarget.ts';

const step = (name: string, value: string, action: RecordedStep['action'] = 'update'): RecordedStep => ({
  key: `v1/ConfigMap shop/${name}`,
  action,
  reason: '',
  file: '/w/shop/all.yaml',
  line: 1,
  hash: '',
  object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { value } },
  after: [],
  state: 'ready',
  applied: 'configured',
  retries: 0,
  children: [],
});

const run = (startedAt: number, steps: readonly RecordedStep[], set = 'shop'): RunRecord => ({
  format: 1,
  run: `run-${startedAt}`,
  set,
  name: 'shop',
  places: [],
  holder: { host: 'desk', pid: 7 },
  target,
  startedAt,
  counts: countsOf([]),
  blockers: [],
  summary: { outcome: 'succeeded', sentence: 'shop is up.', tookMs: 1 },
  steps,
});

/** `a: 1 → 2`, a line an object. */
const print = (before: RunRecord, after: RunRecord) =>
  diffOfRuns(before, after).map(
    ({ key, ...sides }) => `${key}: ${[sides.before, sides.after].map((side) => JSON.stringify(side?.['data'])).join(' → ')}`,
  );

test('two runs differ in what the later one made, changed and deleted; what it left out is of another part of the set', () => {
  const before = run(1, [step('same', '1'), step('changed', '1'), step('gone', '1'), step('elsewhere', '1')]);
  const after = run(2, [
    step('same', '1', 'unchanged'),
    step('changed', '2'),
    step('new', '1', 'create'),
    step('gone', '1', 'prune'),
  ]);
  assert.deepEqual(print(before, after), [
    'v1/ConfigMap shop/changed: {"value":"1"} → {"value":"2"}',
    'v1/ConfigMap shop/new:  → {"value":"1"}',
    'v1/ConfigMap shop/gone: {"value":"1"} → ',
  ]);
  assert.deepEqual(print(before, before), []);
  const again = run(3, [step('gone', '1', 'create')]);
  assert.deepEqual(print(after, again), ['v1/ConfigMap shop/gone:  → {"value":"1"}']);
});

test('keys that stand in another order are no difference, and those of the later run stand as in the earlier', () => {
  const one = step('a', '1');
  const turned = {
    ...one,
    object: { metadata: { name: 'a' }, kind: 'ConfigMap', data: { more: '1', value: '1' }, apiVersion: 'v1' },
  };
  const [found] = diffOfRuns(run(1, [one]), run(2, [turned]));
  assert.equal(
    JSON.stringify(found?.after),
    '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"value":"1","more":"1"}}',
  );
  assert.deepEqual(diffOfRuns(run(1, [one]), run(2, [{ ...turned, object: { ...turned.object, data: { value: '1' } } }])), []);
});

test('the run before is the newest earlier one of the same set', () => {
  const runs = [run(1, []), run(3, []), run(2, []), run(4, [], 'other')];
  assert.equal(runBefore(run(5, []), runs)?.run, 'run-3');
  assert.equal(runBefore(run(3, []), runs)?.run, 'run-2');
  assert.equal(runBefore(run(1, []), runs), undefined);
});
