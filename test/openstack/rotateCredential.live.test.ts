/** A credential is rotated, and a secret's payload read, in the sandbox's Keystone and Barbican. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textAt } from '../../src/openstack/columns.ts';
import type { Resource } from '../../src/openstack/kind.ts';
import { linesNaming, nextName, rotateCredential } from '../../src/openstack/rotateCredential.ts';
import { secretPayload } from '../../src/openstack/secretPayload.ts';
import { withDemoProject } from '../support/demoProject.ts';
import { openstack } from '../support/openstack.ts';
import { sandboxTest } from '../support/sandbox.ts';

sandboxTest('a rotated credential opens the same with another secret, and the old one still works', (sandbox) =>
  withDemoProject(sandbox, async (project) => {
    const kind = 'identity.application_credential';
    const first = `rotate-${process.pid}`;
    const access_rules = [{ path: '/v2.1/servers', method: 'GET', service: 'compute' }];
    const body = { application_credential: { name: first, description: 'of a test', access_rules } };
    const made = await project.create(kind, { method: 'POST', body });
    assert.ok(made.ok, JSON.stringify(made));
    const all = async () => {
      const list = await project.list(kind, { freshness: 'fresh' });
      assert.ok(list.ok, JSON.stringify(list));
      return list.value.items.filter((one) => String(one['name']).startsWith(first));
    };
    try {
      const [old] = await all();
      assert.ok(old);
      const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
      const name = nextName(first, [first], new Date());
      const rotated = await rotateCredential(project, old, { name, expiresAt });
      assert.ok(rotated.ok, rotated.ok ? '' : rotated.failure.message);
      assert.match(rotated.value.secret, /\S{20,}/);
      const [one, other] = await all();
      const now = other?.['id'] === rotated.value.id ? other : one;
      const shown = (credential: Resource | undefined) =>
        ['description', 'roles.name', 'unrestricted', 'access_rules.path', 'access_rules.method', 'access_rules.service'].map(
          (field) => credential && textAt(credential, field),
        );
      assert.deepEqual(shown(now), shown(old));
      assert.equal(textAt(now ?? {}, 'expires_at')?.slice(0, 16), expiresAt.slice(0, 16));
      const taken = await rotateCredential(project, old, { name });
      assert.equal(taken.ok ? 'made' : taken.failure.reason, 'conflict');
      const elsewhere = await rotateCredential(project, { ...old, project_id: 'another' }, { name: 'x' });
      assert.equal(elsewhere.ok ? 'made' : elsewhere.failure.reason, 'unsupported');
    } finally {
      for (const credential of await all()) await project.act(kind, credential, 'delete');
    }
  }),
);

sandboxTest('a payload comes as text, or as Base64 where it is none', (sandbox) =>
  withDemoProject(sandbox, async (project) => {
    const make = (payload: object) =>
      openstack(sandbox, 'demo', 'key-manager', 'POST', '/v1/secrets', { name: `payload-${process.pid}`, ...payload });
    const binary = { payload: 'AP8Q', payload_content_type: 'application/octet-stream', payload_content_encoding: 'base64' };
    const refs = [await make({ payload: 'grüße', payload_content_type: 'text/plain' }), await make(binary)];
    const payloads: unknown[] = [];
    try {
      const list = await project.list('key-manager.secret');
      assert.ok(list.ok, JSON.stringify(list));
      for (const { secret_ref } of refs) {
        const secret = list.value.items.find((one) => one['secret_ref'] === secret_ref);
        assert.ok(secret);
        const answer = await secretPayload(project, secret);
        payloads.push(answer.ok ? answer.value : answer.failure);
      }
    } finally {
      for (const { secret_ref } of refs)
        await openstack(sandbox, 'demo', 'key-manager', 'DELETE', new URL(String(secret_ref)).pathname);
    }
    assert.deepEqual(payloads, [
      { text: 'grüße', binary: false },
      { text: 'AP8Q', binary: true },
    ]);
  }),
);

test('the next name has the day, and counts where that is taken', () => {
  const day = new Date('2026-11-21T23:00:00Z');
  assert.equal(nextName('ci', [], day), 'ci-2026-11-21');
  assert.equal(nextName('ci-2026-01-01-2', ['ci-2026-11-21'], day), 'ci-2026-11-21-2');
});

test('files that name a credential by id or name are found by line', () => {
  const text = [
    'clouds:',
    '  ci:',
    '    auth:',
    '      application_credential_id: "abc123" # old',
    '  other:',
    '    auth: {application_credential_name: ci}',
    '      application_credential_name: ci',
    "      application_credential_name: 'ci-2'",
    'export OS_APPLICATION_CREDENTIAL_NAME=ci',
  ].join('\n');
  assert.deepEqual(linesNaming(text, { id: 'abc123', name: 'ci' }), [4, 6, 7, 9]);
});
