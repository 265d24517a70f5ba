import assert from 'node:assert/strict';
import { createHttp } from '../../src/base/http.ts';
import { createClouds } from '../../src/openstack/clouds.ts';
import type { KindId } from '../../src/openstack/kinds/kinds.ts';
import type { Project } from '../../src/openstack/project.ts';
import { openstack } from '../support/openstack.ts';
import { type SandboxEnvironment, sandboxTest } from '../support/sandbox.ts';

/** Runs with a project of the cloud that the environment names, or says why there is none. */
async function told(env: Readonly<Record<string, string>>, ask: (project: Project) => Promise<string>): Promise<string> {
  const http = createHttp();
  const clouds = createClouds({ http, env: { ...env, OS_CLOUD_NAME: 'live' }, home: '/nonexistent' });
  try {
    const cloud = await clouds.open(env['OS_CLIENT_CONFIG_FILE'] ? 'demo' : 'live');
    assert.ok(cloud.ok);
    const project = await cloud.value.project(undefined);
    return project.ok ? await ask(project.value) : project.failure.message;
  } finally {
    clouds.dispose();
    http.dispose();
  }
}

async function listed(project: Project, kind: KindId): Promise<string> {
  const list = await project.list(kind);
  return list.ok ? 'listed' : list.failure.message;
}

/** What a member is told of what only administrators may list, in each service's own words. */
const refusals: readonly (readonly [kind: KindId, words: RegExp])[] = [
  ['compute.hypervisor', /It said: Policy doesn't allow os_compute_api:os-hypervisors:list(?:-detail)? to be performed\./],
  ['block-storage.service', /It said: Policy doesn't allow volume_extension:services:index to be performed\./],
  ['identity.user', /It said: You are not authorized to perform the requested action: identity:list_users\./],
  ['load-balancer.amphora', /It said: Policy does not allow this request to be performed\./],
  ['orchestration.service', /It said: You are not authorized to use service:index\./],
  ['container-infrastructure-management.quota', /It said: Policy doesn't allow quota:get_all to be performed\./],
  ['placement.resource_provider', /It said: .*Policy does not allow placement:resource_providers:list to be performed\./],
];

sandboxTest(
  'a refusal names the rule where the service does, the roles there are and the one that is missing',
  async (sandbox) => {
    const env = { OS_CLIENT_CONFIG_FILE: sandbox.openstack.clouds };
    for (const [kind, words] of refusals) {
      const sentence = await told(env, (project) => listed(project, kind));
      assert.match(sentence, words);
      assert.match(
        sentence,
        /^Project demo does not let alice list .* alice's roles there: .*member.*\. This usually takes admin: ask the cloud's administrator\.$/,
      );
    }
  },
);

/** An application credential of alice in project demo, revoked afterwards. */
async function withCredential(
  sandbox: SandboxEnvironment,
  more: Readonly<Record<string, unknown>>,
  body: (env: Readonly<Record<string, string>>, revoke: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const users = await openstack(sandbox, 'admin', 'identity', 'GET', '/users?name=alice');
  const [user] = users['users'] as unknown as readonly { readonly id: string }[];
  assert.ok(user);
  const path = `/users/${user.id}/application_credentials`;
  const made = await openstack(sandbox, 'demo', 'identity', 'POST', path, {
    application_credential: { name: 'refusals-live', secret: 'canary-refusals', ...more },
  });
  const { id } = made['application_credential'] as unknown as { readonly id: string };
  let revoked = false;
  const revoke = async () => {
    if (!revoked) await openstack(sandbox, 'demo', 'identity', 'DELETE', `${path}/${id}`);
    revoked = true;
  };
  const env = {
    OS_AUTH_URL: sandbox.openstack.authUrl,
    OS_AUTH_TYPE: 'v3applicationcredential',
    OS_APPLICATION_CREDENTIAL_ID: id,
    OS_APPLICATION_CREDENTIAL_SECRET: 'canary-refusals',
  };
  try {
    await body(env, revoke);
  } finally {
    await revoke();
  }
}

sandboxTest('an application credential that was revoked is said to be so, and not that the address is wrong', async (sandbox) => {
  await withCredential(sandbox, {}, async (env, revoke) => {
    assert.equal(await told(env, (project) => listed(project, 'network.network')), 'listed');
    await revoke();
    assert.equal(
      await told(env, (project) => listed(project, 'network.network')),
      'Cloud live did not accept its application credential. It is wrong, expired or revoked: make a new one and write it into the entry.',
    );
  });
});

sandboxTest('what no access rule allows is said to be so', async (sandbox) => {
  const access_rules = [{ service: 'image', method: 'GET', path: '/v2/images' }];
  await withCredential(sandbox, { access_rules }, async (env) => {
    assert.equal(
      await told(env, (project) => listed(project, 'network.network')),
      'No access rule of the application credential of cloud live lets it list networks. Make one with a rule for the network service, or without rules.',
    );
  });
});
