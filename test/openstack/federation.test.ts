import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { success } from '../../src/base/failure.ts';
import { problemOf } from '../../src/openstack/authRequest.ts';
import { Identity } from '../../src/openstack/identity.ts';
import type { AskSecret } from '../../src/openstack/interaction.ts';
import { providerOf } from '../../src/openstack/oidc.ts';
import { asks, config, scene, unattended, wordsOf } from '../support/federationScene.ts';
import { TestClock } from '../support/scriptedCloud.ts';
import { scriptedPages } from '../support/scriptedFederation.ts';

describe('without a browser', () => {
  const direct: readonly (readonly [authType: string, auth: object, outcome: string, asked: readonly string[]])[] = [
    [
      'v3oidcpassword',
      { username: 'alice', password: 'canary-password', client_secret: 'canary-secret' },
      'one-user in demo',
      [asks.discovery, 'provider POST /token password', asks.vouch, asks.rescope],
    ],
    [
      'v3oidcpassword',
      { username: 'alice', password: 'canary-wrong' },
      'signedOut: The identity provider provider of cloud demo did not accept user name and password. Sign in again.',
      [asks.discovery, 'provider POST /token password'],
    ],
    [
      'v3oidcpassword',
      { username: 'alice' },
      'signedOut: Cloud demo has no password in its configuration. Sign in.',
      [asks.discovery],
    ],
    [
      'v3oidcclientcredentials',
      { client_secret: 'canary-secret', access_token_type: 'id_token' },
      'one-user in demo',
      [asks.discovery, 'provider POST /token client_credentials', asks.vouch, asks.rescope],
    ],
    [
      'v3oidcclientcredentials',
      { client_secret: 'canary-other' },
      'signedOut: The identity provider provider of cloud demo does not know client_id hybrid, or its client_secret is wrong. Check the entry.',
      [asks.discovery, 'provider POST /token client_credentials'],
    ],
    ['v3oidcaccesstoken', { access_token: 'canary-access-7' }, 'one-user in demo', [asks.vouch, asks.rescope]],
    [
      'v3oidcaccesstoken',
      { access_token: 'canary-stale' },
      'signedOut: Cloud demo did not accept what identity provider one says (protocol openid). Sign in again.',
      [asks.vouch],
    ],
    [
      'v3oidcaccesstoken',
      { access_token: 'canary two words' },
      'invalid: Cloud demo has an access_token that is not one. Check the entry.',
      [],
    ],
  ];
  for (const [authType, more, outcome, asked] of direct)
    it(`${authType} ${Object.keys(more).join(' ')}: ${outcome.slice(0, 40)}`, () =>
      scene(authType, more, {}, async (one) => {
        assert.equal(await one.signIn(), outcome);
        assert.deepEqual(one.asked(), asked);
        assert.deepEqual(one.pages.shown, []);
      }));

  it('a password and a passcode that no file holds are asked for', async () => {
    const wanted: string[] = [];
    const askSecret: AskSecret = async (_cloud, _user, what) => {
      wanted.push(what);
      return what === 'password' ? 'canary-password' : '123456';
    };
    await scene('v3oidcpassword', { username: 'alice', idp_otp_key: 'totp' }, { askSecret }, async ({ signIn, provider }) => {
      assert.equal(await signIn(), 'one-user in demo');
      assert.deepEqual(wanted, ['password', 'passcode']);
      assert.equal(
        provider.seen[1]?.body,
        'grant_type=password&username=alice&password=canary-password&scope=openid+profile&totp=123456&client_id=hybrid',
      );
    });
  });

  it('what was refused is not sent again for half a minute', () =>
    scene('v3oidcpassword', { username: 'alice', password: 'canary-wrong' }, {}, async ({ signIn, asked, clock }) => {
      await signIn();
      await signIn();
      assert.equal(asked().length, 2);
      clock.pass(31_000);
      await signIn();
      assert.equal(asked().length, 2);
    }));

  it('endpoints of the entry win over discovery, and one that leaves TLS is not followed', async () => {
    await scene('v3oidcclientcredentials', {}, {}, async ({ provider, keystone, clock, http }) => {
      const explicit = config({
        auth_type: 'v3oidcclientcredentials',
        auth: {
          auth_url: keystone.url,
          identity_provider: 'two',
          protocol: 'openid',
          client_id: 'hybrid',
          access_token_endpoint: `${provider.url}/token`,
        },
      });
      const answer = await new Identity({ config: explicit, http, tls: {}, clock }).token({ kind: 'configured' });
      assert.equal(wordsOf(answer), 'two-user in no project');
      assert.equal(provider.seen.length, 1);
    });
    const odd = { provider: { discovery: { token_endpoint: 'file:///etc/passwd' } } };
    await scene('v3oidcclientcredentials', {}, odd, async ({ signIn }) =>
      assert.equal(await signIn(), 'invalid: Cloud demo has an access_token_endpoint that is not an https address.'),
    );
    const none = { provider: { discovery: { token_endpoint: undefined } } };
    await scene('v3oidcclientcredentials', {}, none, async ({ signIn }) =>
      assert.equal(await signIn(), 'invalid: Cloud demo has no access_token_endpoint, and its discovery document names none.'),
    );
  });
});

it('a discovery document read over TLS cannot lead elsewhere without it; what the entry says itself counts', async () => {
  const document = JSON.stringify({ token_endpoint: 'http://idp.example/token' });
  const headers = { 'content-type': 'application/json' };
  const send = async () => success({ status: 200, headers, body: Buffer.from(document), text: () => document });
  const { signal } = new AbortController();
  const found = async (auth: object) => {
    const attempt = { config: config({ auth }), clock: new TestClock(), send, signal, askSecret: undefined, pages: undefined };
    const provider = await providerOf({ ...attempt, takeCode: () => undefined }, ['access_token_endpoint']);
    return provider.ok ? provider.value.access_token_endpoint : provider.failure.message;
  };
  const refused = 'Cloud demo has an access_token_endpoint that is not an https address.';
  assert.equal(await found({ discovery_endpoint: 'https://idp.example/d' }), refused);
  assert.equal(await found({ discovery_endpoint: 'http://idp.example/d' }), 'http://idp.example/token');
  const own = { discovery_endpoint: 'https://idp.example/d', access_token_endpoint: 'http://lab.example/token' };
  assert.equal(await found(own), 'http://lab.example/token');
});

describe('a sign-in that ends', () => {
  const refreshing = { provider: { refreshes: true }, keystone: { lifeMs: 600_000 } };

  it('is renewed by the refresh token, each time by the newest, without a page', () =>
    scene('v3oidcauthcode', {}, refreshing, async ({ signIn, clock, pages, asked }) => {
      await signIn();
      asked();
      for (let times = 0; times < 2; times++) {
        clock.pass(500_000);
        assert.equal(await signIn(), 'one-user in demo');
        assert.deepEqual(asked(), [asks.discovery, 'provider POST /token refresh_token', asks.vouch, asks.rescope]);
      }
      assert.equal(pages.shown.length, 1);
    }));

  it('is asked for again where there is no refresh token, or it was refused', async () => {
    for (const provider of [{ refreshes: false }, { refreshes: true }])
      await scene('v3oidcauthcode', {}, { ...refreshing, provider }, async ({ signIn, clock, pages, provider: server }) => {
        await signIn();
        // Another sign-in at the provider makes the one at hand void.
        if (provider.refreshes)
          await fetch(`${server.url}/token`, {
            method: 'POST',
            body: new URLSearchParams({ client_id: 'hybrid', grant_type: 'client_credentials' }),
          });
        clock.pass(500_000);
        assert.equal(await signIn(), 'one-user in demo');
        assert.equal(pages.shown.length, 2);
      });
  });

  it('leaves nothing behind when it is signed out of', () =>
    scene('v3oidcauthcode', {}, refreshing, async ({ signIn, identity, pages, asked }) => {
      await signIn();
      asked();
      await identity.signOut();
      assert.deepEqual(asked(), ['keystone DELETE /v3/auth/tokens', 'keystone DELETE /v3/auth/tokens']);
      await signIn();
      assert.equal(pages.shown.length, 2);
    }));

  it('in Keystone is begun anew; a project that is not the user’s is told apart', async () => {
    await scene(
      'v3websso',
      {},
      { keystone: { projects: ['demo-id', 'other-id'] } },
      async ({ signIn, keystone, identity, pages }) => {
        await signIn();
        keystone.revokeAll();
        assert.equal(wordsOf(await identity.token({ kind: 'project', id: 'other-id' })), 'one-user in other');
        assert.equal(pages.shown.length, 2);
      },
    );
    await scene('v3websso', { project_name: 'secret' }, {}, async ({ signIn, pages }) => {
      const sentence =
        'forbidden: Cloud demo signed one-user in, but does not let one-user into this project. Check project_name of the entry, or choose another project.';
      assert.equal(await signIn(), sentence);
      assert.equal(await signIn(), sentence);
      assert.equal(pages.shown.length, 1);
    });
  });
});

it('nobody is asked, and nothing is contacted, as long as nobody signs in', async () => {
  for (const authType of ['v3websso', 'v3oidcauthcode', 'v3oidcdeviceauthz']) {
    const pages = scriptedPages(async () => 'closed', false);
    await scene(authType, {}, { pages }, async ({ signIn, asked }) => {
      assert.equal(await signIn(), unattended(authType));
      assert.deepEqual([asked(), pages.shown], [[], []]);
    });
  }
});

it('no secret is told in the words of a provider that says back what it was sent', async () => {
  const description = 'canary-wrong and canary-code-0 and canary-secret are not good';
  const echo = { provider: { description } };
  await scene(
    'v3oidcpassword',
    { username: 'alice', password: 'canary-wrong', client_secret: 'canary-secret' },
    echo,
    async ({ signIn }) => assert.match(await signIn(), /user name and password\. Sign in again\.$/),
  );
  await scene(
    'v3oidcauthcode',
    { client_secret: 'canary-other' },
    { provider: { description: 'canary-code-0 of canary-other' } },
    async ({ signIn }) => assert.match(await signIn(), /its client_secret is wrong\. Check the entry\.$/),
  );
});

const problems: readonly (readonly [auth: object, problem: string])[] = [
  [{ auth_type: 'v3websso' }, 'has no protocol, which auth_type v3websso needs'],
  [{ auth_type: 'v3oidcpassword', protocol: 'p' }, 'has no identity_provider, which auth_type v3oidcpassword needs'],
  [
    { auth_type: 'v3oidcclientcredentials', identity_provider: 'i', protocol: 'p', client_id: 'c' },
    'has no discovery_endpoint or access_token_endpoint, which auth_type v3oidcclientcredentials needs',
  ],
  [
    {
      auth_type: 'v3oidcdeviceauthz',
      identity_provider: 'i',
      protocol: 'p',
      client_id: 'c',
      access_token_endpoint: 'https://i/t',
    },
    'has no discovery_endpoint or device_authorization_endpoint, which auth_type v3oidcdeviceauthz needs',
  ],
  [
    { auth_type: 'v3oidcaccesstoken', identity_provider: 'i', protocol: 'p' },
    'has no access_token, which auth_type v3oidcaccesstoken needs',
  ],
];
for (const [entry, problem] of problems)
  it(`an entry that ${problem}`, () =>
    assert.equal(problemOf(config({ auth: { auth_url: 'https://k/v3' }, ...entry })), problem));
