import type { Rule } from '../rule.ts';
import { active, external } from './external.ts';

const template = { in: 'magnum cluster template', unknown: 'error' } as const;
const volumeType = { ...template, to: 'block-storage.type', by: 'idOrName' } as const;

/** What a Deployment of the cluster autoscaler is told, when it scales Magnum's node groups. */
function autoscaler(words: 'args' | 'command'): Rule[] {
  const at = `spec.template.spec.containers[*].${words}[*]`;
  return [
    {
      in: 'apps/v1 Deployment',
      when: { [at]: '--cloud-provider=magnum' },
      at,
      to: 'container-infrastructure-management.cluster',
      by: 'idOrName',
      part: /^--cluster-name=(.+)$/,
      unknown: 'error',
      field: '--cluster-name',
    },
  ];
}

/**
 * Magnum: the body of a cluster template with its labels, and the cluster autoscaler and the auto-healer beside it. A label is a text whatever it holds.
 * Source: openstack/magnum, `doc/source/user/index.rst`; kubernetes/autoscaler, `cluster-autoscaler/cloudprovider/magnum`; kubernetes/cloud-provider-openstack,
 * `pkg/autohealing/config/config.go`.
 */
export const magnumRules: readonly Rule[] = [
  { ...template, at: 'image_id', to: 'image.image', by: 'idOrName', demands: [active] },
  { ...template, at: 'flavor_id', to: 'compute.flavor', by: 'idOrName' },
  { ...template, at: 'master_flavor_id', to: 'compute.flavor', by: 'idOrName' },
  {
    ...template,
    at: 'keypair_id',
    to: 'compute.keypair',
    by: 'name',
    unknown: 'information',
    consequence: 'Key pairs belong to users: the one that makes the cluster must have it.',
  },
  { ...template, at: 'external_network_id', to: 'network.network', by: 'idOrName', demands: [external] },
  { ...template, at: 'fixed_network', to: 'network.network', by: 'idOrName' },
  { ...template, at: 'fixed_subnet', to: 'network.subnet', by: 'idOrName' },
  { ...volumeType, at: 'labels.boot_volume_type' },
  { ...volumeType, at: 'labels.etcd_volume_type' },
  { ...volumeType, at: 'labels.docker_volume_type' },
  { ...template, at: 'labels.availability_zone', to: 'compute.availability_zone', by: 'name' },
  { ...template, at: 'labels.boot_volume_availability_zone', to: 'block-storage.availability_zone', by: 'name' },
  { ...template, at: 'labels.octavia_provider', to: 'load-balancer.provider', by: 'name' },
  { ...template, at: 'labels.manila_csi_share_network_id', to: 'shared-file-system.share_network', by: 'id' },
  { in: 'magnum-auto-healer', at: 'openstack.region', to: 'identity.region', by: 'name', unknown: 'error' },
  {
    in: 'magnum-auto-healer',
    at: 'cluster-name',
    to: 'container-infrastructure-management.cluster',
    by: 'idOrName',
    unknown: 'error',
  },
  ...autoscaler('args'),
  ...autoscaler('command'),
];
