import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkReport, knownFindings } from '../../src/cli/checkReport.ts';
import { sarifLog } from '../../src/cli/sarif.ts';
import type { Finding, Severity } from '../../src/manifest/finding.ts';
import { brokenSarif, type SarifLog } from '../support/sarifSchema.ts';

const text = `x: "😀" # two units wide
# hybrid-clusters: ignore yaml.ambiguous – the tool wants it
y: on
z: off
`;
const at = (word: string, code: string, severity: Severity, more: Partial<Finding> = {}): Finding => {
  const start = text.indexOf(word);
  return {
    file: 'my shop/ä.yaml',
    range: { start, end: start + word.length },
    severity,
    code,
    message: `about ${word}`,
    ...more,
  };
};
const findings = [
  at('off', 'reference.missing', 'error', { fixes: [{ title: 'Use "on"', newText: 'on', preferred: true }] }),
  at('on', 'yaml.ambiguous', 'information'),
  at('# two', 'elsewhere.new', 'hint', { related: [{ file: '/abs/b.yaml', range: { start: 0, end: 1 }, message: 'the other' }] }),
  { ...at('z', 'yaml.duplicateKey', 'warning'), file: '-' },
];
const texts = new Map([
  ['my shop/ä.yaml', text],
  ['-', text.replace(/^#.*$/m, (comment) => '#'.repeat(comment.length))],
  ['/abs/b.yaml', 'b'],
]);
const asked = { files: true, cloud: true, cluster: true };
const severities = { 'yaml.duplicateKey': 'off', 'reference.*': 'warning' } as const;
const run = {
  version: '1.2.3',
  folder: '/work place',
  exitCode: 5,
  startedAt: new Date('2026-01-02T03:04:05Z'),
  endedAt: new Date('2026-01-02T03:04:06Z'),
  asked: { cloud: 'demo', project: 'dev', context: 'admin', namespace: 'shop' },
  unchecked: 2,
  troubles: ['b.yaml may not be read.'],
  severities,
  hasBaseline: true,
  texts,
};

function logOf(given: Partial<Parameters<typeof checkReport>[0]> = {}, options: Partial<typeof run> = {}): SarifLog {
  const report = checkReport({ findings, texts, asked, severities: {}, baseline: [], ...given });
  return JSON.parse(JSON.stringify(sarifLog(report, { ...run, ...options }))) as SarifLog;
}

test('it is what the schema of SARIF 2.1.0 demands', () => {
  assert.deepEqual(brokenSarif(logOf()), []);
  assert.deepEqual(
    brokenSarif(logOf({ findings: [] }, { hasBaseline: false, troubles: [], severities: {} as typeof severities })),
    [],
  );
});

test('each result: rule, level, place in UTF-16 units from 1, state, suppression', () => {
  const baseline = knownFindings(checkReport({ findings: findings.slice(0, 1), texts, asked, severities: {}, baseline: [] }));
  const [{ results, tool }] = logOf({ baseline }).runs;
  const lines = results.map((result) => {
    const [{ physicalLocation }] = result.locations;
    const { startLine, startColumn, endLine, endColumn } = physicalLocation.region;
    const { uri, uriBaseId = 'no base' } = physicalLocation.artifactLocation;
    assert.equal(tool.driver.rules[result.ruleIndex]?.id, result.ruleId);
    const why = result.suppressions.map(({ kind, justification }) => ` ${kind}: ${justification}`).join('');
    return `${uri} (${uriBaseId}) ${startLine}:${startColumn}-${endLine}:${endColumn} ${result.level} ${result.ruleId} ${result.baselineState}${why}`;
  });
  assert.deepEqual(lines, [
    'stdin (no base) 4:1-4:2 warning yaml.duplicateKey new',
    'my%20shop/%C3%A4.yaml (SRCROOT) 1:9-1:14 note elsewhere.new new',
    'my%20shop/%C3%A4.yaml (SRCROOT) 3:4-3:6 note yaml.ambiguous new inSource: the tool wants it',
    'my%20shop/%C3%A4.yaml (SRCROOT) 4:4-4:7 error reference.missing unchanged',
  ]);
});

test('a live object is a logical location, and has no file', () => {
  const live = {
    context: 'prod',
    apiVersion: 'v1',
    kind: 'Service',
    namespace: 'shop',
    name: 'web',
    path: ['spec', 'type'],
    line: 0,
  };
  const file = 'prod/shop/v1/Service/web';
  const { range: _, ...rest } = at('off', 'reference.missing', 'error');
  const log = logOf({
    findings: [
      { ...rest, file, range: { start: 0, end: 0 }, live },
      { ...rest, file, range: { start: 1, end: 1 }, live: { ...live, path: [] } },
    ],
  });
  assert.deepEqual(brokenSarif(log), []);
  assert.deepEqual(
    log.runs[0].results.filter(({ ruleId }) => ruleId === 'reference.missing').map(({ locations }) => locations),
    [
      [
        {
          logicalLocations: [
            {
              name: 'spec.type',
              fullyQualifiedName: `${file}/spec.type`,
              decoratedName: 'Service web spec.type',
              kind: 'property',
            },
          ],
        },
      ],
      [{ logicalLocations: [{ name: 'Service web', fullyQualifiedName: file, kind: 'object' }] }],
    ],
  );
});

test('without a baseline nothing has a state', () => {
  const [{ results }] = logOf({}, { hasBaseline: false }).runs;
  assert.ok(results.every((result) => result.baselineState === undefined));
});

test('fixes, other places, rules, the run and whom it asked', () => {
  const [{ results, tool, invocations, properties, columnKind, originalUriBaseIds }] = logOf().runs;
  assert.deepEqual(results[3]?.fixes, [
    {
      description: { text: 'Use "on"' },
      artifactChanges: [
        {
          artifactLocation: { uri: 'my%20shop/%C3%A4.yaml', uriBaseId: 'SRCROOT' },
          replacements: [
            {
              deletedRegion: { startLine: 4, startColumn: 4, endLine: 4, endColumn: 7 },
              insertedContent: { text: 'on' },
            },
          ],
        },
      ],
    },
  ]);
  assert.equal(results[1]?.relatedLocations?.[0]?.physicalLocation.artifactLocation.uri, 'file:///abs/b.yaml');
  assert.equal(columnKind, 'utf16CodeUnits');
  assert.deepEqual(originalUriBaseIds, { SRCROOT: { uri: 'file:///work%20place/' } });
  assert.deepEqual(properties, { cloud: 'demo', project: 'dev', context: 'admin', namespace: 'shop', unchecked: 2 });
  const ids = tool.driver.rules.map(({ id }) => id);
  assert.equal(ids.at(-1), 'elsewhere.new');
  const [invocation] = invocations;
  assert.deepEqual([invocation.executionSuccessful, invocation.exitCode], [true, 5]);
  assert.deepEqual(invocation.toolExecutionNotifications, [{ level: 'error', message: { text: 'b.yaml may not be read.' } }]);
  const overrides = (invocation.ruleConfigurationOverrides ?? []).map(
    ({ descriptor: { id }, configuration }) => `${id} ${JSON.stringify(configuration)}`,
  );
  assert.ok(overrides.includes('yaml.duplicateKey {"enabled":false}'));
  assert.ok(overrides.includes('reference.kind {"level":"warning"}'));
});

test('a fix whose text is a value of a Secret stays in the editor', () => {
  const fixes = [{ title: 'Put it in quotes', newText: '"4711"', preferred: true, secret: true }] as const;
  const log = logOf({ findings: [at('off', 'yaml.notText', 'error', { fixes })] });
  assert.deepEqual(
    log.runs[0].results.filter(({ ruleId }) => ruleId === 'yaml.notText').map(({ fixes: given }) => given),
    [undefined],
  );
  assert.doesNotMatch(JSON.stringify(log), /4711/);
});

test('a run that could not read everything says so', () => {
  const [{ invocations }] = logOf({}, { exitCode: 1 }).runs;
  assert.equal(invocations[0].executionSuccessful, false);
});

/** A report with one thing wrong → what the check above must find: it would be none if it found nothing. */
const broken: readonly (readonly [name: string, spoil: (log: SarifLog) => void, found: RegExp])[] = [
  [
    'a line 0',
    ({ runs: [{ results }] }) => Object.assign(results[0]?.locations[0].physicalLocation.region ?? {}, { startLine: 0 }),
    /startLine/,
  ],
  ['another level', ({ runs: [{ results }] }) => Object.assign(results[0] ?? {}, { level: 'information' }), /level/],
  ['a help that is no address', ({ runs: [{ tool }] }) => Object.assign(tool.driver.rules[0] ?? {}, { helpUri: 'x' }), /helpUri/],
  [
    'a path with a blank',
    ({ runs: [{ results }] }) => Object.assign(results[0]?.locations[0].physicalLocation.artifactLocation ?? {}, { uri: 'a b' }),
    /uri/,
  ],
  ['another rule', ({ runs: [{ results }] }) => Object.assign(results[0] ?? {}, { ruleIndex: 0 }), /ruleIndex/],
  ['a field nobody knows', ({ runs: [{ results }] }) => Object.assign(results[0] ?? {}, { severity: 'x' }), /severity/],
];
for (const [name, spoil, found] of broken)
  test(`${name} would be seen`, () => {
    const log = logOf();
    spoil(log);
    assert.match(brokenSarif(log).join('\n'), found);
  });
