/** One file or folder of an archive. */
export interface TarEntry {
  /** With `/` between its parts, as the archive names it: not to be trusted. */
  readonly path: string;
  /** `other`: a link, a device, a pipe. */
  readonly kind: 'file' | 'folder' | 'other';
  /** In bytes; 0 for all but files. */
  readonly size: number;
  /** Permission bits. */
  readonly mode: number;
  /** Ms since the epoch. */
  readonly modified: number;
}

/** An entry that is being read. What is not taken of its body is passed over. */
export interface ReadEntry extends TarEntry {
  readonly body: AsyncIterable<Uint8Array>;
}

/** What is no archive, or ends in the middle of one. */
export class TornArchive extends Error {}

const block = 512;
/** Name, mode, size … and their offsets: POSIX.1-1988 "ustar"; types `L` and numbers in base 256: GNU tar manual, "Basic Tar Format"; `x`: POSIX.1-2001 pax. */
const fields = { name: [0, 100], mode: [100, 8], size: [124, 12], mtime: [136, 12], sum: [148, 8], prefix: [345, 155] } as const;
const typeAt = 156;
/** Names and pax records are short; what is longer is no archive. */
const mostNamed = 1024 * 1024;

/** GNU tar reads a whole record before it looks at any of it. */
const record = 20 * block;

/** Ends an archive of so many bytes. */
export function tarEnd(size: number): Uint8Array {
  const end = size + 2 * block;
  return Buffer.alloc(2 * block + ((record - (end % record)) % record));
}

/** What stands before an entry's bytes. A path longer than 100 bytes is told in GNU's way, which busybox knows too. */
export function tarHeader(entry: TarEntry): Uint8Array {
  const path = Buffer.from(entry.kind === 'folder' ? `${entry.path}/` : entry.path);
  if (path.length <= 100) return headerBlock(entry, path, entry.kind === 'folder' ? '5' : '0');
  const name = Buffer.concat([path, Buffer.alloc(1)]);
  const long = headerBlock({ ...entry, size: name.length }, Buffer.from('././@LongLink'), 'L');
  const header = headerBlock(entry, path.subarray(0, 100), entry.kind === 'folder' ? '5' : '0');
  return Buffer.concat([long, name, tarPadding(name.length), header]);
}

/** What stands behind an entry's bytes. */
export function tarPadding(size: number): Uint8Array {
  return Buffer.alloc((block - (size % block)) % block);
}

/** Reads an archive as it comes. Throws {@link TornArchive}. */
export async function* readTar(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ReadEntry> {
  const source = new Bytes(chunks);
  let told: { path?: string; size?: number } = {};
  for (;;) {
    const header = await source.take(block);
    if (header === undefined || header.every((byte) => byte === 0)) break;
    const type = String.fromCharCode(header[typeAt] ?? 0);
    const entry = entryOf(header, type, told);
    if (type === 'L' || type === 'x' || type === 'g' || type === 'K') {
      const text = (await source.text(entry.recorded)).replace(/\0+$/, '');
      if (type === 'L') told = { ...told, path: text };
      if (type === 'x') told = { ...told, ...paxOf(text) };
      continue;
    }
    told = {};
    const body = source.body(entry.recorded);
    yield { ...entry, body };
    for await (const _ of body);
    await source.pass(tarPadding(entry.recorded).length);
  }
  await source.drain();
}

function headerBlock({ size, mode, modified }: TarEntry, name: Buffer, type: string): Buffer {
  const header = Buffer.alloc(block);
  name.copy(header, 0);
  const octal = ([at, length]: readonly [number, number], value: number) =>
    header.write(value.toString(8).padStart(length - 1, '0'), at, 'latin1');
  octal(fields.mode, mode & 0o777);
  octal([108, 8], 0);
  octal([116, 8], 0);
  if (size < 0o100000000000) octal(fields.size, size);
  else {
    header[fields.size[0]] = 0x80;
    header.writeBigUInt64BE(BigInt(size), fields.size[0] + 4);
  }
  octal(fields.mtime, Math.max(0, Math.floor(modified / 1000)));
  header.write(`${type}`, typeAt, 'latin1');
  header.write('ustar\x0000', 257, 'latin1');
  header.fill(' ', fields.sum[0], fields.sum[0] + fields.sum[1]);
  header.write(`${checksum(header).toString(8).padStart(6, '0')}\0 `, fields.sum[0], 'latin1');
  return header;
}

function entryOf(header: Buffer, type: string, told: { path?: string; size?: number }): TarEntry & { readonly recorded: number } {
  const sum = number(header, fields.sum);
  const blanked = Buffer.from(header).fill(' ', fields.sum[0], fields.sum[0] + fields.sum[1]);
  if (sum !== checksum(blanked)) throw new TornArchive('not a tar archive');
  const isPosix = header.toString('latin1', 257, 263) === 'ustar\0';
  const prefix = isPosix ? text(header, fields.prefix) : '';
  const path = told.path ?? [prefix, text(header, fields.name)].filter(Boolean).join('/');
  const recorded = told.size ?? number(header, fields.size);
  const kind = type === '5' ? 'folder' : type === '0' || type === '\0' || type === '7' ? 'file' : 'other';
  return {
    path,
    kind,
    size: kind === 'file' ? recorded : 0,
    mode: number(header, fields.mode) & 0o777,
    modified: number(header, fields.mtime) * 1000,
    // A link records the size of what it leads to, and has no body.
    recorded: type === '1' || type === '2' ? 0 : recorded,
  };
}

/** `27 path=a/long/name\n` and so on. */
function paxOf(records: string): { path?: string; size?: number } {
  const path = /^\d+ path=(.*)$/m.exec(records)?.[1];
  const size = /^\d+ size=(\d+)$/m.exec(records)?.[1];
  return { ...(path === undefined ? {} : { path }), ...(size === undefined ? {} : { size: Number(size) }) };
}

function checksum(header: Buffer): number {
  return header.reduce((sum, byte) => sum + byte, 0);
}

function text(header: Buffer, [at, length]: readonly [number, number]): string {
  return header.toString('utf8', at, at + length).replace(/\0.*$/s, '');
}

function number(header: Buffer, place: readonly [number, number]): number {
  const [at, length] = place;
  if (((header[at] ?? 0) & 0x80) === 0) return Number.parseInt(text(header, place).trim() || '0', 8) || 0;
  return header.subarray(at + 1, at + length).reduce((value, byte) => value * 256 + byte, 0);
}

/** Chunks as a run of bytes. */
class Bytes {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** So many bytes; undefined at the end. */
  async take(size: number): Promise<Buffer | undefined> {
    while (this.#rest.length < size) {
      const more = await this.#next();
      if (!more && this.#rest.length === 0) return undefined;
      if (!more) throw new TornArchive('the archive ends early');
      this.#rest = Buffer.concat([this.#rest, more]);
    }
    const taken = this.#rest.subarray(0, size);
    this.#rest = this.#rest.subarray(size);
    return taken;
  }

  /** What stands in a block of its own, with its padding. */
  async text(size: number): Promise<string> {
    if (size > mostNamed) throw new TornArchive('a name that is too long');
    const taken = await this.take(size + tarPadding(size).length);
    if (!taken) throw new TornArchive('the archive ends early');
    return taken.toString('utf8', 0, size);
  }

  /** The next bytes as they come; going on with it where one left off. */
  body(size: number): AsyncIterable<Uint8Array> {
    let left = size;
    const pieces = this.#pieces.bind(this);
    return {
      async *[Symbol.asyncIterator]() {
        while (left > 0) {
          const piece = await pieces(left);
          left -= piece.length;
          yield piece;
        }
      },
    };
  }

  async pass(size: number): Promise<void> {
    for await (const _ of this.body(size));
  }

  /** Reads on to the end of what comes, past the archive's own. */
  async drain(): Promise<void> {
    while (await this.#next());
  }

  async #pieces(most: number): Promise<Buffer> {
    if (this.#rest.length === 0) {
      const more = await this.#next();
      if (!more) throw new TornArchive('the archive ends early');
      this.#rest = more;
    }
    const piece = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(piece.length);
    return piece;
  }

  async #next(): Promise<Buffer | undefined> {
    const { value, done } = await this.#chunks.next();
    return done ? undefined : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  }
}
