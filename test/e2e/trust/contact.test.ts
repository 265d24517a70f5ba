/**
 * A folder that asks for contact: its settings name a clouds.yaml and a kubeconfig whose servers count who calls, and a credential plugin that leaves a mark.
 * Run twice, by e2e.ts: in Restricted Mode nobody may call, whatever one does; in a trusted window the same gestures do call, which proves that
 * the counting counts.
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, it } from 'mocha';
import { commands, extensions, Uri, window, workspace } from 'vscode';

const trusted = process.env['HYBRID_TEST_TRUSTED'] === '1';
const port = Number(process.env['HYBRID_TEST_PORT']);
const mark = process.env['HYBRID_TEST_MARK'] ?? '';

const extension = () =>
  extensions.getExtension('hybrid-clusters.hybrid-clusters') ?? assert.fail('VS Code did not load the extension');
const declared = (): string[] => extension().packageJSON.contributes.commands.map(({ command }: { command: string }) => command);
/** These wait for an answer of a person whatever happens, or open a dialog of the editor. */
const ASKING = /\.(?:addCloud|addKubeconfig|getStarted)$/;

describe(trusted ? 'a trusted folder' : 'Restricted Mode', () => {
  let calls = 0;
  let server: Server;

  before((done) => {
    server = createServer((socket) => {
      calls++;
      socket.destroy();
    }).listen(port, '127.0.0.1', () => done());
  });
  after((done) => void server.close(() => done()));

  it('is what this window is', () => assert.equal(workspace.isTrusted, trusted));

  it('opens the folder that asks for contact', () => {
    const folder = workspace.workspaceFolders?.[0]?.uri ?? assert.fail('no folder is open');
    assert.ok(existsSync(join(folder.fsPath, '.vscode/settings.json')));
  });

  it(trusted ? 'contacts what the folder names' : 'contacts nothing and starts nothing, whatever one does', async () => {
    await extension().activate();
    for (const view of ['clouds', 'clusters', 'deployments']) await commands.executeCommand(`hybridClusters.${view}.focus`);
    for (const file of ['shop/service.yaml', 'storage/classes.yaml']) await lookAt(file);
    for (const command of declared().filter((id) => !ASKING.test(id))) {
      await attempt(command);
      if (trusted && calls > 0) break;
    }
    for (let waited = 0; waited < 3000 && !(trusted && calls > 0); waited += 100) await sleep(100);
    if (trusted) assert.ok(calls > 0, 'nobody called, so the test above would see nothing either');
    else assert.deepEqual({ calls, plugin: existsSync(mark) }, { calls: 0, plugin: false });
  });
});

/** What the editor asks of an extension when somebody reads a file. */
async function lookAt(path: string): Promise<void> {
  const folder = workspace.workspaceFolders?.[0]?.uri ?? assert.fail('no folder is open');
  const document = await workspace.openTextDocument(Uri.joinPath(folder, path));
  const { selection } = await window.showTextDocument(document);
  await commands.executeCommand('vscode.executeHoverProvider', document.uri, selection.active);
  await commands.executeCommand('vscode.executeCompletionItemProvider', document.uri, selection.active);
  await commands.executeCommand('vscode.executeCodeLensProvider', document.uri);
}

/** Runs a command and dismisses whatever it asks. A refusal is an answer, too. */
async function attempt(command: string): Promise<void> {
  const run = Promise.resolve(commands.executeCommand(command)).catch(() => undefined);
  for (let tries = 0; tries < 10; tries++) {
    const ended = await Promise.race([run.then(() => true), sleep(200).then(() => false)]);
    if (ended) return;
    await commands.executeCommand('workbench.action.closeQuickOpen');
  }
}
