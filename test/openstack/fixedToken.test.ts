import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHttp } from '../../src/base/http.ts';
import { createClouds } from '../../src/openstack/clouds.ts';
import { scriptedServer } from '../support/scriptedServer.ts';

/** What is asked of a service whose cloud has no Keystone: environment → requests with their token, and the services on offer. */
const services: readonly (readonly [
  title: string,
  env: Readonly<Record<string, string>>,
  sent: string,
  imageOffered: boolean,
])[] = [
  ['a configured token', { OS_AUTH_TYPE: 'admin_token', OS_ENDPOINT: 'SERVER', OS_TOKEN: 'canary-token' }, 'canary-token', true],
  ['no token at all', { OS_AUTH_TYPE: 'none', OS_ENDPOINT: 'SERVER' }, 'no token', true],
  ['one service with its own address', { OS_AUTH_TYPE: 'none', OS_NETWORK_ENDPOINT_OVERRIDE: 'SERVER' }, 'no token', false],
];

for (const [title, given, sent, imageOffered] of services) {
  test(`a service without Keystone: ${title}`, async () => {
    await using server = await scriptedServer({ 'GET /v2.0/networks': { json: { networks: [{ id: 'n', name: 'net' }] } } });
    const http = createHttp();
    const env = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, value.replace('SERVER', server.url)]));
    const clouds = createClouds({ http, env, home: '/nonexistent' });
    const cloud = await clouds.open('envvars');
    assert.ok(cloud.ok);
    const project = await cloud.value.project(undefined);
    assert.ok(project.ok, JSON.stringify(project));
    const list = await project.value.list('network.network');
    assert.ok(list.ok, JSON.stringify(list));
    assert.equal(project.value.offers('image.image'), imageOffered);
    const requests = server.seen.map(({ method, url, headers }) => `${method} ${url} ${headers['x-auth-token'] ?? 'no token'}`);
    assert.deepEqual(requests, [`GET /v2.0/networks?limit=1000 ${sent}`]);
    clouds.dispose();
    http.dispose();
  });
}
