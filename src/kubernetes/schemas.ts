import type { Cluster } from './cluster.ts';

/** A JSON schema as the API server publishes it, self-contained: `$ref`s lead into its own `components.schemas`. */
export interface PublishedSchema {
  readonly $ref: string;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

interface Documents {
  readonly components?: { readonly schemas?: Readonly<Record<string, unknown>> };
}

const refPrefix = '#/components/schemas/';

/**
 * The schema of a kind from the cluster's OpenAPI v3, CRDs included; undefined when the server publishes none for it. One request for the index, one for each group and version;
 * both answers are kept for as long as the cluster object lives and nothing of its kinds changes. Source: `GET /openapi/v3`, Kubernetes 1.27 and later.
 */
export async function readSchema(cluster: Cluster, apiVersion: string, kind: string): Promise<PublishedSchema | undefined> {
  const schemas = await schemasOf(cluster, apiVersion);
  const name = schemas && nameOfKind(schemas, apiVersion, kind);
  if (!schemas || name === undefined) return undefined;
  return { $ref: refPrefix + name, components: { schemas: reachable(schemas, name) } };
}

type Schemas = Readonly<Record<string, unknown>>;
const known = new WeakMap<Cluster, Map<string, Promise<Schemas | undefined>>>();

function schemasOf(cluster: Cluster, apiVersion: string): Promise<Schemas | undefined> {
  const documents = known.get(cluster) ?? remember(cluster);
  const open = documents.get(apiVersion) ?? fetchSchemas(cluster, apiVersion);
  documents.set(apiVersion, open);
  // What could not be fetched is not remembered.
  void open.then((schemas) => schemas ?? documents.delete(apiVersion));
  return open;
}

function remember(cluster: Cluster): Map<string, Promise<Schemas | undefined>> {
  const documents = new Map<string, Promise<Schemas | undefined>>();
  known.set(cluster, documents);
  cluster.onDidChange(({ kinds }) => kinds ?? documents.clear());
  return documents;
}

async function fetchSchemas(cluster: Cluster, apiVersion: string): Promise<Schemas | undefined> {
  const index = await cluster.raw('/openapi/v3');
  if (!index.ok) return undefined;
  const { paths } = parsed<{ paths?: Record<string, { serverRelativeURL?: string }> }>(index.value);
  const path = apiVersion.includes('/') ? `apis/${apiVersion}` : `api/${apiVersion}`;
  const url = paths && Object.hasOwn(paths, path) ? paths[path]?.serverRelativeURL : undefined;
  if (!url?.startsWith('/openapi/')) return undefined;
  const answer = await cluster.raw(url);
  if (!answer.ok) return undefined;
  return parsed<Documents>(answer.value).components?.schemas;
}

/** What is torn or not JSON publishes nothing. */
function parsed<T extends object>(text: string): Partial<T> {
  try {
    return (JSON.parse(text) as T | null) ?? {};
  } catch {
    return {};
  }
}

function nameOfKind(schemas: Schemas, apiVersion: string, kind: string): string | undefined {
  const slash = apiVersion.indexOf('/');
  const [group, version] = slash < 0 ? ['', apiVersion] : [apiVersion.slice(0, slash), apiVersion.slice(slash + 1)];
  return Object.keys(schemas).find((name) => {
    const list = field(schemas[name], 'x-kubernetes-group-version-kind');
    const is = (one: unknown) =>
      field(one, 'group') === group && field(one, 'version') === version && field(one, 'kind') === kind;
    // Options of deletion and the like name every kind there is: a schema of one kind names one.
    return Array.isArray(list) && list.length === 1 && is(list[0]);
  });
}

/** The schemas that a schema leads to, itself included. */
function reachable(schemas: Schemas, from: string): Schemas {
  const found: Record<string, unknown> = {};
  const queue = [from];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (Object.hasOwn(found, name) || !Object.hasOwn(schemas, name)) continue;
    found[name] = schemas[name];
    queue.push(...refsIn(schemas[name]));
  }
  return found;
}

function refsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '$ref' && typeof inner === 'string' ? [inner.slice(refPrefix.length)] : refsIn(inner),
  );
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;
}
