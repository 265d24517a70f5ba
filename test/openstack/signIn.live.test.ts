import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createHttp, type Http, type HttpRequest } from '../../src/base/http.ts';
import { cloudConfig } from '../../src/openstack/cloudConfig.ts';
import { asSettings, readConfigFiles } from '../../src/openstack/configFiles.ts';
import { Identity } from '../../src/openstack/identity.ts';
import { sandboxTest } from '../support/sandbox.ts';

/** What Keystone says after signing in with an entry: for whom and what the token is, or why there is none. */
async function signedIn(http: Http, entry: object, answers: Readonly<Record<string, string>> = {}): Promise<string> {
  const config = cloudConfig('live', entry, undefined, { publicClouds: {} });
  assert.ok(config.ok);
  const askSecret = async (_cloud: string, _user: string | undefined, what: string) => answers[what];
  const identity = new Identity({ config: config.value, http, tls: {}, askSecret });
  const token = await identity.token({ kind: 'configured' });
  await identity.signOut();
  return token.ok ? `${token.value.user.name} in ${token.value.project?.name ?? 'no project'}` : token.failure.message;
}

/** A user of its own with a role in a project, gone afterwards. Everything is done by the administrator. */
async function withUser(
  clouds: string,
  authUrl: string,
  body: (made: {
    readonly http: Http;
    readonly id: string;
    readonly projectId: string;
    readonly auth: Readonly<Record<string, string>>;
    ask(method: HttpRequest['method'], path: string, sent?: unknown, token?: string): Promise<Readonly<Record<string, unknown>>>;
  }) => Promise<void>,
): Promise<void> {
  const http = createHttp();
  const files = await readConfigFiles({ env: { OS_CLIENT_CONFIG_FILE: clouds }, home: '/nonexistent' });
  const config = cloudConfig('admin', files.clouds.get('admin')?.settings, undefined, files);
  assert.ok(config.ok);
  const admin = await new Identity({ config: config.value, http, tls: {} }).token({ kind: 'configured' });
  assert.ok(admin.ok);
  const ask = async (method: HttpRequest['method'], path: string, sent?: unknown, token = admin.value.value) => {
    const headers = { 'x-auth-token': token, 'content-type': 'application/json' };
    const answer = await http.request({
      method,
      url: `${authUrl}${path}`,
      headers,
      ...(sent ? { body: JSON.stringify(sent) } : {}),
    });
    assert.ok(answer.ok && answer.value.status < 300, `${method} ${path} ${JSON.stringify(answer.ok && answer.value.status)}`);
    return answer.value.body.length === 0 ? {} : asSettings(JSON.parse(answer.value.text()));
  };
  const name = `signin-${randomBytes(4).toString('hex')}`;
  const password = randomBytes(16).toString('hex');
  const user = await ask('POST', '/users', { user: { name, password, domain_id: 'default' } });
  const id = String(asSettings(user['user'])['id']);
  try {
    const projectId = admin.value.project?.id ?? '';
    const roles = (await ask('GET', '/roles?name=member'))['roles'];
    const role = String(asSettings(Array.isArray(roles) ? roles[0] : {})['id']);
    await ask('PUT', `/projects/${projectId}/users/${id}/roles/${role}`);
    const auth = { auth_url: authUrl, username: name, user_domain_id: 'default', password };
    await body({ http, id, projectId, auth, ask });
  } finally {
    await ask('DELETE', `/users/${id}`);
    http.dispose();
  }
}

sandboxTest(
  'where one factor is not enough Keystone gives a receipt, and the other factor completes it',
  async ({ openstack }) => {
    await withUser(openstack.clouds, openstack.authUrl, async ({ http, id, projectId, auth, ask }) => {
      const name = auth['username'];
      const scoped = { ...auth, project_id: projectId };
      const own = cloudConfig('live', { auth: scoped }, undefined, { publicClouds: {} });
      assert.ok(own.ok);
      const before = await new Identity({ config: own.value, http, tls: {} }).token({ kind: 'configured' });
      assert.ok(before.ok);
      const options = { multi_factor_auth_enabled: true, multi_factor_auth_rules: [['password', 'token']] };
      await ask('PATCH', `/users/${id}`, { user: { options } });
      assert.equal(await signedIn(http, { auth: scoped }), 'Cloud live has no token in its configuration. Sign in.');
      const both = { ...scoped, token: before.value.value };
      assert.equal(await signedIn(http, { auth: both }), `${name} in admin`);
      const { password = '', ...withoutPassword }: Readonly<Record<string, string>> = both;
      const together = { auth_type: 'v3multifactor', auth_methods: ['v3password', 'v3token'], auth: withoutPassword };
      assert.equal(await signedIn(http, together, { password }), `${name} in admin`);
    });
  },
);

sandboxTest('a trust, an application credential by name, a token, a domain and the system', async ({ openstack }) => {
  await withUser(openstack.clouds, openstack.authUrl, async ({ http, id, projectId, auth, ask }) => {
    const name = auth['username'];
    const own = cloudConfig('live', { auth: { ...auth, project_id: projectId } }, undefined, { publicClouds: {} });
    assert.ok(own.ok);
    const identity = new Identity({ config: own.value, http, tls: {} });
    const token = await identity.token({ kind: 'configured' });
    assert.ok(token.ok);
    const { value } = token.value;
    const trust = {
      trustor_user_id: id,
      trustee_user_id: id,
      project_id: projectId,
      impersonation: true,
      roles: [{ name: 'member' }],
    };
    const trusted = await ask('POST', '/OS-TRUST/trusts', { trust }, value);
    const trustId = String(asSettings(trusted['trust'])['id']);
    assert.equal(await signedIn(http, { auth: { ...auth, trust_id: trustId } }), `${name} in admin`);
    await ask(
      'POST',
      `/users/${id}/application_credentials`,
      { application_credential: { name: 'own', secret: 'canary' } },
      value,
    );
    const credential = { ...auth, application_credential_name: 'own', application_credential_secret: 'canary' };
    assert.equal(await signedIn(http, { auth_type: 'v3applicationcredential', auth: credential }), `${name} in admin`);
    const byToken = { auth_url: auth['auth_url'], token: value, project_id: projectId };
    assert.equal(await signedIn(http, { auth_type: 'v3token', auth: byToken }), `${name} in admin`);
    const roles = (await ask('GET', '/roles?name=reader'))['roles'];
    const role = String(asSettings(Array.isArray(roles) ? roles[0] : {})['id']);
    await ask('PUT', `/domains/default/users/${id}/roles/${role}`);
    await ask('PUT', `/system/users/${id}/roles/${role}`);
    assert.equal(await signedIn(http, { auth: { ...auth, domain_id: 'default' } }), `${name} in no project`);
    assert.equal(await signedIn(http, { auth: { ...auth, system_scope: 'all' } }), `${name} in no project`);
  });
});

sandboxTest('an application credential whose secret no file holds: it is asked for', async ({ openstack }) => {
  const http = createHttp();
  const files = await readConfigFiles({ env: { OS_CLIENT_CONFIG_FILE: openstack.clouds }, home: '/nonexistent' });
  const entry = asSettings(files.clouds.get('demo-appcred')?.settings);
  const { application_credential_secret: secret, ...auth } = asSettings(entry['auth']);
  const without = { ...entry, auth };
  assert.equal(await signedIn(http, without, { application_credential_secret: String(secret) }), 'alice in demo');
  const nobody = 'Cloud live has no application_credential_secret in its configuration. Sign in.';
  assert.equal(await signedIn(http, without), nobody);
  http.dispose();
});
