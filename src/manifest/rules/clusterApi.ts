import type { Rule } from '../rule.ts';
import { external } from './external.ts';

const versions = ['v1beta1', 'v1beta2'] as const;
const zone = { to: 'compute.availability_zone', by: 'name', unknown: 'error', field: 'failureDomain' } as const;

const variable = 'spec.topology.variables[*]';

/** Variables of the cluster classes of SCS, by name. Source: SovereignCloudStack/cluster-stacks, `providers/openstack`, cluster-class variables. */
const named: Readonly<Record<string, Pick<Rule, 'to' | 'by'> & Partial<Rule>>> = {
  controller_flavor: { to: 'compute.flavor', by: 'name' },
  worker_flavor: { to: 'compute.flavor', by: 'name' },
  external_id: { to: 'network.network', by: 'id', confused: ['network.subnet'], demands: [external] },
  controller_server_group_id: { to: 'compute.server_group', by: 'id' },
  worker_server_group_id: { to: 'compute.server_group', by: 'id' },
  ssh_key: {
    to: 'compute.keypair',
    by: 'name',
    unknown: 'information',
    consequence: 'Key pairs belong to users: the one in identityRef must have it.',
  },
};
/** Those whose value is a list. */
const lists: typeof named = {
  openstack_security_groups: { to: 'network.security_group', by: 'idOrName' },
  controlPlaneAvailabilityZones: { to: 'compute.availability_zone', by: 'name' },
};

/**
 * Cluster API's own objects where OpenStack is below them: there a failure domain is an availability zone of the compute service.
 * Source: kubernetes-sigs/cluster-api, `api/core`; cluster-api-provider-openstack, `controllers/openstackmachine_controller.go` (instance spec).
 */
export const clusterApiRules: readonly Rule[] = versions.flatMap((version): Rule[] => [
  {
    ...zone,
    in: `cluster.x-k8s.io/${version} Machine`,
    when: { 'spec.infrastructureRef.kind': 'OpenStackMachine' },
    at: 'spec.failureDomain',
  },
  {
    ...zone,
    in: `cluster.x-k8s.io/${version} MachineDeployment`,
    when: { 'spec.template.spec.infrastructureRef.kind': 'OpenStackMachineTemplate' },
    at: 'spec.template.spec.failureDomain',
  },
  ...[...Object.entries(named), ...Object.entries(lists)].map(
    ([field, target]): Rule => ({
      in: `cluster.x-k8s.io/${version} Cluster`,
      when: { 'spec.topology.variables[*].name': field },
      at: field in lists ? `${variable}.value[*]` : `${variable}.value`,
      beside: { [`${variable}.name`]: field },
      // Any class may have a variable of this name and mean something else.
      unknown: 'warning',
      field,
      ...target,
    }),
  ),
]);
