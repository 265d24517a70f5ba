import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maskKubeconfig, mergeKubeconfig } from '../../src/kubernetes/mergeKubeconfig.ts';

const NEW = { name: 'prod', server: 'https://192.0.2.7:6443', ca: 'ca', certificate: 'cert', key: 'key' };
const merged = (text: string) => {
  const result = mergeKubeconfig(text, NEW);
  return result.ok ? result.value : `${result.failure.reason}: ${result.failure.message}`;
};

const ALONE = `apiVersion: v1
kind: Config
clusters:
  - name: prod
    cluster:
      server: https://192.0.2.7:6443
      certificate-authority-data: Y2E=
users:
  - name: prod-admin
    user:
      client-certificate-data: Y2VydA==
      client-key-data: a2V5
contexts:
  - name: prod
    context:
      cluster: prod
      user: prod-admin
current-context: prod
`;

test('a file that does not exist begins with the one context', () => {
  assert.equal(merged(''), ALONE);
  assert.equal(merged('clusters: []\nusers: null\n').includes('clusters:\n  - name: prod'), true);
});

test('what stands in the file stays, comments and current context too', () => {
  const text = `# mine
apiVersion: v1
kind: Config
clusters:
- name: home # behind the router
  cluster: {server: "https://home.example:6443"}
users:
- name: me
  user:
    token: canary
contexts:
- {name: home, context: {cluster: home, user: me}}
current-context: home
`;
  assert.equal(
    merged(text),
    text
      .replace(
        'users:\n- name: me',
        '- name: prod\n  cluster:\n    server: https://192.0.2.7:6443\n    certificate-authority-data: Y2E=\nusers:\n- name: me',
      )
      .replace(
        'contexts:\n',
        '- name: prod-admin\n  user:\n    client-certificate-data: Y2VydA==\n    client-key-data: a2V5\ncontexts:\n',
      )
      .replace('current-', '- name: prod\n  context:\n    cluster: prod\n    user: prod-admin\ncurrent-'),
  );
});

test('an entry of the same name is replaced, so that doing it twice changes nothing', () => {
  assert.equal(merged(ALONE), ALONE);
  assert.equal(merged(ALONE.replace('192.0.2.7', '192.0.2.1').replace('Y2VydA==', 'b2xk')), ALONE);
});

test('what is no kubeconfig is left alone', () => {
  assert.match(merged('- a\n- b\n'), /^invalid: The file is not a kubeconfig\. Choose another one\.$/);
  assert.match(merged('a: b: c\n'), /^invalid: The file is not a kubeconfig\. Nested mappings/);
  assert.match(merged('clusters: {}\n'), /^invalid: .* clusters are no list/);
});

test('what is shown of a kubeconfig holds no secret', () => {
  const text = `users:
- name: x # canary is a bird
  user:
    token: canary-token
    password: "canary password" # none
    client-key-data: |
      canary1
      canary2
    client-certificate-data: open
- {name: y, user: {token: canary, username: y}}
`;
  assert.equal(
    maskKubeconfig(text),
    `users:
- name: x # canary is a bird
  user:
    token: ***
    password: *** # none
    client-key-data: ***
    client-certificate-data: open
- {name: y, user: {token: ***, username: y}}
`,
  );
  assert.equal(maskKubeconfig('{"users":[{"user":{"token":"canary"}}]}'), '{"users":[{"user":{"token":***}}]}');
  assert.equal(maskKubeconfig('token: [canary'), '# This file is no YAML.\n');
});
