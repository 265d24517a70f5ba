import { type Clock, systemClock } from '../base/clock.ts';
import { type Failure, failed, type Result, success } from '../base/failure.ts';
import type { Http, HttpRequest, HttpResponse, TlsOptions } from '../base/http.ts';
import { jsonOf } from '../base/jsonBody.ts';
import { withRetries } from '../base/retry.ts';
import { SingleFlight } from '../base/singleFlight.ts';
import {
  askableSecrets,
  authRequest,
  canSend,
  hasFixedScope,
  loginOf,
  methodsOf,
  namesScope,
  rescopeRequest,
  type Scope,
  tokensUrl,
} from './authRequest.ts';
import type { ProjectRef, Scopes } from './cloud.ts';
import type { CloudConfig } from './cloudConfig.ts';
import { asSettings } from './configFiles.ts';
import { Federation } from './federation.ts';
import type { AskSecret } from './interaction.ts';
import { receiptOf } from './receipt.ts';
import { fixedToken, marginMs, type Token } from './token.ts';
import { refusalOf, tokenOf } from './tokenAnswer.ts';

/** What signing in takes. */
export interface IdentityOptions {
  readonly config: CloudConfig;
  readonly http: Http;
  readonly tls: TlsOptions;
  readonly clock?: Clock;
  readonly askSecret?: AskSecret | undefined;
  /** The sign-in at an identity provider, where the entry's auth type has one; left out, nobody is there to be asked. */
  readonly federation?: Federation | undefined;
  /** Hears of every attempt to get a token, so that the cloud's state is true whoever asked. */
  readonly onAttempt?: (outcome: Result<Token>) => void;
}

/** Rejected credentials are not sent again for this long: clouds lock accounts. */
const rejectionMs = 30_000;

/** Keystone for one cloud: a token for each scope, renewed once and in flight once; the user's projects; sign out. */
export class Identity {
  readonly #options: IdentityOptions;
  readonly #clock: Clock;
  readonly #federation: Federation;
  readonly #tokens = new Map<string, Token>();
  readonly #flights = new SingleFlight<Result<Token>>();
  #asked: string | undefined;
  #rejected: { readonly failure: Failure; readonly at: number } | undefined;

  constructor(options: IdentityOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#federation = options.federation ?? new Federation(options);
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
    this.#federation.drop(refused.value);
    return this.token(scope, signal);
  }

  /** The projects the user may open, the configured one first. Needs no right beyond having signed in. */
  async projects(signal?: AbortSignal): Promise<Result<readonly ProjectRef[]>> {
    const token = await this.token({ kind: 'configured' }, signal);
    if (!token.ok) return token;
    const { project } = token.value;
    if (project && hasFixedScope(this.#options.config)) return success([refOf(project)]);
    const listed = await this.#open('projects', signal);
    if (!listed.ok) return listed;
    const refs = listed.value.map(projectRef);
    return success(
      refs.sort(
        (one, other) => Number(other.id === project?.id) - Number(one.id === project?.id) || one.name.localeCompare(other.name),
      ),
    );
  }

  /** The domains and the system scope that the user has a role on. Needs no right beyond having signed in. Source: identity API reference, `/v3/auth/domains` and `/v3/auth/system`. */
  async scopes(named: readonly string[], signal?: AbortSignal): Promise<Result<Scopes>> {
    const token = await this.token({ kind: 'configured' }, signal);
    if (!token.ok) return token;
    if (hasFixedScope(this.#options.config)) return success({ domains: [], system: false, names: {} });
    const [domains, system] = await Promise.all([this.#open('domains', signal), this.#open('system', signal)]);
    if (!domains.ok) return domains;
    const own = domains.value.map(({ id, name }) => ({ id: String(id), name: String(name ?? id) }));
    const others = named.filter((id) => own.every((one) => one.id !== id));
    const known = await this.token({ kind: 'configured' }, signal);
    if (!known.ok) return known;
    const read = await Promise.all(others.map((id) => this.#domainName(id, known.value, signal)));
    const names = [...own.map(({ id, name }) => [id, name]), ...read.flatMap((name, at) => (name ? [[others[at], name]] : []))];
    return success({
      domains: own,
      names: Object.fromEntries(names),
      // Keystone knows it since Queens.
      system: system.ok && system.value.some(({ all }) => all === true),
    });
  }

  /** Open to who has a project there or may read the whole cloud; undefined to everybody else. Source: Keystone's default policy, `identity:get_domain`. */
  async #domainName(id: string, token: Token, signal: AbortSignal | undefined): Promise<string | undefined> {
    const url = tokensUrl(this.#options.config).replace(/\/auth\/tokens$/, `/domains/${encodeURIComponent(id)}`);
    const headers = { 'x-auth-token': token.value };
    const answer = await this.#send({ method: 'GET', url, headers, ...(signal && { signal }) });
    const body = answer.ok && answer.value.status === 200 ? jsonOf(answer.value, url) : undefined;
    const name = body?.ok ? asSettings(asSettings(body.value)['domain'])['name'] : undefined;
    return typeof name === 'string' ? name : undefined;
  }

  /** What of a sort is open to the user: `GET /v3/auth/<sort>`, once more with a new token where the one at hand was revoked. */
  async #open(sort: 'projects' | 'domains' | 'system', signal: AbortSignal | undefined) {
    const url = tokensUrl(this.#options.config).replace(/\/tokens$/, `/${sort}`);
    const ask = ({ value }: Token) =>
      this.#send({ method: 'GET', url, headers: { 'x-auth-token': value }, ...(signal && { signal }) });
    const token = await this.token({ kind: 'configured' }, signal);
    if (!token.ok) return token;
    let answer = await ask(token.value);
    if (answer.ok && answer.value.status === 401) {
      const renewed = await this.renewed({ kind: 'configured' }, token.value, signal);
      if (!renewed.ok) return renewed;
      answer = await ask(renewed.value);
    }
    if (!answer.ok) return answer;
    if (answer.value.status !== 200) return refusalOf(this.#options.config, answer.value);
    const body = jsonOf(answer.value, URL.parse(url)?.host ?? url);
    if (!body.ok) return body;
    const listed = asSettings(body.value)[sort];
    return success((Array.isArray(listed) ? listed : []).map(asSettings));
  }

  /** Revokes and forgets every token; the next call signs in anew. Tokens that cannot be revoked are forgotten all the same. */
  async signOut(): Promise<void> {
    const values = new Set([...this.#tokens.values()].map(({ value }) => value));
    this.#tokens.clear();
    this.#federation.forget();
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
    const own = scope.kind === 'configured' || scope.kind === 'unscoped';
    const token = own ? await this.#signIn(scope, signal) : await this.#rescopedToken(scope, signal);
    this.#options.onAttempt?.(token);
    if (!token.ok) return token;
    this.#rejected = undefined;
    this.#tokens.set(keyOf(scope), token.value);
    if (token.value.project) this.#tokens.set(keyOf({ kind: 'project', id: token.value.project.id }), token.value);
    return token;
  }

  /** By the token at hand where the cloud allows it, else by signing in again for that project, domain or system. */
  async #rescopedToken(scope: Scope, signal: AbortSignal): Promise<Result<Token>> {
    const seed = this.#tokens.get(keyOf({ kind: 'configured' })) ?? this.#tokens.get(keyOf({ kind: 'unscoped' }));
    if (hasFixedScope(this.#options.config)) return await this.#signIn({ kind: 'configured' }, signal);
    if (loginOf(this.#options.config) === 'federated') return await this.#signIn(scope, signal);
    const good = seed && seed.expiresAt - this.#clock.now() > marginMs ? seed : undefined;
    if (!good) return await this.#signIn(scope, signal);
    const rescoped = await this.#post(rescopeRequest(good.value, scope), signal);
    if (rescoped.ok || !['signedOut', 'forbidden'].includes(rescoped.failure.reason)) return rescoped;
    // Who was let in elsewhere just now has the right password: it is not asked for, nor sent, because of a project.
    const isRefused = ({ failure: { status } }: { readonly failure: Failure }) => status === 401;
    if (isRefused(rescoped) && (await this.#isGood(good, signal))) return this.#keptOut(good, scope);
    const signed = await this.#signIn(scope, signal);
    return !signed.ok && isRefused(signed) && (await this.#isGood(good, signal)) ? this.#keptOut(good, scope) : signed;
  }

  async #signIn(scope: Scope, signal: AbortSignal): Promise<Result<Token>> {
    const { config } = this.#options;
    if (loginOf(config) === 'fixed') return success(fixedToken(config.auth['token'] ?? '', config.name));
    const token = await (loginOf(config) === 'federated' ? this.#byFederation(scope, signal) : this.#byMethods(scope, signal));
    // Only what a server refused: what is missing may be there at the next try.
    // Keystone says the same of a project that is not the user's: only for the entry's own scope it is the credentials.
    const isOwn = scope.kind === 'configured' || scope.kind === 'unscoped';
    if (isOwn && !token.ok && token.failure.reason === 'signedOut' && token.failure.status !== undefined) {
      this.#rejected = { failure: token.failure, at: this.#clock.now() };
      this.#asked = undefined;
    }
    return token;
  }

  /** With the entry's auth methods; where the cloud wants more of them, with the rest, too. */
  async #byMethods(scope: Scope, signal: AbortSignal): Promise<Result<Token>> {
    const methods = methodsOf(this.#options.config);
    const body = authRequest(await this.#withSecrets(methods), scope, methods);
    if (!body.ok) return body;
    const answer = await this.#exchange(body.value, signal);
    const receipt = answer.ok ? receiptOf(answer.value) : undefined;
    if (!receipt) return this.#tokenOf(answer, methods);
    const rest = receipt.missing.find(canSend);
    const { name } = this.#options.config;
    if (!rest) {
      const wanted = receipt.missing.map((rule) => rule.join(' and ')).join(', or ');
      return failed(
        'unsupported',
        `Cloud ${name} wants a further factor that is not supported: ${wanted || 'it does not say which'}.`,
      );
    }
    const more = authRequest(await this.#withSecrets(rest), scope, rest);
    if (!more.ok) return more;
    return this.#tokenOf(await this.#exchange(more.value, signal, { 'openstack-auth-receipt': receipt.value }), rest);
  }

  /** By the identity provider's word for an unscoped token, which is changed for one of the scope. Keystone may take no other for that (`allow_rescope_scoped_token`). */
  async #byFederation(scope: Scope, signal: AbortSignal): Promise<Result<Token>> {
    const { config } = this.#options;
    if (scope.kind === 'unscoped') return await this.#federation.token((request) => this.#send(request), signal);
    const seed = await this.token({ kind: 'unscoped' }, signal);
    if (!seed.ok || (scope.kind === 'configured' && !namesScope(config))) return seed;
    const rescoped = await this.#post(rescopeRequest(seed.value.value, scope, config.auth), signal);
    if (rescoped.ok || rescoped.failure.status !== 401) return rescoped;
    if (await this.#isGood(seed.value, signal)) return this.#keptOut(seed.value, scope);
    const renewed = await this.renewed({ kind: 'unscoped' }, seed.value, signal);
    return renewed.ok ? await this.#post(rescopeRequest(renewed.value.value, scope, config.auth), signal) : renewed;
  }

  /** Keystone says 401 for a token that was revoked, and for a project that is not the user's: whether the token is still one. */
  async #isGood({ value }: Token, signal: AbortSignal): Promise<boolean> {
    const headers = { 'x-auth-token': value, 'x-subject-token': value };
    const known = await this.#send({ method: 'HEAD', url: tokensUrl(this.#options.config), headers, signal });
    return known.ok && known.value.status < 300;
  }

  #keptOut({ user: { name } }: Token, scope: Scope): Result<never> {
    const { config } = this.#options;
    const into = scope.kind === 'domain' ? 'this domain' : scope.kind === 'system' ? 'the system' : 'this project';
    const next =
      scope.kind === 'configured' ? 'Check project_name of the entry, or choose another project.' : 'Choose another one.';
    return failed('forbidden', `Cloud ${config.name} signed ${name} in, but does not let ${name} into ${into}. ${next}`);
  }

  /** The configuration, with what these methods want and no file holds asked for. A password is kept for the next sign-in, a passcode is good for one. */
  async #withSecrets(methods: readonly string[]): Promise<CloudConfig> {
    const { config, askSecret } = this.#options;
    const auth: Record<string, string> = { ...config.auth };
    const user = auth['username'] ?? auth['user_id'] ?? auth['application_credential_name'];
    for (const secret of askableSecrets(auth, methods)) {
      const kept = secret === 'passcode' ? undefined : this.#asked;
      const answer = kept ?? (await askSecret?.(config.name, user, secret));
      if (secret !== 'passcode') this.#asked = answer;
      if (answer === undefined) break;
      auth[secret] = answer;
    }
    return { ...config, auth };
  }

  async #post(body: unknown, signal: AbortSignal): Promise<Result<Token>> {
    return this.#tokenOf(await this.#exchange(body, signal), ['token']);
  }

  #tokenOf(answer: Result<HttpResponse>, credential: readonly string[]): Result<Token> {
    return tokenOf(this.#options.config, answer, this.#clock.now(), { credential });
  }

  #exchange(body: unknown, signal: AbortSignal, headers: Readonly<Record<string, string>> = {}): Promise<Result<HttpResponse>> {
    return this.#send({
      method: 'POST',
      url: tokensUrl(this.#options.config),
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
      signal,
    });
  }

  #send(request: HttpRequest): Promise<Result<HttpResponse>> {
    const { http, tls } = this.#options;
    const complete = { ...request, tls, headers: { accept: 'application/json', ...request.headers } };
    return withRetries(complete, (one) => http.request(one), { clock: this.#clock });
  }
}

const cancelled = failed('cancelled', 'Cancelled.');

function keyOf(scope: Scope): string {
  return 'id' in scope ? `${scope.kind} ${scope.id}` : scope.kind;
}

function refOf({ id, name, domain }: { id: string; name: string; domain: string | undefined }): ProjectRef {
  return { id, name, ...(domain !== undefined && { domain }) };
}

function projectRef(project: Readonly<Record<string, unknown>>): ProjectRef {
  const domain = project['domain_id'];
  return { id: String(project['id']), name: String(project['name']), ...(typeof domain === 'string' && { domain }) };
}
