import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findingLine, findingRows } from '../../src/cli/findingRows.ts';
import type { Finding } from '../../src/manifest/finding.ts';

const finding = (file: string, start: number, end: number): Finding => ({
  file,
  range: { start, end },
  severity: 'error',
  code: 'x.y',
  message: 'm',
});

test('lines and columns count from 1, in UTF-16 units, ordered by file and place', () => {
  const texts = new Map([
    ['b.yaml', 'a: 1\r\nb: "𝄞x"\n'],
    ['a.yaml', 'one\ntwo\n'],
  ]);
  const rows = findingRows([finding('b.yaml', 12, 13), finding('b.yaml', 0, 4), finding('a.yaml', 4, 8)], texts);
  assert.deepEqual(rows.map(findingLine), ['a.yaml:2:1 error x.y m', 'b.yaml:1:1 error x.y m', 'b.yaml:2:7 error x.y m']);
  assert.deepEqual([rows[0]?.endLine, rows[0]?.endColumn], [3, 1]);
});
