import { count, titled } from '../columns.ts';
import type { Kind, StatusField } from '../kind.ts';

const status: readonly StatusField[] = [{ field: 'status', good: ['ACTIVE'], busy: ['PENDING'], bad: ['ERROR'] }];

/** Barbican. Known by their address; payloads are never asked for. Fields: key manager API reference v1. */
export const keyManager = {
  'key-manager.secret': {
    label: ['secret', 'Secrets'],
    under: 'Secrets',
    icon: 'lock',
    path: '/secrets',
    listKey: 'secrets',
    id: 'secret_ref',
    status,
    facts: ['status', 'secret_type', 'expiration'],
    columns: [
      titled('type', 'secret_type'),
      { title: 'expires', of: (secret) => (typeof secret['expiration'] === 'string' ? secret['expiration'] : 'does not expire') },
      'algorithm',
      titled('bits', 'bit_length'),
      'created',
    ],
  },
  'key-manager.container': {
    label: ['secret container', 'Secret containers'],
    under: 'Secrets',
    icon: 'package',
    path: '/containers',
    listKey: 'containers',
    id: 'container_ref',
    status,
    facts: ['type', 'status'],
    columns: ['type', count('secrets', 'secret_refs'), 'created'],
  },
} as const satisfies Readonly<Record<string, Kind>>;
