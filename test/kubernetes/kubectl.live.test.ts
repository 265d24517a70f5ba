import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { createHttp } from '../../src/base/http.ts';
import { openContexts } from '../../src/kubernetes/openContexts.ts';
import { sandboxTest } from '../support/sandbox.ts';

const run = promisify(execFile);

interface Viewed {
  readonly contexts: readonly { name: string; context: { cluster: string; user?: string; namespace?: string } }[] | null;
  readonly clusters: readonly { name: string; cluster: { server?: string; 'insecure-skip-tls-verify'?: boolean } }[] | null;
}

const cluster = (name: string, more = '') => `- name: ${name}\n  cluster: {server: "https://${name}.example:6443"${more}}`;
const context = (name: string, inside: string) => `- name: ${name}\n  context: {${inside}}`;
const file = (parts: { contexts?: string[]; clusters?: string[]; users?: string[]; current?: string }) =>
  [
    'apiVersion: v1\nkind: Config',
    ...(parts.current === undefined ? [] : [`current-context: ${parts.current}`]),
    ...(['contexts', 'clusters', 'users'] as const).map((list) => `${list}:\n${(parts[list] ?? []).join('\n')}`),
  ].join('\n');
const kim = '- name: kim\n  user: {token: t}';

/** Sets of files and the KUBECONFIG that names them; a name without a text is a file that does not exist. */
const sets: Readonly<Record<string, { readonly named: string; readonly files: Readonly<Record<string, string>> }>> = {
  'one file': {
    named: 'a',
    files: {
      a: file({ contexts: [context('dev', 'cluster: x, user: kim')], clusters: [cluster('x')], users: [kim], current: 'dev' }),
    },
  },
  'names that several files give': {
    named: 'a:missing:b',
    files: {
      a: file({ contexts: [context('dev', 'cluster: x, user: kim')], clusters: [cluster('x')], users: [kim], current: 'dev' }),
      b: file({
        contexts: [context('dev', 'cluster: z, user: ann'), context('prod', 'cluster: x, user: kim, namespace: shop')],
        clusters: [cluster('x', ', insecure-skip-tls-verify: true'), cluster('z')],
        current: 'prod',
      }),
    },
  },
  'the current context in the second file only': {
    named: 'a:b',
    files: {
      a: file({ clusters: [cluster('x')], current: '""' }),
      b: file({ contexts: [context('late', 'cluster: x')], current: 'late' }),
    },
  },
  'empty names in the list': {
    named: ':a::',
    files: {
      a: file({ contexts: [context('dev', 'cluster: x')], clusters: [cluster('x', ', insecure-skip-tls-verify: true')] }),
    },
  },
  'dangling references': {
    named: 'a',
    files: { a: file({ contexts: [context('dev', 'cluster: gone, user: nobody')], current: 'elsewhere' }) },
  },
  'names of every kind': {
    named: 'a',
    files: {
      a: file({
        contexts: ['"kim@prod/shop:1"', 'arn:aws:eks:eu-1:1:cluster/a', '"spaced name"', "'007'", '"true"'].map((name) =>
          context(name, 'cluster: x, namespace: "12"'),
        ),
        clusters: [cluster('x')],
        current: '"007"',
      }),
    },
  },
  'an empty file beside a good one': {
    named: 'a:b',
    files: { a: '', b: file({ contexts: [context('dev', 'cluster: x')], clusters: [cluster('x')], current: 'dev' }) },
  },
};

for (const [name, { named, files }] of Object.entries(sets))
  sandboxTest(`kubectl reads ${name} as we do`, async ({ kubernetes: { kubectl } }) => {
    const folder = await mkdtemp(join(tmpdir(), 'kubectl-'));
    const http = createHttp();
    try {
      for (const [path, text] of Object.entries(files)) await writeFile(join(folder, path), text);
      const paths = named.split(':').map((path) => (path === '' ? '' : join(folder, path)));
      const env = { KUBECONFIG: paths.join(delimiter), HOME: folder };
      const view = async (...args: string[]) => (await run(kubectl, ['config', ...args], { env })).stdout;
      const contexts = openContexts({ http, env, mayRun: async () => false });
      const ours = await contexts.list();
      contexts.dispose();
      const theirs: Viewed = JSON.parse(await view('view', '--raw', '-o', 'json'));
      assert.deepEqual(
        ours.contexts
          .map(({ name, cluster, server, user, namespace, insecure }) => [name, cluster, server, user, namespace, insecure])
          .sort(),
        (theirs.contexts ?? [])
          .map(({ name, context }) => {
            const found = theirs.clusters?.find((one) => one.name === context.cluster)?.cluster;
            const insecure = found?.['insecure-skip-tls-verify'] === true;
            return [name, context.cluster, found?.server, context.user || undefined, context.namespace, insecure];
          })
          .sort(),
      );
      assert.equal(
        ours.current,
        await view('current-context').then(
          (text) => text.trim(),
          () => undefined,
        ),
      );
    } finally {
      http.dispose();
      await rm(folder, { recursive: true });
    }
  });

sandboxTest('paths in a file that kubectl wrote are those beside it', async ({ kubernetes: { kubectl, kubeconfigs } }) => {
  const folder = await mkdtemp(join(tmpdir(), 'kubectl-'));
  const http = createHttp();
  try {
    const path = join(folder, 'deep', 'config');
    await mkdir(dirname(path));
    const { stdout } = await run(kubectl, [
      'config',
      'view',
      '--raw',
      '--flatten',
      '-o',
      'json',
      '--kubeconfig',
      kubeconfigs.alice,
    ]);
    const { clusters, users } = JSON.parse(stdout);
    const { server, 'certificate-authority-data': ca } = clusters[0].cluster;
    const { 'client-certificate-data': cert, 'client-key-data': key } = users[0].user;
    for (const [name, data] of Object.entries({ 'ca.crt': ca, 'alice.crt': cert, 'alice.key': key }))
      await writeFile(join(folder, name), Buffer.from(String(data), 'base64'));
    const config = (...args: string[]) => run(kubectl, ['config', '--kubeconfig', path, ...args]);
    await config('set-cluster', 'c', `--server=${server}`, `--certificate-authority=${join(folder, 'ca.crt')}`);
    await config(
      'set-credentials',
      'alice',
      `--client-certificate=${join(folder, 'alice.crt')}`,
      `--client-key=${join(folder, 'alice.key')}`,
    );
    await config('set-context', 'alice', '--cluster=c', '--user=alice', '--namespace=shop');
    const contexts = openContexts({ http, env: { KUBECONFIG: path }, mayRun: async () => false });
    const opened = await contexts.open('alice');
    assert.ok(opened.ok, JSON.stringify(opened));
    const listed = await opened.value.list('v1', 'Service', { namespace: 'shop' });
    assert.ok(listed.ok, JSON.stringify(listed));
    contexts.dispose();
  } finally {
    http.dispose();
    await rm(folder, { recursive: true });
  }
});
