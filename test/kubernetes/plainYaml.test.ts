import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseAnyYaml, parseKubeconfig } from '../../src/kubernetes/kubeconfig.ts';
import { readPlainYaml } from '../../src/kubernetes/plainYaml.ts';

const whole = `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg==
    server: https://10.0.0.1:6443
  name: prod
contexts:
- context:
    cluster: prod
    namespace: shop
    user: kim
  name: prod/kim@prod
current-context: prod/kim@prod
kind: Config
preferences: {}
users:
- name: kim
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1
      args:
      - get-token
      - --scope
      - https://login.example/.default
      command: /usr/bin/login
      env: null
      interactiveMode: IfAvailable
      provideClusterInfo: false
`;

/** A user's value in every way of writing that a kubeconfig may use; `plain` ones are read without the YAML library. */
const values: readonly (readonly [string, 'plain' | 'whole'])[] = [
  ['token: abc', 'plain'],
  ['token: "abc def"', 'plain'],
  ["token: 'a # b'", 'plain'],
  ['token: ""', 'plain'],
  ['token:', 'plain'],
  ['token: null', 'plain'],
  ['token: a:b', 'plain'],
  ['token: https://a.example:6443/x?y=z&v=w', 'plain'],
  ['token: two words', 'plain'],
  ['as-groups:\n    - dev\n    - "ops team"', 'plain'],
  ['as-groups:\n      - dev', 'plain'],
  ['as-groups: []', 'plain'],
  ['as-user-extra:\n      why:\n      - audit\n      acme.org/team:\n      - red', 'plain'],
  ['exec:\n      env:\n      - name: A\n        value: b\n      - value: d\n        name: C', 'plain'],
  ['exec:\n      args:\n      -\n        a', 'whole'],
  ['exec:\n      args:\n      - - a\n        - b', 'plain'],
  ['token: a # a comment', 'whole'],
  ['token: a#b', 'whole'],
  ['token: 0123', 'whole'],
  ['token: 1e3', 'whole'],
  ['token: 2026-01-01', 'whole'],
  ['token: 12:30:00', 'whole'],
  ['token: yes', 'whole'],
  ['token: True', 'whole'],
  ['token: ~', 'whole'],
  ['token: .inf', 'whole'],
  ['token: "a\\tb"', 'whole'],
  ["token: 'it''s'", 'whole'],
  ['token: &one abc', 'whole'],
  ['token: !!str 12', 'whole'],
  ['token: |\n      a\n      b', 'whole'],
  ['token: one\n      two', 'whole'],
  ['token: "one\n      two"', 'whole'],
  ['{token: abc}', 'whole'],
  ['token: a: b', 'whole'],
  ['token: [a, b]', 'whole'],
  ['"token": a', 'whole'],
  ['? token\n    : a', 'whole'],
  ['token: a\n    token: b', 'whole'],
  ['<<: {token: a}', 'whole'],
  ['__proto__: a', 'plain'],
  ['token:a', 'whole'],
  ['token: a\n   as: b', 'whole'],
  ['token: -a', 'plain'],
  ['token: -1', 'whole'],
  ['token: -.inf', 'whole'],
  ['token: - a', 'whole'],
  ['token: ---', 'plain'],
  ['token: a\u00a0b', 'whole'],
];

function asText(result: ReturnType<typeof parseKubeconfig>): string {
  return JSON.stringify(result.ok ? result.value : result.failure);
}

describe('the plain form of YAML', () => {
  it('is what kubectl writes', () => {
    assert.ok(readPlainYaml(whole));
    assert.equal(asText(parseKubeconfig(whole, 'f')), asText(parseAnyYaml(whole, 'f')));
  });

  for (const [value, form] of values)
    it(`${form === 'plain' ? 'holds' : 'leaves to the library'} ${JSON.stringify(value)}, and both read the same`, () => {
      const text = `users:\n- name: kim\n  user:\n    ${value}\n- name: ann\n  user:\n    token: t\n`;
      assert.equal(readPlainYaml(text) === undefined ? 'whole' : 'plain', form);
      assert.equal(asText(parseKubeconfig(text, 'f')), asText(parseAnyYaml(text, 'f')));
    });

  const files: Readonly<Record<string, string>> = {
    nothing: '',
    'a comment': '# none\n',
    'a marker': `---\n${whole}`,
    'two documents': `${whole}---\n${whole}`,
    'a directive': `%YAML 1.2\n---\n${whole}`,
    'lines of Windows': whole.replaceAll('\n', '\r\n'),
    'a byte order mark': `\uFEFF${whole}`,
    'tabs for spaces': whole.replaceAll('    ', '\t'),
    'comments between': whole.replaceAll('\n- ', '\n# next\n\n- '),
    'another depth': whole.replaceAll(/^( *)- /gm, '$1  - ').replaceAll(/^( +)(?=[a-z])/gm, '$1  '),
    'a list of words': '- a\n- b\n',
    'a word': 'hello\n',
    'entries without names': 'contexts:\n- context: {}\n- name:\n- a\n',
  };
  for (const [name, text] of Object.entries(files))
    it(`a file with ${name} is read as the library reads it`, () =>
      assert.equal(asText(parseKubeconfig(text, 'f')), asText(parseAnyYaml(text, 'f'))));

  it('cut off or changed anywhere, reads as the library reads it', () => {
    let plain = 0;
    for (let at = 0; at < whole.length; at++) {
      for (const text of [
        whole.slice(0, at),
        whole.slice(0, at) + whole.slice(at + 1),
        `${whole.slice(0, at)} ${whole.slice(at)}`,
      ]) {
        plain += readPlainYaml(text) ? 1 : 0;
        assert.equal(asText(parseKubeconfig(text, 'f')), asText(parseAnyYaml(text, 'f')), text);
      }
    }
    // Else the comparison would be one of the library with itself.
    assert.ok(plain > whole.length, `${plain} of ${whole.length * 3} were plain`);
  });
});
