/** The whole server over the wire: what it says it can do, and that each request reaches its feature. */
import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import {
  createConnection,
  createProtocolConnection,
  type DocumentSymbol,
  type InitializeResult,
  ProposedFeatures,
  type ProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import { silentLogger } from '../../src/base/logger.ts';
import { startServer } from '../../src/language/connection.ts';
import { type FindParams, type KubernetesFindParams, notifications, requests, type WorkspaceFiles } from '../../src/protocol.ts';

const uri = 'file:///shop/web.yaml';
const id = 'e53fcbba-52b1-4c7e-9a48-0c1f5f7f0b11';
const text = `apiVersion: v1
kind: Service
metadata:
  name: web
  annotations:
    loadbalancer.openstack.org/network-id: ${id}
    loadbalancer.openstack.org/subnet-id: ${id.replace('e', 'f')}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  defaultBackend: {service: {name: web}}
  tls: [{secretName: web-tls}]
`;
const binding = { cloud: 'demo', context: 'sandbox', namespace: 'shop' };
const secret = {
  uri: 'file:///shop/tls.yaml',
  text: 'apiVersion: v1\nkind: Secret\nmetadata: {name: web-tls}\n',
  binding,
};

async function started(options: object = { answers: Object.values(requests) }, snippetSupport = true) {
  const live = { verdict: 'missing' };
  const [up, down] = [new PassThrough(), new PassThrough()];
  startServer(createConnection(ProposedFeatures.all, new StreamMessageReader(up), new StreamMessageWriter(down)), silentLogger);
  const client = createProtocolConnection(new StreamMessageReader(down), new StreamMessageWriter(up));
  const refreshed = new Promise<void>((resolve) => client.onRequest('workspace/semanticTokens/refresh', () => resolve()));
  client.onRequest(requests.binding, () => ({ epoch: 1, value: { binding, place: 'project demo' } }));
  client.onRequest(requests.kubernetesFind, ({ objects }: KubernetesFindParams) => ({
    epoch: 1,
    value: objects.map(() => live.verdict),
  }));
  client.onRequest(requests.workspaceManifests, (): WorkspaceFiles => ({ files: [secret], complete: true }));
  client.onRequest(requests.list, () => ({ epoch: 1, value: { items: [], incomplete: false } }));
  client.onRequest(requests.find, ({ queries }: FindParams) => ({
    epoch: 1,
    value: queries.map(({ kind, query }) =>
      query.value === id
        ? { verdict: 'found', matches: [{ kind, id, name: 'private', columns: [] }] }
        : { verdict: 'unknown', reason: 'offline', message: 'Nobody answers.' },
    ),
  }));
  client.listen();
  const { capabilities } = await client.sendRequest<InitializeResult>('initialize', {
    processId: null,
    rootUri: null,
    capabilities: {
      workspace: { semanticTokens: { refreshSupport: true } },
      textDocument: { completion: { completionItem: { snippetSupport } } },
    },
    initializationOptions: options,
  });
  await client.sendNotification('initialized', {});
  await client.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId: 'yaml', version: 1, text } });
  // Links wait for the check of the file: from then on it is read.
  await client.sendRequest('textDocument/documentLink', { textDocument: { uri } });
  return { client, capabilities, refreshed, live };
}

const at = (line: number, character: number) => ({ textDocument: { uri }, position: { line, character } });
const ask = <T>(client: ProtocolConnection, method: string, params: object = { textDocument: { uri } }) =>
  client.sendRequest<T>(method, params);

describe('the language server edits', () => {
  it('says what it can do', async () => {
    const { capabilities } = await started();
    const told = Object.keys(capabilities).filter((name) =>
      /Symbol|folding|selection|semantic|Highlight|definition|references|rename/.test(name),
    );
    assert.deepEqual(told.sort(), [
      'definitionProvider',
      'documentHighlightProvider',
      'documentSymbolProvider',
      'foldingRangeProvider',
      'referencesProvider',
      'renameProvider',
      'selectionRangeProvider',
      'semanticTokensProvider',
      'workspaceSymbolProvider',
    ]);
  });

  it('outlines, folds and selects', async () => {
    const { client } = await started();
    const symbols = await ask<DocumentSymbol[]>(client, 'textDocument/documentSymbol');
    assert.deepEqual(
      symbols.map(({ name }) => name),
      ['Service web', 'Ingress web'],
    );
    const folds = await ask<{ startLine: number }[]>(client, 'textDocument/foldingRange');
    assert.deepEqual(
      folds.map(({ startLine }) => startLine),
      [0, 2, 4, 7, 11],
    );
    const [selection] = await ask<{ range: object }[]>(client, 'textDocument/selectionRange', {
      textDocument: { uri },
      positions: [{ line: 3, character: 9 }],
    });
    assert.deepEqual(selection?.range, { start: { line: 3, character: 8 }, end: { line: 3, character: 11 } });
  });

  it('tells a reference that was found from one that could not be checked, as soon as it is known', async () => {
    const { client, refreshed } = await started();
    await refreshed;
    const { data } = await ask<{ data: number[] }>(client, 'textDocument/semanticTokens/full');
    assert.deepEqual(data, [5, 43, 36, 0, 1, 1, 42, 36, 0, 2]);
    const range = { start: { line: 8, character: 0 }, end: { line: 12, character: 0 } };
    assert.deepEqual(await ask(client, 'textDocument/semanticTokens/range', { textDocument: { uri }, range }), { data: [] });
  });

  it('leads to a file that is not open, and renames in it', async () => {
    const { client } = await started();
    const found = await ask<{ uri: string }[]>(client, 'textDocument/definition', at(13, 22));
    assert.deepEqual(
      found.map((one) => one.uri),
      [secret.uri],
    );
    const all = { ...at(13, 22), context: { includeDeclaration: true } };
    assert.equal((await ask<object[]>(client, 'textDocument/references', all)).length, 2);
    assert.deepEqual(await ask(client, 'textDocument/prepareRename', at(13, 22)), {
      start: { line: 13, character: 21 },
      end: { line: 13, character: 28 },
    });
    const edit = await ask<{ changes: object }>(client, 'textDocument/rename', { ...at(13, 22), newName: 'tls' });
    assert.deepEqual(Object.keys(edit.changes), [uri, secret.uri]);
    await assert.rejects(ask(client, 'textDocument/rename', { ...at(13, 22), newName: 'No name' }), /can be no name of a Secret/);
    await assert.rejects(ask(client, 'textDocument/prepareRename', at(0, 2)), /Here is no name of an object/);
  });

  it('highlights, and finds objects by name', async () => {
    const { client } = await started();
    assert.equal((await ask<object[]>(client, 'textDocument/documentHighlight', at(12, 35))).length, 2);
    const found = await ask<{ name: string }[]>(client, 'workspace/symbol', { query: 'web' });
    assert.deepEqual(
      found.map(({ name }) => name),
      ['Service web', 'Ingress web', 'Secret web-tls'],
    );
  });

  it('knows of open files only where the client tells of no others', async () => {
    const { client } = await started({});
    assert.deepEqual(await ask(client, 'textDocument/definition', at(13, 22)), []);
    assert.equal((await ask<object[]>(client, 'textDocument/definition', at(12, 35))).length, 1);
  });

  it('offers manifests to begin with to a client that takes texts with places', async () => {
    const file = { uri: 'untitled:new', languageId: 'yaml', version: 1, text: 'Serv' };
    for (const support of [true, false]) {
      const { client } = await started({ answers: Object.values(requests) }, support);
      await client.sendNotification('textDocument/didOpen', { textDocument: file });
      const position = { line: 0, character: 4 };
      const list = await ask<{ items: { label: string }[] } | null>(client, 'textDocument/completion', {
        textDocument: { uri: file.uri },
        position,
      });
      assert.equal(list?.items.some(({ label }) => label === 'Service with an Octavia load balancer') ?? false, support);
    }
  });

  it('warns of a Secret that is nowhere, until the cluster has it', async () => {
    const { client, live } = await started();
    const text = 'apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {volumes: [{name: v, secret: {secretName: keys}}]}\n';
    const pod = { uri: 'file:///shop/pod.yaml', languageId: 'yaml', version: 1, text };
    const published = (wanted: number) =>
      new Promise<readonly string[]>((resolve) =>
        client.onNotification('textDocument/publishDiagnostics', ({ uri, diagnostics }) => {
          if (uri === pod.uri && diagnostics.length === wanted) resolve(diagnostics.map(({ code }: { code: string }) => code));
        }),
      );
    const warned = published(1);
    await client.sendNotification('textDocument/didOpen', { textDocument: pod });
    assert.deepEqual(await warned, ['object.missing']);
    live.verdict = 'found';
    const quiet = published(0);
    await client.sendNotification(notifications.kubernetesDidChange, { epoch: 1 });
    assert.deepEqual(await quiet, []);
  });

  it('gives diagnostics to who asks for them, sends them to everybody else, and to nobody both ways', async () => {
    for (const pullDiagnostics of [true, false]) {
      const { client, capabilities } = await started({ answers: [], pullDiagnostics });
      assert.equal(capabilities.diagnosticProvider !== undefined, pullDiagnostics);
      const sent: string[] = [];
      client.onNotification('textDocument/publishDiagnostics', ({ uri }) => void sent.push(uri));
      const broken = {
        uri: 'file:///shop/broken.yaml',
        languageId: 'yaml',
        version: 1,
        text: 'apiVersion: v1\nkind: Pod\na: 1\na: 2\n',
      };
      await client.sendNotification('textDocument/didOpen', { textDocument: broken });
      const { items } = await ask<{ items: { code: string }[] }>(client, 'textDocument/diagnostic', {
        textDocument: { uri: broken.uri },
      });
      assert.deepEqual(
        items.map(({ code }) => code),
        ['yaml.duplicateKey'],
      );
      assert.equal(sent.includes(broken.uri), !pullDiagnostics);
    }
  });
});
