import { amount, bytes, titled } from '../columns.ts';
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
    children: [{ kind: 'object-store.object', where: {} }],
    opens: ['uploadFiles', 'uploadFolder', 'downloadObjects', 'deleteObjects'],
    can: ['delete'],
  },
  'object-store.object': {
    label: ['object', 'Objects'],
    icon: 'file',
    path: '/{container}',
    listKey: '',
    id: 'name',
    get: false,
    query: { format: 'json' },
    parent: { kind: 'object-store.container', parameters: { container: 'name' } },
    columns: [
      bytes('size', 'bytes'),
      titled('modified', 'last_modified'),
      titled('type', 'content_type'),
      titled('hash', 'hash'),
    ],
    folders: true,
    opens: ['openObject', 'downloadObjects', 'deleteObjects'],
  },
} as const satisfies Readonly<Record<string, Kind>>;
