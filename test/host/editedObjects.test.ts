/** Objects that are edited, as the editor sees them: when it may save, where it marks what is wrong, when it reads anew. */
import '../support/withoutEditor.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failed, type Result, success } from '../../src/base/failure.ts';

const vscode = await import('vscode');
const { EditedObjects } = await import('../../src/host/editedObjects.ts');

const address = { context: 'prod', apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'a' };

test('an object is saved by hand only, what is wrong is marked at its line, and a saved text is read anew', async () => {
  let willSave: (event: unknown) => void = () => undefined;
  const marks: string[] = [];
  Object.assign(vscode.workspace, {
    onWillSaveTextDocument: (listener: typeof willSave) => {
      willSave = listener;
      return { dispose() {} };
    },
  });
  Object.assign(vscode.languages, {
    createDiagnosticCollection: () => ({
      set: (_: unknown, all: readonly { range: { line: number }; message: string }[]) =>
        void marks.push(all.map(({ range, message }) => `${range.line}: ${message}`).join()),
      delete() {},
      dispose() {},
    }),
  });
  const saved: string[] = [];
  let outcome: Result<void> = success(undefined);
  let readOnly = false;
  const texts = {
    read: async () => success({ text: `version ${saved.length}`, readOnly }),
    save: async (_: unknown, text: string) => {
      saved.push(text);
      return outcome;
    },
  };
  let loads = 0;
  const files = new EditedObjects(async () => {
    loads++;
    return texts;
  });
  const uri = EditedObjects.uriOf(address);
  assert.deepEqual([uri.scheme, uri.path], ['hybrid-clusters-edit', '/prod/shop/ConfigMap a.yaml']);
  const save = (reason: number) => {
    willSave({ document: { uri }, reason });
    return files.writeFile(uri, Buffer.from('mine'));
  };

  assert.equal(Buffer.from(await files.readFile(uri)).toString(), 'version 0');
  const before = await files.stat(uri);
  assert.deepEqual([before.size, before.permissions], ['version 0'.length, undefined]);
  await assert.rejects(save(vscode.TextDocumentSaveReason.AfterDelay), /save by hand/);
  assert.deepEqual(saved, []);

  outcome = failed('invalid', 'Line 3: no such field.', { at: { file: 'f', line: 3 } });
  await assert.rejects(save(vscode.TextDocumentSaveReason.Manual), /Line 3: no such field/);
  outcome = success(undefined);
  await save(vscode.TextDocumentSaveReason.Manual);
  assert.deepEqual(marks, ['2: Line 3: no such field.', '']);
  assert.equal(loads, 1, 'who made the text is asked when it is saved');
  assert.equal((await files.stat(uri)).size, 'mine'.length);
  await new Promise((resolve) => setTimeout(resolve, 300));
  readOnly = true;
  const after = await files.stat(uri);
  assert.deepEqual([after.size, after.permissions], ['version 2'.length, vscode.FilePermission.Readonly]);
  await assert.rejects(files.readFile({ ...uri, query: '{}' } as never), /FileNotFound/);
  files.dispose();
});
