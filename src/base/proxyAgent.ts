import http from 'node:http';
import https from 'node:https';
import type net from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import { Ended } from './networkFailure.ts';
import { socksConnect } from './socks.ts';

type Connected = (error: Error | null, stream?: Duplex) => void;
type ConnectOptions = https.AgentOptions & { host?: string; port?: number | string };

/** Until a proxy has connected. */
const connectMs = 10_000;

/**
 * An agent whose TLS connections run through a proxy (kubeconfig `proxy-url`): an HTTP proxy's `CONNECT`, or SOCKS5. TLS is end to end: the proxy sees the host name only.
 * A proxy that refuses ends the request with a sentence that names the proxy and its status.
 */
export class TunnelAgent extends https.Agent {
  readonly #proxy: URL;

  constructor(proxy: URL, options: https.AgentOptions) {
    super(options);
    this.#proxy = proxy;
  }

  override createConnection(options: ConnectOptions, connected: Connected): undefined {
    if (isSocks(this.#proxy)) {
      bySocks(this.#proxy, options, (error, socket) => (socket ? this.#secure(socket, options, connected) : connected(error)));
      return;
    }
    const target = `${options.host}:${options.port}`;
    const connect = (this.#proxy.protocol === 'https:' ? https : http).request({
      host: this.#proxy.hostname.replace(/^\[|\]$/g, ''),
      port: this.#proxy.port || (this.#proxy.protocol === 'https:' ? 443 : 80),
      method: 'CONNECT',
      path: target,
      headers: { host: target, ...proxyAuthorization(this.#proxy) },
      agent: false,
    });
    connect.setTimeout(connectMs, () => connect.destroy(new Error('silent')));
    connect.once('connect', (response: http.IncomingMessage, socket: net.Socket) => {
      socket.setTimeout(0);
      if (response.statusCode === 200) return this.#secure(socket, options, connected);
      socket.destroy();
      connected(
        new Ended('offline', `cannot be reached: the proxy ${this.#proxy.host} refused with status ${response.statusCode}.`),
      );
    });
    connect.once('error', () =>
      connected(
        new Ended('offline', `cannot be reached: the proxy ${this.#proxy.host} does not answer. Check the configured proxy.`),
      ),
    );
    connect.end();
  }

  #secure(socket: Duplex, options: ConnectOptions, connected: Connected): undefined {
    const { host, port: _port, ...rest } = options;
    const secure = tls.connect({ ...rest, socket, ...(host !== undefined && { host }) });
    connected(null, secure);
  }
}

/** An agent whose plain connections run through a SOCKS5 proxy. */
export class SocksAgent extends http.Agent {
  readonly #proxy: URL;

  constructor(proxy: URL, options: http.AgentOptions) {
    super(options);
    this.#proxy = proxy;
  }

  override createConnection(options: ConnectOptions, connected: Connected): undefined {
    bySocks(this.#proxy, options, connected);
  }
}

/** Whether a proxy speaks SOCKS5; others speak HTTP. */
export function isSocks({ protocol }: URL): boolean {
  return protocol === 'socks5:' || protocol === 'socks5h:';
}

function bySocks(proxy: URL, { host = '', port = 80 }: ConnectOptions, connected: Connected): void {
  socksConnect(proxy, host, Number(port), connectMs).then(
    (socket) => connected(null, socket),
    (error: Error) => connected(error),
  );
}

/** The header that signs in to a proxy whose URL carries user and password. */
export function proxyAuthorization(proxy: URL): Record<string, string> {
  if (!proxy.username) return {};
  const credentials = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` };
}
