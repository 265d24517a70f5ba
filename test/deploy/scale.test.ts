/** Counts that an autoscaler sets: what a deploy sends, who holds them then, and that they never fall below what is live. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { failed, type Result } from '../../src/base/failure.ts';
import { field } from '../../src/base/fields.ts';
import { makePlan } from '../../src/deploy/plan/plan.ts';
import { printPlan } from '../../src/deploy/plan/planText.ts';
import { startRun } from '../../src/deploy/run/run.ts';
import type { Applied, ApplyOptions, KubeObject } from '../../src/kubernetes/cluster.ts';
import { fakeTarget as target } from '../support/fakeTarget.ts';
import { ScalingCluster } from '../support/scalingCluster.ts';
import { writtenFrom } from '../support/written.ts';

const web = (spec: string) => `{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {paused: true, ${spec}}}\n`;
const autoscaler = `---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web, namespace: shop}
spec: {minReplicas: 8, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}
`;
const deployment: KubeObject = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'shop' } };

async function plan(yaml: string, cluster: ScalingCluster) {
  const written = writtenFrom(yaml);
  const made = await makePlan({ target, written, findings: [] }, cluster);
  assert.ok(made.ok);
  return { plan: made.value, written };
}

/** Plans and applies; what was written, in the order in which it went out. */
async function deploy(yaml: string, cluster: ScalingCluster): Promise<readonly string[]> {
  const { plan: made, written } = await plan(yaml, cluster);
  cluster.requests.length = 0;
  const run = startRun(made, { cluster, written }, { stabilityMs: 0, timeoutMs: 500, retryMs: 500 });
  await run.done;
  return cluster.requests.filter((request) => !request.includes('Autoscaler'));
}

async function live(cluster: ScalingCluster): Promise<number> {
  const found = await cluster.get({ ...deployment, name: 'web', namespace: 'shop' });
  assert.ok(found.ok);
  return (found.value['spec'] as { replicas: number }).replicas;
}

async function deployedWith(replicas: number): Promise<ScalingCluster> {
  const cluster = new ScalingCluster();
  assert.deepEqual(await deploy(web(`replicas: ${replicas}, minReadySeconds: 1`), cluster), [`apply Deployment web ${replicas}`]);
  cluster.counts.length = 0;
  return cluster;
}

describe('replicas beside an autoscaler', () => {
  it('A. three, then an autoscaler that has reached eight, then three deploys: never below eight', async () => {
    const cluster = await deployedWith(3);
    await deploy(web('replicas: 3, minReadySeconds: 1') + autoscaler, cluster);
    cluster.scale((await liveObject(cluster)) ?? deployment, 8);
    cluster.counts.length = 0;
    for (const seconds of [2, 3, 4]) {
      assert.deepEqual(await deploy(web(`replicas: 3, minReadySeconds: ${seconds}`) + autoscaler, cluster), [
        'apply Deployment web -',
      ]);
      assert.equal(await live(cluster), 8);
    }
    assert.deepEqual(
      cluster.counts.filter((count) => count < 8),
      [],
    );
    assert.equal(cluster.holdersOf('web'), 'kube-controller-manager');
  });

  it('a count that only we hold is handed over with the value it has, then left out', async () => {
    const cluster = await deployedWith(5);
    const { plan: made } = await plan(web('replicas: 3, minReadySeconds: 2') + autoscaler, cluster);
    assert.equal(
      printPlan(made),
      `Target sandbox-admin/shop (https://127.0.0.1:6443 as admin)
1 create · 1 configure
  configure apps/v1/Deployment shop/web (minReadySeconds 1 → 2)
  create autoscaling/v2/HorizontalPodAutoscaler shop/web
information: HorizontalPodAutoscaler web sets the replicas of web; spec.replicas is not sent. It stays at 5. (test.yaml)
`,
    );
    assert.deepEqual(await deploy(web('replicas: 3, minReadySeconds: 2') + autoscaler, cluster), [
      'hybrid-clusters-scale Deployment web 5',
      'apply Deployment web -',
    ]);
    assert.deepEqual([await live(cluster), cluster.holdersOf('web'), cluster.counts], [5, 'hybrid-clusters-scale', [5, 5]]);
    cluster.scale((await liveObject(cluster)) ?? deployment, 9);
    assert.equal(cluster.holdersOf('web'), 'kube-controller-manager');
  });

  it('an autoscaler that acts in the very moment is not put back', async () => {
    const cluster = await deployedWith(5);
    const { plan: made, written } = await plan(web('minReadySeconds: 2') + autoscaler, cluster);
    const found = await liveObject(cluster);
    cluster.meanwhile = () => {
      cluster.meanwhile = () => undefined;
      cluster.scale(found ?? deployment, 9);
    };
    cluster.requests.length = 0;
    await startRun(made, { cluster, written }, { stabilityMs: 0, timeoutMs: 500 }).done;
    assert.equal(await live(cluster), 9);
    assert.deepEqual(cluster.counts, [9, 9]);
  });

  it('one that is not written any more, as the documentation advises, does not fall either', async () => {
    const cluster = await deployedWith(5);
    await deploy(web('minReadySeconds: 2') + autoscaler, cluster);
    assert.equal(await live(cluster), 5);
  });

  it('without an autoscaler any more, the count of the manifest is taken back', async () => {
    const cluster = await deployedWith(5);
    await deploy(web('replicas: 5, minReadySeconds: 2') + autoscaler, cluster);
    await cluster.delete({ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', namespace: 'shop', name: 'web' });
    assert.equal(cluster.holdersOf('web'), 'hybrid-clusters-scale');
    assert.deepEqual(await deploy(web('replicas: 6, minReadySeconds: 2'), cluster), [
      'hybrid-clusters-scale Deployment web 6',
      'apply Deployment web 6',
      'hybrid-clusters-scale Deployment web -',
    ]);
    assert.deepEqual([await live(cluster), cluster.holdersOf('web')], [6, 'hybrid-clusters']);
  });

  it('it stays, too, where a field of another is taken over or left to them', async () => {
    class KimsCluster extends ScalingCluster {
      override async apply(object: KubeObject, options: ApplyOptions = {}): Promise<Result<Applied>> {
        if (field(object, 'spec', 'minReadySeconds') !== 2 || options.force) return super.apply(object, options);
        const cause = { reason: 'FieldManagerConflict', field: '.spec.minReadySeconds', message: 'conflict with "kim"' };
        return failed('conflict', 'conflict', { status: 409, detail: { message: 'no', details: { causes: [cause] } } });
      }
    }
    for (const allowed of [{ takeOver: 'all' }, { keepTheirs: 'all' }] as const) {
      const cluster = new KimsCluster();
      await deploy(web('replicas: 5, minReadySeconds: 1'), cluster);
      cluster.counts.length = 0;
      const written = writtenFrom(web('replicas: 3, progressDeadlineSeconds: 9, minReadySeconds: 2') + autoscaler);
      const made = await makePlan({ target, written, findings: [], allowed }, cluster);
      assert.ok(made.ok);
      assert.doesNotMatch(made.value.steps[0]?.reason ?? '', /replicas/);
      await startRun(made.value, { cluster, written }, { stabilityMs: 0, timeoutMs: 500 }).done;
      assert.deepEqual([...new Set(cluster.counts)], [5]);
    }
  });

  it("another's count is a conflict as ever", async () => {
    const cluster = await deployedWith(5);
    cluster.scale((await liveObject(cluster)) ?? deployment, 7, 'kim');
    const { plan: made } = await plan(web('replicas: 3, minReadySeconds: 1'), cluster);
    assert.match(printPlan(made), /conflict apps\/v1\/Deployment shop\/web \(spec\.replicas belongs to kim\)/);
  });
});

async function liveObject(cluster: ScalingCluster): Promise<KubeObject | undefined> {
  const found = await cluster.get({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' });
  return found.ok ? found.value : undefined;
}

it('an autoscaler that is quicker than the dry run is no conflict', async () => {
  const cluster = await deployedWith(5);
  const found = await liveObject(cluster);
  const apply = cluster.apply.bind(cluster);
  let quick = true;
  cluster.apply = (object, options) => {
    if (quick && object.kind === 'Deployment') cluster.scale(found ?? deployment, 9);
    quick &&= object.kind !== 'Deployment';
    return apply(object, options);
  };
  const { plan: made } = await plan(web('replicas: 3, minReadySeconds: 2') + autoscaler, cluster);
  assert.deepEqual(made.blockers, []);
  assert.equal(await live(cluster), 9);
});

describe('who drives a scale', () => {
  const kinds = {
    ScaledObject: `apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: queue, namespace: shop}
spec: {scaleTargetRef: {name: web}}
`,
    MachineDeployment: `apiVersion: cluster.x-k8s.io/v1beta1
kind: MachineDeployment
metadata:
  name: pool
  namespace: shop
  annotations: {NODES}
spec: {clusterName: c, replicas: 3}
`,
  };
  const sizes = (...words: string[]) =>
    `{${words.map((word) => `cluster.x-k8s.io/cluster-api-autoscaler-node-group-${word}-size: "1"`).join(', ')}}`;

  async function sent(yaml: string): Promise<readonly string[]> {
    const cluster = new ScalingCluster();
    for (const { object } of writtenFrom(yaml)) cluster.serve(object);
    const { plan: made } = await plan(yaml, cluster);
    return [
      ...made.steps.flatMap(({ ref, object }) =>
        ref.kind in kinds && ref.kind !== 'MachineDeployment' ? [] : [`${ref.kind} ${JSON.stringify(object['spec'])}`],
      ),
      ...made.findings.map(({ message }) => message),
    ];
  }

  it('a ScaledObject of KEDA, whose target is a Deployment unless it says otherwise', async () => {
    assert.deepEqual(await sent(`${web('replicas: 3')}---\n${kinds.ScaledObject}`), [
      'Deployment {"paused":true}',
      'ScaledObject queue sets the replicas of web; spec.replicas is not sent.',
    ]);
  });

  it('the cluster autoscaler, of a pool that says both its sizes', async () => {
    assert.deepEqual(await sent(kinds.MachineDeployment.replace('{NODES}', sizes('min', 'max'))), [
      'MachineDeployment {"clusterName":"c"}',
      'The cluster autoscaler sets the replicas of pool; spec.replicas is not sent.',
    ]);
    const cluster = `{apiVersion: cluster.x-k8s.io/v1beta1, kind: Cluster, metadata: {name: c, namespace: shop}, spec: {topology: {workers: {machineDeployments: [{name: a, replicas: 3, metadata: {annotations: ${sizes('min', 'max')}}}, {name: b, replicas: 1}]}}}}`;
    assert.deepEqual(
      (await sent(cluster)).map((line) => line.replaceAll(/"cluster\.x[^}]*/g, '')),
      [
        'Cluster {"topology":{"workers":{"machineDeployments":[{"name":"a","metadata":{"annotations":{}}},{"name":"b","replicas":1}]}}}',
        'The cluster autoscaler sets the replicas of pool a of c; they are not sent.',
      ],
    );
    assert.deepEqual(await sent(kinds.MachineDeployment.replace('{NODES}', sizes('min'))), [
      'MachineDeployment {"clusterName":"c","replicas":3}',
    ]);
  });
});

it('whatever an autoscaler does at any moment of any deploys, nobody but it changes the count', async () => {
  const step = fc.oneof(
    fc.record({ deploy: fc.constantFrom('replicas: 3, ', 'replicas: 12, ', ''), seconds: fc.nat(3) }),
    fc.record({ scale: fc.integer({ min: 1, max: 12 }) }),
  );
  const quick = fc.array(fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined }), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 5 }), quick, async (steps, moments) => {
      const between = [...moments];
      const cluster = await deployedWith(5);
      const wanted: number[] = [];
      const scale = async (count: number) => {
        wanted.push(count);
        cluster.scale((await liveObject(cluster)) ?? deployment, count);
      };
      const known = (await liveObject(cluster)) ?? deployment;
      cluster.meanwhile = () => {
        const count = between.shift();
        if (count === undefined) return;
        wanted.push(count);
        cluster.scale(known, count);
      };
      for (const one of steps) {
        if ('scale' in one) await scale(one.scale);
        else await deploy(web(`${one.deploy}minReadySeconds: ${one.seconds}`) + autoscaler, cluster);
      }
      const changes = (counts: readonly number[]) => counts.filter((count, index) => count !== counts[index - 1]);
      assert.deepEqual(changes([5, ...cluster.counts]), changes([5, ...wanted]));
    }),
    { numRuns: 25 },
  );
});
