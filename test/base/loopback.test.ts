import assert from 'node:assert/strict';
import http from 'node:http';
import { test } from 'node:test';
import { type Arrival, openLoopback, type Verdict } from '../../src/base/loopback.ts';
import { freePort } from '../support/freePort.ts';

/** Takes `POST /here` with a field `token`. */
function judge({ method, path, form }: Arrival): Verdict<string> {
  if (path !== '/here') return { refuse: 404 };
  const token = form.get('token');
  return method === 'POST' && token ? { answer: token } : { refuse: 405 };
}

/** One request as a browser would send it; the status, or what Node says of the connection. */
function knock(port: number, request: { path?: string; method?: string; body?: string; headers?: Record<string, string> }) {
  const { path = '/here', method = 'POST', body = '', headers = {} } = request;
  const form = { 'content-type': 'application/x-www-form-urlencoded', host: `localhost:${port}`, ...headers };
  return new Promise<string>((resolve) => {
    const sent = http.request({ host: '127.0.0.1', port, path, method, headers: form, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      answer.on('end', () => resolve(`${answer.statusCode} ${text.replace(/.*<p>|<\/p>.*/g, '')}`));
    });
    sent.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    sent.end(body);
  });
}

async function opened(more: { deadlineMs?: number; signal?: AbortSignal } = {}) {
  const port = await freePort();
  const door = await openLoopback({ host: `localhost:${port}`, judge, deadlineMs: 10_000, ...more });
  assert.ok(door.ok);
  return { port, door: door.value };
}

const refused = 'This was not what is waited for here. You may close this window.';

test('only the answer that is waited for ends the wait, and the port is closed after it', async () => {
  const { port, door } = await opened();
  for (const [status, request] of [
    [404, { path: '/elsewhere', body: 'token=t' }],
    [405, { method: 'GET' }],
    [405, { method: 'OPTIONS' }],
    [405, { body: 'token=' }],
    [405, { body: '{"token":"t"}', headers: { 'content-type': 'application/json' } }],
    [421, { body: 'token=t', headers: { host: `rebound.example:${port}` } }],
    [413, { body: `token=${'t'.repeat(65 * 1024)}` }],
  ] as const)
    assert.equal(await knock(port, request), `${status} ${refused}`);
  assert.equal(
    await knock(port, { body: 'token=one+two' }),
    '200 The sign-in goes on in Hybrid Clusters. You may close this window.',
  );
  assert.deepEqual(await door.answer, { ok: true, value: 'one two' });
  assert.equal(await knock(port, { body: 'token=second' }), 'ECONNREFUSED');
});

test('of two answers at once one is taken', async () => {
  const { port, door } = await opened();
  const both = await Promise.all([knock(port, { body: 'token=a' }), knock(port, { body: 'token=b' })]);
  assert.equal(both.filter((answer) => answer.startsWith('200')).length, 1, both.join());
  const answer = await door.answer;
  assert.ok(answer.ok && ['a', 'b'].includes(answer.value));
});

test('nothing is reached but by the loopback address', async () => {
  const { port, door } = await opened();
  const { networkInterfaces } = await import('node:os');
  const others = Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4');
  for (const { address } of others) {
    const reached = await new Promise((resolve) => {
      http.get({ host: address, port, agent: false }, () => resolve(true)).on('error', () => resolve(false));
    });
    assert.equal(reached, false, address);
  }
  door.close();
  assert.deepEqual(await door.answer, { ok: false, failure: { reason: 'cancelled', message: 'Cancelled.' } });
});

test('a taken port is told, a deadline and a cancellation close it', async () => {
  const { port, door } = await opened({ deadlineMs: 50 });
  const second = await openLoopback({ host: `localhost:${port}`, judge, deadlineMs: 50 });
  assert.deepEqual(second, { ok: false, failure: { reason: 'conflict', message: `port ${port} is taken by another program` } });
  assert.deepEqual(await door.answer, {
    ok: false,
    failure: { reason: 'offline', message: 'no answer came from the browser within 0 s' },
  });
  assert.equal(await knock(port, {}), 'ECONNREFUSED');
  const giveUp = new AbortController();
  const third = await opened({ signal: giveUp.signal });
  giveUp.abort();
  assert.equal((await third.door.answer).ok, false);
  assert.equal(await knock(third.port, {}), 'ECONNREFUSED');
});
