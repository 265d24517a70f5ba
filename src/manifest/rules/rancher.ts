import type { Rule } from '../rule.ts';
import { active, external } from './external.ts';

const config = { in: 'rke-machine-config.cattle.io/v1 OpenstackConfig', unknown: 'error' } as const;

/** Rancher's machine driver; its fields stand at the root. Source: rancher/machine, `drivers/openstack/openstack.go`. */
export const rancherRules: readonly Rule[] = [
  { ...config, at: 'region', to: 'identity.region', by: 'name' },
  { ...config, at: 'availabilityZone', to: 'compute.availability_zone', by: 'name' },
  { ...config, at: 'flavorId', to: 'compute.flavor', by: 'id', confused: ['load-balancer.flavor'] },
  { ...config, at: 'flavorName', to: 'compute.flavor', by: 'name' },
  { ...config, at: 'imageId', to: 'image.image', by: 'id', demands: [active] },
  { ...config, at: 'imageName', to: 'image.image', by: 'name', demands: [active] },
  { ...config, at: 'netId', to: 'network.network', by: 'id', confused: ['network.subnet'] },
  { ...config, at: 'netName', to: 'network.network', by: 'name' },
  { ...config, at: 'floatingipPool', to: 'network.network', by: 'name', demands: [external] },
  { ...config, at: 'volumeType', to: 'block-storage.type', by: 'idOrName' },
  {
    ...config,
    at: 'keypairName',
    to: 'compute.keypair',
    by: 'name',
    unknown: 'information',
    consequence: 'Key pairs belong to users: the one that Rancher signs in as must have it.',
  },
];
