/** The rows of a plan over several targets, as an indented tree. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failed, success } from '../../src/base/failure.ts';
import { readTarget } from '../../src/deploy/target.ts';
import { planTargets } from '../../src/deploy/targets/planTargets.ts';
import { readTargetSet } from '../../src/deploy/targets/targetSet.ts';
import type { DeploymentRow } from '../../src/explorer/deploymentRows.ts';
import { targetsRow } from '../../src/explorer/targetRows.ts';
import { FakeCluster } from '../support/fakeCluster.ts';
import { signs } from '../support/printTree.ts';
import { writtenFrom } from '../support/written.ts';

const set = `paths: m
namespace: shop
targets:
  - {name: edge, context: a}
  - {name: main, context: prod-b}
`;
const text = '{apiVersion: v1, kind: ConfigMap, metadata: {name: web}}';

async function rowOf(served: readonly string[], manifests = text): Promise<DeploymentRow> {
  const read = readTargetSet('/w/shop.targets.yaml', set);
  assert.ok(read.ok);
  const { plan } = await planTargets(read.value, async ({ context, namespace = '' }) => {
    if (!served.includes(context)) return failed('offline', `${context} gives no answer.`);
    const cluster = new FakeCluster({ name: context, server: `https://${context}` });
    cluster.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system', uid: context } });
    const target = await readTarget(cluster, { namespace });
    const written = writtenFrom(manifests, '/w/m/web.yaml');
    return target.ok
      ? success({ request: { target: target.value, written, findings: [] }, context: { cluster, written } })
      : target;
  });
  return targetsRow(plan);
}

function print(row: DeploymentRow, depth = 0): string {
  const line = `${'  '.repeat(depth)}${signs[row.mood]}${[row.label, row.description].filter(Boolean).join('   ')}`;
  return [line, ...row.children.map((child) => print(child, depth + 1))].join('\n');
}

const idsOf = (row: DeploymentRow): readonly string[] => [row.id, ...row.children.flatMap(idsOf)];

test('a row for each target with its objects below; all go out together', async () => {
  const row = await rowOf(['a', 'prod-b']);
  assert.equal(
    print(row),
    `! shop.targets.yaml → 2 targets in 2 waves   1 create on each
  1. edge → a/shop   1 create
    ConfigMap web   create
  ! 2. main → prod-b/shop   1 create
    ConfigMap web   create`,
  );
  assert.deepEqual(row.words, ['plan', 'can:matrix', 'can:deploy', 'can:dismiss']);
  assert.deepEqual(
    row.children.map(({ words }) => words),
    [
      ['plan', 'can:diff'],
      ['plan', 'can:diff'],
    ],
  );
  assert.equal(new Set(idsOf(row)).size, idsOf(row).length);
});

test('what blocks is said once: on top of all, or on top of its target', async () => {
  const row = await rowOf(['a'], '{apiVersion: v1, kind: Robot, metadata: {name: r2}}');
  assert.equal(
    print(row),
    `✗ shop.targets.yaml → 2 targets in 2 waves   blocked: main cannot be planned: prod-b gives no answer.
  ✗ main cannot be planned: prod-b gives no answer.   shop.targets.yaml:5
  ✗ 1. edge → a/shop   blocked: a does not serve Robot in v1. Add its CustomResourceDefinition to the deploy, or install what defines it.
    ✗ a does not serve Robot in v1. Add its CustomResourceDefinition to the deploy, or install what defines it.   web.yaml`,
  );
  assert.deepEqual(row.words, ['plan', 'can:matrix', 'can:dismiss']);
  assert.deepEqual(row.children[0]?.subject, { of: 'place', at: { file: '/w/shop.targets.yaml', line: 5 } });
});
