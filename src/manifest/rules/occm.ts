import type { Demand, FixedValue, FixedValues, Rule } from '../rule.ts';
import { enabled, external } from './external.ts';

const service = 'v1 Service';
const annotation = (name: string) => `metadata.annotations[loadbalancer.openstack.org/${name}]`;
/** The controller leaves other Services alone; one whose type is not written yet is still being written. */
const dead: Rule['unless'] = { 'spec.type': ['ClusterIP', 'NodePort', 'ExternalName'], 'spec.loadBalancerClass': 'anything' };
/** An internal Service gets no floating IP. */
const deadInside: Rule['unless'] = {
  ...dead,
  'metadata.annotations[service.beta.kubernetes.io/openstack-internal-load-balancer]': ['true'],
};
/** A port of its own has its network and subnet already. */
const deadWithPort: Rule['unless'] = { ...dead, [annotation('port-id')]: 'anything' };

/** A subnet must lie in the network that another annotation names. */
function inNetworkOf(field: string): Demand {
  return {
    field: 'network_id',
    is: { idAt: annotation(field) },
    otherwise: `does not belong to the network of ${field}`,
    code: 'reference.otherNetwork',
  };
}

const network = { in: service, to: 'network.network', by: 'id', unknown: 'error', confused: ['network.subnet'] } as const;
const subnet = { in: service, to: 'network.subnet', by: 'id', unknown: 'error', confused: ['network.network'] } as const;

/**
 * Annotations of a Service that the OpenStack cloud controller manager reads.
 * Source: kubernetes/cloud-provider-openstack, `pkg/openstack/loadbalancer.go`; all are ids unless said otherwise.
 */
export const occmRules: readonly Rule[] = [
  { ...network, at: annotation('network-id'), unless: deadWithPort },
  { ...network, at: annotation('floating-network-id'), unless: deadInside, demands: [external] },
  { ...subnet, at: annotation('subnet-id'), unless: deadWithPort, demands: [inNetworkOf('network-id')] },
  { ...subnet, at: annotation('member-subnet-id'), unless: dead },
  {
    ...subnet,
    at: annotation('floating-subnet-id'),
    unless: deadInside,
    // The subnets of an external network may be hidden from a project that may use them.
    unknown: 'information',
    consequence: 'It may be hidden from this project.',
    demands: [inNetworkOf('floating-network-id')],
  },
  { in: service, at: annotation('floating-subnet'), unless: deadInside, to: 'network.subnet', by: 'pattern', unknown: 'allow' },
  { in: service, at: annotation('floating-subnet-tags'), unless: deadInside, to: 'network.subnet', by: 'tags', unknown: 'allow' },
  { in: service, at: annotation('port-id'), unless: dead, to: 'network.port', by: 'id', unknown: 'error' },
  {
    in: service,
    at: annotation('flavor-id'),
    unless: dead,
    to: 'load-balancer.flavor',
    demands: [enabled],
    by: 'id',
    unknown: 'error',
    confused: ['compute.flavor'],
  },
  {
    in: service,
    at: annotation('availability-zone'),
    unless: dead,
    to: 'load-balancer.availability_zone',
    demands: [enabled],
    by: 'name',
    unknown: 'error',
    confused: ['compute.availability_zone'],
  },
  {
    in: service,
    at: annotation('load-balancer-id'),
    unless: dead,
    to: 'load-balancer.loadbalancer',
    by: 'id',
    unknown: 'error',
  },
  {
    in: service,
    at: annotation('default-tls-container-ref'),
    unless: dead,
    to: 'key-manager.container',
    by: 'url',
    unknown: 'allow',
  },
  {
    in: service,
    at: 'spec.loadBalancerIP',
    unless: deadInside,
    // An IPv6 address gets no floating IP: it is the balancer's own.
    part: /^(\d+(?:\.\d+){3})$/,
    to: 'network.floating_ip',
    by: 'name',
    // A cloud.conf may make every Service internal; then it is an address of its network.
    unknown: 'information',
    consequence: 'The controller asks for exactly this address then, which as a rule only an administrator may.',
  },
  {
    in: 'v1 Node',
    at: 'spec.providerID',
    // `openstack:///<id>`, with a region as the controller writes it, or with one as Gardener does.
    part: /^openstack:\/\/[^/]*\/(?:[^/]+\/)?([0-9a-fA-F-]{36})$/,
    to: 'compute.server',
    by: 'id',
    unknown: 'information',
    consequence: 'It may be in another project.',
  },
];

const truth: FixedValue = { words: ['true', 'false'] };
const milliseconds: FixedValue = { integer: { from: 0 } };
const retries: FixedValue = { integer: { from: 1, to: 10 } };
const anything: FixedValue = {};
const references = occmRules
  .filter(({ at }) => at.endsWith(']'))
  .map(({ at }) => [at.slice(at.indexOf('[') + 1, -1), anything] as const);

/** Every annotation below the prefix, with what it may hold. What the controller does not parse strictly as here it replaces by its default, silently. */
export const occmValues: FixedValues = {
  in: service,
  at: 'metadata.annotations',
  called: 'annotation',
  reader: 'The cloud controller manager',
  own: /^loadbalancer\.openstack\.org\//,
  keys: {
    ...Object.fromEntries(references),
    'loadbalancer.openstack.org/keep-floatingip': truth,
    'loadbalancer.openstack.org/x-forwarded-for': truth,
    'loadbalancer.openstack.org/enable-health-monitor': truth,
    'loadbalancer.openstack.org/proxy-protocol': { words: ['true', 'false', 'v1', 'v2'] },
    'loadbalancer.openstack.org/lb-method': { words: ['ROUND_ROBIN', 'LEAST_CONNECTIONS', 'SOURCE_IP', 'SOURCE_IP_PORT'] },
    'loadbalancer.openstack.org/connection-limit': { integer: { from: -1 } },
    'loadbalancer.openstack.org/timeout-client-data': milliseconds,
    'loadbalancer.openstack.org/timeout-member-connect': milliseconds,
    'loadbalancer.openstack.org/timeout-member-data': milliseconds,
    'loadbalancer.openstack.org/timeout-tcp-inspect': milliseconds,
    'loadbalancer.openstack.org/health-monitor-delay': { integer: { from: 1 } },
    'loadbalancer.openstack.org/health-monitor-timeout': { integer: { from: 1 } },
    'loadbalancer.openstack.org/health-monitor-max-retries': retries,
    'loadbalancer.openstack.org/health-monitor-max-retries-down': retries,
    'service.beta.kubernetes.io/openstack-internal-load-balancer': truth,
    'loadbalancer.openstack.org/class': anything,
    'loadbalancer.openstack.org/hostname': anything,
    'loadbalancer.openstack.org/load-balancer-address': anything,
    'loadbalancer.openstack.org/node-selector': anything,
  },
  meant: { 'loadbalancer.openstack.org/floating-tag': 'loadbalancer.openstack.org/floating-subnet-tags' },
};
