import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { test } from 'node:test';
import { certificateRequest } from '../../src/base/certificateRequest.ts';

/** What openssl says, on both channels: whether a signature is right stands on the second. */
function openssl(input: string, ...args: string[]): string {
  const { stdout, stderr } = spawnSync('openssl', args, { input, encoding: 'utf8' });
  return `${stderr}${stdout}`;
}

test('a request is what openssl reads and verifies, for the key that comes with it', async () => {
  const { key, request } = await certificateRequest({ commonName: 'admin', organization: 'system:masters' });
  const told = openssl(request, 'req', '-verify', '-noout', '-subject', '-nameopt', 'RFC2253', '-text');
  assert.match(told, /subject=CN=admin,O=system:masters/);
  assert.match(told, /verify OK/);
  assert.match(told, /Version: 1 \(0x0\)/);
  assert.match(told, /Public-Key: \(2048 bit\)/);
  assert.match(told, /Signature Algorithm: sha256WithRSAEncryption/);
  const asked = openssl(request, 'req', '-noout', '-pubkey');
  assert.equal(createPublicKey(createPrivateKey(key)).export({ type: 'spki', format: 'pem' }), asked);
});

test('names of any length and script are taken, and a changed byte breaks the signature', async () => {
  const organization = `ü${'x'.repeat(200)}`;
  const { request } = await certificateRequest({ commonName: 'ä', organization });
  assert.match(
    openssl(request, 'req', '-verify', '-noout', '-subject', '-nameopt', 'utf8,RFC2253,-esc_msb'),
    new RegExp(`O=${organization}`),
  );
  const bytes = Buffer.from(request.replace(/-----.*-----/g, ''), 'base64');
  bytes[40] = (bytes[40] ?? 0) ^ 1;
  const torn = `-----BEGIN CERTIFICATE REQUEST-----\n${bytes.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`;
  assert.doesNotMatch(openssl(torn, 'req', '-verify', '-noout'), /verify OK/);
});
