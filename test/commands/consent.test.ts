import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { consentFor } from '../../src/commands/consent.ts';
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
});
