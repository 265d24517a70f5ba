import { type Failure, failed, type Result, success } from '../../src/base/failure.ts';
import type {
  ApiKind,
  Applied,
  ApplyOptions,
  Cluster,
  ContextSummary,
  KubeObject,
  LiveTable,
  ObjectRef,
  Selection,
  Table,
  WatchEvent,
} from '../../src/kubernetes/cluster.ts';

const NAMESPACED: Readonly<Record<string, string>> = {
  'v1/ConfigMap': 'configmaps',
  'v1/Secret': 'secrets',
  'v1/Service': 'services',
  'v1/ServiceAccount': 'serviceaccounts',
  'v1/PersistentVolumeClaim': 'persistentvolumeclaims',
  'v1/Pod': 'pods',
  'v1/Event': 'events',
  'apps/v1/Deployment': 'deployments',
  'apps/v1/ReplicaSet': 'replicasets',
  'apps/v1/StatefulSet': 'statefulsets',
  'batch/v1/CronJob': 'cronjobs',
  'networking.k8s.io/v1/Ingress': 'ingresses',
  'networking.k8s.io/v1/NetworkPolicy': 'networkpolicies',
  'policy/v1/PodDisruptionBudget': 'poddisruptionbudgets',
  'discovery.k8s.io/v1/EndpointSlice': 'endpointslices',
  'gateway.networking.k8s.io/v1/Gateway': 'gateways',
  'gateway.networking.k8s.io/v1/HTTPRoute': 'httproutes',
  'batch/v1/Job': 'jobs',
  'autoscaling/v2/HorizontalPodAutoscaler': 'horizontalpodautoscalers',
};
const WHOLE_CLUSTER: Readonly<Record<string, string>> = {
  'v1/Namespace': 'namespaces',
  'v1/Node': 'nodes',
  'v1/PersistentVolume': 'persistentvolumes',
  'storage.k8s.io/v1/StorageClass': 'storageclasses',
  'apiextensions.k8s.io/v1/CustomResourceDefinition': 'customresourcedefinitions',
};

/** One request that came in, for assertions: `apply dry v1/ConfigMap shop/a`. */
export type Request = string;

/**
 * A cluster in memory, for the faults that a real API server does not make on demand and for counting requests. It knows objects, not schemas or controllers: whatever
 * a test expects of those is asked of the real API server instead.
 */
export class FakeCluster implements Cluster {
  readonly context: ContextSummary;
  readonly version = 'v1.36.3';
  readonly requests: Request[] = [];
  inFlight = 0;
  mostInFlight = 0;
  /** Answers an apply with a failure, or lets it pass. */
  refuse: (object: KubeObject, options: ApplyOptions) => Failure | undefined = () => undefined;
  /** Answers a table of a kind with a failure, or lets it pass. */
  refuseTable: (kind: string) => Failure | undefined = () => undefined;
  /** How long an apply takes. */
  latencyMs = 0;
  readonly #objects = new Map<string, KubeObject>();
  readonly #served = new Map<string, ApiKind>();
  readonly #watchers = new Set<(event: WatchEvent) => void>();
  #version = 100;

  constructor(context: Partial<ContextSummary> = {}) {
    this.context = {
      name: 'sandbox-admin',
      cluster: 'sandbox',
      server: 'https://127.0.0.1:6443',
      user: 'admin',
      namespace: undefined,
      source: { file: 'kubeconfig', line: 1 },
      insecure: false,
      exec: false,
      ...context,
    };
    for (const name of ['kube-system', 'default', 'shop'])
      this.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, uid: `uid-${name}` }, status: { phase: 'Active' } });
  }

  /** What a controller or another user writes: stored as it stands and told to the watches. */
  put(object: KubeObject): KubeObject {
    const key = refKey(object);
    const known = this.#objects.get(key);
    const stored: KubeObject = {
      ...object,
      metadata: { uid: known?.metadata.uid ?? `uid-${key}`, ...object.metadata, resourceVersion: String(++this.#version) },
    };
    this.#objects.set(key, stored);
    for (const tell of this.#watchers) tell({ type: known ? 'modified' : 'added', object: stored });
    return stored;
  }

  /** Serves the kind of an object from now on, as a definition of it would. */
  serve({ apiVersion, kind, metadata: { namespace } }: KubeObject): void {
    const name = `${apiVersion}/${kind}`;
    if (!(name in NAMESPACED) && !(name in WHOLE_CLUSTER))
      this.#served.set(name, apiKind(name, `${kind.toLowerCase()}s`, namespace !== undefined));
  }

  async connect() {
    return success({ version: this.version });
  }

  async kinds(): Promise<Result<readonly ApiKind[]>> {
    const rows = (table: Readonly<Record<string, string>>, namespaced: boolean) =>
      Object.entries(table).map(([name, resource]) => apiKind(name, resource, namespaced));
    return success([...rows(NAMESPACED, true), ...rows(WHOLE_CLUSTER, false), ...this.#served.values()]);
  }

  async kind(apiVersion: string, kind: string): Promise<Result<ApiKind>> {
    const kinds = await this.kinds();
    const found = kinds.ok
      ? kinds.value.find(
          (one) => `${one.group === '' ? '' : `${one.group}/`}${one.version}/${one.kind}` === `${apiVersion}/${kind}`,
        )
      : undefined;
    return found ? success(found) : failed('notFound', `${this.context.name} does not serve ${kind} in ${apiVersion}.`);
  }

  async get(ref: ObjectRef): Promise<Result<KubeObject>> {
    const found = this.#objects.get(keyOf(ref));
    return found ? success(found) : failed('notFound', `${ref.kind} ${ref.name} does not exist.`, { status: 404 });
  }

  async list(apiVersion: string, kind: string, selection: Selection = {}): ReturnType<Cluster['list']> {
    const items = [...this.#objects.values()].filter(
      (object) =>
        object.apiVersion === apiVersion &&
        object.kind === kind &&
        (selection.namespace === undefined || object.metadata.namespace === selection.namespace),
    );
    return success({ items, resourceVersion: String(this.#version) });
  }

  async apply(object: KubeObject, options: ApplyOptions = {}): Promise<Result<Applied>> {
    this.requests.push(`apply ${options.dryRun ? 'dry ' : ''}${refKey(object)}`);
    this.mostInFlight = Math.max(this.mostInFlight, ++this.inFlight);
    if (this.latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, this.latencyMs));
    this.inFlight--;
    const failure = this.refuse(object, options);
    if (failure) return { ok: false, failure };
    const known = this.#objects.get(refKey(object));
    const { resourceVersion } = object.metadata;
    if (resourceVersion !== undefined && resourceVersion !== known?.metadata.resourceVersion)
      return failed('conflict', 'the object has been modified', { status: 409 });
    const next: KubeObject = {
      ...known,
      ...object,
      metadata: { ...known?.metadata, ...object.metadata, managedFields: [{ manager: 'hybrid-clusters' }] },
    };
    return success({ object: options.dryRun ? next : this.put(next), created: known === undefined, warnings: [] });
  }

  async *watch(apiVersion: string, kind: string, selection: Selection, signal: AbortSignal): AsyncIterable<WatchEvent> {
    const queue: WatchEvent[] = [];
    let wake: () => void = () => undefined;
    const fits = (object: KubeObject) =>
      object.apiVersion === apiVersion &&
      object.kind === kind &&
      (selection.namespace === undefined || object.metadata.namespace === selection.namespace);
    const tell = (event: WatchEvent) => {
      if ('object' in event && fits(event.object)) queue.push(event);
      wake();
    };
    for (const object of this.#objects.values()) if (fits(object)) queue.push({ type: 'added', object });
    queue.push({ type: 'synced' });
    this.#watchers.add(tell);
    signal.addEventListener('abort', () => wake());
    try {
      while (!signal.aborted) {
        const event = queue.shift();
        if (event) yield event;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    } finally {
      this.#watchers.delete(tell);
    }
  }

  async delete(ref: ObjectRef): Promise<Result<void>> {
    const known = this.#objects.get(keyOf(ref));
    if (!known) return failed('notFound', `${ref.kind} ${ref.name} does not exist.`);
    this.#objects.delete(keyOf(ref));
    for (const tell of this.#watchers) tell({ type: 'deleted', object: known });
    return success(undefined);
  }

  async patch(ref: ObjectRef, patch: unknown, { subresource }: { subresource?: string } = {}): Promise<Result<void>> {
    this.requests.push(`patch ${keyOf(ref)}${subresource ? `/${subresource}` : ''} ${JSON.stringify(patch)}`);
    return this.#objects.has(keyOf(ref)) ? success(undefined) : failed('notFound', `${ref.kind} ${ref.name} does not exist.`);
  }

  /** The name alone is printed. As the real one, it hands out no more of an object than was asked for. */
  async table(
    { group, version, kind }: ApiKind,
    { include = 'Metadata', labelSelector, fieldSelector, ...selection }: Parameters<Cluster['table']>[1] = {},
  ): Promise<Result<Table>> {
    const apiVersion = group === '' ? version : `${group}/${version}`;
    this.requests.push(`table ${kind} ${[selection.namespace, labelSelector, fieldSelector].filter(Boolean).join(' ')}`.trim());
    const refusal = this.refuseTable(kind);
    if (refusal) return { ok: false, failure: refusal };
    const listed = await this.list(apiVersion, kind, selection);
    if (!listed.ok) return listed;
    const { items } = listed.value;
    const marks = (labelSelector ?? '').split(',').filter(Boolean);
    const fields: Readonly<Record<string, (object: KubeObject) => unknown>> = {
      'metadata.name': ({ metadata }) => metadata.name,
      'spec.nodeName': ({ spec }) => (spec as { nodeName?: string } | undefined)?.nodeName,
    };
    const [field = '', wanted] = (fieldSelector ?? '').split('=');
    const rows = items
      .filter(({ metadata }) =>
        marks.every((mark) => `${mark.split('=')[0]}=${metadata.labels?.[mark.split('=')[0] ?? '']}` === mark),
      )
      .filter((object) => wanted === undefined || fields[field]?.(object) === wanted)
      .map((object) => ({
        cells: [object.metadata.name],
        object:
          include === 'Object'
            ? object
            : { apiVersion: 'meta.k8s.io/v1', kind: 'PartialObjectMetadata', metadata: object.metadata },
      }));
    const columns = [{ name: 'Name', type: 'string', format: '', priority: 0, description: '' }];
    return success({ columns, rows: rows.slice(0, selection.limit), resourceVersion: String(this.#version) });
  }
  socket(..._request: Parameters<Cluster['socket']>): ReturnType<Cluster['socket']> {
    return Promise.resolve(failed('unsupported', 'A fake cluster opens no connections.'));
  }

  live(..._request: Parameters<Cluster['live']>): LiveTable {
    throw new Error('a fake cluster keeps no live tables');
  }
  async raw(..._request: Parameters<Cluster['raw']>): Promise<Result<string>> {
    return failed('notFound', 'A fake cluster has no other paths.');
  }
  async stream(..._request: Parameters<Cluster['stream']>): ReturnType<Cluster['stream']> {
    return failed('notFound', 'A fake cluster has no other paths.');
  }
  readonly onDidChange = () => ({ dispose() {} });
  refresh(): void {}
  dispose(): void {}
}

function apiKind(name: string, resource: string, namespaced: boolean): ApiKind {
  const [kind = '', version = '', group = ''] = name.split('/').reverse();
  return {
    group,
    version,
    versions: [version],
    kind,
    resource,
    singular: kind.toLowerCase(),
    shortNames: [],
    namespaced,
    verbs: ['get', 'list', 'watch', 'patch'],
    categories: [],
    subresources: [],
  };
}

function refKey({ apiVersion, kind, metadata }: KubeObject): string {
  return keyOf({
    apiVersion,
    kind,
    name: metadata.name,
    ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
  });
}

function keyOf({ apiVersion, kind, namespace, name }: ObjectRef): string {
  return `${apiVersion}/${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}
