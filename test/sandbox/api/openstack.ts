import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { Refused, Sender } from './request.ts';

/** One entry of a clouds.yaml, as far as the sandbox writes it. */
export interface CloudEntry {
  readonly region_name?: string;
  readonly auth_type?: string;
  readonly auth: Readonly<Record<string, string>>;
}

interface TokenBody {
  readonly token: {
    readonly project?: { readonly id: string };
    readonly catalog: readonly {
      readonly type: string;
      readonly endpoints: readonly { readonly interface: string; readonly url: string }[];
    }[];
  };
}

interface Session {
  readonly token: string;
  readonly projectId: string;
  readonly endpoints: ReadonlyMap<string, string>;
}

/** Service types as the catalogue names them, and what must be added to the endpoint to reach the API. */
const BELOW_ENDPOINT: Readonly<Record<string, string>> = { network: '/v2.0', 'load-balancer': '/v2', image: '/v2' };
const MICROVERSIONS: Readonly<Record<string, Record<string, string>>> = {
  compute: { 'x-openstack-nova-api-version': '2.93', 'openstack-api-version': 'compute 2.93' },
  'block-storage': { 'openstack-api-version': 'volume 3.60' },
  baremetal: { 'x-openstack-ironic-api-version': '1.80' },
  sharev2: { 'x-openstack-manila-api-version': '2.70' },
};

/** A thin client of one project: signs in on the first request, and again when the token is refused. */
export class OpenStack {
  readonly #entry: CloudEntry;
  readonly #sender = new Sender();
  #session: Promise<Session> | undefined;

  constructor(entry: CloudEntry) {
    this.#entry = entry;
  }

  /** The cloud `name` of a clouds.yaml; throws when the file has no such entry. */
  static open(file: string, name: string): OpenStack {
    return OpenStack.parse(readFileSync(file, 'utf8'), name);
  }

  static parse(text: string, name: string): OpenStack {
    const clouds = (parse(text) as { clouds?: Record<string, CloudEntry> }).clouds ?? {};
    const entry = clouds[name];
    if (entry === undefined) throw new Error(`clouds.yaml has no cloud "${name}"`);
    return new OpenStack(entry);
  }

  async projectId(): Promise<string> {
    return (await this.#signedIn()).projectId;
  }

  get<T>(service: string, path: string): Promise<T> {
    return this.send<T>(service, 'GET', path);
  }

  /** Sends one request and returns the parsed body; throws {@link Refused} from 400 on. */
  async send<T>(service: string, method: string, path: string, body?: unknown): Promise<T> {
    const first = await this.#attempt(service, method, path, body);
    if (first.status === 401) this.#session = undefined;
    const answer = first.status === 401 ? await this.#attempt(service, method, path, body) : first;
    if (answer.status >= 400) throw new Refused(`${method} ${answer.url}`, answer.status, answer.text);
    return (answer.text === '' ? undefined : JSON.parse(answer.text)) as T;
  }

  close(): void {
    this.#sender.close();
  }

  async #attempt(service: string, method: string, path: string, body: unknown) {
    const session = await this.#signedIn();
    const endpoint = session.endpoints.get(service);
    if (endpoint === undefined) throw new Error(`the cloud has no service of type ${service}`);
    const url = `${endpoint.replace(/\/$/, '')}${BELOW_ENDPOINT[service] ?? ''}${path}`;
    const headers = { 'x-auth-token': session.token, 'content-type': 'application/json', ...MICROVERSIONS[service] };
    return { url, ...(await this.#sender.send(method, url, headers, body === undefined ? undefined : JSON.stringify(body))) };
  }

  #signedIn(): Promise<Session> {
    this.#session ??= this.#signIn().catch((error: unknown) => {
      this.#session = undefined;
      throw error;
    });
    return this.#session;
  }

  async #signIn(): Promise<Session> {
    const url = `${(this.#entry.auth['auth_url'] ?? '').replace(/\/$/, '')}/auth/tokens`;
    const answer = await this.#sender.send(
      'POST',
      url,
      { 'content-type': 'application/json' },
      JSON.stringify(credentials(this.#entry)),
    );
    if (answer.status >= 400) throw new Refused(`POST ${url}`, answer.status, answer.text);
    const { token } = JSON.parse(answer.text) as TokenBody;
    const endpoints = new Map<string, string>();
    for (const { type, endpoints: urls } of token.catalog) {
      const open = urls.find((endpoint) => endpoint.interface === 'public');
      if (open) endpoints.set(type, open.url);
    }
    return { token: String(answer.headers['x-subject-token']), projectId: token.project?.id ?? '', endpoints };
  }
}

function credentials({ auth, auth_type }: CloudEntry) {
  if (auth_type === 'v3applicationcredential') {
    const credential = { id: auth['application_credential_id'], secret: auth['application_credential_secret'] };
    return { auth: { identity: { methods: ['application_credential'], application_credential: credential } } };
  }
  const user = { name: auth['username'], password: auth['password'], domain: { name: auth['user_domain_name'] ?? 'Default' } };
  const project = { name: auth['project_name'], domain: { name: auth['project_domain_name'] ?? 'Default' } };
  return { auth: { identity: { methods: ['password'], password: { user } }, scope: { project } } };
}
