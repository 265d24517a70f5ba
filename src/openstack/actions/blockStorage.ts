import { defineActions } from '../action.ts';
import { textAt, valuesAt } from '../columns.ts';
import type { Field } from '../field.ts';
import type { Resource } from '../kind.ts';
import { post, put } from './requests.ts';
import { isIn, statusOf } from './states.ts';
import { extending, resetting, reverting, sizeOf } from './storageRows.ts';

const isWhole = isIn('available', 'in-use');
const isUsed = (volume: Resource) => statusOf(volume) === 'in-use';
const isFlagged = (field: string) => (volume: Resource) => /^(true|yes)$/i.test(textAt(volume, field) ?? '');
const isBootable = isFlagged('bootable');
const isReadOnly = isFlagged('metadata.readonly');
const attachmentsOf = (volume: Resource) => valuesAt(volume, 'attachments.attachment_id').map(String);
/** A name for what is made of a volume. */
const nameFor = (what: string): Field => ({
  name: 'name',
  as: 'text',
  title: `Name of the ${what}`,
  value: (one) => `${textAt(one, 'name') || 'volume'}-${what}`,
});

/** Cinder: block storage API reference v3, "Volume actions". */
export const blockStorage = defineActions({
  extendVolume: extending('os-extend', 'available', 'in-use'),
  snapshotVolume: {
    title: 'Create Snapshot…',
    verb: 'create a snapshot of',
    leaves: true,
    offered: isWhole,
    asks: [nameFor('snapshot')],
    touches: ['block-storage.snapshot'],
    change: ({ answers, id }) => ({
      method: 'POST',
      collection: '/snapshots',
      body: { snapshot: { volume_id: id, ...answers, force: true } },
    }),
  },
  backUpVolume: {
    title: 'Create Backup…',
    verb: 'back up',
    leaves: true,
    offered: isWhole,
    asks: [nameFor('backup')],
    touches: ['block-storage.backup'],
    change: ({ answers, id, resource }) => ({
      method: 'POST',
      collection: '/backups',
      body: { backup: { volume_id: id, ...answers, force: isUsed(resource) } },
    }),
  },
  retypeVolume: {
    title: 'Change Type…',
    verb: 'change the type of',
    offered: isWhole,
    asks: [
      {
        name: 'new_type',
        as: 'resource',
        title: 'To which type?',
        kind: 'block-storage.type',
        fits: (type, one) => textAt(type, 'name') !== textAt(one, 'volume_type'),
      },
    ],
    reached: (now, before) => textAt(now, 'volume_type') !== textAt(before, 'volume_type'),
    change: ({ answers }) => post('os-retype', { ...answers, migration_policy: 'on-demand' }),
  },
  uploadVolume: {
    title: 'Upload to Image…',
    verb: 'upload to an image',
    leaves: true,
    offered: isWhole,
    asks: [nameFor('image')],
    touches: ['image.image'],
    change: ({ answers, resource }) =>
      post('os-volume_upload_image', {
        image_name: answers['name'],
        force: isUsed(resource),
        disk_format: 'raw',
        container_format: 'bare',
      }),
  },
  makeBootable: {
    title: 'Mark as Bootable',
    verb: 'mark as bootable',
    offered: (volume) => !isBootable(volume),
    reached: isBootable,
    change: () => post('os-set_bootable', { bootable: true }),
  },
  makeUnbootable: {
    title: 'Mark as Not Bootable',
    verb: 'mark as not bootable',
    offered: isBootable,
    reached: (volume) => !isBootable(volume),
    change: () => post('os-set_bootable', { bootable: false }),
  },
  makeReadOnly: {
    title: 'Make Read-Only',
    verb: 'make read-only',
    offered: (volume) => isWhole(volume) && !isUsed(volume) && !isReadOnly(volume),
    reached: isReadOnly,
    change: () => post('os-update_readonly_flag', { readonly: true }),
  },
  makeWritable: {
    title: 'Make Writable',
    verb: 'make writable',
    offered: (volume) => isWhole(volume) && !isUsed(volume) && isReadOnly(volume),
    reached: (volume) => !isReadOnly(volume),
    change: () => post('os-update_readonly_flag', { readonly: false }),
  },
  /** "Volume transfer": who knows its id and key takes the volume over. */
  transferVolume: {
    title: 'Transfer…',
    verb: 'offer a transfer of',
    offered: isIn('available'),
    risk: 'interrupts',
    asks: [nameFor('transfer')],
    touches: ['block-storage.transfer'],
    once: 'transfer.auth_key',
    change: ({ answers, id }) => ({
      method: 'POST',
      collection: '/volume-transfers',
      body: { transfer: { volume_id: id, ...answers } },
    }),
  },
  revertVolume: reverting('block-storage.snapshot', 'volume_id'),
  resetVolume: resetting('os-reset_status', 'available', 'in-use', 'error', 'maintenance'),
  resetSnapshot: resetting('os-reset_status', 'available', 'error'),
  forceDetach: {
    title: 'Force Detach…',
    verb: 'force-detach',
    admin: true,
    offered: (volume) => attachmentsOf(volume).length > 0,
    risk: 'interrupts',
    asks: [{ name: 'attachment_id', as: 'choice', title: 'Which attachment?', of: attachmentsOf }],
    touches: ['compute.server'],
    reached: (now, _before, { attachment_id = '' }) => !attachmentsOf(now).includes(attachment_id),
    change: ({ answers }) => post('os-force_detach', answers),
  },
  /** Of a snapshot. */
  volumeOfSnapshot: {
    title: 'Create Volume…',
    verb: 'create a volume of',
    leaves: true,
    offered: isIn('available'),
    asks: [nameFor('volume'), { name: 'size', as: 'number', title: 'Size in GiB', atLeast: sizeOf }],
    touches: ['block-storage.volume'],
    change: ({ answers, id }) => ({
      method: 'POST',
      collection: '/volumes',
      body: { volume: { snapshot_id: id, name: answers['name'], size: Number(answers['size']) } },
    }),
  },
  /** Of a backup. "Restore a backup". */
  restoreBackup: {
    title: 'Restore to New Volume…',
    verb: 'restore to a new volume',
    leaves: true,
    offered: isIn('available'),
    asks: [nameFor('volume')],
    touches: ['block-storage.volume'],
    change: ({ answers }) => ({ method: 'POST', path: '/restore', body: { restore: answers } }),
  },
  restoreOver: {
    title: 'Restore over Volume…',
    verb: 'restore over a volume',
    leaves: true,
    offered: isIn('available'),
    risk: 'destroys',
    overwrites: { answer: 'volume_id', kind: 'block-storage.volume' },
    asks: [
      {
        name: 'volume_id',
        as: 'resource',
        title: 'Over which volume? Its data is lost',
        kind: 'block-storage.volume',
        fits: (volume, backup) => statusOf(volume) === 'available' && sizeOf(volume) >= sizeOf(backup),
      },
    ],
    touches: ['block-storage.volume'],
    change: ({ answers }) => ({ method: 'POST', path: '/restore', body: { restore: answers } }),
  },
  /** Of a volume group, "Delete group": one that has volumes goes only with them. */
  deleteGroup: {
    title: 'Delete with Its Volumes',
    verb: 'delete with its volumes',
    risk: 'destroys',
    ends: true,
    touches: ['block-storage.volume'],
    change: () => post('delete', { 'delete-volumes': true }),
  },
  snapshotGroup: {
    title: 'Create Group Snapshot…',
    verb: 'create a snapshot of',
    leaves: true,
    offered: isIn('available'),
    asks: [nameFor('snapshot')],
    touches: ['block-storage.group_snapshot', 'block-storage.snapshot'],
    change: ({ answers, id }) => ({
      method: 'POST',
      collection: '/group_snapshots',
      body: { group_snapshot: { group_id: id, ...answers } },
    }),
  },
  addToGroup: {
    title: 'Add Volume…',
    verb: 'add a volume to',
    offered: isIn('available'),
    asks: [
      {
        name: 'add_volumes',
        as: 'resource',
        title: 'Which volume?',
        kind: 'block-storage.volume',
        fits: (volume) => textAt(volume, 'group_id') === undefined,
      },
    ],
    touches: ['block-storage.volume'],
    change: (asked) => put(asked, asked.answers),
  },
  removeFromGroup: {
    title: 'Remove Volume…',
    verb: 'remove a volume from',
    offered: isIn('available'),
    asks: [
      {
        name: 'remove_volumes',
        as: 'resource',
        title: 'Which volume?',
        kind: 'block-storage.volume',
        fits: (volume, group) => volume['group_id'] === group['id'],
      },
    ],
    touches: ['block-storage.volume'],
    change: (asked) => put(asked, asked.answers),
  },
});
