import assert from 'node:assert/strict';
import { createClouds } from '../../src/openstack/clouds.ts';
import { nameOf } from '../../src/openstack/display.ts';
import type { KindId } from '../../src/openstack/kinds/kinds.ts';
import type { Project } from '../../src/openstack/project.ts';
import { eventually } from '../support/eventually.ts';
import { openstack } from '../support/openstack.ts';
import { recordingHttp } from '../support/recordingHttp.ts';
import { type SandboxEnvironment, sandboxTest } from '../support/sandbox.ts';

/** How one more of a kind is made, renamed and deleted past the extension. */
interface Life {
  readonly kind: KindId;
  readonly service: string;
  readonly path: string;
  readonly key: string;
  readonly made: Readonly<Record<string, unknown>>;
  /** A state in which it can be renamed and deleted, and the field that tells it. */
  readonly ready?: readonly [field: string, state: string];
  /** Asked for by itself, what it takes beside a name. */
  readonly takes?: (sandbox: SandboxEnvironment) => Promise<Readonly<Record<string, unknown>>>;
}

const lives: readonly Life[] = [
  { kind: 'network.network', service: 'network', path: '/v2.0/networks', key: 'network', made: {} },
  { kind: 'network.security_group', service: 'network', path: '/v2.0/security-groups', key: 'security_group', made: {} },
  {
    kind: 'block-storage.volume',
    service: 'block-storage',
    path: '/volumes',
    key: 'volume',
    made: { size: 1 },
    ready: ['status', 'available'],
  },
  {
    kind: 'load-balancer.loadbalancer',
    service: 'load-balancer',
    path: '/v2/lbaas/loadbalancers',
    key: 'loadbalancer',
    made: {},
    ready: ['provisioning_status', 'ACTIVE'],
    takes: async (sandbox) => {
      const { subnets } = await openstack(sandbox, 'demo', 'network', 'GET', '/v2.0/subnets?name=private-v4');
      return { vip_subnet_id: (subnets as unknown as readonly { readonly id: string }[])[0]?.id };
    },
  },
];

/** Runs with project demo of the sandbox; `asked` are the queries sent since it was last read. */
async function withProject(
  sandbox: SandboxEnvironment,
  body: (project: Project, asked: () => readonly string[]) => Promise<void>,
): Promise<void> {
  const http = recordingHttp();
  const clouds = createClouds({ http, env: { OS_CLIENT_CONFIG_FILE: sandbox.openstack.clouds }, home: '/nonexistent' });
  try {
    const cloud = await clouds.open('demo');
    assert.ok(cloud.ok);
    const project = await cloud.value.project(undefined);
    assert.ok(project.ok);
    await body(project.value, () => http.sent.splice(0).map(({ url }) => url));
  } finally {
    clouds.dispose();
    http.dispose();
  }
}

async function has(project: Project, kind: KindId, name: string): Promise<boolean> {
  const list = await project.list(kind, { freshness: 'changes' });
  assert.ok(list.ok);
  return list.value.items.some((item) => nameOf(kind, item) === name);
}

for (const { kind, service, path, key, made, ready, takes } of lives) {
  sandboxTest(`${kind}: what others make, rename and delete is seen without asking for the whole list`, async (sandbox) => {
    await withProject(sandbox, async (project, asked) => {
      const [name, renamed] = ['changes-live', 'changes-live-renamed'];
      assert.ok((await project.list(kind)).ok);
      assert.equal(await has(project, kind, name), false);
      asked();
      const raw = (method: string, below = '', body?: unknown) => openstack(sandbox, 'demo', service, method, path + below, body);
      const { id } = (await raw('POST', '', { [key]: { name, ...made, ...(await takes?.(sandbox)) } }))[key] as unknown as {
        id: string;
      };
      try {
        await eventually('the new one is seen', () => has(project, kind, name));
        const state = async () => ready && (await raw('GET', `/${id}`))[key]?.[ready[0]];
        const isReady = async () => (await state()) === ready?.[1];
        await eventually('it is ready', isReady);
        await raw('PUT', `/${id}`, { [key]: { name: renamed } });
        await eventually('it is ready', isReady);
        await eventually('the new name is seen', () => has(project, kind, renamed));
        assert.equal(await has(project, kind, name), false);
      } finally {
        await raw('DELETE', `/${id}`);
      }
      await eventually('the deletion is seen', async () => !(await has(project, kind, renamed)));
      const whole = asked().filter(
        (url) => new URL(url).searchParams.get('limit') === '1000' && !/fields=|updated_at=|\/volumes\?/.test(url),
      );
      assert.deepEqual(whole, []);
      const known = await project.list(kind, { freshness: 'cached' });
      const fresh = await project.list(kind, { freshness: 'fresh' });
      assert.ok(known.ok && fresh.ok);
      assert.deepEqual(sorted(known.value.items), sorted(fresh.value.items));
    });
  });
}

sandboxTest('compute.server: a renamed server, and one that is deleted, are among the changes', async (sandbox) => {
  await withProject(sandbox, async (project, asked) => {
    const kind = 'compute.server';
    const raw = (method: string, below = '', body?: unknown) =>
      openstack(sandbox, 'demo', 'compute', method, `/servers${below}`, body);
    const flavors = await openstack(sandbox, 'demo', 'compute', 'GET', '/flavors');
    const images = await openstack(sandbox, 'demo', 'image', 'GET', '/v2/images');
    const networks = await openstack(sandbox, 'demo', 'network', 'GET', '/v2.0/networks?router:external=false');
    const first = (body: Readonly<Record<string, unknown>>, list: string) =>
      (body[list] as readonly { readonly id: string }[])[0]?.id;
    assert.ok((await project.list(kind)).ok);
    asked();
    const server = {
      name: 'changes-live',
      flavorRef: first(flavors, 'flavors'),
      imageRef: first(images, 'images'),
      networks: [{ uuid: first(networks, 'networks') }],
    };
    const { id } = (await raw('POST', '', { server }))['server'] as unknown as { id: string };
    try {
      await eventually('the new server is seen', () => has(project, kind, 'changes-live'));
      // Nova loses a name that is changed while it looks for a host
      await eventually('it is built', async () => (await raw('GET', `/${id}`))['server']?.['status'] === 'ACTIVE');
      await raw('PUT', `/${id}`, { server: { name: 'changes-live-renamed' } });
      await eventually('the new name is seen', () => has(project, kind, 'changes-live-renamed'));
    } finally {
      await raw('DELETE', `/${id}`);
    }
    await eventually('the deletion is seen', async () => !(await has(project, kind, 'changes-live-renamed')));
    const lists = asked().filter((url) => url.includes('/servers/detail'));
    assert.ok(lists.length > 0);
    assert.deepEqual(
      lists.filter((url) => !url.includes('changes-since=')),
      [],
    );
  });
});

sandboxTest('image.image: a new one is among the changes; that one is gone only the whole list tells', async (sandbox) => {
  await withProject(sandbox, async (project, asked) => {
    const kind = 'image.image';
    assert.ok((await project.list(kind)).ok);
    asked();
    const body = { name: 'changes-live', disk_format: 'raw', container_format: 'bare' };
    const { id } = (await openstack(sandbox, 'demo', 'image', 'POST', '/v2/images', body)) as unknown as { id: string };
    try {
      await eventually('the new one is seen', () => has(project, kind, 'changes-live'));
      assert.ok(asked().every((url) => url.includes('updated_at=gte')));
    } finally {
      await openstack(sandbox, 'demo', 'image', 'DELETE', `/v2/images/${id}`);
    }
    assert.equal(await has(project, kind, 'changes-live'), true);
    await project.list(kind, { freshness: 'fresh' });
    assert.equal(await has(project, kind, 'changes-live'), false);
  });
});

function sorted(items: readonly object[]): readonly string[] {
  return items.map((item) => JSON.stringify(item)).sort();
}
