import { randomUUID } from 'node:crypto';
import { type Clock, systemClock } from '../base/clock.ts';
import { type Failure, failed, type Result, success } from '../base/failure.ts';
import type { Http, HttpRequest, HttpResponse, TlsOptions } from '../base/http.ts';
import { jsonOf } from '../base/jsonBody.ts';
import { plainText } from '../base/plainText.ts';
import { withRetries } from '../base/retry.ts';
import { Semaphore } from '../base/semaphore.ts';
import type { OnSent } from '../base/sent.ts';
import type { HttpTransfer, Transferred } from '../base/transfer.ts';
import type { Accepted, Change } from './action.ts';
import type { Scope } from './authRequest.ts';
import type { CloudConfig } from './cloudConfig.ts';
import { textAt } from './columns.ts';
import { asSettings } from './configFiles.ts';
import { isGone } from './display.ts';
import { discovered, endpointOf, isOffered, rootOf } from './endpoints.ts';
import { requestIdOf, serviceFailure } from './faults.ts';
import type { Identity } from './identity.ts';
import type { Resource } from './kind.ts';
import { firstQuery, itemPath, pathOf } from './kindPath.ts';
import { type KindId, kindOf, serviceOf } from './kinds/kinds.ts';
import { itemsOf } from './listBody.ts';
import { Microversions } from './microversions.ts';
import { nextQuery } from './paging.ts';
import { type Service, serviceRow, services } from './services.ts';
import type { Token } from './token.ts';

/** What a client takes: one cloud and region, and how to sign in there. */
export interface ClientOptions {
  readonly config: CloudConfig;
  readonly http: Http;
  readonly tls: TlsOptions;
  readonly identity: Identity;
  readonly clock?: Clock;
  /** Hears of every change that goes out. */
  readonly onSent?: OnSent | undefined;
}

/** One question to a service. `path` is below the versioned endpoint, its parts already encoded. */
export interface Call {
  readonly service: string;
  readonly path: string;
  readonly query?: URLSearchParams;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly scope: Scope;
  /** For sentences: `list networks`. */
  readonly doing: string;
  /** Whether only administrators may, for sentences. */
  readonly admin?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** What is sent when it is not a question; absent: GET. */
  readonly sends?: Pick<Change, 'method' | 'body' | 'contentType'>;
}

/** What moves with a {@link Call} that moves bytes; headers come beside those of every request. */
export type Moved = Pick<HttpTransfer, 'method' | 'headers' | 'body' | 'sink' | 'onChunk' | 'maxBytes'>;

/** How a change is told of, and where it stands. */
export interface ChangeHow {
  /** For sentences: `stop server web-1`. */
  readonly doing: string;
  /** Of kinds that lie below another one. */
  readonly parent?: Resource | undefined;
  /** A question that a service takes by a method that changes elsewhere: nobody hears of it as of a change. */
  readonly asks?: true;
  readonly signal?: AbortSignal | undefined;
}

/** What is asked of a list. */
export interface ListCall {
  /** Fills the path of kinds that lie below another one. */
  readonly parent?: Resource | undefined;
  /** Go to the service as they stand. */
  readonly filters?: Readonly<Record<string, string>>;
  /** Only these fields of each, where the service can leave out the others. */
  readonly fields?: readonly string[];
  /** The shorter list, of names and ids only, where a kind has two. */
  readonly brief?: true;
  /** Of all projects, not of the scope's own. */
  readonly allProjects?: boolean | undefined;
  /** Hears of the first page as soon as it is there, if more follow. */
  readonly onFirstPage?: ((items: readonly Resource[]) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A list as gathered from its pages. `complete` is false when it was cut at {@link mostItems}. */
export interface Listed {
  readonly items: readonly Resource[];
  readonly complete: boolean;
  /** When the service answered with the first page, in ms since the epoch by its own clock; absent where it does not say. */
  readonly servedAt?: number;
  /** When the whole list was asked for, by our clock. */
  readonly wholeAt: number;
}

interface ListPage extends Pick<Listed, 'items' | 'servedAt'> {
  readonly next: URLSearchParams | undefined;
}

/** A list is cut here; more rows than this help nobody. */
const mostItems = 20_000;
const atATime = 6;
/** So many come first where somebody waits for the first ones: what a window shows at once. */
export const firstItems = 50;

/** The one client for every row of the catalog: endpoints, microversions, pages, a second sign-in, retries and errors. */
export class Client {
  readonly #options: ClientOptions;
  readonly #clock: Clock;
  readonly #room = new Semaphore(atATime);
  readonly #microversions = new Microversions();
  /** Service type and project → endpoint found by asking, once the usual one was not there. */
  readonly #endpoints = new Map<string, string>();

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /** Whether the token's catalogue, or the configuration, has the service of a kind. */
  offers(kind: KindId, token: Token): boolean {
    return isOffered(this.#options.config, serviceOf(kind), serviceRow(kind), token);
  }

  /** Lists a kind, all pages. */
  async list(kind: KindId, scope: Scope, call: ListCall = {}): Promise<Result<Listed>> {
    const { listPath, path, adminListPath } = kindOf(kind);
    const token = await this.#options.identity.token(scope, call.signal);
    if (!token.ok) return token;
    const own = call.brief ? path : (listPath ?? path);
    const wide = token.value.roles.includes('admin') ? (adminListPath ?? own) : own;
    const listed = await this.#listAt(kind, wide, token.value, scope, call);
    const refused = wide !== own && !listed.ok && listed.failure.reason === 'forbidden';
    return refused ? this.#listAt(kind, own, token.value, scope, call) : listed;
  }

  async #listAt(kind: KindId, template: string, token: Token, scope: Scope, call: ListCall): Promise<Result<Listed>> {
    const { parent, filters = {}, fields = [], onFirstPage, signal } = call;
    const wholeAt = this.#clock.now();
    const row = kindOf(kind);
    // A token of the whole cloud has no project that a list could be of.
    const allProjects = call.allProjects === true || token.system === true;
    const path = pathOf(kind, template, token, parent);
    if (!path.ok) return path;
    const usable = (all: readonly Resource[]) => {
      const adjusted = row.quirk ? row.quirk(all) : all;
      return allProjects ? adjusted : keepUsable(kind, token, adjusted);
    };
    const items: Resource[] = [];
    const headers = allProjects ? serviceRow(kind).allProjects?.headers : undefined;
    let query: URLSearchParams | undefined = firstQuery(kind, filters, token, parent, allProjects);
    for (const field of fields) query.append('fields', field);
    const limit = query.get('limit');
    let servedAt: number | undefined;
    // Somebody waits for the first rows, and sees no more of them at once.
    if (limit !== null && onFirstPage) query.set('limit', String(Math.min(Number(limit), firstItems)));
    // Two links that lead to each other would be followed for ever.
    const walked = new Set<string>();
    while (query && items.length < mostItems && !walked.has(query.toString())) {
      walked.add(query.toString());
      const page: Result<ListPage> = await this.#page(kind, { scope, path: path.value, query, headers, signal });
      if (!page.ok) return page;
      servedAt ??= page.value.servedAt;
      if (items.length === 0 && page.value.next) onFirstPage?.(usable(page.value.items));
      items.push(...page.value.items);
      query = page.value.next;
      if (limit !== null) query?.set('limit', limit);
    }
    const complete = query === undefined || walked.has(query.toString());
    return success({ items: usable(items), complete, wholeAt, ...(servedAt !== undefined && { servedAt }) });
  }

  /** One resource by id. Fails with `notFound` when the service has none. */
  async get(kind: KindId, id: string, scope: Scope, parent?: Resource, signal?: AbortSignal): Promise<Result<Resource>> {
    const row = kindOf(kind);
    const token = await this.#options.identity.token(scope, signal);
    if (!token.ok) return token;
    const path = pathOf(kind, row.path, token.value, parent);
    if (!path.ok) return path;
    const call = {
      service: serviceOf(kind),
      path: `${path.value}/${encodeURIComponent(id)}`,
      scope,
      doing: `read ${row.label[0]} ${id}`,
      admin: row.admin,
      signal,
    };
    const body = await this.json(call);
    if (!body.ok) return body;
    const resource = row.itemKey === undefined ? body.value : asSettings(body.value)[row.itemKey];
    if (typeof resource === 'object' && resource !== null && !Array.isArray(resource)) {
      if (!isGone(kind, resource as Resource)) return success(resource as Resource);
      return failed('notFound', `The ${row.label[0]} ${id} of cloud ${this.#options.config.name} was deleted.`);
    }
    return failed(
      'malformed',
      `The ${call.service} service of cloud ${this.#options.config.name} answered without the ${row.label[0]} asked for.`,
    );
  }

  /**
   * Sends one change of a resource, or of the collection where none is named. It goes out at most once, apart from answers by which the service says that it did nothing (401, 406, 429 and 503 with a Retry-After).
   * Fails as questions do; `conflict` where the resource's state or what depends on it forbids it.
   */
  async change(
    kind: KindId,
    resource: Resource | undefined,
    change: Change,
    scope: Scope,
    how: ChangeHow,
  ): Promise<Result<Accepted>> {
    const row = kindOf(kind);
    const token = await this.#options.identity.token(scope, how.signal);
    if (!token.ok) return token;
    const collection = pathOf(kind, row.path, token.value, how.parent);
    if (!collection.ok) return collection;
    const { method, body, contentType } = change;
    const plain = method === 'DELETE' && change.path === undefined && change.collection === undefined;
    const query = change.query ?? (plain ? row.deleteQuery : undefined);
    const call: Call = {
      service: change.service ?? serviceOf(kind),
      path:
        change.collection ??
        (resource && !change.whole ? `${collection.value.replace(/\/$/, '')}/${itemPath(kind, resource)}` : collection.value) +
          (change.path ?? ''),
      scope,
      doing: how.doing,
      admin: row.admin,
      signal: how.signal,
      sends: { method, ...(body !== undefined && { body }), ...(contentType && { contentType }) },
      ...(query && { query: new URLSearchParams(query) }),
    };
    const answer = await this.#answer(call, token.value);
    const tell = (result: Result<Accepted>, id: string | undefined) =>
      how.asks ? result : this.#told(call, token.value, result, id);
    if (!answer.ok) return tell(answer, answer.failure.requestId);
    const { response } = answer.value;
    const accepted = response.status >= 200 && response.status < 300;
    const result: Result<Accepted> = accepted
      ? success(acceptedBy(response))
      : { ok: false, failure: this.#failure(call, response, token.value) };
    return tell(result, requestIdOf(response.headers));
  }

  #told<T>({ doing }: Pick<Call, 'doing'>, { project }: Token, result: Result<T>, id: string | undefined): Result<T> {
    const where = [this.#options.config.name, project?.name].filter(Boolean).join(' › ');
    this.#options.onSent?.({ what: doing, where, outcome: result.ok ? 'accepted' : result.failure.message, id });
    return result;
  }

  /** The address of one resource, as {@link get} asks for it, and the headers that name a microversion. Contacts nobody but to sign in. */
  async addressOf(
    kind: KindId,
    id: string,
    scope: Scope,
    parent?: Resource,
  ): Promise<Result<{ readonly url: string; readonly headers: Readonly<Record<string, string>> }>> {
    const token = await this.#options.identity.token(scope);
    if (!token.ok) return token;
    const { listPath, path, get } = kindOf(kind);
    const collection = pathOf(kind, get === false ? (listPath ?? path) : path, token.value, parent);
    if (!collection.ok) return collection;
    const call = {
      service: serviceOf(kind),
      path: get === false ? collection.value : `${collection.value.replace(/\/$/, '')}/${encodeURIComponent(id)}`,
      scope,
      doing: '',
    };
    const service = serviceRow(kind);
    const endpoint = this.#endpointOf(call, service, token.value);
    if (!endpoint.ok) return endpoint;
    return success({ url: urlOf(endpoint.value, call), headers: this.#microversions.headers(call.service, service) });
  }

  /** The decoded answer of a GET: signs in once more after a 401, lowers the microversion once after a 406, looks for the endpoint once after a 300 or a list's 404. */
  async json(call: Call): Promise<Result<unknown>> {
    const answer = await this.#decoded(call);
    return answer.ok ? success(answer.value.body) : answer;
  }

  /** Whether the service of a kind is asked in at least this microversion. */
  speaks(kind: KindId, version: string): boolean {
    return this.#microversions.reaches(serviceOf(kind), serviceRow(kind), version);
  }

  async #decoded(call: Call): Promise<Result<{ readonly body: unknown; readonly servedAt?: number }>> {
    const token = await this.#options.identity.token(call.scope, call.signal);
    if (!token.ok) return token;
    const answer = await this.#answer(call, token.value);
    if (!answer.ok) return answer;
    const { response, url } = answer.value;
    const { status } = response;
    if (status < 200 || status >= 300) return { ok: false, failure: this.#failure(call, response, token.value) };
    const servedAt = Date.parse(response.headers['date'] ?? '');
    const body = status === 204 ? success([]) : jsonOf(response, hostOf(url));
    return body.ok ? success({ body: body.value, ...(!Number.isNaN(servedAt) && { servedAt }) }) : body;
  }

  /**
   * Moves bytes, or asks for what stands in headers; answers any 2xx whole, but for what went into a sink. A stream flows at most once: it begins again only where
   * a 401 came before any of it had gone out. Fails as questions do.
   */
  async transfer(call: Omit<Call, 'sends'>, moved: Moved): Promise<Result<HttpResponse>> {
    const { identity, http, tls } = this.#options;
    const service = services[call.service];
    if (!service) return failed('unsupported', `No service ${call.service} is known.`);
    const token = await identity.token(call.scope, call.signal);
    if (!token.ok) return token;
    const endpoint = this.#endpointOf(call, service, token.value);
    if (!endpoint.ok) return endpoint;
    const url = urlOf(endpoint.value, call);
    const send = (current: Token) => {
      const headers = { accept: '*/*', ...this.#headersOf(call.service, service, current), ...moved.headers };
      const request = { ...moved, url, tls, headers, ...(call.signal && { signal: call.signal }) };
      if (moved.sink || typeof moved.body === 'object') return http.transfer(request);
      return this.#room.run(() => repeated(http, request, this.#clock));
    };
    let answer = await send(token.value);
    if (answer.ok && answer.value.response.status === 401 && answer.value.sentBytes === 0) {
      const renewed = await identity.renewed(call.scope, token.value, call.signal);
      if (!renewed.ok) return renewed;
      answer = await send(renewed.value);
    }
    if (!answer.ok) return answer;
    const { response } = answer.value;
    const writes = moved.method !== 'GET' && moved.method !== 'HEAD';
    const result: Result<HttpResponse> =
      response.status >= 200 && response.status < 300
        ? success(response)
        : { ok: false, failure: this.#failure(call, response, token.value, writes) };
    return writes ? this.#told(call, token.value, result, requestIdOf(response.headers)) : result;
  }

  #failure(call: Call, response: HttpResponse, token: Token, writes = call.sends !== undefined): Failure {
    const { name: cloud } = this.#options.config;
    const { roles, ruled = false } = token;
    const user = token.user.name;
    const refused = { user, roles, service: services[call.service] ?? {}, admin: call.admin === true, writes };
    return serviceFailure(response, { ...call, cloud, project: plainText(token.project?.name ?? cloud), user, refused, ruled });
  }

  async #page(
    kind: KindId,
    call: Pick<Call, 'scope' | 'path' | 'headers' | 'signal'> & { readonly query: URLSearchParams },
  ): Promise<Result<ListPage>> {
    const { label, listKey, paged, optional, admin, id = 'id' } = kindOf(kind);
    const { query } = call;
    const many = label[1].toLowerCase();
    const answer = await this.#decoded({ ...call, service: serviceOf(kind), doing: `list ${many}`, admin });
    if (!answer.ok && answer.failure.status === 404 && optional)
      return failed('unsupported', `The ${serviceOf(kind)} service of cloud ${this.#options.config.name} knows no ${many}.`);
    if (!answer.ok) return answer;
    const { body, ...served } = answer.value;
    const items = itemsOf(kind, body);
    if (!items)
      return failed(
        'malformed',
        `The ${serviceOf(kind)} service of cloud ${this.#options.config.name} answered without a list of ${many}.`,
      );
    const identity = (item: Resource) => textAt(item, id) ?? '';
    const next = paged === false ? undefined : nextQuery(serviceRow(kind), { body, items, listKey, query, identity });
    return success({ items, next, ...served });
  }

  async #answer(call: Call, token: Token): Promise<Result<{ response: HttpResponse; url: string }>> {
    const service = services[call.service];
    if (!service) return failed('unsupported', `No service ${call.service} is known.`);
    const endpoint = this.#endpointOf(call, service, token);
    if (!endpoint.ok) return endpoint;
    let url = urlOf(endpoint.value, call);
    let current = token;
    const send = () => this.#send(url, call, service, current);
    const version = this.#microversions.of(call.service, service);
    let answer = await send();
    if (answer.ok && answer.value.status === 401) {
      const renewed = await this.#options.identity.renewed(call.scope, current, call.signal);
      if (!renewed.ok) return renewed;
      current = renewed.value;
      answer = await send();
    }
    if (answer.ok && answer.value.status === 406) {
      this.#microversions.lower(call.service, service, answer.value);
      // Of several first questions at once, each was refused, and one of them learned why.
      if (this.#microversions.of(call.service, service) !== version) answer = await send();
    }
    if (answer.ok && (answer.value.status === 300 || answer.value.status === 404) && call.doing.startsWith('list')) {
      const found = await this.#discover(call, service, current, endpoint.value);
      if (found !== undefined) {
        url = urlOf(found, call);
        answer = await send();
      }
    }
    return answer.ok ? success({ response: answer.value, url }) : answer;
  }

  #endpointOf(call: Call, service: Service, token: Token): Result<string> {
    const known = this.#endpoints.get(`${call.service} ${token.project?.id}`);
    return known === undefined ? endpointOf(this.#options.config, call.service, service, token) : success(known);
  }

  #send(url: string, call: Call, service: Service, token: Token): Promise<Result<HttpResponse>> {
    const { http, tls } = this.#options;
    const { method = 'GET', body, contentType = 'application/json' } = call.sends ?? {};
    const request: HttpRequest = {
      method,
      url,
      tls,
      ...(body !== undefined && { body: JSON.stringify(body) }),
      headers: {
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': contentType }),
        ...this.#headersOf(call.service, service, token),
        ...call.headers,
      },
      ...(call.signal && { signal: call.signal }),
    };
    return this.#room.run(() => withRetries(request, (one) => http.request(one), { clock: this.#clock }));
  }

  #headersOf(type: string, service: Service, { value }: Token): Record<string, string> {
    return {
      ...(value !== '' && { 'x-auth-token': value }),
      'x-openstack-request-id': `req-${randomUUID()}`,
      ...this.#microversions.headers(type, service),
    };
  }

  async #discover(call: Call, service: Service, token: Token, tried: string): Promise<string | undefined> {
    const key = `${call.service} ${token.project?.id}`;
    const known = this.#endpoints.get(key);
    if (known !== undefined) return known === tried ? undefined : known;
    const root = rootOf(tried);
    const answer = await this.#send(`${root}/`, call, service, token);
    const found = answer.ok ? discovered(answer.value, root, service, token) : undefined;
    // Remembered either way: a cloud is asked for its versions once.
    this.#endpoints.set(key, found ?? tried);
    return found === tried ? undefined : found;
  }
}

/** What fits in memory is asked for as patiently as a question. */
async function repeated(http: Http, request: HttpTransfer, clock: Clock): Promise<Result<Transferred>> {
  const { body, ...rest } = request;
  const plain = { ...rest, ...(typeof body === 'string' && { body }) };
  const answer = await withRetries(plain, (one) => http.request(one), { clock });
  return answer.ok ? success({ response: answer.value, sentBytes: 0 }) : answer;
}

function acceptedBy(response: HttpResponse): Accepted {
  const requestId = requestIdOf(response.headers);
  const isJson = /\bjson\b/.test(response.headers['content-type'] ?? '') && response.body.length > 0;
  const body = isJson ? jsonOf(response, '') : undefined;
  return body?.ok ? { requestId, body: body.value } : { requestId };
}

function keepUsable(kind: KindId, token: Token, items: readonly Resource[]): readonly Resource[] {
  const { usable } = serviceRow(kind);
  const { project, roles } = token;
  if (!usable || !kindOf(kind).shared || !project || !roles.includes('admin')) return items;
  return items.filter((item) => usable(item, project.id));
}

function urlOf(endpoint: string, { path, query }: Call): string {
  const search = query?.toString();
  return `${endpoint}${path === '/' ? '' : path}${search ? `?${search}` : ''}`;
}

function hostOf(url: string): string {
  return URL.parse(url)?.host ?? url;
}
