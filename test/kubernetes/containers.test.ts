import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import type { KubeObject } from '../../src/kubernetes/cluster.ts';
import { containerHealth, containersOf, stateWords } from '../../src/kubernetes/containers.ts';

const now = Date.parse('2026-01-01T00:10:00Z');
const shown = (text: string) =>
  containersOf(parse(text) as KubeObject).map((one) =>
    [one.name, one.role, stateWords(one, now), containerHealth(one), one.restarts, one.comesAgain ? 'again' : 'once'].join(' | '),
  );

test('the containers of a pod in the order they start, each with what it is and how it stands', () => {
  const pod = `
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  initContainers:
  - {name: migrate, image: web}
  - {name: proxy, image: mesh, restartPolicy: Always}
  containers:
  - {name: app, image: web}
  - {name: broken, image: nosuch}
  - {name: crash, image: web}
  - {name: killed, image: web}
  - {name: young, image: web}
  ephemeralContainers:
  - {name: debugger, image: busybox}
status:
  phase: Running
  initContainerStatuses:
  - {name: migrate, state: {terminated: {reason: Completed, exitCode: 0, finishedAt: '2026-01-01T00:05:00Z'}}}
  - {name: proxy, ready: true, state: {running: {startedAt: '2026-01-01T00:09:48Z'}}}
  containerStatuses:
  - {name: app, ready: true, state: {running: {startedAt: '2026-01-01T00:06:00Z'}}}
  - {name: broken, state: {waiting: {reason: ImagePullBackOff, message: 'Back-off pulling image'}}}
  - {name: crash, restartCount: 7, state: {terminated: {reason: Error, exitCode: 1}}}
  - {name: killed, restartCount: 1, state: {terminated: {reason: OOMKilled, exitCode: 137}}}
  ephemeralContainerStatuses:
  - {name: debugger, state: {running: {startedAt: '2025-12-29T00:00:00Z'}}}
`;
  assert.deepEqual(shown(pod), [
    'migrate | init | Completed | quiet | 0 | once',
    'proxy | sidecar | Running 12s | quiet | 0 | again',
    'app | container | Running 4m | quiet | 0 | again',
    'broken | container | Waiting: ImagePullBackOff | bad | 0 | again',
    'crash | container | Terminated: exit 1 | bad | 7 | again',
    'killed | container | Terminated: OOMKilled, exit 137 | bad | 1 | again',
    'young | container | Waiting | busy | 0 | again',
    'debugger | ephemeral | Running 3d | quiet | 0 | once',
  ]);
});

test('a container comes again as the policy of its pod says, and never once the pod is over', () => {
  const pod = (policy: string, phase: string, exitCode: number) => `
apiVersion: v1
kind: Pod
metadata: {name: job}
spec: {restartPolicy: ${policy}, containers: [{name: work, image: web}]}
status: {phase: ${phase}, containerStatuses: [{name: work, state: {terminated: {reason: Error, exitCode: ${exitCode}}}}]}
`;
  const again = (...of: Parameters<typeof pod>) =>
    shown(pod(...of))[0]
      ?.split(' | ')
      .at(-1);
  assert.equal(again('OnFailure', 'Running', 1), 'again');
  assert.equal(again('OnFailure', 'Running', 0), 'once');
  assert.equal(again('Never', 'Running', 1), 'once');
  assert.equal(again('Always', 'Failed', 1), 'once');
});

test('what is no pod, or one that nobody has looked at yet, breaks nothing', () => {
  assert.deepEqual(shown('{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}'), []);
  assert.deepEqual(shown('{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: b}, null, 3]}}'), [
    'b | container | Waiting | busy | 0 | again',
  ]);
});
