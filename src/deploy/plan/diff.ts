import { createHash } from 'node:crypto';
import { type Fields, isFields, type Path, sameJson } from '../../base/fields.ts';
import { withoutCopies } from '../../base/objectCopy.ts';
import type { KubeObject } from '../../kubernetes/cluster.ts';
import { exactJson } from '../../kubernetes/exactJson.ts';

/** One difference between two objects; a side is undefined where the field is not there. */
export interface Change {
  readonly path: Path;
  readonly before: unknown;
  readonly after: unknown;
}

const NOISE = new Set(['managedFields', 'resourceVersion', 'generation', 'uid', 'creationTimestamp', 'selfLink']);
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * An object as it is compared and shown: what only the server writes is gone (managedFields, uid, status, …) and the values of a Secret are hashes,
 * so that a change can be seen and the value cannot.
 */
export function comparable(object: KubeObject): KubeObject {
  const { status: _, ...rest } = object;
  const metadata: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(object.metadata)) if (!NOISE.has(name)) metadata[name] = value;
  const annotations = { ...object.metadata.annotations };
  delete annotations[LAST_APPLIED];
  delete metadata['annotations'];
  if (Object.keys(annotations).length > 0) metadata['annotations'] = annotations;
  const shown = { ...rest, metadata } as KubeObject;
  return object.kind === 'Secret' && object.apiVersion === 'v1' ? hideSecret(shown) : shown;
}

function hideSecret(secret: KubeObject): KubeObject {
  const hidden: Record<string, unknown> = { ...secret };
  for (const part of ['data', 'stringData']) {
    const values = secret[part];
    if (!isFields(values)) continue;
    hidden[part] = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, hashOf(key, value)]));
  }
  const { annotations } = secret.metadata;
  if (annotations) hidden['metadata'] = { ...secret.metadata, annotations: withoutCopies(annotations, hashOf) };
  return hidden as KubeObject;
}

function hashOf(key: string, value: unknown): string {
  const hash = createHash('sha256')
    .update(`${key}\0${typeof value === 'string' ? value : exactJson(value)}`)
    .digest('hex');
  return `sha256:${hash.slice(0, 12)}`;
}

/** Every leaf in which two comparable objects differ, in the order of the second's fields. Lists of named items are matched by name. */
export function changesBetween(before: unknown, after: unknown, path: Path = []): Change[] {
  if (sameJson(before, after)) return [];
  if (isFields(before) && isFields(after)) {
    const names = [...new Set([...Object.keys(after), ...Object.keys(before)])];
    return names.flatMap((name) => changesBetween(before[name], after[name], [...path, name]));
  }
  if (isNamedList(before) && isNamedList(after)) {
    const names = [...new Set([...after, ...before].map(({ name }) => name))];
    const named = (list: readonly Named[], name: string) => list.find((item) => item.name === name);
    return names.flatMap((name) => changesBetween(named(before, name), named(after, name), [...path, name]));
  }
  return [{ path, before, after }];
}

type Named = Fields & { readonly name: string };

function isNamedList(value: unknown): value is readonly Named[] {
  if (!Array.isArray(value)) return false;
  const names = value.map((item) => (isFields(item) && typeof item['name'] === 'string' ? item['name'] : undefined));
  return !names.includes(undefined) && new Set(names).size === names.length;
}

/** One line for a person: `replicas 2 → 3, image node:22 → node:24`, at most `limit` changes named. */
export function describeChanges(changes: readonly Change[], limit = 3): string {
  const named = changes.slice(0, limit).map(describe);
  const more = changes.length - named.length;
  return more > 0 ? `${named.join(', ')} and ${more} more` : named.join(', ');
}

function describe({ path, before, after }: Change): string {
  const name = shortName(path);
  if (before === undefined) return `+${name}${isFields(after) || Array.isArray(after) ? '' : ` ${brief(after)}`}`;
  if (after === undefined) return `−${name}`;
  if (isHash(before) || isHash(after)) return `${name} changed`;
  if (typeof before === 'object' || typeof after === 'object') return `${name} changed`;
  return `${name} ${brief(before)} → ${brief(after)}`;
}

/** The last word of a path says enough in most cases; keys of data, labels and annotations keep their parent. */
function shortName(path: Path): string {
  const last = String(path.at(-1) ?? '');
  const parent = path.at(-2);
  const keyed =
    parent === 'data' || parent === 'stringData' || parent === 'labels' || parent === 'annotations' || parent === 'matchLabels';
  return keyed ? `${parent}.${last}` : last;
}

function isHash(value: unknown): boolean {
  return typeof value === 'string' && value.startsWith('sha256:');
}

function brief(value: unknown): string {
  const text = typeof value === 'string' ? value : exactJson(value);
  const line = text.split('\n', 1)[0] ?? '';
  return line.length > 40 ? `${line.slice(0, 39)}…` : line === text ? line : `${line}…`;
}
