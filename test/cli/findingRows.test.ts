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

test('a live object has no line: its field stands there', () => {
  const live = { context: 'prod', apiVersion: 'v1', kind: 'Service', namespace: 'shop', name: 'web', line: 0 };
  const lines = findingRows(
    [
      { ...finding('prod/shop/v1/Service/web', 0, 0), live: { ...live, path: ['metadata', 'annotations', 'a.example/b'] } },
      { ...finding('prod/shop/v1/Service/web', 1, 1), live: { ...live, path: ['spec', 'ports', 0, 'name'] } },
      { ...finding('prod/shop/v1/Service/web', 2, 2), live: { ...live, path: [] } },
    ],
    new Map(),
  ).map(findingLine);
  assert.deepEqual(lines, [
    'prod/shop/v1/Service/web:metadata.annotations[a.example/b] error x.y m',
    'prod/shop/v1/Service/web:spec.ports[0].name error x.y m',
    'prod/shop/v1/Service/web error x.y m',
  ]);
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
