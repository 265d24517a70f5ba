/** An API version that is gone, and the one to write instead: offered where the server takes the object as it is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gather } from '../../src/deploy/files/gather.ts';
import { noLookup } from '../../src/deploy/live/projectLookup.ts';
import { makePlan } from '../../src/deploy/plan/plan.ts';
import { planRow } from '../../src/explorer/deploymentRows.ts';
import { FakeCluster } from '../support/fakeCluster.ts';
import { fakeTarget as target } from '../support/fakeTarget.ts';

/** What the rows that block a plan say beside their message, and what would be written where: a line each. */
async function offered(yaml: string, cluster: FakeCluster): Promise<readonly string[]> {
  const gathered = await gather({ files: [{ file: '/w/a.yaml', text: yaml }], notes: [] }, noLookup('no cloud'));
  const plan = await makePlan({ target, ...gathered }, cluster);
  assert.ok(plan.ok);
  return planRow(plan.value, 'shop').children.map(({ description, words, subject }) => {
    const fix = subject.of === 'place' ? subject.fix : undefined;
    const change = fix && `${yaml.slice(fix.range.start, fix.range.end)} → ${fix.newText}`;
    return [description, words.includes('can:fixInFile') ? 'can be fixed' : 'cannot be fixed', change]
      .filter(Boolean)
      .join(' | ');
  });
}

test('a version that is not served is offered another where the server takes the object as it is', async () => {
  const cluster = new FakeCluster();
  const yaml = `apiVersion: v1
kind: ConfigMap
metadata: {name: c}
---
# of an old guide
apiVersion: "batch/v1beta1"
kind: CronJob
metadata: {name: nightly}
---
{apiVersion: apps/v1beta2, kind: Deployment, metadata: {name: web}}
`;
  assert.deepEqual((await offered(yaml, cluster)).slice(0, 2), [
    'a.yaml:6 · Use "batch/v1" | can be fixed | "batch/v1beta1" → batch/v1',
    'a.yaml:10 · Use "apps/v1" | can be fixed | apps/v1beta2 → apps/v1',
  ]);
  assert.deepEqual(
    cluster.requests.filter((request) => !request.startsWith('apply dry')),
    [],
    'nothing was written',
  );
});

test('where more than the version would have to change, none is offered', async () => {
  const cluster = new FakeCluster();
  cluster.refuse = ({ kind }) =>
    kind === 'Ingress'
      ? { reason: 'invalid', status: 400, message: 'strict decoding error: unknown field "spec.backend.serviceName"' }
      : undefined;
  const ingress =
    'apiVersion: extensions/v1beta1\nkind: Ingress\nmetadata: {name: a}\nspec: {backend: {serviceName: web, servicePort: 80}}\n';
  assert.deepEqual(await offered(ingress, cluster), ['a.yaml:1 | cannot be fixed']);
  const nobody = 'apiVersion: toys.example/v1\nkind: Robot\nmetadata: {name: a}\n';
  assert.deepEqual(await offered(nobody, cluster), ['a.yaml:1 | cannot be fixed']);
});
