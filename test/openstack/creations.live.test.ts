/** One of each kind that can be made here is made in the sandbox with the answers a person would give, and deleted again. */
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { createHttp } from '../../src/base/http.ts';
import { createClouds } from '../../src/openstack/clouds.ts';
import { textAt } from '../../src/openstack/columns.ts';
import { creatable, creationOf } from '../../src/openstack/creations/creations.ts';
import { healthOf, idOf, nameOf } from '../../src/openstack/display.ts';
import { resolved } from '../../src/openstack/field.ts';
import type { Resource } from '../../src/openstack/kind.ts';
import { isKindId, type KindId, kindOf } from '../../src/openstack/kinds/kinds.ts';
import type { Project } from '../../src/openstack/project.ts';
import { sandboxTest } from '../support/sandbox.ts';

const mark = `make-${process.pid}`;
/** In an order in which each finds what it needs. Answers that are not here: a text is the mark, a number its least, a choice its first, a resource the first of our own making that fits, else the first that fits. */
const ANSWERS: Partial<Record<KindId, Readonly<Record<string, string>>>> = {
  'network.network': {},
  'network.subnet': { cidr: '10.78.0.0/24' },
  'network.port': {},
  'network.router': {},
  'network.subnet_pool': { prefixes: '10.200.0.0/16,10.201.0.0/16' },
  'network.rbac_policy': {},
  'network.floating_ip': { port_id: '' },
  'network.security_group': {},
  'network.security_group_rule': { preset: 'Ping (ICMP)', remote: '2001:db8::/32' },
  'compute.keypair': {
    public_key: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB6UnIVOSRPQ8Hhd2VtPBXy1YvUOrJ0YBDVgEM0Y0Gxc made@example',
  },
  'compute.server_group': {},
  'compute.server': {},
  'block-storage.volume': {},
  'shared-file-system.share': { share_network_id: '' },
  'shared-file-system.access_rule': { access_to: '10.0.0.0/24' },
  'load-balancer.loadbalancer': {},
  'load-balancer.listener': {},
  'load-balancer.pool': { protocol: 'HTTP' },
  'load-balancer.member': { address: '10.78.0.9' },
  'load-balancer.health_monitor': { url_path: '/healthz' },
  'load-balancer.l7_policy': {},
  'load-balancer.l7_rule': { value: '/api' },
  'dns.zone': { name: `${mark}.example.`, email: 'dns@example.org' },
  'dns.recordset': { name: `www.${mark}.example.`, records: '192.0.2.1 192.0.2.2' },
  'object-store.container': {},
  'key-manager.secret': { payload: 'nothing' },
  'key-manager.container': {},
  'orchestration.stack': {
    template: 'heat_template_version: 2018-08-31\nparameters: {p: {type: string}}\nresources: {none: {type: OS::Heat::None}}',
    environment: 'parameters: {p: shop}',
  },
  'identity.application_credential': {},
};
/** Where it is made instead, or why it cannot be. */
const ELSEWHERE: Partial<Record<KindId, string>> = {
  'compute.aggregate': 'by administrators only: actionsOfServers.live.test.ts',
  'block-storage.group': 'wants a group type: actionsOfStorage.live.test.ts',
  'image.member': 'wants a shared image: actionsOfStorage.live.test.ts',
  'dns.zone_share': 'Designate has shares from release 2023.2 on: actionRequests.test.ts',
};

interface Made {
  readonly kind: KindId;
  readonly resource: Resource;
  readonly parent?: Resource;
}

sandboxTest('everything that can be made here is made, and is found where it belongs', async (sandbox) => {
  assert.deepEqual([...Object.keys(ANSWERS), ...Object.keys(ELSEWHERE)].sort(), [...creatable].sort());
  const http = createHttp();
  const clouds = createClouds({ http, env: { OS_CLIENT_CONFIG_FILE: sandbox.openstack.clouds }, home: '/nonexistent' });
  const made: Made[] = [];
  try {
    const cloud = await clouds.open('demo');
    const project = cloud.ok ? await cloud.value.project('demo') : cloud;
    assert.ok(project.ok, JSON.stringify(project));
    try {
      for (const kind of Object.keys(ANSWERS).filter(isKindId)) made.push(await make(project.value, kind, made));
    } finally {
      for (const one of made.toReversed()) await unmake(project.value, one);
    }
  } finally {
    clouds.dispose();
    http.dispose();
  }
});

async function make(project: Project, kind: KindId, made: readonly Made[]): Promise<Made> {
  const creation = creationOf(kind) ?? assert.fail(kind);
  const above = kindOf(kind).parent?.kind;
  const parent = made.find((one) => one.kind === above)?.resource;
  const answers: Record<string, string> = {};
  for (const field of creation.fields) {
    if (!(field.when?.(parent ?? {}, answers) ?? true)) continue;
    const given = ANSWERS[kind]?.[field.name];
    let answer = given ?? mark;
    if (given === undefined && field.as === 'number') answer = String(resolved(field.atLeast, parent ?? {}, answers));
    if (given === undefined && field.as === 'choice') answer = resolved(field.of, parent ?? {}, answers)[0] ?? '';
    if (given === undefined && (field.as === 'resource' || field.as === 'resources')) {
      const of = resolved(field.kind, parent ?? {}, answers);
      assert.ok(isKindId(of), of);
      const list = await project.list(of);
      assert.ok(list.ok, JSON.stringify(list));
      const fitting = list.value.items.filter((one) => field.fits?.(one, parent ?? {}, answers) ?? true);
      const own = fitting.find((one) =>
        made.some(({ resource }) => resource['id'] !== undefined && resource['id'] === one['id']),
      );
      const one = own ?? fitting[0];
      answer = one ? (field.by ? (textAt(one, field.by) ?? '') : idOf(of, one)) : '';
    }
    if (answer !== '') answers[field.name] = answer;
  }
  const answer = await eventually(`${kind} made`, async () => {
    const sent = await project.create(kind, creation.change(answers, parent ?? {}), parent && { parent });
    // Octavia takes no second change of a load balancer before the first is through.
    return !sent.ok && sent.failure.reason === 'conflict' ? undefined : sent;
  });
  assert.ok(answer.ok, `${kind} ${JSON.stringify(answers)}: ${JSON.stringify(answer)}`);
  if (creation.once) assert.match(textAt({ body: answer.value.body }, `body.${creation.once}`) ?? '', /\S{10,}/);
  const { itemKey } = kindOf(kind);
  const item = itemKey ? textless(answer.value.body, itemKey) : answer.value.body;
  const id = typeof item === 'object' && item !== null ? idOf(kind, item as Resource) : mark;
  const resource = await eventually(`${kind} there`, async () => {
    const list = await project.list(kind, { freshness: 'fresh', ...(parent && { parent }) });
    assert.ok(list.ok, JSON.stringify(list));
    const one = list.value.items.find((other) => idOf(kind, other) === id);
    return one && healthOf(kind, one)?.health !== 'busy' ? one : undefined;
  });
  assert.notEqual(healthOf(kind, resource)?.health, 'bad', `${kind} ${nameOf(kind, resource)}`);
  return { kind, resource, ...(parent && { parent }) };
}

const textless = (body: unknown, key: string): unknown =>
  typeof body === 'object' && body !== null ? Reflect.get(body, key) : undefined;

async function unmake(project: Project, { kind, resource, parent }: Made): Promise<void> {
  await eventually(`${kind} gone`, async () => {
    const word = kind === 'shared-file-system.access_rule' ? 'denyAccess' : 'delete';
    const gone = await project.act(kind, resource, word, parent && { parent });
    if (!gone.ok && gone.failure.reason === 'conflict') return undefined;
    assert.ok(gone.ok || gone.failure.reason === 'notFound', JSON.stringify(gone));
    return true;
  });
}

async function eventually<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  for (const end = Date.now() + 60_000; Date.now() < end; await delay(300)) {
    const found = await look();
    if (found !== undefined) return found;
  }
  return assert.fail(`not within 60 s: ${what}`);
}
