import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rated, type Severities } from '../../src/manifest/severities.ts';

/** What the user set → what becomes of an error of code `reference.missing`. */
const cases: readonly (readonly [severities: Severities, told: string])[] = [
  [{}, 'error'],
  [{ 'reference.missing': 'hint' }, 'hint'],
  [{ 'reference.*': 'warning' }, 'warning'],
  [{ 'reference.*': 'off', 'reference.missing': 'information' }, 'information'],
  [{ 'reference.missing': 'off' }, 'nothing'],
  [{ 'refer.*': 'off', 'reference.missing.not': 'off', 'yaml.*': 'off' }, 'error'],
];

describe('a finding is told as its code is set, else as its family is, else as it was found', () => {
  for (const [severities, told] of cases)
    it(`${JSON.stringify(severities)}: ${told}`, () => {
      const findings = rated([{ code: 'reference.missing', severity: 'error' }], severities);
      assert.equal(findings[0]?.severity ?? 'nothing', told);
    });
});
