import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kubectl } from '../e2e/kubectl.ts';
import type { SandboxEnvironment } from '../sandbox/place.ts';

const container = (name: string, cpu: string, memory: string, more = {}) => ({
  name,
  image: 'nginx',
  resources: { requests: { cpu, memory }, limits: { cpu: '1', memory: '512Mi' } },
  ...more,
});
const using = (cpu: string, memory: string) => ({ 'kwok.x-k8s.io/usage-cpu': cpu, 'kwok.x-k8s.io/usage-memory': memory });

/** A pod whose containers, but for the init container, each use so much (see metricsServer.ts). */
const pod = (namespace: string, name: string, cpu: string, memory: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace, annotations: using(cpu, memory) },
  spec: {
    nodeName: namespace,
    initContainers: [container('first', '700m', '16Mi'), container('proxy', '50m', '32Mi', { restartPolicy: 'Always' })],
    containers: [container('app', '250m', '128Mi')],
  },
});

const room = { cpu: '4', memory: '8Gi', pods: '10' };
const node = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, annotations: using('3', '6656Mi') },
  spec: { taints: [{ key: 'test', effect: 'NoSchedule' }] },
  status: { allocatable: room, capacity: room },
});

/** The pods `web` (its memory nears its limit) and `db` in a namespace of that name, on a node of that name where nothing else runs; all gone afterwards. */
export async function inMeasuredPlace(sandbox: SandboxEnvironment, name: string, play: () => Promise<void>): Promise<void> {
  const items = [node(name), pod(name, 'web', '123456789n', '480Mi'), pod(name, 'db', '2500u', '64Mi')];
  const file = join(tmpdir(), `${name}.json`);
  await writeFile(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  await kubectl(sandbox, 'create', 'namespace', name);
  try {
    await kubectl(sandbox, 'apply', '-f', file);
    await kubectl(sandbox, 'wait', '-n', name, '--for=condition=Ready', 'pod/web', 'pod/db', '--timeout=60s');
    await play();
  } finally {
    await rm(file, { force: true });
    await kubectl(sandbox, 'delete', 'namespace', name, '--wait=false');
    await kubectl(sandbox, 'delete', 'node', name, '--ignore-not-found');
  }
}
