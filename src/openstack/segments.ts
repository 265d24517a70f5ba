import { randomUUID } from 'node:crypto';
import { type Result, success } from '../base/failure.ts';
import { textAt } from '../base/fields.ts';
import type { FileSource } from '../base/fileSource.ts';
import { jsonOf } from '../base/jsonBody.ts';
import { deleteObject, type Following, headObject, type ObjectPlace, objectPath, uploadObject } from './objectStore.ts';
import type { Project } from './project.ts';

/** How large one object, and one segment of a larger one, may be in bytes. Source: Swift, `max_file_size` and `max_manifest_segments`. */
export interface Limits {
  readonly object: number;
  readonly segment: number;
  readonly segments: number;
}

const gibibyte = 1024 ** 3;
const swiftLimits: Limits = { object: 5 * gibibyte, segment: gibibyte, segments: 1000 };

/** A thousand parts, each some hundred bytes. */
const mostManifestBytes = 4 * 1024 ** 2;

/**
 * Sends a file as one object, or where it is larger than the service takes at once, as a static large object: segments in the container `<container>_segments`,
 * named as python-swiftclient names them with a mark of this upload, and a manifest in the object's place. What was begun and is not finished is deleted. Fails as {@link uploadObject} does.
 */
export async function uploadFile(
  place: ObjectPlace,
  file: FileSource,
  how: Following & { readonly replace?: boolean } = {},
  limits: Limits = swiftLimits,
): Promise<Result<void>> {
  // Not every service heeds If-None-Match, and the manifest of a large object comes last: better known before hours of sending.
  const there = how.replace ? undefined : await headObject(place, how.signal);
  if (there?.ok) return { ok: false, failure: taken(place) };
  const old = how.replace ? await segmentsOf(place, how.signal) : [];
  const done = file.size <= limits.object ? await uploadObject(place, file, how) : await uploadLarge(place, file, how, limits);
  // What was replaced needs its parts no more.
  if (done.ok) await Promise.all(old.map((segment) => deleteObject(segment, false)));
  return done;
}

async function uploadLarge(
  place: ObjectPlace,
  file: FileSource,
  how: Following & { readonly replace?: boolean },
  limits: Limits,
): Promise<Result<void>> {
  const container = `${place.container}_segments`;
  const made = await ensureContainer(place.project, container);
  if (!made.ok) return made;
  const size = Math.max(limits.segment, Math.ceil(file.size / limits.segments));
  // Its own at each upload: the segments of an object that is there already stay whole until the new manifest is written.
  const prefix = `${place.name}/slo/${(file.modified / 1000).toFixed(6)}/${file.size}/${size}/${randomUUID()}/`;
  const sent: ObjectPlace[] = [];
  const all = await sendSegments({ ...place, container }, prefix, file, size, how, sent);
  const done = all.ok ? await putManifest(place, container, sent, file.size, size, how) : all;
  if (!done.ok) await Promise.all(sent.map((segment) => deleteObject(segment, false)));
  return done;
}

/** The parts of a large object that stand where its own uploads put them; none where there is no such object, or it cannot be read. */
async function segmentsOf(place: ObjectPlace, signal: AbortSignal | undefined): Promise<readonly ObjectPlace[]> {
  const head = await headObject(place, signal);
  const path = objectPath(place.container, place.name);
  if (!head.ok || !head.value.segmented || !path.ok) return [];
  const call = {
    service: 'object-store',
    path: path.value,
    query: new URLSearchParams({ 'multipart-manifest': 'get' }),
    doing: `read of what object ${place.name} is made`,
    ...(signal && { signal }),
  };
  const answer = await place.project.transfer(call, { method: 'GET', maxBytes: mostManifestBytes });
  const read = answer.ok ? jsonOf(answer.value, place.container) : answer;
  const container = `${place.container}_segments`;
  const own = `/${container}/${place.name}/slo/`;
  return (read.ok && Array.isArray(read.value) ? read.value : []).flatMap((part) => {
    const name = textAt(part, 'name') ?? '';
    return name.startsWith(own) ? [{ ...place, container, name: name.slice(container.length + 2) }] : [];
  });
}

async function sendSegments(
  place: ObjectPlace,
  prefix: string,
  file: FileSource,
  size: number,
  following: Following,
  sent: ObjectPlace[],
): Promise<Result<void>> {
  for (let start = 0; start < file.size; start += size) {
    const segment = { ...place, name: `${prefix}${String(sent.length).padStart(8, '0')}` };
    const part = file.part(start, Math.min(size, file.size - start));
    const done = await uploadObject(segment, part, { ...following, replace: true });
    if (!done.ok) return done;
    sent.push(segment);
  }
  return success(undefined);
}

/** Source: object store API reference, "Static large objects". */
async function putManifest(
  place: ObjectPlace,
  container: string,
  segments: readonly ObjectPlace[],
  total: number,
  size: number,
  { signal, replace }: Following & { readonly replace?: boolean },
): Promise<Result<void>> {
  const path = objectPath(place.container, place.name);
  if (!path.ok) return path;
  const manifest = segments.map(({ name }, index) => ({
    path: `/${container}/${name}`,
    size_bytes: Math.min(size, total - index * size),
  }));
  const call = {
    service: 'object-store',
    path: path.value,
    query: new URLSearchParams({ 'multipart-manifest': 'put' }),
    doing: `put the segments of object ${place.name} together`,
    ...(signal && { signal }),
  };
  const headers = { 'content-type': 'application/octet-stream', ...(replace ? {} : { 'if-none-match': '*' }) };
  const answer = await place.project.transfer(call, { method: 'PUT', body: JSON.stringify(manifest), headers });
  return answer.ok ? success(undefined) : answer;
}

/** One that is there already stays as it is. */
async function ensureContainer(project: Project, container: string): Promise<Result<void>> {
  const call = { service: 'object-store', path: `/${encodeURIComponent(container)}`, doing: `make container ${container}` };
  const answer = await project.transfer(call, { method: 'PUT' });
  return answer.ok ? success(undefined) : answer;
}

const taken = ({ name, container }: ObjectPlace) =>
  ({ reason: 'conflict', status: 412, message: `Object ${name} of container ${container} exists already.` }) as const;
