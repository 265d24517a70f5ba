/** The contexts of one kubeconfig taken into another: nothing that stands there is replaced. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { importKubeconfig, programsIn } from '../../src/kubernetes/mergeKubeconfig.ts';

const taken = (text: string, given: string, folder?: string) => {
  const result = importKubeconfig(text, given, folder);
  return result.ok ? `${result.value.contexts.join(', ')}\n${result.value.text}` : result.failure.message;
};

const kubeadm = (server: string, token: string) => `apiVersion: v1
kind: Config
clusters:
- name: kubernetes
  cluster:
    server: ${server}
users:
- name: kubernetes-admin
  user:
    token: ${token}
contexts:
- name: kubernetes-admin@kubernetes
  context:
    cluster: kubernetes
    user: kubernetes-admin
current-context: kubernetes-admin@kubernetes
`;
const home = kubeadm('https://home.example', 'one');

describe('a kubeconfig that is imported', () => {
  test('becomes a new file', () => {
    assert.equal(taken('', home), `kubernetes-admin@kubernetes\n${home.replace(/^- |^ {2}/gm, (indent) => `  ${indent}`)}`);
  });

  test('into one with the same names comes under others, and its context with them', () => {
    assert.equal(
      taken(home, kubeadm('https://work.example', 'two')),
      `kubernetes-admin@kubernetes-2\n${home
        .replace('users:', '- name: kubernetes-2\n  cluster:\n    server: https://work.example\nusers:')
        .replace('contexts:', '- name: kubernetes-admin-2\n  user:\n    token: two\ncontexts:')
        .replace(
          'current-context',
          '- name: kubernetes-admin@kubernetes-2\n  context:\n    cluster: kubernetes-2\n    user: kubernetes-admin-2\ncurrent-context',
        )}`,
    );
  });

  test('a second time changes nothing', () => {
    assert.equal(taken(home, home), `kubernetes-admin@kubernetes\n${home}`);
  });

  test('keeps its paths; what no context names stays behind', () => {
    const given = `
clusters: [{name: a, cluster: {server: 'https://a', certificate-authority: pki/ca.crt}}, {name: unused, cluster: {}}]
users: [{name: u, user: {client-certificate: /etc/u.crt, client-key: u.key}}]
contexts: [{name: a, context: {cluster: a, user: u}}]`;
    const text = taken('', given, '/home/kim/lab');
    assert.match(text, /certificate-authority: \/home\/kim\/lab\/pki\/ca\.crt/);
    assert.match(text, /client-certificate: \/etc\/u\.crt\n +client-key: \/home\/kim\/lab\/u\.key/);
    assert.doesNotMatch(text, /unused/);
  });

  test('that is none is refused in a sentence', () => {
    const sentence = 'This is not a kubeconfig with contexts. Copy or choose the whole of it.';
    assert.equal(taken(home, 'hello'), sentence);
    assert.equal(taken(home, 'clusters: []'), sentence);
    assert.match(taken('- a list', home), /^The file is not a kubeconfig\./);
  });

  test('says which programs it runs', () => {
    assert.deepEqual(programsIn('users: [{name: a, user: {exec: {command: kubelogin}}}, {name: b, user: {}}]'), ['kubelogin']);
  });
});
