/** Whether a debug container runs, or why it does not, by what its pod's status says. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { untilItRuns } from '../../src/kubernetes/containerStart.ts';
import { FakeCluster } from '../support/fakeCluster.ts';

const ref = { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'p' };
const states = (state: object) => ({ phase: 'Pending', containerStatuses: [{ name: 'debugger', state }] });

/** The status, as the API server has it, and what is told. */
const TABLE: readonly (readonly [status: object, told: string])[] = [
  [states({ running: { startedAt: '2026-01-01T00:00:00Z' } }), 'it runs'],
  [
    states({ waiting: { reason: 'ErrImagePull', message: 'pull access denied for nosuch' } }),
    'invalid: The debug container of pod p does not start: image nosuch: pull access denied for nosuch',
  ],
  [
    states({ waiting: { reason: 'InvalidImageName' } }),
    'invalid: The debug container of pod p does not start: image nosuch: InvalidImageName',
  ],
  [
    states({ terminated: { reason: 'StartError', exitCode: 128, message: 'exec: "sh": executable file not found in $PATH' } }),
    'invalid: The debug container of pod p does not start: image nosuch: exec: "sh": executable file not found in $PATH',
  ],
  [
    states({ terminated: { reason: 'Completed', exitCode: 0 } }),
    'invalid: The debug container debugger of pod p ended at once. Choose an image whose program is a shell.',
  ],
  [
    { phase: 'Failed', reason: 'OutOfpods', message: "Node didn't have enough resource: pods" },
    "invalid: The node refuses pod p: OutOfpods: Node didn't have enough resource: pods",
  ],
];

describe('a debug container that is waited for', () => {
  for (const [status, told] of TABLE)
    test(told, async () => {
      const cluster = new FakeCluster();
      cluster.put({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'shop' }, status });
      const runs = await untilItRuns(cluster, ref, { of: 'containerStatuses', name: 'debugger', image: 'nosuch' });
      assert.equal(runs.ok ? 'it runs' : `${runs.failure.reason}: ${runs.failure.message}`, told);
    });
});
