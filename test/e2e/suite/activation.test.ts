import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { commands } from 'vscode';
import { extension } from './testbed.ts';

/** VS Code adds these to every view by itself. */
const OF_A_VIEW = /\.(?:focus|open|resetViewLocation|removeView|toggleVisibility)$/;

describe('activation', () => {
  it('activates without an error', async () => {
    await extension().activate();
    assert.equal(extension().isActive, true);
  });

  it('registers every command that package.json declares, and no other', async () => {
    await extension().activate();
    const registered = (await commands.getCommands(true)).filter((id) => id.startsWith('hybridClusters.') && !OF_A_VIEW.test(id));
    const declared: { command: string }[] = extension().packageJSON.contributes.commands;
    assert.deepEqual(registered.sort(), declared.map(({ command }) => command).sort());
  });
});
