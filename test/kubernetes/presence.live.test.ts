/** What a manifest names in Kubernetes, asked of the sandbox's API server: objects, their keys and ports, and whether any pod has labels. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { presenceOf } from '../../src/kubernetes/presence.ts';
import type { WantedObject } from '../../src/kubernetes/wantedObject.ts';
import { withAdminCluster } from '../support/adminCluster.ts';
import { sandboxTest } from '../support/sandbox.ts';

sandboxTest('keys, ports and labels are there or not, as the server says', (sandbox) =>
  withAdminCluster(sandbox, async ({ cluster }) => {
    const name = `presence-${randomUUID().slice(0, 8)}`;
    const place = { namespace: 'default' };
    const made = [
      { apiVersion: 'v1', kind: 'Secret', metadata: { name, ...place }, stringData: { colour: 'red' } },
      { apiVersion: 'v1', kind: 'Service', metadata: { name, ...place }, spec: { ports: [{ name: 'http', port: 80 }] } },
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name, ...place, labels: { presence: name, tier: 'front' } },
        // No node has this label: nothing runs.
        spec: { nodeSelector: { presence: name }, containers: [{ name: 'c', image: 'registry.example/none' }] },
      },
    ];
    const refs = made.map(({ apiVersion, kind }) => ({ apiVersion, kind, ...place, name }));
    try {
      for (const object of made) {
        const applied = await cluster.apply(object);
        assert.ok(applied.ok, applied.ok ? '' : applied.failure.message);
      }
      const ask = (kind: string, more: Partial<WantedObject> = {}) =>
        presenceOf(cluster, { apiVersion: 'v1', kind, ...place, name, ...more });
      const any = (selector: string) => ask('Pod', { name: '', selector });
      assert.deepEqual(
        await Promise.all([ask('Secret', { part: 'colour' }), ask('Secret', { part: 'color' }), ask('ConfigMap')]),
        ['found', 'lacking', 'missing'],
      );
      assert.deepEqual(await Promise.all(['http', '80', 'https', '443'].map((part) => ask('Service', { part }))), [
        'found',
        'found',
        'lacking',
        'lacking',
      ]);
      assert.deepEqual(await Promise.all([`presence=${name}`, `presence=${name},tier in (back)`].map(any)), ['found', 'missing']);
      assert.equal(
        await presenceOf(cluster, { apiVersion: 'nobody.example/v1', kind: 'Nothing', ...place, name, selector: 'a=b' }),
        'unknown',
      );
    } finally {
      for (const ref of refs) await cluster.delete(ref, { propagation: 'Background' });
    }
  }),
);
