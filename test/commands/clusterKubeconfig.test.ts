/** The context of a Magnum cluster goes into a kubeconfig: what is shown, asked and written. Magnum's answers are written from its API reference; its authority is openssl. */
import '../support/withoutEditor.ts';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { editorParts } from '../support/editorParts.ts';
import { scriptedCloud } from '../support/scriptedCloud.ts';

const vscode = await import('vscode');
const { addKubeconfigOfCluster } = await import('../../src/commands/clusterKubeconfig.ts');

const kind = 'container-infrastructure-management.cluster';
const BEFORE = `# mine
apiVersion: v1
kind: Config
users:
- name: me
  user:
    token: canary-token
current-context: home
`;

test('the difference is shown without secrets; nothing is written before two yeses, then for the owner alone', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cluster-'));
  const inFolder = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  inFolder('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'ca.key', '-out', 'ca.crt', '-subj', '/CN=prod');
  const ca = await readFile(join(folder, 'ca.crt'), 'utf8');
  const sign = (request: string) =>
    execFileSync('openssl', ['x509', '-req', '-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial'], {
      cwd: folder,
      input: request,
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'ignore'],
    });
  const base = '/container-infrastructure-management/v1';
  const cluster = { uuid: 'c1', name: 'prod', status: 'CREATE_COMPLETE', api_address: 'https://192.0.2.7:6443' };
  await using scripted = await scriptedCloud({
    [`GET ${base}/clusters/c1`]: { json: cluster },
    [`GET ${base}/certificates/c1`]: { json: { cluster_uuid: 'c1', pem: ca } },
    [`POST ${base}/certificates`]: ({ body }) => ({ status: 201, json: { pem: sign(JSON.parse(body).csr) } }),
  });
  const file = join(folder, 'config');
  await writeFile(file, BEFORE, { mode: 0o644 });
  const { parts, asked, answers, logged } = editorParts(scripted.project);
  const shown: string[] = [];
  const documents = {
    provide: (path: string, load: () => string, { side }: { side: string }) => shown.push(`${side} of ${path}\n${load()}`),
  };
  Object.assign(vscode.commands, {
    executeCommand: async (command: string, ...args: unknown[]) => shown.push(`${command} ${args.at(-1)}`),
  });
  const contexts = { list: async () => ({ contexts: [{ source: { file } }], problems: [] }) };
  const add = () =>
    addKubeconfigOfCluster({ ...parts, documents, contexts } as never, { project: scripted.project, kind, resource: cluster });
  try {
    answers['pick Into which'] = file;
    await add();
    assert.deepEqual(asked, [
      'pick Into which kubeconfig does cluster prod go?',
      `offer This would be the change of ${file}. Nothing is written yet.`,
    ]);
    answers['offer This would'] = 'Save…';
    await add();
    assert.match(
      asked.at(-1) ?? '',
      /^confirm Add context prod to .*config\? \| It makes whoever reads the file an administrator/,
    );
    assert.equal(await readFile(file, 'utf8'), BEFORE);
    answers['confirm Add'] = true;
    await add();
    const after = await readFile(file, 'utf8');
    assert.ok(after.startsWith(BEFORE.slice(0, BEFORE.indexOf('current-context'))), after);
    assert.equal(((await stat(file)).mode & 0o777).toString(8), '600');
    const { clusters, users, contexts: all, 'current-context': current } = parse(after);
    assert.deepEqual(all, [{ name: 'prod', context: { cluster: 'prod', user: 'prod-admin' } }]);
    assert.deepEqual([clusters[0].cluster.server, current], ['https://192.0.2.7:6443', 'home']);
    const [certificate, key] = ['client-certificate-data', 'client-key-data'].map((field) =>
      Buffer.from(users[1].user[field], 'base64'),
    );
    assert.equal(new X509Certificate(certificate ?? '').checkPrivateKey(createPrivateKey(key ?? '')), true);
    assert.equal(new X509Certificate(certificate ?? '').verify(new X509Certificate(ca).publicKey), true);
    assert.match(
      shown.join('\n'),
      /before of scripted\/config\.yaml\n# mine[\s\S]*after of scripted[\s\S]*client-key-data: \*\*\*[\s\S]*vscode\.diff config: context prod/,
    );
    const told = [...shown, ...asked, ...logged].join('\n');
    assert.equal(/canary|PRIVATE/.test(told) || told.includes(users[1].user['client-key-data']), false);
  } finally {
    await rm(folder, { recursive: true });
  }
});
