import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LogBoundary, type LogLine, LogReader, longestLine } from '../../src/kubernetes/logLines.ts';

const stamped = (second: string, text: string) => `2026-01-01T00:00:${second}Z ${text}`;

function read(...chunks: readonly (string | Uint8Array)[]): readonly string[] {
  const reader = new LogReader();
  const lines = chunks.flatMap((chunk) => reader.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk));
  const last = reader.end();
  return [...lines, ...(last ? [last] : [])].map(({ time, text }) => (time === '' ? text : `[${time}] ${text}`));
}

const line = (text: string): LogLine => {
  const [found] = new LogReader().push(Buffer.from(`${text}\n`));
  assert.ok(found);
  return found;
};

describe('lines of a log', () => {
  test('whole, in pieces, without an end, without a time, with the zone of the node', () => {
    assert.deepEqual(
      read(
        '2026-01-01T00:00:01.000000001Z one\n2026-01-01T00:0',
        '0:02.5+02:00 two\r\n',
        'failed to open log\n',
        '2026-01-01T00:00:03Z thr',
      ),
      [
        '[2026-01-01T00:00:01.000000001Z] one',
        '[2026-01-01T00:00:02.5+02:00] two',
        'failed to open log',
        '[2026-01-01T00:00:03Z] thr',
      ],
    );
  });

  test('empty lines stay; an indent stays; nothing is no line', () => {
    assert.deepEqual(read(`${stamped('01', '')}\n${stamped('02', '  at main()')}\n\n`), [
      '[2026-01-01T00:00:01Z] ',
      '[2026-01-01T00:00:02Z]   at main()',
      '',
    ]);
    assert.deepEqual(read(''), []);
  });

  test('a character in two chunks is one; bytes that are no UTF-8 are marked and break nothing', () => {
    const whole = Buffer.from(stamped('01', 'größe €\n'));
    const cut = whole.indexOf(0xe2) + 1;
    assert.deepEqual(read(whole.subarray(0, cut), whole.subarray(cut)), ['[2026-01-01T00:00:01Z] größe €']);
    assert.deepEqual(read(Buffer.from([0x61, 0xff, 0xfe, 0x00, 0x62, 0x0a])), ['a��\u0000b']);
  });

  test('a line of a megabyte is cut, says how much, and the next one is whole', () => {
    const [long = '', next] = read(`${'x'.repeat(700_000)}`, `${'x'.repeat(348_576)}\n${stamped('02', 'next')}\n`);
    assert.equal(long.length, longestLine + ' … (1032192 more characters left out)'.length);
    assert.match(long, /x … \(1032192 more characters left out\)$/);
    assert.equal(next, '[2026-01-01T00:00:02Z] next');
  });
});

describe('a log that goes on', () => {
  const admitted = (boundary: LogBoundary, ...texts: readonly string[]) =>
    texts.map(line).flatMap((one) => (boundary.admit(one) ? [one.text] : []));

  test('asks from a second before the last line, and knows what it saw, as often as it saw it', () => {
    const boundary = new LogBoundary();
    assert.equal(boundary.resume(), undefined);
    const same = stamped('05.500000001', 'tick');
    assert.deepEqual(admitted(boundary, stamped('04', 'old'), same, same), ['old', 'tick', 'tick']);
    assert.equal(boundary.resume(), '2026-01-01T00:00:04Z');
    assert.deepEqual(admitted(boundary, stamped('04', 'old'), same, same, same, stamped('05.500000002', 'tick')), [
      'tick',
      'tick',
    ]);
    assert.equal(boundary.takeTorn(), false);
  });

  test('a line that comes late, older than the newest seen, is new', () => {
    const boundary = new LogBoundary();
    admitted(boundary, stamped('05.2', 'out'), stamped('05.4', 'out'));
    boundary.resume();
    assert.deepEqual(
      admitted(boundary, stamped('05.2', 'out'), stamped('05.3', 'err'), stamped('05.4', 'out'), stamped('06', 'out')),
      ['err', 'out'],
    );
  });

  test('nanoseconds decide between lines of the same microsecond', () => {
    const boundary = new LogBoundary();
    admitted(boundary, stamped('05.000000001', 'a'));
    boundary.resume();
    assert.deepEqual(admitted(boundary, stamped('05.000000001', 'a'), stamped('05.000000002', 'a')), ['a']);
  });

  test('when nothing of what was seen comes again, lines were lost, and that is told once', () => {
    const boundary = new LogBoundary();
    admitted(boundary, stamped('05', 'a'));
    boundary.resume();
    assert.deepEqual(admitted(boundary, stamped('09', 'z')), ['z']);
    assert.equal(boundary.takeTorn(), true);
    assert.equal(boundary.takeTorn(), false);
  });

  test('a flood within one second is not remembered whole, and nothing of it comes twice', () => {
    const boundary = new LogBoundary();
    const flood = Array.from({ length: 50_000 }, (_, index) => line(stamped(`05.${String(index).padStart(9, '0')}`, 'x')));
    for (const one of flood) boundary.admit(one);
    boundary.resume();
    assert.equal(flood.filter((one) => boundary.admit(one)).length, 0);
    assert.equal(boundary.admit(line(stamped('06', 'x'))), true);
  });
});
