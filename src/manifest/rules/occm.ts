import type { Rule } from '../rule.ts';
import { external } from './external.ts';

const service = 'v1 Service';
const annotation = (name: string) => `metadata.annotations[loadbalancer.openstack.org/${name}]`;
/**
 * Annotations of a Service that the OpenStack cloud controller manager reads.
 * Source: kubernetes/cloud-provider-openstack, `pkg/openstack/loadbalancer.go`; all are ids unless said otherwise.
 */
export const occmRules: readonly Rule[] = [
  { in: service, at: annotation('network-id'), to: 'network.network', by: 'id', unknown: 'error', confused: ['network.subnet'] },
  {
    in: service,
    at: annotation('floating-network-id'),
    to: 'network.network',
    by: 'id',
    unknown: 'error',
    confused: ['network.subnet'],
    demands: [external],
  },
  {
    in: service,
    at: annotation('subnet-id'),
    to: 'network.subnet',
    by: 'id',
    unknown: 'error',
    confused: ['network.network'],
    demands: [
      {
        field: 'network_id',
        is: { idAt: annotation('network-id') },
        otherwise: 'does not belong to the network of network-id',
        code: 'reference.otherNetwork',
      },
    ],
  },
  {
    in: service,
    at: annotation('member-subnet-id'),
    to: 'network.subnet',
    by: 'id',
    unknown: 'error',
    confused: ['network.network'],
  },
  {
    in: service,
    at: annotation('floating-subnet-id'),
    to: 'network.subnet',
    by: 'id',
    unknown: 'information',
    confused: ['network.network'],
    demands: [
      {
        field: 'network_id',
        is: { idAt: annotation('floating-network-id') },
        otherwise: 'does not belong to the network of floating-network-id',
        code: 'reference.otherNetwork',
      },
    ],
  },
  { in: service, at: annotation('floating-subnet'), to: 'network.subnet', by: 'pattern', unknown: 'allow' },
  { in: service, at: annotation('floating-subnet-tags'), to: 'network.subnet', by: 'tags', unknown: 'allow' },
  { in: service, at: annotation('port-id'), to: 'network.port', by: 'id', unknown: 'error' },
  {
    in: service,
    at: annotation('flavor-id'),
    to: 'load-balancer.flavor',
    by: 'id',
    unknown: 'error',
    confused: ['compute.flavor'],
  },
  {
    in: service,
    at: annotation('availability-zone'),
    to: 'load-balancer.availability_zone',
    by: 'name',
    unknown: 'error',
    confused: ['compute.availability_zone'],
  },
  { in: service, at: annotation('load-balancer-id'), to: 'load-balancer.loadbalancer', by: 'id', unknown: 'error' },
  { in: service, at: annotation('default-tls-container-ref'), to: 'key-manager.container', by: 'url', unknown: 'allow' },
];

/** What a static annotation may hold. `words`: one of these; `integer`: decimal digits, at least `from`; the controller takes its default silently otherwise. */
export interface StaticAnnotation {
  readonly words?: readonly string[];
  readonly integer?: { readonly from: number; readonly to?: number };
}

const truth: StaticAnnotation = { words: ['true', 'false'] };
const milliseconds: StaticAnnotation = { integer: { from: 0 } };
const anything: StaticAnnotation = {};

/** Every annotation below the prefix, with what it may hold; references stand among the rules. */
export const occmAnnotations: Readonly<Record<string, StaticAnnotation>> = {
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
  'loadbalancer.openstack.org/health-monitor-max-retries': { integer: { from: 1, to: 10 } },
  'loadbalancer.openstack.org/health-monitor-max-retries-down': { integer: { from: 1, to: 10 } },
  'service.beta.kubernetes.io/openstack-internal-load-balancer': truth,
  'loadbalancer.openstack.org/class': anything,
  'loadbalancer.openstack.org/hostname': anything,
  'loadbalancer.openstack.org/load-balancer-address': anything,
  'loadbalancer.openstack.org/node-selector': anything,
};
