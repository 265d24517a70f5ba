import type { KubeObject } from '../api/objects.ts';

/** A value as it stands in an object's spec or in an OpenStack answer. */
export type Fields = Readonly<Record<string, unknown>>;

/** An object of openstack.k-orc.cloud, whatever its kind. */
export interface OrcObject extends KubeObject {
  readonly spec: {
    readonly cloudCredentialsRef?: { readonly secretName: string; readonly cloudName: string };
    readonly managementPolicy?: 'managed' | 'unmanaged';
    readonly managedOptions?: { readonly onDelete?: 'delete' | 'detach' };
    readonly import?: { readonly id?: string; readonly filter?: Fields };
    readonly resource?: Fields;
  };
  readonly status?: { readonly id?: string; readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** One kind of the openstack-resource-controller, as far as it is played here. */
export interface OrcKind {
  readonly kind: string;
  readonly plural: string;
  readonly service: string;
  /** Collection path, and the envelope names of one and of many. */
  readonly path: string;
  readonly one: string;
  readonly many: string;
  /** Fields that name another ORC object of the same namespace: its kind, and OpenStack's field for the id. */
  readonly refs?: Readonly<Record<string, readonly [kind: string, field: string]>>;
  /** Fields whose OpenStack name is not the snake-cased one. */
  readonly renamed?: Readonly<Record<string, string>>;
  /** Turns what a table cannot; gets and returns the body of the creating request. */
  readonly shape?: (body: Record<string, unknown>) => Record<string, unknown>;
  /** The status in which a fresh resource is usable, if it takes time. */
  readonly usable?: readonly string[];
  /** The key pair's id is its name. */
  readonly idField?: string;
}

export const ORC_GROUP = '/apis/openstack.k-orc.cloud/v1alpha1';

const network = (kind: string, plural: string, one: string, rest: Partial<OrcKind> = {}): OrcKind => ({
  kind,
  plural,
  service: 'network',
  path: `/${one === 'security_group' ? 'security-groups' : `${one}s`}`,
  one,
  many: `${one}s`,
  ...rest,
});

const identity = (kind: string, one: string): OrcKind => ({
  kind,
  plural: `${one}s`,
  service: 'identity',
  path: `/${one}s`,
  one,
  many: `${one}s`,
});

/** Every kind is imported; those without `shape` or `refs` are created field by field. */
export const ORC_KINDS: readonly OrcKind[] = [
  network('Network', 'networks', 'network', { renamed: { external: 'router:external' } }),
  network('Subnet', 'subnets', 'subnet', {
    refs: { networkRef: ['Network', 'network_id'] },
    renamed: { enableDHCP: 'enable_dhcp' },
    shape: subnet,
  }),
  network('Router', 'routers', 'router', { shape: router, refs: { networkRef: ['Network', 'network_id'] } }),
  network('Port', 'ports', 'port', {
    refs: {
      networkRef: ['Network', 'network_id'],
      subnetRef: ['Subnet', 'subnet_id'],
      securityGroupRefs: ['SecurityGroup', 'security_groups'],
    },
    renamed: { addresses: 'fixed_ips', ip: 'ip_address', vnicType: 'binding:vnic_type' },
  }),
  network('SecurityGroup', 'securitygroups', 'security_group'),
  network('FloatingIP', 'floatingips', 'floatingip', {
    refs: {
      floatingNetworkRef: ['Network', 'floating_network_id'],
      floatingSubnetRef: ['Subnet', 'subnet_id'],
      portRef: ['Port', 'port_id'],
    },
    renamed: { floatingIP: 'floating_ip_address', fixedIP: 'fixed_ip_address' },
  }),
  {
    kind: 'Server',
    plural: 'servers',
    service: 'compute',
    path: '/servers',
    one: 'server',
    many: 'servers',
    refs: {
      imageRef: ['Image', 'imageRef'],
      flavorRef: ['Flavor', 'flavorRef'],
      keypairRef: ['KeyPair', 'key_name'],
      portRef: ['Port', 'port'],
    },
    shape: server,
    usable: ['ACTIVE'],
  },
  { kind: 'Flavor', plural: 'flavors', service: 'compute', path: '/flavors', one: 'flavor', many: 'flavors' },
  {
    kind: 'KeyPair',
    plural: 'keypairs',
    service: 'compute',
    path: '/os-keypairs',
    one: 'keypair',
    many: 'keypairs',
    idField: 'name',
  },
  {
    kind: 'ServerGroup',
    plural: 'servergroups',
    service: 'compute',
    path: '/os-server-groups',
    one: 'server_group',
    many: 'server_groups',
  },
  { kind: 'Image', plural: 'images', service: 'image', path: '/images', one: '', many: 'images' },
  {
    kind: 'Volume',
    plural: 'volumes',
    service: 'block-storage',
    path: '/volumes',
    one: 'volume',
    many: 'volumes',
    refs: { volumeTypeRef: ['VolumeType', 'volume_type'], imageRef: ['Image', 'imageRef'] },
    usable: ['available', 'in-use'],
  },
  {
    kind: 'VolumeType',
    plural: 'volumetypes',
    service: 'block-storage',
    path: '/types',
    one: 'volume_type',
    many: 'volume_types',
  },
  identity('Project', 'project'),
  identity('Domain', 'domain'),
  identity('User', 'user'),
  identity('Group', 'group'),
  identity('Role', 'role'),
];

export function snake(name: string): string {
  return name.replace(/ID\b|IDs\b|IP|DHCP|MTU|CIDR|[A-Z]/g, (upper) => `_${upper.toLowerCase()}`).replace(/^_/, '');
}

function camel(name: string): string {
  return name
    .replace(/^router:/, '')
    .replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
    .replace(/Id\b/, 'ID')
    .replace(/Ip\b/, 'IP')
    .replace(/Dhcp\b/, 'DHCP');
}

/**
 * What `status.resource` says of an OpenStack answer: its plain fields under ORC's spelling. Fields that the CRD
 * does not know are pruned by the API server.
 */
export function statusOf(body: Fields): Record<string, unknown> {
  const plain = (value: unknown) =>
    (value !== null && typeof value !== 'object') || (Array.isArray(value) && value.every((item) => typeof item === 'string'));
  return Object.fromEntries(
    Object.entries(body)
      .filter(([name, value]) => plain(value) && value !== '' && name !== 'tenant_id')
      .map(([name, value]) => [camel(name), value]),
  );
}

function subnet({ gateway, ipv6, router_ref: _router, ...body }: Record<string, unknown>): Record<string, unknown> {
  const { type, ip } = (gateway ?? {}) as { type?: string; ip?: string };
  return {
    ...body,
    ...(type === 'None' ? { gateway_ip: null } : {}),
    ...(ip === undefined ? {} : { gateway_ip: ip }),
    ...((ipv6 as object | undefined) ?? {}),
  };
}

function router({ external_gateways: gateways, ...body }: Record<string, unknown>): Record<string, unknown> {
  const [first] = (gateways ?? []) as { network_id: string }[];
  return { ...body, ...(first ? { external_gateway_info: first } : {}) };
}

function server({
  ports,
  metadata,
  tags: _tags,
  boot_volume: _boot,
  volumes: _volumes,
  ...body
}: Record<string, unknown>): Record<string, unknown> {
  const pairs = ((metadata ?? []) as { key: string; value: string }[]).map(({ key, value }) => [key, value]);
  return { ...body, networks: ports, metadata: Object.fromEntries(pairs) };
}
