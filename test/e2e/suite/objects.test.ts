/** An object in a real editor: opened by the command, edited, saved back, read again. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { commands, Range, type TextDocument, WorkspaceEdit, window, workspace } from 'vscode';
import { bind, DEMO, eventually, testApi } from './testbed.ts';

type Choices = readonly { readonly label: string; readonly value: unknown }[];

describe('objects', () => {
  before(() => bind(DEMO));
  after(() => bind(undefined));

  it('are opened, edited and saved back', async () => {
    const { prompts } = await testApi();
    const usual = { ...prompts };
    Object.assign(prompts, {
      pick: async (choices: Choices | Promise<Choices>) => {
        const all = await choices;
        return (all.find(({ label }) => label === 'backups') ?? all[0])?.value;
      },
    });
    try {
      await commands.executeCommand('hybridClusters.openObject');
      const document = await eventually('an object in an editor', () => {
        const shown = window.activeTextEditor?.document;
        return shown?.uri.scheme === 'hybrid-clusters-object' ? shown : undefined;
      });
      const text = document.getText();
      const stored = async () => Buffer.from(await workspace.fs.readFile(document.uri)).toString();
      try {
        await save(document, 'edited in a window');
        assert.equal(await stored(), 'edited in a window');
      } finally {
        await save(document, text);
      }
      assert.equal(await stored(), text);
    } finally {
      Object.assign(prompts, usual);
    }
  });
});

async function save(document: TextDocument, text: string): Promise<void> {
  const edit = new WorkspaceEdit();
  edit.replace(document.uri, new Range(0, 0, document.lineCount, 0), text);
  assert.ok(await workspace.applyEdit(edit));
  assert.ok(await document.save());
}
