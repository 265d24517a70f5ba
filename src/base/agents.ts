import { createHash } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import { failed, type Result, success } from './failure.ts';
import type { HttpRequest } from './http.ts';
import { networkFailed } from './networkFailure.ts';
import { proxyAuthorization, TunnelAgent } from './proxyAgent.ts';

/** Requests of one origin share this many connections; streams have their own, so that watches never starve requests. */
const socketsPerOrigin = 16;

/** How one request reaches its server: the module to call, the pooled agent, and what a plain-text proxy wants changed. */
export interface Route {
  readonly agent: http.Agent;
  readonly secure: boolean;
  /** Set for plain http through a proxy: whom to connect to, with the absolute URL as path. */
  readonly via?: { readonly proxy: URL; readonly headers: Record<string, string> };
}

/** One keep-alive agent for each {origin, TLS material, proxy, use}; TLS texts are keyed by digest. */
export class Agents {
  readonly #agents = new Map<string, http.Agent>();
  readonly #env: NodeJS.ProcessEnv | undefined;

  /** `env` names proxies by HTTPS_PROXY, HTTP_PROXY and NO_PROXY; VS Code does this by itself, a command line asks for it. */
  constructor(env?: NodeJS.ProcessEnv) {
    this.#env = env;
  }

  /** Fails with `unsupported` for a SOCKS proxy and `invalid` for a broken proxy URL or PEM. */
  route(request: HttpRequest, url: URL, use: 'request' | 'stream'): Result<Route> {
    const secure = url.protocol === 'https:';
    const proxy = this.#proxyOf(request);
    if (!proxy.ok) return proxy;
    const key = keyOf(request, url, use);
    try {
      const agent = this.#agents.get(key) ?? this.#create(request, secure, proxy.value, use);
      this.#agents.set(key, agent);
      if (secure || !proxy.value) return success({ agent, secure });
      return success({ agent, secure, via: { proxy: proxy.value, headers: proxyAuthorization(proxy.value) } });
    } catch (error) {
      return networkFailed(error, url.host);
    }
  }

  dispose(): void {
    for (const agent of this.#agents.values()) agent.destroy();
    this.#agents.clear();
  }

  #proxyOf(request: HttpRequest): Result<URL | undefined> {
    if (!request.proxy) return success(undefined);
    const proxy = URL.parse(request.proxy);
    if (!proxy) return failed('invalid', 'The configured proxy-url is not a URL. Correct it in the configuration file.');
    if (proxy.protocol === 'http:' || proxy.protocol === 'https:') return success(proxy);
    return failed(
      'unsupported',
      `The proxy ${proxy.host} is of type ${proxy.protocol.slice(0, -1)}, which is not supported; http and https proxies are.`,
    );
  }

  #create(request: HttpRequest, secure: boolean, proxy: URL | undefined, use: 'request' | 'stream'): http.Agent {
    const pooling = {
      keepAlive: true,
      keepAliveMsecs: 30_000,
      scheduling: 'lifo' as const,
      maxSockets: use === 'stream' ? Number.POSITIVE_INFINITY : socketsPerOrigin,
      ...(this.#env && !proxy && { proxyEnv: this.#env }),
    };
    if (!secure) return new http.Agent(pooling);
    const options = { ...pooling, ...tlsOf(request), minVersion: 'TLSv1.2' as const };
    return proxy ? new TunnelAgent(proxy, options) : new https.Agent(options);
  }
}

function tlsOf({ tls = {} }: HttpRequest): https.AgentOptions {
  return {
    ...(tls.ca !== undefined && { ca: tls.ca }),
    ...(tls.cert !== undefined && { cert: tls.cert }),
    ...(tls.key !== undefined && { key: tls.key }),
    ...(tls.serverName !== undefined && { servername: tls.serverName }),
    ...(tls.insecure && { rejectUnauthorized: false }),
  };
}

function keyOf({ tls = {}, proxy }: HttpRequest, url: URL, use: string): string {
  const material = JSON.stringify([tls.ca, tls.cert, tls.key, tls.serverName, tls.insecure === true, proxy]);
  return `${use} ${url.origin} ${createHash('sha256').update(material).digest('base64')}`;
}
