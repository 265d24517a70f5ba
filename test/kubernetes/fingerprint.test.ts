import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createHttp } from '../../src/base/pool.ts';
import { openContexts } from '../../src/kubernetes/openContexts.ts';
import { certificates, type KeyPair } from '../support/certificates.ts';

const authority = certificates();
const folder = mkdtempSync(join(tmpdir(), 'fingerprint-'));
const http = createHttp();
let server: https.Server;
let port = 0;

const names = 'IP:127.0.0.1';
const [first, second] = [authority.issue(names), authority.issue(names)];

before(async () => {
  // whoever asks is refused: the certificate tells all the same
  server = https.createServer(first, (_request, response) => response.writeHead(403).end('{}'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
after(async () => {
  http.dispose();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  authority.dispose();
  rmSync(folder, { recursive: true });
});

async function fingerprint(scheme = 'https'): Promise<string | undefined> {
  const file = join(folder, 'kubeconfig');
  const ca = Buffer.from(authority.ca).toString('base64');
  writeFileSync(
    file,
    `apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: '${scheme}://127.0.0.1:${port}', certificate-authority-data: ${ca}}}]
users: [{name: u, user: {token: t}}]
contexts: [{name: one, context: {cluster: c, user: u}}]
`,
  );
  const contexts = openContexts({ http, env: { KUBECONFIG: file }, mayRun: async () => false });
  const cluster = await contexts.open('one');
  assert.ok(cluster.ok);
  const read = await cluster.value.fingerprint?.();
  contexts.dispose();
  assert.ok(read?.ok, read?.ok === false ? read.failure.message : '');
  return read.value;
}

const serve = (pair: KeyPair) => {
  server.setSecureContext(pair);
  server.closeAllConnections();
};

test('the same server has the same fingerprint, over old connections and new ones; another certificate has another', async () => {
  const one = await fingerprint();
  assert.match(one ?? '', /^[0-9a-f]{64}$/);
  assert.equal(await fingerprint(), one);
  serve(first);
  assert.equal(await fingerprint(), one);
  serve(second);
  assert.notEqual(await fingerprint(), one);
});
