import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createHttp } from '../../src/base/http.ts';
import { openContexts } from '../../src/kubernetes/openContexts.ts';

const pem = Buffer.from('-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n').toString('base64');
const cluster = (name: string, more = '') => `- name: ${name}\n  cluster: {server: "https://${name}.example:6443"${more}}`;
const user = (name: string, more = 'token: t') => `- name: ${name}\n  user: {${more}}`;
const context = (name: string, of: string, by: string) =>
  `- name: ${name}\n  context: {cluster: ${of}, user: ${by}, namespace: shop}`;
const config = (contexts: string[], clusters: string[], users: string[], current = '') =>
  `apiVersion: v1\nkind: Config\ncurrent-context: "${current}"\ncontexts:\n${contexts.join('\n')}\nclusters:\n${clusters.join('\n')}\nusers:\n${users.join('\n')}\n`;

/** The list of contexts as text: name, server, user, then what is wrong. */
async function listed(files: Readonly<Record<string, string>>, order = Object.keys(files)): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'kubeconfig-'));
  const http = createHttp();
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    const env = { KUBECONFIG: order.map((name) => join(folder, name)).join(':') };
    const contexts = openContexts({ http, env, mayRun: async () => false });
    const { contexts: all, current, problems } = await contexts.list();
    contexts.dispose();
    const rows = all.map(({ name, server, user, problem }) =>
      [name, server, user, problem && `! ${problem.message}`].filter(Boolean).join(' '),
    );
    const text = [`current ${current ?? '-'}`, ...rows, ...problems.map(({ message }) => `! ${message}`)].join('\n');
    return text.replaceAll(`${folder}/`, '');
  } finally {
    http.dispose();
    await rm(folder, { recursive: true });
  }
}

describe('kubeconfig', () => {
  it('is merged as kubectl merges it: the first of a name wins, a missing file is skipped, the first current-context counts', async () => {
    const files = {
      dev: config([context('dev', 'a', 'u')], [cluster('a')], [user('u')], 'dev'),
      prod: config(
        [context('prod', 'a', 'u'), context('dev', 'b', 'u')],
        [cluster('a', ', insecure-skip-tls-verify: true'), cluster('b')],
        [],
        'prod',
      ),
    };
    assert.equal(
      await listed(files, ['dev', 'missing', 'prod']),
      'current dev\ndev https://a.example:6443 u\nprod https://a.example:6443 u',
    );
  });

  it('isolates what is broken', async () => {
    const files = {
      broken: 'apiVersion: [\n',
      main: config(
        [context('good', 'a', 'u'), context('dangling', 'a', 'kim'), context('nowhere', 'x', 'u'), context('damaged', 'd', 'u')],
        [cluster('a', `, certificate-authority-data: ${pem}`), cluster('d', ', certificate-authority-data: "%%%"')],
        [user('u')],
        'good',
      ),
    };
    assert.equal(
      await listed(files),
      `current good
good https://a.example:6443 u
dangling https://a.example:6443 kim ! Context dangling names user kim, which no kubeconfig defines (main, line 7). The other contexts are fine.
nowhere u ! Context nowhere names cluster x, which no kubeconfig defines (main, line 9). The other contexts are fine.
damaged https://d.example:6443 u ! Context damaged uses d, whose certificate-authority-data is damaged (main, line 11). The other contexts are fine.
! broken is not valid YAML (line 2). Its contexts are left out.`,
    );
  });

  it('reads five hundred contexts in no time', async () => {
    const many = Array.from({ length: 500 }, (_, index) => `c${index}`);
    const text = config(
      many.map((name) => context(name, name, 'u')),
      many.map((name) => cluster(name)),
      [user('u')],
    );
    assert.equal((await listed({ many: text })).split('\n').length, 501);
  });
});
