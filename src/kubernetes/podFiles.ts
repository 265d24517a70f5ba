import { createReadStream } from 'node:fs';
import { lstat, mkdir, open, readdir } from 'node:fs/promises';
import { basename, join, posix } from 'node:path';
import { failed, type Result, success } from '../base/failure.ts';
import { plainText } from '../base/plainText.ts';
import { type ReadEntry, readTar, type TarEntry, TornArchive, tarEnd, tarHeader, tarPadding } from '../base/tar.ts';
import type { Cluster } from './cluster.ts';
import { type ContainerRef, nameOf, openPodStream, type PodStream, runInPod } from './podExec.ts';

/** Seen while files are copied, and how it is ended early. */
export interface Copying {
  /** Bytes copied so far, and the file that they belong to. */
  readonly onProgress?: (bytes: number, path: string) => void;
  readonly signal?: AbortSignal;
}

/** What came of copying. */
export interface Copied {
  readonly files: number;
  readonly bytes: number;
  /** Links, devices, and paths that lead out of the folder: left out. */
  readonly skipped: readonly string[];
}

const cancelled = failed('cancelled', 'Cancelled.');
/**
 * Copies a file or folder of a container into a folder here, by the container's own `tar` as `kubectl cp` does. What is there already is written over. Nothing outside of the
 * folder is written: links, absolute paths and `..` are skipped, and no link that stands in the folder is followed.
 * Fails with `unsupported` when the container has no tar, `notFound` when it has no such file, and as the connection fails; what had come by then stays.
 */
export async function copyFromPod(
  cluster: Cluster,
  where: ContainerRef,
  path: string,
  folder: string,
  copying: Copying = {},
): Promise<Result<Copied>> {
  const clean = posix.normalize(path).replace(/(.)\/$/, '$1');
  const parent = posix.dirname(clean);
  const command = ['tar', '-cf', '-', '-C', parent, `./${posix.basename(clean)}`];
  const opened = await openPodStream(cluster, where, { command, stdin: false, tty: false }, copying.signal);
  if (!opened.ok) return opened;
  const said = new Said(opened.value);
  const unpacked = await unpack(said.out(), folder, copying).catch(async (error: NodeJS.ErrnoException) => {
    // How tar ended tells more than how its archive did.
    if (error instanceof TornArchive) return void (await said.rest());
    opened.value.close();
    return failed('invalid', `${folder} cannot be written to (${error.code ?? 'unknown'}). Choose another folder.`);
  });
  if (copying.signal?.aborted) return cancelled;
  if (unpacked && !unpacked.ok) return unpacked;
  const ended = await tarEnded(opened.value, said, where);
  if (!ended.ok) return ended;
  return unpacked ?? failed('malformed', `What tar in container ${nameOf(where)} sent is no archive: ${said.words}`);
}

/**
 * Copies a file or folder from here into a folder of a container. Links are skipped. Fails like {@link copyFromPod}, and with `conflict` when a file changes while it is read.
 */
export async function copyToPod(
  cluster: Cluster,
  where: ContainerRef,
  path: string,
  folder: string,
  copying: Copying = {},
): Promise<Result<Copied>> {
  const command = ['tar', '-xmf', '-', '-C', folder];
  const opened = await openPodStream(cluster, where, { command, stdin: true, tty: false }, copying.signal);
  if (!opened.ok) return opened;
  const stream = opened.value;
  const said = new Said(stream);
  const reading = said.rest();
  const sent = await pack(stream, path, copying);
  // A tar that gave up is the cause of what could not be sent, and says so itself.
  if (sent.ok) await stream.endInput();
  else if (sent.failure.reason !== 'offline') stream.close();
  await reading;
  if (copying.signal?.aborted) return cancelled;
  if (!sent.ok && sent.failure.reason !== 'offline') return sent;
  const ended = await tarEnded(stream, said, where);
  if (ended.ok) return sent;
  // A tar that ends early ends the connection, and what it said may be lost with it.
  const isLost = ended.failure.reason === 'offline';
  const seen = isLost ? await runInPod(cluster, where, ['ls', '-d', folder], copying.signal) : ended;
  if (!seen.ok || seen.value.code === 0) return ended;
  return failed('notFound', `Container ${nameOf(where)} has no folder ${plainText(folder, 200)}. Make it, or choose another.`);
}

/** The end of tar as an outcome: 1 is what GNU tar says of a file that changed meanwhile. */
async function tarEnded(stream: PodStream, { words }: Said, where: ContainerRef): Promise<Result<void>> {
  const end = await stream.ended;
  const noTar = () =>
    failed(
      'unsupported',
      `Container ${nameOf(where)} has no tar, by which files are copied. Copy by a debug container with this one as its target.`,
    );
  if (!end.ok) return end.failure.reason === 'unsupported' ? noTar() : end;
  const { code } = end.value;
  if (code === 0 || code === 1) return success(undefined);
  if (code === 126 || code === 127) return noTar();
  const reason = /no such file|not found/i.test(words) ? 'notFound' : /denied|read-only/i.test(words) ? 'forbidden' : 'invalid';
  return failed(reason, `tar in container ${nameOf(where)} did not copy: ${words || `it ended with ${code}`}`);
}

/** What a program says on its second stream, kept as a sentence. */
class Said {
  readonly #stream: PodStream;
  #error = '';

  constructor(stream: PodStream) {
    this.#stream = stream;
  }

  get words(): string {
    return plainText(this.#error, 300);
  }

  async *out(): AsyncGenerator<Uint8Array> {
    for await (const { from, bytes } of this.#stream.output)
      if (from === 'out') yield bytes;
      else if (this.#error.length < 4096) this.#error += Buffer.from(bytes).toString('utf8');
  }

  async rest(): Promise<void> {
    for await (const _ of this.out());
  }
}

async function unpack(
  chunks: AsyncIterable<Uint8Array>,
  folder: string,
  { onProgress, signal }: Copying,
): Promise<Result<Copied>> {
  const skipped: string[] = [];
  let [files, bytes] = [0, 0];
  for await (const entry of readTar(chunks)) {
    if (signal?.aborted) return cancelled;
    const parts = safeParts(entry.path);
    const target = parts && entry.kind !== 'other' ? await placeFor(folder, parts, entry.kind) : undefined;
    if (target === undefined) skipped.push(plainText(entry.path, 200));
    else if (entry.kind === 'file') {
      await write(entry, target, (length) => {
        bytes += length;
        onProgress?.(bytes, entry.path);
      });
      files++;
    }
  }
  return success({ files, bytes, skipped });
}

/** The parts of a path below the folder; undefined for one that leads out of it, or that a system could read otherwise. */
export function safeParts(path: string): readonly string[] | undefined {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  const unsafe = path.startsWith('/') || parts.some((part) => part === '..' || /[\\:\0]/.test(part));
  return unsafe || parts.length === 0 ? undefined : parts;
}

/** Makes the folders on the way; undefined when a link or something else stands there. */
async function placeFor(folder: string, parts: readonly string[], kind: TarEntry['kind']): Promise<string | undefined> {
  const folders = kind === 'folder' ? parts : parts.slice(0, -1);
  let place = folder;
  for (const part of folders) {
    place = join(place, part);
    const found = await lstat(place).catch(() => undefined);
    if (!found) await mkdir(place);
    else if (!found.isDirectory()) return undefined;
  }
  if (kind === 'folder') return place;
  const target = join(folder, ...parts);
  const found = await lstat(target).catch(() => undefined);
  return found && !found.isFile() ? undefined : target;
}

async function write({ body, mode }: ReadEntry, target: string, wrote: (bytes: number) => void): Promise<void> {
  const file = await open(target, 'w', mode | 0o200);
  try {
    for await (const piece of body) {
      await file.writeFile(piece);
      wrote(piece.length);
    }
  } finally {
    await file.close();
  }
}

async function pack(stream: PodStream, path: string, { onProgress, signal }: Copying): Promise<Result<Copied>> {
  const skipped: string[] = [];
  let [files, bytes, size] = [0, 0, 0];
  const write = (part: Uint8Array) => {
    size += part.length;
    return stream.write(part);
  };
  const lost = failed('offline', 'The connection ended before all was sent. Try again.');
  for await (const found of walk(path, basename(path))) {
    if (signal?.aborted) return cancelled;
    if ('trouble' in found) return unreadable(found.file, found.trouble);
    const { file, entry } = found;
    if (entry.kind === 'other') {
      skipped.push(entry.path);
      continue;
    }
    if (!(await write(tarHeader(entry)))) return lost;
    if (entry.kind !== 'file') continue;
    let left = entry.size;
    // One byte more than it had tells that it grows.
    try {
      for await (const chunk of createReadStream(file, { end: entry.size })) {
        left -= (chunk as Buffer).length;
        if (left < 0) break;
        if (!(await write(chunk as Buffer))) return lost;
        bytes += (chunk as Buffer).length;
        onProgress?.(bytes, entry.path);
      }
    } catch (error) {
      return unreadable(file, codeOf(error));
    }
    if (left !== 0) return failed('conflict', `${file} changed while it was read. Copy it again.`);
    if (!(await write(tarPadding(entry.size)))) return lost;
    files++;
  }
  return (await write(tarEnd(size))) ? success({ files, bytes, skipped }) : lost;
}

type Found = { readonly file: string; readonly entry: TarEntry } | { readonly file: string; readonly trouble: string };

/** A file, or a folder and what is in it; links are told and not followed. */
async function* walk(file: string, path: string): AsyncGenerator<Found> {
  try {
    const stats = await lstat(file);
    const { size, mode, mtimeMs: modified } = stats;
    const kind = stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : 'other';
    yield { file, entry: { path, kind, size: kind === 'file' ? size : 0, mode, modified } };
    if (kind !== 'folder') return;
    for (const name of (await readdir(file)).sort()) yield* walk(join(file, name), `${path}/${name}`);
  } catch (error) {
    yield { file, trouble: codeOf(error) };
  }
}

const unreadable = (file: string, code: string) => failed('invalid', `${file} cannot be read (${code}).`);
const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : 'unknown');
