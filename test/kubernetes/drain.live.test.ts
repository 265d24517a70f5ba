/** A node drained on the sandbox's API server: pods go by the eviction API, a budget holds one and is named, a cancel leaves the node cordoned. */
import assert from 'node:assert/strict';
import type { KubeObject } from '../../src/kubernetes/cluster.ts';
import { drain, planDrain } from '../../src/kubernetes/drain.ts';
import { withAdminCluster } from '../support/adminCluster.ts';
import { eventually } from '../support/eventually.ts';
import { sandboxTest } from '../support/sandbox.ts';

const space = `drain-${process.pid}`;
const node = { apiVersion: 'v1', kind: 'Node', name: space };
const pod = (name: string, app: string, spec: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: space, labels: { app } },
  spec: { nodeName: space, terminationGracePeriodSeconds: 0, containers: [{ name: 'main', image: 'busybox' }], ...spec },
});
const budget: KubeObject = {
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'keep-web', namespace: space },
  spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } },
};

const budgetRef = { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', namespace: space, name: 'keep-web' };

sandboxTest('a drain respects budgets, names the one that holds it, and goes on when it may', (sandbox) =>
  withAdminCluster(sandbox, async ({ cluster }) => {
    const namesOf = (pods: readonly KubeObject[]) => pods.map(({ metadata }) => metadata.name).sort();
    try {
      const scratch = { volumes: [{ name: 'scratch', emptyDir: {} }] };
      for (const object of [
        { apiVersion: 'v1', kind: 'Namespace', metadata: { name: space } },
        { apiVersion: 'v1', kind: 'Node', metadata: { name: space } },
        { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: space } },
        budget,
        pod('web', 'web'),
        pod('batch', 'batch', scratch),
      ]) {
        const applied = await cluster.apply(object);
        assert.ok(applied.ok, JSON.stringify(applied));
      }
      const ready = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
      const web = { apiVersion: 'v1', kind: 'Pod', namespace: space, name: 'web' };
      assert.ok((await cluster.patch(web, { status: ready }, { subresource: 'status' })).ok);
      await eventually('the budget counts the pod', async () => {
        const now = await cluster.get(budgetRef);
        return now.ok && Reflect.get(now.value['status'] ?? {}, 'currentHealthy') === 1;
      });

      const planned = await planDrain(cluster, space);
      assert.ok(planned.ok);
      const { evicted, staying, unmanaged, losing } = planned.value;
      assert.deepEqual([evicted, staying, unmanaged, losing].map(namesOf), [['batch', 'web'], [], ['batch', 'web'], ['batch']]);

      const ending = new AbortController();
      const told = new Set<string>();
      const cancelled = await drain(cluster, planned.value, {
        signal: ending.signal,
        pauseMs: 100,
        report: ({ gone, of, waits }) => {
          const why = waits.get(`${space}/web`);
          if (why !== undefined) told.add(why);
          if (gone === 1 && why !== undefined) ending.abort();
          assert.equal(of, 2);
        },
      });
      assert.ok(!cancelled.ok && cancelled.failure.reason === 'cancelled', JSON.stringify(cancelled));
      assert.deepEqual([...told], ['The disruption budget keep-web needs 1 healthy pods and has 1 currently']);
      const cordoned = await cluster.get(node);
      assert.equal(cordoned.ok && Reflect.get(cordoned.value['spec'] as object, 'unschedulable'), true);
      assert.ok((await cluster.get(web)).ok);

      const again = await planDrain(cluster, space);
      assert.ok(again.ok);
      assert.deepEqual(namesOf(again.value.evicted), ['web']);
      // Comes while the question is open: nobody was asked about it.
      assert.ok((await cluster.apply(pod('late', 'late'))).ok);
      const going = drain(cluster, again.value, { signal: new AbortController().signal, pauseMs: 100, report: () => undefined });
      await cluster.delete(budgetRef);
      const ended = await going;
      assert.equal(
        !ended.ok && ended.failure.message,
        `1 of the pods on ${space} came after the question and stay, late among them. Drain it again.`,
      );
      const gone = await cluster.get(web);
      assert.ok(!gone.ok && gone.failure.reason === 'notFound');
    } finally {
      await cluster.delete(node);
      await cluster.delete({ apiVersion: 'v1', kind: 'Namespace', name: space });
    }
  }),
);
