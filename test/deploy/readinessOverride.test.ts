/** What a user sets for a kind instead of our rule: what it reads as, and what it makes of objects. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readOverrides } from '../../src/deploy/readiness/override.ts';
import { limitOf, worksAtOnce } from '../../src/deploy/readiness/readiness.ts';
import { printRules, RULES, ruleOf } from '../../src/deploy/readiness/rules.ts';
import { judge } from '../support/judgeReadiness.ts';

const robot = (status: string) =>
  `{apiVersion: toys.example/v1, kind: Robot, metadata: {name: r}, spec: {}, status: {${status}}}`;
const said = (setting: unknown, status: string) => {
  const { overrides, problems } = readOverrides({ 'toys.example/Robot': setting });
  return problems[0] ?? judge(robot(status), undefined, overrides);
};

const cases: readonly (readonly [setting: unknown, status: string, expected: string])[] = [
  ['condition=Charged', 'conditions: [{type: Charged, status: "True"}]', 'ready'],
  ['condition=Charged', 'conditions: [{type: Charged, status: "False"}]', 'progressing: waits for condition=Charged'],
  ['condition=Broken=false', 'conditions: [{type: Broken, status: "False"}]', 'ready'],
  ['jsonpath={.status.phase}=Walking', 'phase: Walking', 'ready'],
  ["jsonpath='{.status.phase}'=Walking", 'phase: Lying', "progressing: waits for jsonpath='{.status.phase}'=Walking"],
  ['jsonpath={.status.address}', 'address: 10.0.0.1', 'ready'],
  ['jsonpath={.status.address}', 'address: ""', 'progressing: waits for jsonpath={.status.address}'],
  ['jsonpath={.status.legs[1].ok}=true', 'legs: [{ok: false}, {ok: true}]', 'ready'],
  [
    'jsonpath={.status.legs[*].ok}=true',
    'legs: [{ok: false}, {ok: true}]',
    'progressing: waits for jsonpath={.status.legs[*].ok}=true',
  ],
  ['jsonpath={.status.legs[?(@.name=="left")].ok}=true', 'legs: [{name: right, ok: false}, {name: left, ok: true}]', 'ready'],
  ["jsonpath={.status['toys.example/mood']}=glad", '"toys.example/mood": glad', 'ready'],
  ['exists', 'conditions: [{type: Ready, status: "False"}]', 'ready'],
  [
    { ready: 'condition=Charged', failed: 'jsonpath={.status.phase}=Burnt' },
    'phase: Burnt',
    'failing: jsonpath={.status.phase}=Burnt holds (field spec)',
  ],
  [{ within: '20m' }, 'conditions: [{type: Ready, status: "False", message: stands}]', 'progressing: stands'],
  [
    'Ready',
    '',
    'The setting hybridClusters.deploy.readiness says of toys.example/Robot "Ready", which is no "exists", "condition=Type", "condition=Type=Status", "jsonpath={.path}" or "jsonpath={.path}=value". It does not count.',
  ],
  [
    { within: 'soon' },
    '',
    'The setting hybridClusters.deploy.readiness says of toys.example/Robot within "soon", which is no time such as "90s" or "20m". It does not count.',
  ],
  [
    { redy: 'exists' },
    '',
    'The setting hybridClusters.deploy.readiness says of toys.example/Robot "redy", which is none of ready, failed and within. It does not count.',
  ],
  [{}, '', 'The setting hybridClusters.deploy.readiness says of toys.example/Robot nothing. It does not count.'],
];

describe('readiness as a user sets it', () => {
  for (const [setting, status, expected] of cases)
    test(`${JSON.stringify(setting)} and {${status}}`, () => assert.equal(said(setting, status), expected));

  test('a kind of the core group stands alone, and a Service may count once it exists', () => {
    const { overrides } = readOverrides({ Service: 'exists' });
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec: { type: 'LoadBalancer' } };
    assert.deepEqual([worksAtOnce(service), worksAtOnce(service, overrides)], [false, true]);
  });

  test('a kind that works at once is looked at when somebody says how', () => {
    const { overrides } = readOverrides({ ConfigMap: { ready: 'jsonpath={.data.filled}=yes', within: '1h30m' } });
    const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm' }, data: { filled: 'yes' } };
    assert.deepEqual([worksAtOnce(map), worksAtOnce(map, overrides), limitOf(map, overrides)], [true, false, 5_400_000]);
  });
});

describe('the table of readiness', () => {
  test('no row is hidden by one before it', () => {
    const plain = RULES.filter(({ kind }) => !kind.includes('*'));
    const hidden = plain.filter((rule) => {
      const [group = '', kind = ''] = rule.kind.split('/');
      return ruleOf({ apiVersion: group === '' ? 'v1' : `${group}/v1`, kind }) !== rule;
    });
    assert.deepEqual(
      hidden.map(({ kind }) => kind),
      [],
    );
  });

  test('as people read it', (context) => {
    const printed = printRules();
    context.diagnostic(printed);
    assert.match(printed, /^batch\/Job: Complete, or suspended$/m);
    assert.equal(printed.split('\n').length, RULES.length);
  });

  test('how long each kind may stand still, in minutes', () => {
    const minutes = (apiVersion: string, kind: string, spec = {}) =>
      `${kind} ${limitOf({ apiVersion, kind, metadata: { name: 'x' }, spec }) / 60_000}`;
    const slowStart = { template: { spec: { containers: [{ startupProbe: { failureThreshold: 60, periodSeconds: 10 } }] } } };
    assert.deepEqual(
      [
        minutes('apps/v1', 'Deployment'),
        minutes('apps/v1', 'Deployment', { progressDeadlineSeconds: 1200 }),
        minutes('apps/v1', 'StatefulSet', slowStart),
        minutes('batch/v1', 'Job', { activeDeadlineSeconds: 7200 }),
        minutes('v1', 'Service'),
        minutes('cluster.x-k8s.io/v1beta2', 'Machine'),
        minutes('cluster.x-k8s.io/v1beta2', 'Machine', { infrastructureRef: { kind: 'Metal3Machine' } }),
        minutes('infrastructure.cluster.x-k8s.io/v1beta1', 'OpenStackServer'),
        minutes('openstack.k-orc.cloud/v1alpha1', 'Image'),
        minutes('metal3.io/v1alpha1', 'BareMetalHost'),
        minutes('toys.example/v1', 'Robot'),
      ],
      [
        'Deployment 5',
        'Deployment 20',
        'StatefulSet 11',
        'Job 122',
        'Service 10',
        'Machine 20',
        'Machine 60',
        'OpenStackServer 20',
        'Image 30',
        'BareMetalHost 60',
        'Robot 5',
      ],
    );
  });
});
