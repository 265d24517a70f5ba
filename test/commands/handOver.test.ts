/** What leaves a deploy set to others, as it is asked for, shown and written: hand-over, release, a job without an editor; and the proof that a workload heals. */
import '../support/withoutEditor.ts';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { success } from '../../src/base/failure.ts';
import type { KubeObject } from '../../src/kubernetes/cluster.ts';
import { editorParts } from '../support/editorParts.ts';
import { fakeCloud } from '../support/fakeCloud.ts';
import { FakeCluster } from '../support/fakeCluster.ts';

const vscode = await import('vscode');
const { applyDeploy } = await import('../../src/commands/applyDeploy.ts');
const { handOverTo } = await import('../../src/commands/handOver.ts');
const { deployContinuously } = await import('../../src/commands/deployContinuously.ts');
const { releaseOwnership } = await import('../../src/commands/releaseOwnership.ts');
const { proveIt } = await import('../../src/commands/proveIt.ts');

const repository = {
  '/w/shop/.git/config': '[remote "origin"]\n\turl = git@git.example:team/shop.git\n',
  '/w/shop/.git/HEAD': 'ref: refs/heads/main\n',
  '/w/shop/deploy/web.yaml': '{apiVersion: v1, kind: ConfigMap, metadata: {name: web, namespace: shop}, data: {a: b}}\n',
};

const uri = (path: string) => ({ scheme: 'file', path, fsPath: path, toString: () => `file://${path}` });
Object.assign(vscode.Uri, { file: uri, joinPath: ({ path }: { path: string }) => uri(path.slice(0, path.lastIndexOf('/'))) });
Object.assign(vscode.FileType, { File: 1, Directory: 2 });

/** A window on files in memory and a cluster in memory: what was shown, asked and written. */
function scene(texts: Readonly<Record<string, string>> = repository, cluster = new FakeCluster()) {
  const files = new Map(Object.entries(texts));
  const shown: string[] = [];
  const gone = () => Object.assign(new (vscode.FileSystemError as unknown as new () => Error)(), { code: 'FileNotFound' });
  const fs = {
    stat: async ({ path }: { path: string }) => {
      if (files.has(path)) return { type: 1, size: 1 };
      if ([...files.keys()].some((one) => one.startsWith(`${path}/`))) return { type: 2, size: 0 };
      throw gone();
    },
    readFile: async ({ path }: { path: string }) => {
      const text = files.get(path);
      if (text === undefined) throw gone();
      return new TextEncoder().encode(text);
    },
    readDirectory: async ({ path }: { path: string }) =>
      [...files.keys()]
        .filter((one) => one.startsWith(`${path}/`) && !one.slice(path.length + 1).includes('/'))
        .map((one) => [one.slice(path.length + 1), 1] as const),
    createDirectory: async () => undefined,
    writeFile: async ({ path }: { path: string }, bytes: Uint8Array) => void files.set(path, new TextDecoder().decode(bytes)),
  };
  Object.assign(vscode.workspace, { fs, asRelativePath: ({ path }: { path: string }) => path });
  Object.assign(vscode.commands, { executeCommand: async (...args: unknown[]) => void shown.push(String(args[0])) });
  const { parts, asked, answers } = editorParts(fakeCloud('project: demo'));
  const documents = {
    provide: (path: string, load: () => string) => {
      shown.push(`${path}\n${load()}`);
      return uri(path);
    },
  };
  const all = {
    ...parts,
    documents,
    settings: { ...parts.settings, severities: {}, parallel: 4 },
    bindings: { of: () => ({ context: 'sandbox-admin', namespace: 'shop' }) },
    contexts: { list: async () => ({ contexts: [cluster.context], problems: [] }), open: async () => success(cluster) },
  };
  const written = () => [...files.keys()].filter((path) => !(path in texts) || files.get(path) !== texts[path]).sort();
  return { parts: all as never, asked, answers, files, shown, written, cluster };
}

const places = [uri('/w/shop/deploy')] as never;
const yes = { 'pick Hand Over to Flux: where': 'Git repository', 'decide Hand Over to Flux': 'Write' };

describe('handed over', () => {
  test('source and branch are those of the repository, the files are shown, written after a yes, and the page opens', async () => {
    const { parts, asked, answers, written, shown, cluster, files } = scene();
    Object.assign(answers, yes);
    await handOverTo(parts, 'flux', places);
    assert.deepEqual(written(), [
      '/w/shop/.flux/sandbox-admin/deploy.yaml',
      '/w/shop/.flux/sandbox-admin/deploy/kustomization.yaml',
    ]);
    assert.match(
      files.get('/w/shop/.flux/sandbox-admin/deploy.yaml') ?? '',
      /url: ssh:\/\/git@git\.example\/team\/shop\.git\n {2}ref:\n {4}branch: main/,
    );
    assert.deepEqual(asked.slice(1), [
      'text Hand Over to Flux: URL [ssh://git@git.example/team/shop.git]',
      'text Hand Over to Flux: branch [main]',
      'text Hand Over to Flux: Secret with which it reads the source (empty: none, it is public) []',
      'decide Hand Over to Flux: write what the editor shows? | new: .flux/sandbox-admin/deploy.yaml\nnew: .flux/sandbox-admin/deploy/kustomization.yaml',
    ]);
    assert.deepEqual(
      shown.map((text) => text.split('\n')[0]),
      [
        '.flux/sandbox-admin/deploy.yaml',
        '.flux/sandbox-admin/deploy/kustomization.yaml',
        'vscode.changes',
        'Hand Over to Flux: deploy.md',
        'markdown.showPreview',
      ],
    );
    assert.deepEqual(
      cluster.requests.filter((request) => !request.includes('dry')),
      [],
    );
  });

  test('without a yes nothing is written, and no page tells that it was', async () => {
    const { parts, answers, written, shown } = scene();
    Object.assign(answers, { ...yes, 'decide Hand Over to Flux': undefined });
    await handOverTo(parts, 'flux', places);
    assert.deepEqual(written(), []);
    assert.equal(shown.at(-1), 'vscode.changes');
  });

  test('a file that is there is replaced after its own yes only', async () => {
    const mine = { ...repository, '/w/shop/.flux/sandbox-admin/deploy.yaml': '# mine\n' };
    const kept = scene(mine);
    Object.assign(kept.answers, { ...yes, 'decide Hand Over to Flux': 'Write New Files Only' });
    await handOverTo(kept.parts, 'flux', places);
    assert.match(kept.asked.at(-1) ?? '', /\| new: .*kustomization\.yaml\nreplaced: \.flux\/sandbox-admin\/deploy\.yaml$/);
    assert.equal(kept.files.get('/w/shop/.flux/sandbox-admin/deploy.yaml'), '# mine\n');
    assert.deepEqual(kept.written(), ['/w/shop/.flux/sandbox-admin/deploy/kustomization.yaml']);
    const replaced = scene(mine);
    Object.assign(replaced.answers, { ...yes, 'decide Hand Over to Flux': 'Write and Replace' });
    await handOverTo(replaced.parts, 'flux', places);
    assert.equal(replaced.written().length, 2);
  });

  test('one that somebody writes while it is asked for is left alone', async () => {
    const { parts, asked, answers, files, shown } = scene();
    Object.assign(answers, yes);
    const { prompts } = parts as unknown as { prompts: { decide: (question: { message: string }) => Promise<unknown> } };
    prompts.decide = async () => {
      files.set('/w/shop/.flux/sandbox-admin/deploy.yaml', '# theirs\n');
      return 'Write';
    };
    await handOverTo(parts, 'flux', places);
    assert.equal(files.get('/w/shop/.flux/sandbox-admin/deploy.yaml'), '# theirs\n');
    assert.match(
      asked.at(-1) ?? '',
      /^offer Hand Over to Flux: changed meanwhile and left alone: \.flux\/sandbox-admin\/deploy\.yaml\./,
    );
    assert.equal(shown.at(-1), 'vscode.changes');
  });

  test('once more, nothing is asked: the files say the same', async () => {
    const first = scene();
    Object.assign(first.answers, yes);
    await handOverTo(first.parts, 'flux', places);
    const again = scene(Object.fromEntries(first.files));
    Object.assign(again.answers, yes);
    await handOverTo(again.parts, 'flux', places);
    assert.equal(again.asked.at(-1), 'offer Hand Over to Flux: the files are there already and say the same.');
    assert.deepEqual(again.written(), []);
  });

  test('to Argo CD, an Application; out of a folder that is in no repository, nothing', async () => {
    const { parts, answers, written } = scene();
    Object.assign(answers, { 'pick Hand Over to Argo CD': 'Git repository', 'decide Hand Over to Argo CD': 'Write' });
    await handOverTo(parts, 'argo', places);
    assert.deepEqual(written(), ['/w/shop/.argocd/sandbox-admin/deploy.yaml']);
    const bare = scene({ '/w/shop/deploy/web.yaml': repository['/w/shop/deploy/web.yaml'] });
    await handOverTo(bare.parts, 'argo', places);
    assert.match(bare.asked[0] ?? '', /^offer \/w\/shop\/deploy is in no Git repository/);
  });
});

test('a CronJob is written with what it must find', async () => {
  const { parts, answers, written, shown } = scene();
  Object.assign(answers, { 'pick Deploy Continuously': 'CronJob in the cluster', 'decide Deploy Continuously': 'Write' });
  await deployContinuously(parts, places);
  assert.deepEqual(written(), [
    '/w/shop/.hybrid-clusters/Dockerfile',
    '/w/shop/.hybrid-clusters/sandbox-admin/deploy-cronjob.yaml',
  ]);
  assert.match(shown.at(-2) ?? '', /## What must exist\n\n1\. The image `registry\.example\/hybrid-clusters:latest`/);
});

test('ownership is released after a yes: the plan is shown, then one patch for each object', async () => {
  const cluster = new FakeCluster();
  const owned = { managedFields: [{ manager: 'hybrid-clusters', fieldsV1: { 'f:data': { 'f:a': {} } } }] };
  cluster.put({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web', namespace: 'shop', ...owned }, data: { a: 'b' } });
  const { parts, asked, answers, shown } = scene(repository, cluster);
  const patches = () => cluster.requests.filter((request) => request.startsWith('patch'));
  await releaseOwnership(parts, places);
  assert.match(shown[0] ?? '', /^sandbox-admin\/release deploy\.txt\nRelease on sandbox-admin\/shop: 1 release\n/);
  assert.deepEqual([asked.length, patches()], [1, []]);
  Object.assign(answers, { 'confirm Release 1 objects': true });
  await releaseOwnership(parts, places);
  assert.equal(patches().length, 1);
  assert.match(asked.at(-2) ?? '', /1 of them no engine has applied yet: whoever applies them next decides\.$/);
  assert.equal(asked.at(-1), 'offer Released on sandbox-admin/shop: 1 object. Nothing of what they ask for has changed.');
});

test('Apply Deploy of what Flux keeps shows the plan, sends nothing and leads to the state of the Kustomization', async () => {
  const cluster = new FakeCluster();
  const labels = { 'kustomize.toolkit.fluxcd.io/name': 'shop', 'kustomize.toolkit.fluxcd.io/namespace': 'flux-system' };
  cluster.put({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'web', namespace: 'shop', labels },
    data: { a: 'other' },
  });
  const keeper = {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name: 'shop', namespace: 'flux-system' },
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  };
  cluster.serve(keeper);
  cluster.put(keeper);
  const { parts, asked, answers, shown } = scene(repository, cluster);
  const plans: unknown[] = [];
  const deployments = { history: {}, name() {}, show: async (plan: unknown) => void plans.push(plan) };
  Object.assign(answers, { 'offer Not deployed': 'Show Status' });
  await applyDeploy({ ...(parts as object), deployments } as never, places);
  assert.match(
    asked.at(-1) ?? '',
    /^offer Not deployed: The object on sandbox-admin is kept by Kustomization flux-system\/shop of Flux \(Ready\)/,
  );
  assert.equal(plans.length, 1);
  assert.match(shown.at(-2) ?? '', /^sandbox-admin\/flux-system\/Kustomization shop\.yaml/);
  assert.deepEqual(
    cluster.requests.filter((request) => !request.includes('dry')),
    [],
  );
});

describe('proven', () => {
  const pod = (name: string): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'shop',
      uid: name,
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db', uid: 'db' }],
    },
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  });
  const ref = { apiVersion: 'apps/v1', kind: 'StatefulSet', namespace: 'shop', name: 'db' };
  const clusterOf = () => {
    const cluster = new FakeCluster();
    cluster.put({
      ...ref,
      metadata: { name: 'db', namespace: 'shop', uid: 'db' },
      spec: { replicas: 1, selector: { matchLabels: { app: 'db' } } },
    });
    cluster.put(pod('db-0'));
    const remove = cluster.delete.bind(cluster);
    cluster.delete = async (gone) => {
      setTimeout(() => cluster.put({ ...pod('db-0'), metadata: { ...pod('db-0').metadata, uid: 'next' } }), 5);
      return remove(gone);
    };
    return cluster;
  };

  test('asked with what it costs, then told with its time', async () => {
    const cluster = clusterOf();
    const { parts, asked, answers } = scene(repository, cluster);
    await proveIt(parts, { cluster, ref });
    assert.match(
      asked.at(-1) ?? '',
      /^confirm Prove that StatefulSet shop\/db heals\? \| Pod db-0, one of 1 of StatefulSet db, is deleted on sandbox-admin\/shop\. It has one pod/,
    );
    assert.equal((await cluster.get({ ...ref, apiVersion: 'v1', kind: 'Pod', name: 'db-0' })).ok, true);
    Object.assign(answers, { 'confirm Prove that': true });
    await proveIt(parts, { cluster, ref });
    assert.match(
      asked.at(-1) ?? '',
      /^offer StatefulSet db on sandbox-admin was whole again 0\.\d s after Pod db-0 was deleted\.$/,
    );
  });

  test('not asked at all where that is protected', async () => {
    const cluster = clusterOf();
    const { parts, asked } = scene(repository, cluster);
    const told: string[] = [];
    Object.assign(vscode.window, { showErrorMessage: async (message: string) => void told.push(message) });
    await proveIt({ ...(parts as object), settings: { protectedTargets: ['sandbox'], readOnlyTargets: [] } } as never, {
      cluster,
      ref,
    });
    assert.deepEqual(asked, []);
    assert.match(told[0] ?? '', /^Context sandbox-admin is protected/);
  });
});
