import type { ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Kubernetes } from '../sandbox/api/kubernetes.ts';
import { certificates } from './certificates.ts';
import { eventually } from './eventually.ts';

const group = 'metrics.k8s.io';
const version = `${group}/v1beta1`;
const registration = `/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.${group}`;
/** How a pod or node says what it uses, as for kwok (kwok, "ResourceUsage"): of a pod, each container. */
const annotations = { cpu: 'kwok.x-k8s.io/usage-cpu', memory: 'kwok.x-k8s.io/usage-memory' } as const;

interface Container {
  readonly name: string;
  readonly restartPolicy?: string;
}

interface Measured {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: { readonly containers?: readonly Container[]; readonly initContainers?: readonly Container[] };
  readonly status?: { readonly phase?: string };
}

/** Plays metrics-server behind the API server's own aggregation layer, for as long as a test wants one. */
export interface MetricsServer extends AsyncDisposable {
  /** Paths that were asked for, below the group's version, without the API server's own discovery. */
  readonly asked: readonly string[];
  /** From now on figures come (`well`), are refused (`refuses`), or nothing comes at all (`hangs`). Discovery answers in any case. */
  become(state: 'well' | 'refuses' | 'hangs'): void;
}

/**
 * Registers the metrics API with the API server and answers for it. Pods and nodes use what their annotations say; those that say nothing, and pods that do not run, are not measured, as
 * metrics-server leaves out what it could not scrape. The shape of the answers is that of metrics-server 0.9 (k8s.io/metrics, v1beta1).
 */
export async function metricsServer(kubeconfig: string, namespace: string): Promise<MetricsServer> {
  const kubernetes = new Kubernetes(kubeconfig);
  const authority = certificates();
  const asked: string[] = [];
  const held = new Set<ServerResponse>();
  let state: 'well' | 'refuses' | 'hangs' = 'well';
  const server = createServer(authority.issue(`DNS:metrics-server.${namespace}.svc`), (request, response) => {
    const path = new URL(request.url ?? '', 'https://metrics').pathname.slice(`/apis/${version}`.length);
    if (path === '') return send(response, 200, discovery);
    asked.push(path);
    if (state === 'hangs') return void held.add(response);
    if (state === 'refuses') return send(response, 503, refusal(503, 'metrics are not available'));
    void answerTo(kubernetes, path).then(
      (found) => send(response, found ? 200 : 404, found ?? refusal(404, `no metrics known for ${path}`)),
      (error: unknown) => send(response, 500, refusal(500, String(error))),
    );
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const service = `/api/v1/namespaces/${namespace}/services/metrics-server`;
  const end = async () => {
    await kubernetes.delete(registration);
    await kubernetes.delete(service);
    kubernetes.close();
    for (const response of held) response.destroy();
    server.close();
    server.closeAllConnections();
    authority.dispose();
  };
  try {
    const names = { name: 'metrics-server', namespace };
    const external = { type: 'ExternalName', externalName: 'localhost' };
    await kubernetes.apply(service, { apiVersion: 'v1', kind: 'Service', metadata: names, spec: external }, 'test');
    await kubernetes.apply(
      registration,
      {
        apiVersion: 'apiregistration.k8s.io/v1',
        kind: 'APIService',
        metadata: { name: `v1beta1.${group}` },
        spec: {
          group,
          version: 'v1beta1',
          groupPriorityMinimum: 100,
          versionPriority: 100,
          service: { ...names, port },
          caBundle: Buffer.from(authority.ca).toString('base64'),
        },
      },
      'test',
    );
    await eventually('the metrics API is served', async () => {
      const groups = await kubernetes.get<{ groups: readonly { name: string }[] }>('/apis');
      const nodes = await kubernetes.find(`/apis/${version}/nodes`).catch(() => undefined);
      return nodes !== undefined && groups.groups.some(({ name }) => name === group);
    });
  } catch (error) {
    await end();
    throw error;
  }
  asked.length = 0;
  return {
    asked,
    become: (next) => {
      state = next;
    },
    [Symbol.asyncDispose]: end,
  };
}

const resource = (name: string, kind: string, namespaced: boolean) => ({
  name,
  singularName: '',
  namespaced,
  kind,
  verbs: ['get', 'list'],
});
const discovery = {
  kind: 'APIResourceList',
  apiVersion: 'v1',
  groupVersion: version,
  resources: [resource('nodes', 'NodeMetrics', false), resource('pods', 'PodMetrics', true)],
};

async function answerTo(kubernetes: Kubernetes, path: string): Promise<unknown> {
  const [, namespace, kind = '', name] = /^(?:\/namespaces\/([^/]+))?\/(pods|nodes)(?:\/([^/]+))?$/.exec(path) ?? [];
  const place = kind === 'nodes' ? 'nodes' : namespace === undefined ? 'pods' : `namespaces/${namespace}/pods`;
  const { items } = await kubernetes.list<Measured>(`/api/v1/${place}`);
  const metrics = kind === 'nodes' ? items.flatMap(usageOf) : items.flatMap(podUsage);
  if (name !== undefined) return metrics.map((one) => one).find((one) => one.metadata.name === name);
  return { kind: kind === 'nodes' ? 'NodeMetricsList' : 'PodMetricsList', apiVersion: version, metadata: {}, items: metrics };
}

function usageOf({ metadata: { name, namespace, annotations: said = {} } }: Measured) {
  const { [annotations.cpu]: cpu, [annotations.memory]: memory } = said;
  if (cpu === undefined || memory === undefined) return [];
  const timestamp = new Date().toISOString().replace(/\.\d+/, '');
  return [{ metadata: { name, ...(namespace && { namespace }) }, timestamp, window: '15.05s', usage: { cpu, memory } }];
}

function podUsage(pod: Measured) {
  if (pod.status?.phase !== 'Running') return [];
  const { containers = [], initContainers = [] } = pod.spec;
  const running = [...initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always'), ...containers];
  return usageOf(pod).map(({ usage, ...rest }) => ({
    ...rest,
    containers: running.map(({ name }) => ({ name, usage })),
  }));
}

const refusal = (code: number, message: string) => ({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code, message });

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
