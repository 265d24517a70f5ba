import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LiveTable } from '../../src/kubernetes/cluster.ts';
import type { Reply, Script } from '../support/scriptedServer.ts';
import { refusal, type ScriptedCluster, withScriptedCluster } from './scriptedCluster.ts';

const columns = ['Name', 'Data'].map((name) => ({ name, type: 'string', format: '', priority: 0, description: '' }));
const row = (name: string, data: string, version = '1') => ({
  cells: [name, data],
  object: { metadata: { name, namespace: 'shop', resourceVersion: version } },
});
const table = (rows: object[], version: string, more?: string) => ({
  kind: 'Table',
  metadata: { resourceVersion: version, ...(more === undefined ? {} : { continue: more }) },
  columnDefinitions: columns,
  rows,
});
const event = (type: string, ...rows: object[]) => `${JSON.stringify({ type, object: { kind: 'Table', metadata: {}, rows } })}\n`;

/** Watches on which a test speaks when it wants to. */
class Watches {
  readonly opened: string[] = [];
  #say: (text: string) => void = () => {};
  #end: () => void = () => {};

  readonly reply = (url: string): Reply => ({
    raw: (response) => {
      this.opened.push(/resourceVersion=(\w+)/.exec(url)?.[1] ?? '');
      response.writeHead(200, { 'content-type': 'application/json' });
      response.flushHeaders();
      this.#say = (text) => void response.write(text);
      this.#end = () => void response.destroy();
    },
  });

  async open(count: number): Promise<void> {
    while (this.opened.length < count) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  say(text: string): void {
    this.#say(text);
  }

  tear(): void {
    this.#end();
  }
}

/** A live table of ConfigMaps on a scripted server: `pages` answers the lists. */
function withLiveTable(
  pages: (url: string, lists: number) => Reply,
  body: (live: LiveTable, watches: Watches, scripted: ScriptedCluster) => Promise<void>,
): Promise<void> {
  const watches = new Watches();
  let lists = 0;
  const answer: Script[string] = ({ url }) => (url.includes('watch=1') ? watches.reply(url) : pages(url, lists++));
  return withScriptedCluster(
    { 'GET /api/v1/namespaces/shop/configmaps': answer },
    async (scripted) => {
      const kind = await scripted.cluster.kind('v1', 'ConfigMap');
      assert.ok(kind.ok);
      const live = scripted.cluster.live(kind.value, { namespace: 'shop' });
      await live.ready();
      await body(live, watches, scripted);
      live.dispose();
    },
    { waitMs: 5 },
  );
}

function shown(live: LiveTable): string {
  return live.rows.map(({ cells }) => cells.join('=')).join(' ') + (live.hasMore ? ' …' : '');
}

async function until(live: LiveTable, wanted: string): Promise<void> {
  for (let look = 0; look < 200 && shown(live) !== wanted; look++) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(shown(live), wanted);
}

const isSecond = (url: string) => url.includes('continue=two');
const inPages = (url: string): Reply =>
  isSecond(url)
    ? { json: table([row('c', 'old'), row('d', 'old'), row('e', 'old')], '5') }
    : { json: table([row('a', 'old'), row('b', 'old')], '5', 'two') };

describe('a live table', () => {
  it('puts what the watch told of later pages into them when they come', () =>
    withLiveTable(inPages, async (live, watches) => {
      await watches.open(1);
      assert.equal(shown(live), 'a=old b=old …');
      watches.say(event('MODIFIED', row('c', 'new', '6')) + event('DELETED', row('d', 'old', '7')));
      watches.say(event('MODIFIED', row('a', 'new', '8')));
      await until(live, 'a=new b=old …');
      await Promise.all([live.loadMore(), live.loadMore()]);
      assert.equal(shown(live), 'a=new b=old c=new e=old');
    }));

  it('begins anew when the pages to come are too old, and loses nothing', () =>
    withLiveTable(
      (url, lists) => {
        if (lists === 0) return inPages(url);
        if (isSecond(url)) return { status: 410, json: refusal(410, 'Expired') };
        return url.includes('continue=late')
          ? { json: table([row('c', 'new')], '9') }
          : { json: table([row('a', 'new'), row('b', 'new')], '9', 'late') };
      },
      async (live, watches) => {
        await watches.open(1);
        await live.loadMore();
        assert.equal(shown(live), 'a=new b=new c=new');
        watches.say(event('DELETED', row('b', 'new', '10')));
        await until(live, 'a=new c=new');
      },
    ));

  it('shows as many rows as before after its version was too old', () =>
    withLiveTable(inPages, async (live, watches) => {
      await watches.open(1);
      await live.loadMore();
      assert.equal(shown(live), 'a=old b=old c=old d=old e=old');
      watches.say(`${JSON.stringify({ type: 'ERROR', object: refusal(410, 'Expired') })}\n`);
      await watches.open(2);
      assert.equal(shown(live), 'a=old b=old c=old d=old e=old');
    }));

  it('stays live when a watch breaks and the next one opens, from where it was', () =>
    withLiveTable(
      () => ({ json: table([row('a', '1')], '5') }),
      async (live, watches) => {
        await watches.open(1);
        watches.say(event('MODIFIED', row('a', '2', '8')));
        await until(live, 'a=2');
        watches.tear();
        await watches.open(2);
        assert.deepEqual([watches.opened, live.state, live.failure], [['5', '8'], 'live', undefined]);
      },
    ));

  it('says that it polls where watching is forbidden, from the first moment', () =>
    withScriptedCluster(
      {
        'GET /api/v1/configmaps': ({ url }) =>
          url.includes('watch=1') ? { status: 403, json: refusal(403, 'Forbidden') } : { json: table([row('a', '1')], '5') },
      },
      async ({ cluster }) => {
        const kind = await cluster.kind('v1', 'ConfigMap');
        assert.ok(kind.ok);
        const live = cluster.live(kind.value);
        for (let look = 0; look < 200 && live.state !== 'polling'; look++)
          await new Promise((resolve) => setTimeout(resolve, 10));
        assert.equal(live.state, 'polling');
        live.dispose();
      },
      { waitMs: 50 },
    ));

  it('keeps its rows and says since when they are stale while the server is away', () => {
    let away = false;
    return withLiveTable(
      () => (away ? { status: 500, json: refusal(500, 'InternalError', 'down') } : { json: table([row('a', '1')], '5') }),
      async (live, watches) => {
        await watches.open(1);
        const heard = live.asOf;
        away = true;
        watches.say(`${JSON.stringify({ type: 'ERROR', object: refusal(410, 'Expired') })}\n`);
        for (let look = 0; look < 200 && live.state !== 'stale'; look++) await new Promise((resolve) => setTimeout(resolve, 10));
        assert.deepEqual([live.state, live.failure?.reason, shown(live)], ['stale', 'unavailable', 'a=1']);
        assert.ok(live.asOf >= heard && live.asOf <= Date.now());
        away = false;
        await watches.open(2);
        assert.deepEqual([live.state, live.failure], ['live', undefined]);
      },
    );
  });

  it('tells at most four changes a second, however many there are', () =>
    withLiveTable(
      () => ({ json: table([row('a', '0')], '5') }),
      async (live, watches) => {
        await watches.open(1);
        let told = 0;
        live.onDidChange(() => {
          told += 1;
        });
        const began = performance.now();
        for (let count = 1; count <= 100; count++) {
          watches.say(event('MODIFIED', row('a', String(count), String(count + 5))));
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
        await until(live, 'a=100');
        const most = 2 + (performance.now() - began) / 250;
        assert.ok(told >= 1 && told <= most, `${told} changes, at most ${most}`);
      },
    ));

  it('of a namespace without metadata knows its rows by their names, in the list and in the watch', () => {
    const named = columns.map((column, index) => ({ ...column, format: index === 0 ? 'name' : '' }));
    const bare = (name: string, data: string) => ({ cells: [name, data], object: null });
    const watches = new Watches();
    const answer: Script[string] = ({ url }) =>
      url.includes('watch=1')
        ? watches.reply(url)
        : { json: { ...table([bare('a', '1'), bare('b', '1')], '5'), columnDefinitions: named } };
    return withScriptedCluster({ 'GET /api/v1/namespaces/shop/configmaps': answer }, async ({ cluster, server }) => {
      const kind = await cluster.kind('v1', 'ConfigMap');
      assert.ok(kind.ok);
      const live = cluster.live(kind.value, { namespace: 'shop' }, 'None');
      await live.ready();
      await watches.open(1);
      const told = (type: string, version: string, row: object) =>
        `${JSON.stringify({ type, object: { kind: 'Table', metadata: { resourceVersion: version }, columnDefinitions: null, rows: [row] } })}\n`;
      watches.say(
        told('MODIFIED', '6', bare('a', '2')) + told('DELETED', '7', bare('b', '1')) + told('ADDED', '8', bare('c', '1')),
      );
      await until(live, 'a=2 c=1');
      assert.deepEqual(
        live.rows.map(({ object: { metadata } }) => metadata),
        [
          { name: 'a', namespace: 'shop' },
          { name: 'c', namespace: 'shop' },
        ],
      );
      watches.tear();
      await watches.open(2);
      assert.deepEqual(watches.opened, ['5', '8']);
      assert.ok(
        server.seen.filter(({ url }) => url.includes('configmaps')).every(({ url }) => url.includes('includeObject=None')),
      );
      live.dispose();
    });
  });

  it('keeps no managedFields, and of all namespaces asks for metadata', () =>
    withScriptedCluster(
      {
        'GET /api/v1/configmaps': ({ url }) => {
          if (url.includes('watch=1')) return { raw: (response) => response.flushHeaders() };
          const one = row('a', '1');
          const metadata = { ...one.object.metadata, labels: { app: 'web' }, managedFields: [{ manager: 'kubelet' }] };
          return { json: table([{ ...one, object: { metadata } }], '5') };
        },
      },
      async ({ cluster, server }) => {
        const kind = await cluster.kind('v1', 'ConfigMap');
        assert.ok(kind.ok);
        const live = cluster.live(kind.value, {}, 'None');
        await live.ready();
        const expected = { name: 'a', namespace: 'shop', resourceVersion: '1', labels: { app: 'web' } };
        assert.deepEqual(live.rows[0]?.object.metadata, expected);
        assert.match(server.seen.find(({ url }) => url.includes('configmaps'))?.url ?? '', /includeObject=Metadata/);
        live.dispose();
      },
    ));

  it('is shared by equal requests and ends with the last of them', () =>
    withLiveTable(
      () => ({ json: table([row('a', '1')], '5') }),
      async (live, watches, { cluster, server }) => {
        await watches.open(1);
        const kind = await cluster.kind('v1', 'ConfigMap');
        assert.ok(kind.ok);
        const other = cluster.live(kind.value, { namespace: 'shop' });
        await other.ready();
        const lists = () => server.seen.filter(({ url }) => url.includes('configmaps') && !url.includes('watch=1')).length;
        assert.deepEqual([shown(other), lists(), watches.opened.length], ['a=1', 1, 1]);
        live.dispose();
        live.dispose();
        watches.say(event('MODIFIED', row('a', '2', '9')));
        await until(other, 'a=2');
        other.dispose();
        const again = cluster.live(kind.value, { namespace: 'shop' });
        await again.ready();
        assert.equal(lists(), 2);
        again.dispose();
      },
    ));
});
