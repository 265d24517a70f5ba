import { gib, named, titled } from '../columns.ts';
import type { Kind } from '../kind.ts';

/** Manila. Fields: shared file systems API reference v2. */
export const sharedFileSystem = {
  'shared-file-system.share': {
    label: ['share', 'Shares'],
    under: 'Shares',
    icon: 'folder-library',
    path: '/shares',
    listPath: '/shares/detail',
    listKey: 'shares',
    itemKey: 'share',
    status: [
      {
        field: 'status',
        good: ['available'],
        busy: ['creating', 'deleting', 'extending', 'shrinking', 'migrating', 'reverting', 'awaiting_transfer'],
        bad: ['error', '*_error', 'error_*'],
      },
    ],
    facts: ['status', 'size', 'share_proto'],
    columns: [
      gib('size', 'size'),
      titled('protocol', 'share_proto'),
      titled('type', 'share_type_name'),
      named('share network', 'share_network_id', 'shared-file-system.share_network'),
      titled('availability zone', 'availability_zone'),
      'created_at',
      'id',
    ],
  },
  'shared-file-system.share_type': {
    label: ['share type', 'Share types'],
    under: 'Shares',
    icon: 'symbol-class',
    path: '/types',
    listKey: 'share_types',
    itemKey: 'share_type',
    shared: true,
    paged: false,
    facts: ['required_extra_specs'],
    columns: [
      'description',
      titled('public', 'share_type_access:is_public'),
      titled('required extra specs', 'required_extra_specs'),
      'id',
    ],
  },
  'shared-file-system.share_network': {
    label: ['share network', 'Share networks'],
    under: 'Shares',
    icon: 'globe',
    path: '/share-networks',
    listPath: '/share-networks/detail',
    listKey: 'share_networks',
    itemKey: 'share_network',
    status: [{ field: 'status', good: ['active'], bad: ['error'] }],
    columns: [
      named('network', 'share_network_subnets.neutron_net_id', 'network.network'),
      named('subnet', 'share_network_subnets.neutron_subnet_id', 'network.subnet'),
      'description',
      'id',
    ],
  },
} as const satisfies Readonly<Record<string, Kind>>;
