/**
 * Our connection alone loses everything for five minutes, on the sandbox's API server; the world goes on. Waiting is ten times as fast as it is for users: the defaults are
 * asserted in `reflector.test.ts`, and here each of them is divided by ten. The log is written by a node of the test's own.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type Clock, systemClock } from '../../src/base/clock.ts';
import type { Result } from '../../src/base/failure.ts';
import { createHttp } from '../../src/base/http.ts';
import { openContextRows } from '../../src/explorer/clustersNodes.ts';
import { Forest } from '../../src/explorer/forest.ts';
import { Opened } from '../../src/explorer/opened.ts';
import type { Cluster, Contexts, KubeObject, ObjectRef } from '../../src/kubernetes/cluster.ts';
import { MergedLog } from '../../src/kubernetes/mergedLog.ts';
import { openContexts } from '../../src/kubernetes/openContexts.ts';
import { podsOf } from '../../src/kubernetes/podSelection.ts';
import { PortForward } from '../../src/kubernetes/portForward.ts';
import { patienceMs } from '../../src/kubernetes/reflector.ts';
import { blackHole } from '../support/blackHole.ts';
import { eventually } from '../support/eventually.ts';
import { nodeLogs } from '../support/nodeLogs.ts';
import { nodeAt, printChildren } from '../support/printTree.ts';
import { type SandboxEnvironment, sandboxTest } from '../support/sandbox.ts';

const run = promisify(execFile);
const hurry = 10;
const clock: Clock = { now: () => Date.now(), sleep: (ms, signal) => systemClock.sleep(ms / hurry, signal) };
const patience = { clock, idleMs: patienceMs.idle / hurry, doubtMs: patienceMs.doubt / hurry, pollMs: patienceMs.poll / hurry };
const name = `black-hole-${process.pid}`;
const labels = { app: 'web' };
const ref = (kind: string, object: string, apiVersion = 'v1'): ObjectRef => ({ apiVersion, kind, namespace: name, name: object });

const podSpec = { containers: [{ name: 'main', image: 'nginx', ports: [{ containerPort: 80 }] }] };
const pod = (own: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: own, namespace: name },
  spec: podSpec,
});
const taint = { key: 'example.org/alone', effect: 'NoSchedule' };
const objects: readonly KubeObject[] = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
  // kwok leaves a node with this mark as it is.
  { apiVersion: 'v1', kind: 'Node', metadata: { name, annotations: { 'sandbox/fail': 'Log' } }, spec: { taints: [taint] } },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: name },
    spec: { replicas: 2, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: podSpec } },
  },
  { ...pod('writer'), spec: { ...podSpec, nodeName: name, tolerations: [{ key: taint.key, operator: 'Exists' }] } },
];

const must = async <T>(answer: Promise<Result<T>>): Promise<T> => {
  const got = await answer;
  assert.ok(got.ok, JSON.stringify(got));
  return got.value;
};

/** Makes what the story needs, with a kubelet of our own behind the node; takes it away at the end. */
async function withScene(admin: Cluster, kubelet: number, body: () => Promise<void>): Promise<void> {
  const node = { apiVersion: 'v1', kind: 'Node', name };
  const now = new Date().toISOString();
  const ready = { type: 'Ready', status: 'True', reason: 'KubeletReady', lastHeartbeatTime: now, lastTransitionTime: now };
  const status = {
    addresses: [{ type: 'InternalDNS', address: 'localhost' }],
    daemonEndpoints: { kubeletEndpoint: { Port: kubelet } },
    conditions: [ready],
  };
  try {
    for (const object of objects) {
      await must(admin.apply(object));
      if (object.kind === 'Node') await must(admin.patch(node, { status }, { subresource: 'status' }));
    }
    await eventually('three pods run', async () => {
      const { items } = await must(admin.list('v1', 'Pod', { namespace: name }));
      return items.filter(({ status }) => Object(status).phase === 'Running').length === 3;
    });
    await body();
  } finally {
    await admin.delete({ apiVersion: 'v1', kind: 'Namespace', name });
    await admin.delete(node);
  }
}

/** The clusters view over these contexts. */
function viewOf(contexts: Contexts): Forest {
  return new Forest(
    openContextRows({
      contexts,
      opened: new Opened(),
      otherSide: () => undefined,
      filter: { of: () => [], typed: () => [], onDidChange: () => ({ dispose() {} }) },
      isBound: () => false,
      protection: () => 'open',
    }),
  );
}

/** The same user's kubeconfig with another port of the same server; the certificate is still asked for the server's own name. */
function kubeconfigThrough(port: number, { kubernetes: { kubeconfig, server } }: SandboxEnvironment, folder: string): string {
  const file = join(folder, 'config');
  const through = `https://127.0.0.1:${port}", tls-server-name: "localhost`;
  writeFileSync(file, readFileSync(kubeconfig, 'utf8').replace(`"${server}"`, `"${through}"`).replace(server, through));
  return file;
}

sandboxTest(
  'what is shown, followed and forwarded is right again after the network was gone for five minutes',
  async (sandbox) => {
    const http = createHttp();
    const folder = mkdtempSync(join(tmpdir(), 'black-hole-'));
    const { port, hostname } = new URL(sandbox.kubernetes.server);
    await using network = await blackHole(hostname, Number(port));
    await using kubelet = await nodeLogs(100);
    const open = (file: string) =>
      openContexts({ http, env: { KUBECONFIG: file }, home: folder, mayRun: async () => false, clock, patience });
    const [direct, ours] = [open(sandbox.kubernetes.kubeconfig), open(kubeconfigThrough(network.port, sandbox, folder))];
    const view = viewOf(ours);
    const kept: { dispose(): void }[] = [view, ours, direct, http];
    const keep = <T extends { dispose(): void }>(one: T): T => {
      kept.unshift(one);
      return one;
    };
    try {
      const admin = await must(direct.open('sandbox-admin'));
      await withScene(admin, kubelet.port, async () => {
        const cluster = await must(ours.open('sandbox-admin'));
        const pods = await nodeAt(view, 'sandbox-admin', name, 'Workloads', 'Pods');
        assert.match(await printChildren(view, pods), /writer/);
        const selection = await must(podsOf(cluster, ref('Pod', 'writer')));
        assert.ok(selection);
        const wanted = { pods: selection, follow: true, previous: false };
        const log = keep(new MergedLog(cluster, wanted, { clock, quietMs: 60_000 / hurry }));
        log.start();
        const lines = () => log.ring.since().flatMap(({ notice, text }) => (notice ? [] : [text]));
        await eventually('the log is followed', async () => lines().length > 5);
        const target = { context: 'sandbox-admin', ref: ref('Deployment', 'web', 'apps/v1'), port: 80, localPort: 0 };
        const forward = keep(await must(PortForward.open(cluster, target)));
        const page = async () =>
          (await fetch(`http://127.0.0.1:${forward.spec.localPort}/`, { headers: { connection: 'close' } })).text();
        assert.equal(await page(), 'a pod of the sandbox\n');
        const first = forward.pod ?? '';

        network.swallow();
        const swallowed = Date.now();
        const kubectl = (...args: string[]) =>
          run(sandbox.kubernetes.kubectl, ['--kubeconfig', sandbox.kubernetes.kubeconfig, '-n', name, ...args]);
        await kubectl('delete', 'pod', first, '--wait=false');
        const twenty = join(folder, 'twenty.json');
        writeFileSync(
          twenty,
          JSON.stringify({ apiVersion: 'v1', kind: 'List', items: Array.from({ length: 20 }, (_, at) => pod(`new-${at}`)) }),
        );
        await kubectl('create', '-f', twenty);
        await eventually('the rows say since when they are stale', async () =>
          /writer .*stale since \d/.test(await printChildren(view, pods)),
        );
        const toldAfter = (Date.now() - swallowed) * hurry;
        assert.ok(toldAfter < 120_000, `told after ${toldAfter / 1000} s`);
        await eventually('the forward says it, too', async () => forward.state === 'reconnecting');
        await delay(swallowed + 300_000 / hurry - Date.now());
        const before = kubelet.written;

        network.pass();
        await eventually('the rows are those that the server has', async () => {
          const { items } = await must(admin.list('v1', 'Pod', { namespace: name }));
          const rows = await view.children(pods);
          const there = items.map(({ metadata }) => metadata.name).sort();
          const shown = rows.map(({ row }) => row.label).sort();
          return there.length === 23 && JSON.stringify(there) === JSON.stringify(shown) && !rows.some(({ row }) => row.stale);
        });
        await eventually('the log goes on', async () => lines().length > before);
        const read = lines();
        assert.deepEqual(
          read,
          read.map((_, at) => `line ${at + 1}`),
        );
        await eventually('it leads to another pod', async () => forward.state === 'listening' && forward.pod !== first);
        assert.equal(await page(), 'a pod of the sandbox\n');
      });
    } finally {
      for (const one of kept) one.dispose();
      rmSync(folder, { recursive: true });
    }
  },
);
