import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable, Writable } from 'node:stream';
import { after, test } from 'node:test';
import { createHttp } from '../../src/base/http.ts';
import type { HttpTransfer } from '../../src/base/transfer.ts';

const client = createHttp();
after(() => client.dispose());
const MIB = 1024 * 1024;

/** A server that keeps nothing but digests; its doors are named by what they do. */
async function listen(): Promise<AsyncDisposable & { readonly url: string; readonly seen: string[] }> {
  const seen: string[] = [];
  const server = http.createServer();
  const doors: Readonly<Record<string, http.RequestListener>> = {
    '/digest': (request, response) => {
      const hash = createHash('sha256');
      request.on('data', (chunk: Buffer) => hash.update(chunk));
      request.on('end', () => response.end(hash.digest('hex')));
      request.on('error', () => seen.push('torn request'));
    },
    '/refuse': (_request, response) => response.writeHead(412).end('there already'),
    '/plain': (request, response) =>
      request.headers.expect ? response.writeHead(417).end() : doors['/digest']?.(request, response),
    '/deaf': (request) => void request.pause(),
    '/long': (_request, response) => Readable.from(pattern(64)).pipe(response.writeHead(200, { 'content-length': 64 * MIB })),
    '/torn': (_request, response) => {
      response.writeHead(200, { 'content-length': 3 * MIB }).write(Buffer.alloc(MIB), () => response.destroy());
    },
    '/stalled': (_request, response) => void response.writeHead(200, { 'content-length': 3 * MIB }).write(Buffer.alloc(MIB)),
    '/missing': (_request, response) => response.writeHead(404).end('no such object'),
  };
  const serve: http.RequestListener = (request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers['content-length'] ?? '-'} ${request.headers.expect ?? '-'}`);
    if (request.headers.expect && !['/refuse', '/plain'].includes(request.url ?? '')) response.writeContinue();
    doors[request.url ?? '']?.(request, response);
  };
  server.on('request', serve);
  server.on('checkContinue', serve);
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

function* pattern(mebibytes: number): Generator<Buffer> {
  for (let index = 0; index < mebibytes; index++) yield Buffer.alloc(MIB, index);
}

const source = (mebibytes: number, size = mebibytes * MIB) => ({ size, open: () => Readable.from(pattern(mebibytes)) });

/** What became of it, as one line: status, text and bytes sent, or reason and sentence (ports written as PORT). */
async function outcome(transfer: Omit<HttpTransfer, 'method'> & { readonly method?: HttpTransfer['method'] }): Promise<string> {
  const answer = await client.transfer({ method: transfer.body ? 'PUT' : 'GET', ...transfer });
  if (answer.ok) return `${answer.value.response.status} ${answer.value.response.text()} (${answer.value.sentBytes} sent)`;
  return `${answer.failure.reason}: ${answer.failure.message.replace(/:\d{4,5}\b/g, ':PORT')}`;
}

/** A sink that remembers how many bytes it got, and whether it was ended or torn. */
function sink() {
  const got = { bytes: 0, end: 'open' };
  const open = () =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        got.bytes += chunk.length;
        done();
      },
      final(done) {
        got.end = 'ended';
        done();
      },
      destroy(error, done) {
        if (got.end !== 'ended') got.end = 'torn';
        done(error);
      },
    });
  return { got, open };
}

test('a large body is sent as it is read, and told of as it goes', async () => {
  await using server = await listen();
  const digest = createHash('sha256');
  for (const chunk of pattern(96)) digest.update(chunk);
  let told = 0;
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  const line = await outcome({ url: `${server.url}/digest`, body: source(96), onChunk: (chunk) => (told += chunk.length) });
  const grown = (process.memoryUsage().rss - before) / MIB;
  assert.equal(line, `200 ${digest.digest('hex')} (${96 * MIB} sent)`);
  assert.equal(told, 96 * MIB);
  assert.ok(grown < 80, `grew by ${Math.round(grown)} MiB`);
  assert.deepEqual(server.seen, [`PUT /digest ${96 * MIB} 100-continue`]);
});

test('a large answer goes where it is told to, an error body is read', async () => {
  await using server = await listen();
  const whole = sink();
  assert.equal(await outcome({ url: `${server.url}/long`, sink: whole.open }), '200  (0 sent)');
  assert.deepEqual(whole.got, { bytes: 64 * MIB, end: 'ended' });
  const none = sink();
  assert.equal(await outcome({ url: `${server.url}/missing`, sink: none.open }), '404 no such object (0 sent)');
  assert.deepEqual(none.got, { bytes: 0, end: 'open' });
});

test('what the server turns away costs no byte', async () => {
  await using server = await listen();
  assert.equal(await outcome({ url: `${server.url}/refuse`, body: source(8) }), '412 there already (0 sent)');
});

test('a server that will not be asked first is not', async () => {
  await using server = await listen();
  const digest = createHash('sha256').update(Buffer.alloc(MIB, 0)).digest('hex');
  assert.equal(await outcome({ url: `${server.url}/plain`, body: source(1) }), `200 ${digest} (${MIB} sent)`);
  assert.deepEqual(server.seen, [`PUT /plain ${MIB} 100-continue`, `PUT /plain ${MIB} -`]);
});

test('nothing to send is sent at once', async () => {
  await using server = await listen();
  const empty = createHash('sha256').digest('hex');
  assert.equal(await outcome({ url: `${server.url}/digest`, body: source(0) }), `200 ${empty} (0 sent)`);
  assert.equal(
    await outcome({ url: `${server.url}/digest`, body: 'text' }),
    `200 ${createHash('sha256').update('text').digest('hex')} (0 sent)`,
  );
});

test('halves are failures: torn, stalled, cancelled, of another size, not readable, not writable', async () => {
  await using server = await listen();
  const torn = sink();
  const cancelled = sink();
  const cancel = new AbortController();
  const onChunk = () => cancel.abort();
  const full = () =>
    new Writable({ write: (_chunk, _encoding, done) => done(Object.assign(new Error('full'), { code: 'ENOSPC' })) });
  const gone = () =>
    new Readable({
      read() {
        this.destroy(Object.assign(new Error('gone'), { code: 'ENOENT' }));
      },
    });
  const lines = {
    torn: await outcome({ url: `${server.url}/torn`, sink: torn.open }),
    stalled: await outcome({ url: `${server.url}/stalled`, sink: sink().open, idleMs: 150 }),
    deaf: await outcome({ url: `${server.url}/deaf`, body: source(64), idleMs: 150 }),
    cancelled: await outcome({ url: `${server.url}/long`, sink: cancelled.open, signal: cancel.signal, onChunk }),
    sendingCancelled: await outcome({ url: `${server.url}/digest`, body: source(64), signal: AbortSignal.abort() }),
    shorter: await outcome({ url: `${server.url}/digest`, body: source(2, 3 * MIB) }),
    longer: await outcome({ url: `${server.url}/digest`, body: source(4, 3 * MIB) }),
    unreadable: await outcome({ url: `${server.url}/digest`, body: { size: MIB, open: gone } }),
    unwritable: await outcome({ url: `${server.url}/long`, sink: full }),
    notUrl: await outcome({ url: 'swift' }),
  };
  assert.deepEqual(lines, {
    torn: 'offline: 127.0.0.1:PORT closed the connection before it had answered. Try again.',
    stalled: 'offline: 127.0.0.1:PORT timed out: nothing came for 0.2 s. Try again.',
    deaf: 'offline: 127.0.0.1:PORT timed out: nothing came for 0.2 s. Try again.',
    cancelled: 'cancelled: 127.0.0.1:PORT was not waited for: cancelled.',
    sendingCancelled: 'cancelled: 127.0.0.1:PORT was not waited for: cancelled.',
    shorter: 'conflict: 127.0.0.1:PORT did not get all: it changed while it was read here. Try again.',
    longer: 'conflict: 127.0.0.1:PORT did not get all: it changed while it was read here. Try again.',
    unreadable: 'invalid: 127.0.0.1:PORT did not get all: it could not be read here (ENOENT).',
    unwritable: 'invalid: 127.0.0.1:PORT answered, but it could not be written here (ENOSPC).',
    notUrl: 'invalid: The configured address is not an http or https URL.',
  });
  assert.equal(torn.got.end, 'torn');
  assert.equal(cancelled.got.end, 'torn');
  assert.equal(server.seen.includes(`PUT /digest ${64 * MIB} 100-continue`), false);
});
