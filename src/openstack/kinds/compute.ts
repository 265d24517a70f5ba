import { amount, count, gib, mark, mib, named, textAt, titled, valuesAt } from '../columns.ts';
import type { Kind, Resource } from '../kind.ts';

/** Nova. Fields: compute API reference, microversion 2.96 and below. */
export const compute = {
  'compute.server': {
    label: ['server', 'Servers'],
    under: 'Compute',
    icon: 'vm',
    path: '/servers',
    listPath: '/servers/detail',
    listKey: 'servers',
    itemKey: 'server',
    status: [
      {
        field: 'status',
        good: ['ACTIVE'],
        busy: ['BUILD', 'REBUILD', 'RESIZE', 'VERIFY_RESIZE', 'REVERT_RESIZE', 'MIGRATING', 'REBOOT', 'HARD_REBOOT', 'PASSWORD'],
        bad: ['ERROR', 'UNKNOWN'],
      },
      { field: 'OS-EXT-STS:task_state', busy: ['*'] },
    ],
    facts: ['status', 'tags'],
    columns: [
      titled('fault', 'fault.message'),
      { title: 'flavor', of: (server: Resource) => textAt(server, 'flavor.original_name') ?? textAt(server, 'flavor.id') },
      { title: 'addresses', of: addressesOf },
      named('image', 'image.id', 'image.image'),
      titled('availability zone', 'OS-EXT-AZ:availability_zone'),
      titled('key pair', 'key_name'),
      titled('security groups', 'security_groups.name'),
      mark('locked', 'locked'),
      'tags',
      'created',
      'id',
    ],
    children: [
      { kind: 'network.port', where: { device_id: 'id' } },
      { kind: 'block-storage.volume', where: { 'attachments.server_id': 'id' } },
    ],
  },
  'compute.flavor': {
    label: ['flavor', 'Flavors'],
    under: 'Compute',
    icon: 'dashboard',
    path: '/flavors',
    listPath: '/flavors/detail',
    listKey: 'flavors',
    itemKey: 'flavor',
    // An administrator gets public ones only unless asked otherwise; everybody else gets public and permitted ones whatever is asked.
    query: { is_public: 'None' },
    shared: true,
    facts: ['vcpus', 'ram', 'disk'],
    columns: [
      amount('vCPUs', 'vcpus', 'vCPU'),
      mib('RAM', 'ram'),
      gib('disk', 'disk'),
      titled('public', 'os-flavor-access:is_public'),
      titled('extra specs', 'extra_specs'),
      'id',
    ],
  },
  'compute.keypair': {
    label: ['key pair', 'Key pairs'],
    under: 'Compute',
    icon: 'key',
    path: '/os-keypairs',
    listKey: 'keypairs',
    itemKey: 'keypair',
    wrapped: 'keypair',
    id: 'name',
    facts: ['type'],
    columns: ['type', 'fingerprint'],
  },
  'compute.server_group': {
    label: ['server group', 'Server groups'],
    under: 'Compute',
    icon: 'organization',
    path: '/os-server-groups',
    listKey: 'server_groups',
    itemKey: 'server_group',
    facts: ['policy'],
    columns: ['policy', count('members', 'members'), 'id'],
  },
  'compute.availability_zone': {
    label: ['availability zone', 'Availability zones'],
    under: 'Compute',
    icon: 'location',
    path: '/os-availability-zone',
    listKey: 'availabilityZoneInfo',
    id: 'zoneName',
    name: 'zoneName',
    get: false,
    paged: false,
    facts: ['zoneState.available'],
    columns: [
      {
        title: 'available',
        of: (zone: Resource) => (textAt(zone, 'zoneState.available') === 'no' ? 'not available' : 'available'),
      },
    ],
  },
  'compute.hypervisor': {
    label: ['hypervisor', 'Hypervisors'],
    under: 'Compute',
    icon: 'server',
    path: '/os-hypervisors',
    listPath: '/os-hypervisors/detail',
    listKey: 'hypervisors',
    itemKey: 'hypervisor',
    name: 'hypervisor_hostname',
    admin: true,
    status: [{ field: 'state', good: ['up'], bad: ['down'] }],
    columns: [
      titled('type', 'hypervisor_type'),
      titled('address', 'host_ip'),
      titled('service', 'status'),
      titled('servers', 'servers.name'),
      'id',
    ],
  },
} as const satisfies Readonly<Record<string, Kind>>;

/** Fixed addresses, then floating ones, as `addresses: {network: [{addr, 'OS-EXT-IPS:type'}]}` gives them. */
function addressesOf(server: Resource): string | undefined {
  const addresses = server['addresses'];
  if (typeof addresses !== 'object' || addresses === null) return undefined;
  const all = Object.values(addresses).flatMap((list) => (Array.isArray(list) ? list : []));
  const floating = (one: unknown) => valuesAt(one, 'OS-EXT-IPS:type').includes('floating');
  const texts = [...all.filter((one) => !floating(one)), ...all.filter(floating)].flatMap((one) =>
    valuesAt(one, 'addr').map(String),
  );
  return texts.length === 0 ? undefined : texts.join(', ');
}
