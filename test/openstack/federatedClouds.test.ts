import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createHttp } from '../../src/base/http.ts';
import type { Cloud, Clouds } from '../../src/openstack/cloud.ts';
import { createClouds } from '../../src/openstack/clouds.ts';
import { freePort } from '../support/freePort.ts';
import { TestClock } from '../support/scriptedCloud.ts';
import { browse, type ScriptedPages, scriptedKeystone, scriptedPages, scriptedProvider } from '../support/scriptedFederation.ts';

const root = mkdtempSync(join(tmpdir(), 'federated-'));
const http = createHttp();
after(() => {
  http.dispose();
  rmSync(root, { recursive: true });
});

interface Opened {
  readonly clouds: Clouds;
  readonly pages: ScriptedPages;
  readonly clock: TestClock;
  readonly vouched: () => readonly string[];
  revokeAll(): void;
}

/** Clouds of this clouds.yaml; `KEYSTONE`, `PROVIDER` and `PORT` stand for addresses. */
async function withClouds(yaml: string, body: (opened: Opened) => Promise<void>): Promise<void> {
  const clock = new TestClock();
  await using keystone = await scriptedKeystone({ clock });
  await using provider = await scriptedProvider();
  const file = join(root, 'clouds.yaml');
  const port = String(await freePort());
  writeFileSync(file, yaml.replaceAll('KEYSTONE', keystone.url).replaceAll('PROVIDER', provider.url).replaceAll('PORT', port));
  const pages = scriptedPages(async ({ url }) => void (await browse(url)));
  const clouds = createClouds({ http, env: { OS_CLIENT_CONFIG_FILE: file }, home: root, clock, pages });
  const vouched = () =>
    keystone.seen.flatMap(({ url }) => /identity_providers\/(\w+)\/protocols\/openid\/auth/.exec(url)?.[1] ?? []);
  await body({ clouds, pages, clock, vouched, revokeAll: keystone.revokeAll });
  clouds.dispose();
}

async function opened(clouds: Clouds, name: string, region?: string): Promise<Cloud> {
  const cloud = await clouds.open(name, region);
  assert.ok(cloud.ok, JSON.stringify(cloud));
  return cloud.value;
}

async function projectsOf(cloud: Cloud): Promise<string> {
  const projects = await cloud.projects();
  return projects.ok ? projects.value.map(({ name }) => name).join() : projects.failure.message;
}

const entry = (name: string, provider: string, more = '') => `  ${name}:
    auth_type: v3oidcauthcode
    identity-provider: ${provider}
    protocol: openid
    client-id: hybrid
    discovery-endpoint: PROVIDER/.well-known/openid-configuration
    redirect-uri: http://localhost:PORT/auth/oidc/
    auth: {auth_url: KEYSTONE/v3}${more}
`;

test('two entries of one cloud with two identity providers: each has its own sign-in', () =>
  withClouds(`clouds:\n${entry('first', 'one')}${entry('second', 'two')}`, async ({ clouds, pages, vouched }) => {
    const [first, second] = [await opened(clouds, 'first'), await opened(clouds, 'second')];
    assert.equal(await projectsOf(first), 'demo');
    assert.equal(second.state, 'idle');
    assert.equal(await projectsOf(second), 'demo');
    assert.deepEqual(vouched(), ['one', 'two']);
    await first.signOut();
    assert.deepEqual([first.state, second.state], ['signedOut', 'signedIn']);
    const project = await second.project('demo');
    assert.ok(project.ok);
    assert.deepEqual(
      pages.shown.map(({ cloud }) => cloud),
      ['first', 'second'],
    );
  }));

test('the regions of an entry share one sign-in, and know when it is over', () =>
  withClouds(`clouds:\n${entry('demo', 'one', '\n    regions: [North, South]')}`, async (all) => {
    const [north, south] = [await opened(all.clouds, 'demo', 'North'), await opened(all.clouds, 'demo', 'South')];
    assert.equal(await projectsOf(north), 'demo');
    assert.equal(await projectsOf(south), 'demo');
    assert.equal(all.pages.shown.length, 1);
    await north.signOut();
    assert.ok((await south.project('demo')).ok);
    assert.equal(all.pages.shown.length, 2);
  }));
