import type { Rule } from '../rule.ts';
import { external } from './external.ts';

const kluster = { in: 'kubernikus.sap.cc/v1 Kluster', unknown: 'error' } as const;
const pool = 'spec.nodePools[*]';

/** Clusters of Kubernikus. Source: sapcc/kubernikus, `swagger.yml`. */
export const kubernikusRules: readonly Rule[] = [
  { ...kluster, at: 'spec.openstack.routerID', to: 'network.router', by: 'id' },
  { ...kluster, at: 'spec.openstack.networkID', to: 'network.network', by: 'id', confused: ['network.subnet'] },
  { ...kluster, at: 'spec.openstack.lbSubnetID', to: 'network.subnet', by: 'id', confused: ['network.network'] },
  { ...kluster, at: 'spec.openstack.lbFloatingNetworkID', to: 'network.network', by: 'id', demands: [external] },
  { ...kluster, at: 'spec.openstack.securityGroupName', to: 'network.security_group', by: 'name' },
  { ...kluster, at: `${pool}.flavor`, to: 'compute.flavor', by: 'name' },
  { ...kluster, at: `${pool}.image`, to: 'image.image', by: 'name' },
  { ...kluster, at: `${pool}.availabilityZone`, to: 'compute.availability_zone', by: 'name' },
];
