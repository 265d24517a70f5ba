import assert from 'node:assert/strict';
import { test } from 'node:test';
import { baselineText, parseBaseline } from '../../src/cli/baseline.ts';
import { checkReport, hasNewErrors, knownFindings, reportLines, reportSummary } from '../../src/cli/checkReport.ts';
import type { Finding } from '../../src/manifest/finding.ts';

const before = `apiVersion: v1
kind: ConfigMap
metadata:
  name: a
data:
  x: !error on
  y: !warning on
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: b
data:
  x: !error on
`;

/** A text in which `!error` marks a finding of that severity (code `yaml.ambiguous`). */
function found(text: string): { findings: Finding[]; texts: Map<string, string> } {
  const findings = [...text.matchAll(/!(error|warning)/g)].map(
    ({ index, 1: severity }): Finding => ({
      file: 'shop/a.yaml',
      range: { start: index, end: index + 1 },
      severity: severity === 'error' ? 'error' : 'warning',
      code: 'yaml.ambiguous',
      message: 'm',
    }),
  );
  return { findings, texts: new Map([['shop/a.yaml', text]]) };
}

const asked = { files: true, cloud: true, cluster: true };
const first = checkReport({ ...found(before), asked, severities: {}, baseline: [] });
const baseline = knownFindings(first);

/** How the text above is changed after its baseline was written → line and severity of each finding, what is summed up, and whether the run fails. */
const cases: readonly { name: string; text: string; told: string; summary: string | undefined; fails: boolean }[] = [
  {
    name: 'nothing changed',
    text: before,
    told: '6 error known, 7 warning known, 14 error known',
    summary: 'Findings: 3 known.',
    fails: false,
  },
  {
    name: 'lines move, indentation and line ends change, the documents swap places',
    text: `# new\n\n${before.split('---\n').reverse().join('---\n').replace('  x:', '    x:').replaceAll('\n', '\r\n')}`,
    told: '8 error known, 15 error known, 16 warning known',
    summary: 'Findings: 3 known.',
    fails: false,
  },
  {
    name: 'the same line in another object is new',
    text: `${before}---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\ndata:\n  x: !error on\n`,
    told: '6 error known, 7 warning known, 14 error known, 21 error',
    summary: 'Findings: 3 known.',
    fails: true,
  },
  {
    name: 'the same line twice in one object: one of them is new',
    text: before.replace('  y: !warning on', '  x: !error on'),
    told: '6 error known, 7 error, 14 error known',
    summary: 'Findings: 2 known, 1 of the baseline is gone (--write-baseline forgets them).',
    fails: true,
  },
  {
    name: 'another value is new, and what it was is gone',
    text: before.replace('x: !error on', 'x: !error off'),
    told: '6 error, 7 warning known, 14 error known',
    summary: 'Findings: 2 known, 1 of the baseline is gone (--write-baseline forgets them).',
    fails: true,
  },
  {
    name: 'one that a comment answers is neither told nor gone',
    text: before.replace('  x:', '  # hybrid-clusters: ignore yaml.ambiguous – meant\n  x:'),
    told: '8 warning known, 15 error known',
    summary: 'Findings: 2 known, 1 ignored by a comment.',
    fails: false,
  },
];

for (const { name, text, told, summary, fails } of cases)
  test(name, () => {
    const report = checkReport({ ...found(text), asked, severities: {}, baseline });
    const lines = report.told.map(({ row: { line, severity }, known }) => `${line} ${severity}${known ? ' known' : ''}`);
    assert.equal(lines.join(', '), told);
    assert.equal(reportSummary(report), summary);
    assert.equal(hasNewErrors(report), fails);
  });

test('a known finding is told as such', () => {
  const [line] = reportLines(checkReport({ ...found(before), asked, severities: {}, baseline }));
  assert.equal(line, 'shop/a.yaml:6:6 error yaml.ambiguous m (known)');
});

test('what nobody was asked about is not gone', () => {
  const cloud = { fingerprint: 'f', file: 'shop/a.yaml', code: 'reference.missing', message: 'm' };
  const elsewhere = { ...cloud, code: 'yaml.syntax', file: 'other.yaml' };
  const gone = (cloudAsked: boolean) =>
    checkReport({ ...found(before), asked: { ...asked, cloud: cloudAsked }, severities: {}, baseline: [cloud, elsewhere] }).gone;
  assert.deepEqual(gone(false), []);
  assert.deepEqual(gone(true), [cloud]);
});

test('severities: a code that is off is not told, one that is less fails nothing', () => {
  const report = (level: 'off' | 'warning') =>
    checkReport({ ...found(before), asked, severities: { 'yaml.*': level }, baseline: [] });
  assert.deepEqual(report('off').told, []);
  assert.equal(hasNewErrors(report('warning')), false);
});

test('a baseline is one finding a line and reads as it was written', () => {
  const text = baselineText(baseline);
  const sorted = [...baseline].sort((one, other) => (one.fingerprint < other.fingerprint ? -1 : 1));
  assert.deepEqual(parseBaselineOf(text), sorted);
  assert.equal(text.split('\n').length, baseline.length + 6);
  assert.equal(baselineText([]), '{\n  "version": 1,\n  "findings": []\n}\n');
});

for (const text of ['', '[]', '{}', '{"version":2,"findings":[]}', '{"version":1,"findings":[{"file":1}]}'])
  test(`no baseline: ${text}`, () =>
    assert.equal(parseBaselineOf(text), 'b.json is no baseline. Write one with --write-baseline.'));

function parseBaselineOf(text: string) {
  const read = parseBaseline('b.json', text);
  return read.ok ? read.value : read.failure.message;
}
