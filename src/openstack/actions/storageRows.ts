import type { Action } from '../action.ts';
import type { Resource } from '../kind.ts';
import { post } from './requests.ts';
import { isIn, statusOf } from './states.ts';

/** In GiB. */
export const sizeOf = (resource: Resource): number => Number(resource['size'] ?? 0);

/** What cinder and manila do alike, under names of their own: to a larger size, in these states. */
export const extending = (action: string, ...states: readonly string[]): Action => ({
  title: 'Extend…',
  verb: 'extend',
  offered: isIn(...states),
  asks: [{ name: 'new_size', as: 'number', title: 'New size in GiB', atLeast: (one) => sizeOf(one) + 1 }],
  reached: (now, _before, { new_size }) => sizeOf(now) === Number(new_size),
  change: ({ answers }) => post(action, { new_size: Number(answers['new_size']) }),
});

/** To a snapshot of itself, of a kind that names by a field what it is of. The services take the latest one only. */
export const reverting = (kind: string, field: string): Action => ({
  title: 'Revert to Snapshot…',
  verb: 'revert',
  offered: isIn('available'),
  risk: 'destroys',
  asks: [
    {
      name: 'snapshot_id',
      as: 'resource',
      title: 'To which snapshot (the latest)?',
      kind,
      fits: (snapshot, one) => snapshot[field] === one['id'],
    },
  ],
  touches: [kind],
  change: ({ answers }) => post('revert', answers),
});

/** The status that the service believes, whatever is so. Their own policies let administrators do it. */
export const resetting = (action: string, ...statuses: readonly string[]): Action => ({
  title: 'Reset Status…',
  verb: 'reset the status of',
  admin: true,
  asks: [{ name: 'status', as: 'choice', title: 'To which status?', of: statuses }],
  badOnPurpose: true,
  reached: (now, _before, { status }) => statusOf(now) === status,
  change: ({ answers }) => post(action, answers),
});
