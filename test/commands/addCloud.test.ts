import '../support/withoutEditor.ts';
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { failed, type Result, success } from '../../src/base/failure.ts';
import type { AddCloudParts } from '../../src/commands/addCloud.ts';
import type { Choice } from '../../src/host/prompts.ts';
import type { SignedInAs } from '../../src/openstack/candidate.ts';
import type { Settings } from '../../src/openstack/configFiles.ts';
import { fakeClouds } from '../support/fakeClouds.ts';

const { addCloud } = await import('../../src/commands/addCloud.ts');

const root = mkdtempSync(join(tmpdir(), 'add-cloud-'));
const file = join(root, 'clouds.yaml');
const before = process.env['OS_CLIENT_CONFIG_FILE'];
process.env['OS_CLIENT_CONFIG_FILE'] = file;
after(() => {
  if (before === undefined) delete process.env['OS_CLIENT_CONFIG_FILE'];
  else process.env['OS_CLIENT_CONFIG_FILE'] = before;
  rmSync(root, { recursive: true });
});

/** Gives these answers in turn: of a picker the choice whose label holds the text, else the text itself; `''` leaves what was proposed. Notes every question. */
async function add(answers: readonly string[], tryOut: (entry: Settings) => Result<SignedInAs>) {
  const left = [...answers];
  const asked: string[] = [];
  const kept: string[] = [];
  const next = (title: string | undefined, more = '') => {
    asked.push([title, more].filter(Boolean).join(' | '));
    return left.shift();
  };
  const prompts = {
    pick: async (choices: readonly Choice<unknown>[], options: { title?: string; placeHolder?: string }) => {
      const answer = next(options.title, options.placeHolder);
      const chosen = choices.find(({ label }) => label.includes(answer ?? 'nothing'));
      assert.ok(chosen, `${options.title}: ${answer} is none of ${choices.map(({ label }) => label).join(', ')}`);
      return chosen.value;
    },
    text: async (title: string, value: string) => next(title) || value,
    password: async (title: string) => next(title),
    file: async (title: string) => next(title),
  };
  const parts = {
    prompts,
    clouds: fakeClouds({ demo: { projects: [] } }),
    documents: { provide: () => ({}) },
    secrets: { keep: async (account: object, password: string) => void kept.push(`${JSON.stringify(account)} ${password}`) },
    settings: { cloudFiles: [] },
    candidates: {
      discover: async (url: string) =>
        /^https?:\/\/k:5000$/.test(url)
          ? success({ authUrl: `${url}/v3`, version: 'v3.14' })
          : failed('offline', `${url} refused.`),
      tryOut: async (_name: string, entry: Settings) => tryOut(entry),
    },
    renewWorlds: async () => {},
    log: { warn: () => {} },
  };
  await addCloud(parts as unknown as AddCloudParts);
  assert.deepEqual(left, [], 'answers that nobody asked for');
  return { asked, kept };
}

const alice = { user: 'alice', project: undefined, projects: [{ id: 'p1', name: 'web' }], regions: ['north', 'south'] };

test('from an address: found, signed in to for project and region, tried, and saved without the password', async () => {
  writeFileSync(file, 'clouds:\n  # mine\n  demo: {}\n');
  const tries: Settings[] = [];
  const answers = [
    'address',
    'https://wrong',
    'Change',
    'https://k:5000',
    'password',
    'alice',
    '',
    's3cret',
    '',
    'web',
    'south',
    'lab',
    'keyring',
  ];
  const { asked, kept } = await add([...answers, 'Try', 'Save'], (entry) => {
    tries.push(entry);
    return success(tries.length === 1 ? alice : { ...alice, project: 'web' });
  });
  assert.equal(
    readFileSync(file, 'utf8'),
    `clouds:
  # mine
  demo: {}
  lab:
    auth:
      auth_url: https://k:5000/v3
      username: alice
      project_id: p1
      user_domain_name: Default
    region_name: south
    identity_api_version: "3"
`,
  );
  assert.deepEqual(kept, ['{"cloud":"lab","user":"alice","server":"https://k:5000/v3"} s3cret']);
  assert.equal(asked.at(-1), 'Cloud lab | Signed in as alice, project web. Open to it: web.');
  assert.ok(asked.includes('https://wrong refused.'));
});

test('an address that is not encrypted is asked about', async () => {
  const answers = ['address', 'http://k:5000', 'Go on', 'Token', '', '', '', 'lab', 'Drop'];
  const { asked } = await add(answers, () => success(alice));
  assert.equal(asked[2], 'http://k:5000/v3 is not encrypted: a password sent there can be read on the way.');
});

test('from an openrc file that asks for its password; dropped, nothing is written', async () => {
  const openrc = join(root, 'demo-openrc.sh');
  writeFileSync(
    openrc,
    'export OS_AUTH_URL=https://k:5000/v3 OS_USERNAME=bob\nread -sr P\nexport OS_PASSWORD=$P\ntouch /nonexistent/run\n',
  );
  writeFileSync(file, 'clouds: {}\n');
  const refused = failed('signedOut', "Cloud bobs did not accept bob's password. Sign in again.");
  const { asked, kept } = await add(['openrc', openrc, 'wrong', 'bobs', 'In the file', 'Try', 'Drop'], () => refused);
  assert.deepEqual(asked.slice(2, 3), ['demo-openrc.sh asks for OS_PASSWORD']);
  assert.equal(asked.at(-1), `Cloud bobs | ${refused.ok ? '' : refused.failure.message}`);
  assert.equal(readFileSync(file, 'utf8'), 'clouds: {}\n');
  assert.deepEqual(kept, []);
});

test('a file that is no clouds file is told and stays as it is; once it is mended, the entry can be saved', async () => {
  const openrc = join(root, 'other-openrc.sh');
  writeFileSync(openrc, 'export OS_AUTH_URL=https://k:5000/v3 OS_USERNAME=bob\n');
  writeFileSync(file, '- a list\n');
  const { asked } = await add(['openrc', openrc, 'bobs', 'Try', 'its password', 'Save'], (entry) => {
    assert.deepEqual((entry['auth'] as Settings)['password'], 'its password');
    assert.equal(readFileSync(file, 'utf8'), '- a list\n');
    writeFileSync(file, 'clouds: {}\n');
    return success(alice);
  });
  assert.deepEqual(asked.slice(3), [
    `Cloud bobs | ${file}: It is no mapping, as a clouds file is.`,
    'Try bobs',
    'Cloud bobs | Signed in as alice. Open to it: web.',
  ]);
  const written = readFileSync(file, 'utf8');
  assert.match(written, /bobs/);
  assert.ok(!written.includes('its password'));
});
