import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { terminalPages } from '../../src/cli/terminalPages.ts';
import { commandLine } from './commandLine.ts';

test('a person at a terminal is told where to go, and waited for', async () => {
  const said: string[] = [];
  const pages = terminalPages(true, (text) => said.push(text));
  const answered = new AbortController();
  const shown = pages?.show({ cloud: 'demo', url: 'https://idp.example/activate', code: 'WDJB-MJHT' }, answered.signal);
  answered.abort();
  assert.equal(await shown, 'closed');
  const nowhere = { cloud: 'demo', url: 'https://k.example/', trouble: 'port 9990 is taken by another program' };
  assert.equal(await pages?.show(nowhere, new AbortController().signal), 'closed');
  assert.deepEqual(said, [
    'To sign in to cloud demo, open https://idp.example/activate and enter the code WDJB-MJHT',
    'To sign in to cloud demo, open https://k.example/',
    'The answer cannot come back: port 9990 is taken by another program.',
  ]);
  assert.equal(
    terminalPages(false, () => {}),
    undefined,
  );
});

test('where nobody sits, a cloud that wants a browser is not contacted', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'terminal-'));
  try {
    writeFileSync(join(folder, 'a.yaml'), 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n');
    const entry = '{auth_type: v3websso, auth: {auth_url: "http://127.0.0.1:9/v3", identity_provider: sso, protocol: openid}}';
    writeFileSync(join(folder, 'clouds.yaml'), `clouds: {demo: ${entry}}\n`);
    const { status, err } = await commandLine(['check', 'a.yaml', '--cloud', 'demo'], { cwd: folder });
    assert.deepEqual(
      { status, err },
      {
        status: 1,
        err: 'Cloud demo wants a person at a browser to sign in (auth_type v3websso). Sign in; where nobody is present, use an application credential.\n',
      },
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
