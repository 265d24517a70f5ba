import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';

/** One request as the scripted server saw it. */
export interface SeenRequest {
  readonly method: string;
  /** Path with query. */
  readonly url: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** What to answer: JSON unless `text` is given. `raw` takes the response over (torn bodies, silence). */
export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly json?: unknown;
  readonly text?: string;
  readonly raw?: (response: http.ServerResponse) => void;
}

/** `GET /servers`, or `GET /servers*` for anything that begins so, or `EARLY PUT /a` for what is answered before its body is asked for → a reply, or a function of the request and the number of earlier calls of this line. */
export type Script = Readonly<Record<string, Reply | ((request: SeenRequest, earlier: number) => Reply)>>;

/** A server on loopback for faults and sizes that a real one cannot be made to show. Unscripted requests get a 404 and are seen. */
export interface ScriptedServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly seen: readonly SeenRequest[];
}

/** Starts it; `script` may be a function of its own URL, for answers that hold links. */
export async function scriptedServer(
  script: Script | ((url: string) => Script),
  tls?: https.ServerOptions,
  host = '127.0.0.1',
): Promise<ScriptedServer> {
  const seen: SeenRequest[] = [];
  const calls = new Map<string, number>();
  let lines: Script = {};
  const answer = async (incoming: http.IncomingMessage, response: http.ServerResponse) => {
    const request = await seenOf(incoming);
    seen.push(request);
    const key = lineFor(lines, request);
    const line = key === undefined ? { status: 404, json: { itemNotFound: { code: 404, message: 'not scripted' } } } : lines[key];
    const earlier = calls.get(key ?? '') ?? 0;
    calls.set(key ?? '', earlier + 1);
    reply(response, (typeof line === 'function' ? line(request, earlier) : line) ?? {});
  };
  const early = (incoming: http.IncomingMessage, response: http.ServerResponse) => {
    const [method = '', url = ''] = [`EARLY ${incoming.method}`, incoming.url];
    const line = lines[`${method} ${url}`];
    const earlier = calls.get(`${method} ${url}`) ?? 0;
    calls.set(`${method} ${url}`, earlier + 1);
    const request = { method, url, headers: incoming.headers, body: '' };
    const { status, ...rest } = (typeof line === 'function' ? line(request, earlier) : line) ?? {};
    if (status !== undefined) return reply(response, { status, ...rest });
    response.writeContinue();
    return answer(incoming, response);
  };
  const server = tls ? https.createServer(tls, answer) : http.createServer(answer);
  server.on('checkContinue', early);
  await new Promise<void>((listening) => server.listen(0, host, listening));
  const { port } = server.address() as AddressInfo;
  const url = `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
  lines = typeof script === 'function' ? script(url) : script;
  return {
    url,
    port,
    seen,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

async function seenOf(incoming: http.IncomingMessage): Promise<SeenRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return {
    method: incoming.method ?? '',
    url: incoming.url ?? '',
    headers: incoming.headers,
    body: Buffer.concat(chunks).toString('utf8'),
  };
}

function lineFor(lines: Script, { method, url }: SeenRequest): string | undefined {
  const whole = `${method} ${url}`;
  const withoutQuery = whole.replace(/\?.*/, '');
  if (whole in lines) return whole;
  if (withoutQuery in lines) return withoutQuery;
  return Object.keys(lines).find((line) => line.endsWith('*') && whole.startsWith(line.slice(0, -1)));
}

function reply(response: http.ServerResponse, { status = 200, headers = {}, json, text, raw }: Reply): void {
  if (raw) {
    raw(response);
    return;
  }
  const type = text === undefined ? 'application/json' : 'text/plain';
  response.writeHead(status, { 'content-type': type, ...headers });
  response.end(text ?? (json === undefined ? '' : JSON.stringify(json)));
}
