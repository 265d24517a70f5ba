import { createHash } from 'node:crypto';
import type { Writable } from 'node:stream';
import { failed, type Result, success } from '../base/failure.ts';
import { jsonOf } from '../base/jsonBody.ts';
import type { Source } from '../base/transfer.ts';
import { textAt } from './columns.ts';
import type { Resource } from './kind.ts';
import type { Following } from './objectStore.ts';
import type { Project } from './project.ts';

/** Disk formats of the image service. Source: image API reference v2, `disk_format`. */
export const diskFormats = ['qcow2', 'raw', 'iso', 'vmdk', 'vdi', 'vhd', 'vhdx', 'ploop', 'ami', 'ari', 'aki'] as const;
export type DiskFormat = (typeof diskFormats)[number];

/** What the first bytes of a file, and a place further on, say of its format. Sources: QEMU's docs/interop, ECMA-119 (volume descriptor at sector 16), the VHD and VHDX specifications. */
const magics: readonly (readonly [format: DiskFormat, at: number, magic: string])[] = [
  ['qcow2', 0, 'QFI\xfb'],
  ['vmdk', 0, 'KDMV'],
  ['vmdk', 0, 'COWD'],
  ['vmdk', 0, '# Disk DescriptorFile'],
  ['vhdx', 0, 'vhdxfile'],
  ['vhd', 0, 'conectix'],
  ['vdi', 0x40, '\x7f\x10\xda\xbe'],
  ['iso', 0x8001, 'CD001'],
];

/** So many bytes from the start of a file tell its format. */
export const formatBytes = 0x8006;

/** The format that the first {@link formatBytes} of a file show; `raw` where they show none. */
export function diskFormatOf(head: Uint8Array): DiskFormat {
  const text = Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString('latin1');
  return magics.find(([, at, magic]) => text.startsWith(magic, at))?.[0] ?? 'raw';
}

/** What is said of a new image. */
export interface NewImage {
  readonly name: string;
  readonly diskFormat: DiskFormat;
}

const service = 'image';

/**
 * Makes an image of a file: its record, then its bytes, then a comparison of the sums. Whatever goes wrong, or is cancelled, the record is deleted again.
 * Answers with the image as the service has it. Fails with `malformed` when it has other bytes than were sent.
 */
export async function uploadImage(
  project: Project,
  { name, diskFormat }: NewImage,
  source: Source,
  { onBytes, signal }: Following = {},
): Promise<Result<Resource>> {
  const record = { name, disk_format: diskFormat, container_format: 'bare', visibility: 'private' };
  const made = await project.create('image.image', { method: 'POST', body: record }, signal && { signal });
  if (!made.ok) return made;
  const id = textAt({ body: made.value.body }, 'body.id');
  if (id === undefined) return failed('malformed', `Cloud ${project.cloud} made image ${name} without an id.`);
  const digest = createHash(usualHash);
  const onChunk = (chunk: Uint8Array) => {
    digest.update(chunk);
    onBytes?.(chunk.length);
  };
  const headers = { 'content-type': 'application/octet-stream' };
  const call = { service, path: `/images/${id}/file`, doing: `upload image ${name}`, ...(signal && { signal }) };
  const sent = await project.transfer(call, { method: 'PUT', body: source, headers, onChunk });
  const done = sent.ok ? await compared(project, id, name, digest.digest('hex'), source) : sent;
  if (!done.ok) await project.transfer({ service, path: `/images/${id}`, doing: `delete image ${name}` }, { method: 'DELETE' });
  project.refresh(['image.image']);
  return done;
}

/** Brings an image into a stream. Fails with `malformed` when its sum is not the one the service names, and with `notFound` for one that has no bytes. */
export async function downloadImage(
  project: Project,
  image: Resource,
  open: () => Writable,
  { onBytes, signal }: Following = {},
): Promise<Result<void>> {
  const name = textAt(image, 'name') ?? textAt(image, 'id') ?? '';
  const sum = sumOf(image);
  const digest = sum && createHash(sum.algorithm);
  const onChunk = (chunk: Uint8Array) => {
    digest?.update(chunk);
    onBytes?.(chunk.length);
  };
  const path = `/images/${encodeURIComponent(textAt(image, 'id') ?? '')}/file`;
  const call = { service, path, doing: `download image ${name}`, ...(signal && { signal }) };
  const answer = await project.transfer(call, { method: 'GET', sink: open, onChunk });
  if (!answer.ok) return answer;
  if (answer.value.status === 204) return failed('notFound', `Image ${name} of cloud ${project.cloud} has no bytes yet.`);
  if (!sum || digest?.digest('hex') === sum.value) return success(undefined);
  return failed('malformed', `Image ${name} did not arrive as it is stored (its ${sum.algorithm} sum differs). Try again.`);
}

/** The service's default. Source: Glance, `hashing_algorithm`. */
const usualHash = 'sha512';

/** The sum that the service names: of the algorithm it chose, else the MD5 sum of older ones. */
function sumOf(image: Resource): { readonly algorithm: string; readonly value: string } | undefined {
  const [algorithm, value, md5] = [textAt(image, 'os_hash_algo'), textAt(image, 'os_hash_value'), textAt(image, 'checksum')];
  if (algorithm !== undefined && value !== undefined && /^(sha\d{3}|md5)$/.test(algorithm)) return { algorithm, value };
  return md5 === undefined ? undefined : { algorithm: 'md5', value: md5 };
}

/** The image with the bytes that were sent; where the service sums in another way, the file is read once more. */
async function compared(project: Project, id: string, name: string, sent: string, source: Source): Promise<Result<Resource>> {
  const call = { service, path: `/images/${id}`, doing: `read image ${name}` };
  const answer = await project.transfer(call, { method: 'GET' });
  const image = answer.ok ? jsonOf(answer.value, `Cloud ${project.cloud}`) : answer;
  if (!image.ok) return image;
  const resource = image.value as Resource;
  const sum = sumOf(resource);
  const own = !sum || sum.algorithm === usualHash ? sent : await digestOf(source, sum.algorithm);
  if (!sum || own === sum.value) return success(resource);
  return failed(
    'malformed',
    `Image ${name} did not arrive as it was sent (its ${sum.algorithm} sum differs) and was deleted. Upload it again.`,
  );
}

async function digestOf(source: Source, algorithm: string): Promise<string> {
  const digest = createHash(algorithm);
  for await (const chunk of source.open()) digest.update(chunk);
  return digest.digest('hex');
}
