import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { asSettings } from '../../src/openstack/configFiles.ts';
import { freePort } from './freePort.ts';
import { openstack } from './openstack.ts';
import type { SandboxEnvironment } from './sandbox.ts';

/** The sandbox's Keystone by a door of its own that trusts an identity provider. */
export interface FederatedKeystone {
  readonly authUrl: string;
  /** Also the identity provider's name there; the protocol is `mapped`. */
  readonly name: string;
  readonly projectName: string;
}

/** `id` of the one object in an answer: `{group: {id, …}}`. */
const idIn = (answer: Readonly<Record<string, unknown>>) => String(asSettings(Object.values(answer)[0])['id']);

/**
 * Opens the door for one test: an identity provider at `providerUrl` whose users become users of a domain and a group of their own, with a role in one project. Everything
 * is gone afterwards. The sandbox's own Keystone goes on undisturbed; both share database and keys.
 */
export async function withFederatedKeystone(
  sandbox: SandboxEnvironment,
  { providerUrl, trusted }: { readonly providerUrl: string; readonly trusted: string },
  body: (keystone: FederatedKeystone) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'federated-keystone-'));
  const name = `federated-${randomBytes(4).toString('hex')}`;
  const ask = (method: string, path: string, sent?: unknown) => openstack(sandbox, 'admin', 'identity', method, path, sent);
  const undo: (() => Promise<unknown>)[] = [];
  const port = await freePort();
  const lib = fileURLToPath(new URL('../sandbox/openstack/lib', import.meta.url));
  const own = join(dirname(sandbox.openstack.clouds), 'conf/keystone.conf');
  const template = join(folder, 'callback.html');
  writeFileSync(
    template,
    '<form id="sso" action="$host" method="post"><input type="hidden" name="token" value="$token"/></form>',
  );
  writeFileSync(
    join(folder, 'federated.conf'),
    `[DEFAULT]\nlog_file = ${join(folder, 'log')}\n[federation]\ntrusted_dashboard = ${trusted}\nsso_callback_template = ${template}\n`,
  );
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', PYTHONPATH: lib, PYTHONNOUSERSITE: '1' };
  const args = [join(lib, 'federated.py'), `${own};${join(folder, 'federated.conf')}`, String(port), providerUrl];
  const door = spawn('/usr/bin/python3', args, { env, cwd: folder, stdio: 'ignore' });
  const closed = new Promise((resolve) => door.once('close', resolve));
  try {
    const domain = idIn(await ask('POST', '/domains', { domain: { name } }));
    undo.push(async () => {
      await ask('PATCH', `/domains/${domain}`, { domain: { enabled: false } });
      await ask('DELETE', `/domains/${domain}`);
    });
    const group = idIn(await ask('POST', '/groups', { group: { name, domain_id: domain } }));
    const project = idIn(await ask('POST', '/projects', { project: { name, domain_id: domain } }));
    const roles = (await ask('GET', '/roles?name=member'))['roles'];
    const role = String(asSettings(Array.isArray(roles) ? roles[0] : {})['id']);
    await ask('PUT', `/projects/${project}/groups/${group}/roles/${role}`);
    const rules = [{ local: [{ user: { name: '{0}' }, group: { id: group } }], remote: [{ type: 'OIDC-preferred_username' }] }];
    await ask('PUT', `/OS-FEDERATION/mappings/${name}`, { mapping: { rules } });
    undo.push(() => ask('DELETE', `/OS-FEDERATION/mappings/${name}`));
    await ask('PUT', `/OS-FEDERATION/identity_providers/${name}`, { identity_provider: { enabled: true, domain_id: domain } });
    undo.push(() => ask('DELETE', `/OS-FEDERATION/identity_providers/${name}`));
    await ask('PUT', `/OS-FEDERATION/identity_providers/${name}/protocols/mapped`, { protocol: { mapping_id: name } });
    undo.push(() => ask('DELETE', `/OS-FEDERATION/identity_providers/${name}/protocols/mapped`));
    const authUrl = `http://127.0.0.1:${port}/v3`;
    for (let tries = 0; ; tries++) {
      if (
        await fetch(authUrl).then(
          ({ ok }) => ok,
          () => false,
        )
      )
        break;
      assert.ok(tries < 120 && door.exitCode === null, 'the other door of Keystone did not open');
      await new Promise((later) => setTimeout(later, 250));
    }
    await body({ authUrl, name, projectName: name });
  } finally {
    for (const one of undo.reverse()) await one();
    door.kill();
    await closed;
    rmSync(folder, { recursive: true });
  }
}
