/** A Helm release opened, revealed and compared from the palette. */
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
const { compareRelease, openRelease } = await import('../../src/commands/openRelease.ts');

function world() {
  const cluster = new FakeCluster({ name: 'dev' });
  const stored = webRelease.map((release) => cluster.put(helmStored(release)));
  Object.assign(cluster, {
    table: async ({ kind }: { kind: string }) =>
      success({ columns: [], rows: kind === 'Secret' ? stored.map((object) => ({ cells: [], object })) : [] }),
  });
  const { parts, asked, answers } = editorParts(fakeCloud('project: demo'));
  const shown: string[] = [];
  const loads: (() => Promise<string> | string)[] = [];
  const documents = {
    provide: (path: string, load: () => Promise<string> | string, { side = '' }: { side?: string } = {}) => {
      shown.push(`${side}${side && ' of '}${path}`);
      loads.push(load);
    },
  };
  Object.assign(vscode.commands, { executeCommand: async (command: string) => shown.push(command) });
  const contexts = { list: async () => ({ contexts: [cluster.context], problems: [] }), open: async () => success(cluster) };
  const texts = () => Promise.all(loads.map((load) => load()));
  return { parts: { ...parts, documents, contexts } as never, asked, answers, shown, texts, cluster };
}

test('a part of a release that is picked is opened without its secrets', async () => {
  const { parts, asked, answers, shown, texts } = world();
  Object.assign(answers, { 'pick Which Helm': 'web', 'pick What of web': 'Values' });
  await openRelease(parts, undefined, false);
  assert.deepEqual(asked, ['pick Which Helm release?', 'pick What of web?']);
  assert.deepEqual(shown, ['dev/shop/web Values 2.yaml', 'vscode.open']);
  assert.match((await texts()).join(), /adminPassword: "\*\*\*"/);
});

test('with them after a yes only', async () => {
  const { parts, answers, shown, texts } = world();
  Object.assign(answers, { 'pick Which Helm': 'web', 'pick What of web': 'Notes' });
  await openRelease(parts, undefined, true);
  assert.deepEqual(shown, []);
  answers['confirm Show Notes of web · revision 2 with its secrets?'] = true;
  await openRelease(parts, undefined, true);
  assert.deepEqual(shown, ['revealed of dev/shop/web Notes 2.txt', 'vscode.open']);
  assert.deepEqual(await texts(), ['Log in with canary-password.\n']);
});

test('two revisions are compared, masked; the first one has nothing to be compared with', async () => {
  const { parts, asked, answers, shown, texts, cluster } = world();
  answers['pick Which Helm'] = 'web';
  await compareRelease(parts, undefined);
  assert.deepEqual(shown, ['before of dev/shop/web Manifest 2.yaml', 'after of dev/shop/web Manifest 2.yaml', 'vscode.diff']);
  const [before = '', after = ''] = await texts();
  assert.match(before, /^# values\n\{\}\n---\n# Source: nginx\/templates\/cm\.yaml\n/);
  assert.match(after, /^# values\nreplicas: 3\n/);
  assert.doesNotMatch(before + after, /canary|Y2FuYXJ5/);
  const revision = storedRevision('Secret', helmStored(webRelease[0]).metadata);
  assert.ok(revision);
  await compareRelease(parts, { of: 'release', cluster, revision, part: 'values' });
  assert.equal(asked.at(-1), 'offer web has no earlier revision to compare with.');
});
