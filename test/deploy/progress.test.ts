/** What of an object counts as progress, as a table; and two laws that hold for any history of states. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parse } from 'yaml';
import { progressing, type Status } from '../../src/deploy/readiness/status.ts';
import { Progress } from '../../src/deploy/run/progress.ts';
import type { KubeObject } from '../../src/kubernetes/cluster.ts';

const object = (status: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'X',
  metadata: { name: 'x' },
  status: parse(`{${status}}`),
});

const cases: readonly (readonly [name: string, before: string, after: string, moves: boolean])[] = [
  ['a replica more', 'readyReplicas: 1', 'readyReplicas: 2', true],
  ['another phase', 'phase: Pending', 'phase: Provisioning', true],
  ['a condition that holds now', 'conditions: [{type: A, status: "False"}]', 'conditions: [{type: A, status: "True"}]', true],
  ['another reason', 'conditions: [{type: A, reason: X}]', 'conditions: [{type: A, reason: Y}]', true],
  ['percents', 'lastOperation: {progress: 40}', 'lastOperation: {progress: 41}', true],
  ['the same fields in another order', 'a: 1, b: 2', 'b: 2, a: 1', false],
  ['a clock', 'conditions: [{type: A, lastTransitionTime: "1"}]', 'conditions: [{type: A, lastTransitionTime: "2"}]', false],
  ['a heartbeat', 'lastHeartbeatTime: "1"', 'lastHeartbeatTime: "2"', false],
  ['one more restart', 'containerStatuses: [{restartCount: 1}]', 'containerStatuses: [{restartCount: 2}]', false],
  ['when it ended', 'terminated: {finishedAt: "1", containerID: a}', 'terminated: {finishedAt: "2", containerID: b}', false],
  ['one more try', 'operationState: {retryCount: 1}', 'operationState: {retryCount: 2}', false],
  ['one more failed try', 'installFailures: 1', 'installFailures: 2', false],
  ['other words of the same', 'conditions: [{type: A, message: one}]', 'conditions: [{type: A, message: two}]', false],
];

describe('progress', () => {
  for (const [name, before, after, moves] of cases)
    test(`${name}: ${moves ? 'moves' : 'stands'}`, () => {
      const progress = new Progress(0);
      progress.note(object(before), progressing('waits'), 0);
      progress.note(object(after), progressing('waits'), 1_000);
      assert.equal(progress.idle(1_000), moves ? 0 : 1_000);
    });

  for (const [one, other, moves] of [
    ['building', 'booting', true],
    ['HTTP 503 (Request-ID: req-1a2b)', 'HTTP 503 (Request-ID: req-9f8e)', false],
    ['server 7d0e6f3a-52b1-4c7e-9a48-0c1f5f7f0b11 is new', 'server 00000000-52b1-4c7e-9a48-0c1f5f7f0b11 is new', false],
    ['attempt 1', 'attempt 2', false],
  ] as const)
    test(`"${one}", then "${other}": ${moves ? 'moves' : 'stands'}`, () => {
      const progress = new Progress(0);
      for (const [at, message] of [one, other].entries()) progress.note(object('a: 1'), progressing(message), at);
      assert.equal(progress.idle(1), moves ? 0 : 1);
    });

  const states = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 60 });
  const play = (phases: readonly number[]) => {
    const progress = new Progress(0);
    const status: Status = progressing('waits');
    for (const [at, phase] of phases.entries()) progress.note(object(`phase: p${phase}`), status, at);
    return progress;
  };

  test('law: the last progress is the first time of the state that came last for the first time', () => {
    fc.assert(
      fc.property(states, (phases) => {
        const firsts = [...new Set(phases)].map((phase) => phases.indexOf(phase));
        assert.equal(play(phases).at, Math.max(...firsts));
      }),
      { numRuns: 200 },
    );
  });

  test('law: whatever comes back, the wait ends within one limit of the last new state', () => {
    fc.assert(
      fc.property(states, fc.integer({ min: 1, max: 50 }), (phases, more) => {
        const again = [...phases, ...Array.from({ length: more }, (_, index) => phases[index % phases.length] ?? 0)];
        assert.equal(play(again).at, play(phases).at);
      }),
      { numRuns: 200 },
    );
  });
});
