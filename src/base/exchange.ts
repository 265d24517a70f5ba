import http from 'node:http';
import https from 'node:https';
import type { Readable, Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { TLSSocket } from 'node:tls';
import zlib from 'node:zlib';
import type { Route } from './agents.ts';
import type { HttpRequest, HttpResponse } from './http.ts';
import { Ended } from './networkFailure.ts';

const connectMs = 10_000;

/** A body that flows: how long it is, and who writes it. It begins when the server says to go on, or has said nothing for `waitMs`. */
export interface Flow {
  readonly size: number;
  readonly waitMs: number;
  /** False where there is nothing to wait for, or the server refuses to be asked first (status 417). */
  readonly expects: boolean;
  /** Writes all and ends the stream; rejects with what went wrong. */
  write(sink: Writable): Promise<void>;
}

/** Sends one request and waits for the answer's headers. Rejects with Node's error, or with the {@link Ended} of `signal`. */
export function send(
  request: HttpRequest,
  url: URL,
  route: Route,
  signal: AbortSignal,
  accept: string,
  flow?: Flow,
): Promise<http.IncomingMessage> {
  const { via } = route;
  const body = request.body;
  const options: https.RequestOptions = {
    method: request.method,
    agent: route.agent,
    signal,
    host: (via?.proxy ?? url).hostname.replace(/^\[|\]$/g, ''),
    port: (via?.proxy ?? url).port || (route.secure ? 443 : 80),
    path: via ? url.href : `${url.pathname}${url.search}`,
    headers: {
      host: url.host,
      'accept-encoding': accept,
      'user-agent': 'hybrid-clusters',
      ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }),
      ...(flow && { 'content-length': String(flow.size), ...(flow.expects && { expect: '100-continue' }) }),
      ...via?.headers,
      ...request.headers,
    },
  };
  return new Promise((resolve, reject) => {
    const sent = (route.secure ? https : http).request(options, resolve);
    // Node tells of an ending only once there is a socket, and a proxy may take its time to connect.
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    // The answer's socket belongs to whoever asked for another protocol; what came with the answer is read first.
    if (request.headers?.['upgrade'] !== undefined)
      sent.once('upgrade', (message, socket, head) => {
        if (head.length > 0) socket.unshift(head);
        resolve(message);
      });
    sent.once('socket', (socket) => {
      if (!socket.connecting) return;
      const timer = setTimeout(
        () => sent.destroy(new Ended('offline', `timed out: no connection within ${connectMs / 1000} s.`)),
        connectMs,
      );
      const clear = () => clearTimeout(timer);
      socket.once(route.secure ? 'secureConnect' : 'connect', clear).once('close', clear);
    });
    const repeatable = flow ? pour(flow, sent) : () => request.method === 'GET' || request.method === 'HEAD';
    sent.once('error', (error) => reject(repeatable() && isStale(sent, error) ? new StaleConnection(error) : error));
    if (!flow) sent.end(body);
  });
}

/**
 * An answer that comes before or while the body is written ends the writing: the server has decided, and need not read the rest.
 * Answers with whether none of the body has gone out yet.
 */
function pour({ expects, waitMs, write }: Flow, sent: http.ClientRequest): () => boolean {
  let begun = false;
  let answered = false;
  const begin = () => {
    if (begun || answered) return;
    begun = true;
    write(sent).catch((error: unknown) => {
      if (!answered) sent.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  };
  const timer = setTimeout(begin, waitMs);
  sent.once('continue', begin);
  sent.once('response', (message) => {
    answered = true;
    clearTimeout(timer);
    // Half a body is left in the connection: nobody may use it again.
    message.once('close', () => sent.writableFinished || sent.destroy());
  });
  sent.once('close', () => clearTimeout(timer));
  if (!expects) begin();
  else sent.flushHeaders();
  return () => !begun;
}

/** A pooled connection that the server had closed meanwhile: nothing was answered, so a read, or what had not begun to write, may be sent again on a new one. */
export class StaleConnection extends Error {
  constructor(cause: unknown) {
    super('stale connection', { cause });
  }
}

function isStale(sent: http.ClientRequest, error: Error): boolean {
  const lost = 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
  return lost && sent.reusedSocket;
}

/** The body as sent before compression. */
export function decoded(message: http.IncomingMessage & { readonly req?: { readonly method: string } }): Readable {
  // The header of an answer to HEAD is about a body that does not come.
  if (message.req?.method === 'HEAD') return message;
  const encoding = message.headers['content-encoding'];
  const decoder =
    encoding === 'gzip' || encoding === 'x-gzip'
      ? zlib.createGunzip()
      : encoding === 'deflate'
        ? zlib.createInflate()
        : undefined;
  if (!decoder) return message;
  message.once('error', (error) => decoder.destroy(error));
  return message.pipe(decoder);
}

/** The whole body in the pieces in which it came; rejects when it is larger than `maxBytes`, torn, or cannot be decompressed. */
export function readAll(message: http.IncomingMessage, maxBytes: number): Promise<readonly Buffer[]> {
  const body = decoded(message);
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    body.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes)
        message.destroy(new Ended('malformed', `sent more than ${Math.round(maxBytes / 1048576)} MiB in one answer.`));
      else chunks.push(chunk);
    });
    body.once('end', () => resolve(chunks));
    body.once('error', reject);
    if (body !== message) message.once('error', reject);
  });
}

/**
 * A whole answer as it was read. A text is decoded piece by piece: joined bytes beside it would be memory outside the heap, for which V8 collects garbage everywhere
 * (40 lists of ten pages of 1 MB each: some 25 full collections, against one to three).
 */
export class Answer implements HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly certificate?: string;
  #pieces: readonly Buffer[];

  constructor(message: http.IncomingMessage, pieces: readonly Buffer[], certificate?: string) {
    if (certificate !== undefined) this.certificate = certificate;
    this.status = message.statusCode ?? 0;
    this.headers = headersOf(message);
    this.#pieces = pieces;
  }

  get body(): Uint8Array {
    const [only, ...others] = this.#pieces;
    if (only && others.length === 0) return only;
    const whole = Buffer.concat(this.#pieces);
    this.#pieces = [whole];
    return whole;
  }

  text(): string {
    const decoder = new StringDecoder('utf8');
    return this.#pieces.map((piece) => decoder.write(piece)).join('') + decoder.end();
  }
}

/** SHA-256 of the certificate of the server that answers, in hex with colons; undefined without TLS. */
export function certificateOf({ socket }: http.IncomingMessage): string | undefined {
  return socket instanceof TLSSocket ? socket.getPeerCertificate().fingerprint256 : undefined;
}

/** Header names in lower case, repeated ones joined as Node joins them. */
export function headersOf(message: http.IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return headers;
}
