import { titled } from '../columns.ts';
import type { Kind } from '../kind.ts';
import { withoutId } from './quirks.ts';

/**
 * The limits of a project in one service, each a row: `cores 20`. `path` is the collection of all projects' limits, `key` the envelope of one project's.
 * Sources: the API references of compute, block storage, networking and load balancing, "Quotas".
 */
export function quotaKind<L extends string>(label: readonly [one: L, many: L], path: string, key: string) {
  return {
    label,
    icon: 'law',
    path: `${path}/{of}`,
    listKey: key,
    itemKey: key,
    keyed: 'name',
    // The project itself stands among its limits.
    quirk: withoutId,
    id: 'name',
    parent: { kind: 'identity.project', parameters: { of: 'id' } },
    get: false,
    paged: false,
    shared: true,
    admin: true,
    columns: [titled('limit', 'value')],
    can: ['setQuota'],
  } as const satisfies Kind;
}
