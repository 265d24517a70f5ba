import type { Rule } from '../rule.ts';
import { externalNetworkId } from './external.ts';

const file = { in: 'kubespray openstack.yml', unknown: 'error' } as const;
const balancing = 'external_openstack_lbaas';
const subnet = { ...file, to: 'network.subnet', by: 'id', confused: ['network.network'] } as const;

/**
 * Variables of Kubespray for the cloud controller manager. Variables of other playbooks are called alike and mean something else; these have a prefix of their own.
 * Source: kubernetes-sigs/kubespray, `inventory/sample/group_vars/all/openstack.yml`, `roles/kubernetes-apps/external_cloud_controller/openstack`.
 */
export const kubesprayRules: readonly Rule[] = [
  { ...file, at: `${balancing}_floating_network_id`, ...externalNetworkId },
  {
    ...subnet,
    at: `${balancing}_floating_subnet_id`,
    // The subnets of an external network may be hidden from a project that may use them.
    unknown: 'information',
    consequence: 'It may be hidden from this project.',
  },
  { ...subnet, at: `${balancing}_subnet_id` },
  { ...subnet, at: `${balancing}_member_subnet_id` },
  { ...file, at: `${balancing}_network_id`, to: 'network.network', by: 'id', confused: ['network.subnet'] },
  { ...file, at: `${balancing}_provider`, to: 'load-balancer.provider', by: 'name' },
  // Both networks only sort the addresses of a node.
  ...['public', 'internal'].map(
    (which): Rule => ({
      ...file,
      at: `external_openstack_network_${which}_networks[*]`,
      to: 'network.network',
      by: 'name',
      unknown: 'warning',
      field: `${which}_networks`,
    }),
  ),
  { ...file, at: 'storage_classes[*].parameters.type', to: 'block-storage.type', by: 'idOrName', field: 'parameters.type' },
  {
    ...file,
    at: 'storage_classes[*].parameters.availability',
    to: 'block-storage.availability_zone',
    by: 'name',
    field: 'parameters.availability',
  },
];
