/** Thirty volumes deleted at once by a user who signs in with passcodes, whose token is revoked in the middle: one question, each volume once. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SandboxEnvironment } from '../../sandbox/place.ts';
import { type Login, openstack } from '../../support/openstack.ts';
import { base32, passcode } from '../../support/passcode.ts';
import { findSandbox, windowEnvironment } from '../sandboxEnvironment.ts';
import { inWindow, type Scene } from './inWindow.ts';

const count = 30;
const name = `passcode-${process.pid}`;
const secret = randomBytes(20);
const cloudsFile = (folder: string) => join(dirname(folder), 'clouds.yaml');
const sandbox = () => findSandbox() ?? assert.fail('no sandbox is up');
const admin = (type: string, method: string, path: string, body?: unknown) =>
  openstack(sandbox(), 'admin', type, method, path, body) as Promise<
    Record<string, Record<string, string> & Record<string, string>[]>
  >;

let user = '';
let project = '';

const login = ({ openstack: { authUrl } }: SandboxEnvironment, password: string): Login => ({
  auth_url: authUrl,
  username: name,
  password,
  user_domain_name: 'Default',
  project_name: name,
  project_domain_name: 'Default',
});

/** A project with thirty volumes, and a user who is let in by passcode. */
async function prepare(folder: string): Promise<void> {
  const password = randomBytes(16).toString('hex');
  project = (await admin('identity', 'POST', '/projects', { project: { name, domain_id: 'default' } }))['project']?.['id'] ?? '';
  user = (await admin('identity', 'POST', '/users', { user: { name, password, domain_id: 'default' } }))['user']?.['id'] ?? '';
  const [role] = (await admin('identity', 'GET', '/roles?name=member'))['roles'] ?? [];
  await admin('identity', 'PUT', `/projects/${project}/users/${user}/roles/${role?.['id']}`);
  await admin('identity', 'POST', '/credentials', { credential: { type: 'totp', blob: base32(secret), user_id: user } });
  await admin('block-storage', 'PUT', `/os-quota-sets/${project}`, { quota_set: { volumes: 100, gigabytes: 1000 } });
  const own = login(sandbox(), password);
  for (let made = 0; made < count; made++) {
    const volume = { name: `data-${String(made).padStart(2, '0')}`, size: 1 };
    await openstack(sandbox(), own, 'block-storage', 'POST', '/volumes', { volume });
  }
  const { password: _, ...auth } = own;
  await writeFile(
    cloudsFile(folder),
    JSON.stringify({ clouds: { passcodes: { auth_type: 'v3totp', region_name: 'RegionOne', auth } } }),
  );
}

async function play({ window }: Scene): Promise<void> {
  const volumes = ['passcodes', name, 'Storage', 'Volumes'] as const;
  const clouds = await window.view('Clouds');
  await clouds.expand('passcodes');
  await clouds.inline('Sign In', 'passcodes', /passcode/i);
  await window.answer(/passcode/i, passcode(secret));
  await clouds.find(...volumes, `data-${count - 1}`);
  await clouds.click(...volumes, 'data-00');
  await clouds.clickWithShift(...volumes, `data-${count - 1}`);
  await clouds.menu('Delete', ...volumes, 'data-05');
  assert.match(await window.dialog(/Delete 30 volumes\?/), /passcodes › passcode-/);
  await window.screenshot('delete-thirty');
  // A second is how long the service trusts what it knows of a token.
  await admin('identity', 'PATCH', `/users/${user}`, { user: { enabled: false } });
  await admin('identity', 'PATCH', `/users/${user}`, { user: { enabled: true } });
  await window.page.waitForTimeout(1500);
  await window.pressInDialog('Delete');
  await window.answer(/passcode/i, passcode(secret));
  await clouds.find(...volumes, /^No volumes/);
  await window.untilQuiet();

  const left = await admin('block-storage', 'GET', `/volumes?all_tenants=1&project_id=${project}`);
  assert.deepEqual(left['volumes'], []);
  const lines = (await window.log()).filter((line) => line.includes('delete volume data-'));
  const outcomes = lines.map((line) => /delete volume (data-\d\d) .* accepted · request req-/.exec(line)?.[1]);
  assert.deepEqual(
    outcomes.sort(),
    Array.from({ length: count }, (_, made) => `data-${String(made).padStart(2, '0')}`),
  );
}

async function after(): Promise<void> {
  await admin('identity', 'DELETE', `/users/${user}`);
  await admin('identity', 'DELETE', `/projects/${project}`);
}

inWindow('thirty volumes go at once, though the token is revoked: one passcode more, each volume deleted once', play, {
  prepare,
  after,
  env: (folder) => ({ ...windowEnvironment(sandbox()), OS_CLIENT_CONFIG_FILE: cloudsFile(folder) }),
});
