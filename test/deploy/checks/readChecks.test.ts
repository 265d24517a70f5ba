/** Checks of one's own as they are written: what is read, and what is wrong at which line. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checksBeside, readChecks, withChecks } from '../../../src/deploy/checks/readChecks.ts';
import { readTargetSet } from '../../../src/deploy/targets/targetSet.ts';
import { filesOf } from '../../support/filesOf.ts';

const job = 'apiVersion: batch/v1\nkind: Job\nmetadata: {name: smoke}\nspec: {template: {}}\n';

/** What is read of a folder `/w/shop` with this list, a line each. */
async function read(list: string, more: Readonly<Record<string, string>> = {}): Promise<string> {
  const files = filesOf({ '/w/shop/checks.yaml': `checks:\n${list}`, '/w/shop/web.yaml': '', ...more });
  const { checks, blockers } = await checksBeside(['/w/shop/'], files);
  const lines = [
    ...checks.map(({ key, withinMs, place }) => `${key}, ${withinMs / 1_000} s :${place.line}`),
    ...blockers.map(({ message, place }) => `wrong: ${message} :${place?.line}`),
  ];
  return lines.join('\n');
}

test('each kind with its time, and the line it stands in', async () => {
  assert.equal(
    await read(
      `  - {http: web, port: 80, path: /healthz, status: 200, contains: ok}
  - {http: other/web, within: 90s}
  - {condition: deployment/web, is: condition=Available}
  - {condition: pod/x, namespace: other, is: "jsonpath={.status.phase}=Running", within: 2m}
  - {job: ../smoke.yaml}
  - {members: web}
`,
      { '/w/smoke.yaml': job },
    ),
    `check http web:80/healthz, 60 s :2
check http other/web/, 90 s :3
check condition deployment/web condition=Available, 60 s :4
check condition other/pod/x jsonpath={.status.phase}=Running, 120 s :5
check job smoke.yaml, 300 s :6
check members web, 120 s :7`,
  );
});

test('what is mistyped keeps the deploy from going out, at its line', async () => {
  const wrong: readonly (readonly [entry: string, said: string])[] = [
    ['{htp: web}', 'a check has one of the keys http, condition, job, members.'],
    ['{http: web, members: web}', 'a check has one of the keys http, condition, job, members.'],
    ['{http: web, prot: 80}', 'check http web: prot means nothing here; known are port, path, status, contains, within.'],
    ['{http: web, port: eighty}', 'check http web wants a number as its port.'],
    ['{http: web, path: healthz}', 'check http web wants a path that begins with /.'],
    ['{http: web, within: soon}', 'check http web wants a time such as 90s or 5m in within.'],
    ['{http: 5}', 'check http wants a name.'],
    ['{condition: web, is: condition=Ready}', 'check condition web wants TYPE/NAME, such as deployment/web.'],
    [
      '{condition: pod/web}',
      'check condition pod/web needs is: condition=Type, condition=Type=Status, jsonpath={.path} or jsonpath={.path}=value.',
    ],
    ['{job: none.yaml}', 'check job none.yaml names a file that cannot be read: /w/shop/none.yaml does not exist.'],
    ['{job: web.yaml}', 'check job web.yaml wants a manifest of one Job (batch/v1) with a name in web.yaml.'],
  ];
  for (const [entry, said] of wrong)
    assert.equal(await read(`  - {members: ok}\n  - ${entry}\n`), `check members ok, 120 s :2\nwrong: ${said} :3`);
  assert.equal(
    await read('  - {members: a}\n  - {members: a}\n'),
    'check members a, 120 s :2\nwrong: check members a is written twice. :3',
  );
  const files = filesOf({ '/w/checks.yaml': 'check: []\n' });
  const { blockers } = await checksBeside(['/w'], files);
  assert.deepEqual(
    blockers.map(({ message }) => message),
    ['a file of checks has a key checks with a list, and no other.'],
  );
});

test('a Job that is a check is not deployed beside', async () => {
  const files = filesOf({ '/w/checks.yaml': 'checks: [{job: smoke.yaml}]\n', '/w/smoke.yaml': job });
  const found = {
    files: [
      { file: '/w/smoke.yaml', text: job },
      { file: '/w/a.yaml', text: '' },
    ],
    notes: [],
  };
  const { discovered, checks } = withChecks(found, [await checksBeside(['/w'], files), await readChecks([], files)]);
  assert.deepEqual([discovered.files.map(({ file }) => file), checks.length], [['/w/a.yaml'], 1]);
});

test('in a file of targets, those beside the targets count for each, and each may have its own', async () => {
  const set = readTargetSet(
    '/w/shop.targets.yaml',
    `paths: m
checks:
  - {http: web}
targets:
  - {name: one, context: a, checks: [{members: web}]}
  - {name: two, context: b}
`,
  );
  assert.ok(set.ok);
  const read = await Promise.all(set.value.targets.map(({ checks = [] }) => readChecks(checks, filesOf({}))));
  assert.deepEqual(
    read.map(({ checks }) => checks.map(({ key, place }) => `${key} :${place.line}`)),
    [['check http web/ :3', 'check members web :5'], ['check http web/ :3']],
  );
  const wrong = readTargetSet('/w/targets.yaml', 'paths: m\ntargets: [{context: a, checks: web}]\n');
  assert.equal(!wrong.ok && wrong.failure.message, 'targets.yaml:2: checks is a list.');
});
