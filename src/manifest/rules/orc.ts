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

/** Imports of unmanaged objects. An import by filter that matches nothing is legal: the controller waits for the resource to appear. */
export const orcRules: readonly Rule[] = Object.entries(orcKinds).flatMap(([kind, to]): Rule[] => {
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
