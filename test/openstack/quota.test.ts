import assert from 'node:assert/strict';
import { test } from 'node:test';
import { success } from '../../src/base/failure.ts';
import { quotaOf } from '../../src/openstack/quota.ts';

/** Service · what it answers → what is asked, and what is told. */
const answers: readonly (readonly [service: string, body: unknown, told: string])[] = [
  [
    'compute',
    { limits: { absolute: { maxTotalInstances: 10, totalInstancesUsed: 3, maxTotalCores: -1, totalCoresUsed: 6 } } },
    '/limits: 3 of 10 servers, 6 of ∞ cores',
  ],
  [
    'network',
    { quota: { floatingip: { limit: 5, used: 5, reserved: 0 }, network: { limit: -1, used: 2 }, port: 'odd' } },
    '/quotas/p%2F1/details.json: 5 of 5 floating IPs, 2 of ∞ networks',
  ],
  [
    'shared-file-system',
    { limits: { absolute: { maxTotalShares: 50, totalSharesUsed: 1, maxTotalShareGigabytes: 1000 } } },
    '/limits: 1 of 50 shares',
  ],
  ['load-balancer', { quota: { load_balancer: -1, listener: 3 } }, '/quotas/p%2F1: ? of ∞ load balancers'],
  ['dns', { zones: 10, zone_records: 500 }, '/quotas: ? of 10 zones'],
  ['container-infrastructure-management', { hard_limit: 20, resource: 'Cluster' }, '/quotas/p%2F1/Cluster: ? of 20 clusters'],
  ['key-manager', { quotas: { secrets: -1 } }, '/quotas: ? of ∞ secrets'],
  ['compute', { limits: [] }, '/limits: '],
  ['orchestration', {}, 'The orchestration service tells no quota.'],
];

for (const [service, body, told] of answers)
  test(`quota of ${service}: ${told}`, async () => {
    const asked: string[] = [];
    const quota = await quotaOf(service, 'p/1', async (path) => {
      asked.push(path);
      return success(body);
    });
    const rows = quota.ok && quota.value.map(({ name, used, limit }) => `${used ?? '?'} of ${limit ?? '∞'} ${name}`);
    assert.equal(rows ? `${asked}: ${rows.join(', ')}` : !quota.ok && quota.failure.message, told);
  });
