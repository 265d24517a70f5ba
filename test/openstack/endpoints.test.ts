import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { test } from 'node:test';
import { cloudConfig } from '../../src/openstack/cloudConfig.ts';
import { nameOf } from '../../src/openstack/display.ts';
import { endpointOf } from '../../src/openstack/endpoints.ts';
import type { KindId } from '../../src/openstack/kinds/kinds.ts';
import { fixedToken } from '../../src/openstack/token.ts';
import { refusalOf } from '../../src/openstack/tokenAnswer.ts';
import { catalogued, type ScriptedCloudOptions, scriptedCloud } from '../support/scriptedCloud.ts';
import type { Reply, Script } from '../support/scriptedServer.ts';

const networks: Reply = { json: { networks: [{ id: 'n', name: 'private' }] } };
const servers: Reply = { json: { servers: [{ id: 's', name: 'web' }] } };
const volumes: Reply = { json: { volumes: [{ id: 'v', name: 'data' }] } };

/** A catalogue, what the services answer, and what comes of listing a kind: the names or the sentence, and where it was asked for. */
interface Case extends Pick<ScriptedCloudOptions, 'env' | 'host'> {
  readonly title: string;
  readonly kind: KindId;
  readonly catalog: (url: string) => readonly unknown[];
  readonly script?: Script;
  readonly told: string;
  readonly asked: readonly string[];
}

/** A version document of one version, in its three shapes. */
const version = (id: string, href: string) => ({ id, status: 'CURRENT', links: [{ rel: 'self', href }] });

const cases: readonly Case[] = [
  {
    title: 'below a prefix, version named',
    kind: 'compute.server',
    catalog: (url) => [catalogued('compute', `${url}/compute/v2.1`)],
    script: { 'GET /compute/v2.1/servers/detail*': servers },
    told: 'web',
    asked: ['GET /compute/v2.1/servers/detail?limit=1000'],
  },
  {
    title: 'a slash at the end, version not named',
    kind: 'network.network',
    catalog: (url) => [catalogued('network', `${url}/networking/`)],
    script: { 'GET /networking/v2.0/networks*': networks },
    told: 'private',
    asked: ['GET /networking/v2.0/networks?limit=1000'],
  },
  {
    title: 'placeholders that the cloud forgot to fill, in both spellings',
    kind: 'block-storage.volume',
    catalog: (url) => [catalogued('volumev3', `${url}/volume/v3/$(project_id)s`)],
    script: { 'GET /volume/v3/demo-id/volumes/detail*': volumes },
    told: 'data',
    asked: ['GET /volume/v3/demo-id/volumes/detail?limit=1000'],
  },
  {
    title: 'the older placeholder',
    kind: 'block-storage.volume',
    catalog: (url) => [catalogued('volumev3', `${url}/v3/%(tenant_id)s`)],
    script: { 'GET /v3/demo-id/volumes/detail*': volumes },
    told: 'data',
    asked: ['GET /v3/demo-id/volumes/detail?limit=1000'],
  },
  {
    title: 'a service twice, once without an endpoint, once with two',
    kind: 'network.network',
    catalog: (url) => [
      { type: 'network', endpoints: [] },
      {
        type: 'network',
        endpoints: [
          { interface: 'internal', region_id: 'RegionOne', url: `${url}/internal` },
          { interface: 'public', region_id: 'RegionOne', url: '' },
          { interface: 'public', region_id: 'RegionOne', url: `${url}/network` },
        ],
      },
      catalogued('network', `${url}/other`),
    ],
    script: { 'GET /network/v2.0/networks*': networks },
    told: 'private',
    asked: ['GET /network/v2.0/networks?limit=1000'],
  },
  {
    title: 'an alias of the type, and the interface as version 2 of Keystone writes it',
    kind: 'block-storage.volume',
    catalog: (url) => [catalogued('volume', `${url}/v3/demo-id`, { interface: 'publicURL' })],
    script: { 'GET /v3/demo-id/volumes/detail*': volumes },
    told: 'data',
    asked: ['GET /v3/demo-id/volumes/detail?limit=1000'],
  },
  {
    title: 'no region in the catalogue, one in the entry',
    kind: 'network.network',
    env: { OS_REGION_NAME: 'RegionOne' },
    catalog: (url) => [catalogued('network', `${url}/network`, { region_id: undefined })],
    script: { 'GET /network/v2.0/networks*': networks },
    told: 'private',
    asked: ['GET /network/v2.0/networks?limit=1000'],
  },
  {
    title: 'another region than the entry’s',
    kind: 'network.network',
    env: { OS_REGION_NAME: 'RegionTwo' },
    catalog: (url) => [catalogued('network', `${url}/network`)],
    told: 'unsupported: Cloud scripted has no network service in RegionTwo. It is in RegionOne: see region_name of its entry.',
    asked: [],
  },
  {
    title: 'a service that nobody has',
    kind: 'network.network',
    catalog: () => [],
    told: 'unsupported: Cloud scripted has no network service.',
    asked: [],
  },
  {
    title: 'only behind another interface: said, never taken by itself',
    kind: 'network.network',
    catalog: (url) => [catalogued('network', `${url}/network`, { interface: 'internal' })],
    told: 'unsupported: Cloud scripted has its network service only behind the interface internal, not public. If you can reach that, use it in this window, or set "interface: internal" in its entry.',
    asked: [],
  },
  {
    title: 'behind the interface that the entry names for this service',
    kind: 'network.network',
    env: { OS_NETWORK_INTERFACE: 'internal' },
    catalog: (url) => [catalogued('network', `${url}/network`, { interface: 'internal' })],
    script: { 'GET /network/v2.0/networks*': networks },
    told: 'private',
    asked: ['GET /network/v2.0/networks?limit=1000'],
  },
  {
    title: 'an address that is none',
    kind: 'network.network',
    catalog: () => [catalogued('network', 'network.example')],
    told: 'malformed: The catalogue of cloud scripted names an address for network that is not a URL.',
    asked: [],
  },
  {
    title: 'an IPv6 address',
    kind: 'network.network',
    host: '::1',
    catalog: (url) => [catalogued('network', `${url}/network`)],
    script: { 'GET /network/v2.0/networks*': networks },
    told: 'private',
    asked: ['GET /network/v2.0/networks?limit=1000'],
  },
  {
    title: 'a version document that knows nothing of the proxy’s prefix, and says http and an internal name',
    kind: 'block-storage.volume',
    catalog: (url) => [catalogued('volumev3', `${url}/volume/v3`)],
    script: {
      'GET /volume/': { status: 300, json: { versions: [version('v3.0', 'http://cinder-api.internal:8776/v3/')] } },
      'GET /volume/v3/demo-id/volumes/detail*': volumes,
    },
    told: 'data',
    asked: ['GET /volume/v3/volumes/detail?limit=1000', 'GET /volume/', 'GET /volume/v3/demo-id/volumes/detail?limit=1000'],
  },
  {
    title: 'a version document of one version; one that lists values',
    kind: 'network.network',
    catalog: (url) => [catalogued('network', `${url}/network`)],
    script: {
      'GET /network/': { json: { versions: { values: [version('v2.0', 'https://x.invalid/network/neutron/v2.0')] } } },
      'GET /network/neutron/v2.0/networks*': networks,
    },
    told: 'private',
    asked: ['GET /network/v2.0/networks?limit=1000', 'GET /network/', 'GET /network/neutron/v2.0/networks?limit=1000'],
  },
  {
    title: 'a version document that tells of the wanted version after another of the same major',
    kind: 'compute.server',
    catalog: (url) => [catalogued('compute', `${url}/compute`)],
    script: {
      'GET /compute/': {
        status: 300,
        json: { versions: [version('v2.0', '/compute/nova/v2/'), version('v2.1', '/compute/nova/v2.1/')] },
      },
      'GET /compute/nova/v2.1/servers/detail*': servers,
    },
    told: 'web',
    asked: ['GET /compute/v2.1/servers/detail?limit=1000', 'GET /compute/', 'GET /compute/nova/v2.1/servers/detail?limit=1000'],
  },
  {
    title: 'a version document that has the wanted major by another minor only',
    kind: 'compute.server',
    catalog: (url) => [catalogued('compute', `${url}/compute`)],
    script: {
      'GET /compute/': { status: 300, json: { versions: [version('v1.1', '/compute/v1.1/'), version('v2.0', '/compute/v2/')] } },
      'GET /compute/v2/servers/detail*': servers,
    },
    told: 'web',
    asked: ['GET /compute/v2.1/servers/detail?limit=1000', 'GET /compute/', 'GET /compute/v2/servers/detail?limit=1000'],
  },
  {
    title: 'a discovery that is forbidden changes nothing',
    kind: 'network.network',
    catalog: (url) => [catalogued('network', `${url}/network`)],
    script: { 'GET /network/': { status: 403 } },
    told: 'notFound: The network service of cloud scripted refused to list networks (status 404). It said: not scripted.',
    asked: ['GET /network/v2.0/networks?limit=1000', 'GET /network/'],
  },
  {
    title: 'a link that names another host is asked for at ours',
    kind: 'network.network',
    catalog: (url) => [catalogued('network', `${url}/network`)],
    script: {
      'GET /network/v2.0/networks?limit=1000': {
        json: {
          networks: [{ id: 'a', name: 'a' }],
          networks_links: [{ rel: 'next', href: 'https://evil.invalid/v2.0/networks?limit=1000&marker=a' }],
        },
      },
      'GET /network/v2.0/networks?limit=1000&marker=a': networks,
    },
    told: 'a private',
    asked: ['GET /network/v2.0/networks?limit=1000', 'GET /network/v2.0/networks?limit=1000&marker=a'],
  },
  {
    title: 'two links that lead to each other',
    kind: 'network.network',
    catalog: (url) => [catalogued('network', `${url}/network`)],
    script: {
      'GET /network/v2.0/networks?limit=1000': {
        json: { networks: [{ id: 'a', name: 'a' }], networks_links: [{ rel: 'next', href: '/?marker=a' }] },
      },
      'GET /network/v2.0/networks?limit=1000&marker=a': {
        json: { networks: [{ id: 'b', name: 'b' }], networks_links: [{ rel: 'next', href: '/?marker=b' }] },
      },
      'GET /network/v2.0/networks?limit=1000&marker=b': {
        json: { networks: [{ id: 'a', name: 'a' }], networks_links: [{ rel: 'next', href: '/?marker=a' }] },
      },
    },
    told: 'a b a',
    asked: [
      'GET /network/v2.0/networks?limit=1000',
      'GET /network/v2.0/networks?limit=1000&marker=a',
      'GET /network/v2.0/networks?limit=1000&marker=b',
    ],
  },
  {
    title: 'a link that repeats what it was asked grows no query',
    kind: 'network.network',
    catalog: (url) => [catalogued('network', `${url}/network`)],
    script: {
      'GET /network/v2.0/networks?limit=1000': {
        json: {
          networks: [{ id: 'a', name: 'a' }],
          networks_links: [{ rel: 'next', href: '/?limit=1000&limit=1000&tags=x&tags=x&tags=y&marker=a' }],
        },
      },
      'GET /network/v2.0/networks?limit=1000&tags=x&tags=y&marker=a': networks,
    },
    told: 'a private',
    asked: ['GET /network/v2.0/networks?limit=1000', 'GET /network/v2.0/networks?limit=1000&tags=x&tags=y&marker=a'],
  },
];

/** Not every machine speaks IPv6, even to itself. */
const hasIpv6 = Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === '::1'));

for (const { title, kind, script = {}, told, asked, ...options } of cases) {
  if (options.host === '::1' && !hasIpv6) continue;
  test(`where a service is: ${title}`, async () => {
    await using scripted = await scriptedCloud(script, options);
    const list = await scripted.project.list(kind);
    const names = list.ok ? list.value.items.map((item) => nameOf(kind, item)).join(' ') : '';
    assert.equal(list.ok ? names : `${list.failure.reason}: ${list.failure.message}`, told);
    assert.deepEqual(scripted.asked(), asked);
  });
}

test('a service behind another interface is offered, so that its row says so; one of another region is not', async () => {
  const offers = async (endpoint: Readonly<Record<string, unknown>>, env: Readonly<Record<string, string>> = {}) => {
    await using scripted = await scriptedCloud(
      {},
      { env, catalog: (url) => [catalogued('network', `${url}/network`, endpoint)] },
    );
    return scripted.project.offers('network.network');
  };
  assert.deepEqual([await offers({ interface: 'internal' }), await offers({}, { OS_REGION_NAME: 'RegionTwo' })], [true, false]);
});

test('what an entry must say otherwise leads to the entry', () => {
  const place = { file: 'clouds.yaml', line: 7 };
  const config = cloudConfig('demo', { auth: { auth_url: 'https://k.example/v3' } }, place, { publicClouds: {} });
  assert.ok(config.ok);
  const catalogue = [{ type: 'network', endpoints: [{ interface: 'internal', region: undefined, url: 'https://n.internal' }] }];
  const endpoint = endpointOf(
    config.value,
    'network',
    { types: ['network'], version: '/v2.0', paging: 'links' },
    {
      ...fixedToken('t', 'demo'),
      catalogue,
    },
  );
  assert.deepEqual(endpoint.ok ? undefined : [endpoint.failure.reason, endpoint.failure.at], ['unsupported', place]);
  const gone = {
    status: 404,
    headers: {},
    body: new Uint8Array(),
    text: () => '{"error": {"message": "Could not find Application Credential: ac."}}',
  };
  const entry = {
    auth_type: 'v3applicationcredential',
    auth: { auth_url: 'https://k.example/v3', application_credential_id: 'ac' },
  };
  const credential = cloudConfig('demo', entry, place, { publicClouds: {} });
  assert.ok(credential.ok);
  const refusal = refusalOf(credential.value, gone);
  assert.deepEqual(refusal.ok ? undefined : [refusal.failure.reason, refusal.failure.at], ['signedOut', place]);
});

/** Lists that a service cuts at its own limit without saying so; pages are walked by marker, last name and offset. */
const cut: readonly (readonly [kind: KindId, key: string, id: string, cap: number, total: number, questions: number])[] = [
  ['orchestration.stack', 'stacks', 'id', 200, 450, 3],
  ['orchestration.stack', 'stacks', 'id', 500, 20, 1],
  ['object-store.container', '', 'name', 1000, 2500, 4],
  ['object-store.container', '', 'name', 1000, 2000, 3],
  ['shared-file-system.share', 'shares', 'id', 100, 150, 2],
  ['shared-file-system.share', 'shares', 'id', 1000, 99, 1],
];

for (const [kind, key, id, cap, total, questions] of cut) {
  test(`${kind} comes whole, ${total} at ${cap} a page, in ${questions} questions`, async () => {
    const all = Array.from({ length: total }, (_, index) => ({ [id]: `i${index}`, name: `i${index}` }));
    await using scripted = await scriptedCloud({
      'GET /*': ({ url }) => {
        const query = new URL(url, 'http://x').searchParams;
        const marker = query.get('marker');
        const from = marker === null ? Number(query.get('offset') ?? 0) : all.findIndex((one) => one[id] === marker) + 1;
        const page = all.slice(from, from + Math.min(cap, Number(query.get('limit'))));
        return { json: key === '' ? page : { [key]: page } };
      },
    });
    const list = await scripted.project.list(kind);
    assert.ok(list.ok);
    assert.equal(new Set(list.value.items.map((item) => item[id])).size, total);
    assert.equal(scripted.asked().length, questions);
  });
}

test('more than 20,000 are cut, and it is said', async () => {
  await using scripted = await scriptedCloud({
    'GET /network/v2.0/ports*': ({ url }) => {
      const from = Number(/marker=p(\d+)/.exec(url)?.[1] ?? -1) + 1;
      const ports = Array.from({ length: 1000 }, (_, index) => ({ id: `p${from + index}`, name: `p${from + index}` }));
      return { json: { ports, ports_links: [{ rel: 'next', href: `/?marker=p${from + 999}` }] } };
    },
  });
  const list = await scripted.project.list('network.port');
  assert.ok(list.ok);
  assert.deepEqual([list.value.items.length, list.value.complete, list.value.cut], [20_000, false, true]);
});
