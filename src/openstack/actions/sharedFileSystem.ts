import { defineActions } from '../action.ts';
import { textAt } from '../columns.ts';
import { post, put, segment } from './requests.ts';
import { isIn } from './states.ts';
import { extending, resetting, reverting, sizeOf } from './storageRows.ts';

/** Manila: shared file systems API reference v2, "Share actions"; sizes count from 1 GiB. */
export const sharedFileSystem = defineActions({
  extendShare: extending('extend', 'available'),
  shrinkShare: {
    title: 'Shrink…',
    verb: 'shrink',
    offered: (share) => isIn('available')(share) && sizeOf(share) > 1,
    risk: 'destroys',
    asks: [{ name: 'new_size', as: 'number', title: 'New size in GiB', atLeast: 1, value: (one) => sizeOf(one) - 1 }],
    reached: (now, _before, { new_size }) => sizeOf(now) === Number(new_size),
    change: ({ answers }) => post('shrink', { new_size: Number(answers['new_size']) }),
  },
  snapshotShare: {
    title: 'Create Snapshot…',
    verb: 'create a snapshot of',
    leaves: true,
    offered: isIn('available'),
    asks: [
      { name: 'name', as: 'text', title: 'Name of the snapshot', value: (one) => `${textAt(one, 'name') ?? 'share'}-snapshot` },
    ],
    touches: ['shared-file-system.snapshot'],
    change: ({ answers, id }) => ({ method: 'POST', collection: '/snapshots', body: { snapshot: { share_id: id, ...answers } } }),
  },
  revertShare: reverting('shared-file-system.snapshot', 'share_id'),
  /** Of a share or of its snapshot. */
  resetShare: resetting('reset_status', 'available', 'error'),
  /** Manila calls the name `display_name` where it is written. */
  renameShare: {
    title: 'Rename…',
    verb: 'rename',
    asks: [{ name: 'display_name', as: 'text', title: 'New name', value: (one) => textAt(one, 'name') ?? '' }],
    reached: (now, _before, { display_name }) => now['name'] === display_name,
    change: (asked) => put(asked, asked.answers),
  },
  /** Of an access rule: the share is told. */
  denyAccess: {
    title: 'Deny Access',
    verb: 'deny',
    risk: 'interrupts',
    ends: true,
    change: ({ id, parent }) => ({
      method: 'POST',
      collection: `/shares/${segment(textAt(parent, 'id'))}/action`,
      body: { deny_access: { access_id: id } },
    }),
  },
});
