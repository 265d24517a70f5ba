import { amount, bytes } from '../columns.ts';
import type { Kind } from '../kind.ts';

/** Swift. The account's listing is the body itself. Fields: object store API reference v1. */
export const objectStore = {
  'object-store.container': {
    label: ['container', 'Containers'],
    under: 'Object storage',
    icon: 'inbox',
    path: '/',
    listKey: '',
    id: 'name',
    get: false,
    query: { format: 'json' },
    columns: [amount('objects', 'count', 'objects'), bytes('size', 'bytes'), 'last_modified'],
  },
} as const satisfies Readonly<Record<string, Kind>>;
