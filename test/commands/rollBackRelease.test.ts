/** The plan of a Helm rollback as it is asked for, shown and told. */
import '../support/withoutEditor.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { success } from '../../src/base/failure.ts';
import { storedRevision } from '../../src/kubernetes/helmRelease.ts';
import { editorParts } from '../support/editorParts.ts';
import { fakeCloud } from '../support/fakeCloud.ts';
import { FakeCluster } from '../support/fakeCluster.ts';
import { helmStored, webRelease } from '../support/helmStore.ts';

const vscode = await import('vscode');
const { helmCommand, rollBackRelease } = await import('../../src/commands/rollBackRelease.ts');

test('the plan is shown masked, nothing is sent, and the command can be copied', async () => {
  const cluster = new FakeCluster({ name: 'dev' });
  const stored = webRelease.map((release) => cluster.put(helmStored(release)));
  const secret = { name: 'web', namespace: 'shop' };
  cluster.put({ apiVersion: 'v1', kind: 'Secret', metadata: secret, data: { password: 'Y2FuYXJ5LXBhc3N3b3Jk' } });
  Object.assign(cluster, {
    table: async ({ kind }: { kind: string }) =>
      success({ columns: [], rows: kind === 'Secret' ? stored.map((object) => ({ cells: [], object })) : [] }),
  });
  const { parts, asked, answers } = editorParts(fakeCloud('project: demo'));
  const texts: string[] = [];
  const ran: unknown[] = [];
  const documents = {
    provide: (path: string, load: () => string, { side = '' }: { side?: string } = {}) => {
      texts.push(`${side} ${path}\n${load()}`);
      return path;
    },
  };
  Object.assign(vscode.commands, { executeCommand: async (command: string) => ran.push(command) });
  const contexts = { list: async () => ({ contexts: [cluster.context], problems: [] }), open: async () => success(cluster) };
  Object.assign(answers, { 'pick Which Helm': 'web', 'pick Roll web back': 'Revision 1' });
  await rollBackRelease({ ...parts, documents, contexts } as never, undefined);
  assert.match(
    asked.at(-1) ?? '',
    /^offer web from revision 2 back to 1: .*1 deleted.* \(nothing was sent\)\. Helm does it: helm rollback web 1 --namespace shop --kube-context dev$/,
  );
  assert.deepEqual(ran, ['vscode.open', 'vscode.changes']);
  assert.match(texts[0] ?? '', /deleted {4}Secret shop\/web {2}\(not in that revision\)/);
  assert.doesNotMatch(texts.join('\n'), /canary-password|Y2FuYXJ5/);
  assert.deepEqual(cluster.requests, []);
});

test('the command is typed as a shell reads it', () => {
  const revision = (kind: 'Secret' | 'ConfigMap') => {
    const [first] = webRelease;
    return storedRevision(kind, helmStored(first, kind).metadata) ?? assert.fail();
  };
  const cluster = new FakeCluster({ name: "kim's cluster" });
  assert.equal(
    helmCommand(cluster, revision('Secret')),
    "helm rollback web 1 --namespace shop --kube-context 'kim'\\''s cluster'",
  );
  assert.equal(
    helmCommand(new FakeCluster({ name: 'dev' }), revision('ConfigMap')),
    'HELM_DRIVER=configmap helm rollback web 1 --namespace shop --kube-context dev',
  );
});
