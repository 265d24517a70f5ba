import assert from 'node:assert/strict';
import { test } from 'node:test';
import { idOf } from '../../src/openstack/display.ts';
import type { KindId } from '../../src/openstack/kinds/kinds.ts';
import type { Lookup } from '../../src/openstack/lookup.ts';
import { scriptedCloud } from '../support/scriptedCloud.ts';

function verdict(kind: KindId, lookup: Lookup): string {
  if (lookup.verdict === 'unknown') return `unknown: ${lookup.failure.message}`;
  const items = lookup.verdict === 'missing' ? lookup.near : lookup.matches;
  return [lookup.verdict, ...items.map((item) => idOf(kind, item))].join(' ');
}

test('a list is asked for once by many, kept, and shown as stale while the cloud fails', async () => {
  let broken = false;
  await using scripted = await scriptedCloud({
    'GET /network/v2.0/networks*': () => (broken ? { status: 500 } : { json: { networks: [{ id: 'n1', name: 'private' }] } }),
  });
  const { project, clock } = scripted;
  assert.equal(project.peek('network.network'), undefined);
  await Promise.all([
    project.list('network.network'),
    project.list('network.network'),
    project.find('network.network', { by: 'name', value: 'private' }),
  ]);
  assert.equal(scripted.asked().length, 1);
  clock.pass(60_000);
  broken = true;
  const stale = await project.list('network.network');
  assert.ok(stale.ok);
  assert.deepEqual([stale.value.items.length, stale.value.stale], [1, true]);
  const accusation = verdict('network.network', await project.find('network.network', { by: 'name', value: 'gone' }));
  assert.equal(accusation, 'unknown: The networks of project demo could not be listed again.');
});

test('a miss in an old list asks the cloud once more, at most once in 30 s', async () => {
  const names = ['private'];
  await using scripted = await scriptedCloud({
    'GET /network/v2.0/networks*': () => ({ json: { networks: names.map((name) => ({ id: name, name })) } }),
  });
  const { project, clock } = scripted;
  const find = async (value: string) => verdict('network.network', await project.find('network.network', { by: 'name', value }));
  assert.equal(await find('prvate'), 'missing private');
  names.push('prvate');
  clock.pass(5_000);
  assert.equal(await find('prvate'), 'found prvate');
  assert.equal(scripted.asked().length, 2);
  clock.pass(5_000);
  for (const typed of ['p', 'pu', 'pub', 'publ']) await find(typed);
  assert.equal(scripted.asked().length, 2);
  clock.pass(30_000);
  assert.equal(await find('publ'), 'missing');
  assert.equal(scripted.asked().length, 3);
});

test('every way of addressing', async () => {
  const subnets = [
    { id: 's1', name: 'private-v4', ip_version: 4, network_id: 'n1', tags: ['k8s', 'blue'] },
    { id: 's2', name: 'private-v6', ip_version: 6, network_id: 'n1', tags: ['k8s'] },
    { id: 's3', name: 'twin', ip_version: 4, network_id: 'n2', tags: [] },
    { id: 's4', name: 'twin', ip_version: 4, network_id: 'n3', tags: [] },
    { id: 'twin-id', name: 's1', ip_version: 4, network_id: 'n3', tags: [] },
  ];
  await using scripted = await scriptedCloud({
    'GET /network/v2.0/subnets*': ({ url }) => {
      const id = /subnets\/([^?]+)/.exec(url)?.[1];
      if (id === undefined) return { json: { subnets } };
      const subnet = subnets.find((one) => one.id === id);
      return subnet ? { json: { subnet } } : { status: 404, json: { NeutronError: { message: 'not found' } } };
    },
  });
  const find = async (by: 'id' | 'name' | 'idOrName' | 'tags' | 'pattern', value: string) =>
    verdict('network.subnet', await scripted.project.find('network.subnet', { by, value }));
  const filter = async (value: Readonly<Record<string, unknown>>) =>
    verdict('network.subnet', await scripted.project.find('network.subnet', { by: 'filter', value }));
  const answers = {
    id: await find('id', 's1'),
    noId: await find('id', 's9'),
    emptyId: await find('id', ''),
    dottedId: await find('id', '..'),
    slashedId: await find('id', '../ports/p1?x=#'),
    name: await find('name', 'private-v4'),
    twin: await find('name', 'twin'),
    near: await find('name', 'privat-v4'),
    idFirst: await find('idOrName', 's1'),
    tags: await find('tags', 'k8s, blue'),
    filter: await filter({ name: 'private-v4', ipVersion: 4 }),
    filterTags: await filter({ tagsAny: ['blue', 'red'] }),
    filterNot: await filter({ notTags: ['k8s'], networkID: 'n3', ipVersion: 4 }),
    filterMiss: await filter({ name: 'private-v4', tags: ['red'] }),
    glob: await find('pattern', 'private-*'),
    expression: await find('pattern', '~v[46]$'),
    negated: await find('pattern', '!private-*'),
    broken: await find('pattern', '~('),
  };
  assert.deepEqual(answers, {
    id: 'found s1',
    noId: 'missing s1 s2 s3',
    emptyId: 'missing',
    dottedId: 'missing s1 s2 s3',
    slashedId: 'missing',
    name: 'found s1',
    twin: 'ambiguous s3 s4',
    near: 'missing s1 s2',
    idFirst: 'found s1',
    tags: 'found s1',
    filter: 'found s1',
    filterTags: 'found s1',
    filterNot: 'found s4 twin-id',
    filterMiss: 'missing s1 s2',
    glob: 'found s1 s2',
    expression: 'found s1 s2',
    negated: 'found s3 s4 twin-id',
    broken: 'unknown: "~(" is not a regular expression.',
  });
});

test('what no list tells is asked for by its id, where a name can be one', async () => {
  const [listed, hidden, gone] = ['1', '2', '3'].map((digit) => `${digit.repeat(8)}-0000-4000-8000-${digit.repeat(12)}`);
  const plain = '4'.repeat(32);
  const cases: readonly (readonly [by: 'idOrName' | 'name', value: string | undefined, verdict: string, asked?: true])[] = [
    ['idOrName', listed, `found ${listed}`],
    ['idOrName', hidden, `found ${hidden}`, true],
    ['idOrName', plain, `found ${plain}`, true],
    ['idOrName', gone, 'missing', true],
    ['idOrName', 'debian-13', `missing ${listed}`],
    ['idOrName', '22222222-0000', 'missing'],
    ['name', hidden, 'missing'],
  ];
  for (const [by, value = '', expected, asked] of cases) {
    await using scripted = await scriptedCloud({
      'GET /image/v2/images?limit=1000': { json: { images: [{ id: listed, name: 'debian-12' }] } },
      [`GET /image/v2/images/${hidden}`]: { json: { id: hidden, name: 'rocky', os_hidden: true } },
      [`GET /image/v2/images/${plain}`]: { json: { id: plain, name: 'fedora', os_hidden: true } },
    });
    assert.equal(verdict('image.image', await scripted.project.find('image.image', { by, value })), expected);
    const byId = asked ? [`GET /image/v2/images/${value}`] : [];
    assert.deepEqual(scripted.asked(), ['GET /image/v2/images?limit=1000', ...byId]);
  }
});

test('a list that the user may not have is unknown to a reference, and not asked for at every key', async () => {
  await using scripted = await scriptedCloud({
    'GET /load-balancer/v2/lbaas/flavors*': { status: 403, json: { faultstring: 'Policy does not allow this request.' } },
  });
  const find = async () =>
    verdict('load-balancer.flavor', await scripted.project.find('load-balancer.flavor', { by: 'name', value: 'ha' }));
  const sentence =
    "unknown: Project demo does not let alice list load balancer flavors. It said: Policy does not allow this request. alice's role there: member. This usually takes admin: ask the cloud's administrator.";
  assert.deepEqual([await find(), await find(), await find()], [sentence, sentence, sentence]);
  assert.equal(scripted.asked().length, 1);
});

test('refresh drops what is kept and says which kinds', async () => {
  await using scripted = await scriptedCloud({ 'GET /network/v2.0/networks*': { json: { networks: [] } } });
  const { project } = scripted;
  const told: unknown[] = [];
  project.onDidChange(({ kinds }) => told.push(kinds));
  await project.list('network.network');
  project.refresh(['network.network']);
  await project.list('network.network');
  project.refresh();
  assert.deepEqual(told, [['network.network'], ['network.network']]);
  assert.equal(scripted.asked().length, 2);
});

test('one caller who leaves does not take the answer from the others', async () => {
  let release = () => {};
  await using scripted = await scriptedCloud({
    'GET /network/v2.0/networks*': {
      raw: (response) => {
        release = () => response.writeHead(200, { 'content-type': 'application/json' }).end('{"networks": []}');
      },
    },
  });
  const controller = new AbortController();
  const impatient = scripted.project.list('network.network', { signal: controller.signal });
  const patient = scripted.project.list('network.network');
  while (scripted.asked().length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  controller.abort();
  const left = await impatient;
  assert.ok(!left.ok && left.failure.reason === 'cancelled');
  release();
  assert.ok((await patient).ok);
  assert.equal(scripted.asked().length, 1);
});

test('children of a network are asked of the server by its id; no secret stands in any message', async () => {
  await using scripted = await scriptedCloud({
    'GET /network/v2.0/ports?network_id=n1&limit=1000': { json: { ports: [{ id: 'p1', network_id: 'n1' }] } },
  });
  const ports = await scripted.project.list('network.port', { where: { network_id: 'n1' } });
  assert.ok(ports.ok);
  assert.equal(ports.value.items.length, 1);
  const failures = await Promise.all([scripted.project.list('image.image'), scripted.project.get('compute.server', 'canary')]);
  assert.doesNotMatch(JSON.stringify(failures), /canary-(token|password)/);
});

test('the first page of a long list can be had before the rest; the rest is told by the event', async () => {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const last = { servers: [{ id: 's2', name: 'two' }] };
  await using scripted = await scriptedCloud({
    'GET /compute/v2.1/servers/detail?limit=50': {
      json: { servers: [{ id: 's1', name: 'one' }], servers_links: [{ rel: 'next', href: '/?marker=s1' }] },
    },
    'GET /compute/v2.1/servers/detail?limit=1000&marker=s1': {
      raw: (response) =>
        void held.then(() => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(last))),
    },
  });
  const { project } = scripted;
  const told = new Promise((resolve) => project.onDidChange(({ kinds }) => resolve(kinds)));
  const shape = async (partial: boolean) => {
    const list = await project.list('compute.server', { partial });
    return list.ok ? [list.value.items.length, list.value.complete] : list.failure;
  };
  assert.deepEqual(await shape(true), [1, false]);
  release();
  assert.deepEqual(await told, ['compute.server']);
  assert.deepEqual(await shape(true), [2, true]);
  // As many as somebody sees at once, then as many as the service gives.
  assert.deepEqual(
    scripted.asked().map((line) => /limit=\d+.*/.exec(line)?.[0]),
    ['limit=50', 'limit=1000&marker=s1'],
  );
});

test('a long list that fails after its first page says so to the next question', async () => {
  await using scripted = await scriptedCloud({
    'GET /compute/v2.1/servers/detail?limit=50': {
      json: { servers: [{ id: 's1', name: 'one' }], servers_links: [{ rel: 'next', href: '/?marker=s1' }] },
    },
    'GET /compute/v2.1/servers/detail?limit=1000': {
      json: { servers: [{ id: 's1', name: 'one' }], servers_links: [{ rel: 'next', href: '/?marker=s1' }] },
    },
    'GET /compute/v2.1/servers/detail?limit=1000&marker=s1': { status: 500 },
  });
  const { project } = scripted;
  const told = new Promise<void>((resolve) => project.onDidChange(() => resolve()));
  assert.ok((await project.list('compute.server', { partial: true })).ok);
  await told;
  const again = await project.list('compute.server', { partial: true });
  assert.equal(again.ok ? '' : again.failure.reason, 'unavailable');
});

test('a secret is found by its address, whatever host the address names', async () => {
  await using scripted = await scriptedCloud({
    'GET /key-manager/v1/containers/0a1b': {
      json: { container_ref: 'http://inside:9311/v1/containers/0a1b', name: 'tls', type: 'certificate' },
    },
  });
  const find = async (value: string) =>
    verdict('key-manager.container', await scripted.project.find('key-manager.container', { by: 'id', value }));
  assert.equal(await find('https://outside.example/v1/containers/0a1b'), 'found 0a1b');
  assert.equal(await find('0a1b'), 'found 0a1b');
});

test('the name of what is listed is known by its id in any case or by its address, the first of several with that id, and of nothing else', async () => {
  const networks = [
    { id: 'AB-1', name: 'private' },
    { id: 'ab-1', name: 'twin' },
    { name: 'without an id' },
    { id: 'n2', name: 'public' },
  ];
  await using scripted = await scriptedCloud({ 'GET /network/v2.0/networks*': () => ({ json: { networks } }) });
  const { project } = scripted;
  const names = () =>
    ['ab-1', 'AB-1', 'https://cloud/network/n2', 'n3', ''].map((id) => project.nameOf?.('network.network', id) ?? '-').join(' ');
  assert.equal(names(), '- - - - -');
  await project.list('network.network');
  assert.equal(names(), 'private private public - -');
  networks[3] = { id: 'n3', name: 'newer' };
  await project.list('network.network', { freshness: 'fresh' });
  assert.equal(names(), 'private private - newer -');
  assert.equal(scripted.asked().length, 2);
});

test('a long list that is asked for anew is told of only where it differs', async () => {
  const networks = Array.from({ length: 3_000 }, (_, at) => ({
    id: `${at}`,
    name: `m${at}`,
    extra: { sizes: [at, { disk: at }] },
  }));
  await using scripted = await scriptedCloud({ 'GET /network/v2.0/networks*': () => ({ json: { networks: networks } }) });
  const { project } = scripted;
  await project.list('network.network');
  let told = 0;
  const subscription = project.onDidChange(() => told++);
  await project.list('network.network', { freshness: 'fresh' });
  assert.equal(told, 0);
  networks[2_999] = { id: '2999', name: 'm2999', extra: { sizes: [2_999, { disk: 3_000 }] } };
  await project.list('network.network', { freshness: 'fresh' });
  assert.equal(told, 1);
  subscription.dispose();
});

test('of thousands, the three that come nearest to a wrong name are told, nearest first, those of equal distance in their order', async () => {
  const names = [
    ...Array.from({ length: 2_000 }, (_, at) => `db-${at}`),
    'privat',
    'private-2',
    'private-3',
    'privatee',
    'pirvate',
  ];
  await using scripted = await scriptedCloud({
    'GET /network/v2.0/networks*': { json: { networks: names.map((name) => ({ id: name, name })) } },
  });
  const find = async (value: string) =>
    verdict('network.network', await scripted.project.find('network.network', { by: 'name', value }));
  assert.equal(await find('private'), 'missing privat privatee pirvate');
  assert.equal(await find('private-'), 'missing private-2 private-3 privatee');
  assert.equal(await find('Private-30'), 'missing private-3 private-2 privatee');
  assert.equal(await find('nothing-like-it'), 'missing');
});
