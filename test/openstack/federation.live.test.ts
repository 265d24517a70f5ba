import assert from 'node:assert/strict';
import { createHttp } from '../../src/base/http.ts';
import { cloudConfig } from '../../src/openstack/cloudConfig.ts';
import { Federation } from '../../src/openstack/federation.ts';
import { Identity } from '../../src/openstack/identity.ts';
import { withFederatedKeystone } from '../support/federatedKeystone.ts';
import { freePort } from '../support/freePort.ts';
import { sandboxTest } from '../support/sandbox.ts';
import { browse, scriptedPages, scriptedProvider } from '../support/scriptedFederation.ts';

sandboxTest(
  'Keystone itself takes the word of an identity provider, by bearer, by code and through the browser',
  async (sandbox) => {
    const port = await freePort();
    await using provider = await scriptedProvider({ username: 'kim', deviceAnswer: { interval: 1 } });
    const http = createHttp();
    const trusted = `http://localhost:${port}/auth/websso/`;
    await withFederatedKeystone(sandbox, { providerUrl: provider.url, trusted }, async ({ authUrl, name, projectName }) => {
      const common = {
        auth_url: authUrl,
        identity_provider: name,
        protocol: 'mapped',
        client_id: 'hybrid',
        discovery_endpoint: `${provider.url}/.well-known/openid-configuration`,
        redirect_port: port,
      };
      /** Whose token it is for the project of that name, which projects are open, and what becomes of another name. */
      const signedIn = async (authType: string, more: object = {}) => {
        const config = cloudConfig('live', { auth_type: authType, auth: { ...common, ...more } }, undefined, {
          publicClouds: {},
        });
        assert.ok(config.ok);
        const pages = scriptedPages(async ({ url, code }) => (code === undefined ? void (await browse(url)) : undefined));
        const federation = new Federation({ config: config.value, pages });
        const identity = new Identity({ config: config.value, http, tls: {}, federation });
        const token = await identity.token({ kind: 'configured' }, AbortSignal.timeout(20_000));
        const projects = token.ok ? await identity.projects() : token;
        await identity.signOut();
        if (!token.ok || !projects.ok) return token.ok ? 'no projects' : `${token.failure.reason}: ${token.failure.message}`;
        const names = projects.value.map((one) => one.name).join();
        return `${token.value.user.name} in ${token.value.project?.name} of ${names}; services: ${token.value.catalogue.length > 0}`;
      };
      const scope = { project_name: projectName, project_domain_name: projectName };
      const good = `kim in ${projectName} of ${projectName}; services: true`;
      for (const authType of ['v3websso', 'v3oidcauthcode', 'v3oidcdeviceauthz', 'v3oidcclientcredentials'])
        assert.equal(await signedIn(authType, scope), good, authType);
      assert.equal(await signedIn('v3oidcaccesstoken', { ...scope, access_token: 'canary-access-1' }), good);
      assert.equal(await signedIn('v3websso'), `kim in undefined of ${projectName}; services: false`);
      assert.equal(
        await signedIn('v3oidcaccesstoken', { access_token: 'canary-stale' }),
        `signedOut: Cloud live did not accept what identity provider ${name} says (protocol mapped). Sign in again.`,
      );
      assert.equal(
        await signedIn('v3oidcclientcredentials', { project_name: 'admin' }),
        'forbidden: Cloud live signed kim in, but does not let kim into this project. Check project_name of the entry, or choose another project.',
      );
    });
    http.dispose();
  },
);
