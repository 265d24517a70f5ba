import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Clock } from '../../src/base/clock.ts';
import { createHttp } from '../../src/base/http.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { Credentials } from '../../src/kubernetes/credentials.ts';
import { openCluster } from '../../src/kubernetes/openCluster.ts';
import { type Script, scriptedServer } from '../support/scriptedServer.ts';

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
                { resource: 'configmaps', responseKind: { kind: 'ConfigMap' }, scope: 'Namespaced', verbs: ['list', 'watch'] },
              ],
            },
          ],
        },
      ],
    },
  },
  'GET /apis': { json: { kind: 'APIGroupDiscoveryList', items: [] } },
};
const item = (name: string, version: string) => ({ metadata: { name, uid: name, resourceVersion: version } });
const list = (version: string, ...items: object[]) => ({
  json: { kind: 'ConfigMapList', metadata: { resourceVersion: version }, items },
});
const event = (type: string, object: object) => `${JSON.stringify({ type, object })}\n`;
const status = (code: number, reason: string, more: object = {}) => ({
  kind: 'Status',
  status: 'Failure',
  code,
  reason,
  message: `${reason} told`,
  ...more,
});

/** Watches the ConfigMaps of a scripted API server until `until` events came; the events and requests as text. */
async function watched(script: Script, until: number): Promise<{ events: string[]; requests: string[] }> {
  await using server = await scriptedServer({ ...discovery, ...script });
  const http = createHttp();
  const slept: number[] = [];
  const clock: Clock = { now: () => Date.now(), sleep: async (ms) => void slept.push(ms) };
  const entry = { name: 'a', file: 'config', line: 1 };
  const credentials = new Credentials({ ...entry, value: { server: server.url } }, undefined, {
    env: {},
    mayRun: async () => false,
    logger: silentLogger,
  });
  const context = {
    name: 'test',
    cluster: 'a',
    server: server.url,
    user: undefined,
    namespace: undefined,
    source: { file: 'config', line: 1 },
    insecure: false,
    exec: false,
  };
  const cluster = openCluster(context, credentials, { http, clock });
  const ending = new AbortController();
  const events: string[] = [];
  for await (const one of cluster.watch('v1', 'ConfigMap', {}, ending.signal)) {
    events.push(
      'object' in one
        ? `${one.type} ${one.object.metadata.name}`
        : 'failure' in one
          ? `${one.type} ${one.failure.reason}`
          : one.type,
    );
    if (events.length >= until) ending.abort();
  }
  http.dispose();
  const requests = server.seen
    .filter(({ url }) => url.includes('configmaps'))
    .map(({ url }) =>
      url.includes('watch=1')
        ? `watch ${/resourceVersion=(\w+)/.exec(url)?.[1]}`
        : `list ${/continue=(\w+)/.exec(url)?.[1] ?? ''}`.trim(),
    );
  return { events, requests };
}

const watchOrList = (lists: Script[string], watches: string[]): Script[string] => {
  let seen = 0;
  return (request, earlier) => {
    if (!request.url.includes('watch=1')) return typeof lists === 'function' ? lists(request, earlier) : (lists ?? {});
    const text = watches[seen++];
    return text === undefined ? { raw: () => {} } : { text };
  };
};

describe('the reflector', () => {
  it('lists in pages, then watches from there; a bookmark moves the version', async () => {
    const pages: Script[string] = ({ url }) =>
      url.includes('continue=two')
        ? list('7', item('b', '2'))
        : { json: { kind: 'ConfigMapList', metadata: { resourceVersion: '7', continue: 'two' }, items: [item('a', '1')] } };
    const first = event('MODIFIED', item('a', '8')) + event('BOOKMARK', { metadata: { resourceVersion: '20' } });
    const { events, requests } = await watched(
      { 'GET /api/v1/configmaps': watchOrList(pages, [first, event('DELETED', item('b', '21'))]) },
      5,
    );
    assert.deepEqual(events, ['added a', 'added b', 'synced', 'modified a', 'deleted b']);
    assert.deepEqual(requests, ['list', 'list two', 'watch 7', 'watch 20']);
  });

  it('lists again when its version is too old, without doubles or losses', async () => {
    let lists = 0;
    const listing: Script[string] = () =>
      lists++ === 0 ? list('5', item('a', '1'), item('b', '2')) : list('50', item('b', '2'), item('c', '40'));
    const { events, requests } = await watched(
      { 'GET /api/v1/configmaps': watchOrList(listing, [event('ERROR', status(410, 'Expired'))]) },
      6,
    );
    assert.deepEqual(events, ['added a', 'added b', 'synced', 'deleted a', 'added c', 'synced']);
    assert.deepEqual(requests.slice(0, 3), ['list', 'watch 5', 'list']);
  });

  it('says that it is stale when a watch is torn, and goes on', async () => {
    const { events } = await watched(
      {
        'GET /api/v1/configmaps': watchOrList(list('5', item('a', '1')), [
          '{"type":"ADDED","object":{"met\n',
          event('ADDED', item('b', '6')),
        ]),
      },
      4,
    );
    assert.deepEqual(events, ['added a', 'synced', 'stale malformed', 'added b']);
  });

  it('asks by and by where watching is forbidden', async () => {
    let lists = 0;
    const script: Script[string] = ({ url }) =>
      url.includes('watch=1')
        ? { status: 403, json: status(403, 'Forbidden') }
        : lists++ === 0
          ? list('5', item('a', '1'))
          : list('6', item('a', '1'), item('b', '6'));
    const { events, requests } = await watched({ 'GET /api/v1/configmaps': script }, 4);
    assert.deepEqual(events, ['added a', 'synced', 'added b', 'synced']);
    assert.deepEqual(requests.slice(0, 3), ['list', 'watch 5', 'list']);
  });

  it('fails with the reason when the first list does', async () => {
    for (const [reply, reason] of [
      [{ status: 403, json: status(403, 'Forbidden') }, 'forbidden'],
      [{ status: 200, text: '<html>login</html>', headers: { 'content-type': 'text/html' } }, 'malformed'],
      [{ status: 200, json: status(403, 'Forbidden') }, 'forbidden'],
      [{ status: 401, json: status(401, 'Unauthorized') }, 'signedOut'],
    ] as const) {
      const { events } = await watched({ 'GET /api/v1/configmaps': reply }, 9);
      assert.deepEqual(events, [`failed ${reason}`]);
    }
  });
});
