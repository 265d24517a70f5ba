import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { failed, type Result, success } from './failure.ts';
import { listen } from './localListener.ts';

/** What a browser brought to the listener. */
export interface Arrival {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Fields of an `application/x-www-form-urlencoded` body; empty without one. */
  readonly form: URLSearchParams;
}

/** What is made of an arrival: it is the answer, or it is refused with that status and the wait goes on. */
export type Verdict<T> = { readonly answer: T } | { readonly refuse: number };

export interface LoopbackOptions<T> {
  /** Host and port as the browser names them: `localhost:9990`. What names another host (a rebound name) is refused. */
  readonly host: string;
  readonly judge: (arrival: Arrival) => Verdict<T>;
  /** How long to wait for the answer, in ms. */
  readonly deadlineMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** A listener that is open. */
export interface Loopback<T> {
  /** The first arrival that was accepted; `cancelled`, or `offline` after the deadline. The listener is closed by then. */
  readonly answer: Promise<Result<T>>;
  close(): void;
}

/** A token or a code is a few kilobytes; nothing larger was sent for. */
const maxBytes = 64 * 1024;
const slowMs = 10_000;

/**
 * Listens on 127.0.0.1 for the one answer that a sign-in in the browser ends with, and closes after it. Whatever else arrives is refused and does not end the wait.
 * Fails with `conflict` when the port is taken and `forbidden` when it may not be listened on. Source: RFC 8252, sections 7.3 and 8.3.
 */
export async function openLoopback<T>(options: LoopbackOptions<T>): Promise<Result<Loopback<T>>> {
  const port = Number(options.host.split(':')[1] ?? 80);
  const door = new Door(options);
  const server = createServer({ requestTimeout: slowMs, headersTimeout: slowMs, maxHeaderSize: 16_384 }, (request, response) =>
    door.answer(request, response).catch(() => request.destroy()),
  );
  server.maxConnections = 32;
  const listening = await listen(server, port);
  return listening.ok ? success(door.open(server)) : listening;
}

class Door<T> {
  readonly #options: LoopbackOptions<T>;
  readonly #ended = Promise.withResolvers<Result<T>>();
  readonly #cancel = () => this.#end(failed('cancelled', 'Cancelled.'));
  #server: Server | undefined;
  #timer: NodeJS.Timeout | undefined;
  #answered = false;

  constructor(options: LoopbackOptions<T>) {
    this.#options = options;
  }

  open(server: Server): Loopback<T> {
    const { deadlineMs, signal } = this.#options;
    this.#server = server;
    this.#timer = setTimeout(
      () => this.#end(failed('offline', `no answer came from the browser within ${Math.round(deadlineMs / 1000)} s`)),
      deadlineMs,
    );
    if (signal?.aborted) this.#cancel();
    else signal?.addEventListener('abort', this.#cancel, { once: true });
    return { answer: this.#ended.promise, close: this.#cancel };
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { host, judge } = this.#options;
    if (request.headers.host?.toLowerCase() !== host) return say(response, 421);
    if (this.#answered) return say(response, 410);
    const body = await bodyOf(request);
    if (body === undefined) return say(response, 413);
    const verdict = judge(arrivalOf(request, host, body));
    if ('refuse' in verdict) return say(response, verdict.refuse);
    // Another one may have come while this one's body did.
    if (this.#answered) return say(response, 410);
    this.#answered = true;
    response.once('close', () => this.#end(success(verdict.answer)));
    say(response, 200);
  }

  #end(outcome: Result<T>): void {
    clearTimeout(this.#timer);
    this.#options.signal?.removeEventListener('abort', this.#cancel);
    this.#server?.close();
    this.#server?.closeAllConnections();
    this.#ended.resolve(outcome);
  }
}

function arrivalOf(request: IncomingMessage, host: string, body: string): Arrival {
  const url = URL.parse(request.url ?? '/', `http://${host}`);
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  return {
    method: request.method ?? '',
    path: url?.pathname ?? '',
    query: url?.searchParams ?? new URLSearchParams(),
    headers: request.headers,
    form: new URLSearchParams(type === 'application/x-www-form-urlencoded' ? body : ''),
  };
}

/** Undefined when it is larger than what is waited for can be. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += (chunk as Buffer).length;
    if (size > maxBytes) return undefined;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function say(response: ServerResponse, status: number): void {
  const text = status === 200 ? 'The sign-in goes on in Hybrid Clusters.' : 'This was not what is waited for here.';
  const page = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Hybrid Clusters</title></head><body><p>${text} You may close this window.</p></body></html>`;
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-length': String(Buffer.byteLength(page)),
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'",
    'referrer-policy': 'no-referrer',
    connection: 'close',
  });
  response.end(page);
}
