import type { FixedValue, FixedValues, Rule } from '../rule.ts';
import { externalNetworkId } from './external.ts';

const config = 'octavia-ingress-controller';
const ingress = 'networking.k8s.io/v1 Ingress';
const prefix = 'octavia.ingress.kubernetes.io';
/** The controller looks at no `spec.ingressClassName`. */
const ours = { 'metadata.annotations[kubernetes.io/ingress.class]': 'openstack' } as const;

/**
 * The octavia-ingress-controller: its configuration, kept in a ConfigMap, and what it reads of an Ingress.
 * Source: kubernetes/cloud-provider-openstack, `pkg/ingress/config/config.go`, `pkg/ingress/controller/controller.go`.
 */
export const octaviaIngressRules: readonly Rule[] = [
  { in: config, at: 'openstack.region', to: 'identity.region', by: 'name', unknown: 'error' },
  {
    in: config,
    at: 'octavia.subnet-id',
    to: 'network.subnet',
    by: 'id',
    unknown: 'error',
    confused: ['network.network'],
  },
  {
    in: config,
    at: 'octavia.floating-network-id',
    ...externalNetworkId,
  },
  {
    in: config,
    at: 'octavia.flavor-id',
    to: 'load-balancer.flavor',
    by: 'id',
    unknown: 'error',
    confused: ['compute.flavor'],
  },
  { in: config, at: 'octavia.provider', to: 'load-balancer.provider', by: 'name', unknown: 'error' },
  {
    in: ingress,
    when: ours,
    at: `metadata.annotations[${prefix}/floatingip]`,
    // Without the annotation an Ingress is internal.
    unless: { [`metadata.annotations[${prefix}/internal]`]: ['true', ''] },
    to: 'network.floating_ip',
    by: 'name',
    unknown: 'error',
  },
];

const truth: FixedValue = { words: ['true', 'false'] };
const milliseconds: FixedValue = { integer: { from: 0 } };

export const octaviaIngressValues: readonly FixedValues[] = [
  {
    in: ingress,
    when: ours,
    at: 'metadata.annotations',
    called: 'annotation',
    reader: 'The octavia-ingress-controller',
    own: /^octavia\.ingress\.kubernetes\.io\//,
    keys: {
      [`${prefix}/internal`]: truth,
      [`${prefix}/keep-floatingip`]: truth,
      [`${prefix}/floatingip`]: {},
      [`${prefix}/whitelist-source-range`]: {},
      [`${prefix}/timeout-client-data`]: milliseconds,
      [`${prefix}/timeout-member-data`]: milliseconds,
      [`${prefix}/timeout-member-connect`]: milliseconds,
      [`${prefix}/timeout-tcp-inspect`]: milliseconds,
    },
    otherwise: { said: 'is refused by the controller', severity: 'warning' },
  },
];
