import { count, titled } from '../columns.ts';
import type { Kind, StatusField } from '../kind.ts';
import { byName } from './filters.ts';

const status: readonly StatusField[] = [{ field: 'status', good: ['ACTIVE'], busy: ['PENDING'], bad: ['ERROR'] }];

/** Barbican. Known by their address; a payload is asked for by one command, on the user's word, and never comes with a row. Fields: key manager API reference v1. */
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
    filters: [byName],
    columns: [
      titled('type', 'secret_type'),
      { title: 'expires', of: (secret) => (typeof secret['expiration'] === 'string' ? secret['expiration'] : 'does not expire') },
      'algorithm',
      titled('bits', 'bit_length'),
      'created',
    ],
    opens: ['copyPayload', 'revealPayload'],
    can: ['delete'],
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
    can: ['delete'],
  },
  'key-manager.order': {
    label: ['secret order', 'Secret orders'],
    under: 'Secrets',
    icon: 'checklist',
    path: '/orders',
    listKey: 'orders',
    id: 'order_ref',
    name: 'meta.name',
    status,
    columns: [
      'type',
      titled('algorithm', 'meta.algorithm'),
      titled('reason', 'error_reason'),
      titled('secret', 'secret_ref'),
      'created',
    ],
    can: ['delete'],
  },
} as const satisfies Readonly<Record<string, Kind>>;
