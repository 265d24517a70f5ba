import assert from 'node:assert/strict';
import { it } from 'node:test';
import '../support/withoutEditor.ts';

const { curlLine } = await import('../../src/commands/copyCurl.ts');

it('a request as a line for a shell: the token left out, everything else quoted', () => {
  assert.equal(
    curlLine("https://cloud.example/v2.1/servers/it's", { 'OpenStack-API-Version': 'compute 2.96' }),
    `curl -sS -H "X-Auth-Token: $OS_TOKEN" -H 'OpenStack-API-Version: compute 2.96' 'https://cloud.example/v2.1/servers/it'\\''s'`,
  );
});
