/** The log of a pod over HTTP: an API server played for what a real one cannot be made to do. */
import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { MergedLog } from '../../src/kubernetes/mergedLog.ts';
import type { Reply, Script } from '../support/scriptedServer.ts';
import { refusal, withScriptedCluster } from './scriptedCluster.ts';

const discovery: Script = {
  'GET /api': {
    json: {
      kind: 'APIGroupDiscoveryList',
      items: [
        {
          metadata: { name: '' },
          versions: [
            {
              version: 'v1',
              resources: [
                { resource: 'pods', responseKind: { kind: 'Pod' }, scope: 'Namespaced', verbs: ['list', 'watch', 'get'] },
              ],
            },
          ],
        },
      ],
    },
  },
};
const pod = {
  metadata: { name: 'web', namespace: 'shop', uid: 'u', resourceVersion: '1' },
  spec: { containers: [{ name: 'app', image: 'web' }] },
  status: { phase: 'Running', containerStatuses: [{ name: 'app', ready: true, state: { running: {} } }] },
};
const stamped = (line: string) => `2026-01-01T00:00:${line.replace(' ', '.000000000Z ')}\n`;

/** Headers and lines, then what `end` does to the connection; without it the log stays open. */
const log = (lines: readonly string[], end: (response: ServerResponse) => void = () => {}): Reply => ({
  raw: (response) => {
    response.writeHead(200, { 'content-type': 'text/plain' });
    response.write(lines.map(stamped).join(''), () => end(response));
  },
});
const lost = (response: ServerResponse) => setTimeout(() => response.socket?.destroy(), 20);

/** What was read by the time that it holds `text`, and the queries by which. */
async function read(
  replies: readonly Reply[],
  text: string,
  {
    quietMs = 60_000,
    list = { json: { kind: 'PodList', metadata: { resourceVersion: '1' }, items: [pod] } },
  }: { quietMs?: number; list?: Reply } = {},
): Promise<{ readonly lines: readonly string[]; readonly asked: readonly string[] }> {
  const script: Script = {
    ...discovery,
    'GET /api/v1/namespaces/shop/pods': ({ url }) =>
      url.includes('watch=1') ? { raw: (response) => response.writeHead(200).flushHeaders() } : list,
    'GET /api/v1/namespaces/shop/pods/web': { json: { kind: 'Pod', apiVersion: 'v1', ...pod } },
    'GET /api/v1/namespaces/shop/pods/web/log': (_request, earlier) => replies[earlier] ?? log([]),
  };
  return withScriptedCluster(
    script,
    async ({ cluster, server }) => {
      const selection = { namespace: 'shop', fieldSelector: 'metadata.name=web' };
      const wanted = { pods: { namespace: 'shop', selection }, follow: true, previous: false, tailLines: 10 };
      const merged = new MergedLog(cluster, wanted, { batchMs: 20, quietMs });
      merged.start();
      const lines = () => merged.ring.since().map((entry) => (entry.notice ? `(${entry.text})` : entry.text));
      for (const end = Date.now() + 10_000; Date.now() < end && !lines().some((line) => line.includes(text)); ) await delay(20);
      merged.dispose();
      const asked = server.seen
        .filter(({ url }) => url.includes('/log?'))
        .map(({ url }) => decodeURIComponent(url.replace(/^.*\?/, '')));
      assert.ok(
        lines().some((line) => line.includes(text)),
        `"${text}" never came:\n${lines().join('\n')}`,
      );
      return { lines: lines(), asked };
    },
    { waitMs: 10 },
  );
}

describe('a log over HTTP', () => {
  test('a connection that is lost in the middle: no gap, nothing twice', async () => {
    const { lines, asked } = await read([log(['01 a', '02 b'], lost), log(['01 a', '02 b', '03 c'])], 'c');
    assert.deepEqual(lines, ['a', 'b', 'c']);
    assert.deepEqual(asked, [
      'container=app&timestamps=true&follow=true&tailLines=10',
      'container=app&timestamps=true&follow=true&sinceTime=2026-01-01T00:00:01Z',
    ]);
  });

  test('an API server that restarts: what it says while it does, then all that came meanwhile', async () => {
    const starting = { status: 503, json: refusal(503, 'ServiceUnavailable', 'apiserver is shutting down') };
    const { lines } = await read([log(['01 a'], lost), starting, log(['01 a', '02 b'])], 'b');
    assert.deepEqual(lines, ['a', '(The API server of test could not do it: apiserver is shutting down.)', '(It goes on.)', 'b']);
  });

  test('a connection that swallows everything is given up and asked for anew, and headers that never come, too', async () => {
    const { lines, asked } = await read([log(['01 a']), { raw: () => {} }, log(['01 a', '02 b'])], 'b', { quietMs: 150 });
    assert.deepEqual([lines, asked.length], [['a', 'b'], 3]);
  });

  test('a container that is not started yet: why, then its log', async () => {
    const waiting = {
      status: 400,
      json: refusal(400, 'BadRequest', 'container "app" in pod "web" is waiting to start: ContainerCreating'),
    };
    const { lines } = await read([waiting, log(['01 alive'])], 'alive');
    assert.deepEqual(lines, ['(It starts.)', '(It goes on.)', 'alive']);
  });

  test('who may not read logs, and who may not list pods', async () => {
    const message = 'pods "web" is forbidden: User "bob" cannot get resource "pods/log" in API group "" in the namespace "shop"';
    const forbidden = { status: 403, json: refusal(403, 'Forbidden', message) };
    assert.deepEqual((await read([forbidden], 'forbids')).lines, [
      `(test forbids it: ${message}. Ask who administers it for a role that allows this.)`,
    ]);
    const unlisted = { status: 403, json: refusal(403, 'Forbidden', 'pods is forbidden') };
    assert.deepEqual((await read([log(['01 a'])], 'a', { list: unlisted })).lines, ['a']);
  });

  test('a login page in between is no log', async () => {
    const page = { text: '<html>Sign in</html>', headers: { 'content-type': 'text/html' } };
    const { lines } = await read([page, log(['01 a'])], 'It goes on');
    assert.match(lines[0] ?? '', /^\(test answered with a web page instead of its API\./);
  });

  test('a line of a megabyte, junk and half a character at the end of a chunk', async () => {
    const junk: Reply = {
      raw: (response) => {
        response.writeHead(200);
        response.write(`2026-01-01T00:00:01Z ${'x'.repeat(1024 * 1024)}\n2026-01-01T00:00:02Z \u0000`);
        response.write(Buffer.from([0xff, 0xc3]));
        setTimeout(() => response.write(Buffer.from([0xa9, 0x0a])), 20);
      },
    };
    const { lines } = await read([junk], 'é');
    assert.match(lines[0] ?? '', /^x{16000,} … \(\d+ more characters left out\)$/);
    assert.equal(lines[1], '\u0000\ufffdé');
  });
});
