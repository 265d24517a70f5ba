/** What a pod waits for, which trouble of one is patience's business, and what workloads make of it; printed as a table. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { judge } from '../support/judgeReadiness.ts';

const pod = (status: string, spec = '', metadata = '') =>
  `{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop, uid: p${metadata}}, spec: {containers: [{name: web, image: "web:1"}]${spec}}, status: {${status}}}`;
let number = 0;
const event = (reason: string, message: string, more = '', of = 'p') =>
  `\n---\n{apiVersion: v1, kind: Event, metadata: {name: e${++number}, uid: e${number}, namespace: shop}, reason: ${reason}, message: '${message}', lastTimestamp: "2026-01-01T00:00:${String(number % 60).padStart(2, '0')}Z", involvedObject: {uid: ${of}${more}}}`;
const claim = (status: string) =>
  `\n---\n{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data, namespace: shop, uid: c}, spec: {storageClassName: ssd}, status: {${status}}}`;
const DATA = ', volumes: [{name: d, persistentVolumeClaim: {claimName: data}}]';
const unschedulable = (message: string) =>
  `phase: Pending, conditions: [{type: PodScheduled, status: "False", reason: Unschedulable, message: "${message}"}]`;
const waits = (reason: string, message = '') =>
  `phase: Pending, containerStatuses: [{name: web, restartCount: 0, state: {waiting: {reason: ${reason}, message: '${message}'}}}]`;
const owned = (owner: string, labels = '') => `, ownerReferences: [{uid: ${owner}, kind: X, name: x}], labels: {${labels}}`;
const set = (status: string, spec = 'replicas: 2') =>
  `{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: db, namespace: shop, uid: s}, spec: {${spec}}, status: {${status}}}\n---\n`;
const daemons = (status: string, spec = '') =>
  `{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: agent, namespace: shop, uid: s, generation: 1}, spec: {${spec}}, status: {observedGeneration: 1, ${status}}}`;
const crashes =
  'phase: Running, containerStatuses: [{name: web, restartCount: 5, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {exitCode: 1}}}]';

const cases: readonly (readonly [name: string, yaml: string, expected: string])[] = [
  ['a pod without news', pod('phase: Pending'), 'progressing: pending'],
  [
    'a claim without a volume',
    pod('phase: Pending', DATA) + claim('phase: Pending'),
    'progressing: waits for claim data: no volume yet (volume data)',
  ],
  [
    'a claim whose class is not known',
    pod(unschedulable('unbound immediate PersistentVolumeClaims'), DATA) +
      claim('phase: Pending') +
      event('ProvisioningFailed', 'storageclass "ssd" not found', '', 'c'),
    'failing after 5 s: claim data: storageclass "ssd" not found (volume data)',
  ],
  ['an image on its way', pod('phase: Pending') + event('Pulling', 'Pulling image "web:1"'), 'progressing: pulling image web:1'],
  [
    'an image that has come',
    pod('phase: Pending') + event('Pulling', 'Pulling image "web:1"') + event('Pulled', 'Successfully pulled'),
    'progressing: pending',
  ],
  [
    'an init container',
    pod(
      'phase: Pending, initContainerStatuses: [{name: a, state: {terminated: {exitCode: 0}}}, {name: migrate, state: {running: {}}}]',
    ),
    'progressing: init container migrate is running (2 of 2) (container migrate)',
  ],
  [
    'a probe that says no',
    pod('phase: Running') +
      event('Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 500', ', fieldPath: "spec.containers{web}"'),
    'progressing: running, not ready: Readiness probe failed: HTTP probe failed with statuscode: 500 (probe web readinessProbe)',
  ],
  [
    'a gate that is shut',
    pod('phase: Running', ', readinessGates: [{conditionType: lb/ready}]'),
    'progressing: running, waits for its readiness gate lb/ready',
  ],
  [
    'no node, an autoscaler makes one',
    pod(unschedulable('0/3 nodes are available')) + event('TriggeredScaleUp', 'pod triggered scale-up'),
    'failing after 600 s: no node takes the pod: 0/3 nodes are available; an autoscaler makes a node (resources)',
  ],
  [
    'no node',
    pod(unschedulable('0/3 nodes are available')),
    'failing after 60 s: no node takes the pod: 0/3 nodes are available (resources)',
  ],
  [
    'a node label that none has',
    pod(unschedulable("0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector")),
    "failing after 60 s: no node takes the pod: 0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector (pod nodeSelector)",
  ],
  [
    'a taint',
    pod(unschedulable('0/1 nodes are available: 1 node(s) had untolerated taint(s)')),
    'failing after 60 s: no node takes the pod: 0/1 nodes are available: 1 node(s) had untolerated taint(s) (pod tolerations)',
  ],
  [
    'a volume in another zone',
    pod(unschedulable('0/2 nodes are available: 2 node(s) had volume node affinity conflict')),
    'failing after 60 s: no node takes the pod: 0/2 nodes are available: 2 node(s) had volume node affinity conflict (volume)',
  ],
  [
    'a volume that is still elsewhere',
    pod('phase: Pending') + event('FailedAttachVolume', 'Multi-Attach error for volume "v"'),
    'failing after 480 s: its volume is still attached elsewhere: Multi-Attach error for volume "v" (volume)',
  ],
  [
    'a volume that was elsewhere',
    pod('phase: Pending') +
      event('FailedAttachVolume', 'Multi-Attach error for volume "v"') +
      event('SuccessfulAttachVolume', 'AttachVolume.Attach succeeded'),
    'progressing: pending',
  ],
  [
    'a volume that cannot be attached',
    pod('phase: Pending') + event('FailedAttachVolume', 'no such server'),
    'failing after 180 s: no such server (volume)',
  ],
  [
    'an older kubelet that only backs off',
    pod(waits('ImagePullBackOff', 'Back-off pulling image "web:1"')) +
      event('Failed', 'Failed to pull image "web:1": manifest unknown'),
    'failing: image web:1 not found (image web)',
  ],
  [
    'an image that may never be pulled',
    pod(waits('ErrImageNeverPull', 'not present with pull policy of Never')),
    'failing: image web:1 is not on its node, and imagePullPolicy Never forbids to pull it (image web)',
  ],
  [
    'no such command',
    pod(waits('RunContainerError', 'exec: "webb": executable file not found in $PATH')),
    'failing: container web cannot start: exec: "webb": executable file not found in $PATH (container web)',
  ],
  [
    'another processor',
    pod(waits('CrashLoopBackOff', 'exec /web: exec format error')),
    'failing: container web cannot start: exec /web: exec format error (container web)',
  ],
  [
    'a pod of its own that failed',
    pod('phase: Failed, reason: Evicted, message: The node was low on memory'),
    'failing: The node was low on memory (field spec)',
  ],
  [
    'an evicted pod of a set is made anew',
    set('replicas: 2, readyReplicas: 1') + pod('phase: Failed, reason: Evicted, message: low on memory', '', owned('s')),
    'failing after 60 s: low on memory (field spec)',
  ],
  [
    'a pod on its way out says nothing',
    set('replicas: 2, readyReplicas: 1') + pod(crashes, '', `${owned('s')}, deletionTimestamp: "2026-01-01T00:00:00Z"`),
    'progressing: 1 of 2 ready',
  ],
  [
    'what the pod of a workload waits for',
    set('replicas: 2, readyReplicas: 1') + pod('phase: Pending', DATA, owned('s')) + claim('phase: Pending'),
    'progressing: 1 of 2 ready; pod web: waits for claim data: no volume yet (volume data)',
  ],
  [
    'a broken pod of the revision before',
    set('replicas: 2, readyReplicas: 1, updateRevision: new') + pod(crashes, '', owned('s', 'controller-revision-hash: old')),
    'failing after 60 s: pod web of the revision before holds it up, delete it: container web keeps ending with exit code 1, 5 restarts',
  ],
  [
    'a partition that is rolled out',
    set('replicas: 3, readyReplicas: 3, updatedReplicas: 1', 'replicas: 3, updateStrategy: {rollingUpdate: {partition: 2}}'),
    'ready',
  ],
  ['a DaemonSet without nodes', daemons('desiredNumberScheduled: 0'), 'ready: no node matches it'],
  [
    'a DaemonSet that a person updates',
    daemons(
      'desiredNumberScheduled: 1, currentNumberScheduled: 1, numberAvailable: 1, numberReady: 1, updatedNumberScheduled: 0',
      'updateStrategy: {type: OnDelete}',
    ),
    'ready',
  ],
  [
    'a Job that is about to fail',
    '{apiVersion: batch/v1, kind: Job, metadata: {name: j, uid: j}, spec: {}, status: {conditions: [{type: FailureTarget, status: "True", message: exit code 42 fails the Job}]}}',
    'failing: exit code 42 fails the Job',
  ],
];

describe('readiness of pods', () => {
  const rows = cases.map(([name, yaml, expected]) => ({ name, expected, said: judge(yaml) }));
  for (const { name, expected, said } of rows) test(name, () => assert.equal(said, expected));
  const BOUND = claim('phase: Bound').replace('storageClassName: ssd', 'volumeName: pvc-1');
  const attach = pod('phase: Pending', DATA) + BOUND + event('FailedAttachVolume', 'Multi-Attach error for volume "pvc-1"');
  const byCinder: readonly (readonly [name: string, yaml: string, volume: string, expected: string])[] = [
    [
      'a claim whose volume is made',
      claim('phase: Pending').slice(5),
      'creating in demo',
      'progressing: its Cinder volume is creating in demo',
    ],
    [
      'a claim whose volume cannot be made',
      claim('phase: Pending').slice(5),
      'error in demo',
      'failing after 5 s: its Cinder volume is error in demo (field spec storageClassName)',
    ],
    [
      'a pod whose volume is made',
      pod('phase: Pending', DATA) + claim('phase: Pending'),
      'creating in demo',
      'progressing: waits for claim data: its Cinder volume is creating in demo (volume data)',
    ],
    [
      'a pod whose volume is elsewhere',
      attach,
      'in-use by server s1 in demo',
      'failing after 480 s: its volume is still attached elsewhere: Multi-Attach error for volume "pvc-1" (its Cinder volume is in-use by server s1 in demo) (volume)',
    ],
  ];
  for (const [name, yaml, volume, expected] of byCinder)
    test(`${name}, in Cinder’s words`, () => assert.equal(judge(yaml, undefined, undefined, volume), expected));

  test('the table', (context) => {
    for (const { name, said } of rows) context.diagnostic(`${name.padEnd(45)} ${said}`);
    assert.equal(new Set(rows.map(({ name }) => name)).size, rows.length);
  });
});
