import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHttp } from '../../src/base/http.ts';
import { Client } from '../../src/openstack/client.ts';
import type { Cloud, Clouds } from '../../src/openstack/cloud.ts';
import { cloudConfig } from '../../src/openstack/cloudConfig.ts';
import { createClouds } from '../../src/openstack/clouds.ts';
import { readConfigFiles } from '../../src/openstack/configFiles.ts';
import { childrenOf, healthOf, idOf, nameOf } from '../../src/openstack/display.ts';
import { Identity } from '../../src/openstack/identity.ts';
import type { Resource } from '../../src/openstack/kind.ts';
import { type KindId, kindIds, kindOf } from '../../src/openstack/kinds/kinds.ts';
import type { Project } from '../../src/openstack/project.ts';
import { certificates } from '../support/certificates.ts';
import { sandboxTest } from '../support/sandbox.ts';
import { scriptedServer } from '../support/scriptedServer.ts';

/** Runs with the sandbox's clouds, or those of a text. */
async function withClouds(file: string, body: (clouds: Clouds) => Promise<void>): Promise<void> {
  const http = createHttp();
  const clouds = createClouds({ http, env: { OS_CLIENT_CONFIG_FILE: file }, home: '/nonexistent' });
  try {
    await body(clouds);
  } finally {
    clouds.dispose();
    http.dispose();
  }
}

async function withCloudsText(text: string, body: (clouds: Clouds, file: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'clouds-'));
  const file = join(folder, 'clouds.yaml');
  writeFileSync(file, text);
  try {
    await withClouds(file, (clouds) => body(clouds, file));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function opened(clouds: Clouds, name: string): Promise<Cloud> {
  const cloud = await clouds.open(name);
  assert.ok(cloud.ok, JSON.stringify(cloud));
  return cloud.value;
}

async function project(clouds: Clouds, name: string, of?: string): Promise<Project> {
  const answer = await (await opened(clouds, name)).project(of);
  assert.ok(answer.ok, JSON.stringify(answer));
  return answer.value;
}

/** The sentence of the first question to a cloud, ports written as PORT. */
async function trouble(clouds: Clouds, name: string): Promise<string> {
  const answer = await (await opened(clouds, name)).projects();
  assert.ok(!answer.ok);
  return `${answer.failure.reason}: ${answer.failure.message.replace(/:\d{4,5}\b/g, ':PORT')}`;
}

/** Lists every kind, those below a parent under the first parent that has it; kind → number of items or the reason of failing. */
async function census(of: Project): Promise<ReadonlyMap<KindId, number | string>> {
  const seen = new Map<KindId, readonly Resource[]>();
  const counts = new Map<KindId, number | string>();
  for (const kind of kindIds) {
    const above = kindOf(kind).parent?.kind;
    const parent = above && seen.get(above)?.find((item) => childrenOf(above, item).some((child) => child.kind === kind));
    if (above && !parent) continue;
    const list = await of.list(kind, parent && { parent });
    counts.set(kind, list.ok ? list.value.items.length : list.failure.reason);
    if (list.ok) seen.set(kind, list.value.items);
  }
  return counts;
}

/** Kinds of extensions that the sandbox's services are without. */
const absent: readonly KindId[] = [
  'network.vpn_service',
  'network.vpn_connection',
  'network.vpn_endpoint_group',
  'network.vpn_ike_policy',
  'network.vpn_ipsec_policy',
  'dns.zone_share',
];

sandboxTest('every kind of the catalog lists for a member; what is refused is an administrator’s kind', async ({ openstack }) => {
  await withClouds(openstack.clouds, async (clouds) => {
    const counts = await census(await project(clouds, 'demo'));
    const failures = [...counts].filter(
      ([kind, count]) => typeof count === 'string' && !(kindOf(kind).admin && count === 'forbidden'),
    );
    assert.deepEqual(
      failures,
      absent.map((kind) => [kind, 'unsupported']),
    );
    for (const kind of ['compute.hypervisor', 'compute.aggregate', 'identity.user'] as const)
      assert.equal(counts.get(kind), 'forbidden', kind);
    const seen = (kind: KindId) => Number(counts.get(kind));
    for (const kind of [
      'compute.server',
      'network.subnet',
      'image.image',
      'block-storage.volume',
      'load-balancer.member',
      'dns.recordset',
    ] as const) {
      assert.ok(seen(kind) > 0, kind);
    }
  });
});

sandboxTest('every kind of the catalog lists for an administrator, and one of each is read by its id', async ({ openstack }) => {
  await withClouds(openstack.clouds, async (clouds) => {
    const demo = await project(clouds, 'admin', 'demo');
    const counts = await census(demo);
    assert.deepEqual(
      [...counts].filter(([, count]) => typeof count === 'string'),
      absent.map((kind) => [kind, 'unsupported']),
    );
    for (const kind of kindIds.filter((one) => !kindOf(one).parent)) {
      const [item] = demo.peek(kind)?.items ?? [];
      if (!item) continue;
      const one = await demo.get(kind, idOf(kind, item), { freshness: 'fresh' });
      // Others work in this cloud, too: what they took away meanwhile is no failure.
      if (!one.ok && one.failure.reason === 'notFound') {
        const again = await demo.list(kind, { freshness: 'fresh' });
        assert.ok(again.ok && !again.value.items.some((other) => idOf(kind, other) === idOf(kind, item)), kind);
        continue;
      }
      assert.ok(one.ok, `${kind} ${JSON.stringify(one)}`);
      assert.equal(nameOf(kind, one.value), nameOf(kind, item), kind);
    }
  });
});

sandboxTest(
  'states read as they should: servers and load balancers good, an unbound floating IP quiet',
  async ({ openstack }) => {
    await withClouds(openstack.clouds, async (clouds) => {
      const demo = await project(clouds, 'demo');
      const states = async (kind: KindId, where: (item: Resource) => boolean = () => true) => {
        const list = await demo.list(kind);
        assert.ok(list.ok);
        return new Set(list.value.items.filter(where).map((item) => healthOf(kind, item)?.health));
      };
      assert.deepEqual(
        await states('network.floating_ip', (ip) => !ip['port_id'] && ip['status'] === 'DOWN'),
        new Set(['quiet']),
      );
      assert.deepEqual(await states('compute.server', ({ name }) => name === 'web-1'), new Set(['good']));
      assert.deepEqual(await states('load-balancer.loadbalancer', ({ name }) => name === 'shop-lb'), new Set(['good']));
    });
  },
);

sandboxTest('projects come by rescoping; one that is not the user’s is named with what is', async ({ openstack }) => {
  await withClouds(openstack.clouds, async (clouds) => {
    const reader = await opened(clouds, 'demo-reader');
    const refs = await reader.projects();
    assert.ok(refs.ok);
    assert.deepEqual(
      refs.value.map(({ name }) => name),
      ['demo', 'ops'],
    );
    const ops = await project(clouds, 'demo-reader', 'ops');
    assert.equal(ops.name, 'ops');
    assert.equal(await project(clouds, 'demo-reader', ops.id), ops);
    const refused = await (await opened(clouds, 'demo')).project('ops');
    assert.ok(!refused.ok);
    assert.equal(
      refused.failure.message,
      'Project ops of cloud demo is not open to alice, or does not exist. Open to alice: demo.',
    );
    const fixed = await (await opened(clouds, 'demo-appcred')).projects();
    assert.ok(fixed.ok);
    assert.deepEqual(
      fixed.value.map(({ name }) => name),
      ['demo'],
    );
  });
});

sandboxTest('signing out revokes: the next question signs in anew', async ({ openstack }) => {
  await withClouds(openstack.clouds, async (clouds) => {
    const cloud = await opened(clouds, 'demo');
    const before = await project(clouds, 'demo');
    assert.ok((await before.list('network.network')).ok);
    await cloud.signOut();
    assert.equal(cloud.state, 'signedOut');
    assert.deepEqual(cloud.opened(), []);
    assert.ok((await (await project(clouds, 'demo')).list('network.network', { freshness: 'fresh' })).ok);
    assert.equal(cloud.state, 'signedIn');
  });
});

sandboxTest('a token that the cloud revokes behind our back is renewed in the middle of the work', async ({ openstack }) => {
  const http = createHttp();
  const files = await readConfigFiles({ env: { OS_CLIENT_CONFIG_FILE: openstack.clouds }, home: '/nonexistent' });
  const config = cloudConfig('demo', files.clouds.get('demo')?.settings, undefined, files);
  assert.ok(config.ok);
  const identity = new Identity({ config: config.value, http, tls: {} });
  const client = new Client({ config: config.value, http, tls: {}, identity });
  const before = await identity.token({ kind: 'configured' });
  assert.ok(before.ok);
  const headers = { 'x-auth-token': before.value.value, 'x-subject-token': before.value.value };
  const revoked = await http.request({
    method: 'DELETE',
    url: `${openstack.authUrl.replace(/\/v3$/, '')}/v3/auth/tokens`,
    headers,
  });
  assert.ok(revoked.ok && revoked.value.status === 204);
  const kinds = ['network.network', 'compute.server', 'block-storage.volume'] as const;
  const lists = await Promise.all(kinds.map((kind) => client.list(kind, { kind: 'configured' })));
  assert.deepEqual(
    lists.map(({ ok }) => ok),
    [true, true, true],
  );
  const after = await identity.token({ kind: 'configured' });
  assert.ok(after.ok && after.value.value !== before.value.value);
  await identity.signOut();
  http.dispose();
});

sandboxTest('quota is told by the services that know one', async ({ openstack }) => {
  await withClouds(openstack.clouds, async (clouds) => {
    const demo = await project(clouds, 'demo');
    for (const [service, name] of [
      ['compute', 'cores'],
      ['network', 'floating IPs'],
      ['block-storage', 'volumes'],
      ['shared-file-system', 'shares'],
    ] as const) {
      const quota = await demo.quota?.(service);
      assert.ok(quota?.ok, service);
      assert.ok(quota.value.some((one) => one.name === name && (one.used ?? -1) >= 0 && (one.limit ?? 0) > 0));
    }
  });
});

sandboxTest(
  'a wrong password, a wrong address, an unknown auth type, a broken entry: one sentence each, the others go on',
  async ({ openstack }) => {
    const { port } = new URL(openstack.authUrl);
    const text = `
clouds:
  wrong-password:
    auth: { auth_url: 'http://127.0.0.1:${port}/v3', username: alice, password: wrong, project_name: demo, user_domain_name: Default, project_domain_name: Default }
  unreachable:
    auth: { auth_url: 'http://127.0.0.1:9/v3', username: alice, password: sandbox, project_name: demo }
  not-keystone:
    auth: { auth_url: 'http://127.0.0.1:${port}/elsewhere', username: alice, password: sandbox, project_name: demo }
  kerberos: { auth_type: v3kerberos, auth: { auth_url: 'http://127.0.0.1:${port}/v3' } }
  no-password:
    auth: { auth_url: 'http://127.0.0.1:${port}/v3', username: alice, project_name: demo }
  no-ca:
    auth: { auth_url: 'https://127.0.0.1:${port}/v3', username: alice, password: sandbox, project_name: demo }
    cacert: missing.pem
  text: just a text
  good:
    auth: { auth_url: 'http://127.0.0.1:${port}', username: alice, password: sandbox, project_name: demo, user_domain_name: Default, project_domain_name: Default }
`;
    await withCloudsText(text, async (clouds, file) => {
      const { clouds: listed } = await clouds.list();
      const problems = listed
        .filter(({ problem }) => problem)
        .map(({ problem }) => problem?.message.replace(file, 'clouds.yaml'));
      assert.deepEqual(problems, [
        'Cloud kerberos wants auth_type v3kerberos, which is not supported; supported are password, v3password, token, v3token, v3applicationcredential, v3totp, v3multifactor, v3websso, v3oidcauthcode, v3oidcdeviceauthz, v3oidcpassword, v3oidcclientcredentials, v3oidcaccesstoken, admin_token, none (clouds.yaml:9).',
        'Cloud text is not a mapping (clouds.yaml:15).',
      ]);
      assert.equal(
        await trouble(clouds, 'wrong-password'),
        "signedOut: Cloud wrong-password did not accept alice's password. Sign in again.",
      );
      assert.equal(
        await trouble(clouds, 'unreachable'),
        'offline: 127.0.0.1:9 refused the connection. Check the address and that the service is running.',
      );
      assert.equal(
        await trouble(clouds, 'not-keystone'),
        'malformed: 127.0.0.1:PORT is not an identity service of version 3 (status 404). Check auth_url of cloud not-keystone.',
      );
      assert.equal(
        await trouble(clouds, 'no-password'),
        'signedOut: Cloud no-password has no password in its configuration. Sign in.',
      );
      assert.match(
        await trouble(clouds, 'no-ca'),
        /^invalid: Cloud no-ca names .*missing\.pem as its cacert, which cannot be read\.$/,
      );
      assert.equal((await project(clouds, 'good')).name, 'demo');
    });
  },
);

sandboxTest('an untrusted certificate is refused with its cause, and accepted with its CA', async () => {
  const authority = certificates();
  const token = {
    token: {
      expires_at: '2999-01-01T00:00:00Z',
      user: { id: 'u', name: 'alice' },
      project: { id: 'p', name: 'demo' },
      roles: [],
      catalog: [],
    },
  };
  await using keystone = await scriptedServer(
    {
      'POST /v3/auth/tokens': { status: 201, headers: { 'x-subject-token': 't' }, json: token },
      'GET /v3/auth/projects': { json: { projects: [{ id: 'p', name: 'demo' }] } },
    },
    authority.issue('IP:127.0.0.1'),
  );
  const folder = mkdtempSync(join(tmpdir(), 'ca-'));
  writeFileSync(join(folder, 'ca.pem'), authority.ca);
  const auth = `{ auth_url: '${keystone.url}/v3', username: alice, password: x, project_name: demo }`;
  const text = `clouds: { stranger: { auth: ${auth} }, known: { auth: ${auth}, cacert: '${join(folder, 'ca.pem')}' }, careless: { auth: ${auth}, verify: false } }`;
  await withCloudsText(text, async (clouds) => {
    assert.equal(
      await trouble(clouds, 'stranger'),
      'untrusted: 127.0.0.1:PORT presents a certificate of an authority this machine does not know. Name its CA in the configuration.',
    );
    assert.equal((await opened(clouds, 'stranger')).state, 'unreachable');
    assert.equal((await project(clouds, 'known')).name, 'demo');
    const careless = await opened(clouds, 'careless');
    assert.equal(careless.summary.insecure, true);
    assert.ok((await careless.projects()).ok);
  });
  rmSync(folder, { recursive: true });
  authority.dispose();
});
