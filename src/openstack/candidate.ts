import { failed, type Result, success } from '../base/failure.ts';
import type { Http, TlsOptions } from '../base/http.ts';
import { jsonOf } from '../base/jsonBody.ts';
import { problemOf } from './authRequest.ts';
import type { CloudSummary, ProjectRef } from './cloud.ts';
import { cloudConfig } from './cloudConfig.ts';
import { asSettings, type Settings } from './configFiles.ts';
import { idOf } from './display.ts';
import { OpenCloud } from './openCloud.ts';

/** An identity service that was found at an address. */
export interface KeystoneFound {
  /** The address to write down, ending in `/v3`; host and path prefix as they were given. */
  readonly authUrl: string;
  /** Its version as it says: `v3.14`. */
  readonly version: string;
}

/** Whom a candidate signs in, and what is open to them. */
export interface SignedInAs {
  readonly user: string;
  /** The project of the entry's own scope, if it names one. */
  readonly project: string | undefined;
  readonly projects: readonly ProjectRef[];
  /** As far as the user may read them. */
  readonly regions: readonly string[];
}

/** What may become an entry of clouds.yaml, before it is one. */
export interface Candidates {
  /** Asks an address whether it is an identity service of version 3. Fails with the transport's reasons, and `malformed` or `unsupported` where something else answers. */
  discover(url: string, tls?: TlsOptions): Promise<Result<KeystoneFound>>;
  /** Signs in as an entry says, and out again. Fails as signing in does. */
  tryOut(name: string, entry: Settings): Promise<Result<SignedInAs>>;
}

/** {@link Candidates} over a transport. */
export function candidates(http: Http): Candidates {
  return { discover: (url, tls) => discover(http, url, tls), tryOut: (name, entry) => tryOut(http, name, entry) };
}

/**
 * The version document of Keystone answers 300 at the root and 200 below `/v3`; a load balancer may send only one of them on, so both are asked.
 * Source: identity API reference, "API versions".
 */
async function discover(http: Http, given: string, tls: TlsOptions = {}): Promise<Result<KeystoneFound>> {
  const text = given.trim().replace(/\/+$/, '');
  const url = URL.parse(/^https?:\/\//.test(text) ? text : `https://${text}`);
  if (!url) return failed('invalid', `${given} is no address. Write it as https://keystone.example:5000.`);
  const base = `${url.origin}${url.pathname.replace(/\/+$/, '')}`
    .replace(/\/auth\/tokens$/, '')
    .replace(/\/v[23](?:\.\d+)?$/, '');
  // The port of the service where none was written, and the path that newer installations use.
  const bases = url.port === '' && url.pathname === '/' ? [base, `${base}/identity`, `${base}:5000`] : [base];
  let last: Result<KeystoneFound> = failed(
    'malformed',
    `${url.host} is not an identity service of OpenStack. Check the address.`,
  );
  for (const one of bases) {
    for (const path of [`${one}/v3/`, `${one}/`]) {
      const found = await ask(http, path, one, tls);
      if (found.ok) return found;
      // That nobody answers is told of the address as it was given; elsewhere there may just be nothing.
      if (one === base) last = found;
      if (!['malformed', 'unsupported', 'notFound'].includes(found.failure.reason)) break;
    }
  }
  return last;
}

async function ask(http: Http, url: string, base: string, tls: TlsOptions): Promise<Result<KeystoneFound>> {
  const answer = await http.request({ method: 'GET', url, tls, headers: { accept: 'application/json' }, timeoutMs: 10_000 });
  if (!answer.ok) return answer;
  const host = URL.parse(url)?.host ?? url;
  const json = jsonOf(answer.value, host);
  const body = json.ok ? asSettings(json.value) : {};
  const listed = asSettings(body['versions'])['values'] ?? [body['version']];
  const ids = (Array.isArray(listed) ? listed : []).map((one) => asSettings(one)['id']).filter((id) => typeof id === 'string');
  const version = ids.find((id) => id.startsWith('v3'));
  if (version) return success({ authUrl: `${base}/v3`, version });
  return ids.length > 0
    ? failed('unsupported', `${host} speaks ${ids.join(', ')}; version 3 of the identity service is needed.`)
    : failed('malformed', `${host} is not an identity service of OpenStack (status ${answer.value.status}). Check the address.`);
}

async function tryOut(http: Http, name: string, entry: Settings): Promise<Result<SignedInAs>> {
  const config = cloudConfig(name, entry, undefined, { publicClouds: {} });
  if (!config.ok) return config;
  const problem = problemOf(config.value);
  if (problem !== undefined) return failed('invalid', `Cloud ${name} ${problem}.`);
  const { auth, regions, verify } = config.value;
  const summary: CloudSummary = {
    name,
    authUrl: auth['auth_url'],
    user: auth['username'],
    regions,
    source: undefined,
    insecure: verify === false,
  };
  const cloud = new OpenCloud({ config: config.value, summary, http });
  try {
    const projects = await cloud.projects();
    if (!projects.ok) return projects;
    const names = ['project_id', 'project_name', 'application_credential_id', 'application_credential_name', 'trust_id'];
    const scoped = names.some((option) => auth[option] !== undefined);
    const own = scoped ? await cloud.project(undefined) : undefined;
    if (own && !own.ok) return own;
    const user = own?.value.user ?? auth['username'] ?? auth['user_id'] ?? '';
    const [first] = projects.value;
    const any = own ?? (first && (await cloud.project(first.id)));
    const listed = any?.ok ? await any.value.list('identity.region') : undefined;
    const found = listed?.ok ? listed.value.items.map((region) => idOf('identity.region', region)) : [];
    return success({ user, project: own?.value.name, projects: projects.value, regions: found });
  } finally {
    await cloud.signOut();
  }
}
