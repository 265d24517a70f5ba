/** Use of CPU and memory behind the sandbox's own aggregation layer: beside what kubectl says of it, and with a metrics API that is not there or hangs. */
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { Forest } from '../../src/explorer/forest.ts';
import { openGroups } from '../../src/explorer/groupNodes.ts';
import { useRows } from '../../src/kubernetes/describeUse.ts';
import { LiveMetrics } from '../../src/kubernetes/liveMetrics.ts';
import { amountText } from '../../src/kubernetes/metrics.ts';
import { readUsages } from '../../src/kubernetes/metricsApi.ts';
import { kubectl } from '../e2e/kubectl.ts';
import { withAdminCluster } from '../support/adminCluster.ts';
import { inMeasuredPlace } from '../support/measuredPlace.ts';
import { metricsServer } from '../support/metricsServer.ts';
import { eventually, nodeAt, printChildren } from '../support/printTree.ts';
import { sandboxTest } from '../support/sandbox.ts';

const namespace = `metrics-${process.pid}`;
sandboxTest('use is what kubectl says it is; a metrics API that hangs or refuses delays no row', (sandbox) =>
  inMeasuredPlace(sandbox, namespace, () =>
    withAdminCluster(sandbox, async ({ cluster }) => {
      const metrics = new LiveMetrics();
      metrics.attend(true);
      const open = () => new Forest(openGroups(cluster, namespace, { otherSide: () => undefined, metrics: metrics }));
      const rowsOf = async (forest: Forest) => printChildren(forest, await nodeAt(forest, 'Workloads', 'Pods'));

      assert.equal(await readUsages(cluster, { of: 'nodes' }), undefined);
      const plain = await rowsOf(open());
      assert.match(plain, /^▸ web {3}Running · \d\/2 · 0 · metrics-\d+$/m);

      await using server = await metricsServer(sandbox.kubernetes.kubeconfig, namespace);
      assert.ok((await cluster.kinds({ fresh: true })).ok);
      const measured = { of: 'pods', namespace } as const;
      const usages = await readUsages(cluster, measured);
      assert.ok(usages?.ok);
      const ours = usages.value.map(
        ({ name, cpu, memory }) => `${name} ${amountText('cpu', cpu)} ${amountText('memory', memory)}`,
      );
      const top = await kubectl(sandbox, 'top', 'pods', '--namespace', namespace, '--no-headers');
      assert.deepEqual(
        ours.sort(),
        top
          .trim()
          .split('\n')
          .map((line) => line.trim().replaceAll(/\s+/g, ' '))
          .sort(),
      );

      const forest = open();
      const shown = await eventually(
        () => rowsOf(forest),
        (text) => text.includes('▮'),
        30_000,
      );
      assert.match(shown, /^▸ ! web {3}Running · ▮▮▮▮ 247m · 960Mi · memory near limit: 94 % · \d\/2 · 0 · metrics-\d+$/m);
      forest.dispose();

      const node = await cluster.get({ apiVersion: 'v1', kind: 'Node', name: namespace });
      assert.ok(node.ok);
      const rows = (await useRows(cluster, node.value, [])).map((row) => row.join(': '));
      assert.deepEqual(rows, [
        'CPU: ▮▮▮▯ 3000m · 75 % of allocatable 4000m',
        'memory: ▮▮▮▯ 6.5Gi · 81 % of allocatable 8Gi',
        'requested: 1400m (35 %) · 320Mi (4 %) by 2 pods',
        'limits: 4000m (100 %) · 2Gi (25 %) together',
        'attention: memory 81 % of allocatable',
      ]);
      const described = await kubectl(sandbox, 'describe', 'node', namespace);
      assert.match(described, /cpu +1400m \(35%\) +4 \(100%\)\n +memory +320Mi \(3%\) +2Gi \(25%\)/);

      for (const state of ['hangs', 'refuses'] as const) {
        server.become(state);
        const before = server.asked.length;
        const other = new LiveMetrics();
        other.attend(true);
        const dead = new Forest(openGroups(cluster, namespace, { otherSide: () => undefined, metrics: other }));
        const started = performance.now();
        const rows = await rowsOf(dead);
        assert.ok(performance.now() - started < 2000, `rows waited ${performance.now() - started} ms`);
        assert.equal(rows, plain);
        while (server.asked.length === before) await delay(20);
        assert.equal(await rowsOf(dead), plain);
        dead.dispose();
        other.dispose();
      }
      metrics.dispose();
    }),
  ),
);
