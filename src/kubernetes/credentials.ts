import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Door } from '../base/door.ts';
import { failed, type Result, success } from '../base/failure.ts';
import type { TlsOptions } from '../base/http.ts';
import { plainText } from '../base/plainText.ts';
import { SingleFlight } from '../base/singleFlight.ts';
import type { Bastion } from './bastions.ts';
import { type ExecCredential, type ExecPlugin, execPluginOf } from './execCredential.ts';
import type { ExecSessions, ExecUser } from './execSessions.ts';
import type { KubeconfigEntry } from './kubeconfig.ts';

/** How to reach a server as one user: what every request carries. */
export interface Access {
  readonly server: string;
  readonly tls: TlsOptions;
  readonly proxy?: string;
  /** The bastion it is reached through. */
  readonly door?: Door;
  readonly headers: Headers;
}

const fileMs = 60_000;
type Headers = Readonly<Record<string, string | string[]>>;

/**
 * The credentials of one context, read when first needed: files, data, tokens, a program. What comes from files is read again after a minute, as client-go does;
 * equal calls are in flight once.
 */
export class Credentials {
  readonly #cluster: KubeconfigEntry;
  readonly #user: KubeconfigEntry | undefined;
  readonly #plugin: ExecPlugin | undefined;
  readonly #sessions: ExecSessions;
  readonly #now: () => number;
  readonly #bastion: Bastion | undefined;
  readonly #flights = new SingleFlight<Result<Access>>();
  #known: { readonly access: Access; readonly expires: number; readonly given: ExecCredential } | undefined;

  constructor(
    cluster: KubeconfigEntry,
    user: KubeconfigEntry | undefined,
    sessions: ExecSessions,
    now: () => number = Date.now,
    bastion?: Bastion,
  ) {
    this.#cluster = cluster;
    this.#bastion = bastion;
    this.#user = user;
    this.#plugin = execPluginOf(user?.value['exec'], user?.file ?? '');
    this.#sessions = sessions;
    this.#now = now;
  }

  access(signal?: AbortSignal): Promise<Result<Access>> {
    if (this.#known && this.#known.expires > this.#now()) return Promise.resolve(success(this.#known.access));
    return this.#flights.run('', (ending) => this.#read(this.#now(), ending), failed('cancelled', 'Cancelled.'), signal);
  }

  /** Forgets what the server refused. False if asking again cannot give another answer: there is neither a program nor a file. */
  renew(refused: Access): boolean {
    const renewable = this.#plugin !== undefined || this.#hasFiles;
    if (!renewable || this.#known?.access !== refused) return renewable;
    if (this.#plugin) this.#sessions.refuse(this.#who(this.#plugin), this.#known.given);
    this.#known = undefined;
    return true;
  }

  /** The user asks: a program that failed before may run again. */
  tryAgain(): void {
    if (this.#plugin) this.#sessions.tryAgain(this.#who(this.#plugin));
    this.#bastion?.tryAgain();
  }

  get #hasFiles(): boolean {
    return ['tokenFile', 'client-certificate'].some((name) => typeof this.#user?.value[name] === 'string');
  }

  #who(plugin: ExecPlugin): ExecUser {
    return { plugin, user: this.#user?.name ?? '', cluster: this.#cluster };
  }

  async #read(now: number, signal: AbortSignal): Promise<Result<Access>> {
    const { value: cluster, file } = this.#cluster;
    const ca = await material(cluster, 'certificate-authority', file);
    if (!ca.ok) return ca;
    const given: Result<ExecCredential> = this.#plugin
      ? await this.#sessions.credential(this.#who(this.#plugin), toldOf(cluster, ca.value), signal)
      : success({});
    if (!given.ok) return given;
    const user = await readUser(this.#user, given.value);
    if (!user.ok) return user;
    const insecure = cluster['insecure-skip-tls-verify'] === true;
    const serverName = cluster['tls-server-name'];
    const proxy = cluster['proxy-url'];
    const { headers, cert, key } = user.value;
    const access: Access = {
      server: String(cluster['server'] ?? '').replace(/\/+$/, ''),
      tls: {
        ...(ca.value === undefined || insecure ? {} : { ca: ca.value }),
        ...(cert !== undefined && key !== undefined ? { cert, key } : {}),
        ...(typeof serverName === 'string' ? { serverName } : {}),
        ...(insecure ? { insecure } : {}),
      },
      ...(typeof proxy === 'string' && proxy !== '' ? { proxy } : {}),
      ...(this.#bastion ? { door: this.#bastion } : {}),
      headers,
    };
    const untilRead = this.#hasFiles ? now + fileMs : Number.POSITIVE_INFINITY;
    this.#known = { access, given: given.value, expires: Math.min(untilRead, given.value.expires ?? untilRead) };
    return success(access);
  }
}

async function readUser(
  user: KubeconfigEntry | undefined,
  given: ExecCredential,
): Promise<Result<Pick<ExecCredential, 'cert' | 'key'> & { headers: Headers }>> {
  if (!user) return success({ headers: {} });
  const { value, file, name } = user;
  const provider = value['auth-provider'];
  if (typeof provider === 'object' && provider !== null) {
    const which = plainText(String((provider as Record<string, unknown>)['name'] ?? ''), 40);
    return failed(
      'unsupported',
      `User ${name} signs in by the auth provider "${which}", which is not supported. Use an exec plugin or a token (${file}).`,
      { at: { file, line: user.line } },
    );
  }
  const [cert, key] = [await material(value, 'client-certificate', file), await material(value, 'client-key', file)];
  if (!cert.ok) return cert;
  if (!key.ok) return key;
  const token = await tokenOf(value, file);
  if (!token.ok) return token;
  return success({
    ...(cert.value !== undefined && key.value !== undefined ? { cert: cert.value, key: key.value } : {}),
    ...(given.cert !== undefined && given.key !== undefined ? { cert: given.cert, key: given.key } : {}),
    headers: { ...authorization(value, given.token ?? token.value), ...impersonation(value) },
  });
}

/** What a program that asks for it learns of its cluster (client.authentication.k8s.io, `Cluster`); files are read for it. */
function toldOf(cluster: KubeconfigEntry['value'], ca: string | undefined): object {
  const names = ['server', 'tls-server-name', 'insecure-skip-tls-verify', 'proxy-url'];
  const config = execConfigOf(cluster['extensions']);
  return {
    ...Object.fromEntries(names.filter((name) => name in cluster).map((name) => [name, cluster[name]])),
    ...(ca === undefined ? {} : { 'certificate-authority-data': Buffer.from(ca).toString('base64') }),
    ...(config === undefined ? {} : { config }),
  };
}

/** The extension of a cluster that is meant for its program. */
function execConfigOf(extensions: unknown): unknown {
  if (!Array.isArray(extensions)) return undefined;
  return extensions.find((one) => one?.name === 'client.authentication.k8s.io/exec')?.extension;
}

/** The text of a PEM: `<name>-data` in base64 wins over the file `<name>`, as in client-go. */
async function material(value: KubeconfigEntry['value'], name: string, file: string): Promise<Result<string | undefined>> {
  const data = value[`${name}-data`];
  if (typeof data === 'string' && data !== '') return success(Buffer.from(data, 'base64').toString());
  const path = value[name];
  return typeof path === 'string' && path !== '' ? readBeside(path, file) : success(undefined);
}

/** The file wins over `token`, which counts while the file cannot be read, as in client-go. */
async function tokenOf(value: KubeconfigEntry['value'], file: string): Promise<Result<string | undefined>> {
  const plain = typeof value['token'] === 'string' && value['token'] !== '' ? value['token'] : undefined;
  const path = value['tokenFile'];
  if (typeof path === 'string' && path !== '') {
    const read = await readBeside(path, file);
    if (read.ok) return success(read.value.trim());
    if (plain === undefined) return read;
  }
  return success(plain);
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
