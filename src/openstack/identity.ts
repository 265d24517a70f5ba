import { type Clock, systemClock } from '../base/clock.ts';
import { type Failure, failed, type Result, success } from '../base/failure.ts';
import type { Http, HttpRequest, HttpResponse, TlsOptions } from '../base/http.ts';
import { jsonOf } from '../base/jsonBody.ts';
import { plainText } from '../base/plainText.ts';
import { withRetries } from '../base/retry.ts';
import { SingleFlight } from '../base/singleFlight.ts';
import { authRequest, hasFixedScope, rescopeRequest, type Scope, tokensUrl } from './authRequest.ts';
import type { ProjectRef } from './cloud.ts';
import type { CloudConfig } from './cloudConfig.ts';
import { asSettings } from './configFiles.ts';
import { parseToken, type Token } from './token.ts';

/** Asks the user for a secret that no file holds; undefined when they decline. The answer stays in memory. */
export type AskSecret = (cloud: string, user: string | undefined, what: 'password') => Promise<string | undefined>;

/** What signing in takes. */
export interface IdentityOptions {
  readonly config: CloudConfig;
  readonly http: Http;
  readonly tls: TlsOptions;
  readonly clock?: Clock;
  readonly askSecret?: AskSecret | undefined;
  /** Hears of every attempt to get a token, so that the cloud's state is true whoever asked. */
  readonly onAttempt?: (outcome: Result<Token>) => void;
}

/** A token with less left than this is renewed before use, as keystoneauth does. */
const marginMs = 120_000;
/** Rejected credentials are not sent again for this long: clouds lock accounts. */
const rejectionMs = 30_000;

/** Keystone for one cloud: a token for each scope, renewed once and in flight once; the user's projects; sign out. */
export class Identity {
  readonly #options: IdentityOptions;
  readonly #clock: Clock;
  readonly #tokens = new Map<string, Token>();
  readonly #flights = new SingleFlight<Result<Token>>();
  #asked: string | undefined;
  #rejected: { readonly failure: Failure; readonly at: number } | undefined;

  constructor(options: IdentityOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /** A token of the scope with at least two minutes left. Fails with `signedOut`, `forbidden`, `unsupported`, or the transport's reasons. */
  async token(scope: Scope, signal?: AbortSignal): Promise<Result<Token>> {
    const key = keyOf(scope);
    const known = this.#tokens.get(key);
    if (known && known.expiresAt - this.#clock.now() >= marginMs) return success(known);
    return await this.#flights.run(key, (ending) => this.#obtain(scope, ending), cancelled, signal);
  }

  /** A token in place of one that a service refused; concurrent refusals share one renewal. */
  renewed(scope: Scope, refused: Token, signal?: AbortSignal): Promise<Result<Token>> {
    for (const [key, token] of this.#tokens) if (token.value === refused.value) this.#tokens.delete(key);
    return this.token(scope, signal);
  }

  /** The projects the user may open, the configured one first. Needs no right beyond having signed in. */
  async projects(signal?: AbortSignal): Promise<Result<readonly ProjectRef[]>> {
    const token = await this.token({ kind: 'configured' }, signal);
    if (!token.ok) return token;
    const { project } = token.value;
    if (project && hasFixedScope(this.#options.config)) return success([refOf(project)]);
    const url = tokensUrl(this.#options.config).replace(/\/tokens$/, '/projects');
    const answer = await this.#send({
      method: 'GET',
      url,
      headers: { 'x-auth-token': token.value.value },
      ...(signal && { signal }),
    });
    if (!answer.ok) return answer;
    if (answer.value.status !== 200) return this.#refusal(answer.value);
    const body = jsonOf(answer.value, URL.parse(url)?.host ?? url);
    if (!body.ok) return body;
    const listed = asSettings(body.value)['projects'];
    const refs = (Array.isArray(listed) ? listed : []).map((one) => projectRef(asSettings(one)));
    return success(
      refs.sort(
        (one, other) => Number(other.id === project?.id) - Number(one.id === project?.id) || one.name.localeCompare(other.name),
      ),
    );
  }

  /** Revokes and forgets every token; the next call signs in anew. Tokens that cannot be revoked are forgotten all the same. */
  async signOut(): Promise<void> {
    const values = new Set([...this.#tokens.values()].map(({ value }) => value));
    this.#tokens.clear();
    this.#asked = undefined;
    this.#rejected = undefined;
    const url = tokensUrl(this.#options.config);
    await Promise.all(
      [...values].map((value) =>
        this.#send({ method: 'DELETE', url, headers: { 'x-auth-token': value, 'x-subject-token': value }, timeoutMs: 5_000 }),
      ),
    );
  }

  async #obtain(scope: Scope, signal: AbortSignal): Promise<Result<Token>> {
    if (this.#rejected && this.#clock.now() - this.#rejected.at < rejectionMs)
      return { ok: false, failure: this.#rejected.failure };
    const token = scope.kind === 'project' ? await this.#projectToken(scope, signal) : await this.#signIn(scope, signal);
    this.#options.onAttempt?.(token);
    if (!token.ok) return token;
    this.#rejected = undefined;
    this.#tokens.set(keyOf(scope), token.value);
    if (token.value.project) this.#tokens.set(keyOf({ kind: 'project', id: token.value.project.id }), token.value);
    return token;
  }

  /** By the token at hand where the cloud allows it, else by signing in again for that project. */
  async #projectToken(scope: Scope & { readonly kind: 'project' }, signal: AbortSignal): Promise<Result<Token>> {
    const seed = this.#tokens.get(keyOf({ kind: 'configured' })) ?? this.#tokens.get(keyOf({ kind: 'unscoped' }));
    if (hasFixedScope(this.#options.config)) return await this.#signIn({ kind: 'configured' }, signal);
    if (seed && seed.expiresAt - this.#clock.now() > marginMs) {
      const rescoped = await this.#post(rescopeRequest(seed.value, scope), signal);
      if (rescoped.ok || !['signedOut', 'forbidden'].includes(rescoped.failure.reason)) return rescoped;
    }
    return await this.#signIn(scope, signal);
  }

  async #signIn(scope: Scope, signal: AbortSignal): Promise<Result<Token>> {
    const config = await this.#withSecret();
    const body = authRequest(config, scope);
    if (!body.ok) return body;
    const token = await this.#post(body.value, signal);
    if (!token.ok && token.failure.reason === 'signedOut') {
      this.#rejected = { failure: token.failure, at: this.#clock.now() };
      this.#asked = undefined;
    }
    return token;
  }

  /** The configuration, with a password asked for when no file holds one. */
  async #withSecret(): Promise<CloudConfig> {
    const { config, askSecret } = this.#options;
    const wantsPassword = config.authType.endsWith('password') && config.auth['password'] === undefined;
    if (!wantsPassword) return config;
    this.#asked ??= await askSecret?.(config.name, config.auth['username'] ?? config.auth['user_id'], 'password');
    return this.#asked === undefined ? config : { ...config, auth: { ...config.auth, password: this.#asked } };
  }

  async #post(body: unknown, signal: AbortSignal): Promise<Result<Token>> {
    const url = tokensUrl(this.#options.config);
    const answer = await this.#send({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal,
    });
    if (!answer.ok) return answer;
    const { status, headers } = answer.value;
    if (status !== 201 && status !== 200) return this.#refusal(answer.value);
    const json = jsonOf(answer.value, URL.parse(url)?.host ?? url);
    if (!json.ok) return json;
    const token = parseToken(headers['x-subject-token'] ?? '', json.value, skewOf(headers, this.#clock.now()));
    if (token?.value) return success(token);
    return failed(
      'malformed',
      `${URL.parse(url)?.host ?? url} did not answer as an identity service. Check auth_url of cloud ${this.#options.config.name}.`,
    );
  }

  #send(request: HttpRequest): Promise<Result<HttpResponse>> {
    const { http, tls } = this.#options;
    const complete = { ...request, tls, headers: { accept: 'application/json', ...request.headers } };
    return withRetries(complete, (one) => http.request(one), { clock: this.#clock });
  }

  #refusal(response: HttpResponse): Result<never> {
    const { config } = this.#options;
    const { status } = response;
    const requestId = response.headers['x-openstack-request-id'];
    const more = { status, ...(requestId !== undefined && { requestId }) };
    const host = URL.parse(tokensUrl(config))?.host ?? '';
    if (status === 401)
      return failed('signedOut', `Cloud ${config.name} did not accept ${credentialOf(config)}. Sign in again.`, more);
    if (status === 403)
      return failed('forbidden', `Cloud ${config.name} does not let ${userOf(config)} do this: ${messageOf(response)}`, more);
    if (status === 429)
      return failed('throttled', `Cloud ${config.name} asks for patience: too many sign-ins. Try again later.`, more);
    if (status >= 500)
      return failed('unavailable', `The identity service of cloud ${config.name} failed (status ${status}). Try again.`, more);
    if (status === 400)
      return failed('invalid', `Cloud ${config.name} cannot read its credentials: ${messageOf(response)}`, more);
    return failed(
      'malformed',
      `${host} is not an identity service of version 3 (status ${status}). Check auth_url of cloud ${config.name}.`,
      more,
    );
  }
}

const cancelled = failed('cancelled', 'Cancelled.');

function keyOf(scope: Scope): string {
  return scope.kind === 'project' ? `project ${scope.id}` : scope.kind;
}

/** The server's clock minus ours, by its Date header; 0 when it sends none. */
function skewOf(headers: Readonly<Record<string, string>>, now: number): number {
  const date = Date.parse(headers['date'] ?? '');
  return Number.isNaN(date) ? 0 : date - now;
}

function userOf({ auth }: CloudConfig): string {
  return auth['username'] ?? auth['user_id'] ?? 'you';
}

function credentialOf(config: CloudConfig): string {
  if (hasFixedScope(config)) return 'its application credential';
  return config.authType.endsWith('token') ? 'its token' : `${userOf(config) === 'you' ? 'the' : `${userOf(config)}'s`} password`;
}

function messageOf(response: HttpResponse): string {
  const json = jsonOf(response, '');
  const error = json.ok ? asSettings(asSettings(json.value)['error']) : {};
  return plainText(String(error['message'] ?? `status ${response.status}`));
}

function refOf({ id, name, domain }: { id: string; name: string; domain: string | undefined }): ProjectRef {
  return { id, name, ...(domain !== undefined && { domain }) };
}

function projectRef(project: Readonly<Record<string, unknown>>): ProjectRef {
  const domain = project['domain_id'];
  return { id: String(project['id']), name: String(project['name']), ...(typeof domain === 'string' && { domain }) };
}
