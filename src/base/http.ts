import type { Door } from './door.ts';
import type { Result } from './failure.ts';
import type { MessageSocket } from './messageSocket.ts';
import type { HttpTransfer, Transferred } from './transfer.ts';

/** What makes one TLS client differ from another; equal values share a connection pool. PEM texts, never paths. */
export interface TlsOptions {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** The name to verify instead of the URL's host (kubeconfig `tls-server-name`). */
  readonly serverName?: string;
  /** True only if the user's own file says so (`insecure: true`, `insecure-skip-tls-verify`). */
  readonly insecure?: boolean;
}

/** One request. Headers that carry secrets are never logged; redirects are followed on the same origin only. */
export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string | Uint8Array;
  readonly tls?: TlsOptions;
  /** `http:`, `https:`, `socks5:` or `socks5h:` URL of a proxy named by the user's file (kubeconfig `proxy-url`). */
  readonly proxy?: string;
  /** The way to take instead, proxies left aside; https only. */
  readonly door?: Door;
  readonly signal?: AbortSignal;
  /** Whole-request deadline in ms; default 60,000. Streams: until the headers have come. */
  readonly timeoutMs?: number;
  /** Largest accepted body in bytes; default 512 MiB, beyond it the answer is a `malformed` failure. */
  readonly maxBytes?: number;
  /** Asks for the digest of the server's certificate beside its answer. */
  readonly certificate?: true;
}

/** An answer of any status: a 404 is an answer, a refused connection is a failure. Header names are lower case. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** SHA-256 of the certificate that the server showed, if it was asked for and there is one. */
  readonly certificate?: string;
  /** The body as UTF-8. */
  text(): string;
}

/** An answer whose body arrives over time (a watch, a log). The iteration ends when the server ends it or `close` is called. */
export interface HttpStream {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Once the iteration is over: whether the server ended the body; false when the connection was lost or closed from here. */
  readonly whole: boolean;
  close(): void;
}

/**
 * The one door to the network, for both worlds: pooled, keep-alive, gzip, deadlines, cancellable.
 * Fails with `offline`, `untrusted`, `malformed` or `cancelled`; the sentence names host and cause. Never retries.
 */
export interface Http {
  request(request: HttpRequest): Promise<Result<HttpResponse>>;
  stream(request: HttpRequest): Promise<Result<HttpStream>>;
  /** Moves a body of any size from or to a stream. Redirects are not followed; fails also with `conflict` when the source is not as long as it said. */
  transfer(transfer: HttpTransfer): Promise<Result<Transferred>>;
  /**
   * Opens a WebSocket (RFC 6455), binary messages both ways. `protocols` are the subprotocols spoken here, likeliest first; fails with `malformed` when the server takes none.
   * A server that does not switch protocols has answered: its answer comes. Redirects are not followed.
   */
  socket(request: HttpRequest, protocols: readonly string[]): Promise<Result<HttpResponse | MessageSocket>>;
  dispose(): void;
}

export { createHttp, type HttpOptions } from './pool.ts';
