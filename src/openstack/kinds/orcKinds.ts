import type { KindId } from './kinds.ts';

/** Kind of the OpenStack resource controller (API group `openstack.k-orc.cloud`) → the kind of the same name. Source: k-orc/openstack-resource-controller, `config/crd/bases`. */
export const orcKinds: Readonly<Record<string, KindId>> = {
  ApplicationCredential: 'identity.application_credential',
  Domain: 'identity.domain',
  Endpoint: 'identity.endpoint',
  Flavor: 'compute.flavor',
  FloatingIP: 'network.floating_ip',
  Group: 'identity.group',
  Image: 'image.image',
  KeyPair: 'compute.keypair',
  Network: 'network.network',
  Port: 'network.port',
  Project: 'identity.project',
  Role: 'identity.role',
  Router: 'network.router',
  SecurityGroup: 'network.security_group',
  Server: 'compute.server',
  ServerGroup: 'compute.server_group',
  Service: 'identity.service',
  ShareNetwork: 'shared-file-system.share_network',
  Subnet: 'network.subnet',
  Trunk: 'network.trunk',
  User: 'identity.user',
  Volume: 'block-storage.volume',
  VolumeType: 'block-storage.type',
};
