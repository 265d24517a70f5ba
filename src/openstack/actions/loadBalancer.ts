import { defineActions } from '../action.ts';
import { textAt, valuesAt } from '../columns.ts';
import type { Resource } from '../kind.ts';
import { put } from './requests.ts';

const balancersOf = (part: Resource) => valuesAt(part, 'loadbalancers.id');

/** Octavia: load-balancing API reference v2. */
export const loadBalancer = defineActions({
  failOver: {
    title: 'Fail Over',
    verb: 'fail over',
    admin: true,
    offered: (balancer) => ['ACTIVE', 'ERROR'].includes(textAt(balancer, 'provisioning_status') ?? ''),
    risk: 'interrupts',
    change: () => ({ method: 'PUT', path: '/failover' }),
  },
  drain: {
    title: 'Drain',
    verb: 'drain',
    offered: (member) => Number(member['weight'] ?? 1) > 0,
    risk: 'interrupts',
    reached: (member) => member['weight'] === 0,
    change: (asked) => put(asked, { weight: 0 }),
  },
  setWeight: {
    title: 'Set Weight…',
    verb: 'set the weight of',
    asks: [
      { name: 'weight', as: 'number', title: 'Weight, 0 to 256', atLeast: 0, value: (member) => Number(member['weight'] || 1) },
    ],
    reached: (now, _before, { weight }) => now['weight'] === Number(weight),
    change: (asked) => put(asked, { weight: Number(asked.answers['weight']) }),
  },
  setDefaultPool: {
    title: 'Set Default Pool…',
    verb: 'set the default pool of',
    risk: 'interrupts',
    asks: [
      {
        name: 'pool',
        as: 'resource',
        title: 'Which pool?',
        kind: 'load-balancer.pool',
        fits: (pool, listener) => balancersOf(pool).some((id) => balancersOf(listener).includes(id)),
        optional: true,
      },
    ],
    touches: ['load-balancer.pool'],
    reached: (now, _before, { pool }) => textAt(now, 'default_pool_id') === pool,
    change: (asked) => put(asked, { default_pool_id: asked.answers['pool'] ?? null }),
  },
  failOverAmphora: {
    title: 'Fail Over',
    verb: 'fail over',
    admin: true,
    offered: (amphora) => ['ALLOCATED', 'ERROR'].includes(textAt(amphora, 'status') ?? ''),
    risk: 'interrupts',
    ends: true,
    touches: ['load-balancer.loadbalancer'],
    change: () => ({ method: 'PUT', path: '/failover' }),
  },
});
