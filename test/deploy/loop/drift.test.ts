/** What is other on the cluster while the files are the same, and by whose hand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeDrift, wantedBy } from '../../../src/deploy/loop/drift.ts';
import { makePlan } from '../../../src/deploy/plan/plan.ts';
import { FakeCluster } from '../../support/fakeCluster.ts';
import { fakeTarget as target } from '../../support/fakeTarget.ts';
import { writtenFrom } from '../../support/written.ts';

const yaml = (
  level: string,
) => `{apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: shop}, data: {LEVEL: ${level}}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: other, namespace: shop}, data: {a: b}}
`;
const { signal } = new AbortController();

async function planOf(text: string, cluster: FakeCluster) {
  const plan = await makePlan({ target, findings: [], texts: new Map(), written: writtenFrom(text) }, cluster);
  return plan.ok ? plan.value : assert.fail(plan.failure.message);
}

test('who changed it last and when; ours and what is written below the status do not count; what is not there is gone', async () => {
  const cluster = new FakeCluster();
  const at = (time: string) => new Date(time).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const fields = (manager: string, time: string, more = {}) => ({
    manager,
    operation: 'Update',
    time,
    fieldsType: 'FieldsV1',
    fieldsV1: {},
    ...more,
  });
  cluster.put({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: 'settings',
      namespace: 'shop',
      managedFields: [
        fields('kubectl-edit', '2026-01-02T12:01:00Z'),
        fields('helm', '2026-01-02T11:00:00Z'),
        fields('hybrid-clusters', '2026-01-02T12:30:00Z'),
        fields('controller', '2026-01-02T12:40:00Z', { subresource: 'status' }),
      ],
    },
    data: { LEVEL: 'debug' },
  });
  const plan = await planOf(yaml('info'), cluster);
  assert.equal(
    await describeDrift(plan, cluster, signal),
    `ConfigMap settings was changed by kubectl-edit at ${at('2026-01-02T12:01:00Z')}; ConfigMap other is gone.`,
  );
});

test('the same files want the same, whatever the cluster says; a changed value wants something else', async () => {
  const cluster = new FakeCluster();
  const before = wantedBy(await planOf(yaml('info'), cluster));
  cluster.put({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'settings', namespace: 'shop' },
    data: { LEVEL: 'debug' },
  });
  assert.equal(wantedBy(await planOf(yaml('info'), cluster)), before);
  assert.notEqual(wantedBy(await planOf(yaml('debug'), cluster)), before);
});
