/**
 * The hard cases of deploying that are about readiness: what is deployed, what the controllers do, once which words were said, and the run as it went; printed as a table. What the real
 * API server decides of them is tried against it in the live tests.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import type { Failure } from '../../src/base/failure.ts';
import { makePlan } from '../../src/deploy/plan/plan.ts';
import { printRun, startRun } from '../../src/deploy/run/run.ts';
import type { KubeObject } from '../../src/kubernetes/cluster.ts';
import { FakeCluster } from '../support/fakeCluster.ts';
import { fakeTarget } from '../support/fakeTarget.ts';
import { writtenFrom } from '../support/written.ts';

interface Case {
  readonly name: string;
  readonly yaml: string;
  /** What controllers write, once an event has these words; without words, before the plan is made. */
  readonly meanwhile?: readonly (readonly [once: string, what: string | ((cluster: FakeCluster) => void)])[];
  /** A line that the run shows, printed when an event has these words. */
  readonly look?: readonly [once: string, shown: string];
  readonly refuse?: (object: KubeObject, tries: number) => Failure | undefined;
  /** What was said of each object, and the sentence. */
  readonly said: string;
}

const webhookDown: Failure = {
  reason: 'unavailable',
  status: 500,
  message: 'failed calling webhook "guard.hooks.example": no endpoints available for service "guard"',
};
const ROBOTS =
  '{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: robots.toys.example}, spec: {group: toys.example, names: {kind: Robot, plural: robots}, scope: Namespaced, versions: [{name: v1, served: true, storage: true}]}';
const CLAIM =
  '{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data, namespace: shop}, spec: {storageClassName: ssd}';
const JOB =
  '{apiVersion: batch/v1, kind: Job, metadata: {name: migrate, namespace: shop, annotations: {config.kubernetes.io/depends-on: /namespaces/shop/PersistentVolumeClaim/data}}, spec: {template: {spec: {containers: [{name: m}]}}}';
const robot = '{apiVersion: toys.example/v1, kind: Robot, metadata: {name: r2}}';
const guard =
  '{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingWebhookConfiguration, metadata: {name: guard}, webhooks: [{name: guard.hooks.example, clientConfig: {service: {name: guard, namespace: shop}}}]}';
const slice =
  '{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: guard-1, namespace: shop, labels: {kubernetes.io/service-name: guard}}, endpoints: [{addresses: [10.0.0.1], conditions: {ready: true}}]}';

const cases: readonly Case[] = [
  {
    name: 'CRD before CR in one run: established, then served, then its objects go out',
    yaml: `${robot}\n---\n${ROBOTS}}`,
    meanwhile: [
      ['being established', `${ROBOTS}, status: {conditions: [{type: Established, status: "True"}]}}`],
      [
        'not yet served',
        (cluster) => cluster.serve({ ...(parse(robot) as KubeObject), metadata: { name: 'r2', namespace: 'shop' } }),
      ],
    ],
    look: [
      'being established',
      'toys.example/v1/Robot shop/r2: pending waits for CustomResourceDefinition robots.toys.example (being established)',
    ],
    said: `apiextensions.k8s.io/v1/CustomResourceDefinition robots.toys.example: applying · created · waiting being established · waiting established, not yet served · ready
toys.example/v1/Robot shop/r2: applying · created · ready`,
  },
  {
    name: 'Namespace in the same run: its members go out once it exists, not when it is Active',
    yaml: '{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: new}}\n---\n{apiVersion: v1, kind: Namespace, metadata: {name: new}}',
    meanwhile: [['being made', '{apiVersion: v1, kind: Namespace, metadata: {name: new}, status: {phase: Active}}']],
    said: `v1/Namespace new: applying · created · waiting being made · ready
v1/ConfigMap new/a: applying · created · ready`,
  },
  {
    name: 'Webhook not ready: tried again, in its own words',
    yaml: '{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: shop}}',
    refuse: (_object, tries) => (tries < 1 ? webhookDown : undefined),
    said: `v1/ConfigMap shop/a: applying · applying trying again: ${webhookDown.message} · created · ready`,
  },
  {
    name: 'Webhook not ready: its configuration waits for the pods behind it',
    yaml: guard,
    meanwhile: [
      ['', (cluster) => cluster.serve(parse(guard) as KubeObject)],
      ['no endpoint', slice],
    ],
    said: `admissionregistration.k8s.io/v1/ValidatingWebhookConfiguration guard: applying · created · waiting no endpoint of its Service shop/guard is ready · ready`,
  },
  {
    name: 'A claim that waits for its first consumer holds nobody up',
    yaml: `${CLAIM}}\n---\n${JOB}}`,
    meanwhile: [
      ['', '{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: ssd}, volumeBindingMode: WaitForFirstConsumer}'],
      ['0 of 1 done', `${JOB}, status: {conditions: [{type: Complete, status: "True"}]}}`],
    ],
    said: `v1/PersistentVolumeClaim shop/data: applying · created · ready waiting for its first consumer
batch/v1/Job shop/migrate: applying · created · waiting 0 of 1 done · ready`,
  },
  {
    name: 'What waits says for whom, down to the one that holds all up',
    yaml: `${CLAIM}}\n---\n${JOB}}\n---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: last, namespace: shop, annotations: {config.kubernetes.io/depends-on: batch/namespaces/shop/Job/migrate}}}`,
    meanwhile: [
      ['no volume yet', `${CLAIM}, status: {phase: Bound}}`],
      ['0 of 1 done', `${JOB}, status: {conditions: [{type: Complete, status: "True"}]}}`],
    ],
    look: ['no volume yet', 'v1/ConfigMap shop/last: pending waits for Job migrate → PersistentVolumeClaim data (no volume yet)'],
    said: `v1/PersistentVolumeClaim shop/data: applying · created · waiting no volume yet · ready
batch/v1/Job shop/migrate: applying · created · waiting 0 of 1 done · ready
v1/ConfigMap shop/last: applying · created · ready`,
  },
  {
    name: 'What is needed and fails: those behind it are not sent, and say so',
    yaml: `${CLAIM}}\n---\n${JOB}}`,
    meanwhile: [['no volume yet', `${CLAIM}, status: {phase: Lost}}`]],
    said: `v1/PersistentVolumeClaim shop/data: applying · created · waiting no volume yet · failed its volume is gone
batch/v1/Job shop/migrate: skipped needs PersistentVolumeClaim data, which failed`,
  },
];

async function play({ yaml, meanwhile = [], look, refuse }: Case): Promise<{ said: string; looked: string }> {
  const cluster = new FakeCluster();
  for (const [, what] of meanwhile.filter(([once]) => once === '')) put(cluster, what);
  const written = writtenFrom(yaml);
  const plan = await makePlan({ target: fakeTarget, written, findings: [] }, cluster);
  assert.ok(plan.ok);
  let tries = 0;
  if (refuse) cluster.refuse = (object) => refuse(object, tries++);
  const run = startRun(plan.value, { cluster, written }, { stabilityMs: 0, timeoutMs: 10_000 });
  const left = meanwhile.filter(([once]) => once !== '');
  let looked = '';
  run.onDidChange((event) => {
    const words = event?.message ?? '';
    if (look && looked === '' && words.includes(look[0])) looked = printRun(run);
    const [next] = left;
    if (next && words.includes(next[0])) {
      left.shift();
      setImmediate(() => put(cluster, next[1]));
    }
  });
  await run.done;
  const told = plan.value.steps.map(({ key }) => {
    const words = run.events
      .filter((event) => event.key === key)
      .map(({ state, message }) => [state, message].filter(Boolean).join(' '));
    return `${key}: ${words.join(' · ')}`;
  });
  return { said: told.join('\n'), looked };
}

function put(cluster: FakeCluster, what: string | ((cluster: FakeCluster) => void)): void {
  if (typeof what === 'string') cluster.put(parse(what) as KubeObject);
  else what(cluster);
}

describe('hard cases of readiness', () => {
  for (const one of cases)
    test(one.name, async (context) => {
      const { said, looked } = await play(one);
      context.diagnostic(said);
      assert.equal(said, one.said);
      if (one.look) assert.ok(looked.includes(one.look[1]), looked);
    });
});
