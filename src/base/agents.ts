import { createHash } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import { DoorAgent } from './door.ts';
import { failed, type Result, success } from './failure.ts';
import type { HttpRequest, TlsOptions } from './http.ts';
import { networkFailed } from './networkFailure.ts';
import { isSocks, proxyAuthorization, SocksAgent, TunnelAgent } from './proxyAgent.ts';
import { proxyFromEnv } from './proxyEnv.ts';

/** Requests of one origin share this many connections: what has more in flight waits here. Streams have their own, so that watches never starve requests. */
export const socketsPerOrigin = 40;
/**
 * A connection unused for so long is not used again: who is in between may have forgotten it, and a machine that slept finds all of them dead. By the wall clock, since
 * timers sleep too. Half as long as client-go keeps one (`IdleConnTimeout`).
 */
const idleMs = 45_000;

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
  readonly #used = new WeakMap<http.Agent, number>();
  readonly #env: NodeJS.ProcessEnv | undefined;

  /** `env` names proxies by HTTPS_PROXY, HTTP_PROXY and NO_PROXY; VS Code has settings for them, a command line goes by its environment. */
  constructor(env?: NodeJS.ProcessEnv) {
    this.#env = env;
  }

  /** Fails with `unsupported` for a proxy that is neither HTTP nor SOCKS5 and for plain http through a door, and with `invalid` for a broken proxy URL or PEM. */
  route(request: HttpRequest, url: URL, use: 'request' | 'stream'): Result<Route> {
    const secure = url.protocol === 'https:';
    const proxy = this.#proxyOf(request, url);
    if (!proxy.ok) return proxy;
    const key = keyOf(request, url, use);
    try {
      const agent = this.#agents.get(key) ?? this.#create(request, secure, proxy.value, use);
      this.#agents.set(key, agent);
      this.#forgetIdle(agent, Date.now());
      if (secure || !proxy.value || isSocks(proxy.value)) return success({ agent, secure });
      return success({ agent, secure, via: { proxy: proxy.value, headers: proxyAuthorization(proxy.value) } });
    } catch (error) {
      return networkFailed(error, url.host);
    }
  }

  dispose(): void {
    for (const agent of this.#agents.values()) agent.destroy();
    this.#agents.clear();
  }

  #forgetIdle(agent: http.Agent, now: number): void {
    const used = this.#used.get(agent) ?? now;
    this.#used.set(agent, now);
    if (Math.abs(now - used) < idleMs) return;
    for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
  }

  #proxyOf(request: HttpRequest, url: URL): Result<URL | undefined> {
    if (request.door) {
      const hint = 'only https is taken through a bastion';
      return url.protocol === 'https:' ? success(undefined) : failed('unsupported', `${url.host} is not asked: ${hint}.`);
    }
    const proxy = request.proxy ? URL.parse(request.proxy) : this.#env && proxyFromEnv(url, this.#env);
    if (proxy === undefined) return success(undefined);
    if (proxy === null) return failed('invalid', 'The configured proxy-url is not a URL. Correct it in the configuration file.');
    if (proxy.protocol === 'http:' || proxy.protocol === 'https:' || isSocks(proxy)) return success(proxy);
    return failed(
      'unsupported',
      `The proxy ${proxy.host} is of type ${proxy.protocol.slice(0, -1)}, which is not supported; http, https and socks5 are.`,
    );
  }

  #create(request: HttpRequest, secure: boolean, proxy: URL | undefined, use: 'request' | 'stream'): http.Agent {
    const pooling = {
      keepAlive: true,
      keepAliveMsecs: 30_000,
      scheduling: 'lifo' as const,
      maxSockets: use === 'stream' ? Number.POSITIVE_INFINITY : socketsPerOrigin,
    };
    if (!secure) return proxy && isSocks(proxy) ? new SocksAgent(proxy, pooling) : new http.Agent(pooling);
    const options = { ...pooling, ...tlsOf(request), minVersion: 'TLSv1.2' as const };
    if (request.door) return new DoorAgent(request.door, options);
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

/** What stands for the key material of a client: reckoned once for each, not with every request. */
const digests = new WeakMap<TlsOptions, string>();

function digestOf(tls: TlsOptions): string {
  const known = digests.get(tls);
  if (known !== undefined) return known;
  const material = JSON.stringify([tls.ca, tls.cert, tls.key, tls.serverName, tls.insecure === true]);
  const digest = createHash('sha256').update(material).digest('base64');
  digests.set(tls, digest);
  return digest;
}

function keyOf({ tls, proxy = '', door }: HttpRequest, url: URL, use: string): string {
  return `${use} ${url.origin} ${tls ? digestOf(tls) : digestOf(noTls)} ${door?.name ?? ''} ${proxy}`;
}

const noTls: TlsOptions = {};
