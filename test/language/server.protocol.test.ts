import assert from 'node:assert/strict';
import { Duplex } from 'node:stream';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import {
  createConnection,
  createProtocolConnection,
  type Diagnostic,
  ProposedFeatures,
  type ProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import { silentLogger } from '../../src/base/logger.ts';
import { startServer } from '../../src/language/connection.ts';
import { pageLineOf } from '../../src/manifest/codes.ts';
import { toFacts } from '../../src/openstack/display.ts';
import type { Project } from '../../src/openstack/project.ts';
import {
  type BindingAnswer,
  type CheckDidRunParams,
  checkDidRun,
  type FactsLookup,
  type FindParams,
  type ListParams,
  notifications,
  requests,
} from '../../src/protocol.ts';
import { fakeCloud } from '../support/fakeCloud.ts';

const uri = 'file:///shop/service.yaml';
const world = `
network.network:
  - { id: e53fcbba-52b1-4c7e-9a48-0c1f5f7f0b11, name: private, status: ACTIVE, router:external: false }
  - { id: 1ca1ab1e-9d1c-4f02-8b33-7aa2c4d5e6f7, name: public, status: ACTIVE, router:external: true }
`;
const service = (id: string) => `apiVersion: v1
kind: Service
metadata:
  name: web
  annotations:
    loadbalancer.openstack.org/network-id: ${id}
`;

/** A client and the whole server, joined by two streams in memory. The client answers for a cloud made from a text. */
class TestConnection {
  readonly client: ProtocolConnection;
  readonly published: { uri: string; version?: number; diagnostics: Diagnostic[] }[] = [];
  readonly runs: CheckDidRunParams[] = [];
  project: Project = fakeCloud(world);
  binding: BindingAnswer = { binding: { cloud: 'demo' }, place: 'project demo (cloud demo, RegionOne)', user: 'alice' };
  epoch = 1;
  asked = 0;
  delayMs = 0;

  constructor() {
    const [up, down] = [new Pipe(), new Pipe()];
    startServer(createConnection(ProposedFeatures.all, new StreamMessageReader(up), new StreamMessageWriter(down)), silentLogger);
    this.client = createProtocolConnection(new StreamMessageReader(down), new StreamMessageWriter(up));
    this.client.onNotification('textDocument/publishDiagnostics', (params) => void this.published.push(params));
    this.client.onNotification(checkDidRun, (params: CheckDidRunParams) => void this.runs.push(params));
    this.client.onRequest(requests.binding, () => ({ epoch: this.epoch, value: this.binding }));
    this.client.onRequest(requests.find, (params: FindParams) => this.#find(params));
    this.client.onRequest(requests.list, async ({ kind }: ListParams) => {
      const listed = await this.project.list(kind);
      return {
        epoch: this.epoch,
        value: { items: listed.ok ? listed.value.items.map((item) => toFacts(kind, item)) : [], incomplete: false },
      };
    });
    this.client.listen();
  }

  async start(initializationOptions: object = { answers: Object.values(requests) }, capabilities: object = {}): Promise<this> {
    await this.client.sendRequest('initialize', { processId: null, rootUri: null, capabilities, initializationOptions });
    await this.client.sendNotification('initialized', {});
    return this;
  }

  open(text: string): Promise<void> {
    return this.client.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId: 'yaml', version: 1, text } });
  }

  type(version: number, line: number, character: number, text: string, length = 0): Promise<void> {
    const range = { start: { line, character }, end: { line, character: character + length } };
    return this.client.sendNotification('textDocument/didChange', {
      textDocument: { uri, version },
      contentChanges: [{ range, text }],
    });
  }

  /** The codes of the last publication, once it holds these. */
  async codes(...expected: string[]): Promise<void> {
    const now = () => this.published.at(-1)?.diagnostics.map(({ code }) => String(code)) ?? [];
    for (let waited = 0; waited < 3000 && (this.published.length === 0 || String(now()) !== String(expected)); waited += 10)
      await delay(10);
    assert.deepEqual(now(), expected);
  }

  /** Waits until the last publication holds these codes, however often; at most a minute. */
  async codesAtLeast(...codes: string[]): Promise<void> {
    const holds = (code: string) => this.published.at(-1)?.diagnostics.some((one) => one.code === code) === true;
    for (let waited = 0; waited < 60_000 && !codes.every(holds); waited += 50) await delay(50);
  }

  ask<T>(method: string, position: { line: number; character: number }): Promise<T> {
    return this.client.sendRequest(method, { textDocument: { uri }, position });
  }

  async #find({ queries }: FindParams) {
    this.asked += 1;
    const { epoch, project } = this;
    await delay(this.delayMs);
    const value = await Promise.all(
      queries.map(async ({ kind, query }): Promise<FactsLookup> => {
        const lookup = await project.find(kind, query);
        if (lookup.verdict === 'unknown')
          return { verdict: 'unknown', reason: lookup.failure.reason, message: lookup.failure.message };
        if (lookup.verdict === 'missing') return { verdict: 'missing', near: lookup.near.map((one) => toFacts(kind, one)) };
        return { verdict: lookup.verdict, matches: lookup.matches.map((one) => toFacts(kind, one)) };
      }),
    );
    return { epoch, value };
  }
}

class Pipe extends Duplex {
  override _write(chunk: unknown, _encoding: string, done: () => void): void {
    this.push(chunk);
    done();
  }
  override _read(): void {}
}

const wrong = '00000bad-8e6f-4e2d-a1b3-fedcba987654';
const right = 'e53fcbba-52b1-4c7e-9a48-0c1f5f7f0b11';

describe('the language server', () => {
  it('underlines an id that no network has, names the place, and offers the networks there are', async () => {
    const server = await new TestConnection().start();
    await server.open(service(wrong));
    await server.codes('reference.missing');
    const [diagnostic] = server.published.at(-1)?.diagnostics ?? [];
    assert.ok(diagnostic);
    assert.match(
      String(diagnostic.message),
      /^No network with id 00000bad… in project demo \(cloud demo, RegionOne\)\. As of \d\d:\d\d\.$/,
    );
    assert.deepEqual(diagnostic.range, { start: { line: 5, character: 43 }, end: { line: 5, character: 79 } });
    const actions = await server.client.sendRequest<
      { title: string; edit?: { changes: Record<string, { newText: string }[]> } }[]
    >('textDocument/codeAction', {
      textDocument: { uri },
      range: diagnostic.range,
      context: { diagnostics: [diagnostic] },
    });
    assert.deepEqual(
      actions.map(({ title, edit }) => [title, edit?.changes[uri]?.[0]?.newText]),
      [
        ['Use "private" (e53fcbba…)', right],
        ['Use "public" (1ca1ab1e…)', '1ca1ab1e-9d1c-4f02-8b33-7aa2c4d5e6f7'],
        ['Show networks…', undefined],
        ['Ignore reference.missing here, with a reason', '    # hybrid-clusters: ignore reference.missing – \n'],
      ],
    );
  });

  it('mends on save what has one right answer, and leaves to the user what only the cloud knows', async () => {
    const server = await new TestConnection().start();
    await server.open(`${service(wrong)}    loadbalancer.openstack.org/keep-floatingip: true\n`);
    await server.codes('annotation.notText', 'reference.missing');
    const asked = (only?: string[]) =>
      server.client.sendRequest<{ kind: string; edit?: { changes: Record<string, object[]> } }[]>('textDocument/codeAction', {
        textDocument: { uri },
        range: { start: { line: 0, character: 0 }, end: { line: 7, character: 0 } },
        context: { diagnostics: [], ...(only ? { only } : {}) },
      });
    const edits = [{ range: { start: { line: 6, character: 48 }, end: { line: 6, character: 52 } }, newText: '"true"' }];
    for (const kind of ['source.fixAll', 'source.fixAll.hybridClusters'])
      assert.deepEqual(
        (await asked([kind])).map((one) => [one.kind, one.edit?.changes[uri]]),
        [['source.fixAll.hybridClusters', edits]],
      );
    assert.deepEqual(await asked(), []);
    await server.type(2, 6, 48, '"true"', 4);
    await server.codes('reference.missing');
    assert.deepEqual(await asked(['source.fixAll']), []);
  });

  it('a comment answers a finding on the next line; without a reason it is asked for one, and a code leads to its page', async () => {
    const findingsPage = 'file:///extension/media/findings.md';
    const server = await new TestConnection().start({ answers: Object.values(requests), findingsPage });
    const comment = '    # hybrid-clusters: ignore reference.missing –';
    const text = service(wrong).replace('annotations:\n', `annotations:\n${comment}\n`);
    await server.open(text);
    await server.codes('suppression.reason');
    const diagnostic = server.published.at(-1)?.diagnostics[0];
    assert.deepEqual(diagnostic?.range.start, { line: 5, character: 4 });
    assert.equal(diagnostic?.codeDescription?.href, `${findingsPage}#L${pageLineOf('suppression.reason')}`);
    await server.type(2, 5, comment.length, ' Terraform makes it');
    await server.codes();
  });

  it('publishes the syntax at once and the references when their answers come', async () => {
    const server = await new TestConnection().start();
    server.delayMs = 100;
    await server.open(`${service(wrong)}---\napiVersion: v1\nkind: ConfigMap\na: 1\na: 2\n`);
    await server.codes('yaml.duplicateKey');
    await server.codes('reference.missing', 'yaml.duplicateKey');
  });

  it('publishes what is known already in the same breath as a keystroke elsewhere in its document', async () => {
    const server = await new TestConnection().start();
    await server.open(`${service(wrong)}# note\n`);
    await server.codes('reference.missing');
    const { asked } = server;
    const before = server.published.length;
    await server.type(2, 6, 6, 's');
    for (let waited = 0; waited < 2000 && server.published.length === before; waited += 10) await delay(10);
    assert.deepEqual(
      server.published.slice(before).map(({ diagnostics }) => diagnostics.map(({ code }) => code)),
      [['reference.missing']],
    );
    assert.equal(server.asked, asked);
  });

  it('reads of a file of 50 MB what is on the screen, says so, and answers meanwhile', async () => {
    const server = await new TestConnection().start();
    const text = `${service(right)}data: {text: ${'x'.repeat(500)}}\n---\n`.repeat(70_000);
    const last = text.split('\n').length - 4;
    await server.open(text);
    const range = { start: { line: last - 5, character: 0 }, end: { line: last, character: 0 } };
    await server.client.sendRequest('textDocument/inlayHint', { textDocument: { uri }, range });
    const start = performance.now();
    await server.ask('textDocument/hover', { line: 5, character: 50 });
    assert.ok(performance.now() - start < 3000);
    await server.type(2, last - 1, 4, 'x: [');
    // What was read before the keystroke may be told first.
    await server.codesAtLeast('yaml.syntax', 'file.partial');
    const told = server.published.at(-1)?.diagnostics ?? [];
    assert.deepEqual([...new Set(told.map(({ code }) => code))], ['yaml.syntax', 'file.partial']);
    assert.ok(told.every(({ code, range: { start } }) => code === 'file.partial' || start.line > last - 10));
  });

  it('lets a newer text overtake the answer about an older one', async () => {
    const server = await new TestConnection().start();
    server.delayMs = 80;
    await server.open(service(wrong));
    await delay(20);
    await server.type(2, 5, 43, right, 36);
    for (let waited = 0; waited < 3000 && server.runs.length === 0; waited += 10) await delay(10);
    assert.ok(
      server.published.every(({ diagnostics }) => diagnostics.length === 0),
      'the old answer was published',
    );
    assert.deepEqual(server.runs.at(-1), { uri, references: 1, wrong: 0, unknown: 0 });
  });

  it('does not accuse a value while it is typed, and does once the hands rest', async () => {
    const server = await new TestConnection().start();
    await server.open(service(right));
    await server.codes();
    await server.type(2, 5, 79, '0');
    await delay(250);
    assert.deepEqual(server.published.at(-1)?.diagnostics, []);
    await server.codes('reference.missing');
  });

  it('asks again when the binding or the cloud changes, and drops answers of an older epoch', async () => {
    const server = await new TestConnection().start();
    await server.open(service(wrong));
    await server.codes('reference.missing');
    server.project = fakeCloud(world.replace(right, wrong));
    server.epoch = 2;
    await server.client.sendNotification(notifications.openstackDidChange, { epoch: 2, kinds: ['network.network'] });
    await server.codes();
    for (let waited = 0; waited < 2000 && server.runs.at(-1)?.wrong !== 0; waited += 10) await delay(10);
    assert.equal(server.runs.at(-1)?.wrong, 0);
  });

  it('accuses nobody when the cloud cannot be asked, and says why', async () => {
    const server = await new TestConnection().start();
    server.project = fakeCloud('network.network: signedOut');
    await server.open(service(wrong));
    for (let waited = 0; waited < 2000 && server.runs.length === 0; waited += 10) await delay(10);
    assert.deepEqual(server.published.at(-1)?.diagnostics, []);
    assert.deepEqual(server.runs.at(-1), { uri, references: 1, wrong: 0, unknown: 1, paused: 'Networks: signedOut.' });
  });

  it('contacts nobody without a binding', async () => {
    const server = await new TestConnection().start();
    server.binding = { binding: undefined, place: undefined };
    await server.open(service(wrong));
    await server.codes();
    await delay(100);
    assert.equal(server.asked, 0);
    assert.deepEqual(server.runs.at(-1), { uri, references: 1, wrong: 0, unknown: 1 });
  });

  it('works for a client that answers nothing: syntax and annotations only', async () => {
    const server = await new TestConnection().start({});
    await server.open(`${service(wrong)}    loadbalancer.openstack.org/keep-floatingip: "yes"\n`);
    await server.codes('annotation.value');
    assert.equal(server.asked, 0);
  });

  it('leaves syntax to another YAML extension, and files that are no manifests alone', async () => {
    const server = await new TestConnection().start({ otherYaml: true });
    await server.open('apiVersion: v1\nkind: A\na: 1\na: 2\n');
    await server.codes();
    const other = await new TestConnection().start();
    await other.open('a: 1\na: 2\n');
    await other.codes();
  });

  it('follows the severities of the user', async () => {
    const server = await new TestConnection().start({ answers: Object.values(requests), severities: { 'reference.*': 'off' } });
    await server.open(service(wrong));
    await delay(200);
    assert.deepEqual(server.published.at(-1)?.diagnostics, []);
  });

  it('offers live names for a value that is not there yet, and inserts ids where ids are wanted', async () => {
    const server = await new TestConnection().start();
    await server.open(service(''));
    const list = await server.ask<{ items: { label: string; textEdit: { newText: string } }[] }>('textDocument/completion', {
      line: 5,
      character: 43,
    });
    assert.deepEqual(
      list.items.map(({ label, textEdit }) => [label, textEdit.newText]),
      [
        ['private', right],
        ['public', '1ca1ab1e-9d1c-4f02-8b33-7aa2c4d5e6f7'],
      ],
    );
  });

  it('offers the annotations that are not there yet', async () => {
    const server = await new TestConnection().start();
    await server.open(`${service(right)}    loadb\n`);
    const list = await server.ask<{ items: { label: string }[] } | null>('textDocument/completion', { line: 6, character: 9 });
    const labels = list?.items.map(({ label }) => label) ?? [];
    assert.ok(labels.includes('loadbalancer.openstack.org/lb-method'));
    assert.ok(!labels.includes('loadbalancer.openstack.org/network-id'));
  });

  it('shows the live resource on hover, its name beside the id, and the way to it', async () => {
    const server = await new TestConnection().start();
    await server.open(service(right));
    for (let waited = 0; waited < 2000 && server.runs.length === 0; waited += 10) await delay(10);
    const hover = await server.ask<{ contents: { value: string } }>('textDocument/hover', { line: 5, character: 50 });
    assert.match(hover.contents.value, /\*\*network\*\* private · ACTIVE/);
    assert.match(hover.contents.value, /command:hybridClusters\.reveal/);
    assert.doesNotMatch(hover.contents.value, /Named by/);
    await server.open(`${service(right)}---\n${service(right).replace('name: web', 'name: api')}`);
    await delay(50);
    const both = await server.ask<{ contents: { value: string } }>('textDocument/hover', { line: 5, character: 50 });
    assert.match(
      both.contents.value,
      /Named by \[Service web\]\(file:\/\/\/shop\/service\.yaml#L6\), \[Service api\]\(file:\/\/\/shop\/service\.yaml#L13\)/,
    );
    const hints = await server.client.sendRequest<{ label: string }[]>('textDocument/inlayHint', {
      textDocument: { uri },
      range: { start: { line: 0, character: 0 }, end: { line: 9, character: 0 } },
    });
    assert.deepEqual(
      hints.map(({ label }) => label),
      ['private', 'private'],
    );
    const links = await server.client.sendRequest<{ tooltip: string }[]>('textDocument/documentLink', { textDocument: { uri } });
    assert.deepEqual(
      links.map(({ tooltip }) => tooltip),
      ['Show private in Clouds', 'Show private in Clouds'],
    );
  });

  it('has links asked for again when what they lead to is gone, though the text is the same', async () => {
    const server = new TestConnection();
    const said: string[] = [];
    server.client.onRequest('client/registerCapability', ({ registrations }) => {
      for (const { method } of registrations) said.push(`+${method}`);
    });
    server.client.onRequest('client/unregisterCapability', ({ unregisterations }) => {
      for (const { method } of unregisterations) said.push(`-${method}`);
    });
    await server.start(undefined, { textDocument: { documentLink: { dynamicRegistration: true } } });
    const links = () => server.client.sendRequest<object[]>('textDocument/documentLink', { textDocument: { uri } });
    await server.open(service(right));
    assert.deepEqual([(await links()).length, said], [1, ['+textDocument/documentLink']]);
    const changed = async () => {
      const runs = server.runs.length;
      server.epoch += 1;
      await server.client.sendNotification(notifications.openstackDidChange, { epoch: server.epoch });
      for (let waited = 0; waited < 3000 && server.runs.length === runs; waited += 10) await delay(10);
      await delay(20);
    };
    await changed();
    assert.deepEqual(said, ['+textDocument/documentLink'], 'nothing changed, nothing is said');
    server.project = fakeCloud(world.replace(right, wrong));
    await changed();
    assert.deepEqual(said.slice(1), ['+textDocument/documentLink', '-textDocument/documentLink']);
    assert.deepEqual(await links(), []);
    server.project = fakeCloud(world);
    await changed();
    assert.deepEqual([(await links()).length, said.length], [1, 5]);
  });

  it('parses a name written by a tenant as text, not as markup', async () => {
    const server = await new TestConnection().start();
    server.project = fakeCloud(world.replace('name: private', 'name: "[x](command:evil) <b>"'));
    await server.open(service(right));
    const hover = await server.ask<{ contents: { value: string } }>('textDocument/hover', { line: 5, character: 50 });
    assert.ok(hover.contents.value.includes('\\[x\\]\\(command:evil\\)'), hover.contents.value);
  });
});
