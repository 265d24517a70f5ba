import { createHash } from 'node:crypto';
import { isFields } from '../../base/fields.ts';
import type { KubeObject } from '../../kubernetes/cluster.ts';
import { exactJson } from '../../kubernetes/exactJson.ts';
import { comparable } from '../plan/diff.ts';

/** A digest of what an object says: the same whatever the order of its keys, and made from the hashes of a Secret's values, never from the values. 64 hex digits. */
export function objectHash(object: KubeObject): string {
  return createHash('sha256')
    .update(exactJson(sorted(comparable(object))))
    .digest('hex');
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isFields(value)) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, member]) => [key, sorted(member)]));
}
