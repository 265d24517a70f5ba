import { gib, mark, named, textAt, titled, valuesAt } from '../columns.ts';
import type { Kind, Resource, StatusField } from '../kind.ts';

const status: readonly StatusField[] = [
  {
    field: 'status',
    good: ['available', 'in-use'],
    busy: [
      'creating',
      'attaching',
      'detaching',
      'deleting',
      'extending',
      'uploading',
      'downloading',
      'retyping',
      'backing-up',
      'restoring',
      'restoring-backup',
      'unmanaging',
      'maintenance',
      'reserved',
    ],
    bad: ['error', 'error_*'],
  },
];

/** Cinder. Fields: block storage API reference v3. */
export const blockStorage = {
  'block-storage.volume': {
    label: ['volume', 'Volumes'],
    under: 'Storage',
    icon: 'database',
    path: '/volumes',
    listPath: '/volumes/detail',
    listKey: 'volumes',
    itemKey: 'volume',
    status,
    facts: ['status', 'size', 'volume_type', 'availability_zone', 'multiattach', 'bootable'],
    columns: [
      gib('size', 'size'),
      { title: 'attached to', of: attachmentsOf },
      titled('type', 'volume_type'),
      titled('availability zone', 'availability_zone'),
      { title: 'bootable', of: (volume: Resource) => (textAt(volume, 'bootable') === 'true' ? 'bootable' : undefined) },
      mark('encrypted', 'encrypted'),
      mark('multiattach', 'multiattach'),
      named('server', 'attachments.server_id', 'compute.server'),
      titled('claim', 'metadata.csi.storage.k8s.io/pvc/name'),
      titled('created', 'created_at'),
      'id',
    ],
    children: [
      { kind: 'block-storage.snapshot', where: { volume_id: 'id' } },
      { kind: 'block-storage.backup', where: { volume_id: 'id' } },
    ],
  },
  'block-storage.snapshot': {
    label: ['volume snapshot', 'Volume snapshots'],
    under: 'Storage',
    icon: 'device-camera',
    path: '/snapshots',
    listPath: '/snapshots/detail',
    listKey: 'snapshots',
    itemKey: 'snapshot',
    status,
    facts: ['status', 'size', 'volume_id'],
    columns: [
      gib('size', 'size'),
      named('volume', 'volume_id', 'block-storage.volume'),
      titled('created', 'created_at'),
      'description',
      'id',
    ],
  },
  'block-storage.backup': {
    label: ['volume backup', 'Volume backups'],
    under: 'Storage',
    icon: 'archive',
    path: '/backups',
    listPath: '/backups/detail',
    listKey: 'backups',
    itemKey: 'backup',
    status,
    columns: [
      gib('size', 'size'),
      named('volume', 'volume_id', 'block-storage.volume'),
      titled('failure', 'fail_reason'),
      mark('incremental', 'is_incremental'),
      titled('created', 'created_at'),
      'id',
    ],
  },
  'block-storage.type': {
    label: ['volume type', 'Volume types'],
    under: 'Storage',
    icon: 'symbol-class',
    path: '/types',
    listKey: 'volume_types',
    itemKey: 'volume_type',
    query: { is_public: 'None' },
    shared: true,
    facts: ['is_public'],
    columns: ['description', titled('public', 'is_public'), titled('extra specs', 'extra_specs'), 'id'],
  },
  'block-storage.availability_zone': {
    label: ['volume availability zone', 'Volume availability zones'],
    under: 'Storage',
    icon: 'location',
    path: '/os-availability-zone',
    listKey: 'availabilityZoneInfo',
    id: 'zoneName',
    name: 'zoneName',
    get: false,
    paged: false,
    facts: ['zoneState.available'],
    columns: [
      {
        title: 'available',
        of: (zone: Resource) => (textAt(zone, 'zoneState.available') === 'no' ? 'not available' : 'available'),
      },
    ],
  },
} as const satisfies Readonly<Record<string, Kind>>;

/** Devices of the attachments: `/dev/vdb`; a detached volume has none. */
function attachmentsOf(volume: Resource): string | undefined {
  const devices = valuesAt(volume, 'attachments.device').map(String);
  return devices.length === 0 ? undefined : devices.join(', ');
}
