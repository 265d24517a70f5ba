/** Helm releases as they are stored, read and masked. */
import '../support/withoutEditor.ts';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decodeRelease, releasesOf, storedRevision } from '../../src/kubernetes/helmRelease.ts';
import { helmStored, webRelease } from '../support/helmStore.ts';

const { releaseText } = await import('../../src/commands/openRelease.ts');
const [first, second] = webRelease;

describe('a stored release', () => {
  test('is read from a Secret and from a ConfigMap', async () => {
    for (const kind of ['Secret', 'ConfigMap'] as const) {
      const read = await decodeRelease(helmStored(second, kind));
      assert.deepEqual(read.ok && read.value, second);
    }
  });

  test('that is damaged is a sentence without its content', async () => {
    const stored = helmStored(second);
    for (const release of ['canary', Buffer.from('e30=').toString('base64'), undefined]) {
      const read = await decodeRelease({ ...stored, data: { release } });
      assert.equal(!read.ok && read.failure.message, 'Secret sh.helm.release.v1.web.v2 holds no Helm release that can be read.');
    }
  });

  test('is known by its labels; its revisions come newest first, 10 after 9', () => {
    const of = (version: number, name = 'web') => storedRevision('Secret', helmStored({ name, version }).metadata);
    const all = [of(9), of(1, 'db'), of(10), storedRevision('Secret', { name: 'x', labels: { owner: 'helm' } })];
    assert.deepEqual(
      releasesOf(all.filter((one) => one !== undefined)).map((one) => one.map(({ name, revision }) => `${name} ${revision}`)),
      [['web 10', 'web 9'], ['db 1']],
    );
  });
});

describe('what a release holds, without its secrets:', () => {
  test('the values supplied', () => {
    assert.equal(
      releaseText(second, 'values', false),
      'replicas: 3\nimage:\n  tag: "1.28"\nauth:\n  adminPassword: "***"\n  existingSecret: mine\ndebug: null\n',
    );
    assert.equal(releaseText(first, 'values', false), '{}\n');
  });

  test('the values computed: those of the chart below; null takes one away', () => {
    assert.equal(
      releaseText(second, 'computed', false),
      'replicas: 3\nimage:\n  tag: "1.28"\n  pull: Always\ntls:\n  secretName: web-tls\nauth:\n  adminPassword: "***"\n  existingSecret: mine\n',
    );
  });

  test('the manifest: data of Secrets, variables by their name, and wherever a secret value is part of a text', () => {
    assert.equal(
      releaseText(second, 'manifest', false),
      `# Source: nginx/templates/secret.yaml
apiVersion: v1
kind: Secret
metadata:
  name: web
data: "***"
---
# Source: nginx/templates/deployment.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 3
  template:
    spec:
      containers:
        - name: web
          args:
            - --admin=***
          env:
            - name: DB_PASSWORD
              value: "***"
            - name: MODE
              value: fast
      volumes:
        - name: tls
          secret:
            secretName: web-tls
`,
    );
  });

  test('the notes', () => {
    assert.equal(releaseText(second, 'notes', false), 'Log in with ***.\n');
  });

  test('a manifest that cannot be read is not shown at all', () => {
    const broken = releaseText({ ...second, manifest: 'kind: Secret\ndata: {password: canary' }, 'manifest', false);
    assert.match(broken, /^# This manifest cannot be read, so its secrets could not be hidden/);
  });

  test('and with them, on request', () => {
    assert.equal(releaseText(second, 'manifest', true), second.manifest);
    assert.match(releaseText(second, 'values', true), /adminPassword: canary-password/);
  });
});
