import type { Demand } from '../rule.ts';

/** A network that floating IPs come from must be external (Neutron, `router:external`). */
export const external: Demand = {
  field: 'router:external',
  is: { value: true },
  otherwise: 'is not external, so no floating IP can come from it',
  code: 'reference.notExternal',
  others: 'External here',
};
