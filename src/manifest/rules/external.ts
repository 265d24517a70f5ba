import type { Demand, Rule } from '../rule.ts';

/** A network that floating IPs come from must be external (Neutron, `router:external`). */
export const external: Demand = {
  field: 'router:external',
  is: { value: true },
  otherwise: 'is not external, so no floating IP can come from it',
  code: 'reference.notExternal',
  others: 'External here',
};

/** A field that holds the id of an external network. */
export const externalNetworkId: Pick<Rule, 'to' | 'by' | 'unknown' | 'confused' | 'demands'> = {
  to: 'network.network',
  by: 'id',
  unknown: 'error',
  confused: ['network.subnet'],
  demands: [external],
};

/** An image without data, or deactivated, cannot be booted (Glance, image statuses). */
export const active: Demand = {
  field: 'status',
  is: { value: 'active' },
  otherwise: 'is not active, so that nothing starts from it',
  code: 'reference.notReady',
};

/** Octavia takes only flavors and zones that are enabled for new load balancers. */
export const enabled: Demand = {
  field: 'enabled',
  is: { value: true },
  otherwise: 'is disabled, so that no new load balancer gets it',
  code: 'reference.disabled',
  severity: 'warning',
};
