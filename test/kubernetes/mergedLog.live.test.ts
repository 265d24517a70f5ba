/** Logs on the sandbox's API server: its kubelet stand-in gives the same three lines for every container and keeps a followed log open. */
import assert from 'node:assert/strict';
import type { Cluster, KubeObject, ObjectRef } from '../../src/kubernetes/cluster.ts';
import { MergedLog, type MergedWanted } from '../../src/kubernetes/mergedLog.ts';
import { podsOf } from '../../src/kubernetes/podSelection.ts';
import { withAdminCluster } from '../support/adminCluster.ts';
import { eventually } from '../support/eventually.ts';
import { sandboxTest } from '../support/sandbox.ts';

const space = `logs-${process.pid}`;
const labels = { app: 'web' };
const containers = [
  { name: 'app', image: 'nginx' },
  { name: 'proxy', image: 'nginx' },
];
const web: KubeObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: space },
  spec: { replicas: 1, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
};
const broken: KubeObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'broken', namespace: space },
  spec: { containers: [{ name: 'app', image: 'nosuch.example/none:1' }] },
};
const namespace: ObjectRef = { apiVersion: 'v1', kind: 'Namespace', name: space };

sandboxTest('the logs of a workload are one: pods join and go, and what does not start says why', async (sandbox) => {
  await withAdminCluster(sandbox, async ({ cluster }) => {
    try {
      for (const object of [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: space } }, web, broken]) {
        const made = await cluster.apply(object);
        assert.ok(made.ok, JSON.stringify(made));
      }
      const ref = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: space, name: 'web' };
      await withLog(cluster, ref, {}, async (texts) => {
        const lines = () => texts().filter((line) => / line \d$/.test(line));
        await eventually('three lines of each container of one pod', async () => lines().length === 6);
        assert.deepEqual(
          lines()
            .map((line) => line.replace(/^web-[^/]+/, 'web'))
            .sort(),
          ['web/app line 1', 'web/app line 2', 'web/app line 3', 'web/proxy line 1', 'web/proxy line 2', 'web/proxy line 3'],
        );
        assert.ok((await cluster.patch(ref, { spec: { replicas: 2 } })).ok);
        await eventually('another pod joins with its lines', async () => lines().length === 12);
        assert.ok(
          texts().some((line) => /^web-\S+ \(This pod joins\.\)$/.test(line)),
          texts().join('\n'),
        );
      });
      const tail = { tailLines: 1, containers: ['proxy'] };
      await withLog(cluster, ref, tail, async (texts) => {
        await eventually('the last line of one container of each pod', async () => texts().length >= 2);
        assert.deepEqual(
          texts().map((line) => line.replace(/^web-[^/]+/, 'web')),
          ['web/proxy line 3', 'web/proxy line 3'],
        );
      });
      await withLog(cluster, { apiVersion: 'v1', kind: 'Pod', namespace: space, name: 'broken' }, {}, async (texts) => {
        await eventually('it says why it does not start', async () =>
          /waits to start: (?:ErrImagePull|ImagePullBackOff)/.test(texts().join()),
        );
        assert.ok((await cluster.delete({ apiVersion: 'v1', kind: 'Pod', namespace: space, name: 'broken' })).ok);
        await eventually('it says that the pod is gone', async () => texts().includes('broken/app (Its pod is gone.)'));
      });
    } finally {
      await cluster.delete(namespace);
    }
  });
});

async function withLog(
  cluster: Cluster,
  ref: ObjectRef,
  wanted: Partial<MergedWanted>,
  body: (texts: () => readonly string[]) => Promise<void>,
): Promise<void> {
  const pods = await podsOf(cluster, ref);
  assert.ok(pods.ok && pods.value);
  const merged = new MergedLog(cluster, { pods: pods.value, follow: true, previous: false, ...wanted });
  merged.start();
  try {
    await body(() =>
      merged.ring.since().map(({ source, notice, text }) => (notice ? `${source} (${text})` : `${source} ${text}`)),
    );
  } finally {
    merged.dispose();
  }
}
