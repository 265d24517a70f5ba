import assert from 'node:assert/strict';
import http from 'node:http';
import net from 'node:net';
import { after, describe, it } from 'node:test';
import { createHttp } from '../../src/base/http.ts';
import { proxyFromEnv } from '../../src/base/proxyEnv.ts';
import { certificates } from '../support/certificates.ts';
import { scriptedServer } from '../support/scriptedServer.ts';
import { type SocksTraits, socksServer } from '../support/socksServer.ts';

const authority = certificates();
after(() => authority.dispose());

/** What a GET gives by that proxy, in one line; ports are written PORT. */
async function fetched(url: string, proxy: string, { signal }: { signal?: AbortSignal } = {}): Promise<string> {
  const client = createHttp();
  const answer = await client.request({ method: 'GET', url, proxy, tls: { ca: authority.ca }, ...(signal ? { signal } : {}) });
  client.dispose();
  return answer.ok
    ? answer.value.text()
    : `${answer.failure.reason}: ${answer.failure.message.replaceAll(/:\d{4,5}\b/g, ':PORT')}`;
}

describe('R9: a SOCKS5 proxy', () => {
  const drips: SocksTraits = { drips: true };
  const account = { user: 'kim', password: 'p@ss:1' };
  const works: Readonly<Record<string, [SocksTraits, userInfo: string, host: string, asked: string]>> = {
    'connects to an address': [{}, '', '127.0.0.1', 'ipv4 127.0.0.1'],
    'resolves the names itself': [{ names: { 'api.lab': '127.0.0.1' } }, '', 'api.lab', 'name api.lab'],
    'is understood however its bytes arrive': [drips, '', '127.0.0.1', 'ipv4 127.0.0.1'],
    'is signed in to': [{ account, ...drips }, 'kim:p%40ss%3A1@', '127.0.0.1', 'ipv4 127.0.0.1 by kim'],
  };
  for (const [name, [traits, userInfo, host, asked]] of Object.entries(works))
    for (const secure of [true, false])
      it(`${name}, ${secure ? 'https' : 'http'}`, async () => {
        const tls = secure ? authority.issue('IP:127.0.0.1,DNS:api.lab') : undefined;
        await using server = await scriptedServer({ 'GET /': { text: 'reached' } }, tls);
        await using proxy = await socksServer(traits);
        for (const scheme of ['socks5', 'socks5h']) {
          const url = `${secure ? 'https' : 'http'}://${host}:${server.port}/`;
          assert.equal(await fetched(url, `${scheme}://${userInfo}127.0.0.1:${proxy.port}`), 'reached');
        }
        assert.deepEqual(proxy.asked, [asked, asked]);
      });

  it('connects to an IPv6 address', async () => {
    await using server = await scriptedServer({ 'GET /': { text: 'reached' } }, undefined, '::1');
    await using proxy = await socksServer();
    assert.equal(await fetched(`${server.url}/`, `socks5://127.0.0.1:${proxy.port}`), 'reached');
    assert.deepEqual(proxy.asked, ['ipv6 0000:0000:0000:0000:0000:0000:0000:0001']);
  });

  const fails: Readonly<Record<string, [SocksTraits, userInfo: string, sentence: string]>> = {
    'that refuses': [{ refuses: 2 }, '', 'does not allow it.'],
    'behind which nobody answers': [{ refuses: 5 }, '', 'was refused the connection there.'],
    'with a code of its own': [{ refuses: 99 }, '', 'refused with code 99.'],
    'that wants to know who asks': [{ account }, '', 'wants another way to sign in than by its address.'],
    'that knows another password': [{ account }, 'kim:wrong@', 'does not accept the configured user and password.'],
  };
  for (const [name, [traits, userInfo, sentence]] of Object.entries(fails))
    it(`${name} is named with the cause, and no password`, async () => {
      await using proxy = await socksServer(traits);
      assert.equal(
        await fetched('https://api.lab:6443/', `socks5://${userInfo}127.0.0.1:${proxy.port}`),
        `offline: api.lab:PORT cannot be reached: the proxy 127.0.0.1:PORT ${sentence}`,
      );
    });

  it('that is none, or is away, is named', async () => {
    await using web = await scriptedServer({});
    assert.equal(
      await fetched('https://api.lab:6443/', `socks5://127.0.0.1:${web.port}`),
      'offline: api.lab:PORT cannot be reached: the proxy 127.0.0.1:PORT does not speak SOCKS5. Check the configured proxy.',
    );
    const { port } = web;
    await web[Symbol.asyncDispose]();
    assert.equal(
      await fetched('https://api.lab:6443/', `socks5://127.0.0.1:${port}`),
      'offline: api.lab:PORT cannot be reached: the proxy 127.0.0.1:PORT does not answer. Check the configured proxy.',
    );
    assert.match(await fetched('https://api.lab/', 'socks4://127.0.0.1:1'), /^unsupported: .* http, https and socks5 are\.$/);
  });

  it('that is silent does not hold up who cancels', async () => {
    const silent = net.createServer();
    await new Promise<void>((listening) => silent.listen(0, '127.0.0.1', listening));
    const { port } = silent.address() as net.AddressInfo;
    const ending = new AbortController();
    const running = fetched('https://api.lab:6443/', `socks5://127.0.0.1:${port}`, { signal: ending.signal });
    const socket = await new Promise<net.Socket>((connected) => silent.once('connection', connected));
    const asked = performance.now();
    ending.abort();
    assert.match(await running, /^cancelled: /);
    assert.ok(performance.now() - asked < 100);
    socket.destroy();
    silent.close();
  });
});

describe('R9: the proxy that the environment names', () => {
  const proxy = 'http://proxy.lab:3128';
  const cases: readonly (readonly [url: string, noProxy: string, expected: 'proxy' | 'direct'])[] = [
    ['https://api.lab:6443', '', 'proxy'],
    ['https://api.lab:6443', '*', 'direct'],
    ['https://api.lab:6443', 'lab', 'direct'],
    ['https://api.lab:6443', '.lab', 'direct'],
    ['https://api.lab:6443', '*.lab', 'direct'],
    ['https://lab', '.lab', 'proxy'],
    ['https://lab', 'lab', 'direct'],
    ['https://mylab', 'lab', 'proxy'],
    ['https://API.Lab:6443', ' other, api.LAB ', 'direct'],
    ['https://api.lab:6443', 'api.lab:6443', 'direct'],
    ['https://api.lab:6443', 'api.lab:443', 'proxy'],
    ['https://api.lab', 'api.lab:443', 'direct'],
    ['https://10.1.2.3:6443', '10.0.0.0/8', 'direct'],
    ['https://11.1.2.3:6443', '10.0.0.0/8', 'proxy'],
    ['https://10.1.2.3:6443', '10.1.2.3', 'direct'],
    ['https://10.1.2.3:6443', '1.2.3', 'proxy'],
    ['https://10.1.2.3:6443', '10.1.2.3:6443', 'direct'],
    ['https://[fd00::7]:6443', 'fd00::/8', 'direct'],
    ['https://[fd00::7]:6443', '[fd00::7]', 'direct'],
    ['https://[fd00::7]:6443', 'fd00::7', 'direct'],
    ['https://[fe80::7]:6443', 'fd00::/8', 'proxy'],
    ['https://api.lab', '10.0.0.0/8', 'proxy'],
    ['https://10.1.2.3', '10.0.0.0/99', 'proxy'],
    ['https://127.0.0.1:6443', '', 'direct'],
    ['https://localhost:6443', '', 'direct'],
    ['https://[::1]:6443', '', 'direct'],
  ];
  for (const [url, noProxy, expected] of cases)
    it(`${url} with NO_PROXY=${noProxy}: ${expected}`, () => {
      const found = proxyFromEnv(new URL(url), { HTTPS_PROXY: proxy, NO_PROXY: noProxy });
      assert.equal(found === undefined ? 'direct' : 'proxy', expected);
    });

  it('is named for each scheme, in small letters too, with or without its own scheme', () => {
    const named = (url: string, env: NodeJS.ProcessEnv) => proxyFromEnv(new URL(url), env)?.href;
    const env = { HTTPS_PROXY: 'secure.lab:1', http_proxy: 'socks5://plain.lab:2' };
    assert.equal(named('https://api.lab', env), 'http://secure.lab:1/');
    assert.equal(named('http://api.lab', env), 'socks5://plain.lab:2');
    assert.equal(named('http://api.lab', { HTTPS_PROXY: proxy }), undefined);
    assert.equal(named('https://api.lab', { HTTPS_PROXY: 'http://' }), undefined);
  });

  it('carries https by CONNECT; a refusal names it and its status', async () => {
    const proxy = http.createServer();
    proxy.on('connect', (_request: http.IncomingMessage, socket: net.Socket) =>
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'),
    );
    await new Promise<void>((listening) => proxy.listen(0, '127.0.0.1', listening));
    const { port } = proxy.address() as net.AddressInfo;
    const shell = createHttp(undefined, { proxyEnv: { HTTPS_PROXY: `127.0.0.1:${port}` } });
    const answer = await shell.request({ method: 'GET', url: 'https://api.lab:6443/' });
    assert.equal(
      answer.ok ? '' : answer.failure.message,
      `api.lab:6443 cannot be reached: the proxy 127.0.0.1:${port} refused with status 407.`,
    );
    shell.dispose();
    proxy.close();
  });
});
