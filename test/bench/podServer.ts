/**
 * An API server with many pods in a process of its own: no cluster here has so many. Lists whole or in pages, as objects or as the server's own table; watches with
 * bookmarks and, when told to, so and so many changes a second. `node podServer.ts PODS NAMESPACES`; sends `{port}`, takes `{churn: EVENTS_A_SECOND}` and answers `{changed}` to `{churn: 0}`.
 */
import http from 'node:http';
import type { AddressInfo } from 'node:net';

const [pods = 1000, namespaces = 1] = process.argv.slice(2).map(Number);
const perNamespace = pods / namespaces;
const restarts = new Uint32Array(pods);
let version = 1_000_000;

const number = (index: number) => String(index).padStart(6, '0');
const namespaceOf = (index: number) => `team-${String(Math.floor(index / perNamespace)).padStart(2, '0')}`;
const nameOf = (index: number) => `web-6f7d9c5b8-${number(index)}`;

const field = (depth: number): object => (depth === 0 ? {} : { 'f:spec': field(depth - 1), 'f:containers': {}, 'f:status': {} });
/** What the metadata of a pod of a Deployment holds, a third of it about who manages which field. */
const metadata = {
  name: '$name',
  generateName: 'web-6f7d9c5b8-',
  namespace: '$namespace',
  uid: '11111111-2222-4333-8444-$number000000',
  resourceVersion: '1000000',
  creationTimestamp: '2026-01-01T00:00:00Z',
  labels: { app: 'web', 'pod-template-hash': '6f7d9c5b8', tier: 'front', 'app.kubernetes.io/part-of': 'shop' },
  annotations: {
    'prometheus.io/scrape': 'true',
    'kubernetes.io/limit-ranger': 'LimitRanger plugin set: cpu, memory request for container app',
  },
  ownerReferences: [
    {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      name: 'web-6f7d9c5b8',
      uid: '99999999-2222-4333-8444-555555555555',
      controller: true,
    },
  ],
  managedFields: ['kube-controller-manager', 'kubelet'].map((manager) => ({
    manager,
    operation: 'Update',
    apiVersion: 'v1',
    time: '2026-01-01T00:00:00Z',
    fieldsType: 'FieldsV1',
    fieldsV1: Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`f:field-${index}`, field(2)])),
  })),
};
const env = Array.from({ length: 8 }, (_, index) => ({ name: `SETTING_${index}`, value: `value of setting ${index}` }));
const probe = {
  httpGet: { path: '/health', port: 8080, scheme: 'HTTP' },
  timeoutSeconds: 1,
  periodSeconds: 10,
  failureThreshold: 3,
};
const pod = {
  metadata,
  spec: {
    containers: [
      {
        name: 'app',
        image: 'registry.example/shop/web:1.2.3',
        ports: [{ containerPort: 8080, protocol: 'TCP' }],
        env,
        resources: { limits: { cpu: '500m', memory: '256Mi' }, requests: { cpu: '100m', memory: '128Mi' } },
        livenessProbe: probe,
        readinessProbe: probe,
        volumeMounts: [{ name: 'token', readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }],
        terminationMessagePath: '/dev/termination-log',
        terminationMessagePolicy: 'File',
        imagePullPolicy: 'IfNotPresent',
      },
    ],
    volumes: [
      {
        name: 'token',
        projected: { sources: [{ serviceAccountToken: { expirationSeconds: 3607, path: 'token' } }], defaultMode: 420 },
      },
    ],
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    serviceAccountName: 'default',
    nodeName: 'node-1',
    tolerations: [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }],
  },
  status: {
    phase: 'Running',
    conditions: ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => ({
      type,
      status: 'True',
      lastProbeTime: null,
      lastTransitionTime: '2026-01-01T00:00:10Z',
    })),
    hostIP: '10.0.0.1',
    podIP: '10.244.1.7',
    startTime: '2026-01-01T00:00:00Z',
    containerStatuses: [
      {
        name: 'app',
        state: { running: { startedAt: '2026-01-01T00:00:09Z' } },
        lastState: {},
        ready: true,
        restartCount: 0,
        image: 'registry.example/shop/web:1.2.3',
        imageID: `registry.example/shop/web@sha256:${'ab'.repeat(32)}`,
        containerID: `containerd://${'cd'.repeat(32)}`,
        started: true,
      },
    ],
    qosClass: 'Burstable',
  },
};

const places: Readonly<Record<string, (index: number) => string>> = { name: nameOf, namespace: namespaceOf, number };

/** Text with places for what differs from pod to pod. */
const writer = (value: object) => {
  const parts = JSON.stringify(value).split(/\$(name(?:space)?|number)/);
  return (index: number) => parts.map((part, at) => (at % 2 === 0 ? part : places[part]?.(index))).join('');
};
const wholePod = writer(pod);
const onlyMetadata = writer({ kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata });
const columnDefinitions = ['Name', 'Ready', 'Status', 'Restarts', 'Age', 'IP', 'Node'].map((name, index) => ({
  name,
  type: 'string',
  format: index === 0 ? 'name' : '',
  description: 'What is told of a pod.',
  priority: index > 4 ? 1 : 0,
}));
const columns = JSON.stringify(columnDefinitions);

function rowOf(index: number, include: string): string {
  const object = include === 'None' ? 'null' : include === 'Object' ? wholePod(index) : onlyMetadata(index);
  return `{"cells":["${nameOf(index)}","1/1","Running","${restarts[index]}","4m","10.244.1.7","node-1"],"object":${object}}`;
}

function* listText(from: number, to: number, more: boolean, table: string | undefined): Generator<string> {
  const head = `"metadata":{"resourceVersion":"${version}"${more ? `,"continue":"${to}"` : ''}}`;
  yield table === undefined
    ? `{"kind":"PodList","apiVersion":"v1",${head},"items":[`
    : `{"kind":"Table","apiVersion":"meta.k8s.io/v1",${head},"columnDefinitions":${columns},"rows":[`;
  for (let at = from; at < to; at += 500) {
    const indexes = Array.from({ length: Math.min(500, to - at) }, (_, offset) => at + offset);
    yield (at > from ? ',' : '') +
      indexes.map((index) => (table === undefined ? wholePod(index) : rowOf(index, table))).join(',');
  }
  yield ']}';
}

const watchers = new Set<{
  readonly from: number;
  readonly to: number;
  readonly table: string;
  readonly response: http.ServerResponse;
}>();

function watch(from: number, to: number, table: string, response: http.ServerResponse): void {
  const watcher = { from, to, table, response };
  watchers.add(watcher);
  response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
  response.on('close', () => watchers.delete(watcher));
}

function tell(type: string, to: (watcher: { from: number; to: number }) => boolean, rows: (table: string) => string): void {
  for (const watcher of watchers)
    if (to(watcher)) {
      const object = `{"kind":"Table","metadata":{"resourceVersion":"${version}"},"columnDefinitions":null,"rows":[${rows(watcher.table)}]}`;
      watcher.response.write(`{"type":"${type}","object":${object}}\n`);
    }
}

let changed = 0;
let churning: NodeJS.Timeout | undefined;
function churn(perSecond: number): void {
  clearInterval(churning);
  const began = performance.now();
  let done = 0;
  if (perSecond === 0) process.send?.({ changed });
  else
    churning = setInterval(() => {
      for (const due = ((performance.now() - began) / 1000) * perSecond; done < due; done++) {
        const index = Math.floor(Math.random() * pods);
        restarts[index] = (restarts[index] ?? 0) + 1;
        version += 1;
        changed += 1;
        tell(
          'MODIFIED',
          ({ from, to }) => index >= from && index < to,
          (table) => rowOf(index, table),
        );
      }
    }, 10);
}
setInterval(
  () =>
    tell(
      'BOOKMARK',
      () => true,
      () => '',
    ),
  30_000,
).unref();

const resources = [
  {
    resource: 'pods',
    responseKind: { group: '', version: 'v1', kind: 'Pod' },
    scope: 'Namespaced',
    singularResource: 'pod',
    verbs: ['list', 'watch', 'get'],
  },
];
const discovered = (items: object[]) => ({
  kind: 'APIGroupDiscoveryList',
  apiVersion: 'apidiscovery.k8s.io/v2',
  metadata: {},
  items,
});
const answers: Readonly<Record<string, object>> = {
  '/version': { gitVersion: 'v1.36.0', major: '1', minor: '36' },
  '/api': discovered([{ metadata: { name: '' }, versions: [{ version: 'v1', freshness: 'Current', resources }] }]),
  '/apis': discovered([]),
};

const server = http.createServer(({ url = '/', headers }, response) => {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  const found = /^\/api\/v1(?:\/namespaces\/team-(\d+))?\/pods$/.exec(pathname);
  if (!found) {
    const type = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
    const answer = answers[pathname];
    response
      .writeHead(answer ? 200 : 404, { 'content-type': answer ? type : 'application/json' })
      .end(JSON.stringify(answer ?? {}));
    return;
  }
  const start = found[1] === undefined ? 0 : Number(found[1]) * perNamespace;
  const end = found[1] === undefined ? pods : start + perNamespace;
  const table = headers.accept?.includes('as=Table') ? (searchParams.get('includeObject') ?? 'Metadata') : undefined;
  if (searchParams.has('watch')) return watch(start, end, table ?? 'Object', response);
  const from = Number(searchParams.get('continue') ?? start);
  const to = Math.min(end, from + Number(searchParams.get('limit') || pods));
  response.writeHead(200, { 'content-type': 'application/json' });
  const parts = listText(from, to, to < end, table);
  const step = () => {
    for (let next = parts.next(); !next.done; next = parts.next())
      if (!response.write(next.value)) return void response.once('drain', step);
    return void response.end();
  };
  step();
});
process.on('message', (message: { churn: number }) => churn(message.churn));
process.on('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
