import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { commands, extensions } from 'vscode';

const extension = () =>
  extensions.getExtension('hybrid-clusters.hybrid-clusters') ?? assert.fail('VS Code did not load the extension');

describe('activation', () => {
  it('activates without an error', async () => {
    await extension().activate();
    assert.equal(extension().isActive, true);
  });

  it('registers every command that package.json declares', async () => {
    await extension().activate();
    const registered = new Set(await commands.getCommands(true));
    const declared: { command: string }[] = extension().packageJSON.contributes.commands;
    assert.ok(declared.length > 0);
    assert.deepEqual(
      declared.map(({ command }) => command).filter((id) => !registered.has(id)),
      [],
    );
  });
});
