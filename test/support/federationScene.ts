import assert from 'node:assert/strict';
import type { Result } from '../../src/base/failure.ts';
import { createHttp, type Http } from '../../src/base/http.ts';
import type { Logger } from '../../src/base/logger.ts';
import { problemOf } from '../../src/openstack/authRequest.ts';
import { type CloudConfig, cloudConfig } from '../../src/openstack/cloudConfig.ts';
import { Federation } from '../../src/openstack/federation.ts';
import { Identity } from '../../src/openstack/identity.ts';
import type { AskSecret } from '../../src/openstack/interaction.ts';
import type { Token } from '../../src/openstack/token.ts';
import { freePort } from './freePort.ts';
import { TestClock } from './scriptedCloud.ts';
import {
  browse,
  type KeystoneOptions,
  type ProviderOptions,
  type ScriptedPages,
  scriptedKeystone,
  scriptedPages,
  scriptedProvider,
} from './scriptedFederation.ts';
import type { ScriptedServer } from './scriptedServer.ts';

/** What a scene asked, as {@link Scene.asked} writes it. */
export const asks = {
  vouch: 'keystone POST /v3/OS-FEDERATION/identity_providers/one/protocols/openid/auth',
  rescope: 'keystone POST /v3/auth/tokens',
  discovery: 'provider GET /.well-known/openid-configuration',
} as const;

/** What is said where nobody asked to sign in. */
export const unattended = (authType: string) =>
  `signedOut: Cloud demo wants a person at a browser to sign in (auth_type ${authType}). Sign in; where nobody is present, use an application credential.`;

/** The entry as merged. */
export function config(entry: object): CloudConfig {
  const result = cloudConfig('demo', entry, undefined, { publicClouds: {} });
  assert.ok(result.ok);
  return result.value;
}

/** One cloud with its provider, Keystone and person. */
export interface Scene {
  readonly identity: Identity;
  readonly http: Http;
  readonly clock: TestClock;
  readonly keystone: Awaited<ReturnType<typeof scriptedKeystone>>;
  readonly provider: ScriptedServer;
  readonly pages: ScriptedPages;
  /** Where the browser comes back to. */
  readonly port: number;
  /** The configured scope's token as one line: whose it is and for what, or the failure with the servers' addresses put as `keystone`, `provider`. */
  signIn(signal?: AbortSignal): Promise<string>;
  /** What both were asked since the last look, in one line each: `provider POST /token password`. */
  asked(): readonly string[];
}

export interface SceneOptions {
  readonly provider?: ProviderOptions;
  readonly keystone?: Partial<KeystoneOptions>;
  readonly pages?: ScriptedPages;
  readonly askSecret?: AskSecret;
}

/**
 * A cloud whose user signs in at a provider; `auth` is put beside addresses, provider `one` and protocol `openid`. Whatever is secret begins with `canary`; a scene in which
 * a failure or a log line has one, or a proof, a state or a code, fails.
 */
export async function scene(authType: string, auth: object, options: SceneOptions, body: (scene: Scene) => Promise<void>) {
  const clock = new TestClock();
  const said: string[] = [];
  const line = (message: string) => void said.push(message);
  const logger: Logger = { trace: line, debug: line, info: line, warn: line, error: line };
  const http = createHttp(logger);
  const port = await freePort();
  const trusted = `http://localhost:${port}/auth/websso/`;
  await using provider = await scriptedProvider(options.provider);
  await using keystone = await scriptedKeystone({ clock, trusted, ...options.keystone });
  const common = {
    auth_url: keystone.url,
    identity_provider: 'one',
    protocol: 'openid',
    client_id: 'hybrid',
    discovery_endpoint: `${provider.url}/.well-known/openid-configuration`,
    redirect_port: port,
    project_name: 'demo',
  };
  const entry = config({ auth_type: authType, auth: { ...common, ...auth } });
  assert.equal(problemOf(entry), undefined);
  const pages = options.pages ?? scriptedPages(async ({ url }) => void (await browse(url)));
  const federation = new Federation({ config: entry, clock, pages, askSecret: options.askSecret });
  const identity = new Identity({ config: entry, http, tls: {}, clock, federation });
  const plain = (text: string) =>
    text
      .replaceAll(new URL(provider.url).host, 'provider')
      .replaceAll(new URL(keystone.url).host, 'keystone')
      .replaceAll(String(port), 'PORT');
  const looked = [0, 0];
  const since = (server: ScriptedServer, index: number, name: string) => {
    const fresh = server.seen.slice(looked[index]);
    looked[index] = server.seen.length;
    return fresh.map(({ method, url, body: sent }) =>
      `${name} ${method} ${url.replace(/\?.*/, '')} ${new URLSearchParams(sent).get('grant_type')?.replace(/.*:/, '') ?? ''}`.trim(),
    );
  };
  await body({
    identity,
    http,
    clock,
    keystone,
    provider,
    pages,
    port,
    signIn: async (signal) => {
      const token = await identity.token({ kind: 'configured' }, signal);
      if (!token.ok) said.push(JSON.stringify(token.failure));
      return plain(wordsOf(token));
    },
    asked: () => [...since(provider, 0, 'provider'), ...since(keystone, 1, 'keystone')],
  });
  http.dispose();
  assert.ok(said.length > 0);
  const told = said.filter((text) => /canary|WDJB|code_verifier|code_challenge|state=/.test(text));
  assert.deepEqual(told, []);
}

/** Whose token it is and for what, or the failure. */
export function wordsOf(answer: Result<Token>): string {
  return answer.ok
    ? `${answer.value.user.name} in ${answer.value.project?.name ?? 'no project'}`
    : `${answer.failure.reason}: ${answer.failure.message}`;
}
