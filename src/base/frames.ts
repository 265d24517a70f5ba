import { randomBytes } from 'node:crypto';
import { Ended } from './networkFailure.ts';

/** RFC 6455, section 5.2. Text is handed on as its bytes, like binary. */
export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** A whole message, or a control frame. */
export interface Received {
  readonly opcode: number;
  readonly payload: Buffer;
}

/** Kubernetes cuts its streams into pieces of 32 KiB; what is much larger is none of them. */
const maxBytes = 16 * 1024 * 1024;

/** One frame as a client sends it: final, masked (RFC 6455, section 5.3). */
export function frame(opcode: number, parts: readonly Uint8Array[]): Buffer {
  const size = parts.reduce((sum, { length }) => sum + length, 0);
  const extended = size < 126 ? 0 : size < 65_536 ? 2 : 8;
  const start = 2 + extended + 4;
  const bytes = Buffer.allocUnsafe(start + size);
  bytes[0] = 0x80 | opcode;
  bytes[1] = 0x80 | (extended === 0 ? size : extended === 2 ? 126 : 127);
  if (extended === 2) bytes.writeUInt16BE(size, 2);
  if (extended === 8) bytes.writeBigUInt64BE(BigInt(size), 2);
  const mask = randomBytes(4);
  mask.copy(bytes, start - 4);
  let at = start;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  for (let index = 0; index < size; index++) bytes[start + index] = (bytes[start + index] ?? 0) ^ (mask[index & 3] ?? 0);
  return bytes;
}

/** Cuts what comes from a server into messages; fragments are joined. Throws {@link Ended} (`malformed`) on what breaks the protocol. */
export class FrameReader {
  #pending: Buffer = Buffer.alloc(0);
  #fragments: Buffer[] = [];
  #size = 0;
  #opcode = 0;

  *read(chunk: Buffer): Generator<Received> {
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    for (let header = headerOf(this.#pending); header; header = headerOf(this.#pending)) {
      const { start, size, opcode, final } = header;
      if (this.#pending.length < start + size) return;
      const payload = this.#pending.subarray(start, start + size);
      this.#pending = this.#pending.subarray(start + size);
      if (opcode >= opcodes.close) yield { opcode, payload };
      else yield* this.#message(opcode, payload, final);
    }
  }

  *#message(opcode: number, payload: Buffer, final: boolean): Generator<Received> {
    const goesOn = this.#fragments.length > 0;
    if ((opcode === opcodes.continuation) !== goesOn) throw malformed();
    if (opcode !== opcodes.continuation) this.#opcode = opcode;
    this.#size += payload.length;
    if (this.#size > maxBytes) throw malformed();
    this.#fragments.push(payload);
    if (!final) return;
    const whole = this.#fragments.length === 1 ? payload : Buffer.concat(this.#fragments);
    this.#fragments = [];
    this.#size = 0;
    yield { opcode: this.#opcode === opcodes.text ? opcodes.binary : this.#opcode, payload: whole };
  }
}

/** Undefined while its bytes are not all here. */
function headerOf(bytes: Buffer): { start: number; size: number; opcode: number; final: boolean } | undefined {
  const [first, second] = bytes;
  if (first === undefined || second === undefined) return undefined;
  const opcode = first & 0x0f;
  // A server does not mask, and no extension was agreed on.
  if ((first & 0x70) !== 0 || (second & 0x80) !== 0 || !known.has(opcode)) throw malformed();
  const length = second & 0x7f;
  const start = length < 126 ? 2 : length === 126 ? 4 : 10;
  if (bytes.length < start) return undefined;
  const size = length < 126 ? length : length === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  if (size > maxBytes || (opcode >= opcodes.close && size > 125)) throw malformed();
  return { start, size, opcode, final: (first & 0x80) !== 0 };
}

const known: ReadonlySet<number> = new Set(Object.values(opcodes));
const malformed = () => new Ended('malformed', 'sent what is no WebSocket message. Is there a proxy in between?');
