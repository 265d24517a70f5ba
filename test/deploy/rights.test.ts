/** Rights that no dry run could try: told before anything is written. Expectations are the plan's lines, and what was asked. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { success } from '../../src/base/failure.ts';
import { makePlan } from '../../src/deploy/plan/plan.ts';
import { printPlan } from '../../src/deploy/plan/planText.ts';
import type { AccessRule } from '../../src/kubernetes/accessRules.ts';
import type { Cluster } from '../../src/kubernetes/cluster.ts';
import { FakeCluster } from '../support/fakeCluster.ts';
import { fakeTarget as target } from '../support/fakeTarget.ts';
import { writtenFrom } from '../support/written.ts';

/** A cluster that answers reviews. */
class ReviewedCluster extends FakeCluster {
  readonly asked: string[] = [];
  rules: readonly AccessRule[] = [];
  incomplete = false;
  allows: (question: string) => boolean = () => false;

  override async raw(path: string, { body = '{}' }: Parameters<Cluster['raw']>[1] = {}) {
    const { spec } = JSON.parse(body) as { spec: { namespace?: string; resourceAttributes?: Record<string, string> } };
    const { verb, resource, name, namespace } = spec.resourceAttributes ?? {};
    const isRules = path.endsWith('rulesreviews');
    const question = isRules ? `rules ${spec.namespace}` : [verb, resource, name, 'in', namespace].filter(Boolean).join(' ');
    this.asked.push(question);
    const status = isRules ? { resourceRules: this.rules, incomplete: this.incomplete } : { allowed: this.allows(question) };
    return success(JSON.stringify({ status }));
  }
}

const fresh = `{apiVersion: v1, kind: Namespace, metadata: {name: new}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: new}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: b, namespace: new}}
`;
const may = (...verbs: string[]): AccessRule => ({ verbs, apiGroups: [''], resources: ['configmaps'] });

async function planned(cluster: ReviewedCluster, yaml = fresh): Promise<readonly string[]> {
  const made = await makePlan({ target, written: writtenFrom(yaml), findings: [] }, cluster);
  assert.ok(made.ok);
  return printPlan(made.value)
    .split('\n')
    .filter((line) => /ConfigMap|may not/.test(line) && !line.startsWith('warning: ConfigMap'));
}

describe('rights that a dry run cannot try', () => {
  it('are had: one review of the rules of the namespace', async () => {
    const cluster = new ReviewedCluster();
    cluster.rules = [may('patch', 'create')];
    assert.deepEqual(await planned(cluster), [
      '  create v1/ConfigMap new/a (verified on apply: namespace new is made in this plan)',
      '  create v1/ConfigMap new/b (verified on apply: namespace new is made in this plan)',
    ]);
    assert.deepEqual(cluster.asked, ['rules new']);
  });

  it('are not had: each object is refused before anything is written', async () => {
    const cluster = new ReviewedCluster();
    cluster.rules = [may('patch')];
    assert.deepEqual(await planned(cluster), [
      '  forbidden v1/ConfigMap new/a (admin may not create configmaps in namespace new)',
      '  forbidden v1/ConfigMap new/b (admin may not create configmaps in namespace new)',
      'blocked: ConfigMap a is refused: admin may not create configmaps in namespace new. Ask for the right, or deploy as somebody who has it. (test.yaml:3)',
      'blocked: ConfigMap b is refused: admin may not create configmaps in namespace new. Ask for the right, or deploy as somebody who has it. (test.yaml:5)',
    ]);
  });

  it('are asked about one by one where the rules are incomplete', async () => {
    const cluster = new ReviewedCluster();
    cluster.incomplete = true;
    cluster.allows = (question) => question.startsWith('patch') || question === 'create configmaps in new';
    assert.equal((await planned(cluster)).filter((line) => line.startsWith('blocked')).length, 0);
    assert.deepEqual(cluster.asked, ['rules new', 'patch configmaps in new', 'create configmaps in new']);
    const other = new ReviewedCluster();
    other.incomplete = true;
    other.allows = (question) => question === 'create configmaps in new' || question === 'patch configmaps a in new';
    assert.deepEqual(
      (await planned(other)).filter((line) => line.startsWith('blocked')),
      [
        'blocked: ConfigMap b is refused: admin may not patch configmaps in namespace new. Ask for the right, or deploy as somebody who has it. (test.yaml:5)',
      ],
    );
  });

  it('may come with a role binding of the same plan: a warning', async () => {
    const binding = '---\n{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: me, namespace: new}}\n';
    const cluster = new ReviewedCluster();
    for (const { object } of writtenFrom(binding)) cluster.serve(object);
    cluster.rules = [may('patch'), { verbs: ['*'], apiGroups: ['rbac.authorization.k8s.io'], resources: ['*'] }];
    const lines = await planned(cluster, fresh + binding);
    assert.deepEqual(
      lines.filter((line) => line.startsWith('blocked')),
      [],
    );
    assert.match(
      lines[1] ?? '',
      /warning: admin may not create configmaps in namespace new yet; a role binding of this plan may change that/,
    );
  });
});
