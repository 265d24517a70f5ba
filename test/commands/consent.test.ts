import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { consentFor } from '../../src/commands/consent.ts';
import { riskLine, riskySteps } from '../../src/deploy/plan/risky.ts';
import { emptyInventory } from '../../src/deploy/removal/inventory.ts';
import type { Plan, StepAction, Target } from '../../src/deploy/types.ts';

function plan(actions: string, protection: Target['protection']): Plan {
  const steps = actions.split(' ').filter(Boolean) as StepAction[];
  const target = { context: 'sandbox', server: 'https://127.0.0.1', user: 'alice', namespace: 'shop', protection };
  const counts = {} as Plan['counts'];
  const one = (action: StepAction, index: number): Plan['steps'][number] => ({
    key: `v1/ConfigMap shop/${index}`,
    ref: { apiVersion: 'v1', kind: 'ConfigMap', name: String(index) },
    action,
    reason: '',
    source: { file: 'a.yaml', range: { start: 0, end: 1 }, index, line: 1 },
    object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: String(index) } },
    warnings: [],
    after: [],
  });
  return { target, steps: steps.map(one), blockers: [], findings: [], counts, took: 1 };
}

test('what is pruned by a standing yes is asked about only when something outside Kubernetes goes', () => {
  const agreed = {
    ...plan('unchanged prune', 'open'),
    set: { before: emptyInventory('shop', 'shop'), members: [], forgotten: [], partial: false },
  };
  const consent = (prune: 'ask' | 'on', destroys?: string) => {
    const steps = agreed.steps.map((step) => (destroys && step.action === 'prune' ? { ...step, destroys } : step));
    return consentFor({ ...agreed, steps, set: { ...agreed.set, prune } }, 'risky', true);
  };
  assert.deepEqual([consent('ask'), consent('on'), consent('on', 'the load balancer of web')], ['askRisky', 'none', 'askRisky']);
});

describe('what a plan asks before it goes out', () => {
  const table = `
    steps             protection  setting  deployed before  consent
    create            open        first    no               ask
    create            open        first    yes              none
    create            open        always   yes              ask
    create            open        risky    no               none
    create,recreate   open        risky    yes              askRisky
    update,prune      open        first    yes              askRisky
    conflict          open        risky    yes              askRisky
    adopt             open        risky    yes              askRisky
    create            protected   risky    yes              typeName
    recreate          protected   first    no               typeName
    unchanged         open        always   no               none
    unchanged,skip    protected   always   no               none
    unverified        open        first    no               ask`;
  for (const line of table.trim().split('\n').slice(1)) {
    const [actions = '', protection, setting, before, consent] = line.trim().split(/\s+/);
    test(line.trim(), () => {
      const made = plan(actions.replaceAll(',', ' '), protection as Target['protection']);
      assert.equal(consentFor(made, setting as 'first', before === 'yes'), consent);
    });
  }

  test('a stack that would lose a resource is at risk like what is made anew', () => {
    const made = plan('update', 'open');
    const withLosses = (losses: readonly string[]): Plan => ({
      ...made,
      steps: made.steps.map((step) => ({
        ...step,
        stack: {
          cloud: 'demo',
          project: { id: 'p', name: 'demo' },
          id: 's',
          losses,
          changes: [],
          change: () => ({ method: 'PUT' }),
          placeOf: () => undefined,
          shown: (text) => text,
        },
      })),
    });
    assert.equal(consentFor(withLosses(['web (OS::Nova::Server)']), 'risky', true), 'askRisky');
    assert.equal(consentFor(withLosses([]), 'risky', true), 'none');
    const lines = riskySteps(withLosses(['web (OS::Nova::Server)', 'port (OS::Neutron::Port)']));
    assert.deepEqual(
      lines.map((step) => riskLine(step, 'edge/shop')),
      ['configure ConfigMap 0 (edge/shop), which deletes or replaces web (OS::Nova::Server), port (OS::Neutron::Port)'],
    );
  });
});

test('the Job of a check is an object, too: on a protected target the name is typed for it, where nothing else is sent', () => {
  const place = { file: 'checks.yaml', range: { start: 0, end: 0 }, line: 2 };
  const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'smoke' } };
  const withJob = (protection: Target['protection']): Plan => ({
    ...plan('unchanged', protection),
    checks: [{ kind: 'job', key: 'check job smoke.yaml', withinMs: 1, place, spec: { file: 'smoke.yaml', job } }],
  });
  assert.equal(consentFor(withJob('protected'), 'first', true), 'typeName');
  assert.equal(consentFor(withJob('open'), 'first', true), 'none');
  assert.equal(consentFor(plan('unchanged', 'protected'), 'first', true), 'none');
});
