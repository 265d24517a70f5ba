/** A kubeconfig of the clipboard goes into a file: shown without secrets, written after two yeses, for its owner alone. */
import '../support/withoutEditor.ts';
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { editorParts } from '../support/editorParts.ts';
import { fakeCloud } from '../support/fakeCloud.ts';

const vscode = await import('vscode');
const { takeKubeconfig } = await import('../../src/commands/importKubeconfig.ts');

const GIVEN = `
clusters: [{name: lab, cluster: {server: 'https://lab.example:6443'}}]
users: [{name: kim, user: {token: canary, exec: {command: kubelogin}}}]
contexts: [{name: lab, context: {cluster: lab, user: kim}}]
`;

test('from the clipboard into a file that was not there, which is read from then on', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'import-'));
  const file = join(folder, 'more');
  const { parts, asked, answers, logged } = editorParts(fakeCloud('project: demo'));
  const shown: string[] = [];
  const settings: unknown[] = [];
  const documents = {
    provide: (path: string, load: () => string, { side }: { side: string }) => shown.push(`${side} of ${path}\n${load()}`),
  };
  Object.assign(vscode.env, { clipboard: { readText: async () => GIVEN } });
  Object.assign(vscode.workspace, {
    getConfiguration: () => ({ get: () => [], update: async (...change: unknown[]) => settings.push(change.slice(0, 2)) }),
  });
  const contexts = { list: async () => ({ contexts: [], problems: [], files: [] }) };
  const take = () => takeKubeconfig({ ...parts, documents, contexts } as never, 'clipboard');
  try {
    answers['pick Into which'] = 'Another file…';
    answers['saveAs Into which'] = file;
    answers['offer This would'] = 'Save…';
    await take();
    await assert.rejects(stat(file));
    assert.deepEqual(asked, [
      'pick Into which kubeconfig does lab go?',
      'saveAs Into which kubeconfig does lab go? [imported.kubeconfig]',
      `offer This would be the change of ${file}. Nothing is written yet.`,
      `confirm Add context lab to ${file}? | Its credentials then lie in that file: it will be readable by you alone (mode 0600). It signs in by running kubelogin; you are asked before that.`,
    ]);
    answers['confirm Add'] = true;
    await take();
    assert.match(await readFile(file, 'utf8'), /token: canary[\s\S]*current-context: lab/);
    assert.equal(((await stat(file)).mode & 0o777).toString(8), '600');
    assert.deepEqual(settings, [['kubeconfig.files', [file]]]);
    await take();
    assert.equal(asked.at(-1), `offer ${file} holds all of it already. Nothing is written.`);
    assert.match(shown.join('\n'), /after of clipboard\/more\.yaml[\s\S]*token: \*\*\*/);
    assert.doesNotMatch([...shown, ...asked, ...logged].join('\n'), /canary/);
  } finally {
    await rm(folder, { recursive: true });
  }
});
