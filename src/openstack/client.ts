import { randomUUID } from 'node:crypto';
import { type Clock, systemClock } from '../base/clock.ts';
import { failed, type Result, success } from '../base/failure.ts';
import type { Http, HttpRequest, HttpResponse, TlsOptions } from '../base/http.ts';
import { jsonOf } from '../base/jsonBody.ts';
import { withRetries } from '../base/retry.ts';
import { Semaphore } from '../base/semaphore.ts';
import type { Scope } from './authRequest.ts';
import type { CloudConfig } from './cloudConfig.ts';
import { textAt } from './columns.ts';
import { asSettings } from './configFiles.ts';
import { catalogueUrl, discovered, endpointOf, rootOf } from './endpoints.ts';
import { serviceFailure } from './faults.ts';
import type { Identity } from './identity.ts';
import type { Resource } from './kind.ts';
import { type KindId, kindOf, serviceOf } from './kinds/kinds.ts';
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
}

/** One question to a service. `path` is below the versioned endpoint, its parts already encoded. */
export interface Call {
  readonly service: string;
  readonly path: string;
  readonly query?: URLSearchParams;
  readonly scope: Scope;
  /** For sentences: `list networks`. */
  readonly doing: string;
  readonly signal?: AbortSignal | undefined;
}

/** What is asked of a list. */
export interface ListCall {
  /** Fills the path of kinds that lie below another one. */
  readonly parent?: Resource | undefined;
  /** Go to the service as they stand. */
  readonly filters?: Readonly<Record<string, string>>;
  /** Hears of the first page as soon as it is there, if more follow. */
  readonly onFirstPage?: ((items: readonly Resource[]) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A list as gathered from its pages. `complete` is false when it was cut at {@link mostItems}. */
export interface Listed {
  readonly items: readonly Resource[];
  readonly complete: boolean;
}

/** A list is cut here; more rows than this help nobody. */
const mostItems = 20_000;
const atATime = 6;

/** The one client for every row of the catalog: endpoints, microversions, pages, a second sign-in, retries and errors. */
export class Client {
  readonly #options: ClientOptions;
  readonly #clock: Clock;
  readonly #room = new Semaphore(atATime);
  /** Service type → microversion the cloud has, once it refused the wanted one; empty when it knows none. */
  readonly #microversions = new Map<string, string>();
  /** Service type and project → endpoint found by asking, once the usual one was not there. */
  readonly #endpoints = new Map<string, string>();

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /** Whether the token's catalogue, or the configuration, has the service of a kind. */
  offers(kind: KindId, token: Token): boolean {
    return catalogueUrl(this.#options.config, serviceOf(kind), serviceRow(kind), token) !== undefined;
  }

  /** Lists a kind, all pages. */
  async list(kind: KindId, scope: Scope, { parent, filters = {}, onFirstPage, signal }: ListCall = {}): Promise<Result<Listed>> {
    const row = kindOf(kind);
    const token = await this.#options.identity.token(scope, signal);
    if (!token.ok) return token;
    const path = pathOf(kind, row.listPath ?? row.path, token.value, parent);
    if (!path.ok) return path;
    const usable = (all: readonly Resource[]) => keepUsable(kind, token.value, row.quirk ? row.quirk(all) : all);
    const items: Resource[] = [];
    let query: URLSearchParams | undefined = firstQuery(kind, filters, token.value);
    while (query && items.length < mostItems) {
      const page: Result<{ items: readonly Resource[]; next: URLSearchParams | undefined }> = await this.#page(
        kind,
        scope,
        path.value,
        query,
        signal,
      );
      if (!page.ok) return page;
      if (items.length === 0 && page.value.next) onFirstPage?.(usable(page.value.items));
      items.push(...page.value.items);
      query = page.value.next;
    }
    return success({ items: usable(items), complete: query === undefined });
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
      signal,
    };
    const body = await this.json(call);
    if (!body.ok) return body;
    const resource = row.itemKey === undefined ? body.value : asSettings(body.value)[row.itemKey];
    if (typeof resource === 'object' && resource !== null && !Array.isArray(resource)) return success(resource as Resource);
    return failed(
      'malformed',
      `The ${call.service} service of cloud ${this.#options.config.name} answered without the ${row.label[0]} asked for.`,
    );
  }

  /** The decoded answer of a GET: signs in once more after a 401, lowers the microversion once after a 406, looks for the endpoint once after a 300 or a list's 404. */
  async json(call: Call): Promise<Result<unknown>> {
    const token = await this.#options.identity.token(call.scope, call.signal);
    if (!token.ok) return token;
    const answer = await this.#answer(call, token.value);
    if (!answer.ok) return answer;
    const { status } = answer.value.response;
    if (status >= 200 && status < 300 && status !== 204) return jsonOf(answer.value.response, hostOf(answer.value.url));
    if (status === 204) return success([]);
    const { config } = this.#options;
    const project = token.value.project?.name ?? config.name;
    return {
      ok: false,
      failure: serviceFailure(answer.value.response, { ...call, cloud: config.name, project, user: token.value.user.name }),
    };
  }

  async #page(kind: KindId, scope: Scope, path: string, query: URLSearchParams, signal: AbortSignal | undefined) {
    const { label, listKey, paged, id = 'id' } = kindOf(kind);
    const many = label[1].toLowerCase();
    const body = await this.json({ service: serviceOf(kind), path, query, scope, doing: `list ${many}`, signal });
    if (!body.ok) return body;
    const items = itemsOf(kind, body.value);
    if (!items)
      return failed(
        'malformed',
        `The ${serviceOf(kind)} service of cloud ${this.#options.config.name} answered without a list of ${many}.`,
      );
    const identity = (item: Resource) => textAt(item, id) ?? '';
    const next = paged === false ? undefined : nextQuery(serviceRow(kind), { body: body.value, items, listKey, query, identity });
    return success({ items, next });
  }

  async #answer(call: Call, token: Token): Promise<Result<{ response: HttpResponse; url: string }>> {
    const service = services[call.service];
    if (!service) return failed('unsupported', `No service ${call.service} is known.`);
    const endpoint = this.#endpointOf(call, service, token);
    if (!endpoint.ok) return endpoint;
    let url = urlOf(endpoint.value, call);
    let current = token;
    const send = () => this.#send(url, call, service, current);
    const version = this.#versionOf(call.service, service);
    let answer = await send();
    if (answer.ok && answer.value.status === 401) {
      const renewed = await this.#options.identity.renewed(call.scope, current, call.signal);
      if (!renewed.ok) return renewed;
      current = renewed.value;
      answer = await send();
    }
    if (answer.ok && answer.value.status === 406) {
      this.#lower(call.service, service, answer.value);
      // Of several first questions at once, each was refused, and one of them learned why.
      if (this.#versionOf(call.service, service) !== version) answer = await send();
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
    const request: HttpRequest = {
      method: 'GET',
      url,
      tls,
      headers: {
        accept: 'application/json',
        'x-auth-token': token.value,
        'x-openstack-request-id': `req-${randomUUID()}`,
        ...this.#versionHeaders(call.service, service),
      },
      ...(call.signal && { signal: call.signal }),
    };
    return this.#room.run(() => withRetries(request, (one) => http.request(one), { clock: this.#clock }));
  }

  #versionOf(type: string, { microversion }: Service): string | undefined {
    return this.#microversions.get(type) ?? microversion?.wanted;
  }

  #versionHeaders(type: string, service: Service): Record<string, string> {
    const { microversion } = service;
    const version = this.#versionOf(type, service);
    if (!microversion || !version) return {};
    return Object.fromEntries(microversion.headers.map(([name, prefix]) => [name, `${prefix}${version}`]));
  }

  /** Remembers the highest microversion the cloud has, as its refusal names it. */
  #lower(type: string, { microversion }: Service, refusal: HttpResponse): void {
    if (!microversion || this.#microversions.has(type)) return;
    const highest = refusal.headers['openstack-api-maximum-version'] ?? '';
    const named = /\d+\.\d+$/.exec(highest)?.[0] ?? highestIn(refusal.text());
    this.#microversions.set(type, named ?? '');
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

/** `max_version` of a body, or "maximum is 2.93" in its text. */
function highestIn(text: string): string | undefined {
  return /"max_version":\s*"(\d+\.\d+)"/.exec(text)?.[1] ?? /maximum is (\d+\.\d+)/i.exec(text)?.[1];
}

function itemsOf(kind: KindId, body: unknown): readonly Resource[] | undefined {
  const { listKey, wrapped } = kindOf(kind);
  const list = listKey === '' ? body : asSettings(body)[listKey];
  if (!Array.isArray(list)) return undefined;
  return list.map((item) => asSettings(wrapped === undefined ? item : asSettings(item)[wrapped]));
}

/** Fills `{parameters}` from the parent or the token, each encoded. */
function pathOf(kind: KindId, path: string, token: Token, parent: Resource | undefined): Result<string> {
  const row = kindOf(kind);
  let missing = false;
  const filled = path.replace(/\{(\w+)\}/g, (_whole, name: string) => {
    const field = row.parent?.parameters[name];
    const value =
      field === undefined ? { user: token.user.id, project: token.project?.id }[name] : parent && textAt(parent, field);
    if (!value) missing = true;
    return encodeURIComponent(value ?? '');
  });
  if (!missing) return success(filled);
  const below = row.parent ? kindOf(row.parent.kind).label[0] : 'project';
  return failed('unsupported', `${row.label[1]} are only known below one ${below}.`);
}

function firstQuery(kind: KindId, filters: Readonly<Record<string, string>>, token: Token): URLSearchParams {
  const { query, paged } = kindOf(kind);
  const service = serviceRow(kind);
  const all = new URLSearchParams({ ...query, ...filters, ...narrowing(kind, service, token) });
  if (service.limit !== undefined && paged !== false) all.set('limit', String(service.limit));
  return all;
}

/** An administrator sees every project's resources; a project's list is narrowed to its own. */
function narrowing(kind: KindId, { projectQuery }: Service, token: Token): Record<string, string> {
  if (!projectQuery || kindOf(kind).shared || !token.project || !token.roles.includes('admin')) return {};
  return { [projectQuery]: token.project.id };
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
