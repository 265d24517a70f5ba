/** What charts are told of the cluster they go to. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failed } from '../../src/base/failure.ts';
import { chartFacts } from '../../src/deploy/files/chartFacts.ts';
import { FakeCluster } from '../support/fakeCluster.ts';

const chart = { notes: [{ file: 'w/Chart.yaml', message: 'is a chart', blocks: true }] };

test('version and API versions, with and without kinds', async () => {
  const { kubeVersion, apiVersions = [] } = await chartFacts(chart, new FakeCluster());
  assert.equal(kubeVersion, 'v1.36.3');
  for (const one of ['v1', 'v1/Secret', 'apps/v1', 'apps/v1/Deployment']) assert.ok(apiVersions.includes(one), one);
  assert.equal(new Set(apiVersions).size, apiVersions.length);
});

test('nobody is asked without a chart, and what is not told is left out', async () => {
  const cluster = new FakeCluster();
  cluster.connect = () => assert.fail('asked');
  assert.deepEqual(await chartFacts({ notes: [] }, cluster), {});
  const silent = new FakeCluster();
  silent.connect = async () => failed('offline', 'no answer');
  silent.kinds = async () => failed('offline', 'no answer');
  assert.deepEqual(await chartFacts(chart, silent), {});
});
