/** A quota of the cloud that is used up: told with its numbers, and no end of the run, for somebody may make room. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { success } from '../../src/base/failure.ts';
import { makePlan } from '../../src/deploy/plan/plan.ts';
import { CloudQuotas } from '../../src/deploy/run/cloudQuotas.ts';
import { startRun } from '../../src/deploy/run/run.ts';
import type { Project } from '../../src/openstack/project.ts';
import type { Quota } from '../../src/openstack/quota.ts';
import { fakeCloud } from '../support/fakeCloud.ts';
import { FakeCluster } from '../support/fakeCluster.ts';
import { fakeTarget } from '../support/fakeTarget.ts';
import { writtenFrom } from '../support/written.ts';

const QUOTAS: Readonly<Record<string, readonly Quota[]>> = {
  'load-balancer': [{ name: 'load balancers', used: undefined, limit: 2 }],
  'block-storage': [
    { name: 'volumes', used: 10, limit: 10 },
    { name: 'GiB', used: 990, limit: 1000 },
  ],
  network: [{ name: 'floating IPs', used: 5, limit: 5 }],
  compute: [
    { name: 'servers', used: 3, limit: 10 },
    { name: 'cores', used: 20, limit: 20 },
  ],
};
const cloud = (): Project => {
  const fake = fakeCloud('cloud: demo\nload-balancer.loadbalancer: [{id: lb1, name: a}, {id: lb2, name: b}]');
  return Object.assign(fake, { quota: async (service: string) => success(QUOTAS[service] ?? []) });
};

const OCTAVIA = 'Quota has been met for resources: Load Balancer';
const cases: readonly (readonly [message: string, numbers: string | undefined])[] = [
  [OCTAVIA, '2 of 2 load balancers used in demo'],
  ["Maximum number of volumes allowed (10) exceeded for quota 'volumes'.", '10 of 10 volumes used in demo'],
  [
    'Requested volume or snapshot exceeds allowed gigabytes quota. Requested 20G, quota is 1000G and 990G has been consumed.',
    '990 of 1000 GiB used in demo',
  ],
  ["Quota exceeded for resources: ['floatingip'].", '5 of 5 floating IPs used in demo'],
  [
    'Quota exceeded for instances, cores: Requested 1, 4, but already used 3, 20 of 10, 20 instances, cores',
    '20 of 20 cores used in demo',
  ],
  ['exceeded quota: tight, requested: cpu=2, used: cpu=0, limited: cpu=1', undefined],
  ['no such network', undefined],
];

for (const [message, numbers] of cases)
  test(`numbers of: ${message}`, async () => {
    const quotas = new CloudQuotas(cloud(), new AbortController().signal, () => undefined);
    quotas.of(message);
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(quotas.of(message), numbers);
  });

test('a Service whose load balancer has no room says so, and is green in the same run once there is', async () => {
  const cluster = new FakeCluster();
  const written = writtenFrom('{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {type: LoadBalancer}}');
  const plan = await makePlan({ target: fakeTarget, written, findings: [] }, cluster);
  assert.ok(plan.ok);
  const web = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'shop' }, spec: { type: 'LoadBalancer' } };
  const run = startRun(plan.value, { cluster, written, project: cloud() }, { stabilityMs: 0, timeoutMs: 10_000 });
  const said = new Set<string>();
  run.onDidChange((event) => {
    if (event?.message) said.add(`${event.state} ${event.message}`);
    if (event?.message === 'load balancer has no address yet')
      cluster.put({
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: 'e', uid: 'e', namespace: 'shop' },
        reason: 'SyncLoadBalancerFailed',
        count: 3,
        message: `Error syncing load balancer: failed to ensure load balancer: error creating loadbalancer: 403 {"faultstring": "${OCTAVIA}"}`,
        involvedObject: { uid: 'uid-v1/Service shop/web' },
      });
    if (event?.message?.startsWith('2 of 2'))
      cluster.put({ ...web, status: { loadBalancer: { ingress: [{ ip: '203.0.113.9' }] } } });
  });
  const summary = await run.done;
  assert.equal(summary.outcome, 'succeeded', summary.sentence);
  assert.deepEqual([...said].slice(-2), [
    `waiting 2 of 2 load balancers used in demo: its load balancer is refused: ${OCTAVIA}`,
    'ready at 203.0.113.9',
  ]);
});
