import { createHash, randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Failure } from './failure.ts';
import { FrameReader, frame, opcodes } from './frames.ts';
import { Ended, networkFailure } from './networkFailure.ts';

/** A connection of binary messages both ways. */
export interface MessageSocket {
  readonly status: 101;
  /** The subprotocol that the server chose. */
  readonly protocol: string;
  /** Each message once, to one reader. No more is read from the network than the reader takes. Ends with the connection; leaving the loop closes it. */
  readonly messages: AsyncIterable<Uint8Array>;
  /** Sends one message made of these parts; true once there is room for more, false when the connection is closed. */
  send(...parts: readonly Uint8Array[]): Promise<boolean>;
  /** Why it ended; undefined when either side closed it in good order. Settles only while somebody reads, or after `close`. */
  readonly ended: Promise<Failure | undefined>;
  close(): void;
}

/** Below what proxies and load balancers commonly let a silent connection live. */
const pingMs = 20_000;
const closeMs = 2_000;
/** Above this the writer waits. */
const highWaterBytes = 1024 * 1024;
/** RFC 6455, section 1.3. */
const magic = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** The headers that ask for a WebSocket, and what the answer to them must hold (RFC 6455, section 4.1). */
export function handshake(protocols: readonly string[]): {
  readonly headers: Readonly<Record<string, string>>;
  accepts(answer: IncomingHttpHeaders): boolean;
} {
  const key = randomBytes(16).toString('base64');
  const expected = createHash('sha1').update(key).update(magic).digest('base64');
  return {
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': key,
      'sec-websocket-protocol': protocols.join(', '),
    },
    accepts: (answer) =>
      answer['sec-websocket-accept'] === expected && protocols.includes(answer['sec-websocket-protocol'] ?? ''),
  };
}

/** The client's end of a WebSocket whose handshake is done. `host` as failures name it. */
export function messageSocket(stream: Duplex, host: string, protocol: string, signal?: AbortSignal): MessageSocket {
  return new Connection(stream, host, protocol, signal);
}

class Connection implements MessageSocket {
  readonly status = 101;
  readonly protocol: string;
  readonly messages: AsyncIterable<Uint8Array>;
  readonly ended: Promise<Failure | undefined>;
  readonly #stream: Duplex;
  readonly #host: string;
  readonly #end = Promise.withResolvers<Failure | undefined>();
  readonly #pinging: NodeJS.Timeout;
  readonly #signal: AbortSignal | undefined;
  readonly #close = () => this.close();
  /** True while the reader waits for the network, so that silence is the server's and not ours. */
  #waiting = false;
  #silentPings = 0;
  #closing = false;

  constructor(stream: Duplex, host: string, protocol: string, signal: AbortSignal | undefined) {
    this.#stream = stream;
    this.#host = host;
    this.protocol = protocol;
    this.ended = this.#end.promise;
    this.messages = this.#read();
    this.#signal = signal;
    // Told by the reader, or by nobody when none reads any more.
    stream.on('error', () => {});
    stream.once('close', () => this.#release());
    this.#pinging = setInterval(() => this.#ping(), pingMs);
    this.#pinging.unref();
    if (signal?.aborted) this.close();
    else signal?.addEventListener('abort', this.#close, { once: true });
  }

  send(...parts: readonly Uint8Array[]): Promise<boolean> {
    if (this.#closing || !this.#stream.writable) return Promise.resolve(false);
    this.#stream.write(frame(opcodes.binary, parts));
    return this.#stream.writableLength < highWaterBytes ? Promise.resolve(true) : this.#drained();
  }

  close(): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#end.resolve(undefined);
    if (!this.#stream.writable) return;
    this.#stream.end(frame(opcodes.close, [closeCode(1000)]));
    setTimeout(() => this.#stream.destroy(), closeMs).unref();
  }

  #drained(): Promise<boolean> {
    return new Promise((resolve) => {
      const done = () => {
        this.#stream.off('drain', done).off('close', done);
        resolve(!this.#closing && this.#stream.writable);
      };
      this.#stream.once('drain', done).once('close', done);
    });
  }

  async *#read(): AsyncGenerator<Uint8Array> {
    const reader = new FrameReader();
    try {
      this.#waiting = true;
      for await (const chunk of this.#stream) {
        this.#waiting = false;
        this.#silentPings = 0;
        for (const { opcode, payload } of reader.read(chunk as Buffer)) {
          if (opcode === opcodes.binary) yield payload;
          else if (opcode === opcodes.ping) this.#stream.write(frame(opcodes.pong, [payload]));
          else if (opcode === opcodes.close) return this.#end.resolve(this.#closedBy(payload));
        }
        this.#waiting = true;
      }
      this.#end.resolve(this.#broken(new Ended('offline', 'closed the connection.')));
    } catch (error) {
      this.#end.resolve(this.#broken(error));
    } finally {
      this.#waiting = false;
      this.close();
    }
  }

  #broken(error: unknown): Failure | undefined {
    return this.#closing ? undefined : networkFailure(error, this.#host);
  }

  /** RFC 6455, section 7.4.1: 1000 and no code at all are good order. */
  #closedBy(payload: Buffer): Failure | undefined {
    const code = payload.length >= 2 ? payload.readUInt16BE(0) : 1000;
    if (code === 1000) return undefined;
    return networkFailure(new Ended('offline', `ended the connection (code ${code}).`), this.#host);
  }

  #ping(): void {
    if (!this.#stream.writable || this.#closing) return;
    if (this.#waiting && this.#silentPings++ >= 2) {
      const seconds = (pingMs * 2) / 1000;
      this.#stream.destroy(new Ended('offline', `has been silent for ${seconds} s: the connection is taken for lost.`));
    } else this.#stream.write(frame(opcodes.ping, []));
  }

  #release(): void {
    clearInterval(this.#pinging);
    this.#signal?.removeEventListener('abort', this.#close);
  }
}

function closeCode(code: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(code);
  return bytes;
}
