import http from 'node:http';
import https from 'node:https';
import type net from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import { Ended } from './networkFailure.ts';

type Connected = (error: Error | null, stream?: Duplex) => void;
type ConnectOptions = https.AgentOptions & { host?: string; port?: number | string };

/**
 * An agent whose TLS connections run through an HTTP proxy's `CONNECT` (kubeconfig `proxy-url`). TLS is end to end: the proxy sees the host name only.
 * A proxy that refuses ends the request with a sentence that names the proxy and its status.
 */
export class TunnelAgent extends https.Agent {
  readonly #proxy: URL;

  constructor(proxy: URL, options: https.AgentOptions) {
    super(options);
    this.#proxy = proxy;
  }

  override createConnection(options: ConnectOptions, connected: Connected): undefined {
    const target = `${options.host}:${options.port}`;
    const connect = (this.#proxy.protocol === 'https:' ? https : http).request({
      host: this.#proxy.hostname.replace(/^\[|\]$/g, ''),
      port: this.#proxy.port || (this.#proxy.protocol === 'https:' ? 443 : 80),
      method: 'CONNECT',
      path: target,
      headers: { host: target, ...proxyAuthorization(this.#proxy) },
      agent: false,
    });
    connect.once('connect', (response: http.IncomingMessage, socket: net.Socket) => {
      if (response.statusCode === 200) return this.#secure(socket, options, connected);
      socket.destroy();
      connected(
        new Ended('offline', `cannot be reached: the proxy ${this.#proxy.host} refused with status ${response.statusCode}.`),
      );
    });
    connect.once('error', () =>
      connected(new Ended('offline', `cannot be reached: the proxy ${this.#proxy.host} does not answer. Check proxy-url.`)),
    );
    connect.end();
  }

  #secure(socket: net.Socket, options: ConnectOptions, connected: Connected): undefined {
    const { host, port: _port, ...rest } = options;
    const secure = tls.connect({ ...rest, socket, ...(host !== undefined && { host }) });
    connected(null, secure);
  }
}

/** The header that signs in to a proxy whose URL carries user and password. */
export function proxyAuthorization(proxy: URL): Record<string, string> {
  if (!proxy.username) return {};
  const credentials = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` };
}
