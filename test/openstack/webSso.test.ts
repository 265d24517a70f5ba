import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asks, scene, wordsOf } from '../support/federationScene.ts';
import { browse, scriptedPages, submit } from '../support/scriptedFederation.ts';

describe('WebSSO', () => {
  it('the browser brings the token, which is looked at before it is used', () =>
    scene('v3websso', {}, {}, async ({ signIn, asked, pages, keystone, port }) => {
      assert.equal(await signIn(), 'one-user in demo');
      const origin = `http://localhost:${port}/auth/websso/`;
      const start = `${keystone.url}/v3/auth/OS-FEDERATION/identity_providers/one/protocols/openid/websso?origin=${encodeURIComponent(origin)}`;
      assert.deepEqual(pages.shown, [{ cloud: 'demo', url: start, paste: 'token', callback: origin }]);
      assert.deepEqual(asked().slice(1), ['keystone GET /v3/auth/tokens', asks.rescope]);
    }));

  it('without an identity provider Keystone chooses it; without a project the token is for none', () =>
    scene('v3websso', { identity_provider: '', project_name: '' }, {}, async ({ signIn, pages, identity }) => {
      assert.equal(await signIn(), 'one-user in no project');
      assert.match(pages.shown[0]?.url ?? '', /\/v3\/auth\/OS-FEDERATION\/websso\/openid\?origin=/);
      const projects = await identity.projects();
      assert.deepEqual(projects, { ok: true, value: [{ id: 'demo-id', name: 'demo' }] });
      assert.equal(wordsOf(await identity.token({ kind: 'project', id: 'demo-id' })), 'one-user in demo');
      assert.equal(pages.shown.length, 1);
    }));

  it('what does not look like Keystone’s form is refused, and the wait goes on', async () => {
    const statuses: unknown[] = [];
    const pages = scriptedPages(async ({ url, callback = '' }) => {
      const keystone = new URL(url).origin;
      const token = { token: 'canary-of-someone-else' };
      statuses.push(await submit(callback, token, { origin: 'https://evil.example' }));
      statuses.push(await submit(callback, token, { origin: 'null', referer: 'https://evil.example/page' }));
      statuses.push(await submit(callback, token, { origin: keystone, 'sec-fetch-mode': 'no-cors' }));
      statuses.push(await submit(callback, { token: 'two words' }, { origin: keystone }));
      statuses.push(await submit(callback.replace('/websso/', '/websso'), token, { origin: keystone }));
      statuses.push((await fetch(callback)).status);
      statuses.push(await browse(url));
      statuses.push(await submit(callback, token, { origin: keystone }));
      return undefined;
    });
    await scene('v3websso', {}, { pages }, async ({ signIn }) => {
      assert.equal(await signIn(), 'one-user in demo');
      await pages.idle();
      assert.deepEqual(statuses, [403, 403, 403, 400, 404, 405, 200, 'ECONNREFUSED']);
    });
  });

  it('a token that Keystone does not know is not believed', async () => {
    const pages = scriptedPages(async ({ callback = '' }) => void (await submit(callback, { token: 'canary-forged' })));
    await scene('v3websso', {}, { pages }, async ({ signIn }) =>
      assert.equal(await signIn(), 'signedOut: Cloud demo did not accept the token that the browser brought. Sign in again.'),
    );
  });

  it('where the port is taken, or the origin is not this machine’s, the token is pasted', async () => {
    for (const [more, trouble] of [
      [{}, 'port PORT is taken by another program'],
      [{ redirect_host: 'sso.example' }, 'http://sso.example:PORT/auth/websso/ is not on this machine'],
    ] as const) {
      const { createServer } = await import('node:net');
      const other = createServer();
      const pages = scriptedPages(async () => ({ pasted: ' canary-token-1\n' }));
      await scene('v3websso', more, { pages }, async ({ signIn, port, keystone }) => {
        await new Promise<void>((listening) => other.listen(port, '127.0.0.1', listening));
        const url = `${keystone.url}/v3/auth/OS-FEDERATION/websso/openid?origin=http://localhost:${port}/auth/websso/`;
        await fetch(url);
        assert.equal(await signIn(), 'one-user in demo');
        assert.deepEqual(pages.shown[0]?.callback, undefined);
        assert.equal(pages.shown[0]?.trouble?.replace(String(port), 'PORT'), trouble);
      });
      await new Promise((closed) => other.close(closed));
    }
    const pages = scriptedPages(async () => ({ pasted: 'canary and words' }));
    await scene('v3websso', {}, { pages }, async ({ signIn }) =>
      assert.equal(await signIn(), 'invalid: What was pasted is not a token. Sign in to cloud demo again.'),
    );
  });

  it('who does not come back in time is not signed in, and reads what Keystone must be told', () =>
    scene('v3websso', { login_timeout: 0.05 }, { pages: scriptedPages(async () => undefined) }, async ({ signIn }) =>
      assert.equal(
        await signIn(),
        "signedOut: Cloud demo was not signed in to: no answer came from the browser within 0 s. The cloud's operator must list http://localhost:PORT/auth/websso/ as a trusted_dashboard of Keystone.",
      ),
    ));

  it('who gives up is not signed in, and the port is free again', async () => {
    await scene('v3websso', {}, { pages: scriptedPages(async () => 'closed') }, async ({ signIn, port }) => {
      assert.equal(await signIn(), 'cancelled: Signing in to cloud demo was cancelled.');
      assert.equal(await submit(`http://localhost:${port}/auth/websso/`, { token: 'canary-late' }), 'ECONNREFUSED');
    });
    const leave = new AbortController();
    const pages = scriptedPages(async () => void leave.abort());
    await scene('v3websso', {}, { pages }, async ({ signIn, port }) => {
      assert.equal(await signIn(leave.signal), 'cancelled: Cancelled.');
      assert.equal(await submit(`http://localhost:${port}/auth/websso/`, { token: 'canary-late' }), 'ECONNREFUSED');
    });
  });

  it('many who ask at once open one page', () =>
    scene('v3websso', {}, { keystone: { projects: ['demo-id', 'other-id'] } }, async ({ identity, pages, signIn }) => {
      const all = await Promise.all([
        ...Array.from({ length: 20 }, () => signIn()),
        identity.token({ kind: 'project', id: 'other-id' }).then(wordsOf),
      ]);
      assert.deepEqual(new Set(all), new Set(['one-user in demo', 'one-user in other']));
      assert.equal(pages.shown.length, 1);
    }));
});
