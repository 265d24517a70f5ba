import assert from 'node:assert/strict';
import { eventually } from '../support/eventually.ts';
import { sandboxTest } from '../support/sandbox.ts';
import { inNamespace, type LiveDeploy } from './liveDeploy.ts';

const web = (level: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: NS}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: server, image: nginx:1.29, env: [{name: LEVEL, value: ${level}}]}]}
`;
const autoscaler = `---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web, namespace: NS}
spec:
  minReplicas: 8
  maxReplicas: 9
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}]
`;

/** Every count that the server ever had, as a watch tells them. */
async function counting(live: LiveDeploy, body: (counts: readonly number[]) => Promise<void>): Promise<void> {
  const stop = new AbortController();
  const counts: number[] = [];
  const watching = (async () => {
    for await (const event of live.cluster.watch('apps/v1', 'Deployment', { namespace: live.namespace }, stop.signal))
      if ('object' in event) counts.push((event.object['spec'] as { replicas: number }).replicas);
  })();
  await body(counts);
  stop.abort();
  await watching;
}

sandboxTest('three replicas, an autoscaler that reaches eight, three deploys: never below eight', (sandbox) =>
  inNamespace(sandbox, async (live) => {
    await (await live.start(web('a'))).done;
    await counting(live, async (counts) => {
      const run = await live.start(web('b') + autoscaler);
      await eventually('the autoscaler makes eight of them', async () => counts.at(-1) === 8);
      assert.equal((await run.done).outcome, 'succeeded');
      for (const level of ['c', 'd']) await (await live.start(web(level) + autoscaler)).done;
      // the autoscaler that is on the cluster counts as much as the one that is written
      await (await live.start(web('e'))).done;
      assert.deepEqual([...new Set(counts)], [3, 8]);
    });
  }),
);

sandboxTest('a count that only we hold stays when it is left out, and is taken back without the autoscaler', (sandbox) =>
  inNamespace(sandbox, async (live) => {
    await (await live.start(web('a'))).done;
    await counting(live, async (counts) => {
      await (await live.start(web('b') + autoscaler.replace('minReplicas: 8', 'minReplicas: 1'))).done;
      const owners = await live.kubectl('get', 'deployment', 'web', '-n', live.namespace, '--show-managed-fields', '-o', 'json');
      assert.match(owners, /"manager": "hybrid-clusters-scale"/);
      await live.kubectl('delete', 'hpa', 'web', '-n', live.namespace);
      await (await live.start(web('b').replace('replicas: 3', 'replicas: 4'))).done;
      assert.deepEqual([...new Set(counts)], [3, 4]);
    });
  }),
);
