import { createHash } from 'node:crypto';
import { request } from 'node:http';
import type { Clock } from '../../src/base/clock.ts';
import type { PageOutcome, SignInPage, SignInPages } from '../../src/openstack/interaction.ts';
import { type Reply, type Script, type ScriptedServer, type SeenRequest, scriptedServer } from './scriptedServer.ts';

/** What an identity provider does when it is asked again and again about a device: its words in order, the last one for ever; `ok` is a grant, `lost` a connection that breaks. */
export type DeviceWords = readonly string[];

export interface ProviderOptions {
  readonly device?: DeviceWords;
  /** More members of the answer of the device endpoint; undefined ones are left out. */
  readonly deviceAnswer?: object;
  /** What the user does at the page: `allow` or OAuth's word. */
  readonly user?: string;
  /** Whether a refresh token is given. */
  readonly refreshes?: boolean;
  /** What every refusal says in its own words. */
  readonly description?: string;
  readonly discovery?: object;
  /** What the provider calls the user. */
  readonly username?: string;
  /** Named in the answer of the page (RFC 9207). */
  readonly iss?: string;
}

const form = ({ body }: SeenRequest) => new URLSearchParams(body);
const query = ({ url }: SeenRequest) => new URL(url, 'http://here').searchParams;

/** An identity provider of OpenID Connect on loopback. Answers as RFC 6749, 7636, 8414 and 8628 have them; a wrong proof, secret or redirect address is refused. */
export async function scriptedProvider(options: ProviderOptions = {}): Promise<ScriptedServer> {
  const codes = new Map<string, URLSearchParams>();
  let issued = 0;
  const grant = (): Reply => {
    const n = ++issued;
    const refresh = options.refreshes ? { refresh_token: `canary-refresh-${n}` } : {};
    return {
      json: { access_token: `canary-access-${n}`, id_token: `canary-id-${n}`, token_type: 'Bearer', expires_in: 300, ...refresh },
    };
  };
  const refuse = (error: string, status = 400): Reply => ({
    status,
    json: { error, ...(options.description && { error_description: options.description }) },
  });
  const ways: Readonly<Record<string, (asked: URLSearchParams, earlier: number) => Reply>> = {
    password: (asked) => (asked.get('password') === 'canary-password' ? grant() : refuse('invalid_grant')),
    client_credentials: grant,
    refresh_token: (asked) => (asked.get('refresh_token') === `canary-refresh-${issued}` ? grant() : refuse('invalid_grant')),
    authorization_code: (asked) => {
      const code = asked.get('code') ?? '';
      const page = codes.get(code);
      codes.delete(code);
      const verifier = asked.get('code_verifier');
      const proof = verifier === null ? null : createHash('sha256').update(verifier).digest('base64url');
      const good =
        page !== undefined && page.get('code_challenge') === proof && page.get('redirect_uri') === asked.get('redirect_uri');
      return good || code === 'canary-given-code' ? grant() : refuse('invalid_grant');
    },
    'urn:ietf:params:oauth:grant-type:device_code': (_asked, earlier) => {
      const words = options.device ?? ['ok'];
      const word = words[Math.min(earlier, words.length - 1)] ?? 'ok';
      if (word === 'lost') return { raw: (response) => response.destroy() };
      return word === 'ok' ? grant() : refuse(word);
    },
  };
  return scriptedServer((url) => ({
    'GET /.well-known/openid-configuration': {
      json: {
        issuer: url,
        token_endpoint: `${url}/token`,
        authorization_endpoint: `${url}/authorize?tenant=one`,
        device_authorization_endpoint: `${url}/device`,
        ...options.discovery,
      },
    },
    'GET /authorize': (seen) => {
      const asked = query(seen);
      const back = new URL(asked.get('redirect_uri') ?? '');
      const code = `canary-code-${codes.size}`;
      codes.set(code, asked);
      const denied = options.user !== undefined && options.user !== 'allow';
      const words = denied ? { error: options.user, error_description: options.description ?? '' } : { code };
      for (const [name, value] of Object.entries({ ...words, state: asked.get('state') ?? '', iss: options.iss ?? url }))
        back.searchParams.set(name, value);
      return { status: 302, headers: { location: back.href } };
    },
    'GET /userinfo': ({ headers }) =>
      /^Bearer canary-access-\d+$/.test(headers.authorization ?? '')
        ? { json: { sub: 'a1', iss: url, preferred_username: options.username ?? 'alice' } }
        : { status: 401, json: { error: 'invalid_token' } },
    'POST /device': (seen) => ({
      json: {
        device_code: 'canary-device-code',
        user_code: 'WDJB-MJHT',
        verification_uri: `${url}/activate`,
        expires_in: 1800,
        interval: 5,
        // Said back, so that a test sees what was asked with.
        asked: Object.fromEntries(form(seen)),
        ...options.deviceAnswer,
      },
    }),
    'POST /token': (seen, earlier) => {
      const asked = form(seen);
      const secret = Buffer.from((seen.headers.authorization ?? '').replace('Basic ', ''), 'base64').toString();
      if (asked.get('client_id') !== 'hybrid' || !['', 'hybrid:canary-secret'].includes(secret))
        return refuse('invalid_client', 401);
      return ways[asked.get('grant_type') ?? '']?.(asked, earlier) ?? refuse('unsupported_grant_type');
    },
  }));
}

export interface KeystoneOptions {
  readonly clock: Clock;
  /** The one origin that its operator trusts. */
  readonly trusted?: string;
  /** Projects of the user, by id. */
  readonly projects?: readonly string[];
  /** Life of an unscoped token in ms; those made of it end with it. */
  readonly lifeMs?: number;
}

/** A Keystone with the identity providers `one` and `two` and the protocol `openid`. It vouches for what the providers issue, once for each access token. Answers as the identity API reference has them. */
export async function scriptedKeystone({ clock, trusted, projects = ['demo-id'], lifeMs = 3_600_000 }: KeystoneOptions) {
  const alive = new Map<string, { readonly user: string; readonly expires: string }>();
  let issued = 0;
  const newToken = (user: string, expires = new Date(clock.now() + lifeMs).toISOString()) => {
    const value = `canary-token-${++issued}`;
    alive.set(value, { user, expires });
    return value;
  };
  const answer = (value: string, status: number, project?: string): Reply => {
    const { user = '', expires = '' } = alive.get(value) ?? {};
    return {
      status,
      headers: { 'x-subject-token': value, date: new Date(clock.now()).toUTCString() },
      json: {
        token: {
          expires_at: expires,
          user: { id: user, name: user },
          roles: [],
          ...(project !== undefined && {
            project: { id: project, name: project.replace('-id', ''), domain: { name: 'Default' } },
            catalog: [],
          }),
        },
      },
    };
  };
  const no: Reply = {
    status: 401,
    json: { error: { code: 401, message: 'The request you have made requires authentication.' } },
  };
  const vouch =
    (provider: string) =>
    ({ headers }: SeenRequest) => {
      const bearer = /^Bearer (canary-(?:access|id)-\d+)$/.exec(headers.authorization ?? '')?.[1];
      return bearer ? answer(newToken(`${provider}-user`), 201) : no;
    };
  const page =
    (provider: string) =>
    (seen: SeenRequest): Reply => {
      const origin = query(seen).get('origin') ?? '';
      if (origin !== trusted) return no;
      const token = newToken(`${provider}-user`);
      return { text: `<form method="post" action="${origin}"><input name="token" value="${token}"></form>` };
    };
  const known = ({ headers }: SeenRequest) => {
    const value = String(headers['x-subject-token']);
    return alive.has(value) && headers['x-auth-token'] === value ? answer(value, 200) : no;
  };
  const script: Script = {
    ...Object.fromEntries(
      ['one', 'two'].flatMap((provider) => [
        [`POST /v3/OS-FEDERATION/identity_providers/${provider}/protocols/openid/auth`, vouch(provider)],
        [`GET /v3/auth/OS-FEDERATION/identity_providers/${provider}/protocols/openid/websso`, page(provider)],
      ]),
    ),
    'GET /v3/auth/OS-FEDERATION/websso/openid': page('one'),
    'GET /v3/auth/tokens': known,
    'HEAD /v3/auth/tokens': known,
    'DELETE /v3/auth/tokens': ({ headers }) => ({ status: alive.delete(String(headers['x-subject-token'])) ? 204 : 404 }),
    'GET /v3/auth/projects': { json: { projects: projects.map((id) => ({ id, name: id.replace('-id', '') })) } },
    'POST /v3/auth/tokens': ({ body }) => {
      const { identity, scope } = JSON.parse(body).auth;
      const parent = alive.get(identity.token?.id);
      const project = scope?.project?.id ?? `${scope?.project?.name}-id`;
      if (!parent || !projects.includes(project)) return no;
      return answer(newToken(parent.user, parent.expires), 201, project);
    },
  };
  const server = await scriptedServer(script);
  /** As if an administrator had ended every session. */
  return { ...server, revokeAll: () => alive.clear() };
}

/** Opens the address as a browser does: follows what leads elsewhere, submits the form that a page holds. The status of the last answer. */
export async function browse(address: string): Promise<number | string> {
  const answer = await fetch(address, { redirect: 'manual' });
  const next = answer.headers.get('location');
  if (next !== null) return browse(next);
  const [, action, token] = /action="([^"]+)".*value="([^"]+)"/.exec(await answer.text()) ?? [];
  if (action === undefined || token === undefined) return answer.status;
  return submit(
    action,
    { token },
    { origin: new URL(address).origin, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
  );
}

/** Sends a form as a page does that was left for it; the status, or Node's word for what the connection came to. */
export function submit(action: string, fields: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}) {
  const form = { 'content-type': 'application/x-www-form-urlencoded', ...headers };
  return new Promise<number | string>((resolve) => {
    // `fetch` writes fetch metadata of its own.
    const sent = request(action, { method: 'POST', headers: form, agent: false }, (answer) =>
      resolve(answer.resume().statusCode ?? 0),
    );
    sent.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    sent.end(new URLSearchParams(fields).toString());
  });
}

export interface ScriptedPages extends SignInPages {
  readonly shown: SignInPage[];
  /** Once the person has done with every page; their last deed may come after the answer. */
  idle(): Promise<unknown>;
}

/** A person who does `act` with each page: what they paste, `closed` to give up, undefined to wait for the browser. */
export function scriptedPages(act: (page: SignInPage) => Promise<PageOutcome | undefined>, attended = true): ScriptedPages {
  const shown: SignInPage[] = [];
  const deeds: Promise<unknown>[] = [];
  return {
    shown,
    idle: () => Promise.all(deeds),
    attended: () => attended,
    show: async (page, answered) => {
      shown.push(page);
      const gone = new Promise<PageOutcome>((resolve) =>
        answered.addEventListener('abort', () => resolve('closed'), { once: true }),
      );
      const deed = act(page);
      deeds.push(deed);
      return (await deed) ?? gone;
    },
  };
}
