import type { Creations } from '../creation.ts';
import type { Answers } from '../field.ts';
import type { Resource } from '../kind.ts';
import { listed, name, post } from './parts.ts';

/** What a volume is made of: the field of the request, and the kind. A transfer is taken over. */
const sources: Readonly<Record<string, readonly [field: string, kind: string] | undefined>> = {
  'Nothing: an empty volume': undefined,
  'An image': ['imageRef', 'image.image'],
  'A snapshot': ['snapshot_id', 'block-storage.snapshot'],
  'Another volume': ['source_volid', 'block-storage.volume'],
  'A backup': ['backup_id', 'block-storage.backup'],
  'A transfer from another project': undefined,
};
const isTaken = (_about: Resource, { source = '' }: Answers) => source.startsWith('A transfer');
const isMade = (about: Resource, answers: Answers) => !isTaken(about, answers);
const isSized = (_about: Resource, { source = '' }: Answers) => /empty|image/.test(source);
const isReady = (resource: Resource) => ['active', 'available', 'in-use'].includes(String(resource['status']));

/** Cinder, Manila, Swift: their API references, "Create …". */
export const storage: Creations = {
  'block-storage.volume': {
    fields: [
      { name: 'source', title: 'From what?', as: 'choice', of: Object.keys(sources) },
      { ...name, when: isMade },
      {
        name: 'made_of',
        title: 'Which one?',
        as: 'resource',
        kind: (_about, { source = '' }) => sources[source]?.[1] ?? '',
        fits: isReady,
        when: (_about, { source = '' }) => sources[source]?.[1] !== undefined,
      },
      { name: 'size', title: 'Size in GiB', as: 'number', atLeast: 1, value: 10, when: isSized },
      {
        name: 'size',
        title: 'Size in GiB, empty for the same',
        as: 'number',
        atLeast: 1,
        optional: true,
        when: (about, answers) => isMade(about, answers) && !isSized(about, answers),
      },
      { name: 'volume_type', title: 'Which type?', as: 'resource', kind: 'block-storage.type', optional: true, when: isMade },
      { name: 'transfer', title: 'Id of the transfer', as: 'text', fits: /^[\w-]+$/, when: isTaken },
      { name: 'auth_key', title: 'Its key', as: 'secret', when: isTaken },
    ],
    change: ({ source = '', made_of, size, transfer = '', auth_key, ...volume }) =>
      transfer === ''
        ? post({
            volume: { ...volume, ...(size && { size: Number(size) }), ...(made_of && { [sources[source]?.[0] ?? '']: made_of }) },
          })
        : {
            method: 'POST',
            collection: `/volume-transfers/${encodeURIComponent(transfer)}/accept`,
            body: { accept: { auth_key } },
          },
  },
  'block-storage.group': {
    fields: [
      name,
      { name: 'group_type', title: 'Which group type?', as: 'resource', kind: 'block-storage.group_type' },
      { name: 'volume_types', title: 'For which volume types?', as: 'resources', kind: 'block-storage.type' },
    ],
    change: ({ volume_types, ...group }) => post({ group: { ...group, volume_types: listed(volume_types) } }),
  },
  'shared-file-system.share': {
    fields: [
      name,
      { name: 'share_proto', title: 'Which protocol?', as: 'choice', of: ['NFS', 'CIFS', 'CEPHFS'] },
      { name: 'size', title: 'Size in GiB', as: 'number', atLeast: 1 },
      { name: 'share_type', title: 'Which type?', as: 'resource', kind: 'shared-file-system.share_type' },
      {
        name: 'share_network_id',
        title: 'Which share network?',
        as: 'resource',
        kind: 'shared-file-system.share_network',
        optional: true,
      },
    ],
    change: ({ size, ...share }) => post({ share: { ...share, size: Number(size) } }),
  },
  'object-store.container': {
    fields: [{ ...name, fits: /^[^/]+$/ }],
    change: (answers) => ({ method: 'PUT', collection: `/${encodeURIComponent(answers['name'] ?? '')}` }),
  },
  /** Stands below the share, and is an action of it. Shared file systems API reference v2, "Grant access". */
  'shared-file-system.access_rule': {
    fields: [
      { name: 'access_type', title: 'How are they known?', as: 'choice', of: ['ip', 'user', 'cert', 'cephx'] },
      { name: 'access_to', title: 'To whom (address, CIDR, user)?', as: 'text', hint: '10.0.0.0/24' },
      { name: 'access_level', title: 'What may they do?', as: 'choice', of: ['rw', 'ro'] },
    ],
    change: (answers, share) => ({
      method: 'POST',
      collection: `/shares/${encodeURIComponent(String(share['id']))}/action`,
      body: { allow_access: answers },
    }),
  },
};
