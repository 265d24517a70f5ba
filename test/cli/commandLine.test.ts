import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCommandLine } from '../../src/cli/commandLine.ts';

/** The request as JSON, or the sentence. */
function read(line: string): unknown {
  const result = parseCommandLine(line.split(' ').filter((word) => word !== ''));
  return result.ok ? result.value : result.failure.message;
}

test('the arguments of each verb', () => {
  assert.deepEqual(read('check a.yaml b --format json --require-live'), {
    verb: 'check',
    files: ['a.yaml', 'b'],
    format: 'json',
    requireLive: true,
    yes: false,
  });
  assert.deepEqual(read('apply shop --context sandbox-admin -n shop --cloud demo --project demo -y'), {
    verb: 'apply',
    files: ['shop'],
    format: 'text',
    requireLive: false,
    yes: true,
    cloud: 'demo',
    project: 'demo',
    context: 'sandbox-admin',
    namespace: 'shop',
  });
  assert.equal(read('--help'), 'help');
});

const sentences: readonly (readonly [string, RegExp])[] = [
  ['', /^Say what to do: check, plan or apply\. See hybrid-clusters --help\.$/],
  ['destroy x', /^There is no verb destroy\./],
  ['check', /^Name the files or folders to check\./],
  ['plan a.yaml', /^plan needs --context: nothing is contacted that was not named\./],
  ['check a --project demo', /^--project needs --cloud\./],
  ['check a --format xml', /^--format is text or json, not xml\./],
  ['check a --forse', /^Unknown option '--forse'/],
];
for (const [line, sentence] of sentences)
  test(`"${line}" is told what is wrong`, () => assert.match(String(read(line)), sentence));
