import assert from 'node:assert/strict';
import { it } from 'node:test';
import { readIni } from '../../src/manifest/ini.ts';

/** Each entry as `section key = value`, and what its range covers. */
function shown(text: string): string[] {
  return readIni(text).flatMap(({ name, subname, entries }) =>
    entries.map(
      ({ name: key, value, valueRange, comment }) =>
        `${name}${subname === undefined ? '' : ` "${subname}"`} ${key} = ${value} <${text.slice(valueRange.start, valueRange.end)}>${comment === undefined ? '' : ' #'}`,
    ),
  );
}

const text = `
; a comment
outside = 1
[Global]
  auth-url = https://keystone.example/v3   # where it is
password="a#b;c\\"d"
token=ab#cd
empty =
bare
continued = one \\
  two
{{- if .Values.x }}
two words
[LoadBalancerClass "inner \\"one\\""]
subnet-id\t=\t5 ; note
[ Route ]
router-id = "a" "b"
`;

it('values, comments, quotes and continued lines as git reads them', () => {
  const expected = [
    'Global auth-url = https://keystone.example/v3 <https://keystone.example/v3> #',
    'Global password = a#b;c"d <"a#b;c\\"d">',
    'Global token = ab <ab> #',
    'Global empty =  <>',
    'Global bare = undefined <>',
    'Global continued = one   two <one \\\n  two>',
    'LoadBalancerClass "inner "one"" subnet-id = 5 <5> #',
    'Route router-id = a b <"a" "b">',
  ];
  assert.deepEqual(shown(text), expected);
  assert.deepEqual(
    shown(text.replaceAll('\n', '\r\n')).map((line) => line.replaceAll('\r', '')),
    expected,
  );
});
