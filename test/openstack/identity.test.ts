import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHttp } from '../../src/base/http.ts';
import { authRequest, type Scope } from '../../src/openstack/authRequest.ts';
import { cloudConfig } from '../../src/openstack/cloudConfig.ts';
import { Identity } from '../../src/openstack/identity.ts';
import { TestClock } from '../support/scriptedCloud.ts';
import { type Script, scriptedServer } from '../support/scriptedServer.ts';

function config(entry: object) {
  const result = cloudConfig('demo', entry, undefined, { publicClouds: {} });
  assert.ok(result.ok);
  return result.value;
}

const url = 'https://k.example/v3';
const alice = { auth_url: url, username: 'alice', password: 'secret', user_domain_name: 'Users' };

/** Entry and scope → the body that is sent, or the sentence when it cannot be made. */
const requests: readonly (readonly [title: string, entry: object, scope: Scope, body: unknown])[] = [
  [
    'a password for the project of the entry',
    { auth: { ...alice, project_name: 'demo', project_domain_id: 'default' } },
    { kind: 'configured' },
    {
      auth: {
        identity: { methods: ['password'], password: { user: { name: 'alice', domain: { name: 'Users' }, password: 'secret' } } },
        scope: { project: { name: 'demo', domain: { id: 'default' } } },
      },
    },
  ],
  [
    'a user by id without domains, unscoped on purpose',
    { auth: { auth_url: url, user_id: 'u', password: 'secret' } },
    { kind: 'unscoped' },
    { auth: { identity: { methods: ['password'], password: { user: { id: 'u', password: 'secret' } } }, scope: 'unscoped' } },
  ],
  [
    'a domain',
    { auth: { ...alice, domain_name: 'acme' } },
    { kind: 'configured' },
    {
      auth: {
        identity: { methods: ['password'], password: { user: { name: 'alice', domain: { name: 'Users' }, password: 'secret' } } },
        scope: { domain: { name: 'acme' } },
      },
    },
  ],
  [
    'an application credential never sends a scope',
    {
      auth_type: 'v3applicationcredential',
      auth: { auth_url: url, application_credential_id: 'id', application_credential_secret: 's', project_id: 'p' },
    },
    { kind: 'project', id: 'other' },
    { auth: { identity: { methods: ['application_credential'], application_credential: { id: 'id', secret: 's' } } } },
  ],
  [
    'an application credential by name needs its user',
    {
      auth_type: 'v3applicationcredential',
      auth: { ...alice, application_credential_name: 'n', application_credential_secret: 's' },
    },
    { kind: 'configured' },
    {
      auth: {
        identity: {
          methods: ['application_credential'],
          application_credential: { name: 'n', secret: 's', user: { name: 'alice', domain: { name: 'Users' } } },
        },
      },
    },
  ],
  [
    'a token for a project',
    { auth_type: 'token', auth: { auth_url: url, token: 't', project_id: 'p' } },
    { kind: 'configured' },
    { auth: { identity: { methods: ['token'], token: { id: 't' } }, scope: { project: { id: 'p' } } } },
  ],
  [
    'a trust brings its own scope',
    { auth: { ...alice, trust_id: 't' } },
    { kind: 'project', id: 'other' },
    {
      auth: {
        identity: { methods: ['password'], password: { user: { name: 'alice', domain: { name: 'Users' }, password: 'secret' } } },
        scope: { 'OS-TRUST:trust': { id: 't' } },
      },
    },
  ],
  [
    'a password and a passcode together, for the system',
    {
      auth_type: 'v3multifactor',
      auth_methods: ['v3password', 'v3totp'],
      auth: { auth_url: url, user_id: 'u', password: 'secret', passcode: '123456', system_scope: 'all' },
    },
    { kind: 'configured' },
    {
      auth: {
        identity: {
          methods: ['password', 'totp'],
          password: { user: { id: 'u', password: 'secret' } },
          totp: { user: { id: 'u', passcode: '123456' } },
        },
        scope: { system: { all: true } },
      },
    },
  ],
  [
    'a missing passcode',
    { auth_type: 'v3totp', auth: { auth_url: url, user_id: 'u' } },
    { kind: 'configured' },
    'signedOut: Cloud demo has no passcode in its configuration. Sign in.',
  ],
  [
    'a missing password',
    { auth: { auth_url: url, username: 'alice' } },
    { kind: 'configured' },
    'signedOut: Cloud demo has no password in its configuration. Sign in.',
  ],
  [
    'another auth type',
    { auth_type: 'v3kerberos', auth: { auth_url: url } },
    { kind: 'configured' },
    'unsupported: Cloud demo wants auth_type v3kerberos, which is not supported; supported are password, v3password, token, v3token, v3applicationcredential, v3totp, v3multifactor, v3websso, v3oidcauthcode, v3oidcdeviceauthz, v3oidcpassword, v3oidcclientcredentials, v3oidcaccesstoken, admin_token, none.',
  ],
];

for (const [title, entry, scope, body] of requests) {
  test(`what is sent to sign in: ${title}`, () => {
    const result = authRequest(config(entry), scope);
    assert.deepEqual(result.ok ? result.value : `${result.failure.reason}: ${result.failure.message}`, body);
  });
}

/** A token answer; which project it is for follows from the request. */
function token(body: string, value: string) {
  const { scope } = JSON.parse(body).auth;
  const project =
    scope === 'unscoped' || scope === undefined
      ? undefined
      : { id: scope.project.id ?? 'demo-id', name: 'demo', domain: { name: 'Default' } };
  return {
    status: 201,
    headers: { 'x-subject-token': value, date: 'Thu, 01 Jan 2026 12:00:00 GMT' },
    json: {
      token: {
        expires_at: '2026-01-01T13:00:00Z',
        user: { id: 'u', name: 'alice' },
        roles: [],
        catalog: [],
        ...(project && { project }),
      },
    },
  };
}

async function withIdentity(
  script: Script,
  body: (identity: Identity, asked: () => readonly string[], clock: TestClock) => Promise<void>,
  more: object = {},
) {
  await using server = await scriptedServer(script);
  const http = createHttp();
  const clock = new TestClock();
  const entry = config({ auth: { ...alice, auth_url: server.url, project_name: 'demo', ...more } });
  await body(
    new Identity({ config: entry, http, tls: {}, clock }),
    () => server.seen.map(({ method, url: path, body: sent }) => `${method} ${path} ${methodsIn(sent)}`.trim()),
    clock,
  );
  http.dispose();
}

function methodsIn(body: string): string {
  return body === '' ? '' : JSON.parse(body).auth.identity.methods.join(' ');
}

test('another project comes by the token at hand; where that is refused, by the password', async () => {
  let allowed = true;
  await withIdentity(
    {
      'POST /v3/auth/tokens': ({ body }, earlier) =>
        !allowed && body.includes('"token"')
          ? { status: 403, json: { error: { message: 'rescope' } } }
          : token(body, `t${earlier}`),
    },
    async (identity, asked) => {
      assert.ok((await identity.token({ kind: 'configured' })).ok);
      assert.ok((await identity.token({ kind: 'project', id: 'one' })).ok);
      allowed = false;
      assert.ok((await identity.token({ kind: 'project', id: 'two' })).ok);
      assert.deepEqual(asked(), [
        'POST /v3/auth/tokens password',
        'POST /v3/auth/tokens token',
        'POST /v3/auth/tokens token',
        'POST /v3/auth/tokens password',
      ]);
    },
  );
});

test('a project that is not the user’s, where tokens may not be changed for others, is no wrong password either', async () => {
  await withIdentity(
    {
      'POST /v3/auth/tokens': ({ body }, earlier) => {
        if (methodsIn(body) === 'token') return { status: 403, json: { error: { message: 'rescope' } } };
        return body.includes('"foreign"') ? { status: 401 } : token(body, `t${earlier}`);
      },
      'HEAD /v3/auth/tokens': { status: 200 },
    },
    async (identity) => {
      const open = async (id: string) => {
        const answer = await identity.token({ kind: 'project', id });
        return answer.ok ? 'signed in' : `${answer.failure.reason}: ${answer.failure.message}`;
      };
      assert.ok((await identity.token({ kind: 'configured' })).ok);
      const told = 'forbidden: Cloud demo signed alice in, but does not let alice into this project. Choose another one.';
      assert.deepEqual([await open('foreign'), await open('own')], [told, 'signed in']);
    },
  );
});

for (const [status, told, askedThen] of [
  [
    200,
    'forbidden: Cloud demo signed alice in, but does not let alice into this project. Choose another one.',
    ['POST /v3/auth/tokens token', 'HEAD /v3/auth/tokens'],
  ],
  [404, 'signed in', ['POST /v3/auth/tokens token', 'HEAD /v3/auth/tokens', 'POST /v3/auth/tokens password']],
] as const) {
  test(`a project that the token at hand does not open, where that token is ${status === 200 ? 'good' : 'revoked'}`, async () => {
    await withIdentity(
      {
        'POST /v3/auth/tokens': ({ body }, earlier) =>
          methodsIn(body) === 'token' && body.includes('"foreign"') ? { status: 401 } : token(body, `t${earlier}`),
        'HEAD /v3/auth/tokens': ({ headers }) => {
          assert.deepEqual([headers['x-auth-token'], headers['x-subject-token']], ['t0', 't0']);
          return { status };
        },
      },
      async (identity, asked) => {
        const open = async (id: string) => {
          const answer = await identity.token({ kind: 'project', id });
          return answer.ok ? 'signed in' : `${answer.failure.reason}: ${answer.failure.message}`;
        };
        assert.ok((await identity.token({ kind: 'configured' })).ok);
        assert.equal(await open('foreign'), told);
        assert.equal(await open('one'), 'signed in');
        assert.deepEqual(asked().slice(1), [...askedThen, 'POST /v3/auth/tokens token']);
      },
    );
  });
}

/** What the user may open, asked with a token that was revoked, and what then is asked again with the next one. */
const openTo: readonly (readonly [
  what: string,
  ask: (identity: Identity) => Promise<unknown>,
  answer: unknown,
  sorts: readonly string[],
])[] = [
  ['projects', (identity) => identity.projects(), [{ id: 'one', name: 'one' }], ['projects']],
  [
    'scopes',
    (identity) => identity.scopes(['acme']),
    { domains: [{ id: 'd', name: 'Users' }], system: true, names: { d: 'Users', acme: 'Acme' } },
    ['domains', 'system'],
  ],
];

for (const [what, ask, answer, sorts] of openTo) {
  test(`a revoked token is renewed once for a list of ${what}; a new one that is refused, too, is said`, async () => {
    for (const [accepted, expected] of [
      ['t1', { ok: true, value: answer }],
      ['none', "signedOut: Cloud demo did not accept alice's password. Sign in again."],
    ] as const) {
      const only = (json: object) => (request: { readonly headers: Readonly<Record<string, unknown>> }) =>
        request.headers['x-auth-token'] === accepted ? { json } : { status: 401 };
      await withIdentity(
        {
          'POST /v3/auth/tokens': ({ body }, earlier) => token(body, `t${earlier}`),
          'GET /v3/auth/projects': only({ projects: [{ id: 'one', name: 'one' }] }),
          'GET /v3/auth/domains': only({ domains: [{ id: 'd', name: 'Users' }] }),
          'GET /v3/auth/system': only({ system: [{ all: true }] }),
          'GET /v3/domains/acme': only({ domain: { name: 'Acme' } }),
        },
        async (identity, asked) => {
          const given = (await ask(identity)) as { ok: boolean; failure: { reason: string; message: string } };
          assert.deepEqual(given.ok ? given : `${given.failure.reason}: ${given.failure.message}`, expected);
          const signIn = 'POST /v3/auth/tokens password';
          const lists = sorts.map((sort) => `GET /v3/auth/${sort}`);
          const told = asked().filter((line) => !line.endsWith('/acme'));
          assert.deepEqual(told.toSorted(), [...lists, ...lists, signIn, signIn].sort());
        },
      );
    }
  });
}

test('twenty questions at once sign in once; the configured project needs no second token', async () => {
  await withIdentity({ 'POST /v3/auth/tokens': ({ body }) => token(body, 't') }, async (identity, asked) => {
    await Promise.all(Array.from({ length: 20 }, () => identity.token({ kind: 'configured' })));
    assert.ok((await identity.token({ kind: 'project', id: 'demo-id' })).ok);
    assert.equal(asked().length, 1);
  });
});

test('a refused password is not sent again for half a minute, and then is', async () => {
  await withIdentity(
    { 'POST /v3/auth/tokens': { status: 401, json: { error: { code: 401, message: 'no' } } } },
    async (identity, asked, clock) => {
      const sentence = async () => {
        const answer = await identity.token({ kind: 'configured' });
        return answer.ok ? '' : answer.failure.message;
      };
      assert.equal(await sentence(), "Cloud demo did not accept alice's password. Sign in again.");
      assert.equal(await sentence(), "Cloud demo did not accept alice's password. Sign in again.");
      assert.equal(asked().length, 1);
      clock.pass(31_000);
      await sentence();
      assert.equal(asked().length, 2);
    },
  );
});

test('a receipt is answered with the missing factor, which is asked for; one that nobody can give is named', async () => {
  for (const [rule, expected, calls] of [
    [['password', 'totp'], 'signed in, asked for passcode', 2],
    [['password', 'saml2'], 'unsupported: Cloud demo wants a further factor that is not supported: saml2.', 1],
  ] as const) {
    await using server = await scriptedServer({
      'POST /v3/auth/tokens': ({ headers, body }) =>
        headers['openstack-auth-receipt'] === 'canary-receipt' && methodsIn(body) === 'totp'
          ? token(body, 't')
          : {
              status: 401,
              headers: { 'openstack-auth-receipt': 'canary-receipt' },
              json: { receipt: { methods: ['password'] }, required_auth_methods: [rule] },
            },
    });
    const http = createHttp();
    const asked: string[] = [];
    const askSecret = async (_cloud: string, _user: string | undefined, what: string) => {
      asked.push(what);
      return '123456';
    };
    const entry = config({ auth: { ...alice, auth_url: server.url, project_name: 'demo' } });
    const answer = await new Identity({ config: entry, http, tls: {}, askSecret }).token({ kind: 'configured' });
    assert.equal(
      answer.ok ? `signed in, asked for ${asked.join()}` : `${answer.failure.reason}: ${answer.failure.message}`,
      expected,
    );
    assert.equal(server.seen.length, calls);
    http.dispose();
  }
});

test('a fixed token, and none at all, are sent nowhere to be exchanged', async () => {
  const http = createHttp();
  for (const [entry, value] of [
    [{ auth_type: 'admin_token', auth: { endpoint: 'https://s.example', token: 'canary-token' } }, 'canary-token'],
    [{ auth_type: 'none', auth: { endpoint: 'https://s.example' } }, ''],
  ] as const) {
    const answer = await new Identity({ config: config(entry), http, tls: {} }).token({ kind: 'configured' });
    assert.equal(answer.ok ? answer.value.value : answer.failure.message, value);
  }
  http.dispose();
});

test('a clock that is ten minutes wrong does not matter: the server’s own counts', async () => {
  await withIdentity({ 'POST /v3/auth/tokens': ({ body }) => token(body, 't') }, async (identity, _asked, clock) => {
    clock.pass(600_000);
    const answer = await identity.token({ kind: 'configured' });
    assert.ok(answer.ok);
    assert.equal(answer.value.expiresAt - clock.now(), 3_600_000);
  });
});

test('signing out revokes every token there is', async () => {
  await withIdentity(
    { 'POST /v3/auth/tokens': ({ body }, earlier) => token(body, `t${earlier}`), 'DELETE /v3/auth/tokens': { status: 204 } },
    async (identity, asked) => {
      await identity.token({ kind: 'configured' });
      await identity.token({ kind: 'project', id: 'one' });
      await identity.signOut();
      assert.deepEqual(asked().slice(2), ['DELETE /v3/auth/tokens', 'DELETE /v3/auth/tokens']);
    },
  );
});

test('what answers but is no identity service is told apart', async () => {
  const answers: readonly (readonly [Script, RegExp])[] = [
    [
      { 'POST /v3/auth/tokens': { status: 201, json: { hello: 'world' } } },
      /^malformed: .*did not answer as an identity service/,
    ],
    [
      { 'POST /v3/auth/tokens': { text: '<html>', headers: { 'content-type': 'text/html' } } },
      /^malformed: .*web page instead of its API/,
    ],
    [{}, /^malformed: .*is not an identity service of version 3 \(status 404\)/],
    [{ 'POST /v3/auth/tokens': { status: 500 } }, /^unavailable: The identity service of cloud demo failed/],
  ];
  for (const [script, expected] of answers) {
    await withIdentity(script, async (identity) => {
      const answer = await identity.token({ kind: 'configured' });
      assert.match(answer.ok ? '' : `${answer.failure.reason}: ${answer.failure.message}`, expected);
    });
  }
});
