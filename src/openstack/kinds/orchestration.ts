import { titled } from '../columns.ts';
import type { Kind } from '../kind.ts';

/** Heat. Parameters, outputs and templates may hold secrets and are not columns. Fields: orchestration API reference v1. */
export const orchestration = {
  'orchestration.stack': {
    label: ['stack', 'Stacks'],
    under: 'Orchestration',
    icon: 'layers',
    path: '/stacks',
    listKey: 'stacks',
    itemKey: 'stack',
    name: 'stack_name',
    status: [{ field: 'stack_status', good: ['*_COMPLETE'], busy: ['*_IN_PROGRESS'], bad: ['*_FAILED'] }],
    columns: [
      'description',
      titled('created', 'creation_time'),
      titled('reason', 'stack_status_reason'),
      titled('updated', 'updated_time'),
      'tags',
      'id',
    ],
    children: [{ kind: 'orchestration.resource', where: {} }],
  },
  'orchestration.resource': {
    label: ['stack resource', 'Stack resources'],
    icon: 'symbol-field',
    path: '/stacks/{stack}/{id}/resources',
    listKey: 'resources',
    itemKey: 'resource',
    id: 'resource_name',
    name: 'resource_name',
    parent: { kind: 'orchestration.stack', parameters: { stack: 'stack_name', id: 'id' } },
    paged: false,
    status: [{ field: 'resource_status', good: ['*_COMPLETE'], busy: ['*_IN_PROGRESS'], bad: ['*_FAILED'] }],
    columns: [
      titled('type', 'resource_type'),
      titled('reason', 'resource_status_reason'),
      titled('physical id', 'physical_resource_id'),
      titled('updated', 'updated_time'),
    ],
  },
} as const satisfies Readonly<Record<string, Kind>>;
