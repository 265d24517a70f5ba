import { type Clock, systemClock } from '../base/clock.ts';
import { failed, type Result, success } from '../base/failure.ts';
import type { Http, HttpRequest, HttpResponse, HttpStream } from '../base/http.ts';
import { jsonOf } from '../base/jsonBody.ts';
import { withRetries } from '../base/retry.ts';
import type { Credentials } from './credentials.ts';
import { isRefusal, refusalOf, statusFailed } from './status.ts';

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
}

const json = 'application/json';

/**
 * The API server of one context: adds credentials, renews them once when they are refused, repeats what may be repeated, decodes what says no.
 * Server-side apply is idempotent, so a PATCH that got no answer is repeated once as a read would be.
 */
export class KubeClient {
  readonly #http: Http;
  readonly #credentials: Credentials;
  readonly #context: string;
  readonly #clock: Clock;

  constructor(http: Http, credentials: Credentials, context: string, clock: Clock = systemClock) {
    this.#http = http;
    this.#credentials = credentials;
    this.#context = context;
    this.#clock = clock;
  }

  /** The answer of a call that went well, decoded. Never a `Status` that says no. */
  async json<T>(call: Call): Promise<Result<T>> {
    const answer = await this.send(call);
    if (!answer.ok) return answer;
    const decoded = jsonOf(answer.value, `The API server of ${this.#context}`);
    if (!decoded.ok) return decoded;
    return isRefusal(decoded.value) ? statusFailed(decoded.value, this.#context) : success(decoded.value as T);
  }

  /** The answer of a call that went well (2xx). */
  async send(call: Call): Promise<Result<HttpResponse>> {
    const first = await this.#once(call);
    const renewed = await this.#renewed(first);
    const answer = renewed ? await this.#once(call) : first;
    if (!answer.ok) return answer;
    return answer.value.status < 300 ? answer : refusalOf(answer.value, this.#context, this.#clock.now());
  }

  /** A body that arrives over time. Fails like `send` when the server says no at once. */
  async stream(call: Call): Promise<Result<HttpStream>> {
    const request = await this.#request(call);
    if (!request.ok) return request;
    const opened = await this.#http.stream(request.value);
    if (!opened.ok || opened.value.status < 300) return opened;
    return this.#refusedStream(opened.value);
  }

  async #once(call: Call): Promise<Result<HttpResponse>> {
    const request = await this.#request(call);
    if (!request.ok) return request;
    const answer = await withRetries(request.value, (each) => this.#http.request(each), { clock: this.#clock });
    const lost = !answer.ok && answer.failure.reason === 'offline' && call.method === 'PATCH';
    return lost && !call.signal?.aborted ? this.#http.request(request.value) : answer;
  }

  async #renewed(answer: Result<HttpResponse>): Promise<boolean> {
    if (!answer.ok || answer.value.status !== 401 || !this.#credentials.renewable) return false;
    this.#credentials.renew();
    return true;
  }

  async #request({
    method = 'GET',
    path,
    query = {},
    accept = json,
    contentType,
    body,
    signal,
    timeoutMs,
  }: Call): Promise<Result<HttpRequest>> {
    const access = await this.#credentials.access(signal);
    if (!access.ok) return access;
    const { server, tls, proxy, headers } = access.value;
    const asked = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
    const search = asked.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join('&');
    const glue = path.includes('?') ? '&' : '?';
    return success({
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
      ...(body === undefined ? {} : { body }),
      ...(signal === undefined ? {} : { signal }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    });
  }

  async #refusedStream(stream: HttpStream): Promise<Result<never>> {
    const parts: Uint8Array[] = [];
    for await (const part of stream.chunks) parts.push(part);
    const body = Buffer.concat(parts);
    const refused = { status: stream.status, headers: stream.headers, body, text: () => body.toString() };
    if (stream.status === 401) this.#credentials.renew();
    return stream.status >= 400
      ? refusalOf(refused, this.#context, this.#clock.now())
      : failed('malformed', `${this.#context} redirected a watch.`);
  }
}
