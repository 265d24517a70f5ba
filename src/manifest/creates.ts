import { isMap } from 'yaml';
import type { KindId } from '../openstack/kinds/kinds.ts';
import { orcKinds } from '../openstack/kinds/orcKinds.ts';
import { formOf } from './form.ts';
import { mapAt, pairsOf } from './heatTemplate.ts';
import type { LocalManifest } from './manifest.ts';
import { resolved } from './parse.ts';
import { textAt } from './path.ts';

/** Types of Heat's resources that others name, each with what it makes. */
const heatTypes: Readonly<Record<string, KindId>> = {
  'OS::Nova::KeyPair': 'compute.keypair',
  'OS::Nova::Flavor': 'compute.flavor',
  'OS::Neutron::Net': 'network.network',
  'OS::Neutron::ProviderNet': 'network.network',
  'OS::Neutron::Subnet': 'network.subnet',
  'OS::Neutron::SubnetPool': 'network.subnet_pool',
  'OS::Neutron::Port': 'network.port',
  'OS::Neutron::Router': 'network.router',
  'OS::Neutron::SecurityGroup': 'network.security_group',
  'OS::Neutron::QoSPolicy': 'network.qos_policy',
  'OS::Cinder::VolumeType': 'block-storage.type',
  'OS::Glance::WebImage': 'image.image',
  'OS::Octavia::LoadBalancer': 'load-balancer.loadbalancer',
  'OS::Octavia::Listener': 'load-balancer.listener',
  'OS::Octavia::Pool': 'load-balancer.pool',
  'OS::Designate::Zone': 'dns.zone',
  'OS::Manila::ShareNetwork': 'shared-file-system.share_network',
  'OS::Keystone::Project': 'identity.project',
  'OS::Keystone::User': 'identity.user',
  'OS::Magnum::ClusterTemplate': 'container-infrastructure-management.cluster_template',
};

/** Whether a text may hold a manifest that brings something about. */
export const mayCreate = (text: string): boolean => /openstack\.k-orc\.cloud\/|heat_template_version/.test(text);

/**
 * The resources that come to be when a manifest is applied, as `kind name`: those of a Heat template, or of a managed object of the OpenStack resource controller. What names
 * one is not wrong because it is not there yet.
 */
export function creates(manifest: LocalManifest): readonly string[] {
  const { apiVersion, kind, name, root, tree } = manifest;
  if (formOf(manifest) === 'heat template') return heatCreates(manifest);
  const to = apiVersion?.startsWith('openstack.k-orc.cloud/') ? orcKinds[kind ?? ''] : undefined;
  if (!to || textAt(root, 'spec.managementPolicy', tree) === 'unmanaged') return [];
  const called = textAt(root, 'spec.resource.name', tree) ?? name;
  return called === undefined ? [] : [`${to} ${called}`];
}

function heatCreates(manifest: LocalManifest): string[] {
  return pairsOf(mapAt(manifest.root, 'resources', manifest)).flatMap(({ value }) => {
    const resource = resolved(value, manifest.tree);
    const to = isMap(resource) ? heatTypes[textAt(resource, 'type', manifest.tree) ?? ''] : undefined;
    const name = isMap(resource) ? textAt(resource, 'properties.name', manifest.tree) : undefined;
    return to && name !== undefined ? [`${to} ${name}`] : [];
  });
}
