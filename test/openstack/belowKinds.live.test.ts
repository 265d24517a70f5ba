import assert from 'node:assert/strict';
import { createHttp } from '../../src/base/http.ts';
import { createClouds } from '../../src/openstack/clouds.ts';
import { childrenOf, descriptionOf, idOf, nameOf } from '../../src/openstack/display.ts';
import type { Resource } from '../../src/openstack/kind.ts';
import { type KindId, kindOf } from '../../src/openstack/kinds/kinds.ts';
import type { Project } from '../../src/openstack/project.ts';
import { OpenStack } from '../sandbox/api/openstack.ts';
import { sandboxTest } from '../support/sandbox.ts';

/** What a test made, deleted in the opposite order when it ends, whatever happened. */
class Made implements AsyncDisposable {
  readonly #cloud: OpenStack;
  readonly #paths: (readonly [service: string, path: string])[] = [];

  constructor(cloud: OpenStack) {
    this.#cloud = cloud;
  }

  /** Creates below a collection; the answer without its envelope, if it has one. */
  async make(service: string, path: string, body: object): Promise<Resource> {
    const answer = await this.#cloud.send<Resource>(service, 'POST', path, body);
    const inside = answer[Object.keys(body)[0] ?? ''];
    const made = typeof inside === 'object' ? (inside as Resource) : answer;
    this.#paths.push([service, `${path}/${made['id'] ?? made['member_id']}`]);
    return made;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const [service, path] of this.#paths.toReversed()) {
      await this.#cloud.send(service, 'DELETE', path).catch((error: unknown) => console.error(`left behind: ${path}`, error));
    }
    this.#cloud.close();
  }
}

/** What lies below a resource, of one kind, as lines `name | description`; each is read again by its id. */
async function below(project: Project, kind: KindId, resource: Resource, child: KindId): Promise<readonly string[]> {
  const found = childrenOf(kind, resource).find((one) => one.kind === child);
  assert.ok(found, `${child} below ${kind}`);
  const parent = found.parent && { parent: found.parent };
  const list = await project.list(child, { where: found.where, freshness: 'fresh', ...parent });
  assert.ok(list.ok, JSON.stringify(list));
  for (const item of list.value.items) {
    const one = await project.get(child, idOf(child, item), { freshness: 'fresh', ...parent });
    assert.ok(one.ok, `${child} ${JSON.stringify(one)}`);
    assert.equal(nameOf(child, one.value), nameOf(child, item));
  }
  return list.value.items.map((item) => `${nameOf(child, item)} | ${descriptionOf(child, item)}`.trimEnd());
}

/** The first resource of a kind that has a name. */
async function first(project: Project, kind: KindId, name: string): Promise<Resource> {
  const match = (await listOf(project, kind)).find((item) => nameOf(kind, item) === name);
  assert.ok(match, `no ${kindOf(kind).label[0]} ${name}`);
  return match;
}

sandboxTest('what can only be listed below a parent is listed there and read by its id', async ({ openstack }) => {
  const http = createHttp();
  const clouds = createClouds({ http, env: { OS_CLIENT_CONFIG_FILE: openstack.clouds }, home: '/nonexistent' });
  const opened = await clouds.open('admin');
  const answer = opened.ok ? await opened.value.project('demo') : opened;
  assert.ok(answer.ok, JSON.stringify(answer));
  const demo = answer.value;
  const alice = new Made(OpenStack.open(openstack.clouds, 'demo'));
  const admin = new Made(OpenStack.open(openstack.clouds, 'admin'));
  const name = `below-kinds-${process.pid}`;
  try {
    const policy = await admin.make('network', '/qos/policies', { policy: { name, shared: true } });
    const rules = `/qos/policies/${policy['id']}`;
    await admin.make('network', `${rules}/bandwidth_limit_rules`, {
      bandwidth_limit_rule: { max_kbps: 1000, max_burst_kbps: 100, direction: 'egress' },
    });
    await admin.make('network', `${rules}/dscp_marking_rules`, { dscp_marking_rule: { dscp_mark: 26 } });
    assert.deepEqual(await below(demo, 'network.qos_policy', policy, 'network.qos_bandwidth_limit_rule'), [
      'at most 1000 kbit/s | egress · 100 kbit',
    ]);
    assert.deepEqual(await below(demo, 'network.qos_policy', policy, 'network.qos_dscp_marking_rule'), ['DSCP 26 |']);
    assert.deepEqual(await below(demo, 'network.qos_policy', policy, 'network.qos_minimum_bandwidth_rule'), []);

    const scope = await alice.make('network', '/address-scopes', { address_scope: { name, ip_version: 4 } });
    await alice.make('network', '/subnetpools', {
      subnetpool: { name, prefixes: ['10.99.0.0/16'], address_scope_id: scope['id'], default_prefixlen: 24 },
    });
    assert.deepEqual(await below(demo, 'network.address_scope', scope, 'network.subnet_pool'), [`${name} | 10.99.0.0/16 · 24`]);

    const image = await alice.make('image', '/images', {
      name,
      visibility: 'shared',
      disk_format: 'raw',
      container_format: 'bare',
    });
    const member = await first(demo, 'identity.project', 'demo');
    await alice.make('image', `/images/${image['id']}/members`, { member: member['id'] });
    assert.equal((await below(demo, 'image.image', image, 'image.member')).length, 1);

    const [share] = await listOf(demo, 'shared-file-system.share');
    assert.ok(share);
    assert.ok((await below(demo, 'shared-file-system.share', share, 'shared-file-system.export_location')).length > 0);
    assert.deepEqual(await below(demo, 'shared-file-system.share', share, 'shared-file-system.access_rule'), []);

    const backups = await first(demo, 'object-store.container', 'backups');
    const objects = await below(demo, 'object-store.container', backups, 'object-store.object');
    assert.ok(
      objects.some((line) => line.startsWith('logs/2024/app.log | 7 B · ')),
      objects.join('\n'),
    );

    const stack = await first(demo, 'orchestration.stack', 'demo-stack');
    assert.deepEqual(await below(demo, 'orchestration.stack', stack, 'orchestration.output'), ['ip | No description given']);
    const events = await below(demo, 'orchestration.stack', stack, 'orchestration.event');
    assert.ok(
      events.some((line) => /^\d{4}-\S+Z demo-stack \| CREATE_COMPLETE/.test(line)),
      events.join('\n'),
    );

    const web = await first(demo, 'compute.server', 'web-1');
    const actions = await below(demo, 'compute.server', web, 'compute.instance_action');
    assert.ok(
      actions.some((line) => /^\d{4}-\S+ create \|/.test(line)),
      actions.join('\n'),
    );

    const provider = await first(demo, 'placement.resource_provider', 'compute1');
    const inventories = await below(demo, 'placement.resource_provider', provider, 'placement.inventory');
    assert.ok(inventories.includes('VCPU | 64 · × 16'), inventories.join('\n'));
    const traits = await below(demo, 'placement.resource_provider', provider, 'placement.trait');
    assert.ok(traits.includes('COMPUTE_NODE |'));
    assert.ok((await below(demo, 'placement.resource_provider', provider, 'placement.usage')).length > 0);

    const node = await first(demo, 'baremetal.node', 'metal-0');
    assert.deepEqual(await below(demo, 'baremetal.node', node, 'baremetal.port'), [`52:54:00:00:00:00 | ${node['uuid']} · PXE`]);
  } finally {
    await alice[Symbol.asyncDispose]();
    await admin[Symbol.asyncDispose]();
    clouds.dispose();
    http.dispose();
  }
});

async function listOf(project: Project, kind: KindId): Promise<readonly Resource[]> {
  const list = await project.list(kind);
  assert.ok(list.ok, JSON.stringify(list));
  return list.value.items;
}
