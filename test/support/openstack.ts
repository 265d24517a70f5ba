import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import type { SandboxEnvironment } from '../sandbox/place.ts';

interface SignedIn {
  readonly token: { readonly catalog: readonly { type: string; endpoints: readonly { interface: string; url: string }[] }[] };
}

/** What a password sign-in takes, as in the `auth` of a clouds.yaml. */
export interface Login {
  readonly auth_url: string;
  readonly username: string;
  readonly password: string;
  readonly user_domain_name: string;
  readonly project_name: string;
  readonly project_domain_name: string;
}

/** Asks a service of the sandbox's OpenStack as a cloud of its clouds.yaml or with a login, past the extension; answers the decoded body, `{}` for none. Rejects unless the answer is a success. */
export async function openstack(
  { openstack }: SandboxEnvironment,
  cloud: string | Login,
  type: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<Record<string, never>> {
  const auth: Login = typeof cloud === 'string' ? parse(await readFile(openstack.clouds, 'utf8')).clouds[cloud].auth : cloud;
  const user = { name: auth.username, password: auth.password, domain: { name: auth.user_domain_name } };
  const scope = { project: { name: auth.project_name, domain: { name: auth.project_domain_name } } };
  const identity = { methods: ['password'], password: { user } };
  const signedIn = await send(`${auth.auth_url}/auth/tokens`, 'POST', {}, { auth: { identity, scope } });
  const { token } = (await signedIn.json()) as SignedIn;
  const endpoint = token.catalog.find((service) => service.type === type)?.endpoints.find((one) => one.interface === 'public');
  if (!endpoint) throw new Error(`no ${type} in the catalogue`);
  const headers = { 'x-auth-token': signedIn.headers.get('x-subject-token') ?? '' };
  const text = await (await send(`${endpoint.url}${path}`, method, headers, body)).text();
  return text === '' ? {} : JSON.parse(text);
}

async function send(url: string, method: string, headers: Record<string, string>, body: unknown): Promise<Response> {
  const answer = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${await answer.text()}`);
  return answer;
}
