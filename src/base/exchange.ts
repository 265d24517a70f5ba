import http from 'node:http';
import https from 'node:https';
import type { Readable } from 'node:stream';
import zlib from 'node:zlib';
import type { Route } from './agents.ts';
import type { HttpRequest } from './http.ts';
import { Ended } from './networkFailure.ts';

const connectMs = 10_000;

/** Sends one request and waits for the answer's headers. Rejects with Node's error, or with the {@link Ended} of `signal`. */
export function send(
  request: HttpRequest,
  url: URL,
  route: Route,
  signal: AbortSignal,
  accept: string,
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
      ...via?.headers,
      ...request.headers,
    },
  };
  return new Promise((resolve, reject) => {
    const sent = (route.secure ? https : http).request(options, resolve);
    sent.once('socket', (socket) => {
      if (!socket.connecting) return;
      const timer = setTimeout(
        () => sent.destroy(new Ended('offline', `timed out: no connection within ${connectMs / 1000} s.`)),
        connectMs,
      );
      const clear = () => clearTimeout(timer);
      socket.once(route.secure ? 'secureConnect' : 'connect', clear).once('close', clear);
    });
    sent.once('error', (error) => reject(replayable(sent, request, error) ? new StaleConnection(error) : error));
    sent.end(body);
  });
}

/** A pooled connection that the server had closed meanwhile: nothing was answered, so a read may be sent again on a new one. */
export class StaleConnection extends Error {
  constructor(cause: unknown) {
    super('stale connection', { cause });
  }
}

function replayable(sent: http.ClientRequest, request: HttpRequest, error: Error): boolean {
  const lost = 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
  return lost && sent.reusedSocket && (request.method === 'GET' || request.method === 'HEAD');
}

/** The body as sent before compression. */
export function decoded(message: http.IncomingMessage): Readable {
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

/** The whole body; rejects when it is larger than `maxBytes`, torn, or cannot be decompressed. */
export function readAll(message: http.IncomingMessage, maxBytes: number): Promise<Buffer> {
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
    body.once('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, size)));
    body.once('error', reject);
    if (body !== message) message.once('error', reject);
  });
}

/** Header names in lower case, repeated ones joined as Node joins them. */
export function headersOf(message: http.IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return headers;
}
