import type { IncomingMessage } from 'node:http';
import { Agents } from './agents.ts';
import { Answer, certificateOf, decoded, headersOf, readAll, StaleConnection, send } from './exchange.ts';
import { failed, type Result, success } from './failure.ts';
import type { Http, HttpRequest, HttpResponse, HttpStream } from './http.ts';
import { type Logger, silentLogger } from './logger.ts';
import { handshake, type MessageSocket, messageSocket } from './messageSocket.ts';
import { Ended, networkFailed } from './networkFailure.ts';
import { carry, type HttpTransfer, type Transferred } from './transfer.ts';

const defaultTimeoutMs = 60_000;
const defaultMaxBytes = 512 * 1024 * 1024;
const maxRedirects = 5;
const notUrl = 'The configured address is not an http or https URL.';

/** What the transport takes from its surroundings. */
export interface HttpOptions {
  /** Environment that names proxies (HTTPS_PROXY, NO_PROXY …). Left out inside VS Code, which applies its own proxy settings. */
  readonly proxyEnv?: NodeJS.ProcessEnv;
}

/**
 * The transport over `node:http` and `node:https`, which VS Code patches for its proxy and certificate settings.
 * Logs method, host, path and status of each exchange at trace level; never a query, header or body.
 */
export function createHttp(logger: Logger = silentLogger, options: HttpOptions = {}): Http {
  return new Pool(logger, new Agents(options.proxyEnv));
}

class Pool implements Http {
  readonly #logger: Logger;
  readonly #agents: Agents;

  constructor(logger: Logger, agents: Agents) {
    this.#logger = logger;
    this.#agents = agents;
  }

  async request(request: HttpRequest): Promise<Result<HttpResponse>> {
    const ending = new Ending(request);
    try {
      const opened = await this.#open(request, 'request', ending);
      if (!opened.ok) return opened;
      // before the body is read: a socket that is free again may be gone
      const certificate = request.certificate && certificateOf(opened.value);
      const body = await readAll(opened.value, request.maxBytes ?? defaultMaxBytes);
      return success(new Answer(opened.value, body, certificate));
    } catch (error) {
      return networkFailed(ending.reason ?? error, hostOf(request.url));
    } finally {
      ending.dispose();
    }
  }

  async stream(request: HttpRequest): Promise<Result<HttpStream>> {
    const ending = new Ending(request);
    try {
      const opened = await this.#open(request, 'stream', ending);
      ending.disarm();
      if (!opened.ok) {
        ending.dispose();
        return opened;
      }
      return success(streamOf(opened.value, ending));
    } catch (error) {
      ending.dispose();
      return networkFailed(ending.reason ?? error, hostOf(request.url));
    }
  }

  async transfer(transfer: HttpTransfer): Promise<Result<Transferred>> {
    const url = URL.parse(transfer.url);
    if (!url || !/^https?:$/.test(url.protocol)) return failed('invalid', notUrl);
    const { body: _body, ...bare } = transfer;
    const route = this.#agents.route(bare, url, 'stream');
    if (!route.ok) return route;
    const ending = new Ending(bare);
    ending.disarm();
    const started = performance.now();
    try {
      const done = await carry(transfer, url, route.value, ending);
      const ms = Math.round(performance.now() - started);
      this.#logger.trace(`${transfer.method} ${url.origin}${url.pathname} ${done.response.status} ${ms} ms`);
      return success(done);
    } catch (error) {
      return networkFailed(ending.reason ?? error, url.host);
    } finally {
      ending.dispose();
    }
  }

  async socket(request: HttpRequest, protocols: readonly string[]): Promise<Result<HttpResponse | MessageSocket>> {
    const url = URL.parse(request.url);
    if (!url || !/^https?:$/.test(url.protocol)) return failed('invalid', notUrl);
    const ending = new Ending(request);
    try {
      const { headers, accepts } = handshake(protocols);
      const asked = { ...request, headers: { ...request.headers, ...headers } };
      const opened = await this.#exchange(asked, url, 'stream', ending);
      if (!opened.ok) return opened;
      const { value: message } = opened;
      if (message.statusCode !== 101) return success(new Answer(message, await readAll(message, defaultMaxBytes)));
      const protocol = message.headers['sec-websocket-protocol'] ?? '';
      if (accepts(message.headers)) return success(messageSocket(message.socket, url.host, protocol, request.signal));
      message.socket.destroy();
      return failed('malformed', `${url.host} does not speak this kind of connection. Is there a proxy in between?`);
    } catch (error) {
      return networkFailed(ending.reason ?? error, url.host);
    } finally {
      ending.dispose();
    }
  }

  dispose(): void {
    this.#agents.dispose();
  }

  async #open(request: HttpRequest, use: 'request' | 'stream', ending: Ending): Promise<Result<IncomingMessage>> {
    let current = request;
    for (let hop = 0; hop <= maxRedirects; hop++) {
      const url = URL.parse(current.url);
      if (!url || !/^https?:$/.test(url.protocol)) return failed('invalid', notUrl);
      const message = await this.#exchange(current, url, use, ending);
      if (!message.ok) return message;
      const location = redirectOf(message.value);
      if (location === undefined) return message;
      const next = redirected(current, url, message.value, location);
      if (!next.ok) return next;
      current = next.value;
    }
    return failed('malformed', `${hostOf(request.url)} redirects in a circle. Check the address.`);
  }

  async #exchange(request: HttpRequest, url: URL, use: 'request' | 'stream', ending: Ending): Promise<Result<IncomingMessage>> {
    const route = this.#agents.route(request, url, use);
    if (!route.ok) return route;
    const once = () => send(request, url, route.value, ending.signal, use === 'stream' ? 'identity' : 'gzip, deflate');
    const started = performance.now();
    const message = await once().catch((error: unknown) => {
      if (error instanceof StaleConnection) return once();
      throw error;
    });
    this.#logger.trace(
      `${request.method} ${url.origin}${url.pathname} ${message.statusCode} ${Math.round(performance.now() - started)} ms`,
    );
    return success(message);
  }
}

/** Joins the caller's cancellation and the deadline into one signal; ends once. */
class Ending {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal | undefined;
  readonly #cancel = () => this.#controller.abort(new Ended('cancelled', 'was not waited for: cancelled.'));
  readonly #timer: NodeJS.Timeout;

  constructor({ signal, timeoutMs = defaultTimeoutMs }: HttpRequest) {
    const late = () =>
      new Ended('offline', `timed out: no complete answer within ${Math.round(timeoutMs / 100) / 10} s. Try again.`);
    this.#timer = setTimeout(() => this.#controller.abort(late()), timeoutMs);
    this.#outer = signal;
    if (signal?.aborted) this.#cancel();
    else signal?.addEventListener('abort', this.#cancel, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Why we ended it, if we did. */
  get reason(): unknown {
    return this.#controller.signal.aborted ? this.#controller.signal.reason : undefined;
  }

  end(why: Ended): void {
    this.#controller.abort(why);
  }

  disarm(): void {
    clearTimeout(this.#timer);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#outer?.removeEventListener('abort', this.#cancel);
  }
}

/** A lost connection and a cancelled one both end the iteration: who watches resumes or stops by its own state. */
function streamOf(message: IncomingMessage, ending: Ending): HttpStream {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of decoded(message)) yield chunk as Buffer;
    } catch {
      // The iteration is over; nothing more can be said about a broken connection than that it ended.
    } finally {
      ending.dispose();
      message.destroy();
    }
  }
  const close = () => {
    ending.dispose();
    message.destroy();
  };
  message.on('error', () => {});
  return {
    status: message.statusCode ?? 0,
    headers: headersOf(message),
    chunks: chunks(),
    get whole() {
      return message.complete;
    },
    close,
  };
}

function redirectOf(message: IncomingMessage): string | undefined {
  const redirects = [301, 302, 303, 307, 308].includes(message.statusCode ?? 0);
  return redirects ? message.headers.location : undefined;
}

function redirected(request: HttpRequest, from: URL, message: IncomingMessage, location: string): Result<HttpRequest> {
  message.resume();
  const to = URL.parse(location, from.href);
  if (to?.origin !== from.origin) {
    return failed(
      'malformed',
      `${from.host} redirects to ${to?.host ?? 'an address that is not a URL'}, which is not followed. Check the address.`,
    );
  }
  if (message.statusCode !== 303) return success({ ...request, url: to.href });
  const { body: _body, ...rest } = request;
  return success({ ...rest, url: to.href, method: request.method === 'HEAD' ? 'HEAD' : 'GET' });
}

function hostOf(url: string): string {
  return URL.parse(url)?.host || 'The configured address';
}
