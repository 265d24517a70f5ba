import type { Clock } from '../base/clock.ts';
import { type Result, success } from '../base/failure.ts';
import type { Scope } from './authRequest.ts';
import type { Client, ListCall, Listed } from './client.ts';
import { healthOf, idOf, isGone } from './display.ts';
import type { Changes, Resource } from './kind.ts';
import { type KindId, kindOf } from './kinds/kinds.ts';
import { serviceRow } from './services.ts';

/** How long before the last answer changes are asked for again: what was begun then may have been stored later, and clocks of one cloud differ. */
const overlapMs = 60_000;
/** A list is asked for whole at least so often: not everything that a row shows touches its time of change (a server's addresses). */
const wholeMs = 300_000;
/** The same where nothing else tells of what was deleted. */
const untoldMs = 120_000;
/** With more rows changed than this, the whole list is the shorter question. */
const mostSingly = 20;

/** What {@link ChangedLists} takes: whom it asks, and as whom. */
export interface ChangedListsOptions {
  readonly client: Pick<Client, 'list' | 'get' | 'speaks'>;
  readonly scope: Scope;
  /** Whether the user sees other projects' resources, too. */
  readonly admin: boolean;
  readonly clock: Clock;
}

/** Lists brought up to date by asking only for what has changed, where a service can tell that. */
export class ChangedLists {
  readonly #options: ChangedListsOptions;
  /** Kinds of which a cloud did not want to tell it: asked for whole from then on. */
  readonly #refused = new Set<KindId>();

  constructor(options: ChangedListsOptions) {
    this.#options = options;
  }

  /** The list as it is now; `before.items` itself where nothing changed. Fails as {@link Client.list} does. */
  async list(kind: KindId, before: Listed, call: ListCall): Promise<Result<Listed>> {
    const { client, scope, clock } = this.#options;
    const whole = () => client.list(kind, scope, call);
    const way = this.#wayOf(kind, before, call);
    const due = way?.by === 'time' && way.deleted === 'untold' ? untoldMs : wholeMs;
    if (!way || clock.now() - before.wholeAt >= due) return await whole();
    const after = way.by === 'time' ? await this.#byTime(kind, before, call, way) : await this.#byDigest(kind, before, call, way);
    if (after === 'many') return await whole();
    if (after.ok || !['invalid', 'notFound', 'unsupported', 'malformed'].includes(after.failure.reason)) return after;
    this.#refused.add(kind);
    return await whole();
  }

  #wayOf(kind: KindId, { complete, items, servedAt }: Listed, { filters = {} }: ListCall): Changes | undefined {
    const { changes = serviceRow(kind).changes, shared, get, quirk } = kindOf(kind);
    if (!changes || !complete || this.#refused.has(kind)) return undefined;
    if (changes.by === 'time') {
      // What no longer meets a condition is not among the changes that do.
      if (changes.deleted !== 'brief' && Object.keys(filters).length > 0) return undefined;
      const told = changes.from === undefined || this.#options.client.speaks(kind, changes.from);
      return told && servedAt !== undefined ? changes : undefined;
    }
    // A digest lacks the fields by which an administrator's list is narrowed, and one resource is not adjusted as a list is.
    if (get === false || quirk || (shared && this.#options.admin)) return undefined;
    const [first] = items;
    return first && changes.fields.some((field) => field !== 'status' && field in first) ? changes : undefined;
  }

  async #byTime(kind: KindId, before: Listed, call: ListCall, way: Changes & { by: 'time' }): Promise<Result<Listed> | 'many'> {
    const { client, scope } = this.#options;
    const since = new Date((before.servedAt ?? 0) - overlapMs).toISOString().replace(/\.\d+Z$/, 'Z');
    const filters = { ...call.filters, [way.query]: `${way.operator ?? ''}${since}` };
    const delta = await client.list(kind, scope, { ...call, filters });
    if (!delta.ok) return delta;
    const { servedAt } = delta.value;
    const after = {
      ...before,
      ...(servedAt !== undefined && { servedAt }),
      items: merged(kind, before.items, delta.value.items),
    };
    if (way.deleted === 'brief') {
      const brief = await client.list(kind, scope, { ...call, brief: true });
      return brief.ok ? await this.#completed(kind, after, brief.value, call, () => false) : brief;
    }
    // Nova forgets a server that was deleted before a host was found for it, and tells of it no more.
    const told = new Set(delta.value.items.map((item) => idOf(kind, item)));
    const silent = after.items.filter((item) => healthOf(kind, item)?.health === 'busy' && !told.has(idOf(kind, item)));
    return way.deleted === 'told' ? await this.#renewed(kind, after, silent, call) : success(after);
  }

  async #byDigest(
    kind: KindId,
    before: Listed,
    call: ListCall,
    { fields }: Changes & { by: 'digest' },
  ): Promise<Result<Listed> | 'many'> {
    const { id = 'id' } = kindOf(kind);
    const digest = await this.#options.client.list(kind, this.#options.scope, { ...call, fields: [id, ...fields] });
    if (!digest.ok) return digest;
    const moved = (old: Resource, now: Resource) =>
      fields.some((field) => JSON.stringify(old[field]) !== JSON.stringify(now[field]));
    return await this.#completed(kind, before, digest.value, call, moved);
  }

  /** Leaves out what a list of all that there is no longer names, and asks for what it names and `known` has not, or has otherwise. */
  async #completed(
    kind: KindId,
    known: Listed,
    all: Listed,
    call: ListCall,
    moved: (old: Resource, now: Resource) => boolean,
  ): Promise<Result<Listed> | 'many'> {
    if (!all.complete) return 'many';
    const old = new Map(known.items.map((item) => [idOf(kind, item), item]));
    const named = new Set(all.items.map((item) => idOf(kind, item)));
    const wanted = all.items.filter((item) => {
      const before = old.get(idOf(kind, item));
      return !before || moved(before, item);
    });
    const stays = known.items.filter((item) => named.has(idOf(kind, item)));
    return await this.#renewed(kind, stays.length === known.items.length ? known : { ...known, items: stays }, wanted, call);
  }

  /** Asks for each of these by itself, and takes out those that are no longer there. */
  async #renewed(kind: KindId, known: Listed, wanted: readonly Resource[], call: ListCall): Promise<Result<Listed> | 'many'> {
    if (wanted.length > mostSingly) return 'many';
    const { client, scope } = this.#options;
    const ids = wanted.map((item) => idOf(kind, item));
    const answers = await Promise.all(ids.map((id) => client.get(kind, id, scope, call.parent, call.signal)));
    const fresh: Resource[] = [];
    const gone = new Set<string>();
    for (const [index, answer] of answers.entries()) {
      if (answer.ok) fresh.push(answer.value);
      else if (answer.failure.reason === 'notFound') gone.add(ids[index] ?? '');
      else return answer;
    }
    const items = merged(kind, known.items, fresh);
    return success({ ...known, items: gone.size === 0 ? items : items.filter((item) => !gone.has(idOf(kind, item))) });
  }
}

/** The list with what changed put in place of the old and behind it, and without what was deleted; the same list where nothing is otherwise. */
function merged(kind: KindId, items: readonly Resource[], changed: readonly Resource[]): readonly Resource[] {
  if (changed.length === 0) return items;
  const next = new Map(items.map((item) => [idOf(kind, item), item]));
  let same = true;
  for (const resource of changed) {
    const id = idOf(kind, resource);
    const old = next.get(id);
    if (isDeleted(kind, resource)) {
      same = !next.delete(id) && same;
    } else if (!old || JSON.stringify(old) !== JSON.stringify(resource)) {
      next.set(id, resource);
      same = false;
    }
  }
  return same ? items : [...next.values()];
}

/** Nova tells of a server that can still be restored, too; no other list has it. */
function isDeleted(kind: KindId, resource: Resource): boolean {
  return isGone(kind, resource) || resource['status'] === 'SOFT_DELETED';
}
