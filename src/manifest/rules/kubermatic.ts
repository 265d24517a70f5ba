import type { Rule } from '../rule.ts';
import { external } from './external.ts';

const machines = {
  in: 'cluster.k8s.io/v1alpha1 MachineDeployment',
  when: { 'spec.template.spec.providerSpec.value.cloudProvider': 'openstack' },
  unknown: 'error',
} as const;
const spec = 'spec.template.spec.providerSpec.value.cloudProviderSpec';

type Field = readonly [at: string, target: Pick<Rule, 'to' | 'by'> & Partial<Rule>];

const fields: readonly Field[] = [
  ['region', { to: 'identity.region', by: 'name' }],
  ['image', { to: 'image.image', by: 'name' }],
  ['flavor', { to: 'compute.flavor', by: 'name' }],
  ['securityGroups[*]', { to: 'network.security_group', by: 'name', field: 'securityGroups' }],
  ['network', { to: 'network.network', by: 'idOrName', confused: ['network.subnet'] }],
  ['networks[*]', { to: 'network.network', by: 'idOrName', confused: ['network.subnet'], field: 'networks' }],
  ['subnet', { to: 'network.subnet', by: 'idOrName', confused: ['network.network'] }],
  ['floatingIpPool', { to: 'network.network', by: 'idOrName', demands: [external] }],
  ['availabilityZone', { to: 'compute.availability_zone', by: 'name' }],
  ['rootDiskVolumeType', { to: 'block-storage.type', by: 'idOrName' }],
  ['serverGroup', { to: 'compute.server_group', by: 'idOrName' }],
];

/** Machines of Kubermatic; each text may stand under `value` beside references to Secrets. Source: kubermatic/machine-controller, `sdk/cloudprovider/openstack/types.go`. */
export const kubermaticRules: readonly Rule[] = fields.flatMap(([at, target]) => [
  { ...machines, at: `${spec}.${at}`, ...target },
  { ...machines, at: `${spec}.${at}.value`, ...target, field: at.replace('[*]', '') },
]);
