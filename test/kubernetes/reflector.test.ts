import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Clock } from '../../src/base/clock.ts';
import { failed, success } from '../../src/base/failure.ts';
import { patienceMs, type ReflectorSource, reflect } from '../../src/kubernetes/reflector.ts';
import type { Script } from '../support/scriptedServer.ts';
import { StandingClock } from '../support/standingClock.ts';
import { silentAfter, refusal as status, withScriptedCluster } from './scriptedCluster.ts';

const item = (name: string, version: string) => ({ metadata: { name, uid: name, resourceVersion: version } });
const list = (version: string, ...items: object[]) => ({
  json: { kind: 'ConfigMapList', metadata: { resourceVersion: version }, items },
});
const event = (type: string, object: object) => `${JSON.stringify({ type, object })}\n`;
/** Watches the ConfigMaps of a scripted API server until `until` events came; the events and requests as text. */
function watched(script: Script, until: number): Promise<{ events: string[]; requests: string[] }> {
  return withScriptedCluster(script, async ({ cluster, server }) => {
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
    return { events, requests: server.seen.filter(({ url }) => url.includes('configmaps')).map(({ url }) => told(url)) };
  });
}

function told(url: string): string {
  return url.includes('watch=1')
    ? `watch ${/resourceVersion=(\w+)/.exec(url)?.[1]}`
    : `list ${/continue=(\w+)/.exec(url)?.[1] ?? ''}`.trim();
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

  const forgotten = failed('expired', 'too old resource version');
  const forgets: readonly (readonly [how: string, watch: () => ReturnType<ReflectorSource<string>['watch']>])[] = [
    ['refuses each watch', async () => forgotten],
    ['ends each by its first word', async () => success(silentAfter(event('ERROR', status(410, 'Expired'))))],
  ];
  /** In which seconds it lists within a minute, while `watch` is answered; it is stopped at the fiftieth. */
  async function listsOf(
    watch: (seen: number) => ReturnType<ReflectorSource<string>['watch']>,
    listMs = 0,
  ): Promise<readonly number[]> {
    const ending = new AbortController();
    const clock = new StandingClock();
    const lists: number[] = [];
    let watches = 0;
    const source: ReflectorSource<string> = {
      context: 'test',
      list: async (signal) => {
        if (lists.push(clock.now() / 1000) === 50) ending.abort();
        if (listMs > 0) await clock.sleep(listMs, signal);
        return success({ items: ['a'], resourceVersion: '5' });
      },
      watch: () => watch(watches++),
      decode: () => undefined,
    };
    const reading = (async () => {
      for await (const _ of reflect(source, ending.signal, { clock, random: () => 0.5 }));
    })();
    await new Promise((settled) => setImmediate(settled));
    await clock.goTo(60);
    ending.abort();
    await reading;
    return lists;
  }
  for (const [how, watch] of forgets) {
    it(`lists a handful of times in a minute where a server ${how} at once as too old`, async () => {
      for (const listMs of [0, 1200]) {
        const lists = await listsOf(watch, listMs);
        assert.ok(lists.length > 2 && lists.length < 20, `lists in seconds ${lists.join(' ')}`);
      }
    });

    it(`lists again at once where a server ${how} only now and then`, async () => {
      assert.deepEqual(await listsOf(async (seen) => (seen === 0 ? watch() : success(silentAfter('')))), [0, 0]);
    });
  }

  it('says that it is stale when a watch is torn, and no longer when it goes on', async () => {
    const { events } = await watched(
      {
        'GET /api/v1/configmaps': watchOrList(list('5', item('a', '1')), [
          '{"type":"ADDED","object":{"met\n',
          event('ADDED', item('b', '6')),
        ]),
      },
      5,
    );
    assert.deepEqual(events, ['added a', 'synced', 'stale malformed', 'synced', 'added b']);
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

  it('takes a silent stream for dead and goes on where it was', async () => {
    const ending = new AbortController();
    const opened: string[] = [];
    const source: ReflectorSource<string> = {
      context: 'test',
      list: async () => success({ items: ['a'], resourceVersion: '5' }),
      watch: async (version) => {
        opened.push(version);
        return success(opened.length === 1 ? silentAfter(event('BOOKMARK', { version: '9' })) : silentAfter(''));
      },
      decode: ({ object }) => ({ type: 'bookmark', items: [], resourceVersion: Object(object).version }),
    };
    const events: string[] = [];
    for await (const { type } of reflect(source, ending.signal, { idleMs: 30 })) {
      events.push(type);
      if (opened.length === 2) ending.abort();
    }
    assert.deepEqual(
      [events.slice(0, 3), opened],
      [
        ['reset', 'live', 'heard'],
        ['5', '9'],
      ],
    );
  });

  it('says that it is stale while the next watch does not open, and no longer when it does', async () => {
    const ending = new AbortController();
    let watches = 0;
    const source: ReflectorSource<string> = {
      context: 'test',
      list: async () => success({ items: ['a'], resourceVersion: '5' }),
      watch: async () => {
        if (++watches === 2) await new Promise((resolve) => setTimeout(resolve, 100));
        return success(silentAfter(''));
      },
      decode: () => undefined,
    };
    const events: string[] = [];
    for await (const event of reflect(source, ending.signal, { idleMs: 30, doubtMs: 30 })) {
      events.push('failure' in event ? `${event.type}: ${event.failure.message}` : event.type);
      if (events.length === 4) ending.abort();
    }
    assert.deepEqual(events, [
      'reset',
      'live',
      'stale: The API server of test has been silent for 0 s; it is asked again and again.',
      'live',
    ]);
  });

  it('waits for longer than bookmarks come, and tells of silence within 90 s', () => {
    assert.ok(patienceMs.idle > 65_000);
    assert.ok(patienceMs.idle + patienceMs.doubt < 90_000);
  });

  it('keeps to the wait that the server asks for, and spreads the others between 0.8 and 30 s', async () => {
    const ending = new AbortController();
    const waits: number[] = [];
    let watches = 0;
    const source: ReflectorSource<string> = {
      context: 'test',
      list: async () => success({ items: [], resourceVersion: '5' }),
      watch: async () => failed(watches++ === 0 ? 'throttled' : 'offline', 'no', watches === 1 ? { retryAfterMs: 45_000 } : {}),
      decode: () => undefined,
    };
    const clock: Clock = { now: () => 0, sleep: async (ms) => void waits.push(Math.round(ms)) };
    for await (const { type } of reflect(source, ending.signal, { clock, random: () => 1 }))
      if (type === 'stale' && waits.length === 6) ending.abort();
    assert.deepEqual(waits.slice(0, 6), [45_000, 7200, 21_600, 30_000, 30_000, 30_000]);
  });
});
