/** From a link in a hover to a row, from a row to its details: the commands about rows, against the live cloud and cluster. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, describe, it } from 'mocha';
import { commands, type DocumentLink, env, type Hover, MarkdownString, window } from 'vscode';
import type { HybridClustersApi } from '../../../src/host/publicApi.ts';
import { bind, DEMO, eventually, extension, open, testApi } from './testbed.ts';

const NAMESPACE = 'rows-in-window';
const kubectl = (...args: string[]) => execFileSync(process.env['HYBRID_TEST_KUBECTL'] ?? 'kubectl', args, { encoding: 'utf8' });
const run = (id: string, ...args: readonly unknown[]) => commands.executeCommand(`hybridClusters.${id}`, ...args);

describe('rows', () => {
  const selected = (name: string) =>
    eventually(`${name} is selected`, async () => (await testApi()).trees.selected.find(({ row }) => row.name === name)?.row);
  /** What a command about the selected row opens; called again where the row was just read anew, and nothing selected. */
  const openedBy = (command: string, part: string, end: string) =>
    eventually(`${command} opens ${end} with ${part}`, async () => {
      await run(command);
      const document = window.activeTextEditor?.document;
      return document?.uri.path.endsWith(end) && document.getText().includes(part) ? document : undefined;
    });

  before(async () => {
    await bind(DEMO);
    kubectl('create', 'namespace', NAMESPACE);
    kubectl('create', 'secret', 'generic', 'door', '-n', NAMESPACE, '--from-literal=key=open-sesame');
  });
  after(async () => {
    kubectl('delete', 'namespace', NAMESPACE, '--wait=false');
    await bind(undefined);
  });

  it('are selected by the link of a hover', async () => {
    const template = await open('machines/workers.yaml');
    const links = await eventually('a hover with a link', async () => {
      for (let line = 0; line < template.lineCount; line++) {
        const position = template.lineAt(line).range.end.translate(0, template.lineAt(line).text.length > 1 ? -1 : 0);
        const hovers = await commands.executeCommand<Hover[]>('vscode.executeHoverProvider', template.uri, position);
        const text = hovers
          .flatMap(({ contents }) => contents.map((one) => (one instanceof MarkdownString ? one.value : '')))
          .join();
        const [, query] = /command:hybridClusters\.reveal\?([^)\s]+)/.exec(text) ?? [];
        if (query) return JSON.parse(decodeURIComponent(query)) as { id: string; kind: string }[];
      }
      return undefined;
    });
    await run('reveal', ...links);
    await eventually('its row is selected', async () => {
      const [node] = (await testApi()).trees.selected;
      return node?.row.key?.endsWith(`/${encodeURIComponent(links[0]?.id ?? '')}`) ? node : undefined;
    });
    await run('copyId');
    assert.equal(await env.clipboard.readText(), links[0]?.id);
  });

  it('are found by name; their details are told as YAML and JSON, with links to their kin', async () => {
    const { prompts } = await testApi();
    const before = { ...prompts };
    let name = '';
    Object.assign(prompts, {
      pick: async (choices: { label: string; value: unknown }[] | Promise<{ label: string; value: unknown }[]>) => {
        const [first] = await choices;
        name = first?.label ?? '';
        return first?.value;
      },
    });
    try {
      await run('findResource', { kind: 'network.subnet' });
    } finally {
      Object.assign(prompts, before);
    }
    const { id } = await selected(name);
    await run('copyName');
    assert.equal(await env.clipboard.readText(), name);
    const json = await openedBy('openJson', 'network_id', '.json');
    assert.equal(JSON.parse(json.getText()).id, id);
    const yaml = await openedBy('openDetails', `id: ${id}`, '.yaml');
    const links = await commands.executeCommand<DocumentLink[]>('vscode.executeLinkProvider', yaml.uri);
    const [line] = links.filter(({ range }) => yaml.lineAt(range.start.line).text.startsWith('network_id'));
    const [key] = JSON.parse(line?.target?.query ?? '[]') as string[];
    await run('reveal', key);
    await eventually('the network is selected', async () => (await testApi()).trees.selected.find(({ row }) => row.key === key));
  });

  it('of secrets keep what they hold to themselves', async () => {
    await run('reveal', `kubernetes/sandbox-admin//Secret/${NAMESPACE}/door`);
    await selected('door');
    for (const [command, end] of [
      ['openDetails', '.yaml'],
      ['openJson', '.json'],
    ] as const) {
      const document = await openedBy(command, 'door', end);
      assert.doesNotMatch(document.getText(), /open-sesame|b3Blbi1zZXNhbWU/);
      assert.match(document.getText(), /"?data"?: "\*{3}"/);
    }
  });

  it('are revealed for another extension', async () => {
    const { v1 }: HybridClustersApi = extension().exports;
    await v1.reveal({ context: 'sandbox-admin', apiVersion: 'v1', kind: 'Node', name: 'k8s-prod-worker-1' });
    await selected('k8s-prod-worker-1');
  });
});
