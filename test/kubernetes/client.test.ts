import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Result } from '../../src/base/failure.ts';
import type { Cluster, KubeObject } from '../../src/kubernetes/cluster.ts';
import type { Reply, Script } from '../support/scriptedServer.ts';
import { refusal, withScriptedCluster } from './scriptedCluster.ts';

const map: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'shop' } };
const ref = (name: string, namespace = 'shop') => ({ apiVersion: 'v1', kind: 'ConfigMap', namespace, name });
const page = (text: string): Reply => ({ text, headers: { 'content-type': 'text/html' } });
const inOrder =
  (...replies: Reply[]) =>
  (_request: unknown, earlier: number): Reply =>
    replies[Math.min(earlier, replies.length - 1)] ?? {};

function told(answer: Result<unknown>): string {
  return answer.ok ? 'ok' : `${answer.failure.reason}: ${answer.failure.message}`;
}

describe('a path', () => {
  const names = ['..', '.', '', 'a/b', 'a%2Fb', '../../secrets/x'];
  for (const name of names)
    it(`does not lead elsewhere by the name ${JSON.stringify(name)}`, () =>
      withScriptedCluster({}, async ({ cluster, server }) => {
        await cluster.kinds();
        const asked = server.seen.length;
        const expected = `invalid: "${name}" cannot be the name of a ConfigMap. Correct it.`;
        assert.equal(told(await cluster.get(ref(name))), expected);
        assert.equal(told(await cluster.delete(ref(name))), expected);
        assert.equal(told(await cluster.apply({ ...map, metadata: { name, namespace: 'shop' } })), expected);
        assert.equal(server.seen.length, asked);
      }));

  it('does not lead elsewhere by a namespace, listing and watching included', () =>
    withScriptedCluster({}, async ({ cluster }) => {
      const expected = 'invalid: ".." cannot be the name of a namespace. Correct it.';
      assert.equal(told(await cluster.get(ref('a', '..'))), expected);
      assert.equal(told(await cluster.list('v1', 'ConfigMap', { namespace: '..' })), expected);
      const events = cluster.watch('v1', 'ConfigMap', { namespace: '..' }, new AbortController().signal);
      for await (const event of events) assert.equal('failure' in event && event.failure.message, expected.slice(9));
    }));

  it('encodes what a name may hold', () =>
    withScriptedCluster({ 'GET /api/v1/namespaces/shop/*': { json: map } }, async ({ cluster, server }) => {
      assert.equal(told(await cluster.get(ref('My:Admin?x=1#y'))), 'ok');
      assert.equal(server.seen.at(-1)?.url, '/api/v1/namespaces/shop/configmaps/My%3AAdmin%3Fx%3D1%23y');
    }));
});

describe('an answer that is none', () => {
  const cases: Readonly<Record<string, [Reply, string]>> = {
    'a login page': [
      page('<html>Sign in</html>'),
      'malformed: The API server of test answered with a web page instead of its API (status 200). Check the address, and for a proxy or login page in between.',
    ],
    'torn JSON': [
      { text: '{"kind":"Conf' },
      'malformed: The API server of test sent a torn or unreadable answer (status 200, 13 bytes). Try again.',
    ],
    'a refusal with status 200': [{ json: refusal(403, 'Forbidden', 'no') }, 'forbidden: test forbids it: no.'],
  };
  const verbs: Readonly<Record<string, (cluster: Cluster) => Promise<Result<unknown>>>> = {
    get: (cluster) => cluster.get(ref('a')),
    apply: (cluster) => cluster.apply(map),
    delete: (cluster) => cluster.delete(ref('a')),
  };
  for (const [name, [reply, expected]] of Object.entries(cases))
    for (const [verb, run] of Object.entries(verbs))
      it(`${name}, to ${verb}`, () => {
        const path = '/api/v1/namespaces/shop/configmaps/a';
        const script = { [`GET ${path}`]: reply, [`PATCH ${path}`]: reply, [`DELETE ${path}`]: reply };
        return withScriptedCluster(script, async ({ cluster }) => assert.equal(told(await run(cluster)), expected));
      });

  it('a page is no schema either, while a log may begin with "<"', () =>
    withScriptedCluster({ 'GET /openapi/v3': page('<html>'), 'GET /log': { text: '<- started' } }, async ({ cluster }) => {
      assert.match(told(await cluster.raw('/openapi/v3')), /^malformed: test answered with a web page/);
      assert.deepEqual(await cluster.raw('/log'), { ok: true, value: '<- started' });
    }));
});

describe('patience', () => {
  const path = '/api/v1/namespaces/shop/configmaps/a';
  const created: Reply = { status: 201, json: map };
  const cases: Readonly<Record<string, [Reply, string]>> = {
    'seconds of Retry-After': [{ status: 429, json: refusal(429, 'TooManyRequests'), headers: { 'retry-after': '3' } }, '3000'],
    'a date of Retry-After, by the server’s clock': [
      {
        status: 503,
        json: refusal(503, 'ServiceUnavailable'),
        headers: { 'retry-after': 'Thu, 01 Jan 2026 00:00:07 GMT', date: 'Thu, 01 Jan 2026 00:00:00 GMT' },
      },
      '7000',
    ],
    'a 503 without a word': [{ status: 503, json: refusal(503, 'ServiceUnavailable') }, 'about 500'],
    'a store that changes its leader': [
      { status: 500, json: refusal(500, 'InternalError', 'etcdserver: leader changed') },
      'about 500',
    ],
    'a server too slow': [{ status: 500, json: refusal(500, 'ServerTimeout') }, 'about 500'],
  };
  for (const [name, [reply, wait]] of Object.entries(cases))
    it(`an apply is repeated after ${name}`, () =>
      withScriptedCluster({ [`PATCH ${path}`]: inOrder(reply, created) }, async ({ cluster, server, waits }) => {
        const answer = await cluster.apply(map);
        assert.ok(answer.ok && answer.value.created, told(answer));
        assert.equal(server.seen.filter(({ method }) => method === 'PATCH').length, 2);
        const [ms = 0] = waits;
        assert.equal(wait.startsWith('about') ? `about ${Math.round(ms / 500) * 500}` : String(ms), wait);
      }));

  it('an apply whose answer was lost on the way is sent once more', () =>
    withScriptedCluster(
      { [`PATCH ${path}`]: inOrder({ raw: (response) => response.destroy() }, { json: map }) },
      async ({ cluster, server }) => {
        assert.equal(told(await cluster.apply(map)), 'ok');
        assert.equal(server.seen.filter(({ method }) => method === 'PATCH').length, 2);
      },
    ));

  it('a deletion is not repeated, and an error that stays is told at once', () =>
    withScriptedCluster(
      {
        [`DELETE ${path}`]: { status: 503, json: refusal(503, 'ServiceUnavailable') },
        [`PATCH ${path}`]: { status: 500, json: refusal(500, 'InternalError', 'webhook failed') },
      },
      async ({ cluster, server }) => {
        assert.match(told(await cluster.delete(ref('a'))), /^unavailable: /);
        assert.equal(told(await cluster.apply(map)), 'unavailable: The API server of test could not do it: webhook failed.');
        assert.deepEqual(
          server.seen.map(({ method }) => method).filter((method) => method !== 'GET'),
          ['DELETE', 'PATCH'],
        );
      },
    ));
});

describe('a list in pages', () => {
  const item = (name: string) => ({ metadata: { name, uid: name } });
  const first = { json: { metadata: { continue: 'two', resourceVersion: '5' }, items: [item('a'), item('b')] } };
  const names = (answer: Awaited<ReturnType<Cluster['list']>>) =>
    answer.ok ? answer.value.items.map(({ metadata }) => metadata.name).join(' ') : told(answer);

  it('whose next page is too old is begun again, without doubles', () => {
    let tooOld = true;
    const pages: Script[string] = ({ url }) => {
      if (!url.includes('continue=two')) return first;
      const reply = tooOld ? { status: 410, json: refusal(410, 'Expired') } : { json: { items: [item('c')] } };
      tooOld = false;
      return reply;
    };
    return withScriptedCluster({ 'GET /api/v1/configmaps': pages }, async ({ cluster }) =>
      assert.equal(names(await cluster.list('v1', 'ConfigMap')), 'a b c'),
    );
  });

  it('that is always too old ends', () => {
    const pages: Script[string] = ({ url }) =>
      url.includes('continue=two') ? { status: 410, json: refusal(410, 'Expired', 'too old') } : first;
    return withScriptedCluster({ 'GET /api/v1/configmaps': pages }, async ({ cluster, server }) => {
      assert.equal(names(await cluster.list('v1', 'ConfigMap')), 'expired: test: too old.');
      assert.equal(server.seen.filter(({ url }) => url.startsWith('/api/v1/configmaps')).length, 6);
    });
  });
});

describe('a refused token', () => {
  /** A user whose token stands in a file; the server wants `new`, and writes it when it refuses. */
  async function withTokenFile(body: (user: { tokenFile: string }, script: Script) => Promise<void>): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), 'token-'));
    const tokenFile = join(folder, 'token');
    await writeFile(tokenFile, 'old\n');
    const answer: Script[string] = ({ headers, url }) => {
      if (headers.authorization === 'Bearer new') return url.includes('watch=1') ? { text: '' } : { json: { items: [] } };
      void writeFile(tokenFile, 'new\n');
      return { status: 401, json: refusal(401, 'Unauthorized') };
    };
    try {
      await body({ tokenFile }, { 'GET /api*': answer });
      assert.equal((await readFile(tokenFile, 'utf8')).trim(), 'new');
    } finally {
      await rm(folder, { recursive: true });
    }
  }

  it('is renewed once, and the call goes on', () =>
    withTokenFile((user, script) =>
      withScriptedCluster(
        { 'GET /version': script['GET /api*'] ?? {} },
        async ({ cluster, server }) => {
          assert.equal(told(await cluster.connect()), 'ok');
          assert.deepEqual(
            server.seen.map(({ headers }) => headers.authorization),
            ['Bearer old', 'Bearer new'],
          );
        },
        { user },
      ),
    ));

  it('that is fixed is not tried twice', () =>
    withScriptedCluster(
      { 'GET /version': { status: 401, json: refusal(401, 'Unauthorized') } },
      async ({ cluster, server }) => {
        assert.equal(
          told(await cluster.connect()),
          'signedOut: test does not accept the credentials of its kubeconfig entry. Sign in again.',
        );
        assert.equal(server.seen.length, 1);
      },
      { user: { token: 'gone' } },
    ));
});

describe('who asks', () => {
  const cases: Readonly<Record<string, [Record<string, unknown>, Record<string, string | undefined>]>> = {
    'a token': [{ token: 't' }, { authorization: 'Bearer t' }],
    'a password': [{ username: 'kim', password: 'p:1' }, { authorization: `Basic ${Buffer.from('kim:p:1').toString('base64')}` }],
    'somebody else': [
      { token: 't', as: 'ann', 'as-uid': '7', 'as-groups': ['dev', 'ops'], 'as-user-extra': { 'acme.org/why': ['audit'] } },
      {
        'impersonate-user': 'ann',
        'impersonate-uid': '7',
        'impersonate-group': 'dev, ops',
        'impersonate-extra-acme.org%2fwhy': 'audit',
      },
    ],
  };
  for (const [name, [user, expected]] of Object.entries(cases))
    it(`is ${name}`, () =>
      withScriptedCluster(
        { 'GET /version': { json: {} } },
        async ({ cluster, server }) => {
          assert.equal(told(await cluster.connect()), 'ok');
          for (const [header, value] of Object.entries(expected)) assert.equal(server.seen[0]?.headers[header], value);
        },
        { user },
      ));

  it('is told when it cannot be said here', () =>
    withScriptedCluster(
      {},
      async ({ cluster, server }) => {
        assert.equal(
          told(await cluster.connect()),
          'unsupported: User kim signs in by the auth provider "oidc", which is not supported. Use an exec plugin or a token (/config).',
        );
        assert.equal(server.seen.length, 0);
      },
      { user: { 'auth-provider': { name: 'oidc', config: {} } } },
    ));
});
