import { failed, type Result, success } from '../base/failure.ts';
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
  const found = await findSchema(cluster, apiVersion, kind);
  return found.ok ? found.value : undefined;
}

/** The same as a result: `notFound` when the server publishes none, else why it could not be asked. */
export async function findSchema(cluster: Cluster, apiVersion: string, kind: string): Promise<Result<PublishedSchema>> {
  const read = await remembered(cluster, apiVersion, () => fetchSchemas(cluster, apiVersion));
  if (!read.ok) return read;
  const name = nameOfKind(read.value, apiVersion, kind);
  if (name === undefined) return none(apiVersion);
  return success({ $ref: refPrefix + name, components: { schemas: reachable(read.value, name) } });
}

/**
 * What the schemas of a group and version are now, as a text that changes when they do (the path of their document, which holds the server's hash of it). Fails as {@link findSchema}.
 */
export async function schemasVersion(cluster: Cluster, apiVersion: string): Promise<Result<string>> {
  const index = await remembered(cluster, '', () => fetchIndex(cluster));
  if (!index.ok) return index;
  const path = apiVersion.includes('/') ? `apis/${apiVersion}` : `api/${apiVersion}`;
  const url = Object.hasOwn(index.value, path) ? field(index.value[path], 'serverRelativeURL') : undefined;
  return typeof url === 'string' && url.startsWith('/openapi/') ? success(url) : none(apiVersion);
}

type Schemas = Readonly<Record<string, unknown>>;
const known = new WeakMap<Cluster, Map<string, Promise<Result<Schemas>>>>();

const none = (apiVersion: string): Result<never> => failed('notFound', `The server publishes no schema of it in ${apiVersion}.`);

/** What could not be fetched is not remembered. */
function remembered(cluster: Cluster, what: string, ask: () => Promise<Result<Schemas>>): Promise<Result<Schemas>> {
  const answers = known.get(cluster) ?? remember(cluster);
  const open = answers.get(what) ?? ask();
  answers.set(what, open);
  void open.then(({ ok }) => ok || (answers.get(what) === open && answers.delete(what)));
  return open;
}

function remember(cluster: Cluster): Map<string, Promise<Result<Schemas>>> {
  const answers = new Map<string, Promise<Result<Schemas>>>();
  known.set(cluster, answers);
  cluster.onDidChange(({ kinds }) => kinds ?? answers.clear());
  return answers;
}

async function fetchIndex(cluster: Cluster): Promise<Result<Schemas>> {
  const index = await cluster.raw('/openapi/v3');
  return index.ok ? success(parsed<{ paths: Schemas }>(index.value).paths ?? {}) : index;
}

async function fetchSchemas(cluster: Cluster, apiVersion: string): Promise<Result<Schemas>> {
  const url = await schemasVersion(cluster, apiVersion);
  const answer = url.ok ? await cluster.raw(url.value) : url;
  return answer.ok ? success(parsed<Documents>(answer.value).components?.schemas ?? {}) : answer;
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
export function reachable(schemas: Schemas, from: string): Schemas {
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
