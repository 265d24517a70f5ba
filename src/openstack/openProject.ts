import { Cache, type Cached } from '../base/cache.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import { Emitter } from '../base/event.ts';
import { type Failure, failed, type Result, success } from '../base/failure.ts';
import { sameJson } from '../base/fields.ts';
import { plainText } from '../base/plainText.ts';
import { inTurns } from '../base/turns.ts';
import type { Accepted, Change } from './action.ts';
import { actions } from './actions/actions.ts';
import type { ActionWord } from './actions/actionWords.ts';
import type { Scope } from './authRequest.ts';
import { ChangedLists } from './changes.ts';
import type { Call, Client, ListCall, Listed, Moved } from './client.ts';
import { valuesAt } from './columns.ts';
import { idOf, type NameLookup, nameOf } from './display.ts';
import type { Resource } from './kind.ts';
import { isKindId, type KindId, kindOf } from './kinds/kinds.ts';
import type { Lookup, Query } from './lookup.ts';
import { byId, idIn, lookUp, nearest, sameId } from './matching.ts';
import type { ActOptions, Freshness, ListOptions, Project, ResourceList } from './project.ts';
import { type Quota, quotaOf } from './quota.ts';
import { shapeOf } from './search.ts';
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
  readonly administers: boolean;
  readonly #options: ProjectOptions;
  readonly #clock: Clock;
  readonly #lists: Cache<Listed>;
  readonly #single: Cache<Resource>;
  readonly #changedLists: ChangedLists;
  readonly #changed = new Emitter<{ readonly kinds: readonly KindId[] }>();
  /** By kind; what was refused for all projects stands apart. */
  readonly #refusals = new Map<string, { readonly failure: Failure; readonly at: number }>();
  readonly #missed = new Map<KindId, number>();
  /** Ids that neither a list nor the service knew, and when it was asked. */
  readonly #strangers = new Map<string, number>();
  /** What this user may not list, or this cloud is without: learnt by asking, kept until a refresh. */
  readonly #closed = new Set<KindId>();
  /** Lists whose first page was given and whose rest failed: the next question gets the failure, not the first page again. */
  readonly #torn = new Set<string>();
  readonly #offered = new Map<KindId, boolean>();
  readonly onDidChange = this.#changed.event;

  constructor(options: ProjectOptions) {
    const { project, domain, user, roles } = options.token;
    const scope = domain ? { id: `domain:${domain.id}`, name: domain.name } : { id: 'system', name: 'system' };
    const own = project ?? (domain || options.token.system ? scope : { id: '', name: options.cloud });
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#changedLists = new ChangedLists({ ...options, admin: roles.includes('admin'), clock: this.#clock });
    this.#lists = new Cache(this.#clock);
    this.#single = new Cache(this.#clock);
    this.cloud = options.cloud;
    this.region = options.region;
    this.id = own.id;
    this.name = plainText(own.name);
    this.user = user.name;
    this.administers = roles.includes('admin');
  }

  offers(kind: KindId): boolean {
    if (this.#closed.has(kind)) return false;
    // Every row asks this for each kind below it, and a token's catalogue does not change.
    const known = this.#offered.get(kind);
    if (known !== undefined) return known;
    const { client, token } = this.#options;
    const offered = !(kindOf(kind).admin && isOrdinary(token)) && client.offers(kind, token);
    this.#offered.set(kind, offered);
    return offered;
  }

  async list(kind: KindId, options: ListOptions = {}): Promise<Result<ResourceList>> {
    const { where = {}, query = {}, allProjects = false, parent, freshness = defaultAgeMs, partial = false, signal } = options;
    const whole = this.#lists.peek(keyOf(kind, query, parent, allProjects));
    if (whole && !whole.stale && this.#young(whole, freshness)) return success(toList(whole, where));
    const filters = { ...serverFilters(kind, where), ...query };
    const key = keyOf(kind, filters, parent, allProjects);
    const call = { parent, filters, allProjects, signal };
    if (partial && !this.#lists.peek(key) && !this.#torn.delete(key)) return await this.#listPartly(kind, call, options);
    const answer = await this.#load(kind, call, freshness);
    return answer.ok ? success(toList(answer.value, where)) : answer;
  }

  mayListAll(kind: KindId): boolean {
    const { token } = this.#options;
    return kindOf(kind).allProjects !== undefined && token.project !== undefined && !isOrdinary(token);
  }

  peek(
    kind: KindId,
    { where = {}, query = {}, allProjects, parent }: Pick<ListOptions, 'where' | 'parent' | 'query' | 'allProjects'> = {},
  ): ResourceList | undefined {
    const peek = (filters: Readonly<Record<string, string>>) => this.#lists.peek(keyOf(kind, filters, parent, allProjects));
    const known = peek(query) ?? peek({ ...serverFilters(kind, where), ...query });
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
    const answer = await this.#orElsewhere(kind, query, this.#judge(kind, query, list.value), signal);
    if (answer.verdict !== 'missing' || this.#clock.now() - list.value.asOf < 1_000 || !this.#mayAskAgain(kind)) return answer;
    const fresh = await this.list(kind, { freshness: 'fresh', ...(signal && { signal }) });
    return fresh.ok ? this.#judge(kind, query, fresh.value) : { verdict: 'unknown', failure: fresh.failure };
  }

  /** What no list tells may still be had by its id: hidden images, those of a community. Whether a miss is one is for the service to say. */
  async #orElsewhere(kind: KindId, query: Query, answer: Lookup, signal: AbortSignal | undefined): Promise<Lookup> {
    if (answer.verdict !== 'missing' || query.by !== 'idOrName' || kindOf(kind).get === false || shapeOf(query.value) !== 'id')
      return answer;
    const key = `${kind} ${query.value}`;
    if (this.#clock.now() - (this.#strangers.get(key) ?? Number.NEGATIVE_INFINITY) < missMs) return answer;
    const byId = await this.#findById(kind, query.value, signal);
    if (byId.verdict !== 'missing') return byId;
    this.#strangers.set(key, this.#clock.now());
    return answer;
  }

  refresh(kinds?: readonly KindId[]): void {
    const prefixes = kinds?.map((kind) => `${kind} `);
    const named = (key: string) => prefixes === undefined || prefixes.some((prefix) => key.startsWith(prefix));
    const known = kinds ?? [...new Set(this.#lists.keys().map(kindOfKey))];
    this.#lists.forget(named);
    this.#single.forget(named);
    for (const kind of kinds?.flatMap((one) => [one, `${one}*`]) ?? [...this.#refusals.keys()]) this.#refusals.delete(kind);
    for (const kind of kinds ?? [...this.#missed.keys()]) this.#missed.delete(kind);
    this.#strangers.clear();
    for (const kind of kinds ?? [...this.#closed]) this.#closed.delete(kind);
    this.#changed.fire({ kinds: known });
  }

  async act(kind: KindId, resource: Resource, word: ActionWord, options: ActOptions = {}): Promise<Result<Accepted>> {
    const { answers = {}, parent, signal } = options;
    const { itemKey = '', label } = kindOf(kind);
    const { change, verb, touches = [] } = actions[word];
    const asked = { resource, id: idOf(kind, resource), itemKey, answers, parent: parent ?? {}, project: this.id };
    const how = { doing: `${verb} ${label[0]} ${nameOf(kind, resource)}`, parent, signal };
    let sent: Result<Accepted> = success({ requestId: undefined });
    for (const one of [change(asked)].flat()) {
      sent = await this.#options.client.change(kind, resource, one, this.#options.scope, how);
      if (!sent.ok) break;
    }
    const touched = touches.filter(isKindId);
    if (sent.ok && touched.length > 0) this.refresh(touched);
    return sent;
  }

  async create(kind: KindId, change: Change, { parent, signal }: Omit<ActOptions, 'answers'> = {}): Promise<Result<Accepted>> {
    const how = { doing: `create a ${kindOf(kind).label[0]}`, parent, signal };
    const made = await this.#options.client.change(kind, undefined, change, this.#options.scope, how);
    if (made.ok) this.refresh([kind]);
    return made;
  }

  async addressOf(kind: KindId, id: string, parent?: Resource) {
    return await this.#options.client.addressOf(kind, id, this.#options.scope, parent);
  }

  async ask(kind: KindId, resource: Resource, question: Change, doing: string, signal?: AbortSignal): Promise<Result<unknown>> {
    const answer = await this.#options.client.change(kind, resource, question, this.#options.scope, {
      doing,
      asks: true,
      signal,
    });
    return answer.ok ? success(answer.value.body) : answer;
  }

  async transfer(call: Omit<Call, 'scope' | 'sends'>, moved: Moved) {
    return await this.#options.client.transfer({ ...call, scope: this.#options.scope }, moved);
  }

  async renew(
    kind: KindId,
    id: string,
    { parent, signal }: { readonly parent?: Resource; readonly signal?: AbortSignal } = {},
  ): Promise<Result<Resource>> {
    const answer = await this.get(kind, id, { freshness: 'fresh', ...(parent && { parent }), ...(signal && { signal }) });
    if (!answer.ok && answer.failure.reason !== 'notFound') return answer;
    const fresh = answer.ok ? [answer.value] : [];
    const moved = this.#lists.replace(
      (key) => key.startsWith(`${kind} `),
      (list) => {
        const at = list.items.findIndex((item) => sameId(kind, item, id));
        const old = list.items[at];
        if (!old || (answer.ok && JSON.stringify(old) === JSON.stringify(answer.value))) return list;
        return { ...list, items: list.items.toSpliced(at, 1, ...fresh) };
      },
    );
    if (moved) this.#changed.fire({ kinds: [kind] });
    return answer;
  }

  /** The name of a resource as far as it is known without asking; undefined otherwise. */
  readonly nameOf: NameLookup = (kind, id) => {
    const items = this.peek(kind)?.items;
    const index = items && byId(kind, items);
    const match = index?.get(id.toLowerCase()) ?? index?.get(idIn(id).toLowerCase());
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
  async #listPartly(kind: KindId, call: ListCall, options: ListOptions): Promise<Result<ResourceList>> {
    const { where = {}, freshness = defaultAgeMs } = options;
    const first = Promise.withResolvers<Result<ResourceList>>();
    let early = false;
    const onFirstPage = (items: readonly Resource[]) => {
      early = true;
      first.resolve(success({ items: meeting(items, where), complete: false, asOf: this.#clock.now(), stale: false }));
    };
    const whole = this.#load(kind, { ...call, onFirstPage }, freshness).then((answer) => {
      if (early && !answer.ok) this.#torn.add(keyOf(kind, call.filters ?? {}, call.parent, call.allProjects));
      if (early) this.#changed.fire({ kinds: [kind] });
      return answer.ok ? success(toList(answer.value, where)) : answer;
    });
    return await Promise.race([first.promise, whole]);
  }

  async #load(kind: KindId, call: ListCall, freshness: Freshness): Promise<Result<Cached<Listed>>> {
    const asked = call.allProjects ? `${kind}*` : kind;
    const refusal = this.#refusals.get(asked);
    if (refusal && freshness !== 'fresh' && this.#clock.now() - refusal.at < defaultAgeMs)
      return { ok: false, failure: refusal.failure };
    const key = keyOf(kind, call.filters ?? {}, call.parent, call.allProjects);
    const before = this.#lists.peek(key);
    const load = (ending: AbortSignal) => {
      const ended = { ...call, signal: ending };
      if (before && freshness === 'changes') return this.#changedLists.list(kind, before.value, ended);
      return this.#options.client.list(kind, this.#options.scope, ended);
    };
    const answer = await this.#lists.get(key, ageOf(freshness), load, { signal: call.signal });
    if (!answer.ok && !call.allProjects && isClosed(kind, answer.failure)) this.#closed.add(kind);
    if (answer.ok) this.#refusals.delete(asked);
    else if (answer.failure.reason === 'forbidden') this.#refusals.set(asked, { failure: answer.failure, at: this.#clock.now() });
    if (answer.ok && before && this.#lists.peek(key) === answer.value && (await changed(before, answer.value)))
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

/** Whether a failure says that asking again is no use: an administrator's kind refused, an extension that is not there. */
function isClosed(kind: KindId, { reason }: Failure): boolean {
  const { admin, optional } = kindOf(kind);
  return (admin === true && reason === 'forbidden') || (optional === true && reason === 'unsupported');
}

/** Roles that no service's own policy lets list what is the administrator's; with any other one, the service is asked. Source: the services' default policies. */
const ordinaryRoles =
  /^(?:_?member_?|reader|creator|observer|audit|heat_stack_(?:owner|user)|swiftoperator|load-balancer_(?:member|observer)|key-manager:.*)$/i;

function isOrdinary({ roles }: Token): boolean {
  return roles.length > 0 && roles.every((role) => ordinaryRoles.test(role));
}

function ageOf(freshness: Freshness): number {
  if (freshness === 'cached') return Number.POSITIVE_INFINITY;
  return freshness === 'fresh' || freshness === 'changes' ? -1 : freshness;
}

/** Kind first, so that a kind's lists are found by prefix. */
function keyOf(
  kind: KindId,
  filters: Readonly<Record<string, string>>,
  parent: Resource | undefined,
  allProjects: boolean | undefined = false,
): string {
  const { parent: below } = kindOf(kind);
  const above = below && parent ? idOf(below.kind, parent) : '';
  return `${kind} ${allProjects ? '*' : ''}${above} ${JSON.stringify(Object.entries(filters).sort())}`;
}

function kindOfKey(key: string): KindId {
  return key.slice(0, key.indexOf(' ')) as KindId;
}

/** Conditions that the service itself can apply: top-level fields, where it filters by any. */
function serverFilters(kind: KindId, where: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  if (!serviceRow(kind).filters) return {};
  return Object.fromEntries(Object.entries(where).filter(([field]) => /^\w+$/.test(field)));
}

function toList({ value, ...known }: Cached<Listed>, where: Readonly<Record<string, string>>): ResourceList {
  const { complete } = value;
  return { ...known, items: meeting(value.items, where), complete, ...(!complete && { cut: true }) };
}

function meeting(items: readonly Resource[], where: Readonly<Record<string, string>>): readonly Resource[] {
  const conditions = Object.entries(where);
  const meets = (item: Resource) =>
    conditions.every(([field, wanted]) => valuesAt(item, field).some((own) => String(own) === wanted));
  return conditions.length === 0 ? items : items.filter(meets);
}

/** Whether a list looks otherwise than before, in turns. */
async function changed(before: Cached<Listed>, after: Cached<Listed>): Promise<boolean> {
  const [{ items: old }, { items }] = [before.value, after.value];
  if (before.stale !== after.stale || old.length !== items.length) return true;
  if (old === items) return false;
  const turn = inTurns();
  for (const [at, item] of items.entries()) {
    if (!sameJson(old[at], item)) return true;
    const over = turn();
    if (over) await over;
  }
  return false;
}
