import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCommandLine } from '../../src/cli/commandLine.ts';
import type { WaitOptions } from '../../src/deploy/run/wait.ts';

/** The request as JSON, or the sentence. */
function read(line: string): unknown {
  const result = parseCommandLine(line.split(' ').filter((word) => word !== ''));
  return result.ok ? result.value : result.failure.message;
}

const nothing = { offline: false, writeBaseline: false, severities: {}, bind: [], values: [], only: [] };

test('the arguments of each verb', () => {
  assert.deepEqual(read('check a.yaml b --format json --require-live'), {
    verb: 'check',
    files: ['a.yaml', 'b'],
    format: 'json',
    requireLive: true,
    yes: false,
    ...nothing,
  });
  assert.deepEqual(
    read('apply shop --context sandbox-admin -n shop --cloud demo --project demo -y --report r.md --take-over-run --roll-back'),
    {
      verb: 'apply',
      files: ['shop'],
      format: 'text',
      requireLive: false,
      yes: true,
      ...nothing,
      cloud: 'demo',
      project: 'demo',
      context: 'sandbox-admin',
      namespace: 'shop',
      report: 'r.md',
      takeOverRun: true,
      keep: true,
      rollBack: true,
    },
  );
  assert.deepEqual(
    read(
      'check --since main...HEAD --offline --severity reference.missing=warning --severity yaml.*=off --format sarif --baseline b',
    ),
    {
      verb: 'check',
      files: ['.'],
      format: 'sarif',
      requireLive: false,
      yes: false,
      ...nothing,
      offline: true,
      severities: { 'reference.missing': 'warning', 'yaml.*': 'off' },
      since: 'main...HEAD',
      baseline: 'b',
    },
  );
  assert.deepEqual(read('check --live --context prod -n shop --secrets --upgrade kubernetes=v1.37.2'), {
    verb: 'check',
    files: [],
    format: 'text',
    requireLive: false,
    yes: false,
    ...nothing,
    live: true,
    secrets: true,
    upgrade: { product: 'kubernetes', to: '1.37' },
    context: 'prod',
    namespace: 'shop',
  });
  assert.deepEqual(read('undeploy --set shop --context sandbox-admin --destroy web'), {
    verb: 'undeploy',
    files: [],
    format: 'text',
    requireLive: false,
    yes: false,
    ...nothing,
    context: 'sandbox-admin',
    set: 'shop',
    destroy: 'web',
  });
  assert.deepEqual(read('apply shop --context c --set shop --prune --recreate --take-over'), {
    verb: 'apply',
    files: ['shop'],
    format: 'text',
    requireLive: false,
    yes: false,
    ...nothing,
    context: 'c',
    set: 'shop',
    prune: true,
    recreate: true,
    takeOver: true,
  });
  assert.deepEqual(read('apply --targets shop.targets.yaml --target one --target two --confirm a --confirm b --yes'), {
    verb: 'apply',
    files: [],
    format: 'text',
    requireLive: false,
    yes: true,
    ...nothing,
    only: ['one', 'two'],
    targets: 'shop.targets.yaml',
    confirm: ['a', 'b'],
  });
  assert.equal(read('--help'), 'help');
});

test('how kinds are waited for', () => {
  const request = read(
    'apply a.yaml --context prod --readiness toys.example/Robot=condition=Charged --readiness Service=exists --timeout 1h30m',
  );
  const { wait } = request as { wait?: WaitOptions };
  assert.deepEqual([...(wait?.readiness?.keys() ?? [])], ['toys.example/Robot', '/Service']);
  assert.equal(wait?.timeoutMs, 5_400_000);
});

const sentences: readonly (readonly [string, RegExp])[] = [
  ['', /^Say what to do: check, plan, apply or undeploy\. See hybrid-clusters --help\.$/],
  ['destroy x', /^There is no verb destroy\./],
  ['check', /^Name the files or folders to check\./],
  ['plan a.yaml', /^plan needs --context: nothing is contacted that was not named\./],
  ['check --live', /^--live needs --context: nothing is contacted that was not named\./],
  ['check a --secrets --context prod', /^--secrets is about the live objects: add --live\./],
  ['plan a --context prod --timeout 20m', /^--readiness and --timeout are for apply\./],
  ['apply a --context prod --timeout soon', /^--timeout wants a time such as 90s or 20m, not "soon"\./],
  [
    'apply a --context prod --readiness Robot',
    /^--readiness wants KIND=WORDS, such as apps\/Deployment=condition=Available, not "Robot"\./,
  ],
  [
    'apply a --context prod --readiness Robot=Ready',
    /^--readiness says of Robot "Ready", which is no "exists", .* It does not count\./,
  ],
  ['plan a --live --context prod', /^--live is for check\./],
  [
    'check a --upgrade helm=4.0',
    /^--upgrade wants kubernetes=RELEASE or capo=RELEASE, such as kubernetes=1\.37, not "helm=4\.0"\./,
  ],
  ['check a --upgrade capo', /^--upgrade wants /],
  ['check a --project demo', /^--project needs --cloud\./],
  ['check a --format xml', /^--format is text, json or sarif, not xml\./],
  ['plan a --context c --format sarif', /^--format is text or json, not sarif\./],
  ['plan a --context c --baseline b', /^--baseline is for check\./],
  ['check a --offline --cloud demo', /^--offline asks nobody: leave out --cloud, --bind and --context\./],
  ['check a --bind shop', /^--bind wants FOLDER=CLOUD or FOLDER=CLOUD\/PROJECT, not "shop"\./],
  ['plan a --context c --bind shop=demo', /^--bind is for check\./],
  ['check a --offline --require-live', /^--offline leaves references unchecked, and --require-live forbids that\./],
  ['check a --write-baseline', /^--write-baseline needs --baseline FILE, and all files: no --since\./],
  ['check a --since=--output=x', /^--since wants a revision of git, not "--output=x"\./],
  ['check a --severity reference.missing', /^--severity wants CODE=LEVEL with a level of error, warning, information, hint, off/],
  ['check a --severity reference.mising=off', /^--severity: no finding has the code "reference.mising"\./],
  ['plan a --context c --report r.md', /^--report is for apply\./],
  ['plan a --context c --take-over-run', /^--take-over-run is for apply, undeploy\./],
  ['apply - --context c', /^apply reads no standard input/],
  ['apply a --context c --prune', /^--prune needs --set NAME: what was deployed is remembered under a name\./],
  ['check a --set shop', /^--set is for plan, apply, undeploy\./],
  ['plan a --context c --destroy web', /^--destroy is for apply, undeploy\./],
  ['undeploy --context c --recreate', /^--recreate is for plan, apply\./],
  [
    'undeploy a.yaml --context c --set shop',
    /^undeploy reads no files: it deletes what a set deployed\. Name the set with --set\./,
  ],
  ['undeploy --set shop', /^undeploy needs --context: nothing is contacted that was not named\./],
  ['apply a --context c --set=', /^--set wants a name\./],
  ['plan a --context c --roll-back', /^--roll-back is for apply\./],
  ['apply a --context c --take-over --keep-theirs', /^--take-over and --keep-theirs exclude each other\./],
  ['check --targets t', /^--targets is for plan and apply\./],
  ['plan a --context c --target t', /^--target names one of the targets of --targets FILE\./],
  ['plan --targets t --context c', /^--targets says where it goes: leave out --context, and write it into the file\./],
  ['apply --targets t --prune', /^--prune needs --set NAME: /],
  ['apply a --targets t', /^--targets says what goes where: leave out the files, and write them into paths\./],
  ['check a --forse', /^Unknown option '--forse'/],
];
for (const [line, sentence] of sentences)
  test(`"${line}" is told what is wrong`, () => assert.match(String(read(line)), sentence));
