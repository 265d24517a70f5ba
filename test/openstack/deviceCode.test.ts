import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { scene } from '../support/federationScene.ts';
import { type ProviderOptions, scriptedPages } from '../support/scriptedFederation.ts';

describe('the device code', () => {
  const waits: readonly (readonly [title: string, provider: ProviderOptions, outcome: string, slept: readonly number[]])[] = [
    ['granted at once', {}, 'one-user in demo', [5000]],
    [
      'granted in the end',
      { device: ['authorization_pending', 'authorization_pending', 'ok'] },
      'one-user in demo',
      [5000, 5000, 5000],
    ],
    [
      'asked too fast',
      { device: ['slow_down', 'authorization_pending', 'slow_down', 'ok'] },
      'one-user in demo',
      [5000, 10000, 10000, 15000],
    ],
    ['of a provider with its own pace', { deviceAnswer: { interval: 2 } }, 'one-user in demo', [2000]],
    ['of a provider without a pace', { deviceAnswer: { interval: undefined } }, 'one-user in demo', [5000]],
    [
      'denied',
      { device: ['authorization_pending', 'access_denied'] },
      'forbidden: The identity provider provider of cloud demo was told to deny the sign-in. Sign in again, and allow it.',
      [5000, 5000],
    ],
    [
      'expired by the provider’s word',
      { device: ['expired_token'] },
      'signedOut: The identity provider provider of cloud demo waited too long: the code has expired. Sign in again.',
      [5000],
    ],
    [
      'expired by the clock',
      { device: ['authorization_pending'], deviceAnswer: { expires_in: 12 } },
      'signedOut: The identity provider provider of cloud demo waited too long: the code has expired. Sign in again.',
      [5000, 5000, 2000],
    ],
    ['asked after over a connection that breaks', { device: ['lost', 'ok'] }, 'one-user in demo', [5000, 10000]],
    [
      'whose page is no page',
      { deviceAnswer: { verification_uri: 'command:workbench.action.quit' } },
      'malformed: provider did not answer with a code to type. Check device_authorization_endpoint of cloud demo.',
      [],
    ],
  ];
  const waiting = () => scriptedPages(async () => undefined);
  for (const [title, provider, outcome, slept] of waits)
    it(title, () =>
      scene('v3oidcdeviceauthz', {}, { provider, pages: waiting() }, async ({ signIn, clock }) => {
        assert.equal(await signIn(), outcome);
        assert.deepEqual(clock.slept, slept);
      }),
    );

  it('is shown with its page, the one that has the code in it if there is one', async () => {
    for (const [deviceAnswer, path] of [
      [{}, '/activate'],
      [
        { verification_uri_complete: 'https://idp.example/activate?user_code=WDJB-MJHT' },
        'https://idp.example/activate?user_code=WDJB-MJHT',
      ],
    ] as const)
      await scene(
        'v3oidcdeviceauthz',
        {},
        { provider: { deviceAnswer }, pages: waiting() },
        async ({ signIn, pages, provider }) => {
          await signIn();
          assert.deepEqual(pages.shown, [{ cloud: 'demo', url: new URL(path, provider.url).href, code: 'WDJB-MJHT' }]);
        },
      );
  });

  it('is proved as the entry says, and by access token whatever the entry says', () =>
    scene(
      'v3oidcdeviceauthz',
      { code_challenge_method: 'S256', access_token_type: 'id_token' },
      { pages: waiting() },
      async (one) => {
        assert.equal(await one.signIn(), 'one-user in demo');
        const [, asked, polled] = one.provider.seen.map(({ body }) =>
          Object.keys(Object.fromEntries(new URLSearchParams(body))).join(' '),
        );
        assert.equal(asked, 'scope code_challenge code_challenge_method client_id');
        assert.equal(polled, 'grant_type device_code code_verifier client_id');
        assert.match(String(one.keystone.seen[0]?.headers.authorization), /canary-access/);
      },
    ));

  it('ends when the user gives up', async () => {
    const pages = scriptedPages(async () => 'closed');
    await scene(
      'v3oidcdeviceauthz',
      {},
      { pages, provider: { device: ['authorization_pending'] } },
      async ({ signIn, clock }) => {
        assert.equal(await signIn(), 'cancelled: Signing in to cloud demo was cancelled.');
        const polls = clock.slept.length;
        await new Promise((later) => setTimeout(later, 50));
        assert.ok(clock.slept.length <= polls + 1);
      },
    );
  });
});
