import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type SandboxEnvironment, sandboxTest } from '../support/sandbox.ts';
import { inNamespace } from './liveDeploy.ts';

/** A way to the API server that can be cut: what is open breaks off, what is new is refused, until it is mended. */
async function cuttable(port: number): Promise<{ readonly port: number; cut(): void; mend(): void; close(): void }> {
  const open = new Set<Socket>();
  let whole = true;
  const server = createServer((near) => {
    if (!whole) return void near.resetAndDestroy();
    const far = connect(port, '127.0.0.1');
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        open.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    whole = false;
    for (const socket of open) socket.resetAndDestroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    mend: () => {
      whole = true;
    },
    close: () => {
      cut();
      server.close();
    },
  };
}

/** The sandbox as seen through another port. */
async function through(sandbox: SandboxEnvironment, port: number, folder: string): Promise<SandboxEnvironment> {
  const { kubernetes } = sandbox;
  const text = await readFile(kubernetes.kubeconfigs.admin, 'utf8');
  const admin = join(folder, 'kubeconfig');
  await writeFile(admin, text.replace(kubernetes.server, `https://127.0.0.1:${port}`), { mode: 0o600 });
  return { ...sandbox, kubernetes: { ...kubernetes, kubeconfigs: { ...kubernetes.kubeconfigs, admin } } };
}

sandboxTest(
  'the way to the API server breaks off mid-deploy: the same plan goes on, and the end is the same',
  async (sandbox) => {
    const way = await cuttable(Number(new URL(sandbox.kubernetes.server).port));
    const folder = await mkdtemp(join(tmpdir(), 'hybrid-clusters-outage-'));
    try {
      await inNamespace(await through(sandbox, way.port, folder), async (live) => {
        const configMaps = Array.from(
          { length: 120 },
          (_, index) => `{apiVersion: v1, kind: ConfigMap, metadata: {name: c${index}, namespace: NS}, data: {a: b}}`,
        );
        const web =
          '{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: NS}, spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: w, image: "nginx:1.29"}]}}}}';
        const run = await live.start([...configMaps, web].join('\n---\n'));
        await sleep(40);
        way.cut();
        const before = run.events.filter(({ state }) => state === 'created').length;
        await sleep(1_500);
        way.mend();
        const summary = await run.done;
        assert.ok(before < 121, 'the cut came while it ran');
        assert.equal(summary.outcome, 'succeeded', summary.sentence);
        const there = await live.kubectl('get', 'configmaps,deployments', '-n', live.namespace, '-o', 'name');
        assert.equal(there.split('\n').filter((name) => /\/(c\d+|web)$/.test(name)).length, 121);
        const { plan } = await live.plan([...configMaps, web].join('\n---\n'));
        assert.equal(plan.counts.unchanged, 121);
      });
    } finally {
      way.close();
      await rm(folder, { recursive: true, force: true });
    }
  },
);
