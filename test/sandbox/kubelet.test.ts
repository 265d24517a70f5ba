import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import type { Keyed, Pod } from './api/objects.ts';
import { ending } from './standins/kubelet/command.ts';
import { parseImages, pull } from './standins/kubelet/images.ts';
import { momentOf } from './standins/kubelet/status.ts';
import { isHealthy, judge, type Surroundings } from './standins/kubelet/verdict.ts';

const images = parseImages(readFileSync(new URL('standins/kubelet/images.txt', import.meta.url), 'utf8'));

const PULLS = `
nginx                        there
nginx:1.29                   there
docker.io/library/nginx:1.29 there
registry.example/render:1.2  there
openstackhelm/nova:any       there
nginx:nope                   ErrImagePull      docker.io/library/nginx:nope: not found
registry.example/render:1.3  ErrImagePull      registry.example/render:1.3: not found
nobody/nothing               ErrImagePull      pull access denied, repository does not exist or may require authorization
ghcr.invalid/x/y:1           ErrImagePull      dial tcp: lookup ghcr.invalid: no such host
localhost:5000/x             ErrImagePull      dial tcp: lookup localhost: no such host
UPPER/case                   InvalidImageName  invalid reference format
two words                    InvalidImageName  invalid reference format
`;

test('an image is there, or the words say what a registry would', () => {
  for (const line of PULLS.trim().split('\n')) {
    const [image = '', verdict = '', words = ''] = line.split(/ {2,}|(?<=\S) (?=there|Err)/).map((part) => part.trim());
    const error = pull(image, images);
    assert.equal(error?.reason ?? 'there', verdict, image);
    if (words !== '') assert.ok(error?.message.includes(words), `${image}: ${error?.message}`);
  }
  assert.equal(pull('nobody/nothing', images, 'Never')?.reason, 'ErrImageNeverPull');
});

const ENDINGS: readonly (readonly [command: readonly string[], args: readonly string[] | undefined, ending: string])[] = [
  [[], undefined, 'runs'],
  [[], ['false'], 'runs'],
  [['node', '/app/server.js'], undefined, 'runs'],
  [['sleep', '60'], undefined, 'runs'],
  [['false'], undefined, 'exits 1'],
  [['/bin/true'], undefined, 'exits 0'],
  [['sh', '-c', 'exit 3'], undefined, 'exits 3'],
  [['sh', '-c'], ['echo working; exit 1'], 'exits 1'],
  [['bash', '-ec', 'set -e\necho a\nfalse'], undefined, 'exits 1'],
  [['sh', '-c', 'echo a && sleep 5'], undefined, 'runs'],
  [['nosuch-program'], undefined, 'cannotStart exec: "nosuch-program": executable file not found in $PATH'],
  [
    ['/opt/does-not-exist'],
    undefined,
    'cannotStart exec: "/opt/does-not-exist": stat /opt/does-not-exist: no such file or directory',
  ],
];

test('a command is read for how it ends', () => {
  for (const [command, args, expected] of ENDINGS) {
    const end = ending({ name: 'c', image: 'x', command, ...(args ? { args } : {}) });
    const text =
      end.kind === 'exits'
        ? `exits ${end.code}`
        : end.kind === 'cannotStart'
          ? `cannotStart ${end.message.replace(/.*?(?=exec:)/, '')}`
          : 'runs';
    assert.equal(text, expected, command.join(' '));
  }
});

const around: Surroundings = {
  images,
  configMap: (namespace, name) => known[`${namespace}/ConfigMap/${name}`],
  secret: (namespace, name) => known[`${namespace}/Secret/${name}`],
};
const metadata = { name: 'x', uid: 'x', resourceVersion: '1' };
const known: Record<string, Keyed> = {
  'shop/ConfigMap/here': { metadata, data: { LEVEL: 'info' } },
  'shop/Secret/here': { metadata, data: { password: 'eA==' } },
};

/** The pod's spec as YAML, then what its first two tries look like: phase, state, restarts, events. */
const PODS = [
  {
    spec: 'containers: [{name: c, image: nginx, envFrom: [{configMapRef: {name: here}}], env: [{name: A, valueFrom: {secretKeyRef: {name: here, key: password}}}]}]',
    expected: ['healthy'],
  },
  {
    spec: 'containers: [{name: c, image: nginx, envFrom: [{configMapRef: {name: gone, optional: true}}]}]',
    expected: ['healthy'],
  },
  {
    spec: 'containers: [{name: c, image: "nginx:nope"}]',
    expected: [
      'Pending ErrImagePull 0 | Normal Pulling, Warning Failed, Warning Failed',
      'Pending ImagePullBackOff 0 | Normal BackOff, Warning Failed',
    ],
  },
  {
    spec: 'containers: [{name: c, image: nginx, envFrom: [{configMapRef: {name: gone}}]}]',
    expected: [
      'Pending CreateContainerConfigError: configmap "gone" not found 0 | Warning Failed',
      'Pending CreateContainerConfigError: configmap "gone" not found 0 | Warning Failed',
    ],
  },
  {
    spec: 'containers: [{name: c, image: nginx, env: [{name: A, valueFrom: {configMapKeyRef: {name: here, key: COLOUR}}}]}]',
    expected: [
      "Pending CreateContainerConfigError: couldn't find key COLOUR in ConfigMap shop/here 0 | Warning Failed",
      "Pending CreateContainerConfigError: couldn't find key COLOUR in ConfigMap shop/here 0 | Warning Failed",
    ],
  },
  {
    spec: '{containers: [{name: c, image: nginx}], volumes: [{name: v, secret: {secretName: gone}}]}',
    expected: ['Pending ContainerCreating 0 | Warning FailedMount', 'Pending ContainerCreating 0 | Warning FailedMount'],
  },
  {
    spec: 'containers: [{name: c, image: busybox, command: ["false"]}]',
    expected: [
      'Running terminated 1 Error 0 | Normal Pulled, Normal Created, Normal Started',
      'Running CrashLoopBackOff 1 | Warning BackOff',
    ],
  },
  {
    spec: '{restartPolicy: Never, containers: [{name: c, image: busybox, command: [sh, -c, exit 2]}]}',
    expected: ['Failed terminated 2 Error 0 | Normal Pulled, Normal Created, Normal Started'],
  },
  {
    spec: '{restartPolicy: OnFailure, containers: [{name: c, image: busybox, command: ["true"]}]}',
    expected: ['Succeeded terminated 0 Completed 0 | Normal Pulled, Normal Created, Normal Started'],
  },
  {
    spec: '{initContainers: [{name: i, image: busybox, command: ["false"]}], containers: [{name: c, image: nginx}]}',
    expected: [
      'Pending PodInitializing 0 | Normal Pulled, Normal Created, Normal Started',
      'Pending PodInitializing 0 | Warning BackOff',
    ],
  },
];

test('a pod comes to what it would come to on a node', () => {
  for (const { spec, expected } of PODS) {
    const pod: Pod = { metadata: { name: 'p', namespace: 'shop', uid: 'u', resourceVersion: '1' }, spec: parse(spec) };
    const verdict = judge(pod, around);
    const seen = isHealthy(verdict)
      ? ['healthy']
      : expected.map((_, attempt) => describe(momentOf(pod, verdict, attempt, new Date(0))));
    assert.deepEqual(seen, expected, spec);
  }
});

test('the back-off doubles, in the words of a node but ten times faster', () => {
  const pod: Pod = {
    metadata: { name: 'p', namespace: 'shop', uid: 'u', resourceVersion: '1' },
    spec: parse('containers: [{name: c, image: busybox, command: ["false"]}]'),
  };
  const verdict = judge(pod, around);
  const steps = [1, 2, 3, 4, 9].map((attempt) => {
    const moment = momentOf(pod, verdict, attempt, new Date(0));
    const [status] = moment.status['containerStatuses'] as { state: { waiting: { message: string } } }[];
    return `${moment.nextMs} ${status?.state.waiting.message.split(' ')[1]}`;
  });
  assert.deepEqual(steps, ['1000 10s', '2000 20s', '4000 40s', '8000 1m20s', '30000 5m0s']);
});

function describe({ status, events }: ReturnType<typeof momentOf>): string {
  const [container] = status['containerStatuses'] as NonNullable<NonNullable<Pod['status']>['containerStatuses']>;
  const { waiting, terminated } = container?.state ?? {};
  const state = waiting
    ? describeWaiting(waiting)
    : terminated
      ? `terminated ${terminated.exitCode} ${terminated.reason}`
      : 'running';
  return `${status['phase']} ${state} ${container?.restartCount} | ${events.map(({ type, reason }) => `${type} ${reason}`).join(', ')}`;
}

function describeWaiting({ reason, message }: { reason: string; message?: string }): string {
  return reason === 'CreateContainerConfigError' ? `${reason}: ${message}` : reason;
}
