import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Asked, suppress, suppressionsOf } from '../../src/manifest/suppressions.ts';

/**
 * Texts in which `«code»` stands where a finding of that code begins, and what is left of them: `told`, `ignored (why)` and remarks, each with its line.
 * `asked` says who answered; everybody does where it is left out.
 */
const cases: readonly { name: string; text: string; left: string; asked?: Asked }[] = [
  {
    name: 'the next line',
    text: '# hybrid-clusters: ignore reference.missing – made by Terraform\na: «reference.missing»x\nb: «reference.missing»x',
    left: 'ignored 2 reference.missing (made by Terraform); told 3 reference.missing',
  },
  {
    name: 'the line itself',
    text: 'a: «reference.missing»x # hybrid-clusters: ignore reference.missing -- made by Terraform\nb: «reference.missing»x',
    left: 'ignored 1 reference.missing (made by Terraform); told 2 reference.missing',
  },
  {
    name: 'comments and empty lines stand between',
    text: '# hybrid-clusters: ignore yaml.ambiguous - as the tool wants it\n\n# more\n# hybrid-clusters: ignore yaml.syntax: so\r\nx: «yaml.ambiguous»«yaml.syntax»on\r\n',
    left: 'ignored 5 yaml.ambiguous (as the tool wants it); ignored 5 yaml.syntax (so)',
  },
  {
    name: 'several codes, and a family',
    text: '# hybrid-clusters: ignore yaml.*, reference.kind — both\nx: «yaml.ambiguous»«reference.kind»«reference.missing»on',
    left: 'ignored 2 yaml.ambiguous (both); ignored 2 reference.kind (both); told 2 reference.missing',
  },
  {
    name: 'without a reason it holds and is asked for one',
    text: '# hybrid-clusters: ignore yaml.ambiguous –\nx: «yaml.ambiguous»on',
    left: 'ignored 2 yaml.ambiguous (undefined); remark 1 suppression.reason',
  },
  {
    name: 'of nothing',
    text: '# hybrid-clusters: ignore yaml.ambiguous, yaml.notANumber – old\nx: «yaml.ambiguous»on',
    left: 'ignored 2 yaml.ambiguous (old); remark 1 suppression.unused',
  },
  {
    name: 'a code that is none, and none at all',
    text: '# hybrid-clusters: ignore yaml.ambigous – typo\nx: «yaml.ambiguous»on # hybrid-clusters: ignore\n',
    left: 'told 2 yaml.ambiguous; remark 1 suppression.unused; remark 2 suppression.unused',
  },
  {
    name: 'what only a cloud could find is not called unused before it answered',
    text: '# hybrid-clusters: ignore reference.missing – x\na: b\n# hybrid-clusters: ignore object.missing – x\nc: d\n# hybrid-clusters: ignore reference.idInRef – x\ne: f',
    asked: { files: false, cloud: false, cluster: false },
    left: 'remark 5 suppression.unused',
  },
  {
    name: 'it never speaks of the next document, but passes the line that begins its own',
    text: '# hybrid-clusters: ignore yaml.ambiguous – first\n---\na: «yaml.ambiguous»x\n# hybrid-clusters: ignore yaml.ambiguous – last\n---\nb: «yaml.ambiguous»x\n',
    left: 'ignored 3 yaml.ambiguous (first); told 6 yaml.ambiguous; remark 4 suppression.unused',
  },
  {
    name: 'what is not read to its end, or is rendered first, may hold what is ignored',
    text: '# hybrid-clusters: ignore yaml.ambiguous – x\nname: {{ a }}',
    left: '',
  },
  {
    name: 'nor is anything known beside broken text',
    text: '# hybrid-clusters: ignore yaml.ambiguous – x\na: b\nc: «yaml.tooDeep»[[[',
    left: 'told 3 yaml.tooDeep',
  },
  {
    name: 'an anchor, a word and another tool are no comments of ours',
    text: 'a#hybrid-clusters: «yaml.syntax»ignore yaml.syntax – x\n# hybrid-clusters: ignored yaml.syntax – x\n# clusters: ignore yaml.syntax – x\n',
    left: 'told 1 yaml.syntax',
  },
];

test('10,000 comments of one line, and 10,000 lines with one each, are heard without going through all for each', () => {
  const asked = { files: true, cloud: true, cluster: true };
  const comment = '# hybrid-clusters: ignore yaml.ambiguous – x\n';
  const began = performance.now();
  for (const text of [`${comment.repeat(10_000)}a: on\n`, `${comment}a: on\n`.repeat(10_000)]) {
    const findings = [...text.matchAll(/a: on/g)].map(({ index }) => ({
      code: 'yaml.ambiguous',
      range: { start: index, end: index },
    }));
    const { told, ignored } = suppress(findings, suppressionsOf(text), asked);
    assert.deepEqual([told.length, ignored.length], [0, findings.length]);
  }
  assert.ok(performance.now() - began < 5000, `${performance.now() - began} ms`);
});

for (const { name, text, left, asked = { files: true, cloud: true, cluster: true } } of cases)
  test(name, () => {
    const findings: { code: string; range: { start: number; end: number } }[] = [];
    let plain = '';
    for (const [, before = '', code] of text.matchAll(/([^«]*)(?:«([^»]*)»)?/g)) {
      plain += before;
      if (code !== undefined) findings.push({ code, range: { start: plain.length, end: plain.length + 1 } });
    }
    const line = ({ range }: { range: { start: number } }) => plain.slice(0, range.start).split('\n').length;
    const { told, ignored, remarks } = suppress(findings, suppressionsOf(plain), asked);
    const lines = [
      ...ignored.map(({ finding, reason }) => `ignored ${line(finding)} ${finding.code} (${reason})`),
      ...told.map((finding) => `told ${line(finding)} ${finding.code}`),
      ...remarks.map((remark) => `remark ${line(remark)} ${remark.code}`),
    ];
    assert.equal(lines.join('; '), left);
  });
