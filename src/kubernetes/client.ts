import { createHash } from 'node:crypto';
import { type Clock, systemClock } from '../base/clock.ts';
import { failed, type Result, success } from '../base/failure.ts';
import type { Http, HttpRequest, HttpResponse, HttpStream } from '../base/http.ts';
import { jsonOf } from '../base/jsonBody.ts';
import type { MessageSocket } from '../base/messageSocket.ts';
import { withRetries } from '../base/retry.ts';
import type { OnSent } from '../base/sent.ts';
import type { Access, Credentials } from './credentials.ts';
import { sentChange } from './sentChange.ts';
import { isRefusal, passesByItself, refusalOf, statusFailed } from './status.ts';

/** One call below the server's address. */
export interface Call {
  readonly method?: HttpRequest['method'];
  /** Begins with `/`; every segment from data already encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly accept?: string;
  readonly contentType?: string;
  readonly body?: string;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number;
  /** It writes, but sending it twice does no harm: server-side apply. */
  readonly repeatable?: boolean;
}

/** An answer that went well, decoded. */
export interface Answer<T> {
  readonly body: T;
  readonly status: number;
  readonly headers: HttpResponse['headers'];
}

/** Until the headers of a watch have come; they come at once from a server that lives. */
const streamOpensMs = 30_000;
const json = 'application/json';

/**
 * The API server of one context: adds credentials, renews them once when they are refused, repeats what may be repeated, decodes what says no.
 */
export class KubeClient {
  readonly #http: Http;
  readonly #credentials: Credentials;
  /** The name of the context, for sentences. */
  readonly context: string;
  readonly #clock: Clock;
  readonly #onSent: OnSent | undefined;
  /** See `Cluster.quickestMs`. */
  quickestMs: number | undefined;

  constructor(http: Http, credentials: Credentials, context: string, clock: Clock = systemClock, onSent?: OnSent) {
    this.#http = http;
    this.#credentials = credentials;
    this.context = context;
    this.#clock = clock;
    this.#onSent = onSent;
  }

  /** The decoded body of a call that went well. Never a `Status` that says no. */
  async json<T>(call: Call): Promise<Result<T>> {
    const answer = await this.exchange<T>(call);
    return answer.ok ? success(answer.value.body) : answer;
  }

  /** The same with status and headers. */
  async exchange<T>(call: Call): Promise<Result<Answer<T>>> {
    const answer = await this.send(call);
    if (!answer.ok) return answer;
    const decoded = jsonOf(answer.value, `The API server of ${this.context}`);
    if (!decoded.ok) return decoded;
    if (isRefusal(decoded.value)) return statusFailed(decoded.value, this.context);
    const { status, headers } = answer.value;
    return success({ body: decoded.value as T, status, headers });
  }

  async #timed(request: HttpRequest): Promise<Result<HttpResponse>> {
    const began = performance.now();
    const answer = await this.#http.request(request);
    if (answer.ok) this.quickestMs = Math.min(this.quickestMs ?? Number.POSITIVE_INFINITY, performance.now() - began);
    return answer;
  }

  /** The answer of a call that went well (2xx), not decoded. */
  async send(call: Call): Promise<Result<HttpResponse>> {
    const patience = { clock: this.#clock, repeatable: call.repeatable ?? false, passes: passesByItself };
    const answer = await this.#asSomebody(call, (request) => withRetries(request, (each) => this.#timed(each), patience));
    const result = answer.ok && answer.value.status >= 300 ? refusalOf(answer.value, this.context, this.#clock.now()) : answer;
    const sent = this.#onSent && sentChange(call, this.context, result, answer.ok ? answer.value.headers['audit-id'] : undefined);
    if (sent) this.#onSent?.(sent);
    return result;
  }

  /** A digest of the CA that is trusted and of the certificate that the server shows, whatever it answers; undefined without TLS. */
  async fingerprint(signal?: AbortSignal): Promise<Result<string | undefined>> {
    let ca = '';
    const answer = await this.#asSomebody({ path: '/version', ...(signal && { signal }) }, (request) => {
      ca = request.tls?.ca ?? '';
      return this.#http.request({ ...request, certificate: true });
    });
    if (!answer.ok) return answer;
    const { certificate } = answer.value;
    if (certificate === undefined) return success(undefined);
    return success(createHash('sha256').update(`${ca.trim()}\n${certificate}`).digest('hex'));
  }

  /** A body that arrives over time. Fails like `send` when the server says no at once. */
  async stream(call: Call): Promise<Result<HttpStream>> {
    const opened = await this.#asSomebody({ timeoutMs: streamOpensMs, ...call }, (request) => this.#http.stream(request));
    return opened.ok && opened.value.status >= 300 ? this.#refusedStream(opened.value) : opened;
  }

  /** A connection of messages (exec, port-forward). Fails like `send` when the server says no at once, and with `unsupported` when it answers otherwise. */
  async socket(call: Call, protocols: readonly string[]): Promise<Result<MessageSocket>> {
    // A node's own server refuses who would take JSON only.
    const opened = await this.#asSomebody({ timeoutMs: streamOpensMs, accept: '*/*', ...call }, (request) =>
      this.#http.socket(request, protocols),
    );
    if (!opened.ok) return opened;
    const { value } = opened;
    if ('messages' in value) return success(value);
    if (value.status >= 400) return refusalOf(value, this.context, this.#clock.now());
    return failed('unsupported', `${this.context} does not open connections to pods by WebSocket. Kubernetes 1.30 and later do.`);
  }

  /** Sends with the user's credentials; once more with new ones if those are refused and others can be had. */
  async #asSomebody<T extends { readonly status: number }>(
    call: Call,
    send: (request: HttpRequest) => Promise<Result<T>>,
  ): Promise<Result<T>> {
    const access = await this.#credentials.access(call.signal);
    if (!access.ok) return access;
    const first = await send(this.#request(call, access.value));
    if (!first.ok || first.value.status !== 401 || !this.#credentials.renew(access.value)) return first;
    if ('close' in first.value && typeof first.value.close === 'function') first.value.close();
    const other = await this.#credentials.access(call.signal);
    return other.ok ? send(this.#request(call, other.value)) : other;
  }

  #request(call: Call, { server, tls, proxy, door, headers }: Access): HttpRequest {
    const { method = 'GET', path, query = {}, accept = json, contentType, body, signal, timeoutMs } = call;
    const asked = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
    const search = asked.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join('&');
    const glue = path.includes('?') ? '&' : '?';
    return {
      method,
      url: `${server}${path}${search === '' ? '' : glue + search}`,
      headers: {
        accept,
        'user-agent': 'hybrid-clusters',
        ...(contentType === undefined ? {} : { 'content-type': contentType }),
        ...headers,
      },
      tls,
      ...(proxy === undefined ? {} : { proxy }),
      ...(door === undefined ? {} : { door }),
      ...(body === undefined ? {} : { body }),
      ...(signal === undefined ? {} : { signal }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    };
  }

  async #refusedStream(stream: HttpStream): Promise<Result<never>> {
    const parts: Uint8Array[] = [];
    for await (const part of stream.chunks) parts.push(part);
    const body = Buffer.concat(parts);
    const refused = { status: stream.status, headers: stream.headers, body, text: () => body.toString() };
    return stream.status >= 400
      ? refusalOf(refused, this.context, this.#clock.now())
      : failed('malformed', `${this.context} redirected a watch.`);
  }
}
