import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { failed, type Result, success } from '../base/failure.ts';
import type { TlsOptions } from '../base/http.ts';
import { SingleFlight } from '../base/singleFlight.ts';
import { type ExecCredential, type ExecPlugin, type ExecSurroundings, execPluginOf, runExecPlugin } from './execCredential.ts';
import type { KubeconfigEntry } from './kubeconfig.ts';

/** How to reach a server as one user: what every request carries. */
export interface Access {
  readonly server: string;
  readonly tls: TlsOptions;
  readonly proxy?: string;
  readonly headers: Headers;
}

type Headers = Readonly<Record<string, string | string[]>>;

/**
 * The credentials of one context, read when first needed: files, data, tokens, a program. Tokens from files are read again after a minute, as client-go does.
 * `renew` forgets what a server refused; equal calls are in flight once.
 */
export class Credentials {
  readonly #cluster: KubeconfigEntry;
  readonly #user: KubeconfigEntry | undefined;
  readonly #plugin: ExecPlugin | undefined;
  readonly #surroundings: ExecSurroundings;
  readonly #flights = new SingleFlight<Result<Access>>();
  #known: { access: Access; expires: number } | undefined;

  constructor(cluster: KubeconfigEntry, user: KubeconfigEntry | undefined, surroundings: ExecSurroundings) {
    this.#cluster = cluster;
    this.#user = user;
    this.#plugin = execPluginOf(user?.value['exec'], user?.file ?? '');
    this.#surroundings = surroundings;
  }

  /** True if asking again may give another answer: a program or a token file. */
  get renewable(): boolean {
    return this.#plugin !== undefined || typeof this.#user?.value['tokenFile'] === 'string';
  }

  access(signal?: AbortSignal): Promise<Result<Access>> {
    const now = this.#surroundings.now?.() ?? Date.now();
    if (this.#known && this.#known.expires > now) return Promise.resolve(success(this.#known.access));
    return this.#flights.run('', () => this.#read(now), failed('cancelled', 'Cancelled.'), signal);
  }

  /** Forgets what is known: the server did not accept it. */
  renew(): void {
    this.#known = undefined;
  }

  async #read(now: number): Promise<Result<Access>> {
    const { value: cluster, file } = this.#cluster;
    const server = String(cluster['server'] ?? '');
    const ca = await material(cluster, 'certificate-authority', file);
    if (!ca.ok) return ca;
    const user = await this.#readUser();
    if (!user.ok) return user;
    const insecure = cluster['insecure-skip-tls-verify'] === true;
    const serverName = cluster['tls-server-name'];
    const proxy = cluster['proxy-url'];
    const { headers, cert, key, expires } = user.value;
    const access: Access = {
      server: server.replace(/\/+$/, ''),
      tls: {
        ...(ca.value === undefined || insecure ? {} : { ca: ca.value }),
        ...(cert !== undefined && key !== undefined ? { cert, key } : {}),
        ...(typeof serverName === 'string' ? { serverName } : {}),
        ...(insecure ? { insecure } : {}),
      },
      ...(typeof proxy === 'string' && proxy !== '' ? { proxy } : {}),
      headers,
    };
    this.#known = { access, expires: expires ?? (this.renewable ? now + 60_000 : Number.POSITIVE_INFINITY) };
    return success(access);
  }

  async #readUser(): Promise<Result<ExecCredential & { headers: Headers }>> {
    if (!this.#user) return success({ headers: {} });
    const { value, file, name } = this.#user;
    const [cert, key] = [await material(value, 'client-certificate', file), await material(value, 'client-key', file)];
    if (!cert.ok) return cert;
    if (!key.ok) return key;
    const ran = this.#plugin
      ? await runExecPlugin(this.#plugin, name, execCluster(this.#cluster), this.#surroundings)
      : success<ExecCredential>({});
    if (!ran.ok) return ran;
    const token = await tokenOf(value, file);
    if (!token.ok) return token;
    return success({
      ...(cert.value !== undefined && key.value !== undefined ? { cert: cert.value, key: key.value } : {}),
      ...ran.value,
      headers: { ...authorization(value, ran.value.token ?? token.value), ...impersonation(value) },
    });
  }
}

function execCluster({ value }: KubeconfigEntry): Record<string, unknown> {
  const names = ['server', 'tls-server-name', 'insecure-skip-tls-verify', 'certificate-authority-data', 'proxy-url'];
  return Object.fromEntries(names.filter((name) => name in value).map((name) => [name, value[name]]));
}

/** The text of a PEM: `<name>-data` in base64 wins over the file `<name>`, as in client-go. */
async function material(value: KubeconfigEntry['value'], name: string, file: string): Promise<Result<string | undefined>> {
  const data = value[`${name}-data`];
  if (typeof data === 'string' && data !== '') return success(Buffer.from(data, 'base64').toString());
  const path = value[name];
  return typeof path === 'string' && path !== '' ? readBeside(path, file) : success(undefined);
}

async function tokenOf(value: KubeconfigEntry['value'], file: string): Promise<Result<string | undefined>> {
  const path = value['tokenFile'];
  if (typeof path === 'string' && path !== '') {
    const read = await readBeside(path, file);
    return read.ok ? success(read.value.trim()) : read;
  }
  return success(typeof value['token'] === 'string' && value['token'] !== '' ? value['token'] : undefined);
}

async function readBeside(path: string, file: string): Promise<Result<string>> {
  const full = resolve(dirname(file), path);
  return readFile(full, 'utf8').then(success, (error: NodeJS.ErrnoException) =>
    failed('invalid', `${full}, named in ${file}, cannot be read (${error.code}).`, { at: { file } }),
  );
}

function authorization({ username, password }: KubeconfigEntry['value'], token: string | undefined): Record<string, string> {
  if (token !== undefined) return { authorization: `Bearer ${token}` };
  if (typeof username !== 'string' || username === '') return {};
  return { authorization: `Basic ${Buffer.from(`${username}:${password ?? ''}`).toString('base64')}` };
}

/** "Act as": `as`, `as-uid`, `as-groups`, `as-user-extra` (Kubernetes, user impersonation). */
function impersonation(value: KubeconfigEntry['value']): Headers {
  const groups = Array.isArray(value['as-groups']) ? value['as-groups'].map(String) : [];
  const extra = Object.entries((value['as-user-extra'] as Record<string, unknown> | undefined) ?? {});
  return {
    ...(typeof value['as'] === 'string' ? { 'impersonate-user': value['as'] } : {}),
    ...(typeof value['as-uid'] === 'string' ? { 'impersonate-uid': value['as-uid'] } : {}),
    ...(groups.length > 0 ? { 'impersonate-group': groups } : {}),
    ...Object.fromEntries(
      extra.map(([name, values]) => [
        `impersonate-extra-${encodeURIComponent(name)}`,
        Array.isArray(values) ? values.map(String) : [],
      ]),
    ),
  };
}
