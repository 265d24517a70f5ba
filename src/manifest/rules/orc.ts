import { orcKinds } from '../../openstack/kinds/orcKinds.ts';
import type { Rule } from '../rule.ts';

/** Keys of ORC's filters that are called otherwise in the service; a reference to another ORC object or a negation cannot be answered here. */
const filterKeys: Rule['filterKeys'] = {
  ipVersion: 'ip_version',
  gatewayIP: 'gateway_ip',
  macAddress: 'mac_address',
  adminStateUp: 'admin_state_up',
  availabilityZone: 'availability_zone',
  external: 'router:external',
  floatingIP: 'floating_ip_address',
  isPublic: 'is_public',
  ipv6: null,
  networkRef: null,
  floatingNetworkRef: null,
  portRef: null,
  projectRef: null,
  domainRef: null,
  serviceRef: null,
  userRef: null,
  tagsAny: null,
  notTags: null,
  notTagsAny: null,
};

/** An import by filter that matches nothing is legal: the controller waits for the resource to appear. */
const imports: readonly Rule[] = Object.entries(orcKinds).flatMap(([kind, to]): Rule[] => {
  const where = `openstack.k-orc.cloud/v1alpha1 ${kind}`;
  return [
    { in: where, at: 'spec.import.id', to, by: kind === 'KeyPair' ? 'name' : 'id', unknown: 'error', field: 'import.id' },
    {
      in: where,
      at: 'spec.import.filter',
      to,
      by: 'filter',
      unknown: 'information',
      field: 'import.filter',
      filterKeys,
      consequence: 'The import waits until there is one.',
    },
  ];
});

const zone = { by: 'name', unknown: 'error', field: 'availabilityZone' } as const;

/** Imports of unmanaged objects, and zones of managed ones: of all that they hold only those are named as the cloud names them. Source: k-orc/openstack-resource-controller, `api/v1alpha1`. */
export const orcRules: readonly Rule[] = [
  ...imports,
  {
    ...zone,
    in: 'openstack.k-orc.cloud/v1alpha1 Server',
    at: 'spec.resource.availabilityZone',
    to: 'compute.availability_zone',
    part: /^([^:]+)$/,
  },
  {
    ...zone,
    in: 'openstack.k-orc.cloud/v1alpha1 Volume',
    at: 'spec.resource.availabilityZone',
    to: 'block-storage.availability_zone',
    confused: ['compute.availability_zone'],
  },
];
