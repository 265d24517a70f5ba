/** The language server is killed: it comes back by itself, and with it what it had to say. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, describe, it } from 'mocha';
import { Position, type TextDocument, WorkspaceEdit, window, workspace } from 'vscode';
import { bind, DEMO, eventually, open, printed } from './testbed.ts';

const onLinux = process.platform === 'linux';

describe('the language server', () => {
  let classes: TextDocument;

  before(async () => {
    await bind(DEMO);
    classes = await open('storage/classes.yaml');
  });
  after(async () => {
    await window.showTextDocument(classes);
    await workspace.save(classes.uri);
    await bind(undefined);
  });

  // Child processes are found by /proc.
  (onLinux ? it : it.skip)(
    'is started again when it is killed, and finds the mistake where it stands by then',
    async function () {
      this.timeout(30_000);
      const said = await eventually('the wrong volume type is underlined', () => printed(classes)[0]);
      const killed = await eventually('its process', serverProcess);
      process.kill(killed, 'SIGKILL');
      const edit = new WorkspaceEdit();
      edit.insert(classes.uri, new Position(0, 0), '# one line down\n');
      assert.ok(await workspace.applyEdit(edit));
      const [line = '', ...rest] = said.split(':');
      const moved = [Number(line) + 1, ...rest].join(':');
      await eventually(`"${moved}"`, () => (printed(classes).includes(moved) ? true : undefined));
      assert.notEqual(serverProcess(), killed);
    },
  );
});

/** The process id of the language server, a child of this extension host. */
function serverProcess(): number | undefined {
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const parent = /\) \S (\d+) /.exec(readFileSync(`/proc/${entry}/stat`, 'utf8'))?.[1];
      if (Number(parent) === process.pid && readFileSync(`/proc/${entry}/cmdline`, 'utf8').includes('dist/server.js'))
        return Number(entry);
    } catch {
      // It ended while we looked.
    }
  }
  return undefined;
}
