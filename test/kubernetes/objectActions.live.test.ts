/** What can be done to objects, each carried out on the sandbox's API server and read back by other means than the action. */
import assert from 'node:assert/strict';
import type { Cluster, KubeObject, ObjectRef } from '../../src/kubernetes/cluster.ts';
import { controllerRows } from '../../src/kubernetes/controllerActions.ts';
import { type ObjectWord, objectActions, objectWords, objectWordsFor } from '../../src/kubernetes/objectActions.ts';
import { sendAction } from '../../src/kubernetes/sendChange.ts';
import { withAdminCluster } from '../support/adminCluster.ts';
import { sandboxTest } from '../support/sandbox.ts';

const space = `actions-${process.pid}`;
const labels = { app: 'web' };
const node: KubeObject = { apiVersion: 'v1', kind: 'Node', metadata: { name: space } };
const deployment: KubeObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: space },
  spec: {
    replicas: 2,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'nginx' }] } },
  },
};
const configMap: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', namespace: space } };

const claim: KubeObject = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data', namespace: space },
  spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'none', resources: { requests: { storage: '1Gi' } } },
};
const autoscaler: KubeObject = {
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'web', namespace: space },
  spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'other' } },
};
const podSpec = { restartPolicy: 'Never', containers: [{ name: 'main', image: 'busybox' }] };
const cronJob: KubeObject = {
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name: 'nightly', namespace: space },
  spec: { schedule: '0 3 * * *', jobTemplate: { metadata: { labels }, spec: { suspend: true, template: { spec: podSpec } } } },
};
const job: KubeObject = {
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'once', namespace: space, labels },
  spec: { suspend: true, template: { spec: podSpec } },
};
/** A request for a client certificate of `CN=web`, made with `openssl req -new -newkey ed25519`. */
const request = (name: string): KubeObject => ({
  apiVersion: 'certificates.k8s.io/v1',
  kind: 'CertificateSigningRequest',
  metadata: { name: `${space}-${name}` },
  spec: { request: CSR, signerName: 'example.com/nobody', usages: ['client auth'] },
});
const CSR =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlHTk1FRUNBUUF3RGpFTU1Bb0dBMVVFQXd3RGQyVmlNQ293QlFZREsyVndBeUVBekxET1M4eThNb3JPRDVobwpuejZld29rZVV5QW1YUjRTb3VNZ1JOazlFV1dnQURBRkJnTXJaWEFEUVFEOWxnbzF3USs5UWZKNU15YkphcXFqCkRjbkhYOUlmUXJXVlZDY1lvVXJqcUlsWlhmVlNJeDZPZUJWWDdtdnN2NG1pekZRUUhxeHRrU3dSZWF1ZHJUSUcKLS0tLS1FTkQgQ0VSVElGSUNBVEUgUkVRVUVTVC0tLS0tCg==';
const [approved, denied] = [request('a'), request('b')];

const OBJECTS = [node, deployment, autoscaler, configMap, claim, cronJob, job, approved, denied];

/** word, what it is done to, what is answered, what is read back. */
const DONE: readonly (readonly [ObjectWord, KubeObject, readonly string[], (now: KubeObject | undefined) => unknown, unknown])[] =
  [
    ['cordon', node, [], (now) => at(now, 'spec', 'unschedulable'), true],
    ['uncordon', node, [], (now) => at(now, 'spec', 'unschedulable'), undefined],
    ['taint', node, ['dedicated=gpu:NoSchedule'], taintsOf, ['dedicated=gpu:NoSchedule']],
    ['taint', node, ['spot:PreferNoSchedule'], taintsOf, ['dedicated=gpu:NoSchedule', 'spot=undefined:PreferNoSchedule']],
    ['taint', node, ['dedicated:NoSchedule-'], taintsOf, ['spot=undefined:PreferNoSchedule']],
    ['label', node, ['tier=front'], (now) => now?.metadata.labels?.['tier'], 'front'],
    ['label', node, ['tier-'], (now) => now?.metadata.labels?.['tier'], undefined],
    ['annotate', node, ['owner=Ada = Lovelace'], (now) => now?.metadata.annotations?.['owner'], 'Ada = Lovelace'],
    ['scale', deployment, ['3'], (now) => at(now, 'spec', 'replicas'), 3],
    [
      'setBounds',
      autoscaler,
      ['2', '5'],
      (now) => [at(now, 'spec', 'minReplicas'), at(now, 'spec', 'maxReplicas')].join(),
      '2,5',
    ],
    ['pauseRollout', deployment, [], (now) => at(now, 'spec', 'paused'), true],
    ['resumeRollout', deployment, [], (now) => at(now, 'spec', 'paused'), undefined],
    [
      'setImage',
      deployment,
      ['web', 'nginx:2'],
      (now) => at(now, 'spec', 'template', 'spec', 'containers', '0', 'image'),
      'nginx:2',
    ],
    [
      'restart',
      deployment,
      [],
      (now) => typeof at(now, 'spec', 'template', 'metadata', 'annotations', 'kubectl.kubernetes.io/restartedAt'),
      'string',
    ],
    ['suspendJobs', cronJob, [], (now) => at(now, 'spec', 'suspend'), true],
    ['resumeJobs', cronJob, [], (now) => at(now, 'spec', 'suspend'), false],
    ['runNow', cronJob, [], (now) => now?.metadata.name, 'nightly'],
    ['rerun', job, [], (now) => now?.metadata.name, 'once'],
    ['approve', approved, [], (now) => at(now, 'status', 'conditions', '0', 'type'), 'Approved'],
    ['deny', denied, [], (now) => at(now, 'status', 'conditions', '0', 'type'), 'Denied'],
    [
      'deleteObjectAs',
      denied,
      ['Kept (Orphan)'],
      (now) => now === undefined || typeof now.metadata.deletionTimestamp === 'string',
      true,
    ],
    ['deleteObject', configMap, [], (now) => now, undefined],
  ];

/** What the server refuses, and its words. */
const REFUSED: readonly (readonly [ObjectWord, KubeObject, readonly string[], RegExp])[] = [
  ['expandClaim', claim, ['2Gi'], /only dynamically provisioned pvc can be resized|is immutable after creation/],
];

function taintsOf(now: KubeObject | undefined): unknown {
  const taints = at(now, 'spec', 'taints');
  const all: readonly Record<string, unknown>[] = Array.isArray(taints) ? taints : [];
  return all
    .filter(({ key }) => !String(key).startsWith('node.kubernetes.io/'))
    .map(({ key, value, effect }) => `${key}=${value}:${effect}`);
}

sandboxTest('every word for objects is carried out, and offered where it fits', (sandbox) =>
  withAdminCluster(sandbox, async ({ cluster }) => {
    try {
      for (const object of [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: space } }, ...OBJECTS]) {
        const applied = await cluster.apply(object);
        assert.ok(applied.ok, JSON.stringify(applied));
      }
      const act = async (word: ObjectWord, object: KubeObject, answers: readonly string[]) => {
        const kind = await cluster.kind(object.apiVersion, object.kind);
        assert.ok(kind.ok && objectWordsFor(kind.value).includes(word), `${word} fits ${object.kind}`);
        return sendAction(cluster, refOf(object), objectActions[word], answers);
      };
      for (const [word, object, answers, read, wanted] of DONE) {
        const done = await act(word, object, answers);
        assert.ok(done.ok, `${word}: ${JSON.stringify(done)}`);
        assert.deepEqual(read(await readBack(cluster, object)), wanted, word);
      }
      for (const [word, object, answers, words] of REFUSED) {
        const done = await act(word, object, answers);
        assert.match(done.ok ? 'done' : done.failure.message, words);
      }
      const jobs = await cluster.list('batch/v1', 'Job', { namespace: space });
      assert.ok(jobs.ok);
      const made = jobs.value.items.filter(
        ({ metadata }) => metadata.annotations?.['cronjob.kubernetes.io/instantiate'] === 'manual',
      );
      assert.deepEqual(
        made
          .map(({ metadata }) => [
            metadata.name.replace(/-\w+$/, ''),
            metadata.labels?.['app'],
            metadata.ownerReferences?.[0]?.name,
          ])
          .sort(),
        [
          ['nightly', 'web', 'nightly'],
          ['once', 'web', undefined],
        ],
      );
      // Those of controllers are tried in controllers.live.test.ts.
      const tried: readonly string[] = [...[...DONE, ...REFUSED].map(([word]) => word), ...Object.keys(controllerRows)];
      assert.deepEqual([...new Set(tried)].sort(), [...objectWords].sort());

      const refused = await cluster.patch({ ...refOf(deployment), name: 'nothing' }, { spec: {} });
      assert.ok(!refused.ok && refused.failure.reason === 'notFound', JSON.stringify(refused));
    } finally {
      await cluster.delete(refOf(node));
      await cluster.delete(refOf(approved));
      await cluster.delete(refOf(denied));
      await cluster.delete({ apiVersion: 'v1', kind: 'Namespace', name: space });
    }
  }),
);

function refOf({ apiVersion, kind, metadata: { name, namespace } }: KubeObject): ObjectRef {
  return { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
}

async function readBack(cluster: Cluster, object: KubeObject): Promise<KubeObject | undefined> {
  const answer = await cluster.get(refOf(object));
  return answer.ok ? answer.value : undefined;
}

function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inside, key) => (typeof inside === 'object' && inside !== null ? Reflect.get(inside, key) : undefined),
    value,
  );
}
