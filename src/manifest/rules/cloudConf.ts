import type { Demand, FixedValue, FixedValues, Rule } from '../rule.ts';
import { enabled, external } from './external.ts';

const file = 'cloud.conf';
const network = { in: file, to: 'network.network', by: 'id', unknown: 'error', confused: ['network.subnet'] } as const;
const subnet = { in: file, to: 'network.subnet', by: 'id', unknown: 'error', confused: ['network.network'] } as const;

/** A subnet must lie in the network that the same section names. */
function inNetworkOf(section: string, field: string): Demand {
  return {
    field: 'network_id',
    is: { idAt: `${section}[*].${field}` },
    otherwise: `does not belong to the network of ${field}`,
    code: 'reference.otherNetwork',
  };
}

/** Keys that `[LoadBalancer]` and each `[LoadBalancerClass "name"]` have. */
function balancing(section: 'LoadBalancer' | 'LoadBalancerClass'): Rule[] {
  const at = (key: string) => `${section}[*].${key}`;
  return [
    { ...network, at: at('floating-network-id'), demands: [external] },
    {
      ...subnet,
      at: at('floating-subnet-id'),
      // The subnets of an external network may be hidden from a project that may use them.
      unknown: 'information',
      consequence: 'It may be hidden from this project.',
      demands: [inNetworkOf(section, 'floating-network-id')],
    },
    { in: file, at: at('floating-subnet'), to: 'network.subnet', by: 'pattern', unknown: 'allow' },
    { in: file, at: at('floating-subnet-tags'), to: 'network.subnet', by: 'tags', unknown: 'allow' },
    { ...network, at: at('network-id') },
    { ...subnet, at: at('subnet-id'), demands: [inNetworkOf(section, 'network-id')] },
    { ...subnet, at: at('member-subnet-id') },
  ];
}

/**
 * The configuration of cloud-provider-openstack (cloud controller manager, Cinder CSI, key management), kept in Secrets and ConfigMaps. Each name of a section leads to the
 * list of those so called. Source: kubernetes/cloud-provider-openstack, `pkg/openstack/openstack.go`, `pkg/client/client.go`, `docs/openstack-cloud-controller-manager`.
 */
export const cloudConfRules: readonly Rule[] = [
  { in: file, at: 'Global[*].region', to: 'identity.region', by: 'name', unknown: 'error' },
  ...balancing('LoadBalancer'),
  {
    in: file,
    at: 'LoadBalancer[*].flavor-id',
    to: 'load-balancer.flavor',
    demands: [enabled],
    by: 'id',
    unknown: 'error',
    confused: ['compute.flavor'],
  },
  {
    in: file,
    at: 'LoadBalancer[*].availability-zone',
    to: 'load-balancer.availability_zone',
    demands: [enabled],
    by: 'name',
    unknown: 'error',
    confused: ['compute.availability_zone'],
  },
  { in: file, at: 'LoadBalancer[*].lb-provider', to: 'load-balancer.provider', by: 'name', unknown: 'error' },
  {
    in: file,
    at: 'LoadBalancer[*].default-tls-container-ref',
    to: 'key-manager.container',
    by: 'url',
    unknown: 'allow',
  },
  ...balancing('LoadBalancerClass'),
  // Both networks only sort the addresses of a node, and another cloud's may be listed as well.
  { in: file, at: 'Networking[*].public-network-name', to: 'network.network', by: 'name', unknown: 'warning' },
  { in: file, at: 'Networking[*].internal-network-name', to: 'network.network', by: 'name', unknown: 'warning' },
  { in: file, at: 'Route[*].router-id', to: 'network.router', by: 'id', unknown: 'error' },
  { in: file, at: 'KeyManager[*].key-id', to: 'key-manager.secret', by: 'id', unknown: 'error' },
];

const anything: FixedValue = {};
const truth: FixedValue = { truth: true };
const duration: FixedValue = { duration: true };
const retries: FixedValue = { integer: { from: 1, to: 10 } };
const reader = 'The cloud provider';
/** gcfg refuses a file whose values do not fit their types. */
const refused = { said: 'makes it refuse the whole file', severity: 'error' } as const;
const keys = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, anything]));

const classKeys = keys(
  'floating-network-id',
  'floating-subnet-id',
  'floating-subnet',
  'floating-subnet-tags',
  'network-id',
  'subnet-id',
  'member-subnet-id',
);

function section(name: string, known: FixedValues['keys'], meant: FixedValues['meant'] = {}): FixedValues {
  const at = `${name}[*]`;
  // Distributions and older versions write keys of their own here, so that only a slip of the pen is told.
  return { in: file, at, called: 'setting', reader, own: /^[a-z]/, shared: true, keys: known, meant, otherwise: refused };
}

/** What is read in a `cloud.conf`: gcfg says nothing of a key or section that it does not know, so nobody but the editor can. */
export const cloudConfValues: readonly FixedValues[] = [
  {
    in: file,
    at: '',
    called: 'section',
    reader,
    own: /./,
    shared: true,
    keys: keys('Global', 'Networking', 'LoadBalancer', 'LoadBalancerClass', 'Route', 'Metadata', 'BlockStorage', 'KeyManager'),
  },
  section(
    'Global',
    {
      ...keys('auth-url', 'username', 'user-id', 'password', 'tenant-id', 'tenant-name', 'domain-id', 'domain-name'),
      ...keys('tenant-domain-id', 'tenant-domain-name', 'user-domain-id', 'user-domain-name', 'trust-id', 'trustee-id'),
      ...keys(
        'trustee-password',
        'region',
        'os-endpoint-type',
        'ca-file',
        'cert-file',
        'key-file',
        'token',
        'clouds-file',
        'cloud',
      ),
      ...keys('application-credential-id', 'application-credential-name', 'application-credential-secret'),
      // A text to gcfg, compared with one word.
      'tls-insecure': { words: ['true', 'false'], otherwise: { said: 'counts as false', severity: 'warning' } },
      'use-clouds': truth,
    },
    {
      'project-id': 'tenant-id',
      'project-name': 'tenant-name',
      'project-domain-id': 'tenant-domain-id',
      'project-domain-name': 'tenant-domain-name',
      'region-name': 'region',
    },
  ),
  section('Networking', {
    ...keys('public-network-name', 'internal-network-name', 'address-sort-order'),
    'ipv6-support-disabled': truth,
  }),
  section('LoadBalancer', {
    ...classKeys,
    ...keys(
      'lb-provider',
      'node-selector',
      'flavor-id',
      'availability-zone',
      'ingress-hostname-suffix',
      'default-tls-container-ref',
    ),
    enabled: truth,
    'lb-version': { words: ['v2'], otherwise: { said: 'leaves the cluster without load balancers', severity: 'error' } },
    'lb-method': {
      words: ['ROUND_ROBIN', 'LEAST_CONNECTIONS', 'SOURCE_IP', 'SOURCE_IP_PORT'],
      otherwise: { said: 'is refused by Octavia', severity: 'error' },
    },
    'manage-security-groups': truth,
    'create-monitor': truth,
    'monitor-delay': duration,
    'monitor-timeout': duration,
    'monitor-max-retries': retries,
    'monitor-max-retries-down': retries,
    'internal-lb': truth,
    'cascade-delete': truth,
    'enable-ingress-hostname': truth,
    'max-shared-lb': { integer: { from: 0 } },
    'provider-requires-serial-api-calls': truth,
  }),
  section('LoadBalancerClass', classKeys),
  section('Route', keys('router-id')),
  section('Metadata', { ...keys('search-order'), 'request-timeout': duration }),
  section('BlockStorage', {
    'node-volume-attach-limit': { integer: { from: 1, to: 256 } },
    'rescan-on-resize': truth,
    'ignore-volume-az': truth,
    'ignore-volume-microversion': truth,
  }),
  section('KeyManager', keys('key-id')),
];
