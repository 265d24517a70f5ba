import { amount, named, titled } from '../columns.ts';
import type { Kind, StatusField } from '../kind.ts';

const status: readonly StatusField[] = [{ field: 'status', good: ['*_COMPLETE'], busy: ['*_IN_PROGRESS'], bad: ['*_FAILED'] }];

/** Magnum. Identities are `uuid`. Fields: container infrastructure API reference v1. */
export const containerInfra = {
  'container-infrastructure-management.cluster': {
    label: ['cluster', 'Clusters'],
    under: 'Container clusters',
    icon: 'symbol-misc',
    path: '/clusters',
    listPath: '/clusters/detail',
    listKey: 'clusters',
    id: 'uuid',
    status: [...status, { field: 'health_status', good: ['HEALTHY'], bad: ['UNHEALTHY', 'UNREACHABLE'] }],
    columns: [
      titled('version', 'coe_version'),
      amount('nodes', 'node_count', 'nodes'),
      titled('control plane', 'master_count'),
      titled('API address', 'api_address'),
      titled('reason', 'status_reason'),
      named('template', 'cluster_template_id', 'container-infrastructure-management.cluster_template'),
      titled('key pair', 'keypair'),
      'created_at',
      'uuid',
    ],
    children: [{ kind: 'container-infrastructure-management.nodegroup', where: {} }],
  },
  'container-infrastructure-management.nodegroup': {
    label: ['node group', 'Node groups'],
    icon: 'server-environment',
    path: '/clusters/{cluster}/nodegroups',
    listKey: 'nodegroups',
    id: 'uuid',
    parent: { kind: 'container-infrastructure-management.cluster', parameters: { cluster: 'uuid' } },
    paged: false,
    status,
    columns: [
      'role',
      amount('nodes', 'node_count', 'nodes'),
      named('flavor', 'flavor_id', 'compute.flavor'),
      named('image', 'image_id', 'image.image'),
      'uuid',
    ],
  },
  'container-infrastructure-management.cluster_template': {
    label: ['cluster template', 'Cluster templates'],
    under: 'Container clusters',
    icon: 'file-code',
    path: '/clustertemplates',
    listPath: '/clustertemplates/detail',
    listKey: 'clustertemplates',
    id: 'uuid',
    shared: true,
    columns: [
      titled('orchestrator', 'coe'),
      named('image', 'image_id', 'image.image'),
      titled('flavor', 'flavor_id'),
      titled('control plane flavor', 'master_flavor_id'),
      titled('network driver', 'network_driver'),
      titled('public', 'public'),
      'uuid',
    ],
  },
} as const satisfies Readonly<Record<string, Kind>>;
