import net from 'node:net';

/**
 * The proxy that the environment names for a URL: `HTTPS_PROXY` or `HTTP_PROXY` by its scheme, unless `NO_PROXY` or loopback exempts its host; in either case of the names.
 * The rules are kubectl's (Go, `golang.org/x/net/http/httpproxy`): an entry of `NO_PROXY` is a host with all below it, `.host` what is below only, an address, a CIDR, each
 * with or without a port, or `*`. Names are not resolved for it. Undefined for no proxy, and for what is no address.
 */
export function proxyFromEnv(url: URL, env: NodeJS.ProcessEnv): URL | undefined {
  const { protocol } = url;
  const named = protocol === 'https:' ? either(env, 'HTTPS_PROXY') : either(env, 'HTTP_PROXY');
  if (named === '' || isExempt(url, either(env, 'NO_PROXY'))) return undefined;
  return URL.parse(named.includes('://') ? named : `http://${named}`) ?? undefined;
}

function either(env: NodeJS.ProcessEnv, name: string): string {
  return env[name] || env[name.toLowerCase()] || '';
}

function isExempt(url: URL, noProxy: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  const exempt = noProxy.split(',').map((entry) => entry.trim().toLowerCase());
  return isLoopback(host) || exempt.some((entry) => entry !== '' && matches(entry, host, port));
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (net.isIPv4(host) && host.startsWith('127.'));
}

function matches(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  const [, address = '', prefix] = /^\[?([^\]/]+)\]?\/(\d+)$/.exec(entry) ?? [];
  if (prefix !== undefined && net.isIP(address)) return isWithin(host, address, Number(prefix));
  const { name, onPort } = withoutPort(entry);
  if (onPort !== undefined && onPort !== port) return false;
  if (net.isIP(name)) return name === host;
  if (net.isIP(host)) return false;
  const suffix = name.replace(/^\*?\./, '.');
  return suffix.startsWith('.') ? host.endsWith(suffix) : host === suffix || host.endsWith(`.${suffix}`);
}

function withoutPort(entry: string): { readonly name: string; readonly onPort: string | undefined } {
  if (net.isIPv6(entry)) return { name: entry, onPort: undefined };
  const [, name = entry, onPort] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
  return { name: name.replace(/^\[|\]$/g, ''), onPort };
}

function isWithin(host: string, address: string, prefix: number): boolean {
  const familyOf = (one: string) => (net.isIPv6(one) ? 'ipv6' : 'ipv4');
  if (!net.isIP(host) || prefix > (net.isIPv6(address) ? 128 : 32)) return false;
  const range = new net.BlockList();
  range.addSubnet(address, prefix, familyOf(address));
  return range.check(host, familyOf(host));
}
