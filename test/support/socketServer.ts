import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** One connection as the server sees it: `say` sends a binary message, `raw` any bytes. */
export interface ServedSocket {
  readonly request: IncomingMessage;
  readonly stream: Duplex;
  say(...bytes: readonly (number | string | Uint8Array)[]): void;
  raw(bytes: Uint8Array): void;
  /** What the client has sent so far: masks taken off, control frames too, as `opcode text`. */
  readonly heard: string[];
}

/** A WebSocket server on loopback for faults that a real one cannot be made to show. It frames and unmasks by itself, without the code that is tried. */
export interface SocketServer extends AsyncDisposable {
  readonly url: string;
  readonly requests: readonly IncomingMessage[];
}

/** `play` gets each connection, with the number of earlier ones; a status instead of it refuses the upgrade. */
export async function socketServer(
  play: (socket: ServedSocket, earlier: number) => unknown,
  { protocol, accept }: { protocol?: string; accept?: string } = {},
): Promise<SocketServer> {
  const requests: IncomingMessage[] = [];
  const open = new Set<Socket>();
  const server = createServer((_request, response) => response.writeHead(404).end());
  server.on('connection', (socket) => open.add(socket));
  server.on('upgrade', (request, stream) => {
    stream.on('error', () => {});
    requests.push(request);
    const key = String(request.headers['sec-websocket-key']);
    const proof = accept ?? createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    const chosen = protocol ?? String(request.headers['sec-websocket-protocol']).split(',')[0]?.trim();
    const heard: string[] = [];
    const held: Uint8Array[] = [];
    const raw = (bytes: Uint8Array) => void held.push(bytes);
    const served = {
      request,
      stream,
      heard,
      raw,
      say: (...parts: Parameters<ServedSocket['say']>) => served.raw(framed(2, parts)),
    };
    const status = play(served, requests.length - 1);
    if (typeof status === 'number') {
      const body = JSON.stringify({ kind: 'Status', status: 'Failure', code: status, message: 'told' });
      stream.end(`HTTP/1.1 ${status} no\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
      return;
    }
    stream.write(
      `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${proof}\r\nsec-websocket-protocol: ${chosen}\r\n\r\n`,
    );
    for (const bytes of held) stream.write(bytes);
    served.raw = (bytes) => void stream.write(bytes);
    listen(stream, heard);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    [Symbol.asyncDispose]: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((closed) => server.close(closed));
    },
  };
}

/** A frame as a server sends it; numbers are bytes, texts UTF-8. */
export function framed(opcode: number, parts: readonly (number | string | Uint8Array)[], final = true): Buffer {
  const payload = Buffer.concat(parts.map((part) => (typeof part === 'number' ? Buffer.of(part) : Buffer.from(part))));
  const head = Buffer.alloc(payload.length < 126 ? 2 : payload.length < 65_536 ? 4 : 10);
  head[0] = (final ? 0x80 : 0) | opcode;
  head[1] = head.length === 2 ? payload.length : head.length === 4 ? 126 : 127;
  if (head.length === 4) head.writeUInt16BE(payload.length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(payload.length), 2);
  return Buffer.concat([head, payload]);
}

function listen(stream: Duplex, heard: string[]): void {
  let pending = Buffer.alloc(0);
  stream.on('data', (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    for (;;) {
      const short = (pending[1] ?? 0) & 0x7f;
      const start = short < 126 ? 6 : short === 126 ? 8 : 14;
      if (pending.length < start) return;
      const size = short < 126 ? short : short === 126 ? pending.readUInt16BE(2) : Number(pending.readBigUInt64BE(2));
      if (pending.length < start + size) return;
      const mask = pending.subarray(start - 4, start);
      const payload = pending.subarray(start, start + size).map((byte, index) => byte ^ (mask[index % 4] ?? 0));
      heard.push(`${(pending[0] ?? 0) & 0x0f} ${size > 200 ? `${size} bytes` : Buffer.from(payload).toString('latin1')}`);
      pending = pending.subarray(start + size);
    }
  });
}
