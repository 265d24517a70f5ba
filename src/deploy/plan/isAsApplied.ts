import { type Fields, fieldsAt, isFields, listAt, sameJson, textAt } from '../../base/fields.ts';
import type { KubeObject } from '../../kubernetes/cluster.ts';
import { FIELD_MANAGER } from './fieldOwners.ts';

/** Says who an object is: managedFields does not name it. Source: structured-merge-diff as the API server uses it, `fieldmanager/internal/stripmeta.go`. */
const IDENTITY = { apiVersion: true, kind: true, metadata: { name: true, namespace: true } };

/**
 * Whether applying an object would leave the live one as it is, as the server's own notes tell: what we hold by apply are exactly the fields of the object, and each still has our value.
 * False says nothing: values that the server writes otherwise (`1000m` as `1`), keys that it fills in, or an apply by another version of the API need a dry run to tell.
 * Source: API reference, meta/v1 ManagedFieldsEntry; structured-merge-diff, `fieldpath/serialize-pe.go` (`f:` field, `k:` item by keys, `v:` item by value).
 */
export function isAsApplied(object: KubeObject, live: KubeObject): boolean {
  if (live.metadata['deletionTimestamp'] !== undefined) return false;
  const entries = listAt(live, 'metadata', 'managedFields').filter(
    (entry) =>
      textAt(entry, 'manager') === FIELD_MANAGER &&
      textAt(entry, 'operation') === 'Apply' &&
      textAt(entry, 'subresource') === undefined,
  );
  const [entry, another] = entries;
  if (entry === undefined || another !== undefined || textAt(entry, 'apiVersion') !== object.apiVersion) return false;
  return holdsFields(fieldsAt(entry, 'fieldsV1'), object, live, IDENTITY);
}

/** `held`: the tree of fields below this place. */
function holds(held: unknown, ours: unknown, live: unknown): boolean {
  if (!isFields(held)) return false;
  if (Object.keys(held).length === 0) return sameJson(ours, live);
  if (isFields(ours)) return isFields(live) && holdsFields(held, ours, live);
  return Array.isArray(ours) && Array.isArray(live) && holdsItems(held, ours, live);
}

/** `without`: names that are not held and need not be; an object of names for those in which it goes on. */
function holdsFields(held: Fields, ours: Fields, live: Fields, without: Fields = {}): boolean {
  const names = Object.keys(ours).filter((name) => without[name] !== true);
  const left = names.filter((name) => {
    const inner = without[name];
    if (!isFields(inner)) return !(`f:${name}` in held) || !holds(held[`f:${name}`], ours[name], live[name]);
    return !holdsFields(fieldsAt(held, `f:${name}`), fieldsAt(ours, name), fieldsAt(live, name), inner);
  });
  const known = new Set(names.map((name) => `f:${name}`));
  return left.length === 0 && Object.keys(held).every((name) => name === '.' || known.has(name));
}

/** Items that stand alone or in another order than ours would be moved by an apply. */
function holdsItems(held: Fields, ours: readonly unknown[], live: readonly unknown[]): boolean {
  const found = Object.entries(held)
    .filter(([name]) => name !== '.')
    .map(([name, below]) => {
      const is = itemNamed(name);
      return { below, at: is ? onlyAt(ours, is.ours) : -1, liveAt: is ? onlyAt(live, is.live) : -1 };
    })
    .sort((one, other) => one.at - other.at);
  if (found.length !== ours.length) return false;
  return found.every(
    ({ below, at, liveAt }, index) =>
      at === index &&
      liveAt >= 0 &&
      (index === 0 || liveAt > (found[index - 1]?.liveAt ?? 0)) &&
      holds(below, ours[at], live[liveAt]),
  );
}

interface ItemNamed {
  readonly ours: (item: unknown) => boolean;
  readonly live: (item: unknown) => boolean;
}

/** The item that an element of the tree names: `k:{"name":"web"}` by its keys, of which ours may lack those with a default (`protocol` of a port), `v:"a"` by its value. */
function itemNamed(element: string): ItemNamed | undefined {
  const value = readJson(element.slice(2));
  if (element.startsWith('v:')) {
    const is = (item: unknown) => sameJson(item, value);
    return { ours: is, live: is };
  }
  if (!element.startsWith('k:') || !isFields(value)) return undefined;
  const keys = Object.entries(value);
  return {
    ours: (item) => isFields(item) && keys.every(([key, wanted]) => item[key] === undefined || sameJson(item[key], wanted)),
    live: (item) => isFields(item) && keys.every(([key, wanted]) => sameJson(item[key], wanted)),
  };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Below 0 when there is none, or more than one. */
function onlyAt(items: readonly unknown[], is: (item: unknown) => boolean): number {
  const at = items.findIndex(is);
  return at >= 0 && items.findIndex((item, index) => index > at && is(item)) < 0 ? at : -1;
}
