/** The rows of the fault matrix as the Kubernetes side meets them; those of `reflector`, `liveTable`, `client`, `kubeconfig`, `execSessions` and `execCredential` stand in their own tests. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it, mock } from 'node:test';
import type { Clock } from '../../src/base/clock.ts';
import { type Result, success } from '../../src/base/failure.ts';
import { createHttp } from '../../src/base/http.ts';
import type { Cluster } from '../../src/kubernetes/cluster.ts';
import { openContexts } from '../../src/kubernetes/openContexts.ts';
import { type ReflectorPatience, type ReflectorSource, reflect } from '../../src/kubernetes/reflector.ts';
import { certificates } from '../support/certificates.ts';
import { type Reply, scriptedServer } from '../support/scriptedServer.ts';
import { socksServer } from '../support/socksServer.ts';
import { refusal, silentAfter, withScriptedCluster } from './scriptedCluster.ts';

const authority = certificates();
after(() => authority.dispose());

const told = (answer: Result<unknown>) => (answer.ok ? 'ok' : `${answer.failure.reason}: ${answer.failure.message}`);
const item = (name: string, version = '1') => ({ metadata: { name, namespace: 'shop', resourceVersion: version } });

/** What a reflector tells of a server whose first watch falls silent and whose second opens when `reopen` is called. */
async function fallenSilent(patience: ReflectorPatience, until: (events: readonly string[]) => boolean): Promise<string[]> {
  const ending = new AbortController();
  const events: string[] = [];
  let watches = 0;
  const source: ReflectorSource<string> = {
    context: 'test',
    list: async () => success({ items: [], resourceVersion: '5' }),
    watch: async () => {
      if (watches++ > 0) await new Promise((resolve) => ending.signal.addEventListener('abort', resolve));
      return success(silentAfter(''));
    },
    decode: () => undefined,
  };
  for await (const event of reflect(source, ending.signal, patience)) {
    events.push('failure' in event ? `${event.type}: ${event.failure.message}` : event.type);
    if (until(events)) ending.abort();
  }
  return events;
}

describe('R5: a connection that is dead and does not know it', () => {
  it('makes what it told stale within 90 s, with the patience it has by itself', async () => {
    mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'], now: 0 });
    try {
      let staleAt: number | undefined;
      const running = fallenSilent({}, (events) => {
        if (events.length === 3) staleAt = Date.now();
        return events.length === 3;
      });
      for (let second = 0; second < 120 && staleAt === undefined; second++) {
        mock.timers.tick(1000);
        await new Promise((resolve) => setImmediate(resolve));
      }
      assert.deepEqual(await running, [
        'reset',
        'live',
        'stale: The API server of test has been silent for 75 s; it is asked again and again.',
      ]);
      assert.ok(staleAt !== undefined && staleAt >= 75_000 && staleAt <= 90_000, `stale after ${staleAt} ms`);
    } finally {
      mock.timers.reset();
    }
  });

  it('is found out soon after the machine has slept, not when the rest of the patience is over', async () => {
    let slept = 0;
    const clock: Clock = { now: () => Date.now() + slept, sleep: async () => {} };
    const began = performance.now();
    const events = await fallenSilent({ clock, idleMs: 3000 }, (seen) => {
      // It sleeps while the watch is open.
      if (seen.length === 2) setTimeout(() => (slept = 3_600_000), 50);
      return seen.length === 3;
    });
    assert.match(events[2] ?? '', /^stale: /);
    assert.ok(performance.now() - began < 1500);
  });

  it('is not used again for a request after the machine has slept', async () => {
    const sockets = new Set<unknown>();
    const raw: Reply['raw'] = (response) => {
      sockets.add(response.socket);
      response.end('{}');
    };
    await using server = await scriptedServer({ 'GET /version': { raw } });
    const http = createHttp();
    const ask = () => http.request({ method: 'GET', url: `${server.url}/version` });
    mock.timers.enable({ apis: ['Date'], now: 0 });
    try {
      for (const [pause, connections] of [
        [0, 1],
        [30_000, 1],
        [3_600_000, 2],
        [1000, 2],
      ] as const) {
        mock.timers.tick(pause);
        assert.equal(told(await ask()), 'ok');
        assert.equal(sockets.size, connections, `after ${pause} ms`);
      }
    } finally {
      mock.timers.reset();
      http.dispose();
    }
  });
});

describe('R6: a body of one byte a second', () => {
  it('is let go within 100 ms when nobody waits any more', () => {
    const raw: Reply['raw'] = (response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).write('{');
      const timer = setInterval(() => response.write(' '), 1000);
      response.on('close', () => clearInterval(timer));
    };
    return withScriptedCluster({ 'GET /api/v1/configmaps': { raw } }, async ({ cluster, server }) => {
      const kind = await cluster.kind('v1', 'ConfigMap');
      assert.ok(kind.ok);
      const asks = (signal: AbortSignal) => [
        cluster.list('v1', 'ConfigMap', {}, signal),
        cluster.table(kind.value, { signal }),
        cluster.raw('/api/v1/configmaps', { signal }),
      ];
      for (const index of [0, 1, 2]) {
        const ending = new AbortController();
        const before = server.seen.length;
        const running = asks(ending.signal)[index];
        while (server.seen.length === before) await new Promise((resolve) => setTimeout(resolve, 5));
        const asked = performance.now();
        ending.abort();
        assert.match(told((await running) ?? success(undefined)), /^cancelled: /);
        assert.ok(performance.now() - asked < 100);
      }
    });
  });
});

describe('R7: an answer that is none never passes for an empty list', () => {
  const body = JSON.stringify({ kind: 'ConfigMapList', metadata: {}, items: [] });
  const raw = (headers: Record<string, string>, text: string, end = true): Reply => ({
    raw: (response) => {
      response.writeHead(200, { 'content-type': 'application/json', ...headers });
      response.write(text, () => (end ? response.end() : response.destroy()));
    },
  });
  const cases: Readonly<Record<string, [Reply, reason: string]>> = {
    'torn JSON': [{ text: body.slice(0, -2) }, 'malformed'],
    'a shorter body than it says': [raw({ 'content-length': '500' }, body, false), 'offline'],
    'a longer body than it says': [raw({ 'content-length': '20' }, body), 'malformed'],
    'a web page': [{ text: '<html>Sign in</html>', headers: { 'content-type': 'text/html' } }, 'malformed'],
    'what says that it is gzip': [raw({ 'content-encoding': 'gzip' }, body), 'malformed'],
    'a refusal with status 200': [{ json: refusal(403, 'Forbidden') }, 'forbidden'],
    'JSON of somebody else': [{ json: { ok: true } }, 'malformed'],
    nothing: [{ text: '' }, 'malformed'],
  };
  for (const [name, [reply, reason]] of Object.entries(cases))
    it(name, () =>
      withScriptedCluster(
        { 'GET /api/v1/configmaps': reply },
        async ({ cluster }) => {
          const kind = await cluster.kind('v1', 'ConfigMap');
          assert.ok(kind.ok);
          const list = await cluster.list('v1', 'ConfigMap');
          const table = await cluster.table(kind.value);
          const live = cluster.live(kind.value);
          await live.ready();
          assert.deepEqual(
            [list, table].map((answer) => (answer.ok ? 'ok' : answer.failure.reason)),
            [reason, reason],
          );
          assert.deepEqual([live.state, live.failure?.reason, live.rows.length], ['failed', reason, 0]);
          live.dispose();
        },
        { waitMs: 1 },
      ),
    );

  it('nor an answer to what kinds there are for a cluster without any', () =>
    withScriptedCluster({ 'GET /api': { json: { ok: true } }, 'GET /apis': { json: {} } }, async ({ cluster }) =>
      assert.equal(
        told(await cluster.kinds()),
        'malformed: What answers for test is not the API of Kubernetes. Check the address, and for a proxy in between.',
      ),
    ));

  it('and what was torn once is read again by a live table', () => {
    let lists = 0;
    const table = {
      kind: 'Table',
      metadata: { resourceVersion: '5' },
      columnDefinitions: [],
      rows: [{ cells: ['a'], object: item('a') }],
    };
    const answer = ({ url }: { url: string }): Reply =>
      url.includes('watch=1') ? { raw: (response) => response.flushHeaders() } : lists++ === 0 ? { text: '{' } : { json: table };
    return withScriptedCluster(
      { 'GET /api/v1/configmaps': answer },
      async ({ cluster }) => {
        const kind = await cluster.kind('v1', 'ConfigMap');
        assert.ok(kind.ok);
        const live = cluster.live(kind.value);
        for (let look = 0; look < 200 && live.rows.length === 0; look++) await new Promise((resolve) => setTimeout(resolve, 10));
        assert.deepEqual([live.rows.length, lists], [1, 2]);
        live.dispose();
      },
      { waitMs: 1 },
    );
  });
});

/** What came of reaching the server of a kubeconfig with this cluster and user, its port written PORT, in a folder with `files`. */
async function reached(
  cluster: object,
  user: object = { token: 't' },
  files: Readonly<Record<string, string>> = {},
  times = 1,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'kubeconfig-'));
  const http = createHttp();
  const contexts = openContexts({
    http,
    env: { PATH: process.env['PATH'], KUBECONFIG: join(folder, 'config') },
    mayRun: async () => true,
  });
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    // JSON is YAML.
    const config = {
      contexts: [{ name: 'lab', context: { cluster: 'a', user: 'kim' } }],
      clusters: [{ name: 'a', cluster }],
      users: [{ name: 'kim', user }],
    };
    await writeFile(join(folder, 'config'), JSON.stringify(config));
    const opened = await contexts.open('lab');
    let answer: Result<unknown> = opened;
    for (let time = 0; opened.ok && answer.ok && time < times; time++) answer = await opened.value.connect();
    return told(answer)
      .replaceAll(/:\d{4,5}\b/g, ':PORT')
      .replaceAll(`${folder}/`, '');
  } finally {
    contexts.dispose();
    http.dispose();
    await rm(folder, { recursive: true });
  }
}

const base64 = (text: string) => Buffer.from(text).toString('base64');
const version = { 'GET /version': { json: { gitVersion: 'v1.36.3' } } };

describe('a connection', () => {
  it('is shaken hands on once for a hundred lists', async () => {
    const sockets = new Set<unknown>();
    const raw: Reply['raw'] = (response) => {
      sockets.add(response.socket);
      response.end('{"gitVersion":"v1.36.3"}');
    };
    await using server = await scriptedServer({ 'GET /version': { raw } }, authority.issue('IP:127.0.0.1'));
    const cluster = { server: server.url, 'certificate-authority-data': base64(authority.ca) };
    assert.equal(await reached(cluster, {}, {}, 100), 'ok');
    assert.deepEqual([server.seen.length, sockets.size], [100, 1]);
  });
});

describe('R8: TLS trouble of a kubeconfig names host and cause, and nothing is tried without it', () => {
  const trusted = { 'certificate-authority-data': base64(authority.ca) };
  const ours = () => authority.issue('IP:127.0.0.1');
  const mutual = () => ({ ...ours(), ca: authority.ca, requestCert: true, rejectUnauthorized: true });
  const client = (pair: { cert: string; key: string }) => ({
    'client-certificate-data': base64(pair.cert),
    'client-key-data': base64(pair.key),
  });
  const host = '127.0.0.1:PORT';
  const cases: Readonly<Record<string, [() => object, cluster: object, user: () => object, expected: string]>> = {
    'a known authority': [ours, trusted, () => ({}), 'ok'],
    'an unknown authority': [
      ours,
      {},
      () => ({}),
      `untrusted: ${host} presents a certificate of an authority this machine does not know. Name its CA in the configuration.`,
    ],
    'an unknown authority that the user trusts blindly': [ours, { 'insecure-skip-tls-verify': true }, () => ({}), 'ok'],
    'another host': [
      () => authority.issue('DNS:other.example'),
      trusted,
      () => ({}),
      `untrusted: ${host} presents a certificate for other.example. Check the address, or name the right CA.`,
    ],
    'another host that the user named': [
      () => authority.issue('DNS:other.example'),
      { ...trusted, 'tls-server-name': 'other.example' },
      () => ({}),
      'ok',
    ],
    'an expired certificate': [
      () => authority.issue('IP:127.0.0.1', 'expired'),
      trusted,
      () => ({}),
      `untrusted: ${host} presents a certificate that has expired. Its operator must renew it.`,
    ],
    'no client certificate': [
      mutual,
      trusted,
      () => ({}),
      `untrusted: ${host} did not accept the client certificate. Check the configured cert and key.`,
    ],
    'a good client certificate': [mutual, trusted, () => client(authority.issue('DNS:kim')), 'ok'],
    'a key of another certificate': [
      ours,
      trusted,
      () => client({ cert: authority.issue('DNS:kim').cert, key: authority.issue('DNS:ann').key }),
      `invalid: ${host} cannot be asked: the configured certificate, key or CA is not valid PEM, or key and certificate do not belong together.`,
    ],
    'TLS of yesterday': [
      () => ({ ...ours(), minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }),
      trusted,
      () => ({}),
      `untrusted: ${host} offers no TLS version or cipher that is safe to use.`,
    ],
  };
  for (const [name, [tls, cluster, user, expected]] of Object.entries(cases))
    it(name, async () => {
      await using server = await scriptedServer(version, tls());
      assert.equal(await reached({ server: server.url, ...cluster }, user()), expected);
      assert.equal(server.seen.length, expected === 'ok' ? 1 : 0);
    });
});

describe('R9: the proxy of a kubeconfig', () => {
  it('may be SOCKS5, and resolves the name of the API server', async () => {
    await using server = await scriptedServer(version, authority.issue('DNS:api.lab'));
    await using proxy = await socksServer({ names: { 'api.lab': '127.0.0.1' } });
    const cluster = {
      server: `https://api.lab:${server.port}`,
      'certificate-authority-data': base64(authority.ca),
      'proxy-url': `socks5://127.0.0.1:${proxy.port}`,
    };
    assert.equal(await reached(cluster), 'ok');
    assert.deepEqual(proxy.asked, ['name api.lab']);
  });
});

describe('R11: names and addresses', () => {
  it('a server that has an IPv6 address only is reached', async () => {
    await using server = await scriptedServer(version, authority.issue('IP:::1'), '::1');
    assert.equal(await reached({ server: server.url, 'certificate-authority-data': base64(authority.ca) }), 'ok');
  });

  it('a name that does not resolve is told with the name', async () => {
    assert.equal(
      await reached({ server: 'https://api.invalid:6443' }),
      'offline: api.invalid:PORT cannot be found: its name does not resolve. Check the address and the network.',
    );
  });
});

describe('R20: what a kubeconfig leads to', () => {
  it('files of certificates stand beside it, by relative paths', async () => {
    await using server = await scriptedServer(version, authority.issue('IP:127.0.0.1'));
    const cluster = { server: server.url, 'certificate-authority': './ca.crt' };
    assert.equal(await reached(cluster, { tokenFile: 'token' }, { 'ca.crt': authority.ca, token: 'secret\n' }), 'ok');
    assert.equal(server.seen[0]?.headers.authorization, 'Bearer secret');
    assert.equal(await reached(cluster, {}, {}), 'invalid: ca.crt, named in config, cannot be read (ENOENT).');
  });

  it('a path of Windows is named as it stands', async () => {
    const cluster = { server: 'https://127.0.0.1:1', 'certificate-authority': 'C:\\Users\\kim\\ca.crt' };
    assert.equal(await reached(cluster), 'invalid: C:\\Users\\kim\\ca.crt, named in config, cannot be read (ENOENT).');
  });
});

describe('R21: a program that signs in', () => {
  it('and prompts gets no answer and says what it wanted', async () => {
    const program = '#!/bin/sh\nprintf "Enter the code: " >&2\nread code || exit 9\n';
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: 'sh',
      args: ['-c', program.split('\n').slice(1).join('; ')],
    };
    assert.match(
      await reached({ server: 'https://127.0.0.1:1' }, { exec }),
      /^signedOut: \/\S+\/sh, which signs in user kim, ended with status 9: Enter the code:$/,
    );
  });
});

describe('R28: churn', () => {
  it('of 5,000 events in one breath is told at most four times a second, and nothing is missed', () => {
    const rows = (version: number) =>
      Array.from({ length: 50 }, (_, index) => ({ cells: [`m${index}`, version], object: item(`m${index}`, String(version)) }));
    const table = (version: number) => ({
      kind: 'Table',
      metadata: { resourceVersion: String(version) },
      columnDefinitions: [],
      rows: rows(version),
    });
    const events = Array.from({ length: 5000 }, (_, index) => {
      const row = rows(100 + index)[index % 50];
      return `${JSON.stringify({ type: 'MODIFIED', object: { kind: 'Table', rows: [row] } })}\n`;
    }).join('');
    const answer = ({ url }: { url: string }): Reply =>
      url.includes('watch=1') ? { raw: (response) => void response.writeHead(200).write(events) } : { json: table(5) };
    return withScriptedCluster({ 'GET /api/v1/configmaps': answer }, async ({ cluster }) => {
      const kind = await cluster.kind('v1', 'ConfigMap');
      assert.ok(kind.ok);
      const live = cluster.live(kind.value);
      let fired = 0;
      live.onDidChange(() => {
        fired += 1;
      });
      const began = performance.now();
      const last = (cells: readonly unknown[]) => Number(cells[1]);
      const whole = () => live.rows.length === 50 && live.rows.every(({ cells }) => last(cells) >= 100 + 4950);
      while (!whole() && performance.now() - began < 20_000) await new Promise((resolve) => setTimeout(resolve, 20));
      assert.ok(whole());
      assert.ok(fired <= 2 + (performance.now() - began) / 250, `${fired} times`);
      live.dispose();
    });
  });
});

/** Discovery of which one group is what is given. */
const groupsWith = (metrics: object): Reply => ({
  json: {
    kind: 'APIGroupDiscoveryList',
    items: [
      {
        metadata: { name: 'apps' },
        versions: [
          {
            version: 'v1',
            freshness: 'Current',
            resources: [{ resource: 'deployments', responseKind: { kind: 'Deployment' }, scope: 'Namespaced', verbs: ['list'] }],
          },
        ],
      },
      { metadata: { name: 'metrics.k8s.io' }, versions: [metrics] },
    ],
  },
});

describe('an aggregated API whose server is away', () => {
  const sentence =
    'unavailable: test cannot tell now whether it serves metrics.k8s.io/v1beta1 PodMetrics: the server behind that API does not answer. See "kubectl get apiservices".';
  const kinds = async (cluster: Cluster) => {
    const all = await cluster.kinds();
    return all.ok ? all.value.map(({ kind }) => kind).join(' ') : told(all);
  };

  it('takes no other kind with it, and is not said to lack its kinds', () =>
    withScriptedCluster({ 'GET /apis': groupsWith({ version: 'v1beta1', freshness: 'Stale' }) }, async ({ cluster }) => {
      assert.equal(await kinds(cluster), 'ConfigMap Deployment');
      assert.equal(told(await cluster.kind('metrics.k8s.io/v1beta1', 'PodMetrics')), sentence);
    }));

  it('neither with a server that lists its groups one by one', () =>
    withScriptedCluster(
      {
        'GET /apis': {
          json: { kind: 'APIGroupList', groups: ['apps', 'metrics.k8s.io'].map((name) => groupOf(name)) },
        },
        'GET /apis/apps/v1': { json: { resources: [{ name: 'deployments', kind: 'Deployment', namespaced: true }] } },
        'GET /apis/metrics.k8s.io/v1beta1': { status: 503, text: 'service unavailable' },
      },
      async ({ cluster }) => {
        assert.equal(await kinds(cluster), 'ConfigMap Deployment');
        assert.equal(told(await cluster.kind('metrics.k8s.io/v1beta1', 'PodMetrics')), sentence);
      },
    ));
});

function groupOf(name: string): object {
  return { name, versions: [{ version: name === 'apps' ? 'v1' : 'v1beta1' }] };
}
