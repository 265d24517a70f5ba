import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { boolean, integer, object, oneOf, type Reader, record, strings } from '../../src/host/settingReader.ts';

/** reader · as written in settings.json · as read */
const rows: readonly (readonly [name: string, reader: Reader<unknown>, written: unknown, read: unknown])[] = [
  ['a switch', boolean, true, true],
  ['a switch written as text', boolean, 'true', undefined],
  ['a number', integer, 16, 16],
  ['zero', integer, 0, 0],
  ['a fraction', integer, 1.5, undefined],
  ['a negative number', integer, -1, undefined],
  ['a list', strings, ['a', 'b'], ['a', 'b']],
  ['a list with other members', strings, ['a', 1, null, '', 'b'], ['a', 'b']],
  ['one text where a list belongs', strings, 'a', undefined],
  ['a word', oneOf('first', 'always'), 'always', 'always'],
  ['another word', oneOf('first', 'always'), 'never', undefined],
  [
    'a binding',
    object<{ cloud?: string; context?: string }>(['cloud', 'context']),
    { cloud: 'demo', context: '', other: 'x' },
    { cloud: 'demo' },
  ],
  ['a list where a binding belongs', object<{ cloud?: string }>(['cloud']), ['demo'], undefined],
  ['severities', record('error', 'off'), { a: 'error', b: 'loud', c: 'off' }, { a: 'error', c: 'off' }],
  ['nothing where severities belong', record('error'), null, undefined],
];

describe('a setting as the user wrote it', () => {
  for (const [name, reader, written, read] of rows)
    test(`${name}: ${JSON.stringify(written)} → ${JSON.stringify(read)}`, () => assert.deepEqual(reader(written), read));
});
