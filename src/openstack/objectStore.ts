import { createHash } from 'node:crypto';
import { Readable, type Writable } from 'node:stream';
import { failed, type Result, success } from '../base/failure.ts';
import type { HttpResponse } from '../base/http.ts';
import { jsonOf } from '../base/jsonBody.ts';
import type { Source } from '../base/transfer.ts';
import type { Moved } from './client.ts';
import { textAt } from './columns.ts';
import type { Resource } from './kind.ts';
import type { Project } from './project.ts';

/** Where an object is. Names are any text up to 1,024 bytes; a `/` in one makes folders for the eye only. */
export interface ObjectPlace {
  readonly project: Project;
  readonly container: string;
  readonly name: string;
}

/** One look at a folder: pseudo-folders as prefixes that end with `/`, objects as the service lists them, and where the next page begins. */
export interface FolderPage {
  readonly folders: readonly string[];
  readonly objects: readonly Resource[];
  readonly next: string | undefined;
}

/** An object without its bytes. */
export interface ObjectHead {
  readonly size: number;
  /** In ms since the epoch. */
  readonly modified: number;
  readonly etag: string;
  /** Made of segments that are objects of their own (static or dynamic large object). */
  readonly segmented: boolean;
  /** Headers that a new version of it must bring along, since a PUT replaces them all. */
  readonly kept: Readonly<Record<string, string>>;
}

/** How a transfer is followed and ended. */
export interface Following {
  readonly onBytes?: (count: number) => void;
  readonly signal?: AbortSignal;
}

const service = 'object-store';
/** The service's own cap. Source: Swift, `container_listing_limit`. */
const pageLimit = 10_000;
/** Operators may cap pages lower (Ceph: 1,000), and do not say so: a page this long may go on, though it holds less than was asked for. */
const longPage = 100;

/** One page below `prefix`: a level of folders, or with `deep` every object. Fails with `notFound` for an unknown container. */
export async function listFolder(
  project: Project,
  container: string,
  prefix: string,
  {
    marker,
    limit = pageLimit,
    deep = false,
    signal,
  }: {
    readonly marker?: string | undefined;
    readonly limit?: number;
    readonly deep?: boolean;
    readonly signal?: AbortSignal;
  } = {},
): Promise<Result<FolderPage>> {
  const path = containerPath(container);
  if (!path.ok) return path;
  const query = new URLSearchParams({ format: 'json', limit: String(limit), prefix });
  if (!deep) query.set('delimiter', '/');
  if (marker !== undefined) query.set('marker', marker);
  const doing = `list the objects of container ${container}`;
  const answer = await project.transfer(
    { service, path: path.value, query, doing, ...(signal && { signal }) },
    { method: 'GET' },
  );
  const json = answer.ok ? (answer.value.status === 204 ? success([]) : jsonOf(answer.value, `Cloud ${project.cloud}`)) : answer;
  if (!json.ok) return json;
  if (!Array.isArray(json.value)) return failed('malformed', `Cloud ${project.cloud} answered without a list of objects.`);
  const entries = json.value as readonly Resource[];
  const last = entries.at(-1);
  const next = last && (textAt(last, 'subdir') ?? textAt(last, 'name'));
  return success({
    folders: entries.flatMap((entry) => textAt(entry, 'subdir') ?? []),
    objects: entries.filter((entry) => typeof entry['name'] === 'string'),
    next: entries.length < Math.min(limit, longPage) ? undefined : next,
  });
}

/** Every object below `prefix`, a page at a time; ends after a page that failed. */
export async function* listDeep(
  project: Project,
  container: string,
  prefix: string,
  signal?: AbortSignal,
): AsyncGenerator<Result<readonly Resource[]>> {
  let marker: string | undefined;
  do {
    const page = await listFolder(project, container, prefix, { deep: true, marker, ...(signal && { signal }) });
    yield page.ok ? success(page.value.objects) : page;
    if (!page.ok || page.value.next === marker) return;
    marker = page.value.next;
  } while (marker !== undefined);
}

/** What is known of an object without its bytes, always asked for anew. */
export async function headObject(place: ObjectPlace, signal?: AbortSignal): Promise<Result<ObjectHead>> {
  const answer = await move(place, 'look at', { method: 'HEAD' }, signal && { signal });
  return answer.ok ? success(headOf(answer.value)) : answer;
}

/** The bytes of an object that fits in memory, and which version they are. Fails with `malformed` when it has more than `maxBytes`. */
export async function readObject(
  place: ObjectPlace,
  maxBytes: number,
): Promise<Result<{ readonly bytes: Uint8Array; readonly etag: string }>> {
  const answer = await move(place, 'read', { method: 'GET', maxBytes });
  return answer.ok ? success({ bytes: answer.value.body, etag: headOf(answer.value).etag }) : answer;
}

/**
 * Replaces an object's bytes and keeps its type and metadata; answers with the etag of the new version. `seen` is the one that the writer knows: another one by now fails with `conflict`.
 * The service has no condition for this, so that somebody may still be a moment faster.
 */
export async function writeObject(place: ObjectPlace, bytes: Uint8Array, seen: string | undefined): Promise<Result<string>> {
  const now = await headObject(place);
  if (!now.ok && now.failure.reason !== 'notFound') return now;
  if (seen !== undefined && now.ok && now.value.etag !== seen)
    return failed('conflict', `Object ${place.name} was changed by someone else and was not saved.`);
  if (now.ok && now.value.segmented)
    return failed(
      'unsupported',
      `Object ${place.name} is made of segments and cannot be edited in place. Download it, and upload it again.`,
    );
  const source: Source = { size: bytes.byteLength, open: () => Readable.from([bytes]) };
  return await putObject(place, source, now.ok ? now.value.kept : {});
}

/**
 * Sends a new object, or with `replace` a new version. Without it, one that is there already fails with `conflict` and status 412 before any byte is sent.
 * What arrived is compared with what was sent by its MD5 sum.
 */
export async function uploadObject(
  place: ObjectPlace,
  source: Source,
  { replace = false, ...following }: Following & { readonly replace?: boolean } = {},
): Promise<Result<void>> {
  const put = await putObject(place, source, replace ? {} : { 'if-none-match': '*' }, following);
  return put.ok ? success(undefined) : put;
}

/** Brings an object into a stream. Fails when it is torn, and with `malformed` when its MD5 sum is not the one the service names. */
export async function downloadObject(place: ObjectPlace, open: () => Writable, following: Following = {}): Promise<Result<void>> {
  const digest = createHash('md5');
  const answer = await move(
    place,
    'download',
    { method: 'GET', sink: open, onChunk: (chunk) => digest.update(chunk) },
    following,
  );
  if (!answer.ok) return answer;
  const { etag, segmented } = headOf(answer.value);
  if (segmented || !isMd5(etag) || digest.digest('hex') === etag) return success(undefined);
  return failed('malformed', `Object ${place.name} did not arrive as it is stored (its MD5 sum differs). Try again.`);
}

/** Deletes an object, with its segments where the list says that it has any. One that is gone already is deleted well enough. */
export async function deleteObject(place: ObjectPlace, segmented: boolean, signal?: AbortSignal): Promise<Result<void>> {
  const query = segmented ? { 'multipart-manifest': 'delete' } : {};
  const answer = await move(place, 'delete', { method: 'DELETE' }, signal && { signal }, query);
  return answer.ok || answer.failure.reason === 'notFound' ? success(undefined) : answer;
}

/** Whether an entry of a list is a static large object. Source: object store API reference, `slo_etag` of a listing. */
export function isSegmented(object: Resource): boolean {
  return typeof object['slo_etag'] === 'string';
}

async function putObject(
  place: ObjectPlace,
  source: Source,
  headers: Readonly<Record<string, string>>,
  following?: Following,
): Promise<Result<string>> {
  const digest = createHash('md5');
  const onChunk = (chunk: Uint8Array) => digest.update(chunk);
  const answer = await move(place, 'upload', { method: 'PUT', body: source, headers, onChunk }, following);
  if (!answer.ok) return answer;
  const etag = headOf(answer.value).etag;
  if (!isMd5(etag) || etag === digest.digest('hex')) return success(etag);
  return failed('malformed', `Object ${place.name} did not arrive as it was sent (its MD5 sum differs). Upload it again.`);
}

async function move(
  { project, container, name }: ObjectPlace,
  verb: string,
  moved: Moved,
  { onBytes, signal }: Following = {},
  query: Readonly<Record<string, string>> = {},
): Promise<Result<HttpResponse>> {
  const path = objectPath(container, name);
  if (!path.ok) return path;
  const call = {
    service,
    path: path.value,
    doing: `${verb} object ${name} of container ${container}`,
    query: new URLSearchParams(query),
    ...(signal && { signal }),
  };
  const onChunk = (chunk: Uint8Array) => {
    moved.onChunk?.(chunk);
    onBytes?.(chunk.length);
  };
  return await project.transfer(call, { ...moved, onChunk });
}

/**
 * Where an object is below the account, encoded. Slashes stay slashes, since many a proxy refuses `%2F`; only where they would be read as another path
 * (`a//b`, `../a`) are they encoded as well. Fails with `unsupported` for names that no URL can say.
 */
export function objectPath(container: string, name: string): Result<string> {
  const base = containerPath(container);
  if (!base.ok) return base;
  const segments = name.split('/').map(encodeURIComponent);
  if (/^\.{0,2}$/.test(name)) return failed('unsupported', `An object named "${name}" cannot be asked for.`);
  const isPlain = segments.every((segment) => !/^\.{0,2}$/.test(segment));
  return success(`${base.value}/${segments.join(isPlain ? '/' : '%2F')}`);
}

function containerPath(container: string): Result<string> {
  return /^\.{0,2}$/.test(container)
    ? failed('unsupported', `A container named "${container}" cannot be asked for.`)
    : success(`/${encodeURIComponent(container)}`);
}

/** Headers of an object. Source: object store API reference, "Show object metadata"; `x-timestamp` is finer than `last-modified`. */
function headOf({ headers }: HttpResponse): ObjectHead {
  const stamp = Number(headers['x-timestamp']) * 1000;
  // What is read of these is unpacked, and goes back so.
  const isUnpacked = /^(?:x-)?gzip$|^deflate$/.test(headers['content-encoding'] ?? '');
  const kept = Object.entries(headers).filter(
    ([header]) =>
      (/^(content-type|content-disposition|content-encoding|x-delete-at)$/.test(header) &&
        !(isUnpacked && header === 'content-encoding')) ||
      header.startsWith('x-object-meta-'),
  );
  return {
    size: Number(headers['content-length'] ?? 0),
    modified: Number.isNaN(stamp) ? Date.parse(headers['last-modified'] ?? '') || 0 : Math.round(stamp),
    etag: (headers['etag'] ?? '').replaceAll('"', ''),
    segmented: headers['x-static-large-object'] !== undefined || headers['x-object-manifest'] !== undefined,
    kept: Object.fromEntries(kept),
  };
}

const isMd5 = (etag: string) => /^[0-9a-f]{32}$/.test(etag);
