import assert from 'node:assert/strict';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createHttp } from '../../src/base/http.ts';
import { createClouds } from '../../src/openstack/clouds.ts';
import { scriptedServer } from '../support/scriptedServer.ts';

const root = mkdtempSync(join(tmpdir(), 'clouds-'));
const http = createHttp();
after(() => {
  http.dispose();
  rmSync(root, { recursive: true });
});

function write(name: string, text: string): string {
  const file = join(root, name);
  writeFileSync(file, text);
  return file;
}

/** The clouds of these files, one line each, then the problems. */
async function listing(main: string | undefined, extraFiles: readonly string[] = []): Promise<readonly string[]> {
  const clouds = createClouds({ http, home: root, env: { ...(main && { OS_CLIENT_CONFIG_FILE: main }) }, extraFiles });
  const { clouds: listed, problems } = await clouds.list();
  clouds.dispose();
  const lines = listed.map(({ name, user, regions, source, insecure, problem }) =>
    [name, user, regions.join('+'), source && `line ${source.line}`, insecure && 'insecure', problem?.message]
      .filter(Boolean)
      .join(' · '),
  );
  return [...lines, ...problems.map(({ message, at }) => `${message} ${at?.line ?? ''}`)].map((line) =>
    line.replaceAll(`${root}/`, '').trim(),
  );
}

test('entries, their lines, and what is wrong with one of them', async () => {
  const main = write(
    'main.yaml',
    `
clouds:
  # a comment
  demo:
    auth: { auth_url: 'https://k', username: alice, password: x, project_name: demo }
    regions: [north, south]
  careless: { auth: { auth_url: 'https://k', username: bob }, verify: no }
  nowhere: { auth: { username: bob } }
  vendor: { profile: somewhere, auth: { username: bob } }
  odd: { auth: { auth_url: 'not a url' } }
  number: 7
  region: { auth: { auth_url: 'https://k' }, regions: [{ name: a, extra: b }] }
`,
  );
  assert.deepEqual(await listing(main), [
    'demo · alice · north+south · line 4',
    'careless · bob · line 7 · insecure',
    'nowhere · bob · line 8 · Cloud nowhere has no auth_url (main.yaml:8).',
    'vendor · bob · line 9 · Cloud vendor has no auth_url, and there is no profile somewhere (main.yaml:9).',
    'odd · line 10 · Cloud odd has an auth_url that is not a URL (main.yaml:10).',
    'number · line 11 · Cloud number is not a mapping (main.yaml:11).',
    'region · line 12 · Cloud region has a region that needs a name and may have values, nothing else (main.yaml:12).',
  ]);
});

test('a broken file is one problem with its line; the further files are read all the same', async () => {
  const broken = write('broken.yaml', 'clouds:\n  demo: [unclosed\n');
  const tagged = write('tagged.yaml', 'clouds:\n  demo: !!python/object/apply:os.system ["true"]\n');
  const bomb = write(
    'bomb.yaml',
    `a: &a [x]\n${Array.from({ length: 30 }, (_, i) => `b${i}: &b${i} [*${i ? `b${i - 1}` : 'a'}, *${i ? `b${i - 1}` : 'a'}]`).join('\n')}\nclouds: *b29\n`,
  );
  const good = write('good.yaml', 'clouds:\n  good: { auth: { auth_url: "https://k", username: eve } }\n');
  const lines = await listing(undefined, [broken, tagged, bomb, join(root, 'missing.yaml'), good]);
  assert.equal(lines[0], 'good · eve · line 2');
  assert.match(lines[1] ?? '', /^broken\.yaml is not valid YAML \(line [23]\): .*Its clouds are left out\. [23]$/);
  assert.match(lines[2] ?? '', /^tagged\.yaml is not valid YAML \(line 2\): Unresolved tag.*2$/);
  assert.equal(lines[3], 'bomb.yaml uses aliases without bound. Its clouds are left out.');
  assert.equal(lines[4], 'missing.yaml does not exist.');
});

test('a cloud of that name in a further file does not replace the first', async () => {
  const main = write('first.yaml', 'clouds: { demo: { auth: { auth_url: "https://one", username: first } } }');
  const extra = write(
    'second.yaml',
    'clouds: { demo: { auth: { auth_url: "https://two", username: second } }, other: { auth: { auth_url: "https://two", username: second } } }',
  );
  assert.deepEqual(await listing(main, [extra]), ['demo · first · line 1', 'other · second · line 1']);
});

test('a name that is not there: the nearest one and the files looked into', async () => {
  const main = write('named.yaml', 'clouds: { production: { auth: { auth_url: "https://one", username: u } } }');
  const clouds = createClouds({ http, home: root, env: { OS_CLIENT_CONFIG_FILE: main } });
  const answer = await clouds.open('prodution');
  assert.equal(
    answer.ok ? '' : answer.failure.message.replaceAll(`${root}/`, ''),
    'No cloud is called prodution. Did you mean "production"? Looked into named.yaml.',
  );
  clouds.dispose();
});

test('the same cloud is the same object until its entry changes; a changed file is noticed', async () => {
  const main = write('watched.yaml', 'clouds: { demo: { auth: { auth_url: "https://one", username: u } } }');
  const clouds = createClouds({ http, home: root, env: { OS_CLIENT_CONFIG_FILE: main }, watch: true });
  const first = await clouds.open('demo');
  const again = await clouds.open('demo');
  assert.ok(first.ok && again.ok);
  assert.equal(first.value, again.value);
  const noticed = new Promise<void>((resolve) => {
    clouds.onDidChange(resolve);
  });
  // As editors do: a new file moved over the old one.
  renameSync(write('watched.yaml.new', 'clouds: { demo: { auth: { auth_url: "https://two", username: u } } }'), main);
  await noticed;
  const changed = await clouds.open('demo');
  assert.ok(changed.ok);
  assert.notEqual(changed.value, first.value);
  assert.equal(changed.value.summary.authUrl, 'https://two');
  clouds.dispose();
});

test('a profile at an address is fetched when the cloud is opened, not when clouds are listed', async () => {
  let status = 503;
  await using provider = await scriptedServer({
    'GET /.well-known/openstack/api': () => ({
      status,
      json: { name: 'here', profile: { auth: { auth_url: 'https://published.example/v3' }, regions: ['north', 'south'] } },
    }),
  });
  const main = write(
    'remote.yaml',
    `clouds: { remote: { profile: "${provider.url}", auth: { username: u } }, plain: { profile: "http://cloud.example", auth: { username: u } } }`,
  );
  const clouds = createClouds({ http, home: root, env: { OS_CLIENT_CONFIG_FILE: main } });
  const listed = async () => (await clouds.list()).clouds.map(({ name, authUrl, regions }) => ({ name, authUrl, regions }))[0];
  assert.deepEqual(await listed(), { name: 'remote', authUrl: undefined, regions: [] });
  assert.equal((await clouds.list()).clouds[0]?.problem, undefined);
  assert.equal(provider.seen.length, 0);
  const sentence = async (name: string) => {
    const answer = await clouds.open(name);
    return answer.ok ? answer.value.summary.authUrl : answer.failure.message.replace(/:\d{4,5}\b/, ':PORT');
  };
  assert.equal(
    await sentence('remote'),
    'Cloud remote takes its profile from 127.0.0.1:PORT, which has none (status 503). Check its profile setting.',
  );
  status = 200;
  assert.equal(await sentence('remote'), 'https://published.example/v3');
  assert.equal(await sentence('remote'), 'https://published.example/v3');
  assert.deepEqual(await listed(), { name: 'remote', authUrl: 'https://published.example/v3', regions: ['north', 'south'] });
  assert.equal(provider.seen.length, 2);
  assert.equal(
    await sentence('plain'),
    'Cloud plain takes its profile from cloud.example over an unencrypted connection, which is not used. Name it by https.',
  );
  clouds.dispose();
});
