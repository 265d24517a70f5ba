import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asks, scene, unattended } from '../support/federationScene.ts';
import { browse, scriptedPages, submit } from '../support/scriptedFederation.ts';

describe('the authorization code', () => {
  it('comes back with its state, and is changed with its proof', () =>
    scene('v3oidcauthcode', { client_secret: 'canary-secret', openid_scope: 'openid email' }, {}, async (one) => {
      assert.equal(await one.signIn(), 'one-user in demo');
      assert.deepEqual(one.asked(), [
        asks.discovery,
        'provider GET /authorize',
        'provider POST /token authorization_code',
        asks.vouch,
        asks.rescope,
      ]);
      const page = new URL(one.pages.shown[0]?.url ?? '').searchParams;
      const callback = `http://localhost:${one.port}/auth/oidc/`;
      const { state = '', code_challenge: challenge = '', ...rest } = Object.fromEntries(page);
      assert.deepEqual(rest, {
        tenant: 'one',
        response_type: 'code',
        client_id: 'hybrid',
        redirect_uri: callback,
        scope: 'openid email',
        code_challenge_method: 'S256',
      });
      assert.deepEqual([state.length, challenge.length], [43, 43]);
      assert.equal(one.pages.shown[0]?.callback, callback);
    }));

  it('with a wrong state, on a foreign path or by POST is refused, and the wait goes on; the second one finds nobody', async () => {
    const statuses: unknown[] = [];
    const pages = scriptedPages(async ({ url, callback = '' }) => {
      statuses.push((await fetch(`${callback}?code=canary-forged&state=guess`)).status);
      statuses.push((await fetch(`${callback}?code=canary-forged`)).status);
      statuses.push((await fetch(`${callback}elsewhere?code=canary-forged`)).status);
      statuses.push(await submit(callback, { code: 'canary-forged' }));
      statuses.push(await browse(url));
      statuses.push(await submit(callback, {}));
      return undefined;
    });
    await scene('v3oidcauthcode', {}, { pages }, async ({ signIn }) => {
      assert.equal(await signIn(), 'one-user in demo');
      await pages.idle();
      assert.deepEqual(statuses, [400, 400, 404, 405, 200, 'ECONNREFUSED']);
    });
  });

  it('is not asked for when the user denies, the provider fails, or another provider answers', async () => {
    for (const [provider, outcome] of [
      [
        { user: 'access_denied' },
        'forbidden: The identity provider provider of cloud demo was told to deny the sign-in. Sign in again, and allow it.',
      ],
      [
        { user: 'temporarily_unavailable', description: 'back\nsoon' },
        'invalid: The identity provider provider of cloud demo refused the sign-in (temporarily_unavailable). It says: back soon',
      ],
      [
        { iss: 'https://evil.example' },
        'forbidden: Another identity provider answered the sign-in to cloud demo. It was refused.',
      ],
    ] as const)
      await scene('v3oidcauthcode', {}, { provider }, async ({ signIn, asked }) => {
        assert.equal(await signIn(), outcome);
        assert.equal(
          asked().some((one) => one.includes('/token')),
          false,
        );
      });
  });

  it('is pasted where the redirect address is not on this machine', async () => {
    let spoil = (address: string) => address;
    const pages = scriptedPages(async ({ url }) => {
      const { headers } = await fetch(url, { redirect: 'manual' });
      return { pasted: spoil(headers.get('location') ?? '') };
    });
    const redirect = { redirect_uri: 'https://portal.example/back' };
    await scene('v3oidcauthcode', redirect, { pages }, async ({ signIn }) => assert.equal(await signIn(), 'one-user in demo'));
    spoil = (address) => address.replace(/state=[^&]+/, 'state=other');
    await scene('v3oidcauthcode', redirect, { pages }, async ({ signIn }) =>
      assert.equal(
        await signIn(),
        'invalid: What was pasted is not the address that this sign-in to cloud demo ended at. Sign in again.',
      ),
    );
  });

  it('that the entry holds is sent once, without a browser', async () => {
    const away = { pages: scriptedPages(async () => 'closed', false), keystone: { lifeMs: 600_000 } };
    const given = { authorization_code: 'canary-given-code', redirect_uri: 'https://portal.example/back' };
    await scene('v3oidcauthcode', given, away, async ({ signIn, clock, asked }) => {
      assert.equal(await signIn(), 'one-user in demo');
      asked();
      clock.pass(600_000);
      assert.equal(await signIn(), unattended('v3oidcauthcode'));
      assert.deepEqual(asked(), []);
    });
  });
});
