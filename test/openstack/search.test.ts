import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failed } from '../../src/base/failure.ts';
import { nameOf } from '../../src/openstack/display.ts';
import { search, shapeOf } from '../../src/openstack/search.ts';
import { fakeCloud } from '../support/fakeCloud.ts';
import { scriptedCloud } from '../support/scriptedCloud.ts';

const id = '0a1b2c3d-0000-4000-8000-00000000000';
const absent =
  'absent: [load-balancer, orchestration, dns, container-infrastructure-management, shared-file-system, key-manager, object-store, identity, baremetal, placement]';
const demo = () =>
  fakeCloud(`
${absent}
compute.server: [{ id: ${id}1, name: web-1, status: ACTIVE, tags: [blue] }, { id: ${id}2, name: db, status: ACTIVE }]
network.port: [{ id: ${id}3, name: '', fixed_ips: [{ ip_address: 10.0.0.7 }] }]
network.network: [{ id: ${id}4, name: web-net, tags: [blue] }]
`);
const ops = () =>
  fakeCloud(`{project: ops, ${absent}, compute.server: [{ id: ${id}5, name: web-9, status: ACTIVE }], image.image: unavailable}`);

/** What is found, in the order of its coming. */
async function find(text: string, projects = [demo(), ops()]): Promise<readonly string[]> {
  const found: string[] = [];
  const failures = await search(text, projects, ({ project, kind, resource }) =>
    found.push(`${project.name} ${kind} ${nameOf(kind, resource)}`),
  );
  return [...found.sort(), ...failures.map(({ message }) => `✗ ${message}`)];
}

test('what a text is told by its shape', () => {
  const shapes = { '10.0.0.7': 'address', 'fd00::7': 'address', 'fa:16:3e:00:00:01': 'address', web: 'name', deadbeef: 'name' };
  for (const [text, shape] of Object.entries({ ...shapes, [`${id}1`]: 'id', [` ${id.replaceAll('-', '')}1 `]: 'id' }))
    assert.equal(shapeOf(text), shape, text);
});

test('a part of a name, a tag, an id and an address are found in all projects', async () => {
  const unavailable = '✗ Images: unavailable.';
  assert.deepEqual(await find('web'), [
    'demo compute.server web-1',
    'demo network.network web-net',
    'ops compute.server web-9',
    unavailable,
  ]);
  assert.deepEqual(await find('BLUE'), ['demo compute.server web-1', 'demo network.network web-net', unavailable]);
  assert.deepEqual(await find(`${id}4`), ['demo network.network web-net', unavailable]);
  assert.deepEqual(await find('10.0.0.7'), ['demo network.port 10.0.0.7']);
  assert.deepEqual(await find('nothing'), [unavailable]);
});

test('the service is asked by the filters that a kind has', async () => {
  const servers = [
    { id: 's1', name: 'web-1' },
    { id: 's2', name: 'wEb' },
    { id: 's3', name: 'other' },
  ];
  await using scripted = await scriptedCloud({ 'GET /compute/v2.1/servers/detail*': { json: { servers } } });
  const found: string[] = [];
  await search('web', [scripted.project], ({ kind, resource }) => found.push(nameOf(kind, resource)));
  assert.deepEqual(found.sort(), ['wEb', 'web-1']);
  const asked = scripted.asked().join('\n');
  assert.match(asked, /\/servers\/detail\?name=web/);
  assert.match(asked, /\/ports\?tags=web/);
});

test('six questions go out at a time, and none once the search is ended', async () => {
  let running = 0;
  let most = 0;
  let asked = 0;
  const ending = new AbortController();
  const project = {
    ...demo(),
    peek: () => undefined,
    get: async () => {
      asked += 1;
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 2));
      running -= 1;
      if (asked >= 12) ending.abort();
      return failed('notFound', 'Not there.');
    },
  };
  await search(`${id}9`, [project, project], () => {}, ending.signal);
  assert.equal(most, 6);
  assert.ok(asked < 20, String(asked));
});
