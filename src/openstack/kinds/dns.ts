import { titled } from '../columns.ts';
import type { Kind, StatusField } from '../kind.ts';

const status: readonly StatusField[] = [{ field: 'status', good: ['ACTIVE'], busy: ['PENDING'], bad: ['ERROR'] }];

/** Designate. Names end in a dot. Fields: DNS API reference v2. */
export const dns = {
  'dns.zone': {
    label: ['zone', 'Zones'],
    under: 'DNS',
    icon: 'book',
    path: '/zones',
    listKey: 'zones',
    status,
    columns: ['type', titled('TTL', 'ttl'), 'email', 'serial', 'description', 'id'],
    children: [{ kind: 'dns.recordset', where: {} }],
  },
  'dns.recordset': {
    label: ['record set', 'Record sets'],
    icon: 'note',
    path: '/zones/{zone}/recordsets',
    listKey: 'recordsets',
    parent: { kind: 'dns.zone', parameters: { zone: 'id' } },
    status,
    columns: ['type', 'records', titled('TTL', 'ttl'), 'description', 'id'],
  },
} as const satisfies Readonly<Record<string, Kind>>;
