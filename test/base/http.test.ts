import assert from 'node:assert/strict';
import http from 'node:http';
import net from 'node:net';
import { after, test } from 'node:test';
import zlib from 'node:zlib';
import { createHttp, type HttpRequest } from '../../src/base/http.ts';
import { jsonOf } from '../../src/base/jsonBody.ts';
import { certificates } from '../support/certificates.ts';
import { scriptedServer } from '../support/scriptedServer.ts';

const client = createHttp();
const authority = certificates();
after(() => {
  client.dispose();
  authority.dispose();
});

/** What became of a request as one line: status and text, or reason and sentence (ports written as PORT). */
async function outcome(request: Partial<HttpRequest> & { url: string }): Promise<string> {
  const answer = await client.request({ method: 'GET', ...request });
  if (answer.ok) return `${answer.value.status} ${answer.value.text()}`;
  return `${answer.failure.reason}: ${answer.failure.message.replace(/:\d{4,5}\b/g, ':PORT')}`;
}

test('an answer of any status is an answer, compressed or not', async () => {
  await using server = await scriptedServer({
    'GET /plain': { status: 404, text: 'nothing here' },
    'GET /gzip': { raw: (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(zlib.gzipSync('packed')) },
    'GET /deflate': {
      raw: (response) => response.writeHead(200, { 'content-encoding': 'deflate' }).end(zlib.deflateSync('packed')),
    },
    'POST /echo': ({ body }) => ({ text: body }),
  });
  assert.equal(await outcome({ url: `${server.url}/plain` }), '404 nothing here');
  assert.equal(await outcome({ url: `${server.url}/gzip` }), '200 packed');
  assert.equal(await outcome({ url: `${server.url}/deflate` }), '200 packed');
  assert.equal(await outcome({ url: `${server.url}/echo`, method: 'POST', body: 'grüße' }), '200 grüße');
});

test('characters that lie across the pieces of a body are whole in its text, and its bytes are those that were sent', async () => {
  const long = 'grüße 🚀 世界 '.repeat(3);
  const bytes = Buffer.from(`${long}\u{feff}`);
  await using server = await scriptedServer({
    'GET /pieces': {
      raw: (response) => {
        for (const byte of bytes) response.write(Buffer.from([byte]));
        response.end();
      },
    },
    'GET /torn': { raw: (response) => response.end(bytes.subarray(0, 3)) },
    'GET /nothing': { raw: (response) => response.end() },
  });
  const got = async (path: string) => {
    const answer = await client.request({ method: 'GET', url: `${server.url}${path}` });
    assert.ok(answer.ok);
    return [answer.value.text(), Buffer.from(answer.value.body).toString('hex'), answer.value.text()];
  };
  assert.deepEqual(await got('/pieces'), [`${long}\u{feff}`, bytes.toString('hex'), `${long}\u{feff}`]);
  assert.deepEqual(await got('/torn'), ['gr\u{fffd}', '6772c3', 'gr\u{fffd}']);
  assert.deepEqual(await got('/nothing'), ['', '', '']);
});

test('trouble of the network is one sentence that names host and cause', async () => {
  await using server = await scriptedServer({
    'GET /torn': {
      raw: (response) => response.writeHead(200, { 'content-length': '100' }).end('half', () => response.destroy()),
    },
    'GET /garbage': { raw: (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('not gzip') },
    'GET /silence': { raw: () => {} },
    'GET /large': { text: 'x'.repeat(3_000_000) },
    'GET /elsewhere': { status: 302, headers: { location: 'http://login.example/' } },
    'GET /here': { status: 302, headers: { location: '/there' } },
    'GET /there': { text: 'arrived' },
    'GET /circle': { status: 302, headers: { location: '/circle' } },
  });
  const lines = {
    refused: await outcome({ url: `http://127.0.0.1:${await freePort()}/` }),
    unresolved: await outcome({ url: 'http://keystone.invalid:5000/' }),
    torn: await outcome({ url: `${server.url}/torn` }),
    garbage: await outcome({ url: `${server.url}/garbage` }),
    silence: await outcome({ url: `${server.url}/silence`, timeoutMs: 100 }),
    large: await outcome({ url: `${server.url}/large`, maxBytes: 1_048_576 }),
    elsewhere: await outcome({ url: `${server.url}/elsewhere` }),
    here: await outcome({ url: `${server.url}/here` }),
    circle: await outcome({ url: `${server.url}/circle` }),
    socks: await outcome({ url: server.url, proxy: 'socks4://127.0.0.1:1080' }),
    notUrl: await outcome({ url: 'keystone' }),
  };
  assert.deepEqual(lines, {
    refused: 'offline: 127.0.0.1:PORT refused the connection. Check the address and that the service is running.',
    unresolved: 'offline: keystone.invalid:PORT cannot be found: its name does not resolve. Check the address and the network.',
    torn: 'offline: 127.0.0.1:PORT closed the connection before it had answered. Try again.',
    garbage: 'malformed: 127.0.0.1:PORT sent a body that cannot be decompressed.',
    silence: 'offline: 127.0.0.1:PORT timed out: no complete answer within 0.1 s. Try again.',
    large: 'malformed: 127.0.0.1:PORT sent more than 1 MiB in one answer.',
    elsewhere: 'malformed: 127.0.0.1:PORT redirects to login.example, which is not followed. Check the address.',
    here: '200 arrived',
    circle: 'malformed: 127.0.0.1:PORT redirects in a circle. Check the address.',
    socks: 'unsupported: The proxy 127.0.0.1:PORT is of type socks4, which is not supported; http, https and socks5 are.',
    notUrl: 'invalid: The configured address is not an http or https URL.',
  });
});

test('a server that drips bytes is ended by the deadline, and by the user within 100 ms', async () => {
  const drip = (response: http.ServerResponse) => {
    response.writeHead(200);
    const timer = setInterval(() => response.write('.'), 10);
    response.on('close', () => clearInterval(timer));
  };
  await using server = await scriptedServer({ 'GET /drip': { raw: drip } });
  assert.match(await outcome({ url: `${server.url}/drip`, timeoutMs: 150 }), /^offline: .* timed out/);
  const controller = new AbortController();
  const running = outcome({ url: `${server.url}/drip`, signal: controller.signal });
  await new Promise((resolve) => setTimeout(resolve, 50));
  const asked = performance.now();
  controller.abort();
  assert.match(await running, /^cancelled: /);
  assert.ok(performance.now() - asked < 100);
});

test('TLS trouble says what is wrong with the certificate', async () => {
  await using good = await scriptedServer({ 'GET /': { text: 'secure' } }, authority.issue('IP:127.0.0.1'));
  await using other = await scriptedServer({ 'GET /': { text: 'secure' } }, authority.issue('DNS:other.example'));
  await using expired = await scriptedServer({ 'GET /': { text: 'secure' } }, authority.issue('IP:127.0.0.1', 'expired'));
  const mutual = { ...authority.issue('IP:127.0.0.1'), ca: authority.ca, requestCert: true, rejectUnauthorized: true };
  await using strict = await scriptedServer({ 'GET /': { text: 'secure' } }, mutual);
  await using plain = await scriptedServer({});
  const tls = { ca: authority.ca };
  const lines = {
    good: await outcome({ url: good.url, tls }),
    unknown: await outcome({ url: good.url }),
    insecure: await outcome({ url: good.url, tls: { insecure: true } }),
    other: await outcome({ url: other.url, tls }),
    named: await outcome({ url: other.url, tls: { ...tls, serverName: 'other.example' } }),
    expired: await outcome({ url: expired.url, tls }),
    noClientCertificate: await outcome({ url: strict.url, tls }),
    clientCertificate: await outcome({ url: strict.url, tls: { ...tls, ...authority.issue('DNS:client') } }),
    notPem: await outcome({ url: strict.url, tls: { ...tls, cert: 'nonsense', key: 'nonsense' } }),
    plain: await outcome({ url: plain.url.replace('http:', 'https:') }),
  };
  assert.deepEqual(lines, {
    good: '200 secure',
    unknown:
      'untrusted: 127.0.0.1:PORT presents a certificate of an authority this machine does not know. Name its CA in the configuration.',
    insecure: '200 secure',
    other: 'untrusted: 127.0.0.1:PORT presents a certificate for other.example. Check the address, or name the right CA.',
    named: '200 secure',
    expired: 'untrusted: 127.0.0.1:PORT presents a certificate that has expired. Its operator must renew it.',
    noClientCertificate: 'untrusted: 127.0.0.1:PORT did not accept the client certificate. Check the configured cert and key.',
    clientCertificate: '200 secure',
    notPem:
      'invalid: 127.0.0.1:PORT cannot be asked: the configured certificate, key or CA is not valid PEM, or key and certificate do not belong together.',
    plain: 'malformed: 127.0.0.1:PORT does not speak TLS on this port. Is the address http:// instead of https://?',
  });
});

test('https goes through a proxy by CONNECT, http by absolute URL; a refusal names the proxy', async () => {
  await using secure = await scriptedServer({ 'GET /': { text: 'secure' } }, authority.issue('IP:127.0.0.1'));
  const asked: string[] = [];
  const proxy = http.createServer((request, response) => {
    asked.push(`${request.method} ${request.url?.replace(/:\d+/, ':PORT')} ${request.headers['proxy-authorization']}`);
    response.end('by proxy');
  });
  proxy.on('connect', (request: http.IncomingMessage, socket: net.Socket) => {
    asked.push(`CONNECT ${request.headers['proxy-authorization']}`);
    if (!request.headers['proxy-authorization']) return socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    const [host, port] = (request.url ?? '').split(':');
    const upstream = net.connect(Number(port), host, () => socket.write('HTTP/1.1 200 OK\r\n\r\n'));
    upstream.pipe(socket).pipe(upstream);
    socket.on('error', () => upstream.destroy());
    return undefined;
  });
  await new Promise<void>((listening) => proxy.listen(0, '127.0.0.1', listening));
  const address = proxy.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const signedIn = `http://kim:pass@127.0.0.1:${port}`;
  const tls = { ca: authority.ca };
  assert.equal(await outcome({ url: `${secure.url}/`, tls, proxy: signedIn }), '200 secure');
  assert.equal(await outcome({ url: 'http://inside.invalid/x', proxy: signedIn }), '200 by proxy');
  assert.equal(
    await outcome({ url: `${secure.url}/`, tls, proxy: `http://127.0.0.1:${port}` }),
    'offline: 127.0.0.1:PORT cannot be reached: the proxy 127.0.0.1:PORT refused with status 407.',
  );
  assert.deepEqual(asked, ['CONNECT Basic a2ltOnBhc3M=', 'GET http://inside.invalid/x Basic a2ltOnBhc3M=', 'CONNECT undefined']);
  client.dispose();
  proxy.closeAllConnections();
  proxy.close();
});

test('a command line takes its proxies from the environment, and keeps to NO_PROXY', async () => {
  await using target = await scriptedServer({ 'GET /direct': { text: 'direct' } });
  await using proxy = await scriptedServer({ 'GET http://inside.invalid/x': { text: 'by proxy' } });
  const shell = createHttp(undefined, { proxyEnv: { HTTP_PROXY: proxy.url, NO_PROXY: '127.0.0.1' } });
  const text = async (url: string) => {
    const answer = await shell.request({ method: 'GET', url });
    return answer.ok ? answer.value.text() : answer.failure.message;
  };
  assert.equal(await text('http://inside.invalid/x'), 'by proxy');
  assert.equal(await text(`${target.url}/direct`), 'direct');
  shell.dispose();
});

test('connections are kept and shared, forty at most, and streams do not take them', async () => {
  const sockets = new Set<net.Socket>();
  const server = http.createServer((request, response) => {
    sockets.add(request.socket);
    if (request.url === '/watch') return void response.writeHead(200).write('event\n');
    setTimeout(() => response.end('done'), 5);
    return undefined;
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  const streams = await Promise.all(Array.from({ length: 20 }, () => client.stream({ method: 'GET', url: `${url}/watch` })));
  const answers = await Promise.all(Array.from({ length: 100 }, () => outcome({ url: `${url}/list` })));
  assert.deepEqual(new Set(answers), new Set(['200 done']));
  assert.ok(sockets.size <= 60, `${sockets.size} connections`);
  const first = streams[0];
  assert.ok(first?.ok);
  for await (const chunk of first.value.chunks) {
    assert.equal(Buffer.from(chunk).toString(), 'event\n');
    first.value.close();
  }
  for (const stream of streams) if (stream.ok) stream.value.close();
  client.dispose();
  server.closeAllConnections();
  server.close();
});

test('a web page or torn JSON instead of the API is told apart', async () => {
  await using server = await scriptedServer({
    'GET /page': { status: 502, text: '<html><h1>Bad Gateway</h1></html>', headers: { 'content-type': 'text/html' } },
    'GET /torn': { text: '{"servers": [' },
    'GET /nothing': { text: '' },
    'GET /json': { json: { a: 1 } },
  });
  const decode = async (path: string) => {
    const answer = await client.request({ method: 'GET', url: server.url + path });
    assert.ok(answer.ok);
    const json = jsonOf(answer.value, 'nova.example');
    return json.ok ? JSON.stringify(json.value) : `${json.failure.reason}: ${json.failure.message}`;
  };
  assert.equal(
    await decode('/page'),
    'malformed: nova.example answered with a web page instead of its API (status 502). Check the address, and for a proxy or login page in between.',
  );
  assert.equal(
    await decode('/torn'),
    'malformed: nova.example sent a torn or unreadable answer (status 200, 13 bytes). Try again.',
  );
  assert.equal(await decode('/nothing'), 'malformed: nova.example sent nothing (status 200, 0 bytes). Try again.');
  assert.equal(await decode('/json'), '{"a":1}');
});

async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  return typeof address === 'object' && address ? address.port : 0;
}
