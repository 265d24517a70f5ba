import type { Clock } from '../../src/base/clock.ts';
import { createHttp, type HttpStream } from '../../src/base/http.ts';
import { silentLogger } from '../../src/base/logger.ts';
import type { Cluster } from '../../src/kubernetes/cluster.ts';
import { Credentials } from '../../src/kubernetes/credentials.ts';
import { ExecSessions } from '../../src/kubernetes/execSessions.ts';
import { openCluster } from '../../src/kubernetes/openCluster.ts';
import { type Script, type ScriptedServer, scriptedServer } from '../support/scriptedServer.ts';

const resource = (name: string, kind: string) => ({
  resource: name,
  responseKind: { kind },
  scope: 'Namespaced',
  verbs: ['list', 'watch'],
});
const discovery: Script = {
  'GET /api': {
    json: {
      kind: 'APIGroupDiscoveryList',
      items: [{ metadata: { name: '' }, versions: [{ version: 'v1', resources: [resource('configmaps', 'ConfigMap')] }] }],
    },
  },
  'GET /apis': { json: { kind: 'APIGroupDiscoveryList', items: [] } },
};

/** A cluster on a scripted API server that knows ConfigMaps; waiting takes no time and is noted, in ms. */
export interface ScriptedCluster {
  readonly cluster: Cluster;
  readonly server: ScriptedServer;
  readonly waits: readonly number[];
}

/** Runs with such a cluster. `user` is the user entry's value; with `waitMs` each wait takes that long. */
export async function withScriptedCluster<T>(
  script: Script,
  body: (scripted: ScriptedCluster) => Promise<T>,
  { user = {}, waitMs = 0 }: { user?: Record<string, unknown>; waitMs?: number } = {},
): Promise<T> {
  await using server = await scriptedServer({ ...discovery, ...script });
  const http = createHttp();
  const waits: number[] = [];
  const clock: Clock = {
    now: () => Date.now(),
    sleep: async (ms) => {
      waits.push(ms);
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    },
  };
  const source = { file: '/config', line: 1 };
  const sessions = new ExecSessions({ env: process.env, mayRun: async () => true, logger: silentLogger });
  const credentials = new Credentials(
    { name: 'a', value: { server: server.url }, ...source },
    { name: 'kim', value: user, ...source },
    sessions,
  );
  const cluster = openCluster(
    {
      name: 'test',
      cluster: 'a',
      server: server.url,
      user: 'kim',
      namespace: undefined,
      source,
      insecure: false,
      exec: false,
    },
    credentials,
    { http, clock },
  );
  try {
    return await body({ cluster, server, waits });
  } finally {
    cluster.dispose();
    http.dispose();
  }
}

/** A `Status` that says no. */
export function refusal(code: number, reason: string, message = `${reason} told`): object {
  return { kind: 'Status', status: 'Failure', code, reason, message };
}

/** A stream that says `text` and then nothing, until it is closed. */
export function silentAfter(text: string): HttpStream {
  let close = () => {};
  const closed = new Promise<void>((resolve) => {
    close = resolve;
  });
  async function* chunks() {
    yield Buffer.from(text);
    await closed;
  }
  return { status: 200, headers: {}, chunks: chunks(), whole: false, close };
}
