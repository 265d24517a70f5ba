import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createHttp } from '../../src/base/http.ts';
import { createClouds } from '../../src/openstack/clouds.ts';
import { nameOf } from '../../src/openstack/display.ts';
import type { KindId } from '../../src/openstack/kinds/kinds.ts';
import type { Project } from '../../src/openstack/project.ts';
import { type Certificates, certificates } from '../support/certificates.ts';
import { catalogued, scriptedCloud } from '../support/scriptedCloud.ts';
import { type Reply, type ScriptedServer, scriptedServer } from '../support/scriptedServer.ts';

let authority: Certificates;
let stranger: Certificates;
let folder: string;

before(() => {
  authority = certificates();
  stranger = certificates();
  folder = mkdtempSync(join(tmpdir(), 'bad-input-'));
  writeFileSync(join(folder, 'ca.pem'), authority.ca);
});

after(() => {
  authority.dispose();
  stranger.dispose();
  rmSync(folder, { recursive: true });
});

async function told(project: Project, kind: KindId): Promise<string> {
  const list = await project.list(kind);
  if (!list.ok) return `${list.failure.reason}: ${list.failure.message.replace(/:\d{4,5}\b/g, ':PORT')}`;
  return list.value.items.map((item) => nameOf(kind, item)).join(' ');
}

/** An answer that says it is longer than it is, and ends. */
const truncated: Reply = {
  raw: (response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
    response.write('{"zones": [{"id": "z1", "na');
    setTimeout(() => response.destroy(), 20);
  },
};

/** Each service wrong in another way, and what its list says; the last one is well. */
const wrongs: readonly (readonly [kind: KindId, told: string])[] = [
  ['compute.server', 'offline: 127.0.0.1:PORT refused the connection. Check the address and that the service is running.'],
  [
    'image.image',
    'untrusted: 127.0.0.1:PORT presents a certificate of an authority this machine does not know. Name its CA in the configuration.',
  ],
  [
    'block-storage.volume',
    'untrusted: 127.0.0.1:PORT presents a certificate for other.example. Check the address, or name the right CA.',
  ],
  ['orchestration.stack', 'untrusted: 127.0.0.1:PORT presents a certificate that has expired. Its operator must renew it.'],
  [
    'shared-file-system.share',
    'untrusted: 127.0.0.1:PORT did not accept the client certificate. Check the configured cert and key.',
  ],
  ['dns.zone', 'offline: 127.0.0.1:PORT closed the connection before it had answered. Try again.'],
  [
    'key-manager.secret',
    'malformed: 127.0.0.1:PORT answered with a web page instead of its API (status 200). Check the address, and for a proxy or login page in between.',
  ],
  [
    'load-balancer.loadbalancer',
    'throttled: The load-balancer service of cloud scripted asks for patience (status 429). Try again later.',
  ],
  [
    'container-infrastructure-management.cluster',
    'unavailable: The container-infrastructure-management service of cloud scripted failed (status 503). Try again.',
  ],
  ['baremetal.node', 'malformed: 127.0.0.1:PORT sent nothing (status 200, 0 bytes). Try again.'],
  ['network.network', 'private'],
];

/** How the services above are wrong; the paths of those behind the first server. */
const behind = {
  'GET /dns/*': truncated,
  'GET /key-manager/*': { headers: { 'content-type': 'text/html' }, text: '<html>Please log in</html>' },
  'GET /load-balancer/*': { status: 429, headers: { 'retry-after': '3600' } },
  'GET /container-infrastructure-management/*': {
    status: 503,
    headers: { date: 'Thu, 01 Jan 2026 12:00:00 GMT', 'retry-after': 'Thu, 01 Jan 2026 12:30:00 GMT' },
  },
  'GET /baremetal/*': { text: '' },
  'GET /network/*': { json: { networks: [{ id: 'n', name: 'private' }] } },
};

test('of ten services that are wrong, each in its way, each says what is wrong with it, and the eleventh works', async () => {
  const issued = { ...authority.issue('IP:127.0.0.1') };
  await using unknown = await scriptedServer({}, stranger.issue('IP:127.0.0.1'));
  await using other = await scriptedServer({}, authority.issue('DNS:other.example'));
  await using expired = await scriptedServer({}, authority.issue('IP:127.0.0.1', 'expired'));
  await using strict = await scriptedServer({}, { ...issued, ca: authority.ca, requestCert: true, rejectUnauthorized: true });
  const closed = await scriptedServer({});
  await closed[Symbol.asyncDispose]();
  const apart: Readonly<Record<string, ScriptedServer>> = {
    compute: closed,
    image: unknown,
    'block-storage': other,
    orchestration: expired,
    'shared-file-system': strict,
  };
  const types = ['dns', 'key-manager', 'load-balancer', 'container-infrastructure-management', 'baremetal', 'network'];
  const catalog = (url: string) => [
    ...Object.entries(apart).map(([type, server]) => catalogued(type, server.url)),
    ...types.map((type) => catalogued(type, `${url}/${type}`)),
  ];
  const env = { OS_CACERT: join(folder, 'ca.pem') };
  await using scripted = await scriptedCloud(behind, { catalog, env });
  const all = await Promise.all(wrongs.map(async ([kind]) => [kind, await told(scripted.project, kind)] as const));
  assert.deepEqual(all, wrongs);
  const waiting = await scripted.project.list('load-balancer.loadbalancer', { freshness: 'fresh' });
  assert.equal(waiting.ok ? undefined : waiting.failure.retryAfterMs, 3_600_000);
  assert.equal(await told(scripted.project, 'network.network'), 'private');
});

/** What Keystone answers to signing in, and what is said of it. */
const signIns: readonly (readonly [title: string, env: Readonly<Record<string, string>>, answer: Reply, told: string])[] = [
  [
    'a wrong password',
    {},
    {
      status: 401,
      json: { error: { code: 401, message: 'The request you have made requires authentication.', title: 'Unauthorized' } },
    },
    "signedOut: Cloud scripted did not accept alice's password. Sign in again.",
  ],
  [
    'an expired password',
    {},
    {
      status: 401,
      json: {
        error: { code: 401, message: 'The password is expired and needs to be changed for user: alice.', title: 'Unauthorized' },
      },
    },
    "signedOut: Cloud scripted did not accept alice's password. Sign in again.",
  ],
  [
    'a revoked application credential',
    { OS_AUTH_TYPE: 'v3applicationcredential', OS_APPLICATION_CREDENTIAL_ID: 'ac', OS_APPLICATION_CREDENTIAL_SECRET: 'canary' },
    { status: 404, json: { error: { code: 404, message: 'Could not find Application Credential: ac.', title: 'Not Found' } } },
    'signedOut: Cloud scripted did not accept its application credential. It is wrong, expired or revoked: make a new one and write it into the entry.',
  ],
  [
    'an expired application credential',
    { OS_AUTH_TYPE: 'v3applicationcredential', OS_APPLICATION_CREDENTIAL_ID: 'ac', OS_APPLICATION_CREDENTIAL_SECRET: 'canary' },
    {
      status: 401,
      json: { error: { code: 401, message: 'The request you have made requires authentication.', title: 'Unauthorized' } },
    },
    'signedOut: Cloud scripted did not accept its application credential. It is wrong, expired or revoked: make a new one and write it into the entry.',
  ],
  [
    'a locked account',
    {},
    { status: 401, json: { error: { code: 401, message: 'The account is locked for user: alice.', title: 'Unauthorized' } } },
    "signedOut: Cloud scripted did not accept alice's password. Sign in again.",
  ],
  [
    'a Keystone that is overrun',
    {},
    { status: 429, headers: { 'retry-after': '3600' } },
    'throttled: Cloud scripted asks for patience: too many sign-ins. Try again later.',
  ],
];

for (const [title, env, answer, sentence] of signIns) {
  test(`signing in with what does not work: ${title}`, async () => {
    await using keystone = await scriptedServer({ 'POST /v3/auth/tokens': answer });
    const http = createHttp();
    const all = {
      OS_AUTH_URL: `${keystone.url}/v3`,
      OS_CLOUD_NAME: 'scripted',
      ...('OS_AUTH_TYPE' in env ? {} : { OS_USERNAME: 'alice', OS_PASSWORD: 'canary-password', OS_PROJECT_NAME: 'demo' }),
      ...env,
    };
    const clouds = createClouds({ http, env: all, home: '/nonexistent' });
    const cloud = await clouds.open('scripted');
    assert.ok(cloud.ok);
    const tried = async () => {
      const project = await cloud.value.project(undefined);
      return project.ok ? 'let in' : `${project.failure.reason}: ${project.failure.message}`;
    };
    assert.equal(await tried(), sentence);
    assert.equal(await tried(), sentence);
    // What was refused is not sent again at once: clouds lock accounts.
    if (sentence.startsWith('signedOut')) assert.equal(keystone.seen.length, 1);
    clouds.dispose();
    http.dispose();
  });
}

test('an application credential with access rules is told apart from one that has ended', async () => {
  await using scripted = await scriptedCloud(
    {
      'GET /network/*': {
        status: 401,
        json: { error: { code: 401, message: 'The request you have made requires authentication.' } },
      },
      'GET /image/*': { json: { images: [{ id: 'i', name: 'debian' }] } },
    },
    { token: { application_credential: { id: 'ac', access_rules: [{ service: 'image', method: 'GET', path: '/v2/images' }] } } },
  );
  assert.equal(
    await told(scripted.project, 'network.network'),
    'forbidden: No access rule of the application credential of cloud scripted lets it list networks. Make one with a rule for the network service, or without rules.',
  );
  assert.equal(await told(scripted.project, 'image.image'), 'debian');
  const asked = scripted.asked().length;
  await told(scripted.project, 'network.network');
  assert.equal(scripted.asked().length, asked, 'it is not asked at every look');
});

test('a server that vanished between list and action says so, and the list goes on without it', async () => {
  let gone = false;
  const missing = { status: 404, json: { itemNotFound: { code: 404, message: 'Instance s1 could not be found.' } } };
  await using scripted = await scriptedCloud({
    'GET /compute/v2.1/servers/detail*': {
      json: {
        servers: [
          { id: 's1', name: 'web', status: 'ACTIVE' },
          { id: 's2', name: 'db' },
        ],
      },
    },
    'POST /compute/v2.1/servers/s1/action': () => (gone ? missing : { status: 202 }),
    'GET /compute/v2.1/servers/s1': () => (gone ? missing : { json: { server: { id: 's1' } } }),
  });
  const { project } = scripted;
  assert.equal(await told(project, 'compute.server'), 'web db');
  gone = true;
  const [server] = project.peek('compute.server')?.items ?? [];
  assert.ok(server);
  const stopped = await project.act('compute.server', server, 'stop');
  assert.equal(
    stopped.ok ? '' : `${stopped.failure.reason}: ${stopped.failure.message}`,
    'notFound: The compute service of cloud scripted refused to stop server web (status 404). It said: Instance s1 could not be found.',
  );
  const renewed = await project.renew('compute.server', 's1');
  assert.equal(renewed.ok ? '' : renewed.failure.message, 'No server with id "s1" in project demo (cloud scripted).');
  assert.equal(await told(project, 'compute.server'), 'db');
});
