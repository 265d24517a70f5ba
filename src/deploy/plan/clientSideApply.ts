import type { Failure, Result } from '../../base/failure.ts';
import { type Fields, field, fieldsAt, isFields, listAt, type Path, sameJson, textAt } from '../../base/fields.ts';
import type { Cluster, KubeObject, ObjectRef } from '../../kubernetes/cluster.ts';
import type { Step } from '../types.ts';
import { FIELD_MANAGER } from './fieldOwners.ts';
import { wholeFieldPath } from './fieldPath.ts';
import { patchGuarded } from './guardedPatch.ts';
import { managerOf } from './refusal.ts';

/** What a manager of a live object holds that is ours. */
interface Row {
  /** Who it was, for a person. */
  readonly words: string;
  /** The part of its fields that is ours: all, those that the last-applied configuration names, or those that we send. */
  readonly takes: 'all' | 'lastApplied' | 'sent';
}

/**
 * Managers whose updates are taken over without a question; nobody else's are. What `kubectl apply` holds beyond what it was told are defaults of the server: those become nobody's and stay as they are.
 * Sources: client-go, `util/csaupgrade` (`kubectl-client-side-apply`), apimachinery, `managedfields` (`before-first-apply`), kubectl, `cmd/edit`.
 */
const rows: Readonly<Record<string, Row>> = {
  'kubectl-client-side-apply': { words: 'kubectl apply', takes: 'all' },
  'kubectl-edit': { words: 'kubectl edit', takes: 'lastApplied' },
  'before-first-apply': { words: 'kubectl apply before owners were noted', takes: 'lastApplied' },
  [FIELD_MANAGER]: { words: 'a change from here', takes: 'sent' },
};

/** What of a live object is ours, though another manager is noted as its owner. */
export interface OnceOurs {
  readonly managers: readonly string[];
  /** `kubectl apply, kubectl edit`. */
  readonly words: string;
  readonly fields: number;
  /** The managers as they will be noted. */
  readonly managedFields: readonly unknown[];
  /** What we then hold and do not send: FieldsV1. It goes with the next apply. */
  readonly dropped: Fields;
  readonly lastApplied: unknown;
}

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const ANNOTATION: Fields = { 'f:metadata': { 'f:annotations': { [`f:${LAST_APPLIED}`]: {} } } };

/**
 * What of a live object is ours although `kubectl apply` on the client, `kubectl edit` or an update of our own is noted for it; undefined where nothing is. `left`: fields of mappings that stay with whoever
 * has them. Entries of another version of the API are left alone: their fields have other names. Source: API reference, meta/v1 ManagedFieldsEntry, FieldsV1.
 */
export function onceOurs(live: KubeObject, sent: KubeObject, left: readonly Path[] = []): OnceOurs | undefined {
  const entries = listAt(live, 'metadata', 'managedFields');
  const lastApplied = lastAppliedOf(live);
  const mayMove = (entry: unknown) =>
    textAt(entry, 'operation') === 'Update' &&
    textAt(entry, 'apiVersion') === live.apiVersion &&
    textAt(entry, 'subresource') === undefined &&
    Object.hasOwn(rows, textAt(entry, 'manager') ?? '');
  const isOurs = (entry: unknown) => textAt(entry, 'manager') === FIELD_MANAGER && textAt(entry, 'operation') === 'Apply';
  const ours = entries.find(isOurs);
  if (ours !== undefined && textAt(ours, 'apiVersion') !== live.apiVersion) return undefined;
  const stays = left.reduce<Fields>((all, path) => union(all, treeOf(path)), {});
  let gained: Fields = {};
  const managers = new Set<string>();
  const rest: unknown[] = [];
  for (const entry of entries) {
    if (entry === ours) continue;
    const name = textAt(entry, 'manager') ?? '';
    const row = mayMove(entry) ? rows[name] : undefined;
    if (row === undefined) {
      rest.push(entry);
      continue;
    }
    const has = fieldsAt(entry, 'fieldsV1');
    const told = difference(inValue(has, row.takes === 'sent' ? sent : lastApplied), stays);
    const kept = row.takes === 'all' ? difference(has, difference(has, stays)) : difference(has, told);
    if (Object.keys(told).length === 0 && row.takes !== 'all') {
      rest.push(entry);
      continue;
    }
    managers.add(name);
    gained = union(gained, row.takes === 'all' ? union(told, difference(ANNOTATION, difference(ANNOTATION, has))) : told);
    if (Object.keys(kept).length > 0) rest.push({ ...(entry as Fields), fieldsV1: kept });
  }
  if (managers.size === 0) return undefined;
  const mine = {
    ...(isFields(ours)
      ? ours
      : { manager: FIELD_MANAGER, operation: 'Apply', apiVersion: live.apiVersion, fieldsType: 'FieldsV1' }),
    fieldsV1: union(fieldsAt(ours, 'fieldsV1'), gained),
  };
  const others = rest.map((entry) => fieldsAt(entry, 'fieldsV1')).reduce<Fields>(union, {});
  return {
    managers: [...managers],
    words: [...managers].map((name) => rows[name]?.words).join(', '),
    fields: countOf(difference(gained, ANNOTATION)),
    managedFields: [...rest, mine],
    dropped: difference(heldAlone(difference(gained, inValue(gained, sent)), others), ANNOTATION),
    lastApplied,
  };
}

/** An object without the fields of a set. An item of a list, or a mapping, of which nothing else is held goes whole. */
export function withoutDropped<T>(object: T, dropped: Fields): T {
  let rest: unknown = object;
  const gone = new Set<string | number>();
  for (const [key, below] of Object.entries(dropped)) {
    const step = key === '.' ? undefined : stepIn(key, object);
    const value = step === undefined ? undefined : field(object, step);
    if (step === undefined || value === undefined) continue;
    if (isLeaf(below) || '.' in fieldsAt(below)) gone.add(step);
    else rest = withMember(rest, step, withoutDropped(value, fieldsAt(below)));
  }
  if (Array.isArray(rest)) return rest.filter((_, index) => !gone.has(index)) as T;
  return isFields(rest) ? (Object.fromEntries(Object.entries(rest).filter(([name]) => !gone.has(name))) as T) : object;
}

function withMember(value: unknown, step: string | number, member: unknown): unknown {
  return Array.isArray(value) ? value.with(Number(step), member) : { ...fieldsAt(value), [step]: member };
}

/** A refusal without the conflicts about fields that are ours; undefined where no other is left. */
export function withoutOurConflicts(failure: Failure, ours: OnceOurs): Failure | undefined {
  const remaining = new Set(ours.managedFields.map((entry) => textAt(entry, 'manager')));
  const isOurs = (cause: unknown) => {
    const manager = managerOf(cause);
    if (!ours.managers.includes(manager)) return false;
    const isGone = manager === FIELD_MANAGER || !remaining.has(manager);
    return isGone || wholeFieldPath(textAt(cause, 'field') ?? '', ours.lastApplied) !== undefined;
  };
  const causes = listAt(failure.detail, 'details', 'causes').filter((cause) => !isOurs(cause));
  if (causes.length === 0) return undefined;
  const detail = fieldsAt(failure.detail);
  return { ...failure, detail: { ...detail, details: { ...fieldsAt(detail, 'details'), causes } } };
}

/** What stays with kubectl: a count that something else drives would fall if nobody held it. */
export function leftFields(scale: Step['scale']): readonly Path[] {
  return scale === 'handOver' ? [['spec', 'replicas']] : [];
}

/** Notes us as the owner of what is ours ({@link onceOurs}), bound to the version that was read. Fails as the server refuses. */
export async function takeOverOurs(
  cluster: Cluster,
  ref: ObjectRef,
  sent: KubeObject,
  left: readonly Path[],
  signal?: AbortSignal,
): Promise<Result<void>> {
  return patchGuarded(
    cluster,
    ref,
    (live) => {
      const ours = onceOurs(live, sent, left);
      return ours && { metadata: { managedFields: ours.managedFields } };
    },
    signal,
  );
}

/** What `kubectl apply` was told last; the texts of a Secret as its data, as which they are held. */
function lastAppliedOf({ metadata, kind }: KubeObject): unknown {
  try {
    const told: unknown = JSON.parse(metadata.annotations?.[LAST_APPLIED] ?? '');
    if (kind !== 'Secret' || !isFields(told)) return told;
    return { ...told, data: { ...fieldsAt(told, 'data'), ...fieldsAt(told, 'stringData') } };
  } catch {
    return undefined;
  }
}

const isLeaf = (tree: unknown): boolean => !isFields(tree) || Object.keys(tree).length === 0;

/** The part of a set of fields that a value has. */
function inValue(tree: Fields, value: unknown): Fields {
  const kept: Record<string, unknown> = {};
  for (const [key, below] of Object.entries(tree)) {
    if (key === '.') {
      if (value !== undefined) kept[key] = below;
      continue;
    }
    const step = stepIn(key, value);
    const inner = step === undefined ? undefined : field(value, step);
    if (inner === undefined || inner === null) continue;
    const part = isLeaf(below) ? {} : inValue(fieldsAt(below), inner);
    if (isLeaf(below) || !isLeaf(part)) kept[key] = part;
  }
  return kept;
}

/** Where a member of a set stands in a value: `f:name`, `k:{"name":"web"}` (keys that the item leaves to the server do not count), `v:"text"`, `i:0`. */
function stepIn(key: string, value: unknown): string | number | undefined {
  const text = key.slice(2);
  if (key.startsWith('f:')) return isFields(value) ? text : undefined;
  if (!Array.isArray(value)) return undefined;
  if (key.startsWith('i:')) return Number(text);
  const wanted: unknown = JSON.parse(text);
  const isIt = (item: unknown) => {
    if (!key.startsWith('k:')) return sameJson(item, wanted);
    const said = Object.entries(fieldsAt(wanted)).filter(([name]) => field(item, name) !== undefined);
    return said.length > 0 && said.every(([name, one]) => sameJson(field(item, name), one));
  };
  const index = value.findIndex(isIt);
  return index < 0 ? undefined : index;
}

function treeOf([first, ...more]: Path): Fields {
  return first === undefined ? {} : { [`f:${first}`]: treeOf(more) };
}

function union(one: Fields, other: Fields): Fields {
  const all: Record<string, unknown> = { ...one };
  for (const [key, below] of Object.entries(other)) all[key] = union(fieldsAt(all, key), fieldsAt(below));
  return all;
}

/** What the one has and the other has not. */
function difference(one: Fields, other: Fields): Fields {
  const left: Record<string, unknown> = {};
  for (const [key, below] of Object.entries(one)) {
    if (!(key in other)) left[key] = below;
    else if (!isLeaf(below)) {
      const part = difference(fieldsAt(below), fieldsAt(other, key));
      if (!isLeaf(part)) left[key] = part;
    }
  }
  return left;
}

/** What nobody else holds anything of. */
function heldAlone(one: Fields, others: Fields): Fields {
  const alone: Record<string, unknown> = {};
  for (const [key, below] of Object.entries(one)) {
    if (!(key in others)) alone[key] = below;
    else if (!isLeaf(below)) {
      const { '.': _, ...part } = heldAlone(fieldsAt(below), fieldsAt(others, key));
      if (!isLeaf(part)) alone[key] = part;
    }
  }
  return alone;
}

/** The leaves of a set; that a mapping or an item is there at all is none. */
function countOf(tree: Fields): number {
  const below = Object.entries(tree).filter(([key]) => key !== '.');
  return below.reduce((sum, [, inner]) => sum + (isLeaf(inner) ? 1 : countOf(fieldsAt(inner))), 0);
}
