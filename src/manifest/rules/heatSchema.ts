/** Versions of the template language, oldest first; a codename is the same as its date. Source: openstack/heat, `setup.cfg` (heat.templates). */
export const heatVersions: readonly (readonly string[])[] = [
  ['2013-05-23'],
  ['2014-10-16'],
  ['2015-04-30'],
  ['2015-10-15'],
  ['2016-04-08'],
  ['2016-10-14', 'newton'],
  ['2017-02-24', 'ocata'],
  ['2017-09-01', 'pike'],
  ['2018-03-02', 'queens'],
  ['2018-08-31', 'rocky'],
  ['2021-04-16', 'wallaby'],
];

/** Functions that not every version has, with the first that does. Names that plain data may have as well are left out. Source: openstack/heat, `heat/engine/hot/template.py`. */
export const functionsSince: Readonly<Record<string, string>> = {
  repeat: '2015-04-30',
  digest: '2015-04-30',
  str_split: '2015-10-15',
  map_merge: '2016-04-08',
  yaql: '2016-10-14',
  map_replace: '2016-10-14',
  if: '2016-10-14',
  str_replace_strict: '2017-02-24',
  make_url: '2017-09-01',
  list_concat: '2017-09-01',
  list_concat_unique: '2017-09-01',
  str_replace_vstrict: '2017-09-01',
};

/** Sections of a template, and keys of what stands in two of them. Source: openstack/heat, `heat/engine/hot/template.py`. */
export const sections = [
  'heat_template_version',
  'description',
  'parameter_groups',
  'parameters',
  'conditions',
  'resources',
  'outputs',
];
export const resourceKeys = [
  'type',
  'properties',
  'metadata',
  'depends_on',
  'update_policy',
  'deletion_policy',
  'description',
  'external_id',
  'condition',
];
export const parameterKeys = ['type', 'label', 'description', 'default', 'hidden', 'constraints', 'immutable', 'tags'];
export const parameterTypes = ['string', 'number', 'json', 'comma_delimited_list', 'boolean'];
/** What a template may name besides its own parameters. */
export const pseudoParameters = ['OS::stack_name', 'OS::stack_id', 'OS::project_id'];
/** Sections of an environment. Source: openstack/heat, `heat/common/environment_format.py`. */
export const environmentSections = [
  'parameters',
  'parameter_defaults',
  'parameter_merge_strategies',
  'resource_registry',
  'encrypted_param_names',
  'event_sinks',
];

/** Types that Heat has no more, with what is used instead. Source: openstack/heat, `support_status` HIDDEN of `heat/engine/resources/openstack/**`. */
export const removedTypes: readonly (readonly [type: RegExp, instead: string])[] = [
  [/^OS::Neutron::LBaaS::(?:LoadBalancer|Listener|Pool|PoolMember|HealthMonitor|L7Policy|L7Rule)$/, 'the same of OS::Octavia'],
  [/^OS::Neutron::(?:HealthMonitor|Pool|PoolMember|LoadBalancer)$/, 'the same of OS::Octavia'],
  [/^OS::Neutron::RouterGateway$/, 'external_gateway_info of OS::Neutron::Router'],
  [/^OS::Nova::FloatingIP$/, 'OS::Neutron::FloatingIP'],
  [/^OS::Nova::FloatingIPAssociation$/, 'OS::Neutron::FloatingIPAssociation'],
  [/^OS::Glance::Image$/, 'OS::Glance::WebImage'],
  [/^OS::Designate::Domain$/, 'OS::Designate::Zone'],
  [/^OS::Designate::Record$/, 'OS::Designate::RecordSet'],
  [/^OS::Magnum::(?:Bay|BayModel)$/, 'OS::Magnum::Cluster and OS::Magnum::ClusterTemplate'],
  [/^OS::(?:Sahara|Monasca)::\w+$/, 'nothing: the service is retired'],
];

/** Properties that a type cannot be without; several spellings of one part by `|`. Source: openstack/heat, `heat/engine/resources/openstack/**`, `required=True`. */
export const requiredProperties: Readonly<Record<string, readonly string[]>> = {
  'OS::Nova::Server': ['flavor'],
  'OS::Nova::KeyPair': ['name'],
  'OS::Nova::Flavor': ['ram', 'vcpus'],
  'OS::Nova::HostAggregate': ['name'],
  'OS::Nova::Quota': ['project'],
  'OS::Neutron::ProviderNet': ['network_type'],
  'OS::Neutron::Subnet': ['network|network_id'],
  'OS::Neutron::SubnetPool': ['prefixes'],
  'OS::Neutron::Port': ['network|network_id'],
  'OS::Neutron::RouterInterface': ['router|router_id'],
  'OS::Neutron::FloatingIP': ['floating_network|floating_network_id'],
  'OS::Neutron::FloatingIPAssociation': ['floatingip_id', 'port_id'],
  'OS::Neutron::SecurityGroupRule': ['security_group'],
  'OS::Neutron::Trunk': ['port'],
  'OS::Neutron::RBACPolicy': ['object_type', 'target_tenant', 'action', 'object_id'],
  'OS::Neutron::Quota': ['project'],
  'OS::Cinder::VolumeAttachment': ['instance_uuid', 'volume_id'],
  'OS::Cinder::VolumeType': ['name'],
  'OS::Cinder::Quota': ['project'],
  'OS::Glance::WebImage': ['disk_format', 'container_format', 'location'],
  'OS::Octavia::LoadBalancer': ['vip_subnet'],
  'OS::Octavia::Listener': ['protocol_port', 'protocol'],
  'OS::Octavia::Pool': ['lb_algorithm', 'protocol'],
  'OS::Octavia::PoolMember': ['pool', 'address', 'protocol_port'],
  'OS::Octavia::HealthMonitor': ['delay', 'max_retries', 'pool', 'timeout', 'type'],
  'OS::Octavia::L7Policy': ['action', 'listener'],
  'OS::Octavia::L7Rule': ['l7policy', 'type', 'compare_type', 'value'],
  'OS::Designate::Zone': ['name'],
  'OS::Designate::RecordSet': ['type', 'records', 'zone'],
  'OS::Manila::Share': ['share_protocol', 'size'],
  'OS::Barbican::Order': ['type'],
  'OS::Keystone::UserRoleAssignment': ['user'],
  'OS::Magnum::ClusterTemplate': ['image', 'external_network', 'coe'],
  'OS::Magnum::Cluster': ['cluster_template'],
  'OS::Heat::Stack': ['template'],
  'OS::Heat::ResourceGroup': ['resource_def'],
  'OS::Heat::AutoScalingGroup': ['resource', 'max_size', 'min_size'],
  'OS::Heat::WaitCondition': ['handle', 'timeout'],
  'OS::Ironic::Port': ['node', 'address'],
  'OS::Trove::Instance': ['flavor', 'size'],
  'OS::Zun::Container': ['image'],
};

/** Properties of which one at least must be given, and whether more than one may be. Source: openstack/heat, the `validate` of the types' classes. */
export const alternatives: Readonly<Record<string, { readonly of: readonly string[]; readonly several: boolean }>> = {
  'OS::Neutron::RouterInterface': { of: ['subnet', 'subnet_id', 'port', 'port_id'], several: true },
  'OS::Neutron::Subnet': { of: ['cidr', 'subnetpool'], several: false },
  'OS::Octavia::Listener': { of: ['loadbalancer', 'default_pool'], several: true },
  'OS::Octavia::Pool': { of: ['listener', 'loadbalancer'], several: true },
  'OS::Nova::Server': { of: ['image', 'block_device_mapping', 'block_device_mapping_v2'], several: true },
};
