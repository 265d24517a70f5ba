import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { failed, type Result, success } from '../base/failure.ts';
import type { Cluster, KubeObject, ObjectMeta, ObjectRef } from './cluster.ts';

/** One revision of a Helm release, as Helm stores it. Source: helm/helm v3, `pkg/release/release.go`; unknown fields are kept. */
export interface Release {
  readonly name: string;
  readonly namespace?: string;
  /** The revision, from 1. */
  readonly version: number;
  readonly info?: {
    readonly status?: string;
    readonly description?: string;
    readonly notes?: string;
    readonly last_deployed?: string;
  };
  readonly chart?: {
    readonly metadata?: { readonly name?: string; readonly version?: string; readonly appVersion?: string };
    readonly values?: Readonly<Record<string, unknown>>;
  };
  /** What the user supplied. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** The objects, as YAML documents. */
  readonly manifest?: string;
}

/** One revision as its labels tell it: known without reading what the release holds. */
export interface StoredRevision {
  readonly name: string;
  readonly revision: number;
  /** `deployed`, `superseded`, `failed`, `pending-upgrade`, … */
  readonly status: string;
  /** The Secret or ConfigMap that holds it. */
  readonly stored: ObjectRef;
  readonly resourceVersion: string | undefined;
}

/** The kinds Helm stores releases in (`HELM_DRIVER` secret and configmap). */
export const helmStores = ['Secret', 'ConfigMap'] as const;
/** What every stored revision is labelled with (helm v3, `pkg/storage/driver/secrets.go`). */
export const helmSelector = 'owner=helm';

/** Reads the labels of a Secret or ConfigMap of Helm; undefined for one that is none. */
export function storedRevision(kind: (typeof helmStores)[number], metadata: ObjectMeta): StoredRevision | undefined {
  const { name, status = 'unknown', version, owner } = metadata.labels ?? {};
  if (name === undefined || owner !== 'helm' || !/^\d+$/.test(version ?? '')) return undefined;
  const { namespace, resourceVersion } = metadata;
  const stored = { apiVersion: 'v1', kind, name: metadata.name, ...(namespace === undefined ? {} : { namespace }) };
  return { name, revision: Number(version), status, stored, resourceVersion };
}

/** The revisions of each release, newest first; releases by name. */
export function releasesOf(revisions: readonly StoredRevision[]): readonly (readonly [StoredRevision, ...StoredRevision[]])[] {
  const releases = Map.groupBy(revisions, ({ name, stored }) => `${stored.namespace}/${name}`);
  return [...releases.values()].flatMap((all) => {
    const [first, ...others] = all.toSorted((one, other) => other.revision - one.revision);
    return first ? [[first, ...others] as const] : [];
  });
}

/** Asks for a stored revision and reads it. */
export async function readRelease(cluster: Cluster, { stored }: StoredRevision): Promise<Result<Release>> {
  const object = await cluster.get(stored);
  return object.ok ? decodeRelease(object.value) : object;
}

/** No release that Kubernetes can store (1 MiB) unpacks to more than this; a body that does is no release. */
const largest = 256 * 1024 * 1024;
const unzip = promisify(gunzip);

/** What a Secret (base64 once more, by the API) or ConfigMap of Helm holds: base64 of gzipped JSON; not gzipped by the first Helm 3. Fails with `malformed`, its content in no sentence. */
export async function decodeRelease(object: KubeObject): Promise<Result<Release>> {
  const wrong = failed('malformed', `${object.kind} ${object.metadata.name} holds no Helm release that can be read.`);
  const data = object['data'];
  const packed = typeof data === 'object' && data !== null && 'release' in data ? data.release : undefined;
  if (typeof packed !== 'string') return wrong;
  try {
    const inner = object.kind === 'Secret' ? Buffer.from(packed, 'base64').toString('latin1') : packed;
    const bytes = Buffer.from(inner, 'base64');
    const zipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
    const release: unknown = JSON.parse((zipped ? await unzip(bytes, { maxOutputLength: largest }) : bytes).toString('utf8'));
    return isRelease(release) ? success(release) : wrong;
  } catch {
    return wrong;
  }
}

function isRelease(value: unknown): value is Release {
  return isMap(value) && typeof value['name'] === 'string' && typeof value['version'] === 'number';
}

/** The values a release was rendered with: the chart's, those of the user over them; a null of the user takes a key away (`helm get values --all`). */
export function computedValues({ chart, config }: Release): Readonly<Record<string, unknown>> {
  return over(chart?.values ?? {}, config ?? {});
}

function over(base: Readonly<Record<string, unknown>>, values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(values)) {
    const below = result[key];
    if (value === null) delete result[key];
    else result[key] = isMap(value) && isMap(below) ? over(below, value) : value;
  }
  return result;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
