/** How long things are waited for: what happens when, on a clock that the test turns, and what the wait says at which minute; printed as a table. */
import assert from 'node:assert/strict';
import { describe, mock, test } from 'node:test';
import { parse } from 'yaml';
import { readOverrides } from '../../src/deploy/readiness/override.ts';
import { Wait, type WaitOptions } from '../../src/deploy/run/wait.ts';
import type { KubeObject } from '../../src/kubernetes/cluster.ts';
import { FakeCluster } from '../support/fakeCluster.ts';

const MINUTE = 60_000;
const STEP = 15_000;

/** `minute: object as YAML`, in order; the first one is what is waited for. */
type Story = readonly (readonly [minute: number, yaml: string])[];

/** Plays a story and tells what was said: `8: waiting …`, the minute first. */
async function play(story: Story, until: number, options: WaitOptions = {}): Promise<string[]> {
  mock.timers.enable({ apis: ['setInterval', 'setTimeout', 'Date'], now: Date.UTC(2026, 0, 1) });
  const began = Date.now();
  const cluster = new FakeCluster();
  const said: string[] = [];
  const wait = new Wait(cluster, undefined, options, ({ state, message }) => {
    const line = `${state}${message === undefined ? '' : ` ${message}`}`;
    said.push(`${Math.floor((Date.now() - began) / MINUTE)}: ${line}`);
  });
  try {
    const left = story.map(([minute, yaml]) => ({ at: began + minute * MINUTE, object: parse(yaml) as KubeObject }));
    let followed = false;
    while (Date.now() - began < until * MINUTE && (left.length > 0 || !wait.settled)) {
      while (left[0] && left[0].at <= Date.now()) {
        const object = cluster.put(left.shift()?.object ?? assert.fail());
        if (!followed) wait.follow('it', object, true);
        followed = true;
      }
      await turns();
      mock.timers.tick(STEP);
      await turns();
    }
    return said;
  } finally {
    wait.dispose();
    mock.timers.reset();
  }
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve));
}

const of = (type: string, spec: string, status: string) => {
  const [apiVersion, kind] = type.split(' ');
  return `{apiVersion: ${apiVersion}, kind: ${kind}, metadata: {name: x, uid: x, namespace: shop}, spec: {${spec}}, status: {${status}}}`;
};
const machine = (phase: string, words: string, spec = '') =>
  of(
    'cluster.x-k8s.io/v1beta1 Machine',
    spec,
    `phase: ${phase}, conditions: [{type: Ready, status: "${phase === 'Running' ? 'True' : 'False'}", severity: Info, reason: R, message: "${words}"}]`,
  );
const service = (status: string) => of('v1 Service', 'type: LoadBalancer', status);
const pod = (status: string) => of('v1 Pod', 'containers: [{name: web, image: web:1}]', status);
const waits = (reason: string, message: string, restarts = 0) =>
  pod(
    `phase: Pending, containerStatuses: [{name: web, restartCount: ${restarts}, state: {waiting: {reason: ${reason}, message: "${message}"}}}]`,
  );
const crashed = (restarts: number) =>
  pod(
    `phase: Running, containerStatuses: [{name: web, restartCount: ${restarts}, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {exitCode: 1}}}]`,
  );
const runs = (restarts: number) =>
  pod(`phase: Running, containerStatuses: [{name: web, restartCount: ${restarts}, state: {running: {}}}]`);
const isReady = pod('phase: Running, conditions: [{type: Ready, status: "True"}]');
const event = (reason: string, message: string) =>
  `{apiVersion: v1, kind: Event, metadata: {name: ${reason.toLowerCase()}, uid: ${reason}, namespace: shop}, reason: ${reason}, message: '${message}', lastTimestamp: "2026-01-01T00:00:00Z", involvedObject: {uid: x}}`;
const robot = (mood: string) =>
  of('toys.example/v1 Robot', '', `mood: ${mood}, conditions: [{type: Ready, status: "False", message: is ${mood}}]`);

const cases: readonly { name: string; story: Story; until?: number; options?: WaitOptions; said: readonly string[] }[] = [
  {
    name: 'a load balancer that does not come',
    story: [[0, service('loadBalancer: {}')]],
    said: [
      '0: waiting load balancer has no address yet',
      '5: waiting load balancer has no address yet; nothing has moved for 5 min, given up after 10 min',
      '6: waiting load balancer has no address yet; nothing has moved for 6 min, given up after 10 min',
      '7: waiting load balancer has no address yet; nothing has moved for 7 min, given up after 10 min',
      '8: waiting load balancer has no address yet; nothing has moved for 8 min, given up after 10 min',
      '9: waiting load balancer has no address yet; nothing has moved for 9 min, given up after 10 min',
      '10: notReady stalled, nothing has moved for 10 min: load balancer has no address yet',
    ],
  },
  {
    name: 'a Cluster that no controller looks at',
    story: [[0, '{apiVersion: cluster.x-k8s.io/v1beta2, kind: Cluster, metadata: {name: x, uid: x, namespace: shop}}']],
    said: ['5: notReady stalled, nothing has moved for 5 min: waiting for its controller'],
  },
  {
    name: 'a slow machine, which moves',
    story: [
      [0, machine('Pending', 'Waiting for the network')],
      [9, machine('Provisioning', 'Server is building')],
      [18, machine('Provisioned', 'Waiting for a Node')],
      [25, machine('Running', '')],
    ],
    said: [
      '0: waiting Waiting for the network',
      '9: waiting Server is building',
      '18: waiting Waiting for a Node',
      '20: waiting Waiting for a Node; slow, 20 min so far, but it moves',
      '21: waiting Waiting for a Node; slow, 21 min so far, but it moves',
      '22: waiting Waiting for a Node; slow, 22 min so far, but it moves',
      '23: waiting Waiting for a Node; slow, 23 min so far, but it moves',
      '24: waiting Waiting for a Node; slow, 24 min so far, but it moves',
      '25: waiting Waiting for a Node; slow, 25 min so far, but it moves',
      '25: ready',
    ],
  },
  {
    name: 'bare metal takes its time',
    story: [
      [0, machine('Provisioning', 'Inspecting', 'infrastructureRef: {kind: Metal3Machine}')],
      [29, machine('Running', '')],
    ],
    said: ['0: waiting Inspecting', '29: ready'],
  },
  {
    name: 'a machine that stands still',
    story: [
      [0, machine('Pending', 'Waiting')],
      [4, machine('Provisioning', 'Building, attempt 1')],
      [6, machine('Provisioning', 'Building, attempt 2')],
    ],
    until: 40,
    said: ['24: notReady stalled, nothing has moved for 20 min (24 min in all): Building, attempt 2'],
  },
  {
    name: 'what swings to and fro does not move',
    story: [0, 1, 2, 3, 4, 5, 6].map((minute) => [minute, robot(minute % 2 === 0 ? 'glad' : 'sad')] as const),
    until: 20,
    said: ['6: notReady stalled, nothing has moved for 5 min (6 min in all): is glad'],
  },
  {
    name: 'a volume on its way from another node',
    story: [
      [0, pod('phase: Pending')],
      [
        0.25,
        event('FailedAttachVolume', 'Multi-Attach error for volume "pvc-1" Volume is already exclusively attached to one node'),
      ],
      [7, isReady],
    ],
    said: [
      '0: waiting pending',
      '0: waiting its volume is still attached elsewhere: Multi-Attach error for volume "pvc-1" Volume is already exclusively attached to one node',
      '7: ready',
    ],
  },
  {
    name: 'a registry that is away, in both of kubelet’s words by turns',
    story: [0, 1, 2, 3, 4].map(
      (minute) => [minute, waits(minute % 2 === 0 ? 'ErrImagePull' : 'ImagePullBackOff', 'i/o timeout')] as const,
    ),
    until: 9,
    said: [
      ...[0, 1, 2].map((minute) => `${minute}: waiting image web:1 cannot be pulled: i/o timeout`),
      '3: failed image web:1 cannot be pulled: i/o timeout',
    ],
  },
  {
    name: 'a container that crashes, and runs in between',
    story: [
      [0, crashed(1)],
      [0.5, runs(1)],
      [1.5, crashed(2)],
    ],
    until: 9,
    said: [
      '0: waiting container web keeps ending with exit code 1, 1 restart',
      '0: waiting running, not ready yet',
      '1: failed container web keeps ending with exit code 1, 2 restarts',
    ],
  },
  {
    name: 'what is given up and comes after all is green while the run goes on',
    story: [
      [0, of('v1 PersistentVolumeClaim', '', 'phase: Pending')],
      [5.5, of('v1 PersistentVolumeClaim', '', 'phase: Bound')],
    ],
    said: ['0: waiting no volume yet', '5: notReady stalled, nothing has moved for 5 min: no volume yet', '5: ready'],
  },
  {
    name: 'the user’s own time',
    story: [[0, robot('sad')]],
    options: { readiness: readOverrides({ 'toys.example/Robot': { within: '90s' } }).overrides },
    said: ['1: notReady stalled, nothing has moved for 90 s: is sad'],
  },
];

describe('time limits', () => {
  for (const { name, story, until = 45, options, said } of cases)
    test(name, async (context) => {
      const all = await play(story, until, { stabilityMs: 0, ...options });
      for (const line of all) context.diagnostic(line);
      if (said.length === 1) assert.equal(all.at(-1), said[0]);
      else
        assert.deepEqual(
          all.filter((line) => said.length > 5 || !/; nothing has moved for|; slow,/.test(line)),
          said,
        );
    });
});
