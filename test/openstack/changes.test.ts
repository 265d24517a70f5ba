import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nameOf } from '../../src/openstack/display.ts';
import type { KindId } from '../../src/openstack/kinds/kinds.ts';
import type { Project } from '../../src/openstack/project.ts';
import { type ScriptedCloud, scriptedCloud } from '../support/scriptedCloud.ts';
import type { Script, SeenRequest } from '../support/scriptedServer.ts';

const date = 'Thu, 01 Jan 2026 12:00:00 GMT';
/** The time of the first answer less the overlap. */
const since = '2026-01-01T11:59:00Z';

async function names(project: Project, kind: KindId, query: Readonly<Record<string, string>> = {}): Promise<string> {
  const list = await project.list(kind, { freshness: 'changes', query });
  if (!list.ok) return `${list.failure.reason}: ${list.failure.message}`;
  return `${list.value.items.map((item) => nameOf(kind, item)).join(' ')}${list.value.stale ? ' (stale)' : ''}`;
}

/** What a service is asked between two looks, paths without what stands before the collection. */
async function looks(scripted: ScriptedCloud, { kind, query, shown: { length: count } }: Story): Promise<readonly string[]> {
  const told: string[] = [];
  for (let look = 0; look < count; look++) {
    const from = scripted.asked().length;
    const shown = await names(scripted.project, kind, query);
    const asked = scripted.asked().slice(from);
    told.push(
      `${shown} <- ${asked.map((line) => decodeURIComponent(line).replace(/^GET \/[^/]+\/v[\d.]+\/(demo-id\/)?/, '')).join(', ')}`,
    );
  }
  return told;
}

const server = (name: string, status = 'ACTIVE') => ({ id: `${name}-id`, name, status });

/** Each look at a list: what is shown <- what was asked. */
interface Story {
  readonly title: string;
  readonly kind: KindId;
  readonly script: Script;
  readonly query?: Readonly<Record<string, string>>;
  readonly roles?: readonly string[];
  readonly shown: readonly string[];
}

const stories: readonly Story[] = [
  {
    title: 'what no longer meets a condition is not among the changes that do: such a list comes whole',
    kind: 'compute.server',
    query: { status: 'ACTIVE' },
    script: {
      'GET /compute/v2.1/servers/detail*': (_request, earlier) => ({
        headers: { date },
        json: { servers: earlier === 0 ? [server('a'), server('b')] : [server('b')] },
      }),
    },
    shown: ['a b <- servers/detail?status=ACTIVE&limit=1000', 'b <- servers/detail?status=ACTIVE&limit=1000'],
  },
  {
    title: 'Nova tells what was changed, made and deleted, and what can still be restored',
    kind: 'compute.server',
    script: {
      'GET /compute/v2.1/servers/detail?limit=1000': {
        headers: { date },
        json: { servers: [server('a'), server('b'), server('c')] },
      },
      'GET /compute/v2.1/servers/detail*': (_request, earlier) =>
        [
          { headers: { date: 'Thu, 01 Jan 2026 12:05:00 GMT' }, json: { servers: [] } },
          {
            headers: { date },
            json: {
              servers: [
                { ...server('a'), name: 'renamed' },
                server('b', 'DELETED'),
                server('c', 'SOFT_DELETED'),
                server('d', 'BUILD'),
                server('x', 'DELETED'),
              ],
            },
          },
        ][earlier] ?? { status: 500 },
    },
    shown: [
      'a b c <- servers/detail?limit=1000',
      `a b c <- servers/detail?changes-since=${since}&limit=1000`,
      'renamed d <- servers/detail?changes-since=2026-01-01T12:04:00Z&limit=1000',
    ],
  },
  {
    title:
      'Cinder does not tell what was deleted: the shorter list does, and names a volume that was never touched since it was made',
    kind: 'block-storage.volume',
    script: {
      'GET /block-storage/v3/demo-id/volumes/detail?limit=1000': {
        headers: { date },
        json: { volumes: [server('a'), server('b')] },
      },
      'GET /block-storage/v3/demo-id/volumes/detail*': { headers: { date }, json: { volumes: [server('a', 'in-use')] } },
      'GET /block-storage/v3/demo-id/volumes?limit=1000': { json: { volumes: [{ id: 'a-id' }, { id: 'n-id' }] } },
      'GET /block-storage/v3/demo-id/volumes/n-id': { json: { volume: server('n') } },
    },
    shown: [
      'a b <- volumes/detail?limit=1000',
      `a n <- volumes/detail?updated_at=gte:${since}&limit=1000, volumes?limit=1000, volumes/n-id`,
    ],
  },
  {
    title: 'Glance does not tell what was deleted either: its list comes whole sooner',
    kind: 'image.image',
    script: {
      'GET /image/v2/images?limit=1000': { headers: { date }, json: { images: [server('a')] } },
      'GET /image/v2/images*': { headers: { date }, json: { images: [server('b')] } },
    },
    shown: ['a <- images?limit=1000', `a b <- images?updated_at=gte:${since}&limit=1000`],
  },
  {
    title: 'Neutron gives a digest; what is new or otherwise in it is asked for one by one',
    kind: 'network.port',
    script: {
      'GET /network/v2.0/ports?limit=1000': {
        json: {
          ports: [
            { ...server('a'), revision_number: 1 },
            { ...server('b'), revision_number: 1 },
            { ...server('c'), revision_number: 1 },
          ],
        },
      },
      'GET /network/v2.0/ports?limit=1000&fields=id&fields=revision_number&fields=updated_at&fields=status': (
        _request,
        earlier,
      ) => ({
        json: {
          ports:
            earlier === 0
              ? ['a', 'b', 'c'].map((name) => ({ id: `${name}-id`, revision_number: 1, status: 'ACTIVE' }))
              : [
                  { id: 'a-id', revision_number: 1, status: 'DOWN' },
                  { id: 'c-id', revision_number: 2, status: 'ACTIVE' },
                  { id: 'd-id', revision_number: 0, status: 'BUILD' },
                  { id: 'gone-id', revision_number: 0, status: 'BUILD' },
                ],
        },
      }),
      'GET /network/v2.0/ports/a-id': { json: { port: { ...server('a', 'DOWN'), name: 'down' } } },
      'GET /network/v2.0/ports/c-id': { json: { port: { ...server('c'), name: 'renamed' } } },
      'GET /network/v2.0/ports/d-id': { json: { port: server('d') } },
    },
    shown: [
      'a b c <- ports?limit=1000',
      'a b c <- ports?limit=1000&fields=id&fields=revision_number&fields=updated_at&fields=status',
      'down renamed d <- ports?limit=1000&fields=id&fields=revision_number&fields=updated_at&fields=status, ports/a-id, ports/c-id, ports/d-id, ports/gone-id',
    ],
  },
  {
    title: 'an administrator’s networks are narrowed by fields that a digest lacks: they come whole',
    kind: 'network.network',
    roles: ['admin'],
    script: { 'GET /network/v2.0/networks*': { json: { networks: [{ ...server('a'), revision_number: 1 }] } } },
    shown: ['a <- networks?limit=1000', 'a <- networks?limit=1000'],
  },
  {
    title: 'a resource without a revision or time of change comes whole',
    kind: 'network.port',
    script: { 'GET /network/v2.0/ports*': { json: { ports: [server('a')] } } },
    shown: ['a <- ports?limit=1000', 'a <- ports?limit=1000'],
  },
  {
    title: 'a service that refuses the question is asked for the whole list, and not that way again',
    kind: 'compute.server',
    script: {
      'GET /compute/v2.1/servers/detail?limit=1000': { headers: { date }, json: { servers: [server('a')] } },
      'GET /compute/v2.1/servers/detail*': { status: 400, json: { badRequest: { code: 400, message: 'no such filter' } } },
    },
    shown: [
      'a <- servers/detail?limit=1000',
      `a <- servers/detail?changes-since=${since}&limit=1000, servers/detail?limit=1000`,
      'a <- servers/detail?limit=1000',
    ],
  },
];

for (const story of stories) {
  test(`what has changed: ${story.title}`, async () => {
    await using scripted = await scriptedCloud(story.script, story.roles ? { roles: story.roles } : {});
    assert.deepEqual(await looks(scripted, story), story.shown);
  });
}

test('a list is asked for whole every five minutes, the images every two; a service of an older microversion always', async () => {
  const whole: Script = {
    'GET /compute/v2.1/servers/detail*': { headers: { date }, json: { servers: [server('a')] } },
    'GET /image/v2/images*': { headers: { date }, json: { images: [server('a')] } },
    'GET /block-storage/v3/demo-id/volumes/detail*': ({ headers }: SeenRequest) =>
      headers['openstack-api-version'] === 'volume 3.59'
        ? { headers: { date }, json: { volumes: [server('a')] } }
        : { status: 406, json: { computeFault: { message: 'Minimum is 3.0 and maximum is 3.59.' } } },
  };
  await using scripted = await scriptedCloud(whole);
  const kinds = ['compute.server', 'image.image', 'block-storage.volume'] as const;
  const wholes = async () => {
    const from = scripted.asked().length;
    for (const kind of kinds) await names(scripted.project, kind);
    return scripted
      .asked()
      .slice(from)
      .filter((line) => !/changes-since|updated_at/.test(line)).length;
  };
  const counted: number[] = [await wholes()];
  for (const ms of [1_000, 120_000, 120_000, 60_000]) {
    scripted.clock.pass(ms);
    counted.push(await wholes());
  }
  // Volumes twice at first, for the microversion, and then every time; with them the images after two and four minutes, the servers after five.
  assert.deepEqual(counted, [4, 1, 2, 2, 2]);
});

test('many changes at once are asked for as one list; a failure leaves the old one, stale', async () => {
  const ports = (revision: number) =>
    Array.from({ length: 30 }, (_, index) => ({ id: `p${index}`, name: `p${index}`, revision_number: revision }));
  await using scripted = await scriptedCloud({
    'GET /network/v2.0/ports?limit=1000': (_request, earlier) => ({ json: { ports: ports(earlier) } }),
    'GET /network/v2.0/ports*': (_request, earlier) => (earlier === 0 ? { json: { ports: ports(7) } } : { status: 500 }),
  });
  await names(scripted.project, 'network.port');
  await names(scripted.project, 'network.port');
  assert.deepEqual(
    scripted.asked().map((line) => line.includes('fields')),
    [false, true, false],
  );
  assert.match(await names(scripted.project, 'network.port'), /^p0 .*p29 \(stale\)$/);
});

test('the rows of a list that has not changed are the same rows, and nobody is told', async () => {
  await using scripted = await scriptedCloud({
    'GET /compute/v2.1/servers/detail*': { headers: { date }, json: { servers: [server('a')] } },
  });
  const told: unknown[] = [];
  const { project } = scripted;
  const before = await project.list('compute.server');
  const subscription = project.onDidChange((what) => told.push(what));
  const after = await project.list('compute.server', { freshness: 'changes' });
  subscription.dispose();
  assert.ok(before.ok && after.ok);
  assert.equal(after.value.items, before.value.items);
  assert.deepEqual(told, []);
});
