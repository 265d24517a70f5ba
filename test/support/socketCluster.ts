import type { Result } from '../../src/base/failure.ts';
import { createHttp } from '../../src/base/http.ts';
import { silentLogger } from '../../src/base/logger.ts';
import type { MessageSocket } from '../../src/base/messageSocket.ts';
import { KubeClient } from '../../src/kubernetes/client.ts';
import type { KubeObject } from '../../src/kubernetes/cluster.ts';
import { type Credentials, Credentials as Signed } from '../../src/kubernetes/credentials.ts';
import { ExecSessions } from '../../src/kubernetes/execSessions.ts';
import { FakeCluster } from './fakeCluster.ts';
import { type ServedSocket, socketServer } from './socketServer.ts';

/** A cluster in memory whose connections to pods lead to a scripted server. */
export class SocketCluster extends FakeCluster {
  readonly #client: KubeClient;
  readonly paths: string[] = [];

  constructor(client: KubeClient) {
    super();
    this.#client = client;
  }

  override socket(path: string, protocols: readonly string[], signal?: AbortSignal): Promise<Result<MessageSocket>> {
    this.paths.push(path);
    return this.#client.socket({ path, signal }, protocols);
  }
}

/** Runs with such a cluster; `play` is what the node's end of each connection does. */
export async function withSocketCluster<T>(
  play: (socket: ServedSocket, earlier: number) => unknown,
  body: (cluster: SocketCluster) => Promise<T>,
  options?: { readonly protocol?: string },
): Promise<T> {
  await using server = await socketServer(play, options);
  const http = createHttp();
  const sessions = new ExecSessions({ env: {}, mayRun: async () => false, logger: silentLogger });
  const entry = { file: '/config', line: 1, name: 'a' };
  const credentials: Credentials = new Signed({ ...entry, value: { server: server.url } }, undefined, sessions);
  try {
    return await body(new SocketCluster(new KubeClient(http, credentials, 'sandbox-admin')));
  } finally {
    http.dispose();
  }
}

/** A pod of namespace shop with one container, ready or not. */
export function podOf(name: string, { ready = true, port = 80 }: { ready?: boolean; port?: number } = {}): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'shop', uid: `uid-${name}`, creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: { containers: [{ name: 'main', image: 'nginx', ports: [{ containerPort: port, name: 'http' }] }] },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  };
}

/** A `Status` on channel 3. */
export const statusOf = (status: object): readonly [number, string] => [3, JSON.stringify({ kind: 'Status', ...status })];
