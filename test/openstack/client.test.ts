import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nameOf } from '../../src/openstack/display.ts';
import type { KindId } from '../../src/openstack/kinds/kinds.ts';
import type { Project } from '../../src/openstack/project.ts';
import { scriptedCloud } from '../support/scriptedCloud.ts';
import type { Script } from '../support/scriptedServer.ts';

/** A list as one line: its names, or why there is none. */
async function listed(project: Project, kind: KindId, options: Parameters<Project['list']>[1] = {}): Promise<string> {
  const list = await project.list(kind, options);
  if (!list.ok) return `${list.failure.reason}: ${list.failure.message.replace(/:\d{4,5}\b/g, ':PORT')}`;
  return `${list.value.items.map((item) => nameOf(kind, item)).join(' ')}${list.value.stale ? ' (stale)' : ''}`;
}

const many = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => ({ id: `i${from + index}`, name: `n${from + index}` }));

/** How each service goes on to the next page. Hosts in links are wrong on purpose: only their query may be used. */
const pagings: readonly {
  readonly kind: KindId;
  readonly script: Script;
  readonly asked: readonly string[];
  readonly names: number;
}[] = [
  {
    kind: 'compute.server',
    script: {
      'GET /compute/v2.1/servers/detail?limit=1000': {
        json: {
          servers: many(2),
          servers_links: [{ rel: 'next', href: 'http://internal.invalid/v2.1/servers/detail?limit=1000&marker=i1' }],
        },
      },
      'GET /compute/v2.1/servers/detail?limit=1000&marker=i1': { json: { servers: many(1, 2) } },
    },
    asked: ['GET /compute/v2.1/servers/detail?limit=1000', 'GET /compute/v2.1/servers/detail?limit=1000&marker=i1'],
    names: 3,
  },
  {
    kind: 'network.network',
    script: {
      'GET /network/v2.0/networks?limit=1000': {
        json: { networks: many(1), networks_links: [{ rel: 'next', href: 'https://evil.invalid/steal?limit=1000&marker=i0' }] },
      },
      'GET /network/v2.0/networks?limit=1000&marker=i0': {
        json: { networks: [], networks_links: [{ rel: 'previous', href: 'x' }] },
      },
    },
    asked: ['GET /network/v2.0/networks?limit=1000', 'GET /network/v2.0/networks?limit=1000&marker=i0'],
    names: 1,
  },
  {
    kind: 'image.image',
    script: {
      'GET /image/v2/images?limit=1000': { json: { images: many(1), next: '/v2/images?marker=i0' } },
      'GET /image/v2/images?limit=1000&marker=i0': { json: { images: many(1, 1) } },
    },
    asked: ['GET /image/v2/images?limit=1000', 'GET /image/v2/images?limit=1000&marker=i0'],
    names: 2,
  },
  {
    kind: 'dns.zone',
    script: {
      'GET /dns/v2/zones?limit=500': {
        json: {
          zones: many(1),
          links: { self: 'x', next: 'http://internal/v2/zones?limit=500&marker=i0' },
          metadata: { total_count: 2 },
        },
      },
      'GET /dns/v2/zones?limit=500&marker=i0': { json: { zones: many(1, 1), links: { self: 'x' } } },
    },
    asked: ['GET /dns/v2/zones?limit=500', 'GET /dns/v2/zones?limit=500&marker=i0'],
    names: 2,
  },
  {
    kind: 'key-manager.secret',
    script: {
      'GET /key-manager/v1/secrets?limit=100': {
        json: { secrets: [{ secret_ref: 'http://x/v1/secrets/aa' }], next: 'http://x/v1/secrets?limit=100&offset=100', total: 2 },
      },
      'GET /key-manager/v1/secrets?limit=100&offset=100': {
        json: { secrets: [{ secret_ref: 'http://x/v1/secrets/bb' }], total: 2 },
      },
    },
    asked: ['GET /key-manager/v1/secrets?limit=100', 'GET /key-manager/v1/secrets?limit=100&offset=100'],
    names: 2,
  },
  {
    kind: 'orchestration.stack',
    script: {
      'GET /orchestration/v1/demo-id/stacks?limit=500': { json: { stacks: many(500).map(({ id }) => ({ id, stack_name: id })) } },
      'GET /orchestration/v1/demo-id/stacks?limit=500&marker=i499': { json: { stacks: [{ id: 'last', stack_name: 'last' }] } },
    },
    asked: ['GET /orchestration/v1/demo-id/stacks?limit=500', 'GET /orchestration/v1/demo-id/stacks?limit=500&marker=i499'],
    names: 501,
  },
  {
    kind: 'shared-file-system.share',
    script: {
      'GET /shared-file-system/v2/shares/detail?limit=1000': { json: { shares: many(1000) } },
      'GET /shared-file-system/v2/shares/detail?limit=1000&offset=1000': { json: { shares: many(1, 1000) } },
    },
    asked: [
      'GET /shared-file-system/v2/shares/detail?limit=1000',
      'GET /shared-file-system/v2/shares/detail?limit=1000&offset=1000',
    ],
    names: 1001,
  },
];

for (const { kind, script, asked, names } of pagings) {
  test(`${kind} is listed to its last page`, async () => {
    await using scripted = await scriptedCloud(script);
    const names_ = (await listed(scripted.project, kind)).split(' ');
    assert.deepEqual(scripted.asked(kind), asked);
    assert.equal(names_.length, names);
  });
}

test('a link that repeats itself ends the walk', async () => {
  const page = { json: { networks: many(1), networks_links: [{ rel: 'next', href: 'http://x/?limit=1000&marker=i0' }] } };
  await using scripted = await scriptedCloud({ 'GET /network/v2.0/networks*': page });
  await listed(scripted.project, 'network.network');
  assert.equal(scripted.asked().length, 2);
});

test('10,000 servers come in ten pages', async () => {
  const page = (from: number) => ({
    servers: many(1000, from),
    ...(from < 9000 && { servers_links: [{ rel: 'next', href: `/?marker=i${from + 999}` }] }),
  });
  await using scripted = await scriptedCloud({
    'GET /compute/v2.1/servers/detail*': ({ url }) => ({ json: page(Number(/marker=i(\d+)/.exec(url)?.[1] ?? -1) + 1) }),
  });
  const list = await scripted.project.list('compute.server');
  assert.ok(list.ok);
  assert.equal(new Set(list.value.items.map(({ id }) => id)).size, 10_000);
  assert.equal(list.value.complete, true);
  assert.equal(scripted.asked().length, 10);
});

test('a token refused in the middle of a list is renewed once, by whoever asks first, and the page is asked again', async () => {
  const fresh = ({ headers }: { headers: Readonly<Record<string, unknown>> }) => headers['x-auth-token'] !== 'canary-token-1';
  const refusal = { status: 401, json: { error: { code: 401, message: 'expired' } } };
  await using scripted = await scriptedCloud({
    'GET /network/v2.0/networks?limit=1000': {
      json: { networks: many(1), networks_links: [{ rel: 'next', href: '/?marker=i0' }] },
    },
    'GET /network/v2.0/networks?limit=1000&marker=i0': (request) =>
      fresh(request) ? { json: { networks: many(1, 1) } } : refusal,
    'GET /network/v2.0/routers*': (request) => (fresh(request) ? { json: { routers: many(1) } } : refusal),
    'GET /network/v2.0/ports*': (request) => (fresh(request) ? { json: { ports: many(1) } } : refusal),
  });
  const kinds = ['network.network', 'network.router', 'network.port'] as const;
  assert.deepEqual(await Promise.all(kinds.map((kind) => listed(scripted.project, kind))), ['n0 n1', 'n0', 'n0']);
  const signIns = scripted.server.seen.filter(({ method, url }) => method === 'POST' && url.endsWith('/auth/tokens'));
  assert.equal(signIns.length, 2);
});

test('credentials that are refused for good are said so, and not sent again and again', async () => {
  await using scripted = await scriptedCloud({
    'GET /network/v2.0/networks*': { status: 401 },
  });
  assert.equal(
    await listed(scripted.project, 'network.network'),
    "signedOut: Cloud scripted no longer accepts alice's token. Sign in again.",
  );
  assert.equal(scripted.asked().length, 2);
});

test('a token is renewed two minutes before its end by the server’s clock', async () => {
  await using scripted = await scriptedCloud({ 'GET /network/v2.0/networks*': { json: { networks: [] } } }, { lifeMs: 600_000 });
  const tokens = async () => {
    await scripted.project.list('network.network', { freshness: 'fresh' });
    return scripted.server.seen.filter(({ method }) => method === 'POST').length;
  };
  assert.equal(await tokens(), 1);
  scripted.clock.pass(470_000);
  assert.equal(await tokens(), 1);
  scripted.clock.pass(20_000);
  assert.equal(await tokens(), 2);
});

test('Retry-After is kept to, in seconds and as a date; without it waits double', async () => {
  const after = (value: string, earlier: number) =>
    earlier === 0 ? { status: 429, headers: { 'retry-after': value, date: 'Thu, 01 Jan 2026 12:00:00 GMT' } } : undefined;
  await using scripted = await scriptedCloud({
    'GET /network/v2.0/networks*': (_request, earlier) => after('7', earlier) ?? { json: { networks: many(1) } },
    'GET /network/v2.0/routers*': (_request, earlier) =>
      after('Thu, 01 Jan 2026 12:00:03 GMT', earlier) ?? { json: { routers: many(1) } },
    'GET /network/v2.0/ports*': { status: 503, json: {} },
    'GET /network/v2.0/trunks*': { status: 429, headers: { 'retry-after': '3600' } },
  });
  assert.equal(await listed(scripted.project, 'network.network'), 'n0');
  assert.equal(await listed(scripted.project, 'network.router'), 'n0');
  assert.deepEqual(scripted.clock.slept.splice(0), [7000, 3000]);
  assert.equal(
    await listed(scripted.project, 'network.port'),
    'unavailable: The network service of cloud scripted failed (status 503). Try again.',
  );
  const rounded = scripted.clock.slept.splice(0).map((ms, index) => Math.abs(ms - 500 * 2 ** index) <= 100 * 2 ** index);
  assert.deepEqual(rounded, [true, true, true]);
  assert.match(await listed(scripted.project, 'network.trunk'), /^throttled: .*asks for patience/);
  assert.deepEqual(scripted.clock.slept, []);
});

test('a microversion that the cloud does not have is lowered once and remembered', async () => {
  const versions: unknown[] = [];
  await using scripted = await scriptedCloud({
    'GET /compute/v2.1/*': ({ headers, url }) => {
      versions.push(headers['openstack-api-version']);
      if (headers['openstack-api-version'] === 'compute 2.96') {
        return {
          status: 406,
          json: {
            computeFault: { code: 406, message: 'Version 2.96 is not supported by the API. Minimum is 2.1 and maximum is 2.60.' },
          },
        };
      }
      return { json: url.includes('flavors') ? { flavors: many(1) } : { servers: many(1) } };
    },
  });
  assert.equal(await listed(scripted.project, 'compute.server'), 'n0');
  assert.equal(await listed(scripted.project, 'compute.flavor'), 'n0');
  assert.deepEqual(versions, ['compute 2.96', 'compute 2.60', 'compute 2.60']);
});

test('two first questions at once, both refused for their microversion, are both answered', async () => {
  await using scripted = await scriptedCloud({
    'GET /compute/*': ({ headers, url }) =>
      headers['openstack-api-version'] === 'compute 2.96'
        ? {
            status: 406,
            json: {
              computeFault: {
                code: 406,
                message: 'Version 2.96 is not supported by the API. Minimum is 2.1 and maximum is 2.60.',
              },
            },
          }
        : { json: url.includes('flavors') ? { flavors: many(1) } : { servers: many(1) } },
  });
  assert.deepEqual(await Promise.all([listed(scripted.project, 'compute.server'), listed(scripted.project, 'compute.flavor')]), [
    'n0',
    'n0',
  ]);
});

test('a service whose usual version is not there tells where it is; the host of its links is not used', async () => {
  await using scripted = await scriptedCloud({
    'GET /network/': {
      status: 300,
      json: {
        versions: [
          { id: 'v2.0', status: 'CURRENT', links: [{ rel: 'self', href: 'http://internal.invalid/network/api/v2.0/' }] },
        ],
      },
    },
    'GET /network/api/v2.0/networks*': { json: { networks: many(1) } },
    'GET /network/api/v2.0/routers*': { json: { routers: many(2) } },
  });
  assert.equal(await listed(scripted.project, 'network.network'), 'n0');
  assert.equal(await listed(scripted.project, 'network.router'), 'n0 n1');
  assert.deepEqual(scripted.asked(), [
    'GET /network/v2.0/networks?limit=1000',
    'GET /network/',
    'GET /network/api/v2.0/networks?limit=1000',
    'GET /network/api/v2.0/routers?limit=1000',
  ]);
});

test('a list that Nova does not have leaves it at v2.1 with its microversions, though it tells of v2.0 first', async () => {
  const version = (id: string, path: string) => ({
    id,
    links: [{ rel: 'self', href: `http://internal.invalid/compute${path}/` }],
  });
  await using scripted = await scriptedCloud({
    'GET /compute/': { json: { versions: [version('v2.0', '/v2'), version('v2.1', '/v2.1')] } },
    'GET /compute/v2.1/servers/detail*': { json: { servers: many(1) } },
  });
  assert.match(await listed(scripted.project, 'compute.server_group'), /^notFound|^unsupported/);
  assert.equal(await listed(scripted.project, 'compute.server'), 'n0');
  const seen = scripted.server.seen.filter(({ url }) => url.startsWith('/compute/'));
  assert.deepEqual(
    seen.map(({ url, headers }) => `${url.replace(/\?.*/, '')} ${headers['x-openstack-nova-api-version']}`),
    ['/compute/v2.1/os-server-groups 2.96', '/compute/ 2.96', '/compute/v2.1/servers/detail 2.96'],
  );
});

test('an administrator’s list is narrowed to the project, shared things stay', async () => {
  const network = (name: string, more: object) => ({
    id: name,
    name,
    'router:external': false,
    shared: false,
    project_id: 'other',
    ...more,
  });
  await using scripted = await scriptedCloud(
    {
      'GET /network/v2.0/ports?project_id=demo-id&limit=1000': { json: { ports: many(1) } },
      'GET /network/v2.0/networks*': {
        json: {
          networks: [
            network('own', { project_id: 'demo-id' }),
            network('shared', { shared: true }),
            network('public', { 'router:external': true }),
            network('foreign', {}),
          ],
        },
      },
    },
    { roles: ['admin'] },
  );
  assert.equal(await listed(scripted.project, 'network.port'), 'n0');
  assert.equal(await listed(scripted.project, 'network.network'), 'own shared public');
});

/** Bodies as the services write them, and the one sentence each becomes. */
const faults: readonly (readonly [status: number, body: string, sentence: string])[] = [
  [
    403,
    '{"forbidden": {"code": 403, "message": "Policy doesn\'t allow it."}}',
    "forbidden: Project demo does not let alice list networks. It said: Policy doesn't allow it. alice's role there: member. This usually takes admin: ask the cloud's administrator.",
  ],
  [
    409,
    '{"NeutronError": {"type": "OverQuota", "message": "Quota exceeded for resources: [port].", "detail": ""}}',
    'conflict: The network service of cloud scripted refused to list networks (status 409). It said: Quota exceeded for resources: [port].',
  ],
  [
    400,
    '{"NeutronError": "plain words"}',
    'invalid: The network service of cloud scripted refused to list networks (status 400). It said: plain words.',
  ],
  [
    400,
    '{"error": {"code": 400, "title": "Bad Request", "message": "domain is missing"}}',
    'invalid: The network service of cloud scripted refused to list networks (status 400). It said: domain is missing.',
  ],
  [
    500,
    '{"faultcode": "Server", "faultstring": "octavia broke", "debuginfo": null}',
    'unavailable: The network service of cloud scripted failed (status 500). It said: octavia broke.',
  ],
  [
    400,
    '{"error_message": "{\\"faultstring\\": \\"ironic says no\\"}"}',
    'invalid: The network service of cloud scripted refused to list networks (status 400). It said: ironic says no.',
  ],
  [
    400,
    '{"errors": [{"status": 400, "title": "short", "detail": "the long reason"}]}',
    'invalid: The network service of cloud scripted refused to list networks (status 400). It said: the long reason.',
  ],
  [
    400,
    '{"code": 400, "title": "Bad Request", "explanation": "The server could not comply", "error": {"type": "StackValidationFailed", "message": "the template is wrong", "traceback": null}}',
    'invalid: The network service of cloud scripted refused to list networks (status 400). It said: the template is wrong.',
  ],
  [
    400,
    '<html><head><title>400</title></head><body><h1>400 Bad Request</h1>Image\u0007 is \u202egone</body></html>',
    'invalid: The network service of cloud scripted refused to list networks (status 400). It said: 400 Bad Request Image is gone.',
  ],
  [501, '', 'unavailable: The network service of cloud scripted failed (status 501). Try again.'],
];

for (const [status, body, sentence] of faults) {
  test(`a fault in plain words: ${sentence.slice(0, 100)}`, async () => {
    await using scripted = await scriptedCloud({ 'GET /network/v2.0/networks*': { status, text: body } });
    assert.equal(await listed(scripted.project, 'network.network'), sentence);
  });
}

test('a web page, torn JSON, a body without the list: a failure, never an empty list', async () => {
  await using scripted = await scriptedCloud({
    'GET /network/v2.0/networks*': { text: '<html>Please log in</html>', headers: { 'content-type': 'text/html' } },
    'GET /network/v2.0/routers*': { text: '{"routers": [{"id": ' },
    'GET /network/v2.0/ports*': { json: { something: 'else' } },
  });
  assert.match(
    await listed(scripted.project, 'network.network'),
    /^malformed: 127.0.0.1:PORT answered with a web page instead of its API/,
  );
  assert.match(await listed(scripted.project, 'network.router'), /^malformed: 127.0.0.1:PORT sent a torn or unreadable answer/);
  assert.equal(
    await listed(scripted.project, 'network.port'),
    'malformed: The network service of cloud scripted answered without a list of ports.',
  );
});
