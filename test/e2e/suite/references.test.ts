/** The mistake in `shop/service.yaml`, found, fixed and looked at through the editor's own interfaces, against the live cloud. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, it } from 'mocha';
import {
  type CodeAction,
  type CompletionList,
  commands,
  type Hover,
  MarkdownString,
  Position,
  type TextDocument,
  WorkspaceEdit,
  workspace,
} from 'vscode';
import { bind, codeOf, DEMO, eventually, extension, findings, open, printed } from './testbed.ts';

const WRONG = '7d0e6f3a-52b1-4c7e-9a48-0c1f5f7f0b11';

describe('references of a manifest', () => {
  let service: TextDocument;
  const wrong = () => findings(service).find(({ range }) => service.getText(range).includes(WRONG));

  before(async () => {
    await extension().activate();
    await bind(undefined);
    service = await open('shop/service.yaml');
  });
  after(() => bind(undefined));

  it('are not looked up while the folder is bound to nothing', async () => {
    await sleep(1500);
    assert.deepEqual(printed(service), []);
  });

  it('are underlined once it is bound: what, where it was looked for', async () => {
    await bind(DEMO);
    const finding = await eventually('the wrong network id is underlined', wrong);
    assert.equal(codeOf(finding), 'reference.missing');
    assert.match(finding.message, /network/i);
    assert.match(finding.message, /project demo \(cloud demo(?:, RegionOne)?\)/);
  });

  it('are completed with the names of the cloud', async () => {
    const position = positionOf(service, WRONG);
    const list = await commands.executeCommand<CompletionList>('vscode.executeCompletionItemProvider', service.uri, position);
    const labels = list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
    assert.ok(labels.includes('private') && labels.includes('public'), labels.join(', '));
  });

  it('are fixed by a quick fix, after which nothing is underlined', async () => {
    const finding = wrong() ?? assert.fail('nothing is underlined');
    const actions = await commands.executeCommand<CodeAction[]>('vscode.executeCodeActionProvider', service.uri, finding.range);
    const fix =
      actions.find(({ title }) => /^Use "private"/.test(title)) ?? assert.fail(actions.map(({ title }) => title).join('\n'));
    assert.ok(await workspace.applyEdit(fix.edit ?? new WorkspaceEdit()));
    assert.ok(!service.getText().includes(WRONG));
    await eventually('the finding is gone', () => (findings(service).length === 0 ? true : undefined));
  });

  it('show the live resource when hovered', async () => {
    const line = service.lineAt(positionOf(service, 'network-id').line);
    const position = line.range.end.translate(0, -5);
    const hovers = await eventually('a hover', async () => {
      const found = await commands.executeCommand<Hover[]>('vscode.executeHoverProvider', service.uri, position);
      return found.length > 0 ? found : undefined;
    });
    const text = hovers
      .flatMap(({ contents }) => contents.map((part) => (part instanceof MarkdownString ? part.value : String(part))))
      .join('\n');
    assert.match(text, /private/);
    assert.match(text, /ACTIVE/);
  });

  it('are forgotten when the folder is unbound', async () => {
    const types = await open('storage/classes.yaml');
    await eventually('the wrong volume type is underlined', () => (printed(types).length > 0 ? true : undefined), 30_000);
    await bind(undefined);
    await eventually('nothing is underlined', () => (printed(types).length === 0 ? true : undefined));
  });
});

function positionOf(document: TextDocument, text: string): Position {
  const offset = document.getText().indexOf(text);
  return offset < 0 ? new Position(0, 0) : document.positionAt(offset);
}
