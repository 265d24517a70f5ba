import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { makePlan } from '../../src/deploy/plan/plan.ts';
import { recordOf } from '../../src/deploy/record/runRecord.ts';
import { asMember, emptyInventory } from '../../src/deploy/removal/inventory.ts';
import { planUndeploy } from '../../src/deploy/removal/undeploy.ts';
import type { Run } from '../../src/deploy/run/run.ts';
import { briefly } from '../../src/deploy/run/summary.ts';
import type { Plan, RunEvent, RunSummary, Target } from '../../src/deploy/types.ts';
import { type DeploymentRow, planRow, readyOf, runRow } from '../../src/explorer/deploymentRows.ts';
import { earlierRow } from '../../src/explorer/recordRows.ts';
import { DeletingCluster } from '../support/deletingCluster.ts';
import { FakeCluster } from '../support/fakeCluster.ts';
import { signs } from '../support/printTree.ts';
import { writtenFrom } from '../support/written.ts';

const target: Target = {
  context: 'sandbox-admin',
  server: 'https://127.0.0.1:6443',
  user: 'admin',
  namespace: 'shop',
  protection: 'open',
};
const manifests = `
apiVersion: v1
kind: ConfigMap
metadata: { name: web-config }
data: { a: "1" }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: render }
spec: { replicas: 1 }
`;

const AFTER_RENDER = 'config.kubernetes.io/depends-on: apps/namespaces/shop/Deployment/render';

/** A row and all below as an indented tree; what is folded begins with a plus. */
function print(row: DeploymentRow, depth = 0): string {
  const fold = row.children.length > 0 && !row.open ? '+ ' : '';
  const line = `${'  '.repeat(depth)}${fold}${signs[row.mood]}${[row.label, row.description].filter(Boolean).join('   ')}`;
  return [line, ...row.children.map((child) => print(child, depth + 1))].join('\n');
}

const rowAt = (row: DeploymentRow, label: string): DeploymentRow => {
  const found = row.children.find((child) => child.label === label);
  assert.ok(found, `no row ${label} in\n${print(row)}`);
  return found;
};

async function planned(cluster = new FakeCluster(), text = manifests): Promise<Plan> {
  const plan = await makePlan({ target, written: writtenFrom(text, '/w/render.yaml'), findings: [] }, cluster);
  assert.ok(plan.ok);
  return plan.value;
}

const soonAfter = new Date(2026, 0, 1, 12, 4).getTime();

/** A run that has come so far. */
function run(plan: Plan, events: readonly Omit<RunEvent, 'at'>[], summary?: RunSummary): Run {
  const told = events.map((event) => ({ at: 0, ...event }));
  return {
    plan,
    startedAt: new Date(2026, 0, 1, 12, 3).getTime(),
    events: told,
    latest: new Map(told.map((event) => [event.key, event])),
    summary,
    refusal: undefined,
    onDidChange: () => ({ dispose() {} }),
    done: new Promise(() => {}),
    cancel() {},
    stop() {},
  };
}

const config = 'v1/ConfigMap shop/web-config';
const render = 'apps/v1/Deployment shop/render';
const place = { file: '/w/render.yaml', range: { start: 0, end: 1 }, line: 17 };
const failing: Omit<RunEvent, 'at'> = {
  key: render,
  state: 'notReady',
  message: 'image registry.example/render:1.3 not found',
  source: place,
  children: [
    {
      ref: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'render-x2' },
      state: 'ErrImagePull',
      bad: true,
    },
  ],
};

describe('a plan', () => {
  test('tells what becomes of each object', async () => {
    const row = planRow(await planned(), 'shop');
    assert.equal(
      print(row),
      ['shop → sandbox-admin/shop   2 create', '  ConfigMap web-config   create', '  Deployment render   create'].join('\n'),
    );
    assert.deepEqual(row.words, ['plan', 'can:diff', 'can:deploy', 'can:dismiss']);
  });

  test('tells what a stack makes, changes and takes away, each with its line in the template', async () => {
    const plan = await planned();
    const stack = {
      cloud: 'demo',
      project: { id: 'p', name: 'demo' },
      id: 's',
      losses: ['subnet (OS::Neutron::Subnet)'],
      changes: [
        { name: 'subnet', type: 'OS::Neutron::Subnet', change: 'replaced' as const },
        { name: 'wall', type: 'OS::Neutron::SecurityGroup', change: 'updated' as const },
        { name: 'net', type: 'OS::Neutron::Net', change: 'added' as const },
      ],
      change: () => ({ method: 'PUT' as const }),
      placeOf: (name: string) => (name === 'net' ? undefined : { ...place, file: '/w/net.yaml' }),
      shown: (text: string) => text,
    };
    const [first] = plan.steps;
    assert.ok(first);
    const row = planRow({ ...plan, steps: [{ ...first, action: 'update', stack }] }, 'shop').children[0];
    assert.ok(row);
    assert.equal(
      print(row),
      `ConfigMap web-config   configure
  ! subnet   replace · OS::Neutron::Subnet
  wall   configure · OS::Neutron::SecurityGroup
  net   create · OS::Neutron::Net`,
    );
    assert.deepEqual(
      row.children.map(({ subject }) => subject),
      [
        { of: 'place', at: { file: '/w/net.yaml', line: 17 } },
        { of: 'place', at: { file: '/w/net.yaml', line: 17 } },
        { of: 'message' },
      ],
    );
  });

  test('that is blocked says why, first in the header and on top, and cannot be deployed', async () => {
    const plan = await planned();
    const message = 'No network named "prvate" in project demo.';
    const row = planRow({ ...plan, blockers: [{ message, place }] }, 'shop');
    assert.equal(
      print(row).split('\n').slice(0, 2).join('\n'),
      [`✗ shop → sandbox-admin/shop   blocked: ${message}`, `  ✗ ${message}   render.yaml:17`].join('\n'),
    );
    assert.ok(!row.words.includes('can:deploy'));
    assert.deepEqual(row.children[0]?.subject, { of: 'place', at: { file: '/w/render.yaml', line: 17 } });
  });

  test('for a protected target warns', async () => {
    const plan = await planned();
    const row = planRow({ ...plan, target: { ...target, protection: 'protected' } }, 'shop');
    assert.match(print(row), /^! shop/);
  });
});

test('what Helm owns is shown with the difference of its upgrade', async () => {
  const cluster = new FakeCluster();
  const labels = { 'app.kubernetes.io/managed-by': 'Helm' };
  const annotations = { 'meta.helm.sh/release-name': 'web' };
  const metadata = { name: 'web-config', namespace: 'shop', labels, annotations };
  cluster.put({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { a: '0' } });
  const row = rowAt(planRow(await planned(cluster), 'shop'), 'ConfigMap web-config');
  assert.equal(row.description, "skip · Helm's: release web; helm upgrade web would change data.a 0 → 1");
  assert.deepEqual(row.words, ['step', 'can:openSource', 'can:diff']);
});

describe('a run', () => {
  test('counts what is ready while it runs, and can be cancelled', async () => {
    const plan = await planned();
    const running = run(plan, [
      { key: config, state: 'ready' },
      { key: render, state: 'waiting', message: '0 of 1 ready' },
    ]);
    const row = runRow(running, 'shop', running.startedAt + 3_100);
    assert.equal(
      print(row),
      [
        '~ shop → sandbox-admin/shop   running 3.1 s · 1 of 2 ready',
        '  ConfigMap web-config   ready',
        '  ~ Deployment render   waiting · 0 of 1 ready',
      ].join('\n'),
    );
    assert.deepEqual(row.words, ['run', 'can:cancel']);
    assert.equal(readyOf(running), 1);
  });

  test('that failed stays open at what failed, with its place and the objects that explain it', async () => {
    const plan = await planned();
    const summary: RunSummary = {
      outcome: 'failed',
      sentence: 'render is not up: image registry.example/render:1.3 not found (render.yaml:17).',
      tookMs: 4_000,
      results: [
        { key: config, applied: 'created', state: 'ready' },
        { key: render, applied: 'created', state: 'notReady' },
      ],
    };
    const row = runRow(run(plan, [{ key: config, state: 'ready' }, failing], summary), 'shop', soonAfter);
    assert.equal(
      print(row),
      [
        '✗ shop → sandbox-admin/shop   12:03 · render is not up: image registry.example/render:1.3 not found (render.yaml:17)',
        '  ConfigMap web-config   created · ready',
        '  ✗ Deployment render   created · not ready · image registry.example/render:1.3 not found · render.yaml:17',
        '    ✗ Pod render-x2   ErrImagePull',
      ].join('\n'),
    );
    const step = rowAt(row, 'Deployment render');
    assert.deepEqual(step.subject, { of: 'place', at: { file: '/w/render.yaml', line: 17 } });
    assert.deepEqual(rowAt(step, 'Pod render-x2').words, ['object', 'can:logs']);
  });

  test('shows what a step that has not gone out waits for, and the last words of a container that ended', async () => {
    const two = await planned(
      new FakeCluster(),
      manifests.replace('name: web-config', `name: web-config, annotations: { ${AFTER_RENDER} }`),
    );
    const pod = { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'render-x2' };
    const log = Array.from({ length: 9 }, (_, index) => `line ${index + 1}`);
    const children = [{ ref: pod, state: 'CrashLoopBackOff', bad: true, container: 'render', log }];
    const waiting = { key: render, state: 'waiting', message: '0 of 1 ready', children } as const;
    const lines = print(runRow(run(two, [waiting]), 'shop', soonAfter))
      .split('\n')
      .slice(1);
    assert.deepEqual(lines.slice(0, 4), [
      '  + ~ Deployment render   waiting · 0 of 1 ready',
      '    ✗ Pod render-x2   CrashLoopBackOff',
      '      line 2',
      '      line 3',
    ]);
    assert.equal(
      lines.at(-1),
      '  ConfigMap web-config   pending · waits for Deployment render (0 of 1 ready); config.kubernetes.io/depends-on',
    );
  });

  test('that is over is folded, and keeps its ids across updates', async () => {
    const plan = await planned();
    const summary: RunSummary = { outcome: 'succeeded', sentence: 'shop is up.', tookMs: 1, results: [] };
    const [before, after] = [runRow(run(plan, []), 'shop', soonAfter), runRow(run(plan, [], summary), 'shop', soonAfter)];
    assert.equal(print(after).split('\n')[0], '+ shop → sandbox-admin/shop   12:03 · shop is up');
    const ids = (row: DeploymentRow): string[] => [row.id, ...row.children.flatMap(ids)];
    assert.deepEqual(ids(after), ids(before));
    assert.equal(new Set(ids(after)).size, ids(after).length);
  });
});

describe('what is deleted', () => {
  const steps = async () => {
    const cluster = new DeletingCluster();
    const set = emptyInventory('shop', 'shop');
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace: 'shop' },
      spec: { type: 'LoadBalancer' },
    };
    const space = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };
    cluster.putAll([service, space].map((object) => asMember(object, set.id)));
    const members = [service, space].map(({ apiVersion, kind, metadata }) => ({ apiVersion, kind, ...metadata }));
    const made = await planUndeploy({ target, set: { ...set, members } }, cluster);
    assert.ok(made.ok);
    return made.value;
  };

  test('says what it destroys, and has no source to open', async () => {
    const row = planRow(await steps(), 'shop');
    assert.equal(
      print(row),
      `shop → sandbox-admin/shop   1 delete · 1 skip
  + ${signs.warning}Service web   delete
    ${signs.warning}destroys the load balancer of web
  Namespace shop   skip · stays: everything in it would go with it, of others too; delete it by hand`,
    );
    assert.deepEqual(rowAt(row, 'Service web').words, ['step', 'can:diff']);
  });

  test('counts as done when it is gone; what is kept is not waited for', async () => {
    const plan = await steps();
    const gone = run(plan, [{ key: 'v1/Service shop/web', state: 'pruned' }]);
    assert.equal(
      print(runRow(gone, 'shop', gone.startedAt + 3_100)),
      `${signs.busy}shop → sandbox-admin/shop   running 3.1 s · 1 of 1 gone
  ${signs.good}Service web   deleted
  Namespace shop   kept · stays: everything in it would go with it, of others too; delete it by hand`,
    );
  });
});

test('a run says in its row what its target does not say already', () => {
  const told = (outcome: RunSummary['outcome'], sentence: string) => `${outcome}: ${briefly({ outcome, sentence })}`;
  assert.equal(
    [
      told('succeeded', 'shop is up on sandbox-admin: 3 created, ready in 4.2 s.'),
      told('unchanged', 'Verified 3 objects on sandbox-admin/shop in 0.4 s.'),
      told('cancelled', 'Cancelled on sandbox-admin: 2 created. What was applied stays.'),
      told('partial', 'render is not up: image render:1.3 not found (render.yaml:17).'),
      told('refused', 'The context was changed.'),
    ].join('\n'),
    `succeeded: 3 created, ready in 4.2 s
unchanged: Verified 3 objects in 0.4 s
cancelled: cancelled: 2 created. What was applied stays
partial: render is not up: image render:1.3 not found (render.yaml:17)
refused: The context was changed`,
  );
});

describe('checks of one’s own', () => {
  const at = { file: '/w/checks.yaml', range: { start: 0, end: 0 }, line: 3 };
  const check: NonNullable<Plan['checks']>[number] = {
    kind: 'members',
    key: 'check members web',
    withinMs: 1,
    place: at,
    spec: { namespace: undefined, service: 'web' },
  };
  const one = async () => ({ ...(await planned(new FakeCluster(), config1)), checks: [check] });
  const config1 = '{apiVersion: v1, kind: ConfigMap, metadata: {name: web-config}, data: {a: b}}';
  const ready: Omit<RunEvent, 'at'> = { key: config, state: 'ready' };

  test('stand in the plan, count in the run, and lead to their line', async () => {
    const plan = await one();
    assert.match(print(planRow(plan, 'shop')), /check members web {3}once all is up$/);
    const going = run(plan, [ready, { key: check.key, state: 'waiting', message: '1 of 2 members work' }]);
    const row = runRow(going, 'shop', going.startedAt + 3_100);
    assert.match(row.description, /1 of 2 ready$/);
    assert.equal(rowAt(row, check.key).description, 'waiting · 1 of 2 members work');
    assert.deepEqual(rowAt(row, check.key).subject, { of: 'place', at: { file: at.file, line: 3 } });
  });

  test('one that failed is red, now and in what is kept', async () => {
    const summary: RunSummary = { outcome: 'partial', sentence: 'web is up. 0 of 1 check passed.', tookMs: 1, results: [] };
    const over = run(await one(), [ready, { key: check.key, state: 'failed', message: 'm2 is ERROR', source: at }], summary);
    const now = rowAt(runRow(over, 'shop', soonAfter), check.key);
    assert.deepEqual([now.mood, now.description], ['bad', 'failed · m2 is ERROR']);
    const kept = earlierRow(
      [recordOf(over, { run: 'r', set: 's', name: 'shop', places: [], holder: { host: 'desk', pid: 7 } })],
      soonAfter,
    );
    const then = kept?.children[0]?.children.at(-1);
    assert.deepEqual(
      [then?.mood, then?.description, then?.subject],
      ['bad', 'failed · m2 is ERROR', { of: 'place', at: { file: at.file, line: 3 } }],
    );
  });
});

describe('what is kept of earlier windows', () => {
  const about = {
    run: '20260101-120300-abc',
    set: 'x shop shop',
    name: 'shop',
    places: ['/w/shop'],
    holder: { host: 'desk', pid: 7 },
    commit: { id: '0123456789abcdef', dirty: true },
  };
  const events = [
    { key: config, state: 'created' },
    { key: config, state: 'ready' },
    { key: render, state: 'created' },
  ] as const;

  test('is a folded list with the words of then, their commits and the lines they were written at', async () => {
    const summary: RunSummary = { outcome: 'succeeded', sentence: 'shop is up.', tookMs: 1, results: [] };
    const good = recordOf(run(await planned(), [...events, { key: render, state: 'ready' }], summary), about);
    const failed: RunSummary = { ...summary, outcome: 'failed', sentence: 'render is not up.' };
    const bad = recordOf(run(await planned(), [...events, failing], failed), { ...about, run: 'b' });
    const row = earlierRow([bad, good], new Date(2026, 0, 1, 23, 59).getTime());
    assert.ok(row);
    assert.equal(
      print(row),
      [
        '+ Earlier   2 deploys',
        `  + ${signs.bad}shop → sandbox-admin/shop   12:03 · render is not up · 01234567*`,
        `    ${signs.good}ConfigMap web-config   created · ready · render.yaml:2`,
        `    ${signs.bad}Deployment render   created · not ready · image registry.example/render:1.3 not found · render.yaml:17`,
        `  + ${signs.good}shop → sandbox-admin/shop   12:03 · shop is up · 01234567*`,
        `    ${signs.good}ConfigMap web-config   created · ready · render.yaml:2`,
        `    ${signs.good}Deployment render   created · ready · render.yaml:7`,
      ].join('\n'),
    );
    const later = earlierRow([good], new Date(2026, 0, 2, 0, 0).getTime());
    assert.match(later?.children[0]?.description ?? '', /^2026-01-01 12:03 · shop is up/);
    assert.deepEqual(
      row.children.map(({ words }) => words),
      [
        ['run', 'can:report', 'can:compareRuns'],
        ['run', 'can:report', 'can:compareRuns', 'can:rollBackDeploy'],
      ],
    );
  });

  test('is no row when there is nothing', () => assert.equal(earlierRow([], 0), undefined));
});
