import { bytes, gib, mark, mib, textAt, titled } from '../columns.ts';
import type { Kind, Resource } from '../kind.ts';

/** Glance. Properties stand beside the fields, without an envelope. Fields: image API reference v2. */
export const image = {
  'image.image': {
    label: ['image', 'Images'],
    under: 'Images',
    icon: 'file-binary',
    path: '/images',
    listKey: 'images',
    shared: true,
    status: [
      {
        field: 'status',
        good: ['active'],
        busy: ['queued', 'saving', 'uploading', 'importing', 'pending_delete'],
        bad: ['killed'],
      },
    ],
    facts: ['status', 'visibility', 'size', 'min_disk', 'min_ram'],
    columns: [
      bytes('size', 'size'),
      'visibility',
      titled('disk format', 'disk_format'),
      {
        title: 'operating system',
        of: (image: Resource) => [textAt(image, 'os_distro'), textAt(image, 'os_version')].filter(Boolean).join(' ') || undefined,
      },
      gib('minimum disk', 'min_disk'),
      mib('minimum RAM', 'min_ram'),
      mark('protected', 'protected'),
      mark('hidden', 'os_hidden'),
      'tags',
      'created_at',
      'id',
    ],
  },
} as const satisfies Readonly<Record<string, Kind>>;
