import type { Creations } from '../creation.ts';
import type { Resource } from '../kind.ts';
import { isActive, isExternal, name, post, wrapped } from './parts.ts';

/** Nova: compute API reference, "Create server", "Import (or create) keypair", "Create server group", "Create aggregate". */
export const compute: Creations = {
  'compute.server': {
    fields: [
      name,
      { name: 'imageRef', title: 'From which image?', as: 'resource', kind: 'image.image', fits: isActive },
      { name: 'flavorRef', title: 'Which flavor?', as: 'resource', kind: 'compute.flavor' },
      {
        name: 'network_id',
        title: 'On which network?',
        as: 'resource',
        kind: 'network.network',
        fits: (one: Resource) => !isExternal(one),
      },
      { name: 'key_name', title: 'Which key pair?', as: 'resource', kind: 'compute.keypair', optional: true },
      { name: 'group', title: 'Which security group?', as: 'resource', kind: 'network.security_group', optional: true },
    ],
    change: ({ network_id, group, ...server }) =>
      post({
        server: { ...server, networks: [{ uuid: network_id }], ...(group ? { security_groups: [{ name: group }] } : {}) },
      }),
  },
  'compute.keypair': {
    fields: [name, { name: 'public_key', title: 'Which public key?', as: 'publicKey' }],
    change: (answers) => wrapped('keypair', answers),
  },
  'compute.server_group': {
    fields: [
      name,
      {
        name: 'policy',
        title: 'Which policy?',
        as: 'choice',
        of: ['anti-affinity', 'affinity', 'soft-anti-affinity', 'soft-affinity'],
      },
    ],
    change: (answers) => wrapped('server_group', answers),
  },
  'compute.aggregate': {
    fields: [name, { name: 'availability_zone', title: 'Availability zone', as: 'text', optional: true }],
    change: (answers) => wrapped('aggregate', answers),
  },
};
