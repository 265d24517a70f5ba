import { inTurns, nextTurn } from '../base/turns.ts';
import { columnsOf, healthOf, idOf, type NameLookup, nameOf } from '../openstack/display.ts';
import type { Health, Resource } from '../openstack/kind.ts';
import { type KindId, kindOf } from '../openstack/kinds/kinds.ts';
import { byName, type Sort } from './listMemory.ts';
import { compareNames } from './nodes.ts';

/** Fields that say when a resource was made, by service. */
const births = ['created_at', 'created', 'creation_time', 'createdAt', 'start_time', 'inserted_at'];
/** What is no order to read in: ids, and what is no text of one line. */
const unsortable = ['id', 'uuid', 'description', 'tags'];
const concern: readonly Health[] = ['bad', 'busy', 'quiet', 'good'];

/** By what a kind can be sorted: its name, state and age, then its columns. */
export function sortsOf(kind: KindId): readonly string[] {
  const titles = kindOf(kind).columns.map((column) => (typeof column === 'string' ? column.replaceAll('_', ' ') : column.title));
  const own = titles.filter((title) => !unsortable.includes(title) && !/^(?:created(?: at)?|name)$/.test(title));
  return ['name', ...(kindOf(kind).status ? ['state'] : []), 'age', ...new Set(own)];
}

interface Keyed {
  readonly resource: Resource;
  readonly name: string;
  readonly key: string | number | undefined;
}

/** What is taken up at once: so many are keyed and compared well within a turn. */
const pieceSize = 250;

/**
 * The first `most` resources in an order, and how many there are: names as a reader expects them, what is bad first, the newest first, numbers by their size with units counted
 * (`512 MiB` before `2 GiB`). What has no such value stands last either way; equal ones stand by name. Each id once, even when a service repeats itself between two pages.
 * Many are worked out in turns: nothing waits for 10,000 names to be sorted of which 200 are shown.
 */
export async function inOrder(
  kind: KindId,
  items: readonly Resource[],
  { by, reversed = false }: Sort = byName,
  { lookups, most = items.length }: { readonly lookups?: NameLookup | undefined; readonly most?: number } = {},
): Promise<{ readonly first: readonly Resource[]; readonly total: number }> {
  const keyed = (resource: Resource): Keyed => {
    const name = nameOf(kind, resource);
    return { resource, name, key: by === 'name' ? name : keyOf(kind, resource, by, lookups) };
  };
  const turned = reversed ? -1 : 1;
  const seen = new Set<string>();
  const isNew = (resource: Resource) => {
    const id = idOf(kind, resource);
    if (seen.has(id)) return false;
    seen.add(id);
    return true;
  };
  let first: Keyed[] = [];
  // The turn in which so many came was long enough.
  if (items.length > pieceSize) await nextTurn();
  const turn = inTurns();
  for (let from = 0; from < items.length; from += pieceSize) {
    const last = first.length < most ? undefined : first.at(-1);
    const piece = items
      .slice(from, from + pieceSize)
      .filter(isNew)
      .map(keyed);
    const better = piece.filter((one) => !last || compareKeyed(one, last, turned) < 0);
    if (better.length > 0) first = [...first, ...better].sort((one, other) => compareKeyed(one, other, turned)).slice(0, most);
    await turn();
  }
  return { first: first.map(({ resource }) => resource), total: seen.size };
}

function compareKeyed(one: Keyed, other: Keyed, turned: 1 | -1): number {
  if (one.key === undefined || other.key === undefined)
    return Number(one.key === undefined) - Number(other.key === undefined) || compareNames(one.name, other.name);
  return turned * compare(one.key, other.key) || compareNames(one.name, other.name);
}

function compare(one: string | number, other: string | number): number {
  return typeof one === 'number' && typeof other === 'number' ? one - other : compareNames(String(one), String(other));
}

function keyOf(kind: KindId, resource: Resource, by: string, lookups: NameLookup | undefined): string | number | undefined {
  if (by === 'state') {
    const state = healthOf(kind, resource);
    return state && `${concern.indexOf(state.health)} ${state.word}`;
  }
  if (by === 'age') {
    const born = births.map((field) => Date.parse(String(resource[field]))).find((time) => !Number.isNaN(time));
    return born === undefined ? undefined : -born;
  }
  const shown = columnsOf(kind, resource, lookups ? { lookups } : {}).find(([title]) => title === by)?.[1];
  return shown === undefined ? undefined : (sizeOf(shown) ?? shown);
}

const units: Readonly<Record<string, number>> = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 };

/** A number, alone or before one unit; undefined for other texts. */
function sizeOf(text: string): number | undefined {
  const [, number, unit] = /^(-?\d+(?:\.\d+)?)(?: ([A-Za-z]+))?$/.exec(text) ?? [];
  return number === undefined ? undefined : Number(number) * ((unit && units[unit]) || 1);
}
