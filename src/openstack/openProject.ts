import { Cache, type Cached } from '../base/cache.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import { Emitter } from '../base/event.ts';
import { type Failure, failed, type Result, success } from '../base/failure.ts';
import type { Scope } from './authRequest.ts';
import type { Client, ListCall, Listed } from './client.ts';
import { valuesAt } from './columns.ts';
import { idOf, type NameLookup, nameOf } from './display.ts';
import type { Resource } from './kind.ts';
import { type KindId, kindOf } from './kinds/kinds.ts';
import type { Lookup, Query } from './lookup.ts';
import { idIn, lookUp, nearest, sameId } from './matching.ts';
import type { Freshness, ListOptions, Project, ResourceList } from './project.ts';
import { type Quota, quotaOf } from './quota.ts';
import { serviceRow } from './services.ts';
import type { Token } from './token.ts';

/** What an opened project is made of. */
export interface ProjectOptions {
  readonly client: Client;
  readonly scope: Scope;
  /** The token it was opened with: its catalogue says what is offered. */
  readonly token: Token;
  readonly cloud: string;
  readonly region: string | undefined;
  readonly clock?: Clock;
}

const defaultAgeMs = 30_000;
/** A kind is asked for again at most this often because something was not found. */
const missMs = 30_000;

/** {@link Project} over a client: lists cached and in flight once, the old list kept and marked stale while the cloud does not answer. */
export class OpenProject implements Project {
  readonly cloud: string;
  readonly region: string | undefined;
  readonly id: string;
  readonly name: string;
  readonly user: string;
  readonly #options: ProjectOptions;
  readonly #clock: Clock;
  readonly #lists: Cache<Listed>;
  readonly #single: Cache<Resource>;
  readonly #changed = new Emitter<{ readonly kinds: readonly KindId[] }>();
  readonly #refusals = new Map<KindId, { readonly failure: Failure; readonly at: number }>();
  readonly #missed = new Map<KindId, number>();
  /** Lists whose first page was given and whose rest failed: the next question gets the failure, not the first page again. */
  readonly #torn = new Set<string>();
  readonly onDidChange = this.#changed.event;

  constructor(options: ProjectOptions) {
    const { project, user } = options.token;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#lists = new Cache(this.#clock);
    this.#single = new Cache(this.#clock);
    this.cloud = options.cloud;
    this.region = options.region;
    this.id = project?.id ?? '';
    this.name = project?.name ?? options.cloud;
    this.user = user.name;
  }

  offers(kind: KindId): boolean {
    return this.#options.client.offers(kind, this.#options.token);
  }

  async list(kind: KindId, options: ListOptions = {}): Promise<Result<ResourceList>> {
    const { where = {}, parent, freshness = defaultAgeMs, partial = false, signal } = options;
    const whole = this.#lists.peek(keyOf(kind, {}, parent));
    if (whole && !whole.stale && this.#young(whole, freshness)) return success(toList(whole, where));
    const filters = serverFilters(kind, where);
    const key = keyOf(kind, filters, parent);
    if (partial && !this.#lists.peek(key) && !this.#torn.delete(key)) return await this.#listPartly(kind, filters, options);
    const answer = await this.#load(kind, { parent, filters, signal }, freshness);
    return answer.ok ? success(toList(answer.value, where)) : answer;
  }

  peek(kind: KindId, { where = {}, parent }: Pick<ListOptions, 'where' | 'parent'> = {}): ResourceList | undefined {
    const known = this.#lists.peek(keyOf(kind, {}, parent)) ?? this.#lists.peek(keyOf(kind, serverFilters(kind, where), parent));
    return known && toList(known, where);
  }

  async get(
    kind: KindId,
    reference: string,
    { freshness = defaultAgeMs, parent, signal }: { freshness?: Freshness; parent?: Resource; signal?: AbortSignal } = {},
  ): Promise<Result<Resource>> {
    const id = idIn(reference);
    // An empty or dotted segment would ask for another path.
    if (/^\.{0,2}$/.test(id)) return this.#absent(kind, id);
    const listed = this.#lists.peek(keyOf(kind, {}, parent));
    const known =
      listed && this.#young(listed, freshness) ? listed.value.items.find((item) => sameId(kind, item, id)) : undefined;
    if (known) return success(known);
    if (kindOf(kind).get === false)
      return await this.#getFromList(kind, id, { freshness, ...(parent && { parent }), ...(signal && { signal }) });
    const load = (ending: AbortSignal) => this.#options.client.get(kind, id, this.#options.scope, parent, ending);
    const answer = await this.#single.get(`${keyOf(kind, {}, parent)} ${id}`, ageOf(freshness), load, { signal, strict: true });
    if (answer.ok) return sameId(kind, answer.value.value, id) ? success(answer.value.value) : this.#absent(kind, id);
    const { reason, status } = answer.failure;
    // Some services answer 400 to an id that is none.
    return reason === 'notFound' || status === 400 ? this.#absent(kind, id) : answer;
  }

  async find(kind: KindId, query: Query, signal?: AbortSignal): Promise<Lookup> {
    if (query.by === 'id') return await this.#findById(kind, query.value, signal);
    const list = await this.list(kind, { freshness: defaultAgeMs, ...(signal && { signal }) });
    if (!list.ok) return { verdict: 'unknown', failure: list.failure };
    const answer = this.#judge(kind, query, list.value);
    if (answer.verdict !== 'missing' || this.#clock.now() - list.value.asOf < 1_000 || !this.#mayAskAgain(kind)) return answer;
    const fresh = await this.list(kind, { freshness: 'fresh', ...(signal && { signal }) });
    return fresh.ok ? this.#judge(kind, query, fresh.value) : { verdict: 'unknown', failure: fresh.failure };
  }

  refresh(kinds?: readonly KindId[]): void {
    const prefixes = kinds?.map((kind) => `${kind} `);
    const named = (key: string) => prefixes === undefined || prefixes.some((prefix) => key.startsWith(prefix));
    const known = kinds ?? [...new Set(this.#lists.keys().map(kindOfKey))];
    this.#lists.forget(named);
    this.#single.forget(named);
    for (const kind of kinds ?? [...this.#refusals.keys()]) this.#refusals.delete(kind);
    for (const kind of kinds ?? [...this.#missed.keys()]) this.#missed.delete(kind);
    this.#changed.fire({ kinds: known });
  }

  /** The name of a resource as far as it is known without asking; undefined otherwise. */
  readonly nameOf: NameLookup = (kind, id) => {
    const match = this.peek(kind)?.items.find((item) => sameId(kind, item, id));
    return match && nameOf(kind, match);
  };

  /** What the project may use of a service and what it uses. Fails with `unsupported` where the service tells no quota. */
  async quota(service: string, signal?: AbortSignal): Promise<Result<readonly Quota[]>> {
    return await quotaOf(service, this.id, (path) =>
      this.#options.client.json({ service, path, scope: this.#options.scope, doing: 'read its quota', signal }),
    );
  }

  dispose(): void {
    this.#changed.dispose();
  }

  /** The first page as soon as it is there; the rest goes into the cache and is told by the event. */
  async #listPartly(
    kind: KindId,
    filters: Readonly<Record<string, string>>,
    options: ListOptions,
  ): Promise<Result<ResourceList>> {
    const { where = {}, parent, freshness = defaultAgeMs, signal } = options;
    const first = Promise.withResolvers<Result<ResourceList>>();
    let early = false;
    const onFirstPage = (items: readonly Resource[]) => {
      early = true;
      first.resolve(success(toList({ value: { items, complete: false }, asOf: this.#clock.now(), stale: false }, where)));
    };
    const whole = this.#load(kind, { parent, filters, signal, onFirstPage }, freshness).then((answer) => {
      if (early && !answer.ok) this.#torn.add(keyOf(kind, filters, parent));
      if (early) this.#changed.fire({ kinds: [kind] });
      return answer.ok ? success(toList(answer.value, where)) : answer;
    });
    return await Promise.race([first.promise, whole]);
  }

  async #load(kind: KindId, call: ListCall, freshness: Freshness): Promise<Result<Cached<Listed>>> {
    const refusal = this.#refusals.get(kind);
    if (refusal && freshness !== 'fresh' && this.#clock.now() - refusal.at < defaultAgeMs)
      return { ok: false, failure: refusal.failure };
    const key = keyOf(kind, call.filters ?? {}, call.parent);
    const before = this.#lists.peek(key);
    const load = (ending: AbortSignal) => this.#options.client.list(kind, this.#options.scope, { ...call, signal: ending });
    const answer = await this.#lists.get(key, ageOf(freshness), load, { signal: call.signal });
    if (answer.ok) this.#refusals.delete(kind);
    else if (answer.failure.reason === 'forbidden') this.#refusals.set(kind, { failure: answer.failure, at: this.#clock.now() });
    if (answer.ok && before && this.#lists.peek(key) === answer.value && changed(before, answer.value))
      this.#changed.fire({ kinds: [kind] });
    return answer;
  }

  async #getFromList(kind: KindId, id: string, options: ListOptions): Promise<Result<Resource>> {
    const list = await this.list(kind, options);
    if (!list.ok) return list;
    const match = list.value.items.find((item) => sameId(kind, item, id));
    return match ? success(match) : this.#absent(kind, id);
  }

  async #findById(kind: KindId, id: string, signal: AbortSignal | undefined): Promise<Lookup> {
    const resource = await this.get(kind, id, signal && { signal });
    if (resource.ok) return { verdict: 'found', matches: [resource.value] };
    if (resource.failure.reason !== 'notFound') return { verdict: 'unknown', failure: resource.failure };
    const list = await this.list(kind, { freshness: 'cached', ...(signal && { signal }) });
    return { verdict: 'missing', near: list.ok ? nearest(kind, list.value.items, id) : [] };
  }

  /** A miss in an old or cut list accuses nobody. */
  #judge(kind: KindId, query: Query, list: ResourceList): Lookup {
    const answer = lookUp(kind, list.items, query);
    if (answer.verdict !== 'missing' || (list.complete && !list.stale)) return answer;
    const why = list.complete ? 'could not be listed again' : 'are too many to be listed whole';
    return {
      verdict: 'unknown',
      failure: { reason: 'unavailable', message: `The ${kindOf(kind).label[1].toLowerCase()} of project ${this.name} ${why}.` },
    };
  }

  #mayAskAgain(kind: KindId): boolean {
    const now = this.#clock.now();
    if (now - (this.#missed.get(kind) ?? Number.NEGATIVE_INFINITY) < missMs) return false;
    this.#missed.set(kind, now);
    return true;
  }

  #absent(kind: KindId, id: string): Result<never> {
    return failed('notFound', `No ${kindOf(kind).label[0]} with id "${id}" in project ${this.name} (cloud ${this.cloud}).`);
  }

  #young({ asOf }: Cached<Listed>, freshness: Freshness): boolean {
    return this.#clock.now() - asOf <= ageOf(freshness);
  }
}

function ageOf(freshness: Freshness): number {
  if (freshness === 'cached') return Number.POSITIVE_INFINITY;
  return freshness === 'fresh' ? -1 : freshness;
}

/** Kind first, so that a kind's lists are found by prefix. */
function keyOf(kind: KindId, filters: Readonly<Record<string, string>>, parent: Resource | undefined): string {
  const { parent: below } = kindOf(kind);
  const above = below && parent ? idOf(below.kind, parent) : '';
  return `${kind} ${above} ${JSON.stringify(Object.entries(filters).sort())}`;
}

function kindOfKey(key: string): KindId {
  return key.slice(0, key.indexOf(' ')) as KindId;
}

/** Conditions that the service itself can apply: top-level fields, where it filters by any. */
function serverFilters(kind: KindId, where: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  if (!serviceRow(kind).filters) return {};
  return Object.fromEntries(Object.entries(where).filter(([field]) => /^\w+$/.test(field)));
}

function toList({ value, asOf, stale }: Cached<Listed>, where: Readonly<Record<string, string>>): ResourceList {
  const conditions = Object.entries(where);
  const meets = (item: Resource) =>
    conditions.every(([field, wanted]) => valuesAt(item, field).some((own) => String(own) === wanted));
  return { items: conditions.length === 0 ? value.items : value.items.filter(meets), asOf, stale, complete: value.complete };
}

function changed(before: Cached<Listed>, after: Cached<Listed>): boolean {
  if (before.stale !== after.stale || before.value.items.length !== after.value.items.length) return true;
  return before.value !== after.value && JSON.stringify(before.value.items) !== JSON.stringify(after.value.items);
}
